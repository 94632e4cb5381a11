"""解除調定金一覧: settlements charged in the month, what corrects those of closed months, and those held for finance (第14条, I-18)."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db.models import QuerySet, Value
from django.utils.translation import gettext_lazy as _

from billing.models import HeldSettlement
from billing.reports import line_columns as of
from billing.reports.filters import AmountFilters
from billing.reports.report import ROWS_AT_ONCE, Computed, Kind, Report, ReportAsked, ReportColumn, Row
from billing.terms.account import Fee

STATES = {"charged": _("請求"), "corrected": _("訂正"), "held": _("保留")}


def _rows(asked: ReportAsked) -> Iterator[Row]:
    """Those charged and corrected in the order of lines, then those held; each amount in one of two columns, with totals of their own."""
    lines = of.lines(asked).filter(of.counting_as((Fee.SETTLEMENT,)))
    held = asked.narrow(HeldSettlement.objects.filter(month=asked.row) if asked.row else HeldSettlement.objects.none())
    held = of.owned(asked, held)
    yield from _of(asked, lines.annotate(is_held=Value(False), corrected=of.corrected_month()))
    yield from _of(asked, held.annotate(is_held=Value(True), corrected=Value("")))


def _of(asked: ReportAsked, rows: QuerySet[Any]) -> Iterator[Row]:
    days = ("target_id", "from_on", "to_on")
    values = of.numbered(rows).order_by("pk").values_list(*days, *_VALUES).iterator(chunk_size=ROWS_AT_ONCE)
    for what, (*owner, corrected, from_on, to_on, is_held, amount, clause, basis) in of.named(values):
        # A correction's days are the whole month that it corrects: they say nothing of the settlement's.
        shown = (None, None) if corrected else (from_on, to_on)
        state = "held" if is_held else "corrected" if corrected else "charged"
        amounts = (None, amount) if is_held else (amount, None)
        yield (f"{asked.month:%Y-%m}", *owner, state, corrected, *amounts, *shown, what, clause, basis)


_VALUES = (*of.OWNER, *of.NUMBERS, "corrected", "from_on", "to_on", "is_held", "amount_yen", "clause", "basis")


SETTLEMENTS = Report(
    name="settlements",
    title=_("解除調定金一覧"),
    about=_("請求した解除調定金（第14条）とその訂正、経理の判断を待つ保留分。"),
    columns=(
        *(of.MONTH, of.CUSTOMER, of.CUSTOMER_NAME, of.UNIT, of.CONTRACT, of.OPTION),
        *(ReportColumn("state", _("状態"), width=8, names=STATES), of.CORRECTS),
        ReportColumn("charged_yen", _("請求額（円）"), Kind.YEN, totalled=True),
        ReportColumn("held_yen", _("保留額（円）"), Kind.YEN, totalled=True),
        *(
            ReportColumn("from_on", _("終了日の翌日"), Kind.DAY, 13),
            ReportColumn("to_on", _("期間の末日"), Kind.DAY, 13, beneath=True),
        ),
        *(of.WHAT, of.CLAUSE, of.BASIS),
    ),
    filters=AmountFilters,
    rows=lambda asked: Computed(partial(_rows, asked)),
    amount="charged_yen",
)
