"""減額一覧: reductions granted in the month, and what corrects those of closed months (第15条)."""

from collections.abc import Iterator
from functools import partial

from django.utils.translation import gettext_lazy as _

from billing.reports import line_columns as of
from billing.reports.filters import AmountFilters
from billing.reports.report import ROWS_AT_ONCE, Computed, Report, ReportAsked, Row
from billing.terms.account import Fee

REDUCING = (Fee.OUTAGE, Fee.SLA)


def _rows(asked: ReportAsked) -> Iterator[Row]:
    """In the order in which they were computed. Below zero, but for a correction that takes a reduction back."""
    found = of.numbered(of.lines(asked).filter(of.counting_as(REDUCING)))
    found = found.annotate(counts_as=of.charged_fee(), corrected=of.corrected_month())
    days = ("target_id", "from_on", "to_on")
    amounts = ("from_on", "to_on", "amount_yen", "tax_category", "clause", "basis")
    values = found.order_by("pk").values_list(*days, *of.OWNER, *of.NUMBERS, "counts_as", "corrected", *amounts)
    for what, (*owner, fee, corrected, from_on, to_on, amount, tax, clause, basis) in of.named(
        values.iterator(chunk_size=ROWS_AT_ONCE)
    ):
        # A correction's days are the whole month that it corrects: they say nothing of the state's.
        shown = (None, None) if corrected else (from_on, to_on)
        yield (f"{asked.month:%Y-%m}", *owner, fee, corrected, amount, *shown, what, tax, clause, basis)


REDUCTIONS = Report(
    name="reductions",
    title=_("減額一覧"),
    about=_("利用不能と品質保証の違背による減額（第15条）とその訂正。"),
    columns=(
        *(of.MONTH, of.CUSTOMER, of.CUSTOMER_NAME, of.UNIT, of.CONTRACT, of.OPTION, of.FEE, of.CORRECTS, of.AMOUNT),
        *(of.FROM, of.TO, of.WHAT, of.TAX, of.CLAUSE, of.BASIS),
    ),
    filters=AmountFilters,
    rows=lambda asked: Computed(partial(_rows, asked)),
    amount="amount_yen",
)
