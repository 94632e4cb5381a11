"""帳票の検査: whether the reports of the closed months come to what the ledger comes to. One Japanese sentence a fault."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from django.db.models import F, Max, Sum

from billing.facts.policy import policies
from billing.models import ChargeLine, ExportRecord, JournalSlip, Month
from billing.reports import INVOICES, JOURNAL, LINES, Report
from billing.reports import line_columns as of
from billing.reports.filters import asked, filters_of
from billing.reports.report import ReportAsked
from billing.terms.journal import TAXED
from billing.terms.packages import NAMES
from billing.terms.tax import tax_yen
from contracts.facts.party_names import PARTIES

Customers = Counter[str]


def exports_agree() -> Iterator[str]:
    """Every closed month: 請求明細 and 請求一覧 come to its total, 仕訳 to its lines and their tax, as do records of exports."""
    whole = ExportRecord.objects.filter(report=LINES.name, closed=True, filters={})
    # What few houses ever took out is asked of their months only.
    exported, posted = whole.exists(), JournalSlip.objects.exists()
    of_each: dict[str, ReportAsked] = {}
    for month in Month.objects.exclude(closed_at=None).order_by("month"):
        of_each = of_each or {report.name: _asked(report, month) for report in (LINES, INVOICES, JOURNAL)}
        for report in (LINES, INVOICES):
            total = _total(report, _of_month(of_each[report.name], month))
            if total != month.total_yen:
                yield f"{month}：{report.title}の合計{total:,}円が、月次の合計{month.total_yen:,}円と異なります。"
        yield from _journal(_of_month(of_each[JOURNAL.name], month), month)
        if exported:
            for record in whole.filter(month=month.month).exclude(total_yen=month.total_yen).order_by("pk"):
                yield f"{month}：書出し（番号{record.pk}）の合計{record.total_yen:,}円が、月次の合計{month.total_yen:,}円と異なります。"
        if posted:
            yield from _slips(month)


def _asked(report: Report, month: Month) -> ReportAsked:
    """A report of the month, as its own form asks for it with nothing else filled in."""
    wanted = asked(filters_of(report, {"month": str(month)}))
    assert wanted is not None, f"the month {month} cannot be asked for"
    return wanted


def _of_month(wanted: ReportAsked, month: Month) -> ReportAsked:
    """The same of a closed month: a form narrows every month alike where nothing but the month is filled in.

    Nobody's name is looked up: no sum rests on what a customer is called (I-52).
    """
    given = {**wanted.given, "month": month.month}
    of_it = replace(wanted, month=month.month, row=month, given=given, known={})
    return replace(of_it, otherwise=dict.fromkeys(((party, of_it.named_in) for party in PARTIES), False))


def _total(report: Report, wanted: ReportAsked) -> int:
    """What the report's amounts come to."""
    assert report.amount_at is not None
    return report.rows(wanted).sums([report.amount_at]).totals[report.amount_at]


def _journal(wanted: ReportAsked, month: Month) -> Iterator[str]:
    """What customers owe by the journal is what their lines and the tax on them come to; debits are credits."""
    receivables = {policy.accounts["receivable"] for policy in policies()}
    posted, debits, credits = Customers(), 0, 0
    for _on, _invoice, _group, customer, _name, _note, _corrects, *row in JOURNAL.rows(wanted).stream():
        debit, debit_yen, credit, credit_yen, *_rest = row
        debits, credits = debits + debit_yen, credits + credit_yen
        posted[customer] += debit_yen * (debit in receivables) - credit_yen * (credit in receivables)
    if debits != credits:
        yield f"{month}：仕訳の借方{debits:,}円と貸方{credits:,}円が異なります。"
    owed = _owed(month, issued=wanted.is_issued)
    issued = Customers()
    for customer, yen in month.invoices.values_list("customer__code", "total_yen") if wanted.is_issued else ():
        issued[customer] += yen
    for customer in sorted(issued):
        if posted[customer] != issued[customer]:
            sums = f"{posted[customer]:,}円が、請求書の合計{issued[customer]:,}円"
            yield f"{month}：契約者{customer}の仕訳の売掛金{sums}と異なります。"
    for customer in sorted({*posted, *owed}):
        if posted[customer] != owed[customer]:
            sums = f"{posted[customer]:,}円が、明細と消費税の合計{owed[customer]:,}円"
            yield f"{month}：契約者{customer}の仕訳の売掛金{sums}と異なります。"


def _slips(month: Month) -> Iterator[str]:
    """What accounting packages were given of an invoice comes to the invoice, reversals counted."""
    given = JournalSlip.objects.filter(invoice__month=month).order_by().values("package", "invoice__number")
    sums = given.annotate(yen=Sum("total_yen"), invoiced=Max("invoice__total_yen")).exclude(yen=F("invoiced"))
    rows = sums.order_by("package", "invoice__number").values_list("package", "invoice__number", "yen", "invoiced")
    for package, number, yen, invoiced in rows.iterator():
        yield f"{month}：{NAMES[package]}に書き出した請求書{number}の仕訳{yen:,}円が、請求金額{invoiced:,}円と異なります。"


def _owed(month: Month, *, issued: bool) -> Customers:
    """Each customer's lines, and the tax on the taxable ones, once per invoice and rate (I-05)."""
    percents = {policy.version: policy.tax_percent for policy in policies()}
    invoiced = of.recipients(month, is_issued=issued)
    owed, taxable = Customers(), Counter[tuple[str, of.Recipient, int]]()
    lines = ChargeLine.objects.filter(month=month).order_by().annotate(under=of.policy_version())
    keys = ("customer__code", "customer_id", "unit_id", "under", "tax_category")
    sums = lines.values_list(*keys).annotate(yen=Sum("amount_yen"))
    for customer, whose, unit, under, category, yen in sums.iterator():
        owed[customer] += yen
        if category in TAXED:
            taxable[customer, invoiced.get((whose, unit), of.Recipient()), percents[under]] += yen
    for (customer, _recipient, percent), yen in taxable.items():
        owed[customer] += tax_yen(yen, percent)
    return owed
