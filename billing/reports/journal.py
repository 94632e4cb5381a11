"""仕訳: the month in finance's accounts, per customer, with tax as on the invoice."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from billing.facts.policy import policies
from billing.models.line import FEES
from billing.reports import line_columns as of
from billing.reports.filters import CustomerFilters
from billing.reports.report import ROWS_AT_ONCE, Asked, Column, Computed, Kind, Report, Row
from billing.terms.account import Fee, TaxCategory
from billing.terms.journal import TAX, Summed, postings
from contracts.terms.days import month_period

NOTES = {**dict(FEES), TAX: _("消費税")}


def sums_of(asked: Asked) -> Iterator[tuple[tuple[str, str], list[Summed]]]:
    """Each recipient's code and name of the customer, with the sums of its lines; in the order of codes.

    Two queries and the sums of units: a customer with billing groups gets an entry for each of its invoices.
    """
    versions = {policy.version: policy for policy in policies()}
    invoiced = of.recipients(asked.row)
    rows: Any = of.lines(asked).annotate(counts_as=of.charged_fee(), under=of.policy_version())
    keys = ("customer__code", "customer__name", "unit_id", "under", "counts_as", "tax_category")
    rows = rows.values(*keys).annotate(yen=Sum("amount_yen")).order_by(*keys).values_list(*keys, "yen")
    for customer, found in groupby(rows.iterator(chunk_size=ROWS_AT_ONCE), key=itemgetter(0, 1)):
        sums: defaultdict[int, Counter[tuple[str, str, str]]] = defaultdict(Counter)
        for _code, _name, unit, *what, yen in found:
            sums[invoiced.get(unit, 0)][tuple(what)] += yen
        for _recipient, amounts in sorted(sums.items()):
            yield (
                customer,
                [
                    Summed(versions[under], Fee(fee), TaxCategory(tax), yen)
                    for (under, fee, tax), yen in sorted(amounts.items())
                ],
            )


def _rows(asked: Asked) -> Iterator[Row]:
    on = month_period(asked.month).last
    for customer, sums in sums_of(asked):
        for posting in postings(sums):
            amounts = (posting.debit, posting.yen, posting.credit, posting.yen)
            yield (on, *customer, *amounts, posting.of, posting.tax_category, posting.percent)


JOURNAL = Report(
    name="journal",
    title=_("仕訳"),
    about=_("契約者ごとの月の仕訳。消費税は請求書と同じく、請求先と税率ごとに一度だけ計算します。"),
    columns=(
        Column("on", _("日付"), Kind.DAY, 12),
        *(of.CUSTOMER, of.CUSTOMER_NAME),
        Column("debit", _("借方科目"), width=22),
        Column("debit_yen", _("借方金額（円）"), Kind.YEN, totalled=True),
        Column("credit", _("貸方科目"), width=22),
        Column("credit_yen", _("貸方金額（円）"), Kind.YEN, totalled=True),
        Column("note", _("摘要"), names=NOTES),
        of.TAX,
        Column("percent", _("税率（%）"), Kind.NUMBER, 10),
    ),
    filters=CustomerFilters,
    rows=lambda asked: Computed(partial(_rows, asked)),
    amount="debit_yen",
)
