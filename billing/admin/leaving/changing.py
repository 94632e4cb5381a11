"""変更の見通し: what an upgrade, another item, more or fewer licences or another option would come to, judged and billed as acceptance would."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext

from billing.admin.leaving.forms import ChangingForm
from billing.admin.leaving.offers import ASSUMED, line_of, offers
from billing.admin.leaving.page import paper, unit_asked
from contracts import clock
from contracts.admin.application.coming import coming
from contracts.admin.application.lines import readable
from contracts.admin.kit.following import Rehearses
from contracts.admin.kit.judgement import panel
from contracts.facts.load import load_units
from contracts.facts.names import called_on
from contracts.intake.form import Verb
from contracts.judge.application import judge_application
from contracts.models import ManagementUnit
from contracts.terms.days import month_of, next_month
from contracts.terms.unit import Unit

ENTER = "contracts.enter_application"
"""What is asked about is what an application asks for: who may enter one may ask."""
UNNUMBERED = "#"


def changing_page(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The page, asked by its address: what, how many, from which day, at which prices."""
    if not request.user.has_perm(ENTER):
        raise PermissionDenied
    unit = unit_asked(request, unit_id)
    today, plain = clock.today(), load_units([unit_id])[unit_id]
    groups = offers(plain, today)
    form = ChangingForm(request.GET if "what" in request.GET else None, groups, on=next_month(month_of(today)))
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        **paper(request, unit, today),
        "title": gettext("変更の見通し"),
        "leaving": reverse("admin:contracts_managementunit_leaving", args=[unit.pk]),
        "form": form,
        "offered": bool(groups),
    }
    if form.is_bound and form.is_valid():
        context |= _answer(request, unit, plain, form.cleaned_data, today)
    return TemplateResponse(request, "admin/changing.html", context)


def _answer(
    request: HttpRequest, unit: ManagementUnit, plain: Unit, given: Mapping[str, Any], today: date
) -> dict[str, Any]:
    """The judgement of the one line, what it comes to, the bills to come, and where it is applied for."""
    line = {name: value for name, value in line_of(plain, given).items() if value}
    judgement = judge_application(unit, [line], number=UNNUMBERED, applied_on=today, on=today)
    site, by = cast(Rehearses, admin.site), cast(User, request.user)
    bills = coming(site, unit, judgement, applied_on=today, on=today, by=by)
    assumed = ASSUMED in line.values()
    asked = {name: value for name, value in line.items() if name != "key" and not (assumed and "consent" in name)}
    return {
        "panel": panel(judgement, on=today, totals=site.totals(judgement, accepted_on=today), bills=bills),
        "asked": next(iter(readable([line], called_on(plain, today)))),
        "begins": line["verb"] == Verb.OPTION,
        "assumed": assumed,
        "apply": f"{reverse('admin:contracts_application_new', args=[unit.pk])}?{urlencode(asked)}",
    }
