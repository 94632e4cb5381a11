"""取り置いた合計: the sums of closed months, made once and kept; of a month that is open, and of what can still change, made each time."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.db.models import Max

from billing.models import KeptSums, Month
from billing.reports import REPORTS, Report
from billing.reports.filters import asked, filters_of
from billing.reports.report import Computed, ReportAsked, Sums
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
    months = _last_closed(count)
    return _by_fee(months, _fees(months))


def charts() -> tuple[list[MonthSums], "Kinds"]:
    """``last_months`` and ``months_by_kind``, which ask for the same months, at once."""
    months = _last_closed(MONTHS_SHOWN)
    name = _kinds_name()
    kept = _kept_of(months, FEES, name)
    return _by_fee(months, _fees(months, kept[FEES])), _kinds(months[-MONTHS_BY_KIND:], name, kept[name])


def _last_closed(count: int) -> list[Month]:
    """The last closed months, the oldest first."""
    return list(Month.objects.exclude(closed_at=None).order_by("-month")[:count])[::-1]


def _by_fee(months: Iterable[Month], found: Mapping[int, list[FeeSum]]) -> list[MonthSums]:
    return [MonthSums(str(month), _counting_as(found[month.pk])) for month in months]


def _kept_of(months: list[Month], *names: str) -> dict[str, dict[int, Any]]:
    """What is kept of those months under each of the names, by the month's id."""
    found: dict[str, dict[int, Any]] = {name: {} for name in names}
    rows = KeptSums.objects.filter(month__in=months, what__in=names).values_list("what", "month", "sums")
    for name, pk, sums in rows:
        found[name][pk] = sums
    return found


def _fees(months: list[Month], kept: Mapping[int, Any] | None = None) -> dict[int, list[FeeSum]]:
    """The sums by fee of those months; what is not ``kept`` of closed ones is made in one query, and kept."""
    known = _kept_of(months, FEES)[FEES] if kept is None else kept
    found = {pk: [FeeSum(*row) for row in rows] for pk, rows in known.items()}
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
    months, name = _last_closed(count), _kinds_name()
    return _kinds(months, name, _kept_of(months, name)[name])


def _kinds_name() -> str:
    return f"kinds {_last_told(What.CATEGORY)}"


def _last_told(*what: What) -> int:
    """The revision in which any of this was last written or taken back: what is named by it is then named otherwise."""
    told = Change.objects.filter(what__in=what).aggregate(made=Max("recorded_in"), gone=Max("withdrawn_in"))
    return max(told["made"] or 0, told["gone"] or 0)


def _kinds(months: list[Month], name: str, kept: Mapping[int, Any]) -> Kinds:
    found = {pk: dict(sums) for pk, sums in kept.items()}
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
    if month is None or not _can_be_kept(report, wanted):
        return None
    if (known := kept_of(report, wanted)) is not None:
        return known
    sums = report.rows(wanted).sums(report.totalled)
    keep_of(report, wanted, sums)
    return sums


def _can_be_kept(report: Report, wanted: ReportAsked) -> bool:
    month = wanted.row
    if wanted.each or month is None or month.closed_at is None or not report.of_ledger or wanted.is_narrowed:
        return False
    return not report.by_invoice or wanted.is_issued


def kept_of(report: Report, wanted: ReportAsked) -> Sums | None:
    """The sums of a report of a closed month that are kept; None where none are."""
    if wanted.row is None or not _can_be_kept(report, wanted):
        return None
    kept = (
        KeptSums.objects.filter(month=wanted.row, what=f"report {report.name}").values_list("sums", flat=True).first()
    )
    return Sums(kept[0], dict(kept[1])) if kept is not None else None


def keep_of(report: Report, wanted: ReportAsked, sums: Sums) -> None:
    """Keep the sums that all rows of a report came to, where they are of a closed month and can be kept."""
    if wanted.row is not None and _can_be_kept(report, wanted):
        _keep({wanted.row.pk: [sums.count, [[at, yen] for at, yen in sums.totals.items()]]}, f"report {report.name}")


def rows_kept(report: Report, wanted: ReportAsked) -> Computed | None:
    """The rows of a report that has few, of closed months: made together, and kept. None where months are open, or rows narrowed."""
    if report.at_once is None or wanted.is_narrowed:
        return None
    months = [row for one in ([month() for month in wanted.each] or [wanted]) if (row := one.row) is not None]
    if not months or any(month.closed_at is None for month in months):
        return None
    name = f"rows {report.name} {_last_told(What.CATEGORY, What.ITEM)}"
    found = _kept_of(months, name)[name]
    if missing := [month for month in months if month.pk not in found]:
        made = report.at_once(missing)
        _keep(made, name)
        found |= made
    return Computed(lambda: (tuple(row) for month in months for row in found[month.pk]))


def sums_of_each(report: Report, wanted: ReportAsked) -> list[Sums | None]:
    """The same of each month of several: those that are kept in one query, those that are not yet made and kept."""
    months = [month() for month in wanted.each]
    if not report.of_ledger or wanted.is_narrowed:
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
            rows_kept(report, wanted)


def kept_sums_are_the_lines() -> Iterator[str]:
    """What was kept is what the lines add up to. A sentence a fault."""
    for kept in KeptSums.objects.filter(what=FEES).select_related("month").order_by("month__month"):
        month = kept.month
        if sorted(kept.sums) != sorted(map(list, of_fees([month])[month.pk])):
            yield f"{month}：取り置いた費目ごとの合計が、明細の合計と一致しません。"


def _keep(made: Mapping[int, Any], what: str) -> None:
    """Keep sums by the month's id. Of two that make them at the same time the first one's count: both have made the same."""
    rows = [KeptSums(month_id=pk, what=what, sums=sums) for pk, sums in made.items()]
    KeptSums.objects.bulk_create(rows, ignore_conflicts=True)
