"""A customer and a unit are called otherwise from a day on: the papers of each month keep the name of its last day (I-52)."""

import csv
from datetime import date
from io import StringIO

import pytest

from billing.models import Invoice, InvoiceUnit, Month
from billing.operations.check_ledger import check_ledger
from billing.operations.export_report import CSV, Wanted, export_again, export_report
from billing.operations.invoices import issue_invoices
from billing.operations.propose import propose_month
from billing.reports import INVOICES, JOURNAL, LINES, MOVEMENTS, REDUCTIONS, RENEWALS, SETTLEMENTS
from contracts.models import Customer, ManagementUnit
from contracts.operations.corrections.kind import put_right, take_back
from contracts.operations.corrections.of_names import NAMES
from contracts.operations.jobs import run
from contracts.operations.renaming import rename
from tests.contracts.book.build import book, edr, licence, must_take, notice, premium, priced
from tests.contracts.corrections.desk import slip

EDR = [
    premium(),
    edr(),
    licence("期間ライセンス"),
    *priced("T-1", 300_000, 10_000),
    *priced("O-EDR", 50_000),
    *priced("O-LIC", 100),
]
ALIKE = [("T-1", 300_000), ("O-EDR", 50_000), ("O-LIC", 100_000)]
OLD, NEW, UNIT, NEWER_UNIT = "株式会社見本", "株式会社新生", "本社", "大阪本社"


@pytest.fixture
def lead(db, django_user_model):
    return django_user_model.objects.create_superuser("責任者")


@pytest.fixture(autouse=True)
def sound(db):
    yield
    assert list(check_ledger(recompute=True)) == []


@pytest.fixture
def begun(story, tmp_path):
    must_take(book(*EDR), tmp_path / "begun")
    story.close("2025-03", "2025-04")
    story.month("2025-03", ("T-1", "initial", "2025-03-10", "2025-03-10", 10_000))
    story.months_alike("2025-04", "2025-04", *ALIKE)
    return story


def call(owner, name, from_on, *, on, by):
    return rename(
        owner, name=name, from_on=date.fromisoformat(from_on), reason="商号変更", on=date.fromisoformat(on), by=by
    )


def issued(month):
    """The addressee and the units of the month's invoices, as they are issued now."""
    row = Month.objects.get(month=date.fromisoformat(f"{month}-01"))
    issue_invoices(row, on=date(2026, 1, 5), by="経理")
    return kept(month)


def kept(month):
    row = Month.objects.get(month=date.fromisoformat(f"{month}-01"))
    units = InvoiceUnit.objects.filter(month=row).values_list("name", flat=True)
    return [*Invoice.objects.filter(month=row).values_list("addressee", flat=True), *units]


def said(report, month):
    """The names of customers and units in a report of a month."""
    file = export_report(report, {"month": month}, Wanted(CSV), by="経理").file.read().decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(file, newline="")))
    return {row[name] for row in rows for name in ("契約者名", "管理単位名") if name in row}


def test_papers_keep_the_name_of_their_day(begun, lead):
    """From 16 May on: April's papers have the old name, May's the new one. Known beforehand, and with no job run."""
    call(Customer.objects.get(), NEW, "2025-05-16", on="2025-05-02", by=lead)
    call(ManagementUnit.objects.get(), NEWER_UNIT, "2025-05-16", on="2025-05-02", by=lead)
    assert Customer.objects.get().name == OLD
    begun.close("2025-05")
    begun.months_alike("2025-05", "2025-05", *ALIKE)
    for report in (LINES, JOURNAL):
        assert (said(report, "2025-04"), said(report, "2025-05")) == ({OLD}, {NEW})
    assert said(INVOICES, "2025-04") == {OLD, UNIT}
    assert said(INVOICES, "2025-05") == {NEW, NEWER_UNIT}
    assert said(MOVEMENTS, "2025-04") == {OLD}
    assert (said(RENEWALS, "2025-04"), said(RENEWALS, "2025-05")) == ({OLD}, {NEW})
    assert (issued("2025-04"), issued("2025-05")) == ([OLD, UNIT], [NEW, NEWER_UNIT])
    begun.nothing_more()


def test_what_was_issued_stays_whatever_is_said_later(begun, lead):
    """A change of name from a day of a closed month on: invoices that are issued and reports of closed months stay."""
    assert issued("2025-04") == [OLD, UNIT]
    exported = export_report(INVOICES, {"month": "2025-04"}, Wanted(CSV), by="経理")
    row = call(Customer.objects.get(), NEW, "2025-04-10", on="2025-05-20", by=lead)
    assert Customer.objects.get().name == NEW
    assert kept("2025-04") == [OLD, UNIT]
    assert export_again(exported.record, by="経理").record.sha256 == exported.record.sha256
    begun.close("2025-05")
    begun.months_alike("2025-05", "2025-05", *ALIKE)
    assert issued("2025-05") == [NEW, UNIT]
    take_back(NAMES, [row], ground=slip(), on=date(2025, 6, 2), by=lead)
    assert (kept("2025-05"), said(LINES, "2025-05")) == ([NEW, UNIT], {NEW})
    call(Customer.objects.get(), NEW, "2025-07-01", on="2025-06-02", by=lead)
    begun.close("2025-06", "2025-07")
    begun.months_alike("2025-06", "2025-07", *ALIKE)
    assert (issued("2025-06"), issued("2025-07")) == ([OLD, UNIT], [NEW, UNIT])
    begun.nothing_more()


def test_a_name_brings_no_yen(begun, lead):
    """Changed, put right and taken back over closed months, in the morning brought up: not a line of correction comes of it."""
    begun.close("2025-05")
    begun.months_alike("2025-05", "2025-05", *ALIKE)
    row = call(ManagementUnit.objects.get(), NEWER_UNIT, "2025-04-01", on="2025-06-01", by=lead)
    (put,) = put_right(NAMES, [row], {"from_on": date(2025, 4, 2)}, ground=slip(), on=date(2025, 6, 2), by=lead)
    take_back(NAMES, [put.now], ground=slip(), on=date(2025, 6, 3), by=lead)
    run("dated", date(2025, 6, 4))
    begun.close("2025-06")
    begun.months_alike("2025-06", "2025-06", *ALIKE)
    begun.nothing_more()


def test_every_report_says_it(begun, lead, tmp_path):
    """Those of settlements and reductions too, and the proposal's largest customers."""
    must_take(book(notice("T-1", "2025-04-20")), tmp_path / "ends")
    call(Customer.objects.get(), NEW, "2025-05-31", on="2025-05-02", by=lead)
    proposal = propose_month(date(2025, 5, 1), on=date(2025, 6, 1), by=lead)
    assert [row["name"] for row in proposal.result["customers"]] == [NEW]
    begun.close("2025-05")
    assert said(SETTLEMENTS, "2025-05") == {NEW}
    assert said(REDUCTIONS, "2025-05") == set()
