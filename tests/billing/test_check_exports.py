"""帳票の検査: what the reports come to is set against sums of its own, invoices and records of exports; what does not agree is named."""

from contextlib import contextmanager
from datetime import date

import pytest

from billing.models import ExportRecord, Month
from billing.operations.check_exports import exports_agree
from billing.operations.invoices import issue_invoices
from billing.reports import JOURNAL, LINES
from tests.billing.test_reports import export, ledger  # noqa: F401 — the sample with 2025 closed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger")]


@contextmanager
def cut_journal():
    """仕訳 without one fee."""
    whole = JOURNAL.rows

    def cut(wanted):
        rows = whole(wanted)
        return type(rows)(lambda: (row for row in rows.stream() if row[5] != "one_time"))

    object.__setattr__(JOURNAL, "rows", cut)
    try:
        yield
    finally:
        object.__setattr__(JOURNAL, "rows", whole)


def test_a_journal_that_does_not_come_to_the_ledger_is_found():
    """The check is made of sums of its own: a fee left out of the journal shows in the customer's receivable."""
    with cut_journal():
        found = list(exports_agree())
    assert found
    assert all("売掛金" in fault for fault in found)


def test_a_journal_is_set_against_the_invoices_of_those_months_that_have_them():
    with cut_journal():
        cut = sorted({fault.split("：")[0] for fault in exports_agree()})
        issued = Month.objects.get(month=f"{cut[-1]}-01")
        issue_invoices(issued, on=date(2027, 1, 5), by="試験")
        of_invoices = [fault for fault in exports_agree() if "請求書の合計" in fault]
    assert len(cut) > 1
    assert {fault.split("：")[0] for fault in of_invoices} == {str(issued)}


def test_a_record_of_an_export_that_does_not_come_to_the_month_is_found():
    """Of whole months alone: a narrowed export comes to less, and another report to a total of its own."""
    for month in ("2025-11", "2025-03"):
        export(LINES, month, customer="C-000")
        export(JOURNAL, month)
        export(LINES, month)
    assert list(exports_agree()) == []
    made = []
    for month in (date(2025, 11, 1), date(2025, 3, 1)):
        record = ExportRecord.objects.get(report=LINES.name, month=month, filters={})
        record.pk, record.total_yen = None, record.total_yen + 1
        record.save(force_insert=True)
        made.append(record)
    november, march = (f"{record.month:%Y-%m}：書出し（番号{record.pk}）" for record in made)
    first, second = exports_agree()
    assert first.startswith(march)
    assert second.startswith(november)
