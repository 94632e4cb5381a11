"""見通しの結果: the rows of a forecast summed by month, the movements of MRR customer by customer, and what is told of them.

All sums are those of the rows: what a chart shows and what its rows add up to cannot differ.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate, groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import Count, F, Sum

from billing.models import ChargeLine, ForecastEvent, ForecastMovement, ForecastRow, Month
from billing.models.bulk import copy_all
from billing.models.forecast import RISKS, SERIES
from billing.operations.forecast_range import PARKED_SHOWN, Asked
from billing.reports.ahead import MONTHLY
from billing.terms.bridge import Once, of_other_fees
from billing.terms.movements import movements

BILLED = tuple(code for code, _name in SERIES)
CUSTOMERS_SHOWN = 20


class RunSum(NamedTuple):
    """A sum of runs from a month to a month."""

    what: Any
    first: date
    last: date
    yen: int


def together(asked: Asked, parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The result of a forecast all of whose ranges are computed: sums by month of what its rows have. Writes the movements."""
    parked: list[dict[str, str]] = []
    bridge: dict[str, Counter[str]] = {f"{month:%Y-%m}": Counter() for month in asked.months}
    passed, regrouped, earlier, count = (
        Counter[tuple[str, int]](),
        defaultdict[str, Counter[str]](Counter),
        set[int](),
        0,
    )
    for part in parts:
        parked += part["parked"][: PARKED_SHOWN - len(parked)]
        count += part["parked_count"]
        for month, causes in part["bridge"].items():
            bridge[month].update(causes)
        for month, payer, yen in part["passed"]:
            passed[month, payer] += yen
        for month, kind, yen in part["regrouped"]:
            regrouped[kind][month] += yen
        earlier.update(part["earlier"])
    moved = _write_movements(asked, passed, earlier)
    series = _by_month(asked.months, _sums(asked, "series", BILLED))
    _one_off(asked.months, series, bridge)
    months, closings = _named(asked.months), _named(asked.closings)
    return {
        "months": months,
        "closings": closings,
        "total": sum(sum(yen) for yen in series.values()),
        "last": _last(asked.months[0]),
        "series": series,
        "kinds": _by_month(asked.months, _sums(asked, "kind", BILLED)),
        "managers": _by_month(asked.months, _sums(asked, "unit__account_manager", BILLED)),
        "customers": _customers(asked),
        "mrr": _by_month(asked.closings, _sums(asked, "series", ("mrr",))).get("mrr", [0] * len(closings)),
        "mrr_kinds": _by_month(asked.closings, _sums(asked, "kind", ("mrr",))),
        "regrouped": {kind: [yen[month] for month in closings] for kind, yen in regrouped.items()},
        "movements": {what: [yen[month] for month in closings] for what, yen in moved.items()},
        "bridge": {month: {cause: yen for cause, yen in causes.items() if yen} for month, causes in bridge.items()},
        "risk": _risk(asked),
        "events": _events(asked),
        "parked": parked,
        "parked_count": count,
    }


def _named(months: Iterable[date]) -> list[str]:
    return [f"{month:%Y-%m}" for month in months]


def _sums(asked: Asked, what: str, series: Sequence[str]) -> Iterator[RunSum]:
    """The rows of those series summed by what is asked and by the months of their runs: few, however many the rows."""
    rows = ForecastRow.objects.filter(forecast=asked.forecast, series__in=series).order_by()
    for row in rows.values_list(what, "first_month", "last_month").annotate(Sum("yen")):
        yield RunSum(*row)


def _by_month(months: Sequence[date], sums: Iterable[RunSum]) -> dict[str, list[int]]:
    """Runs as yen of each month."""
    at = {month: position for position, month in enumerate(months)}
    steps: defaultdict[str, list[int]] = defaultdict(lambda: [0] * (len(months) + 1))
    for what, first, last, yen in sums:
        steps["" if what is None else str(what)][at[first]] += yen
        steps["" if what is None else str(what)][at[last] + 1] -= yen
    return {what: list(accumulate(step[:-1])) for what, step in steps.items()}


def _one_off(months: Sequence[date], series: Mapping[str, Sequence[int]], bridge: dict[str, Counter[str]]) -> None:
    """Put what falls due once into the bridge between the months, as the proposal has it: never netted."""
    before = _fees_before(months[0])
    for at, month in enumerate(months):
        now: dict[str, Once] = {fee: (1, yen[at]) for fee, yen in series.items() if fee not in MONTHLY and yen[at]}
        for cause, (_lines, yen) in of_other_fees(before, now).items():
            bridge[f"{month:%Y-%m}"][cause.value] += yen
        before = now


def _fees_before(first: date) -> dict[str, Once]:
    last = Month.last_closed(before=first)
    if last is None:
        return {}
    rows = ChargeLine.objects.filter(month=last).exclude(fee="monthly").order_by().values_list("fee")
    return {fee: (lines, yen) for fee, lines, yen in rows.annotate(Count("pk"), Sum("amount_yen"))}


def _last(first: date) -> dict[str, Any] | None:
    """The last closed month: what it came to, and its monthly fees."""
    last = Month.last_closed(before=first)
    if last is None:
        return None
    monthly = ChargeLine.objects.filter(month=last, fee="monthly").aggregate(yen=Sum("amount_yen"))["yen"] or 0
    return {"month": f"{last}", "yen": last.total_yen, "monthly": monthly}


def _customers(asked: Asked) -> list[tuple[int, list[int]]]:
    """Those who are billed most in all the months, each with the yen of each month."""
    rows = ForecastRow.objects.filter(forecast=asked.forecast, series__in=BILLED).order_by()
    summed = rows.values_list("customer").annotate(all=Sum(F("yen") * F("months"))).order_by("-all", "customer")
    most = [pk for pk, _yen in summed[:CUSTOMERS_SHOWN]]
    of_most = rows.filter(customer__in=most).values_list("customer", "first_month", "last_month").annotate(Sum("yen"))
    found = _by_month(asked.months, (RunSum(*row) for row in of_most))
    return [(pk, found[f"{pk}"]) for pk in most]


def _risk(asked: Asked) -> dict[str, list[int]]:
    """How many contracts and options, and their MRR on the day, by risk."""
    codes = [code for code, _name in RISKS]
    rows = ForecastRow.objects.filter(forecast=asked.forecast, series__in=codes).order_by().values_list("series")
    return {code: [count, yen] for code, count, yen in rows.annotate(Count("pk"), Sum("yen"))}


def _events(asked: Asked) -> dict[str, list[list[int]]]:
    """By what happens and by month: how many, and the monthly fees before and after."""
    at = {f"{month:%Y-%m}": position for position, month in enumerate(asked.months)}
    found: defaultdict[str, list[list[int]]] = defaultdict(lambda: [[0, 0, 0] for _month in asked.months])
    rows = ForecastEvent.objects.filter(forecast=asked.forecast).order_by().values_list("what", "on")
    for what, on, count, before, after in rows.annotate(Count("pk"), Sum("before_yen"), Sum("after_yen")):
        sums = found[what][at[f"{on:%Y-%m}"]]
        for position, value in enumerate((count, before, after)):
            sums[position] += value
    return dict(found)


def _write_movements(asked: Asked, passed: Mapping[tuple[str, int], int], earlier: set[int]) -> dict[str, Counter[str]]:
    """Write what each customer's MRR moves by, month by month; the sums of it by movement and month."""
    totals: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def rows() -> Iterator[tuple[Any, ...]]:
        for customer, levels in _levels(asked):
            of_customer = [passed.get((month, customer), 0) for month in _named(asked.closings)]
            for at, what, yen in movements(levels, of_customer, before=customer in earlier):
                month = asked.closings[at]
                totals[what.value][f"{month:%Y-%m}"] += yen
                yield asked.forecast, customer, month, what.value, yen, levels[at - 1], levels[at]

    copy_all(
        ForecastMovement, ("forecast_id", "customer_id", "month", "movement", "yen", "before_yen", "after_yen"), rows()
    )
    return totals


def _levels(asked: Asked) -> Iterator[tuple[int, list[int]]]:
    """Each customer's MRR at the closings, customer after customer."""
    rows = ForecastRow.objects.filter(forecast=asked.forecast, series="mrr").order_by("customer")
    found = rows.values_list("customer", "first_month", "last_month", "yen").iterator(chunk_size=5_000)
    customer: Callable[[Any], int] = itemgetter(0)
    for pk, runs in groupby(found, key=customer):
        yield (
            pk,
            _by_month(asked.closings, (RunSum("mrr", first, last, yen) for _customer, first, last, yen in runs))["mrr"],
        )
