"""解約の見通し: the page of a unit on which it is asked what leaving costs, when it is free, and by when a letter has to arrive."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext

from billing.admin.leaving.curve import curve
from billing.admin.leaving.forms import LeavingForm
from billing.admin.notice.choices import choices_of
from billing.admin.notice.panel import panel
from billing.operations.leaving import DAYS_AHEAD, Prospect, prospect
from billing.terms.leaving import Leaving, LeavingDay, Step, steps
from contracts import clock
from contracts.admin.kit.answers import say
from contracts.admin.kit.columns import thousands
from contracts.admin.kit.told import because
from contracts.models import FactsRevision, ManagementUnit
from contracts.operations.refusal import Refused
from contracts.terms.art12_termination import End
from contracts.terms.unit import ContradictionError

LOOK = ("contracts.view_managementunit", "contracts.view_price")
"""Yen of a unit are shown: who may look at both may ask. Nothing is written."""
RECEIVE = "contracts.add_notice"


def leaving_page(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The page, asked by its address: targets, the day of arrival, the day named."""
    unit = unit_asked(request, unit_id)
    today = clock.today()
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        **paper(request, unit, today),
        "title": gettext("解約の見通し"),
        "changing": reverse("admin:contracts_managementunit_changing", args=[unit.pk]),
        "ahead": DAYS_AHEAD,
    }
    try:
        asked = prospect(unit)
        offered = choices_of(asked.unit, today)
    except ContradictionError as error:
        context["wrong"] = gettext(error.reason)
        return TemplateResponse(request, "admin/leaving.html", context)
    form = LeavingForm(_asked(request, [number for number, _name in offered], today), offered)
    context |= {"form": form, "opened": 0 < form.counted[0] < form.counted[1]}
    if offered and form.is_valid():
        try:
            context |= _answer(request, unit, asked, form.cleaned_data, today)
        except Refused as refused:
            say(form, refused)
    return TemplateResponse(request, "admin/leaving.html", context)


def unit_asked(request: HttpRequest, unit_id: int) -> ManagementUnit:
    """The unit of an address. Raises PermissionDenied for whoever may not look, and Http404."""
    if not request.user.has_perms(LOOK):
        raise PermissionDenied
    unit = ManagementUnit.objects.select_related("customer").filter(pk=unit_id).first()
    if unit is None:
        raise Http404
    return unit


def paper(request: HttpRequest, unit: ManagementUnit, today: date) -> dict[str, Any]:
    """What a page says of itself on paper: whose it is, its number, its day, who asked. The number names the facts it rests on."""
    return {
        "unit": unit,
        "subtitle": f"{unit.code} {unit.customer.name} {unit.name}",
        "number": f"{unit.code}-{today:%Y%m%d}-{FactsRevision.current()}",
        "today": today,
        "asked_by": str(request.user),
    }


def _asked(request: HttpRequest, numbers: Sequence[str], today: date) -> Mapping[str, Any]:
    """What the address asks for; all that can end, by a letter that arrives today, where it says nothing."""
    given = request.GET
    return {
        "arrived_on": given.get("arrived_on") or today.isoformat(),
        "on": given.get("on", ""),
        "target": [number for number in given.getlist("target") if number in numbers] or numbers,
    }


def _answer(
    request: HttpRequest, unit: ManagementUnit, asked: Prospect, given: Mapping[str, Any], today: date
) -> dict[str, Any]:
    """All that the page tells of a letter. Raises Refused."""
    arrived_on = given["arrived_on"]
    leaving = asked.leaving(given["target"], arrived_on, today=today)
    if leaving.earliest is None:
        return {"nothing": True}
    named = given["on"] or leaving.earliest
    shown = leaving.day(named)
    notices = leaving.notices(named)
    ways = asked.ways(notices[0]) if len(notices) == 1 else []
    marked = [("asked", named, gettext("表示中の日"))]
    if leaving.free:
        marked.append(("free", leaving.free.named, gettext("解除調定金なし")))
    return {
        "arrived_on": arrived_on,
        "earliest": _figure(leaving, leaving.day(leaving.earliest)),
        "free": _figure(leaving, leaving.free),
        "again": leaving.owed_again,
        "shown": _figure(leaving, shown),
        "curve": curve(leaving.days, marked),
        "rows": list(_rows(request, steps(leaving.days))),
        "each": _each(asked, leaving),
        "plan": panel(asked.imagined(notices), ways, on=today) if shown else None,
        "receive": _receive(request, unit, leaving, named, today),
    }


def _figure(leaving: Leaving, day: LeavingDay | None) -> dict[str, Any] | None:
    """A day with its yen, what ends, and the clauses that make it so."""
    if day is None:
        return None
    ending = leaving.ending(day.named)
    return {
        "named": day.named,
        "first_end": day.first_end,
        "last_end": day.last_end,
        "settlement": thousands(day.settlement_yen),
        "fees": thousands(day.fees_yen),
        "total": thousands(day.total_yen),
        "arrive_by": day.arrive_by,
        "missing": gettext("、").join(day.missing),
        "count": len(day.ending),
        "because": gettext("、").join(_clauses(ending)),
    }


def _clauses(ending: Mapping[str, End]) -> Iterator[str]:
    """Every clause and reading that brings one of the ends about, once."""
    yield from dict.fromkeys(because(end) for end in ending.values())


def _rows(request: HttpRequest, found: Sequence[Step]) -> Iterator[dict[str, Any]]:
    """The table: a row a run of days, each day of a run reached by its first and its last."""
    for step in found:
        first, last = step
        yield {
            "first": first.named,
            "last": last.named if last != first else None,
            "ends": (first.first_end, first.last_end)
            if (first.first_end, first.last_end) != (first.named,) * 2
            else None,
            "settlement": _between(first.settlement_yen, last.settlement_yen),
            "fees": _between(first.fees_yen, last.fees_yen),
            "total": _between(first.total_yen, last.total_yen),
            "by": (first.arrive_by, last.arrive_by if last.arrive_by != first.arrive_by else None),
            "count": len(first.ending),
            "missing": gettext("、").join(first.missing),
            "free": first.free,
            "address": address_on(request, first.named),
        }


def _between(one: int, other: int) -> str:
    """An amount, or the amounts of the first and the last day."""
    return thousands(one) or "" if one == other else f"{thousands(one)} → {thousands(other)}"


def address_on(request: HttpRequest, on: date) -> str:
    """The page as it was asked, of another day."""
    query = request.GET.copy()
    query["on"] = on.isoformat()
    return f"?{query.urlencode()}#day"


def _each(asked: Prospect, leaving: Leaving) -> dict[str, Any] | None:
    """A letter that names each target's own last day, where that is not one day for all of them."""
    found = asked.at_term_ends(leaving.numbers, leaving.arrived_on)
    if found is None:
        return None
    ends = [one.after.on for one in found.moved if one.after is not None]
    if len(set(ends)) < 2:
        return None
    owed = sum(one.cost.yen for one in found.moved if one.cost is not None)
    return {"first": min(ends), "last": max(ends), "yen": thousands(owed), "count": len(ends)}


def _receive(request: HttpRequest, unit: ManagementUnit, leaving: Leaving, named: date, today: date) -> str:
    """Where such a letter is entered once it is there; '' for whoever may not, and for one that has not come."""
    if not request.user.has_perm(RECEIVE) or leaving.arrived_on > today:
        return ""
    query = [("target", number) for number in leaving.numbers]
    query += [("arrived_on", leaving.arrived_on.isoformat()), ("requested_for", named.isoformat())]
    return f"{reverse('admin:contracts_notice_receive', args=[unit.pk])}?{urlencode(query)}"
