"""仕訳 for a package: every invoice once, what changed since taken back and written anew, the same bytes again."""

import csv
from collections import Counter
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from billing.facts.packages import mappings
from billing.formats.journals import files, yayoi
from billing.models import ChargeLine, Invoice, InvoiceRate, JournalFile, JournalSlip, Month
from billing.operations.check_exports import exports_agree
from billing.operations.close_month import close_month
from billing.operations.export_journal import export_journal, journal_again, packages_of
from billing.operations.invoices import issue_invoices
from billing.operations.journal_slips import slip_of, to_take_out
from billing.reports import INVOICES, JOURNAL, LINES
from billing.reports.filters import asked, filters_of
from billing.terms.packages import mapping_on
from billing.terms.tax import tax_yen
from contracts import clock
from contracts.models import Customer, Entry
from contracts.operations.import_book import import_book
from contracts.operations.refusal import Refused
from tests.billing.journals import readers
from tests.billing.journals.example import OBC
from tests.conftest import SAMPLE
from tests.worlds import world

ON = date(2026, 1, 5)


def _issued() -> None:
    """The sample's months with reductions in them, closed, the invoices of the last issued."""
    import_book(SAMPLE, by="試験", on=clock.today())
    for month in range(1, 13):
        close_month(date(2025, month, 1), on=ON, by="試験")
    issue_invoices(december(), on=ON, by="経理")


def december() -> Month:
    return Month.objects.get(month=date(2025, 12, 1))


issued = world("the sample with 2025 closed and December issued", _issued)
pytestmark = pytest.mark.usefixtures("issued")
READERS = {
    "yayoi": lambda data: readers.read_yayoi(data, tax_account="仮受消費税"),
    "freee": readers.read_deals,
    "money_forward": readers.read_money_forward,
    "obc": lambda data: readers.read_obc(data, encoding="utf-8"),
}


@pytest.fixture(autouse=True)
def finance(settings: Settings, tmp_path: Path) -> "Finance":
    """A copy of finance's file, with 勘定奉行 in it, to be edited."""
    return Finance(settings, tmp_path)


class Finance:
    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings, self.folder = settings, folder
        self.text, self.number = Path(settings.FINANCE_FILE).read_text(encoding="utf-8") + OBC, 0
        self.edit("", "")

    def edit(self, before: str, after: str) -> None:
        assert before in self.text
        self.text = self.text.replace(before, after) if before else self.text
        self.number += 1
        file = self.folder / f"finance{self.number}.toml"
        file.write_text(self.text, encoding="utf-8")
        self.settings.FINANCE_FILE = str(file)


def out(package: str):
    return export_journal(december(), package, by="経理")


def total_of(report) -> int:
    wanted = asked(filters_of(report, {"month": "2025-12"}))
    return report.rows(wanted).sums(report.totalled).totals[report.amount_at]


@pytest.mark.parametrize("package", READERS)
def test_lines_reports_invoices_journal_and_file_are_one(package: str) -> None:
    made = out(package)
    read = READERS[package](made.file.read())
    invoices = {row.number: row for row in Invoice.objects.filter(month=december())}
    assert {number: slip.receivable for number, slip in read} == {
        number: row.total_yen for number, row in invoices.items() if row.line_count
    }
    assert {number: slip.tax for number, slip in read} == {
        number: row.tax_yen for number, row in invoices.items() if row.line_count
    }
    assert all(slip.debits == slip.credits for _number, slip in read)
    before_tax = sum(slip.receivable - slip.tax for _number, slip in read)
    lines = ChargeLine.objects.filter(month=december()).aggregate(yen=Sum("amount_yen"))["yen"]
    assert before_tax == lines == total_of(LINES) == total_of(INVOICES)
    wanted = asked(filters_of(JOURNAL, {"month": "2025-12"}))
    posted = Counter()
    for row in JOURNAL.rows(wanted).stream():
        posted[row[1]] += row[8] * ("売掛金" in row[7]) - row[8] * ("売掛金" in row[9])
    assert dict(posted) == {number: slip.receivable for number, slip in read}
    assert made.record.total_yen == sum(posted.values())
    assert made.record.slip_count == len(read) == JournalSlip.objects.count()


def test_returns_stand_under_their_own_tax_and_account() -> None:
    rows = list(csv.reader(StringIO(out("yayoi").file.read().decode("cp932"), newline="")))
    returned = [row for row in rows if row[4] == "売上値引"]
    assert returned
    assert {row[7] for row in returned} == {"課税売返内10%"}
    assert all("減額" in row[16] and "月分" in row[16] for row in returned)
    rates = InvoiceRate.objects.filter(invoice__month=december(), returned_yen__lt=0)
    assert sum(int(row[8]) for row in returned) == -sum(
        rate.returned_yen + tax_yen(rate.returned_yen, rate.percent) for rate in rates
    )


def test_taken_out_once() -> None:
    out("yayoi")
    with pytest.raises(Refused, match="すべて取り出しています"):
        out("yayoi")
    assert JournalFile.objects.count() == 1
    out("freee")
    assert Entry.objects.filter(record="journal_file").count() == 2


def test_what_changed_is_taken_back_and_written_anew_and_nothing_more(finance: Finance) -> None:
    first = READERS["yayoi"](out("yayoi").file.read())
    finance.edit(
        'reduction = "売上値引"\ntax = "仮受消費税"\n[journal.tax]',
        'reduction = "値引高"\ntax = "仮受消費税"\n[journal.tax]',
    )
    changed = [number for number, slip in first if any("売返" in name for name in slip.gross)]
    assert 0 < len(changed) < len(first)
    second = out("yayoi")
    read = READERS["yayoi"](second.file.read())
    assert [number for number, _slip in read] == [one for number in changed for one in (f"{number}-", f"{number}/2")]
    assert (second.record.slip_count, second.record.reversal_count) == (len(changed), len(changed))
    assert second.record.total_yen == 0
    for (_back, back), (_again, again) in zip(read[::2], read[1::2], strict=True):
        assert back.receivable == -again.receivable
        assert {name: -yen for name, yen in back.gross.items()} == dict(again.gross)
    with pytest.raises(Refused, match="すべて取り出しています"):
        out("yayoi")
    assert list(exports_agree()) == []


def test_an_entry_taken_back_has_the_accounts_that_it_had(finance: Finance) -> None:
    out("yayoi")
    finance.edit('monthly = "月額売上"\n', 'monthly = "売上高"\n')
    text = out("yayoi").file.read().decode("cp932")
    for row in csv.reader(StringIO(text, newline="")):
        if "月額費用" in row[16] and "訂正" not in row[16]:
            back = row[21].split("#")[0].endswith("-")
            assert row[4 if back else 10] == ("月額売上" if back else "売上高")


def test_a_form_that_changed_does_not_take_back_the_other(finance: Finance) -> None:
    out("yayoi")
    finance.edit('form = "inclusive"', 'form = "separate"')
    finance.edit('taxable_10 = "課税売上内10%"', 'taxable_10 = "課税売上別10%"')
    with pytest.raises(Refused, match="形式「内税」"):
        out("yayoi")
    assert JournalFile.objects.count() == 1


def test_the_same_bytes_again_or_none(finance: Finance) -> None:
    made = {package: out(package) for package in READERS}
    for one in made.values():
        assert journal_again(one.record).file.read() == one.file.read()
    finance.edit('["CSJS214", "debit_tax_yen"], ', "")
    with pytest.raises(Refused, match="同じファイルを作れません"):
        journal_again(made["obc"].record)


def test_separate_tax_balances(finance: Finance) -> None:
    finance.edit('form = "inclusive"', 'form = "separate"')
    read = READERS["yayoi"](out("yayoi").file.read())
    totals = dict(Invoice.objects.values_list("number", "total_yen"))
    assert {number: slip.receivable for number, slip in read} == totals
    assert all(slip.debits == slip.credits for _number, slip in read)
    assert sum(slip.tax for _number, slip in read) == Invoice.objects.aggregate(yen=Sum("tax_yen"))["yen"]


def test_slips_of_freee(finance: Finance) -> None:
    finance.edit('form = "deals"', 'form = "journal"')
    read = readers.read_freee_journal(out("freee").file.read())
    assert {number: slip.receivable for number, slip in read} == dict(
        Invoice.objects.values_list("number", "total_yen")
    )


def test_a_rate_without_a_name_stops_the_file(finance: Finance) -> None:
    """The start says what the rates of the day lack; of an older rate, that a correction brings, the file does."""
    finance.edit('taxable_10 = "課税売上10%"\n', "")
    with pytest.raises(Exception, match="taxable_10がありません"):
        out("freee")
    assert not JournalFile.objects.exists()


def test_a_customer_that_yayoi_would_cut_stops_the_file_until_it_is_called_otherwise(finance: Finance) -> None:
    """Cut, two customers could become one sub-account; other packages have no such bound."""
    first, second, *_rest = Customer.objects.filter(invoices__month=december()).order_by("code")
    for customer, name in ((first, "東"), (second, "西")):
        Customer.objects.filter(pk=customer.pk).update(name=f"株式会社サンプル警備保障{name}日本支社")
    with pytest.raises(Refused, match=f"半角24字.*{first.code}「.*{second.code}「.*journal.partners"):
        out("yayoi")
    assert not JournalFile.objects.exists()
    partners = f'[journal.partners]\n{first.code} = "サンプル東"\n{second.code} = "サンプル西"\n'
    finance.edit('taxable_return_8 = "課税売返内8%"\n', f'taxable_return_8 = "課税売返内8%"\n{partners}')
    rows = list(csv.reader(StringIO(out("yayoi").file.read().decode("cp932"), newline="")))
    assert {"サンプル東", "サンプル西"} <= {row[5] or row[11] for row in rows}
    assert "株式会社サンプル警備保障東日本支社" in out("freee").file.read().decode()


def test_before_its_invoices_a_month_has_no_slips() -> None:
    with pytest.raises(Refused, match="まだ発行されていません"):
        export_journal(Month.objects.get(month=date(2025, 11, 1)), "yayoi", by="経理")


def test_a_package_without_a_mapping_is_not_offered(finance: Finance) -> None:
    assert packages_of(december()) == ["yayoi", "freee", "money_forward", "obc"]
    finance.edit('package = "freee"\nform = "deals"\nfrom_on = 2019-10-01', 'package = "freee"\nfrom_on = 2026-01-01')
    assert packages_of(december()) == ["yayoi", "money_forward", "obc"]
    with pytest.raises(Refused, match="freee会計の科目と税区分の対応"):
        out("freee")


def test_characters_that_shift_jis_lacks_are_listed_and_nothing_is_recorded(finance: Finance) -> None:
    finance.edit('monthly = "月額売上"\n', 'monthly = "𠮷売上"\n')
    with pytest.raises(Refused, match=r"請求書2025-12-\d{5}（1行11列）の「𠮷」（U\+20BB7）.*ほか"):
        out("yayoi")
    assert not JournalFile.objects.exists()
    assert out("freee").record.slip_count


def test_more_rows_than_the_package_takes_are_several_files() -> None:
    small = replace(yayoi.INCLUSIVE, most_rows=12)
    slips = [one.slip for one in to_take_out(december(), _mapping("yayoi"))]
    made = files.write_slips(slips, small, "仕訳")
    assert made.extension == "zip"
    seen, totals = [], dict(Invoice.objects.values_list("number", "total_yen"))
    with ZipFile(made.file) as zipped:
        for name in zipped.namelist():
            rows = list(csv.reader(StringIO(zipped.read(name).decode("cp932"), newline="")))
            assert len(rows) <= 12
            assert [row[1] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
            seen += [row[21] for row in rows]
            again = READERS["yayoi"](zipped.read(name))
            assert all(slip.receivable == totals[number] for number, slip in again)
    assert len(seen) == len(set(seen)) == made.rows


def _mapping(package: str):
    return mapping_on(mappings(), package, date(2025, 12, 31))


def test_what_was_taken_out_stays_as_it_is() -> None:
    row = out("yayoi").record
    for statement in ("UPDATE billing_journalslip SET revision = 9", "DELETE FROM billing_journalslip"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(IntegrityError), transaction.atomic():
        JournalFile.objects.filter(pk=row.pk).update(row_count=0)


def test_no_query_a_slip() -> None:
    with CaptureQueriesContext(connection) as queries:
        made = out("yayoi")
    assert made.record.slip_count > 10
    assert len(queries) < 30


def test_what_a_package_was_given_otherwise_than_invoiced_is_found() -> None:
    record = out("yayoi").record
    assert list(exports_agree()) == []
    one = record.slips.order_by("pk")[0]
    JournalSlip.objects.create(
        file=record, package="yayoi", invoice=one.invoice, revision=2, reversal=False, total_yen=7, content=one.content
    )
    [fault] = exports_agree()
    assert one.invoice.number in fault
    assert "弥生会計" in fault


def test_a_kept_slip_is_the_slip() -> None:
    slips = {one.slip.number: one.slip for one in to_take_out(december(), _mapping("money_forward"))}
    out("money_forward")
    assert {slip.number: slip for slip in (slip_of(row.content) for row in JournalSlip.objects.all())} == slips


def test_the_command(tmp_path: Path) -> None:
    said = StringIO()
    folder = tmp_path / "out"
    call_command("export_journal", "2025-12", "--package", "yayoi", "--output", str(folder), stdout=said)
    [file] = folder.iterdir()
    assert "新しい伝票" in said.getvalue()
    assert READERS["yayoi"](file.read_bytes())
    with pytest.raises(CommandError, match="すべて取り出しています"):
        call_command("export_journal", "2025-12", "--package", "yayoi", "--output", str(folder))
    with pytest.raises(CommandError, match="台帳にありません"):
        call_command("export_journal", "2031-12", "--package", "yayoi", "--output", str(folder))
