"""解除調定金一覧: settlements charged in the month, and those held for finance to decide on (第14条, I-18)."""

from collections.abc import Iterator
from functools import partial

from django.utils.translation import gettext_lazy as _

from billing.models import HeldSettlement
from billing.reports import line_columns as of
from billing.reports.filters import AmountFilters
from billing.reports.report import ROWS_AT_ONCE, Asked, Column, Computed, Kind, Report, Row
from billing.terms.account import Fee

STATES = {"charged": _("請求"), "held": _("保留")}

_BEFORE, _AFTER = (*of.OWNER, *of.NUMBERS, "from_on", "to_on", "amount_yen"), ("clause", "basis")


def _rows(asked: Asked) -> Iterator[Row]:
    """Those charged, then those held; an amount stands in one of two columns, so that each has a total of its own."""
    name = f"{asked.month:%Y-%m}"
    charged = of.lines(asked).filter(fee=Fee.SETTLEMENT)
    held = asked.narrow(HeldSettlement.objects.filter(month=asked.row) if asked.row else HeldSettlement.objects.none())
    for state, found in (("charged", charged), ("held", held)):
        values = of.numbered(found).order_by("pk").values_list(*_BEFORE, *_AFTER)
        for *before, amount, clause, basis in values.iterator(chunk_size=ROWS_AT_ONCE):
            amounts = (amount, None) if state == "charged" else (None, amount)
            yield (name, *before, state, *amounts, clause, basis)


SETTLEMENTS = Report(
    name="settlements",
    title=_("解除調定金一覧"),
    about=_("請求した解除調定金（第14条）と、経理の判断を待つ保留分。"),
    columns=(
        *(of.MONTH, of.CUSTOMER, of.CUSTOMER_NAME, of.UNIT, of.CONTRACT, of.OPTION),
        *(Column("from_on", _("終了日の翌日"), Kind.DAY, 13), Column("to_on", _("期間の末日"), Kind.DAY, 13)),
        Column("state", _("状態"), width=8, names=STATES),
        Column("charged_yen", _("請求額（円）"), Kind.YEN, totalled=True),
        Column("held_yen", _("保留額（円）"), Kind.YEN, totalled=True),
        *(of.CLAUSE, of.BASIS),
    ),
    filters=AmountFilters,
    rows=lambda asked: Computed(partial(_rows, asked)),
    amount="charged_yen",
)
