"""カタログ: what the terms offer, drawn from contracts.terms; no table of the database."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.terms import catalog
from contracts.terms.art10_options import MINIMUM_LICENCES, TERM_MONTHS, minimum_term_months
from contracts.terms.supplementary import EDITIONS, edition_on


def catalogue(request: HttpRequest) -> HttpResponse:
    """The 66 modules, the tiers, the options with their minimum terms, the editions; for who may view contracts."""
    if not request.user.has_perm("contracts.view_contract"):
        raise PermissionDenied
    context = admin.site.each_context(request) | {
        "title": _("カタログ"),
        "tiers": [catalog.CATEGORY_NAMES[category] for category in catalog.TIER_RANK],
        "modules": _modules(),
        "module_count": len(catalog.MODULES),
        "options": _options(),
        "option_count": len(catalog.OPTION_NAMES),
        "editions": EDITIONS[::-1],
        "edition_now": edition_on(clock.today()),
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


def _options() -> list[dict[str, Any]]:
    """One row an option, or a licence type of EDRライセンス."""
    found = []
    for option, name in catalog.OPTION_NAMES.items():
        licences = list(catalog.LicenceType) if option is catalog.OptionType.EDR_LICENCE else [None]
        for licence in licences:
            found.append(
                {
                    "name": name,
                    "licence": catalog.LICENCE_NAMES[licence] if licence else "",
                    "minimum_months": minimum_term_months(option, licence),
                    "term_months": TERM_MONTHS,
                    "minimum_licences": MINIMUM_LICENCES[licence] if licence else None,
                }
            )
    return found
