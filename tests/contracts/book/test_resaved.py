"""What is exported comes back after a spreadsheet has opened and saved it."""

import csv
from io import StringIO

import openpyxl
import pytest
from django.core.management import call_command

from billing.facts.recorded import OF_THE_BOOK
from contracts.intake.book.sheets import SHEETS
from tests.contracts.book.build import module, must_take, outage, sheets_of, sound, take_path
from tests.contracts.book.test_round_trip import empty, everything, export

pytestmark = pytest.mark.django_db

OF_RECORD = {"sheet": "", "column": "", "message": "記録のシートは読みませんでした（import_book --restoreが読みます）"}


def test_headings_are_japanese_and_english_on_request(tmp_path):
    must_take(sound(), tmp_path / "in")
    export(tmp_path / "book.xlsx")
    workbook = openpyxl.load_workbook(tmp_path / "book.xlsx")
    of_record = ["版", *(f"記録_{table.label}" for table in OF_THE_BOOK)]
    assert workbook.sheetnames == [*(sheet.label for sheet in SHEETS), *of_record]
    assert [cell.value for cell in workbook["契約者"][1]] == ["契約者コード", "契約者名", "フリガナ"]
    call_command("export_book", str(tmp_path / "en.xlsx"), "--headings", "en", stdout=StringIO())
    workbook = openpyxl.load_workbook(tmp_path / "en.xlsx")
    of_record = ["format", *(f"recorded_{table.name}" for table in OF_THE_BOOK)]
    assert workbook.sheetnames == [*(sheet.name for sheet in SHEETS), *of_record]
    assert [cell.value for cell in workbook["customers"][1]] == ["code", "name", "kana"]


@pytest.mark.parametrize("headings", ["ja", "en"])
def test_a_folder_begins_with_a_mark_by_which_spreadsheets_know_its_encoding(headings, tmp_path):
    must_take(sound(), tmp_path / "in")
    call_command("export_book", str(tmp_path / "out"), "--headings", headings, stdout=StringIO())
    first = "契約者コード,契約者名,フリガナ" if headings == "ja" else "code,name,kana"
    assert (
        tmp_path / "out" / "customers.csv"
    ).read_bytes() == b"\xef\xbb\xbf" + f"{first}\nC-1,株式会社見本,\n".encode()


def test_a_workbook_comes_back_after_it_was_opened_and_saved(tmp_path):
    must_take(everything(), tmp_path / "in")
    before = sheets_of(export(tmp_path / "before"))
    export(tmp_path / "book.xlsx")
    openpyxl.load_workbook(tmp_path / "book.xlsx").save(tmp_path / "saved.xlsx")
    empty()
    answer = take_path(tmp_path / "saved.xlsx")
    assert (answer.faults, answer.notes) == ([], [OF_RECORD])
    assert sheets_of(export(tmp_path / "after")) == before


def test_a_folder_comes_back_after_a_spreadsheet_has_saved_it(tmp_path):
    """Days as 2025/4/1, moments as 2025/4/1 9:05, amounts with commas, another encoding, other ends of lines."""
    must_take(everything(), tmp_path / "in")
    before = sheets_of(export(tmp_path / "before"))
    saved = tmp_path / "saved"
    saved.mkdir()
    for file in (tmp_path / "before").iterdir():
        rows = list(csv.reader(StringIO(file.read_text(encoding="utf-8-sig"))))
        with (saved / file.name).open("w", encoding="cp932", newline="") as out:
            csv.writer(out, lineterminator="\r\n").writerows([[_as_excel(cell) for cell in row] for row in rows])
    empty()
    assert take_path(saved).faults == []
    assert sheets_of(export(tmp_path / "after")) == before


def _as_excel(cell):
    if len(cell) >= 10 and cell[4:5] == cell[7:8] == "-":
        day, _, time = cell.partition(" ")
        year, month, date = map(int, day.split("-"))
        return f"{year}/{month}/{date}" + (f" {int(time[:2])}{time[2:]}" if time else "")
    return f"{int(cell):,}" if cell.isdecimal() and len(cell) > 3 else cell


def test_an_outage_from_midnight_to_midnight_goes_round(tmp_path):
    must_take(sound(outage("M-1", "2025-05-10 00:00", "2025-05-12 00:00")), tmp_path / "in")
    before = sheets_of(export(tmp_path / "before"))
    export(tmp_path / "book.xlsx")
    empty()
    answer = take_path(tmp_path / "book.xlsx")
    assert (answer.faults, answer.notes) == ([], [OF_RECORD])
    assert sheets_of(export(tmp_path / "after")) == before


def test_a_small_letter_in_a_code_is_the_same_code(tmp_path):
    must_take(sound(), tmp_path / "in")
    rows = sound()
    rows["contracts"][1] |= module(number="ｍ-1", of="u-1", application="a-1")[1]
    assert must_take(rows, tmp_path / "again").added == {}
