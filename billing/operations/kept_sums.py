"""取り置いた合計: the sums of closed months, made once and kept; of a month that is open, and of what can still change, made each time."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.db.models import Max

from billing.models import KeptSums, Month
from billing.reports import REPORTS, Report
from billing.reports.filters import asked, filters_of
from billing.reports.report import ReportAsked, Sums
from billing.reports.sums import FeeSum, by_module_type, kinds_in_order, of_fees
from contracts.models import Change
from contracts.terms.unit import What

MONTHS_SHOWN, MONTHS_BY_KIND = 24, 12
FEES = "fees"


class MonthSums(NamedTuple):
    """A month as 2025-04, and yen before tax by fee."""

    month: str
    yen: dict[str, int]


def fees_of(month: Month) -> list[FeeSum]:
    """Lines and yen of a month by fee, corrections by the fee that they correct."""
    return _fees([month])[month.pk]


def last_months(count: int = MONTHS_SHOWN) -> list[MonthSums]:
    """The last closed months, the oldest first, by fee; corrections under the fee that they correct."""
    months = list(Month.objects.exclude(closed_at=None).order_by("-month")[:count])[::-1]
    found = _fees(months)
    return [MonthSums(str(month), _counting_as(found[month.pk])) for month in months]


def _fees(months: list[Month]) -> dict[int, list[FeeSum]]:
    """The sums by fee of those months; what is not kept of closed ones is made in one query, and kept."""
    kept = KeptSums.objects.filter(month__in=months, what=FEES).values_list("month", "sums")
    found = {pk: [FeeSum(*row) for row in rows] for pk, rows in kept}
    made = of_fees(month for month in months if month.pk not in found)
    _keep({month.pk: made[month.pk] for month in months if month.closed_at and month.pk in made}, FEES)
    return found | made


def _counting_as(rows: Iterable[FeeSum]) -> dict[str, int]:
    yen: Counter[str] = Counter()
    for row in rows:
        yen[row.corrects or row.fee] += row.yen
    return dict(yen)


class Kinds(NamedTuple):
    """What months came to by tier or module type: the months as 2025-04, the oldest first, and of each kind its name and its yen in each."""

    months: list[str]
    rows: list[tuple[str, list[int]]]


def months_by_kind(count: int = MONTHS_BY_KIND) -> Kinds:
    """The last closed months by tier or module type, as each was in its month, in the order and by the names of the catalogue."""
    months = list(Month.objects.exclude(closed_at=None).order_by("-month")[:count])[::-1]
    if not months:
        return Kinds([], [])
    # An upgrade that is written or taken back later names the lines otherwise.
    told = Change.objects.filter(what=What.CATEGORY).aggregate(made=Max("recorded_in"), gone=Max("withdrawn_in"))
    name = f"kinds {max(told['made'] or 0, told['gone'] or 0)}"
    kept = KeptSums.objects.filter(month__in=months, what=name).values_list("month", "sums")
    found = {pk: dict(sums) for pk, sums in kept}
    if missing := [month for month in months if month.pk not in found]:
        made = by_module_type(missing)
        _keep({pk: list(sums.items()) for pk, sums in made.items()}, name)
        found |= made
    kinds = kinds_in_order({kind for sums in found.values() for kind in sums})
    rows = [(label, [found[month.pk].get(code, 0) for month in months]) for label, code in kinds]
    return Kinds([str(month) for month in months], rows)


def last_month_by_kind() -> tuple[str, list[tuple[str, int]]]:
    """The last closed month as 2025-04, and yen by tier or module type."""
    months, rows = months_by_kind(1)
    return (months[0] if months else ""), [(name, yen) for name, [yen] in rows]


def sums_of(report: Report, wanted: ReportAsked) -> Sums | None:
    """How many rows a report of a closed month has, and what they add up to; None where that is not kept but to be counted.

    Kept are the sums of all rows: what is narrowed is counted. By invoice they are kept once the invoices are issued.
    """
    month = wanted.row
    if wanted.each or month is None or month.closed_at is None or not report.of_ledger or _narrowed(wanted):
        return None
    if report.by_invoice and not month.invoices.exists():
        return None

    def counted() -> Any:
        sums = report.rows(wanted).sums(report.totalled)
        return [sums.count, [[position, yen] for position, yen in sums.totals.items()]]

    count, totals = _kept(month, f"report {report.name}", counted)
    return Sums(count, dict(totals))


def sums_of_each(report: Report, wanted: ReportAsked) -> list[Sums | None]:
    """The same of each month of several: those that are kept in one query, those that are not yet made and kept."""
    months = [month() for month in wanted.each]
    if not report.of_ledger or _narrowed(wanted):
        return [None] * len(months)
    what = {"what": f"report {report.name}", "month__in": [month.row for month in months if month.row]}
    kept = {
        pk: Sums(count, dict(sums))
        for pk, (count, sums) in KeptSums.objects.filter(**what).values_list("month", "sums")
    }
    return [kept.get(month.row.pk if month.row else 0) or sums_of(report, month) for month in months]


def keep_sums(month: Month) -> None:
    """Make what is kept of a closed month, before anybody asks for it."""
    fees_of(month)
    for report in REPORTS:
        wanted = asked(filters_of(report, {"month": str(month)}))
        if wanted is not None:
            sums_of(report, wanted)


def kept_sums_are_the_lines() -> Iterator[str]:
    """What was kept is what the lines add up to. A sentence a fault."""
    for kept in KeptSums.objects.filter(what=FEES).select_related("month").order_by("month__month"):
        month = kept.month
        if sorted(kept.sums) != sorted(map(list, of_fees([month])[month.pk])):
            yield f"{month}：取り置いた費目ごとの合計が、明細の合計と一致しません。"


def _narrowed(wanted: ReportAsked) -> bool:
    return any(value not in (None, "") for name, value in wanted.given.items() if name not in ("month", "until"))


def _kept(month: Month, what: str, make: Callable[[], Any]) -> Any:
    if month.closed_at is None:
        return make()
    known = KeptSums.objects.filter(month=month, what=what).values_list("sums", flat=True).first()
    if known is not None:
        return known
    made = make()
    _keep({month.pk: made}, what)
    return made


def _keep(made: Mapping[int, Any], what: str) -> None:
    """Keep sums by the month's id. Of two that make them at the same time the first one's count: both have made the same."""
    rows = [KeptSums(month_id=pk, what=what, sums=sums) for pk, sums in made.items()]
    KeptSums.objects.bulk_create(rows, ignore_conflicts=True)
