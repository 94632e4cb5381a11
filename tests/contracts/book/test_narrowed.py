"""A book of one customer or of one unit: all that is theirs, nothing that is another's, and a book that can be taken in."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.intake.book.narrowed import Narrowed
from contracts.intake.book.read import read_book
from contracts.intake.book.sheets import SHEETS
from contracts.intake.book.stored import stored_rows
from contracts.models import Contract, Customer, Entry, ManagementUnit
from contracts.operations.export_book import CSV, export_book
from contracts.operations.import_book import import_book
from contracts.operations.refusal import Refused
from tests.conftest import SAMPLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample():
    import_book(SAMPLE, by="試験", on=timezone.localdate())


def rows(narrowed):
    return {sheet.name: [repr(row) for row in stored_rows(sheet.name, narrowed=narrowed)] for sheet in SHEETS}


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize("of", ["customer", "unit"])
def test_the_parts_make_the_whole(of):
    """Every row is of somebody; none is of two, a linked service apart, which several may link."""
    model = Customer if of == "customer" else ManagementUnit
    parts = [rows(Narrowed(**{of: code})) for code in model.objects.values_list("code", flat=True)]
    for sheet, found in rows(Narrowed()).items():
        put_together = [row for part in parts for row in part[sheet]]
        assert set(put_together) == set(found), sheet
        if sheet not in ("linked_services", "customers"):
            assert len(put_together) == len(found), sheet


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize("of", ["customer", "unit"])
def test_no_query_stands_within_another(of):
    """A database that knows nothing of its tables would go through the inner one for every row of the outer one."""
    code = (Customer if of == "customer" else ManagementUnit).objects.order_by("code")[0].code
    with CaptureQueriesContext(connection) as queries:
        rows(Narrowed(**{of: code}))
    # SQLite has ids as a list that is selected from; the ids are in the query itself.
    asked = [query["sql"].replace("(SELECT value FROM json_each(", "") for query in queries]
    assert len(asked) >= len(SHEETS)
    assert [sql for sql in asked if sql.count("SELECT") > 1] == []


@pytest.mark.usefixtures("sample")
def test_of_a_unit_no_other_unit_is_told():
    unit = ManagementUnit.objects.order_by("code")[0]
    found = rows(Narrowed(unit=unit.code))
    assert len(found["units"]) == len(found["customers"]) == 1
    assert len(found["contracts"]) == Contract.objects.filter(target__unit=unit).count() > 0


@pytest.mark.usefixtures("sample")
def test_a_customers_book_can_be_read_by_itself(tmp_path):
    code = ManagementUnit.objects.order_by("code")[0].customer.code
    call_command("export_book", str(tmp_path / "book.xlsx"), "--customer", code)
    book = read_book(tmp_path / "book.xlsx")
    assert (book.faults, book.notes) == ([], [])
    numbers = {row.values["number"] for row in book.rows["contracts"]}
    assert numbers == set(
        Contract.objects.filter(target__unit__customer__code=code).values_list("target__number", flat=True)
    )


@pytest.mark.usefixtures("sample")
def test_what_nobody_is_called_is_refused(tmp_path):
    for given in (["--customer", "C-NONE"], ["--unit", "U-NONE"]):
        with pytest.raises(CommandError, match="登録されていません"):
            call_command("export_book", str(tmp_path / "book.xlsx"), *given)
    with pytest.raises(CommandError, match="コードが読めません"):
        call_command("export_book", str(tmp_path / "book.xlsx"), "--unit", "a\x01b")
    with pytest.raises(Refused):
        export_book(Narrowed(customer="C-NONE"), by="試験")
    assert not Entry.objects.filter(operation="export").exists()
    with pytest.raises(CommandError):
        call_command("export_book", str(tmp_path / "book.xlsx"), "--customer", "a", "--unit", "b")


@pytest.mark.usefixtures("sample")
def test_an_archive_of_csv_has_the_same_bytes_again():
    first, second = (export_book(form=CSV, by="試験") for _each in range(2))
    assert first.file.read() == second.file.read()
    hashes = {entry.after["sha256"] for entry in Entry.objects.filter(record="book_export")}
    assert len(hashes) == 1
    assert first.name.endswith(".zip")
