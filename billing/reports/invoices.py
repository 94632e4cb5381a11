"""請求一覧: per customer and management unit, what each fee came to in the month.

A correction counts under the fee that it corrects, as in the journal and the charts; how much of the total came as correction
is said beside it.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from billing.reports import line_columns as of
from billing.reports.by_customer import Part, parts
from billing.reports.filters import SumFilters
from billing.reports.report import Kind, Queried, Report, ReportAsked, ReportColumn, Row
from billing.terms.account import Fee

SUMMED: tuple[tuple[str, Any, tuple[Fee, ...]], ...] = (
    ("initial_yen", _("初期費用"), (Fee.INITIAL,)),
    ("monthly_yen", _("月額費用"), (Fee.MONTHLY,)),
    ("one_time_yen", _("一時費用"), (Fee.ONE_TIME,)),
    ("settlement_yen", _("解除調定金"), (Fee.SETTLEMENT,)),
    ("reduction_yen", _("減額"), (Fee.OUTAGE, Fee.SLA)),
)
"""The columns of sums: which fees each is made of, corrections of them included. Together they are all lines."""

_OWNER = (*of.OWNER, "unit_called")
_SUMS = ("total_yen", *(name for name, _label, _fees in SUMMED), "corrections_yen")
_CORRECTIONS = Coalesce(Sum("amount_yen", filter=Q(fee=Fee.CORRECTION)), 0)


def rows(asked: ReportAsked) -> Queried:
    """In the order of customers and units."""
    paths = ("month_name", *_OWNER, *_SUMS)

    def of_page(first: int, size: int) -> list[Row]:
        found = chain.from_iterable(_rows_of(asked, part) for part in parts(asked, named=True))
        return list(islice(found, first, first + size))

    lines = of.lines(asked).annotate(unit_called=of.party_name(asked, "unit", "unit"))
    found = _summed(asked, lines, *_OWNER, "customer_id", "unit_id")
    found = found.annotate(month_name=of.named_month(asked.month)).order_by("customer__code", "unit__code")
    return Queried(found, paths, of_page)


def _rows_of(asked: ReportAsked, part: Part) -> Iterator[Row]:
    """The rows of some customers, as the query of all has them; their units are named apart, so that none but theirs is read."""
    keys = ("customer_id", "unit_id")
    rows = _summed(asked, part.lines, *keys).order_by().values_list(*keys, *_SUMS)
    sums = {(customer, unit): yen for customer, unit, *yen in rows}
    named: defaultdict[int, list[tuple[int, str, str]]] = defaultdict(list)
    invoiced: defaultdict[int, list[int]] = defaultdict(list)
    for customer_id, unit_id in sums:
        invoiced[unit_id].append(customer_id)
    for pk, code, name in part.units:
        for customer_id in invoiced[pk]:
            named[customer_id].append((pk, code, name))
    for customer_id, customer, its_name in part.customers:
        for pk, code, name in named[customer_id]:
            yield (f"{asked.month:%Y-%m}", customer, its_name, code, name, *sums[customer_id, pk])


def _summed(asked: ReportAsked, lines: QuerySet[Any], *keys: str) -> QuerySet[Any, Any]:
    """What each unit comes to, by fee and in all, between the amounts that were asked for."""
    sums = {name: Coalesce(Sum("amount_yen", filter=of.counting_as(fees)), 0) for name, _label, fees in SUMMED}
    found: QuerySet[Any, Any] = lines.values(*keys).annotate(**sums, corrections_yen=_CORRECTIONS)
    found = found.annotate(total_yen=Sum("amount_yen"))
    if asked.given.get("amount_from") is not None:
        found = found.filter(total_yen__gte=asked.given["amount_from"])
    if asked.given.get("amount_to") is not None:
        found = found.filter(total_yen__lte=asked.given["amount_to"])
    return found


INVOICES = Report(
    name="invoices",
    title=_("請求一覧"),
    about=_("契約者と管理単位ごとの月の請求額を、費目ごとに。税抜。訂正は、訂正する費目に数えます。"),
    columns=(
        *(of.MONTH, of.CUSTOMER, of.CUSTOMER_NAME, of.UNIT, of.UNIT_NAME),
        ReportColumn("total_yen", _("合計（円、税抜）"), Kind.YEN, 18, totalled=True),
        *(ReportColumn(name, label, Kind.YEN, totalled=True) for name, label, _fees in SUMMED),
        ReportColumn("corrections_yen", _("うち訂正（円）"), Kind.YEN, totalled=True),
    ),
    filters=SumFilters,
    rows=rows,
    amount="total_yen",
)
