"""帳票: every report opened again as another program would, held against the ledger; made again to the byte; never harmful."""

import csv
from collections import Counter
from datetime import date, datetime
from io import BytesIO, StringIO
from itertools import combinations
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from billing.formats import columns, csv_copy
from billing.formats.csv_copy import can_copy, copy_csv
from billing.formats.csv_file import CP932, write_csv
from billing.models import ChargeLine, ExportRecord, HeldSettlement, Month
from billing.operations.check_exports import exports_agree
from billing.operations.close_month import close_month
from billing.operations.export_report import CSV, XLSX, Wanted, export_again, export_report
from billing.reports import INVOICES, LINES, MOVEMENTS, REDUCTIONS, RENEWALS, REPORTS, REVENUE, SETTLEMENTS
from billing.reports.filters import FIRST, LAST, asked, filters_of
from billing.reports.report import Kind
from contracts import clock
from contracts.models import Customer, Entry
from contracts.models.bulk import slices
from contracts.operations.import_book import import_book
from contracts.operations.refusal import Refused
from tests.billing.ledger import close
from tests.conftest import SAMPLE
from tests.contracts.book.build import (
    book,
    customer,
    edr,
    licence,
    module,
    must_take,
    notice,
    premium,
    priced,
    sound,
    tier,
    unit,
)
from tests.contracts.book.build import change as changed
from tests.worlds import world

pytestmark = pytest.mark.django_db
MONTHS = [date(2025, month, 1) for month in range(1, 13)]


def _closed():
    """The sample book, 2025 closed."""
    import_book(SAMPLE, by="試験", on=clock.today())
    for month in MONTHS:
        close_month(month, on=date(2027, 1, 5), by="試験")


ledger = world("the sample with 2025 closed", _closed)


def export(report, month, wanted=None, **filters):
    return export_report(report, {"month": month, **filters}, wanted or Wanted(CSV), by="試験")


def as_rows(exported):
    """The rows of a CSV file by their headings."""
    return list(csv.DictReader(StringIO(exported.file.read().decode("utf-8-sig"), newline="")))


def rows_of(report, month, **filters):
    """A report's rows by the names of its columns."""
    wanted = asked(filters_of(report, {"month": month, **filters}))
    assert wanted is not None
    names = [column.name for column in report.columns]
    return [dict(zip(names, row, strict=True)) for row in report.rows(wanted).stream()]


def total(month, *fees):
    """The ledger's own sum of a month's lines."""
    lines = ChargeLine.objects.filter(month__month=month, **({"fee__in": fees} if fees else {}))
    return lines.aggregate(yen=Sum("amount_yen"))["yen"] or 0


MONTHS_APART = [date(2025, 6, 1), date(2025, 8, 1), date(2025, 12, 1)]
"""In June nothing was reduced, settled or renewed; in August one of each was; December has two, and everything else."""
SHOWN = {Kind.YEN: "#,##0;[Red]-#,##0", Kind.DAY: "yyyy-mm-dd"}
"""How a workbook shows yen and days."""


def test_every_workbook_is_typed_and_totals_as_the_ledger(ledger):
    """With days as days and yen as numbers under Japanese headings, frozen and filtered, the totals below."""
    of_ledger = {
        INVOICES: lambda month: total(month),
        LINES: lambda month: total(month),
        REDUCTIONS: lambda month: total(month, "outage", "sla"),
        SETTLEMENTS: lambda month: total(month, "settlement"),
    }
    seen = Counter()
    for report in REPORTS:
        for month in MONTHS_APART:
            exported = export(report, f"{month:%Y-%m}", Wanted(XLSX))
            sheet = openpyxl.load_workbook(exported.file).active
            assert sheet.title == str(report.title)
            assert sheet.freeze_panes == "A2"
            assert sheet.auto_filter.ref.startswith("A1:")
            headings, *rows = sheet.iter_rows(values_only=True)
            assert list(headings) == [str(column.label) for column in report.columns]
            totals = rows.pop() if report.totalled else None
            seen[report.name] += len(rows)
            assert exported.record.row_count == len(rows)
            for position, column in enumerate(report.columns):
                types = {type(row[position]) for row in rows} - {type(None)}
                assert types <= {Kind.DAY: {datetime}, Kind.YEN: {int}, Kind.NUMBER: {int}}.get(column.kind, {str})
                if column.totalled:
                    assert totals[position] == sum(row[position] or 0 for row in rows)
            shown = [cell.number_format for cell in sheet[2]] if rows else []
            for column, form in zip(report.columns, shown, strict=False):
                # An empty cell has no form of its own.
                assert form in (SHOWN.get(column.kind, "General"), "General")
            if report is LINES:
                assert shown[report.amount_at] == SHOWN[Kind.YEN]
            if report in of_ledger:
                assert totals[report.amount_at] == exported.record.total_yen == of_ledger[report](month)
    assert min(seen[report.name] for report in REPORTS) > 0


def test_every_csv_says_what_its_workbook_says(ledger):
    for report in REPORTS:
        rows = as_rows(export(report, "2025-12"))
        sheet = openpyxl.load_workbook(export(report, "2025-12", Wanted(XLSX)).file).active
        _headings, *cells = sheet.iter_rows(values_only=True, max_row=len(rows) + 1)
        said = [
            [str(cell.date() if isinstance(cell, datetime) else "" if cell is None else cell) for cell in row]
            for row in cells
        ]
        assert [list(row.values()) for row in rows] == said


def test_lines_come_in_the_order_in_which_they_were_computed(ledger):
    lines = ChargeLine.objects.filter(month__month=date(2025, 12, 1)).order_by("pk")
    computed = list(lines.values_list("fee", "from_on", "amount_yen", "basis"))
    assert computed not in (sorted(computed), computed[::-1])
    told = itemgetter("fee", "from_on", "amount_yen", "basis")
    assert [told(row) for row in rows_of(LINES, "2025-12")] == computed


def test_the_reports_agree_with_the_ledger_and_each_other(ledger):
    assert list(exports_agree()) == []
    held = HeldSettlement.objects.filter(month__month=date(2025, 12, 1)).aggregate(yen=Sum("amount_yen"))["yen"]
    assert sum(row["held_yen"] or 0 for row in rows_of(SETTLEMENTS, "2025-12")) == held > 0


def test_cp932_where_it_fits(ledger):
    exported = export(LINES, "2025-09", Wanted(CSV, CP932))
    plain = export(LINES, "2025-09").file.read().decode("utf-8-sig")
    assert exported.file.read().decode("cp932") == plain


def test_numbers_below_zero_stay_numbers(ledger):
    month = ChargeLine.objects.filter(fee="outage").order_by("pk")[0].month
    row = as_rows(export(REDUCTIONS, str(month)))[0]
    assert int(row["金額（円）"]) < 0


@pytest.mark.postgres
def test_copied_and_written_files_are_the_same(ledger, monkeypatch):
    """What PostgreSQL writes by itself and what is written row by row: names, clauses, quotes, line ends, empty cells; block by block."""
    monkeypatch.setattr(csv_copy, "BYTES_A_BLOCK", 500)
    Customer.objects.filter(pk=Customer.objects.order_by("pk")[0].pk).update(name='=引用"符、,と\n改行')
    wanted = asked(filters_of(LINES, {"month": "2025-12"}))
    by_one_query = [report for report in REPORTS if can_copy(report.rows(wanted))]
    assert by_one_query == [INVOICES, LINES]
    for report in by_one_query:
        for language in ("ja", "en"):
            wanted = asked(filters_of(report, {"month": "2025-12"}))
            copied, written = BytesIO(), BytesIO()
            copy_csv(copied, report, report.rows(wanted), language=language)
            write_csv(written, report, report.rows(wanted).stream(), language=language)
            assert copied.getvalue().decode() == written.getvalue().decode()


@pytest.mark.postgres
def test_a_copy_has_memory_of_its_own_for_its_transaction_alone(ledger):
    wanted = asked(filters_of(LINES, {"month": "2025-12"}))
    with CaptureQueriesContext(connection) as queries:
        copy_csv(BytesIO(), LINES, LINES.rows(wanted), language="ja")
    (said,) = [query["sql"] for query in queries.captured_queries if "set_config" in query["sql"]]
    assert said == "SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true)"


@pytest.mark.postgres
def test_whatever_a_text_begins_with(ledger):
    """Every mark of a formula, the letters before and after it, and letters of all kinds: a mark before it in both files or in none."""
    near = {chr(ord(mark) + step) for mark in columns.STARTS_A_FORMULA for step in (-1, 0, 1)}
    firsts = sorted(near | set("AZaz漢ー𠮷é "))
    billed = ChargeLine.objects.filter(month__month=date(2025, 12, 1)).values("customer")
    customers = list(Customer.objects.filter(pk__in=billed).order_by("pk"))
    wanted = asked(filters_of(LINES, {"month": "2025-12"}))
    for some in slices(firsts, len(customers)):
        for row, first in zip(customers, some, strict=False):
            Customer.objects.filter(pk=row.pk).update(name=f"{first}1+1")
        copied, written = BytesIO(), BytesIO()
        copy_csv(copied, LINES, LINES.rows(wanted), language="ja")
        write_csv(written, LINES, LINES.rows(wanted).stream(), language="ja")
        assert copied.getvalue().decode() == written.getvalue().decode()


FORMATS = (Wanted(CSV), Wanted(XLSX), Wanted(CSV, CP932), Wanted(CSV, headings="en"))
"""Every report is made again in two of them, and each of them of four reports."""


def test_an_export_is_recorded_and_comes_out_the_same_again(ledger):
    for at, report in enumerate(REPORTS):
        for wanted in (FORMATS[at % 4], FORMATS[(at + 1) % 4]):
            first = export(report, "2025-12", wanted).record
            again = export_again(first, by="監査人")
            assert again.record.sha256 == first.sha256, (report.name, wanted)
            assert (again.record.again_of, again.record.exported_by) == (first, "監査人")
    entry = Entry.objects.filter(operation="export").latest("pk")
    assert (entry.subject, entry.after["sha256"]) == (str(again.record.pk), again.record.sha256)


def test_records_of_exports_are_only_added(ledger):
    row = export(LINES, "2025-12").record
    for statement in ("UPDATE billing_exportrecord SET row_count = 0", "DELETE FROM billing_exportrecord"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    row.refresh_from_db()
    assert (row.row_count, row.total_yen, row.closed) == (169, Month.objects.get(month=row.month).total_yen, True)


GIVEN = {
    "customer": "C519000",
    "unit": "U5190000",
    "tier": "premium",
    "module_type": "ips_ids",
    "fee": "monthly",
    "amount_from": "1000",
    "amount_to": "500000",
}


def test_filters_by_pairs(ledger):
    """Every pair of filters narrows what each of them narrows; a row that one leaves out is not in both."""
    for report in REPORTS:
        names = [name for name in GIVEN if name in report.filters.base_filters]
        if report in (INVOICES, REVENUE):
            # Their rows are sums, which each filter makes others: that all of them go together is all there is to see.
            rows_of(report, "2025-09", **{name: GIVEN[name] for name in names})
            continue
        alone = {
            name: {tuple(row.items()) for row in rows_of(report, "2025-09", **{name: GIVEN[name]})} for name in names
        }
        for one, other in combinations(names, 2):
            both = {tuple(row.items()) for row in rows_of(report, "2025-09", **{n: GIVEN[n] for n in (one, other)})}
            assert both == alone[one] & alone[other], (report.name, one, other)
    assert {row["fee"] for row in rows_of(LINES, "2025-09", fee="one_time")} == {"one_time"}
    assert all(row["total_yen"] >= 900_000 for row in rows_of(INVOICES, "2025-09", amount_from="900000"))
    assert 0 < len(rows_of(LINES, "2025-09", tier="basic")) < len(rows_of(LINES, "2025-09"))


def test_queries_do_not_grow_with_rows(ledger):
    """The same number for a month of many lines as for one customer's."""
    for report in REPORTS:
        taken = []
        for narrowed in ({"customer": "C5190001"}, {}):
            with CaptureQueriesContext(connection) as queries:
                export(report, "2025-12", **narrowed)
            taken.append(len(queries))
        # Units with notices are read in sets (7 queries) and so are names (2): none, or one more set of each.
        assert taken[1] <= taken[0] + 11, report.name


@pytest.mark.parametrize(
    "filters",
    [
        pytest.param({"month": "2025-13"}, id="no such month"),
        pytest.param({"month": f"{FIRST.year - 1}-12"}, id="before every month"),
        pytest.param({"month": "9999-12"}, id="the month after which no month is"),
        pytest.param({"month": "2025-04", "amount_from": "1e99"}, id="more yen than a number of the database holds"),
        pytest.param({"month": "2025-04", "fee": "tip"}, id="no such fee"),
        pytest.param({}, id="no month, and none closed"),
    ],
)
def test_a_filter_that_is_none_is_refused(db, filters):
    with pytest.raises(Refused):
        export_report(LINES, filters, Wanted(CSV), by="試験")


@pytest.mark.parametrize("month", [FIRST, LAST, date(2026, 11, 1)])
def test_a_month_without_a_ledger_has_no_lines(db, month):
    for report in REPORTS:
        assert rows_of(report, f"{month:%Y-%m}") == []


def test_what_moved_in_a_month(tmp_path):
    """New, changed, ended alone and with another, renewed; what ended before it began never was there (I-16)."""
    rows = sound(
        customer(),
        unit(),
        customer("C-2"),
        unit("U-2", of="C-2"),
        premium("T-2", of="U-2", application="A-9", starts="2024-07-01"),
        edr("O-OP", on="T-2", application="A-9", starts="2024-07-01"),
        licence("期間ライセンス", 1000, "O-TERM", on="T-2", application="A-9", starts="2024-07-01"),
        changed("O-TERM", "quantity", 1200, "2025-07-20", application="A-10"),
        tier(number="T-3", of="U-3", application="A-11", starts="2025-07-10"),
        module(number="M-3", of="U-3", application="A-11", starts="2025-07-10", ready_on="2025-03-01"),
        unit("U-3", of="C-2"),
        notice("T-3", "2025-05-10"),
        notice("M-1", "2025-06-05", "2025-07-25"),
    )
    must_take(rows, tmp_path)
    moved = [(f"{row['on']:%m-%d}", row["kind"], row["target"]) for row in rows_of(MOVEMENTS, "2025-07")]
    assert ("07-01", "renewed", "O-TERM") in moved
    assert ("07-20", "changed", "O-TERM") in moved
    assert ("07-25", "ended", "M-1") in moved
    assert ("07-10", "new", "M-3") in moved
    assert not any(target == "T-3" for _on, _kind, target in moved)
    said = {(row["kind"], row["target"]): (row["said"], row["clause"]) for row in rows_of(MOVEMENTS, "2025-07")}
    assert said["changed", "O-TERM"] == ("ライセンス数：1,000ライセンス → 1,200ライセンス", "10-2(8)")
    assert said["renewed", "O-TERM"][1] == "10-9"
    [licences] = rows_of(RENEWALS, "2025-07")
    assert (licences["licences"], licences["term_last"], licences["deadline"]) == (
        1200,
        date(2026, 6, 30),
        date(2026, 3, 31),
    )


def _priced_month():
    with TemporaryDirectory() as folder:
        must_take(sound(*priced("T-1", 100_000), *priced("M-1", 1000)), Path(folder))
    close("2025-04")


priced_month = world("a month of one customer closed", _priced_month)


@pytest.mark.parametrize(
    ("name", "character", "code"),
    [
        pytest.param("𠮷野商事", "𠮷", "U+20BB7", id="a character beyond the first plane"),
        pytest.param("A—B株式会社", "—", "U+2014", id="the long dash that looks like one of cp932"),
        pytest.param("Café株式会社", "é", "U+00E9", id="a letter with an accent"),
    ],
)
def test_what_cp932_lacks_is_named_and_nothing_leaves(priced_month, name, character, code):
    Customer.objects.update(name=name)
    with pytest.raises(Refused) as refused:
        export(LINES, "2025-04", Wanted(CSV, CP932))
    said = str(refused.value)
    assert "2行目の「契約者名」" in said
    assert character in said
    assert code in said
    assert ExportRecord.objects.count() == 0
    assert export(LINES, "2025-04").record.row_count == 2


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_text_is_a_formula(priced_month, mark):
    Customer.objects.update(name=f"{mark}1+1")
    assert as_rows(export(INVOICES, "2025-04"))[0]["契約者名"] == f"'{mark}1+1"
    sheet = openpyxl.load_workbook(export(INVOICES, "2025-04", Wanted(XLSX)).file).active
    cell = sheet["C2"]
    assert cell.data_type == "s"
    assert cell.value.startswith("'")


def test_an_export_of_other_rows_is_told_apart(priced_month, tmp_path):
    """A report on facts of a month that new facts have changed: the hash differs, and so does the version of the facts."""
    first = export(MOVEMENTS, "2025-04").record
    must_take(book(notice("M-1", "2025-03-20", "2025-04-25")), tmp_path / "more")
    again = export_again(first, by="試験").record
    assert again.sha256 != first.sha256
    assert again.facts_revision > first.facts_revision
