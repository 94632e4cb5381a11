"""請求明細: every line of the month, as it was computed."""

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from billing.reports import line_columns as of
from billing.reports.filters import LineFilters
from billing.reports.report import Queried, Report, ReportAsked


def rows(asked: ReportAsked) -> Queried:
    """In the order in which they were computed."""
    amounts = ("amount_yen", "from_on", "to_on", "quantity", "unit_price_yen", "tax_category", "clause", "basis")
    paths = ("month_name", *of.OWNER, *of.NUMBERS, "fee", "corrected", *amounts)
    return Queried(of.bare_lines(asked), paths, beside=partial(_named, asked))


def _named(asked: ReportAsked, lines: QuerySet[Any]) -> QuerySet[Any]:
    found: QuerySet[Any] = of.numbered(of.owned(asked, lines)).annotate(
        month_name=of.named_month(asked.month), corrected=of.corrected_month()
    )
    return found.order_by("pk")


LINES = Report(
    name="lines",
    title=_("請求明細"),
    about=_("月の明細を一行ずつ、計算根拠と条項とともに。"),
    columns=(
        *(of.MONTH, of.CUSTOMER, of.CUSTOMER_NAME, of.UNIT, of.CONTRACT, of.OPTION, of.FEE, of.CORRECTS),
        *(of.AMOUNT, of.FROM, of.TO, of.QUANTITY, of.PRICE, of.TAX, of.CLAUSE, of.BASIS),
    ),
    filters=LineFilters,
    rows=rows,
    amount="amount_yen",
)
