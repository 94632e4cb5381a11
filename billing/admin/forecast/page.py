"""A forecast as its page draws it: charts whose bars open their rows, and tables that say the same in numbers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.forecast.chart import months_chart
from billing.admin.kit.chart import BAR_WIDTH
from billing.models import Forecast, ForecastEvent
from billing.models.forecast import COMING, MOVEMENTS, RISKS, SERIES
from billing.reports import COMING_DAYS, FORECAST, MRR
from billing.reports.ahead import KINDS, MONTHLY, NOBODY, ONCE, newest
from contracts.admin.kit.columns import iso, page_of, thousands
from contracts.admin.kit.language import clause_said
from contracts.admin.kit.told import signed
from contracts.facts.party_names import named
from contracts.models import Customer, Target

BANDS = {code: name for code, name in (*SERIES, ONCE) if code in (*MONTHLY, ONCE[0])}
RENEWALS_SHOWN = 20
SHOWN_AT = (0, 2, 5, 11, 17, 23)
"""Which months are told of each kind, person and customer: all of them would not fit beside each other."""


def page(row: Forecast) -> dict[str, Any]:
    """The context of the page. Only of the newest forecast there are rows: what is told of an older one leads nowhere."""
    result, current = row.result, newest()
    opens = current is not None and current.pk == row.pk
    series = result["series"]
    once = [sum(yen) for yen in zip(*(yen for what, yen in series.items() if what not in MONTHLY), strict=True)]
    months = result["months"]
    bands = {what: series.get(what, [0] * len(months)) for what in MONTHLY}
    bands["once"] = once or [0] * len(months)
    address, since = _Addresses(opens), _since(result)
    return {
        "opens": opens,
        "figures": list(_figures(row, bands)),
        "chart": months_chart(months, bands, BANDS, address.rows),
        "months": _months(result, bands, address),
        "bands": list(BANDS.values()),
        "mrr_chart": months_chart(
            result["closings"][since:],
            {what: yen[since:] for what, yen in result["movements"].items()},
            dict(MOVEMENTS),
            address.movements,
            now=months[0],
        ),
        "movements": [label for _code, label in MOVEMENTS],
        "moved": _moved(result, since, address),
        "risk": _risk(result, row, address),
        "bar_width": BAR_WIDTH,
        "coming": [label for _code, label in COMING],
        "events": _events(result, address),
        "renewals": _renewals(row) if opens else [],
        "groups": _groups(result, address),
        "at": [months[at] for at in SHOWN_AT if at < len(months)],
        "parked": _parked(result),
        "parked_count": result["parked_count"],
    }


class _Addresses:
    """Where figures lead: to the rows that they are made of, in the reports of the newest forecast."""

    def __init__(self, opens: bool) -> None:
        self._opens = opens

    def _of(self, report: str, **asked: str) -> str:
        return f"{reverse(f'admin:billing_report_{report}')}?{urlencode(asked)}" if self._opens else ""

    def rows(self, month: str, what: str) -> str:
        """The rows of a month of one band."""
        return self._of(FORECAST.name, month=month, series=what)

    def month(self, month: str) -> str:
        """All rows of a month."""
        return self._of(FORECAST.name, month=month)

    def narrowed(self, month: str, **by: str) -> str:
        """The rows of a month of one kind, person or customer."""
        return self._of(FORECAST.name, month=month, **by)

    def of_day(self, row: Forecast, risk: str) -> str:
        """What the MRR of the day is made of that is of one risk."""
        return self._of(FORECAST.name, month=f"{row.on:%Y-%m}", series=risk)

    def movements(self, month: str, what: str) -> str:
        """The customers whose MRR moved so."""
        return self._of(MRR.name, month=month, movement=what)

    def events(self, month: str, what: str) -> str:
        """What happens in a month."""
        return self._of(COMING_DAYS.name, month=month, what=what)


def _figures(row: Forecast, bands: Mapping[str, Sequence[int]]) -> Iterator[tuple[Any, Any]]:
    result = row.result
    total, firm = row.total_yen, sum(bands["committed"])
    yield _("請求の見通し（円、税抜）"), thousands(total)
    yield _("うち契約済み"), _share(firm, total)
    opening, closing = result["mrr"][-len(result["months"]) - 1], result["mrr"][-1]
    yield gettext("%(month)s末のMRR") % {"month": result["closings"][-len(result["months"]) - 1]}, thousands(opening)
    yield gettext("%(month)s末のMRR") % {"month": result["closings"][-1]}, thousands(closing)
    yield _("差"), signed(closing - opening)


def _share(part: int, whole: int) -> str:
    return f"{thousands(part)} ({part * 100 / whole:.1f}%)" if whole else f"{thousands(part)}"


def _months(result: Mapping[str, Any], bands: Mapping[str, Sequence[int]], address: _Addresses) -> list[dict[str, Any]]:
    """A row a month: the bands, their sum, MRR, and what leads from it to the monthly fees and to the difference from last month."""
    before = result["last"]["yen"] if result["last"] else None
    closings = result["mrr"][-len(result["months"]) :]
    found = []
    for at, month in enumerate(result["months"]):
        cells = [(thousands(yen[at]), address.rows(month, what) if yen[at] else "") for what, yen in bands.items()]
        total, monthly = sum(yen[at] for yen in bands.values()), sum(bands[what][at] for what in MONTHLY)
        bridge = sum(result["bridge"].get(month, {}).values())
        found.append(
            {
                "month": month,
                "address": address.month(month),
                "cells": cells,
                "total": thousands(total),
                "mrr": thousands(closings[at]),
                "days": signed(monthly - closings[at]),
                "monthly": thousands(monthly),
                "bridge": signed(bridge) if before is not None else "",
            }
        )
        before = total
    return found


def _since(result: Mapping[str, Any]) -> int:
    """From which closing on movements are told: not of the time before anything was charged, unless it lies ahead."""
    ahead = result["closings"].index(result["months"][0])
    return next((at for at in range(1, ahead) if result["mrr"][at]), ahead)


def _moved(result: Mapping[str, Any], since: int, address: _Addresses) -> list[dict[str, Any]]:
    """A row a month: the opening, what it moved by, the closing; the newest months last."""
    found = []
    for at, month in enumerate(result["closings"][since:], since):
        yen = [(what, result["movements"].get(what, {at: 0})[at]) for what, _label in MOVEMENTS]
        cells = [
            (thousands(sum_) if sum_ else "", address.movements(month, what) if sum_ else "") for what, sum_ in yen
        ]
        ahead = month >= result["months"][0]
        found.append(
            {
                "month": month,
                "opening": thousands(result["mrr"][at - 1]),
                "cells": cells,
                "closing": thousands(result["mrr"][at]),
                "ahead": ahead,
            }
        )
    return found


def _risk(result: Mapping[str, Any], row: Forecast, address: _Addresses) -> list[dict[str, Any]]:
    longest = max((yen for _count, yen in result["risk"].values()), default=0)
    total = sum(yen for _count, yen in result["risk"].values())
    return [
        {
            "css": code,
            "name": label,
            "count": thousands(result["risk"][code][0]),
            "yen": thousands(result["risk"][code][1]),
            "share": f"{result['risk'][code][1] * 100 / total:.1f}%" if total else "",
            "width": f"{BAR_WIDTH * result['risk'][code][1] / longest:.1f}" if longest else "0",
            "address": address.of_day(row, code),
        }
        for code, label in RISKS
        if code in result["risk"]
    ]


def _events(result: Mapping[str, Any], address: _Addresses) -> list[dict[str, Any]]:
    found = []
    for at, month in enumerate(result["months"]):
        cells = []
        for what, _label in COMING:
            count, before, after = result["events"].get(what, {at: (0, 0, 0)})[at]
            # Of a renewal and of a minimum term that is over the whole fee is at stake; of any other what it moves by.
            yen = thousands(after) if what in ("renewal", "free") else signed(after - before)
            cells.append((f"{count:,}", yen, address.events(month, what)) if count else None)
        found.append({"month": month, "cells": cells})
    return found


def _renewals(row: Forecast) -> list[dict[str, Any]]:
    """The renewals that can still be stopped, by the last day on which they can."""
    rows = ForecastEvent.objects.filter(forecast=row, what="renewal", last_day__gte=row.on)
    rows = rows.annotate(called=named("customer", "customer", on=row.on)).select_related("customer", "target")
    return [
        {
            "last_day": iso(one.last_day),
            "on": iso(one.on),
            "customer": f"{one.customer.code} {one.called}",
            "number": one.target.number,
            "place": page_of(one.target),
            "yen": thousands(one.after_yen),
            "term_yen": thousands(one.term_yen),
        }
        for one in rows.order_by("last_day", "pk")[:RENEWALS_SHOWN]
    ]


def _groups(result: Mapping[str, Any], address: _Addresses) -> list[dict[str, Any]]:
    """By tier, module type and option, and by account manager: some months, and all of them together."""
    first = result["months"][0]
    kinds = [
        (KINDS.get(kind, kind), yen, address.narrowed(first, kind=kind))
        for kind, yen in sorted(result["kinds"].items(), key=lambda one: [*KINDS, one[0]].index(one[0]))
    ]
    people = {f"{one.pk}": one for one in User.objects.filter(pk__in=[pk for pk in result["managers"] if pk])}
    managers = [
        (
            people[pk].get_full_name() or people[pk].username if pk in people else _("担当なし"),
            yen,
            address.narrowed(first, manager=people[pk].username if pk in people else NOBODY),
        )
        for pk, yen in sorted(result["managers"].items(), key=lambda one: -sum(one[1]))
    ]
    return [
        {"heading": _("カテゴリ、モジュール種別、オプションごと"), "rows": [_group(*one) for one in kinds]},
        {"heading": _("営業担当ごと"), "rows": [_group(*one) for one in managers]},
        {"heading": _("契約者ごと（上位）"), "rows": _customers(result, address)},
    ]


def _group(name: Any, yen: Sequence[int], address: str) -> dict[str, Any]:
    shown = [thousands(yen[at]) for at in SHOWN_AT if at < len(yen)]
    return {"name": name, "address": address, "cells": shown, "total": thousands(sum(yen))}


def _customers(result: Mapping[str, Any], address: _Addresses) -> list[dict[str, Any]]:
    codes = Customer.objects.in_bulk([pk for pk, *_yen in result["customers"]])
    return [
        _group(
            f"{codes[pk].code} {codes[pk].name}", yen, address.narrowed(result["months"][0], customer=codes[pk].code)
        )
        for pk, yen in result["customers"]
        if pk in codes
    ]


def _parked(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    numbers = [one["number"] for one in result["parked"]]
    places = {target.number: page_of(target) for target in Target.objects.filter(number__in=numbers)}
    return [
        {**one, "place": places.get(one["number"], ""), "clause": clause_said(one["clause"])}
        for one in result["parked"]
    ]
