"""減額一覧: reductions granted in the month (第15条)."""

from django.utils.translation import gettext_lazy as _

from billing.reports import line_columns as of
from billing.reports.filters import AmountFilters
from billing.reports.report import Asked, Queried, Report
from billing.terms.account import Fee

REDUCING = (Fee.OUTAGE, Fee.SLA)


def rows(asked: Asked) -> Queried:
    """In the order in which they were computed; the amounts are below zero."""
    found = of.numbered(of.lines(asked).filter(fee__in=REDUCING)).annotate(month_name=of.named_month(asked.month))
    amounts = ("from_on", "to_on", "amount_yen", "tax_category", "clause", "basis")
    return Queried(found.order_by("pk"), ("month_name", *of.OWNER, *of.NUMBERS, "fee", *amounts))


REDUCTIONS = Report(
    name="reductions",
    title=_("減額一覧"),
    about=_("利用不能と品質保証の違背による減額（第15条）。"),
    columns=(
        *(of.MONTH, of.CUSTOMER, of.CUSTOMER_NAME, of.UNIT, of.CONTRACT, of.OPTION, of.FEE, of.FROM, of.TO),
        *(of.AMOUNT, of.TAX, of.CLAUSE, of.BASIS),
    ),
    filters=AmountFilters,
    rows=rows,
    amount="amount_yen",
)
