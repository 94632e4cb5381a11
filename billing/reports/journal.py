"""仕訳: the month in finance's accounts, per invoice, corrections apart, with tax as on the invoice."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Case, QuerySet, Sum, When
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from billing.facts.policy import policies
from billing.models.line import FEES
from billing.reports import line_columns as of
from billing.reports.by_customer import parts
from billing.reports.filters import CustomerFilters
from billing.reports.line_columns import Recipient
from billing.reports.report import ROWS_AT_ONCE, Computed, Kind, Report, ReportAsked, ReportColumn, Row
from billing.terms.account import Fee, TaxCategory
from billing.terms.journal import REDUCTIONS, TAX, Summed, postings
from contracts.terms.days import month_period

NOTES = {**dict(FEES), TAX: _("消費税")}


CustomerNamed = tuple[str, str]
"""A customer's code and name."""


def sums_of(asked: ReportAsked, *, by_month: bool = False) -> Iterator[tuple[Recipient, CustomerNamed, list[Summed]]]:
    """Each recipient of an invoice, its customer, and the sums of its lines; in the order of customers' codes and invoices.

    A customer with billing groups gets entries for each of its invoices. ``by_month``: reductions by the month of their days.
    """
    versions = {policy.version: policy for policy in policies()}
    for part in parts(asked):
        sums: defaultdict[int, defaultdict[Recipient, Counter[Any]]] = defaultdict(lambda: defaultdict(Counter))
        units = [pk for pk, *_named in part.units]
        invoiced = of.recipients(asked.row, part.ids, units=units, is_issued=asked.is_issued)
        for customer, unit, *what, yen in _summed(part.lines, by_month).iterator(chunk_size=ROWS_AT_ONCE):
            sums[customer][invoiced.get((customer, unit), Recipient())][tuple(what)] += yen
        for pk, code, name in part.customers:
            for recipient, amounts in sorted(sums[pk].items()):
                summed = [
                    Summed(versions[under], Fee(fee), TaxCategory(tax), yen, *months)
                    for (under, fee, tax, *months), yen in sorted(amounts.items(), key=_own_first)
                ]
                yield recipient, (code, name), summed


def _summed(lines: QuerySet[Any], by_month: bool) -> Any:
    """Yen of lines by customer, unit, and what they are posted by."""
    rows: Any = lines.annotate(counts_as=of.charged_fee(), under=of.policy_version())
    keys: tuple[str, ...] = ("customer_id", "unit_id", "under", "counts_as", "tax_category", "corrects_month")
    if by_month:
        rows, keys = rows.annotate(served=Case(When(fee__in=REDUCTIONS, then=TruncMonth("from_on")))), (*keys, "served")
    return rows.order_by().values_list(*keys).annotate(yen=Sum("amount_yen"))


def _own_first(amount: tuple[Any, int]) -> tuple[date, tuple[str, str, str], tuple[date, ...]]:
    """The month's own lines first, then the corrections in the order of the months that they correct."""
    (under, fee, tax, corrects, *served), _yen = amount
    return corrects or date.min, (under, fee, tax), tuple(month or date.min for month in served)


def _rows(asked: ReportAsked) -> Iterator[Row]:
    on = month_period(asked.month).last
    for recipient, customer, sums in sums_of(asked):
        for posting in postings(sums):
            amounts = (posting.debit, posting.yen, posting.credit, posting.yen)
            corrected = f"{posting.corrects:%Y-%m}" if posting.corrects else ""
            yield (on, *recipient, *customer, posting.of, corrected, *amounts, posting.tax_category, posting.percent)


JOURNAL = Report(
    name="journal",
    title=_("仕訳"),
    about=_("請求書ごとの月の仕訳。訂正は月の請求と分けます。消費税は請求書と税率ごとに一度だけ計算します。"),
    columns=(
        ReportColumn("on", _("日付"), Kind.DAY, 12),
        ReportColumn("invoice", _("請求書番号"), width=15, leads="billing.invoice"),
        ReportColumn("group", _("請求先グループ"), width=15, leads="billing.billinggroup", beneath=True),
        *(of.CUSTOMER, of.CUSTOMER_NAME),
        *(ReportColumn("note", _("摘要"), names=NOTES), of.CORRECTS),
        ReportColumn("debit", _("借方科目"), width=22),
        ReportColumn("debit_yen", _("借方金額（円）"), Kind.YEN, totalled=True),
        ReportColumn("credit", _("貸方科目"), width=22),
        ReportColumn("credit_yen", _("貸方金額（円）"), Kind.YEN, totalled=True),
        of.TAX,
        ReportColumn("percent", _("税率（%）"), Kind.NUMBER, 10, beneath=True),
    ),
    filters=CustomerFilters,
    rows=lambda asked: Computed(partial(_rows, asked)),
    amount="debit_yen",
    by_invoice=True,
)
