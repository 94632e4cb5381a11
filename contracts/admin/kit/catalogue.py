"""カタログ: what the terms offer, drawn from contracts.terms; no table of the database."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.kit.language import clause_said
from contracts.terms import catalog
from contracts.terms.art10_options import minimum_licences, minimum_term_months
from contracts.terms.editions import edition_on, in_force, terms_on
from contracts.terms.values import NUMBERS


def catalogue(request: HttpRequest) -> HttpResponse:
    """The 66 modules, the tiers, the options with their minimum terms, the editions; for who may view contracts."""
    if not request.user.has_perm("contracts.view_contract"):
        raise PermissionDenied
    today = clock.today()
    context = admin.site.each_context(request) | {
        "title": _("カタログ"),
        "tiers": [catalog.CATEGORY_NAMES[category] for category in catalog.TIER_RANK],
        "modules": _modules(),
        "module_count": len(catalog.MODULES),
        "options": _options(today),
        "option_count": len(catalog.OPTION_NAMES),
        "editions": [edition.first for edition in reversed(in_force().all)],
        "edition_now": edition_on(today),
        "numbers": _numbers(today),
        "contract_months": terms_on(today).contract_months,
    }
    return TemplateResponse(request, "admin/catalogue.html", context)


def _modules() -> list[dict[str, Any]]:
    """One row a module type and kind, with its items; a kind without items is itself what is contracted."""
    return [
        {
            "module_type": catalog.MODULE_TYPE_NAMES[module_type],
            "kind": kind,
            "items_named": items,
            "services": [
                catalog.SERVICE_NAMES[service] for service in sorted(catalog.SERVICES_LINKED.get(module_type, ()))
            ],
        }
        for (module_type, kind), items in catalog.ITEMS.items()
    ]


def _options(today: date) -> list[dict[str, Any]]:
    """One row an option, or a licence type of EDRライセンス."""
    found = []
    for option, name in catalog.OPTION_NAMES.items():
        licences = list(catalog.LicenceType) if option is catalog.OptionType.EDR_LICENCE else [None]
        for licence in licences:
            found.append(
                {
                    "name": name,
                    "licence": catalog.LICENCE_NAMES[licence] if licence else "",
                    "minimum_months": minimum_term_months(option, licence, concluded_on=today),
                    "term_months": terms_on(today).term_months,
                    "minimum_licences": minimum_licences(licence, agreed_on=today) if licence else None,
                }
            )
    return found


def _numbers(today: date) -> list[dict[str, Any]]:
    """Every number of the terms, in force today, with its clause, and from which edition on it is to be otherwise, if it is."""
    now = terms_on(today)
    return [
        {
            "clause": clause_said(number.clause),
            "label": gettext(number.label),
            "value": f"{getattr(now, number.name):,}",
            "unit": gettext(number.unit),
            "coming": [
                {"first": edition.first, "value": f"{edition.changes[number.name]:,}"}
                for edition in in_force().all
                if edition.first > today and number.name in edition.changes
            ],
        }
        for number in NUMBERS.values()
    ]
