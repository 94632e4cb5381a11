"""売上推移: what each month came to by tier, module type, item and option, as each was in that month."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from billing.models import ChargeLine, Month
from billing.reports import line_columns as of
from billing.reports.filters import KindFilters
from billing.reports.report import Computed, Kind, Report, ReportAsked, ReportColumn, Row
from billing.reports.sums import changed_in
from billing.terms.account import Fee
from contracts.facts.names import names_of
from contracts.models.bulk import slices
from contracts.terms.catalog import CATEGORY_NAMES, MODULE_TYPE_NAMES, OPTION_NAMES
from contracts.terms.unit import What

KINDS: dict[str, Any] = dict([*CATEGORY_NAMES.items(), *MODULE_TYPE_NAMES.items()])
OPTIONS: dict[str, Any] = dict(OPTION_NAMES.items())
ORDER = {code: at for at, code in enumerate((*KINDS, "", *OPTIONS))}
COLUMN_OF = {Fee.MONTHLY: 1, Fee.INITIAL: 2, Fee.ONE_TIME: 2, Fee.SETTLEMENT: 3, Fee.OUTAGE: 4, Fee.SLA: 4}
"""Where a fee counts among the sums of a row: after the number of lines."""
CORRECTED = 5

Key = tuple[str, str, str]
"""Tier or module type, item, and option ('' for the contract itself), in the catalogue's codes."""


Summed = tuple[Key, str, str, int, int]
"""What lines are for, their fee and the fee that they correct, how many they are, and yen."""


def _rows(asked: ReportAsked) -> Iterator[Row]:
    yield from _told(asked.month, (one for _month, one in _summed(of.bare_lines(asked))))


def of_months(months: Sequence[Month]) -> dict[int, list[Row]]:
    """The rows of those months as the ledger has them, by the month's id; as many queries for a year as for a month."""
    found: dict[int, list[Summed]] = {month.pk: [] for month in months}
    for month_id, one in _summed(ChargeLine.objects.filter(month__in=list(found))):
        found[month_id].append(one)
    return {month.pk: list(_told(month.month, found[month.pk])) for month in months}


def _told(month: date, summed: Iterable[Summed]) -> Iterator[Row]:
    """In the order of the catalogue. A correction counts under the fee that it corrects, and once more beside it."""
    sums: dict[Key, Counter[int]] = {}
    for key, fee, corrects, count, yen in summed:
        row = sums.setdefault(key, Counter())
        row[0] += count
        row[COLUMN_OF[Fee(corrects or fee)]] += yen
        row[CORRECTED] += yen if corrects else 0
    for key, row in sorted(sums.items(), key=_order):
        total = sum(row[at] for at in range(1, CORRECTED))
        yield (f"{month:%Y-%m}", *key, row[0], total, *(row[at] for at in range(1, CORRECTED + 1)))


def _order(found: tuple[Key, Any]) -> tuple[int, str, int]:
    (kind, item, option), _row = found
    return ORDER.get(kind, len(ORDER)), item, ORDER.get(option, len(ORDER))


def _summed(rows: QuerySet[Any]) -> Iterator[tuple[int, Summed]]:
    """By the id of the lines' month. As concluded, by the database; of the few contracts whose tier or item was ever changed line by
    line, as it was on its first day.
    """
    lines = rows.order_by().annotate(contract=Coalesce("target__option__contract_id", "target_id"))
    changed = changed_in(What.CATEGORY, What.ITEM)
    concluded = lines.exclude(contract__in=changed).annotate(
        **{
            name: Coalesce(f"target__contract__{name}", f"target__option__contract__{name}", Value(""))
            for name in ("category", "module_type", "item")
        },
        option_type=Coalesce(F("target__option__option"), Value("")),
    )
    keys = ("month_id", "category", "module_type", "item", "option_type", "fee", "corrects_fee")
    for month_id, category, module_type, item, option, *of_fee in concluded.values_list(*keys).annotate(
        Count("pk"), Sum("amount_yen")
    ):
        fee, corrects, count, yen = of_fee
        yield month_id, ((module_type or category, item, option), fee, corrects, count, yen)
    rows = lines.filter(contract__in=changed).annotate(option_type=Coalesce(F("target__option__option"), Value("")))
    values = rows.values_list("month_id", "contract", "from_on", "option_type", "fee", "corrects_fee")
    for some in slices(values.annotate(Count("pk"), Sum("amount_yen")).iterator()):
        names = names_of(Q(pk__in={row[1] for row in some}))
        for month_id, contract, from_on, option, fee, corrects, count, yen in some:
            content = names.on(contract, from_on)
            yield month_id, ((content.group, content.item, option), fee, corrects, count, yen)


def _yen(name: str, label: Any, width: int = 14) -> ReportColumn:
    return ReportColumn(name, label, Kind.YEN, width, totalled=True)


REVENUE = Report(
    name="revenue",
    title=_("売上推移"),
    about=_("月ごとの請求額を、カテゴリ・モジュール種別・項目・オプションごとに、その月の時点の内容で。税抜。"),
    columns=(
        of.MONTH,
        ReportColumn("kind", _("カテゴリ・モジュール種別"), width=34, names=KINDS),
        ReportColumn("item", _("項目"), width=18, beneath=True),
        ReportColumn("option", _("オプション"), width=26, names=OPTIONS),
        ReportColumn("lines", _("明細数"), Kind.NUMBER, 9, totalled=True),
        _yen("total_yen", _("合計（円、税抜）"), 18),
        _yen("monthly_yen", _("月額費用")),
        _yen("once_yen", _("初期費用・一時費用"), 18),
        _yen("settlement_yen", _("解除調定金")),
        _yen("reduction_yen", _("減額")),
        _yen("corrections_yen", _("うち訂正（円）")),
    ),
    filters=KindFilters,
    rows=lambda asked: Computed(partial(_rows, asked)),
    amount="total_yen",
    span=12,
    at_once=of_months,
)
