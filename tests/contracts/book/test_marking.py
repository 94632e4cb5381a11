"""A book given back with its faults marked: where they are, also where nothing stands; all else as it was."""

import zipfile
from datetime import datetime
from io import BytesIO

import openpyxl
import pytest

from contracts.intake.book.marking import FAULT, WARNING, Marks, write_marked
from contracts.intake.book.places import Cell, Place, cell_of
from contracts.intake.faults import Fault
from contracts.intake.sentence import Sentence


def marked(path, *cells, fault=True):
    marks, out = Marks(), BytesIO()
    for cell in cells:
        marks.add(cell, f"{cell.table}の誤り", fault=fault)
    write_marked(path, Marks.of_json(marks.as_json()), out)
    return openpyxl.load_workbook(out)


def comments(book):
    return {(sheet.title, cell.coordinate) for sheet in book for row in sheet for cell in row if cell.comment}


@pytest.fixture
def path(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "契約"
    sheet.append(["契約番号", "金額", "日", "時", "式", "誤"])
    sheet.append(["0012", 480000, datetime(2025, 4, 1), datetime(2025, 4, 1, 9, 5), "=1+1", "#N/A"])
    sheet["C2"].number_format, sheet["D2"].number_format = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
    sheet["A9"] = "最後"
    book.create_sheet("隠れた一覧").append(["x", "y"])
    book["隠れた一覧"].sheet_state = "hidden"
    book.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def test_a_cell_where_nothing_stands_is_marked(path):
    """In a row that holds cells, in a row between that holds none, and behind the last."""
    cells = [Cell("契約", 2, 9), Cell("契約", 5, 1), Cell("契約", 12, 0)]
    assert comments(marked(path, *cells)) == {("契約", "J2"), ("契約", "B5"), ("契約", "A12")}


def test_what_stood_stands_as_it_was(path):
    sheet = marked(path, Cell("契約", 2, 1))["契約"]
    assert [cell.value for cell in sheet[2]][:4] == ["0012", 480000, datetime(2025, 4, 1), datetime(2025, 4, 1, 9, 5)]
    assert sheet["A9"].value == "最後"
    assert sheet["B2"].fill.fgColor.rgb == f"FF{FAULT[1:]}"
    assert sheet["A2"].fill.patternType is None


def test_a_warning_has_another_colour_and_a_fault_beside_it_counts_more(path):
    assert marked(path, Cell("契約", 2, 1), fault=False)["契約"]["B2"].fill.fgColor.rgb == f"FF{WARNING[1:]}"
    marks, out = Marks(), BytesIO()
    for said, fault in (("警告", False), ("誤り", True), ("警告", False)):
        marks.add(Cell("契約", 2, 1), said, fault=fault)
    write_marked(path, marks, out)
    cell = openpyxl.load_workbook(out)["契約"]["B2"]
    assert (cell.comment.text, cell.fill.fgColor.rgb) == ("警告\n誤り", f"FF{FAULT[1:]}")


def test_a_whole_sheet_is_marked_at_its_first_cell(path):
    assert comments(marked(path, Cell("隠れた一覧"))) == {("隠れた一覧", "A1")}
    assert marked(path, Cell("隠れた一覧"))["隠れた一覧"].sheet_state == "hidden"


def test_text_files_come_back_as_a_workbook(tmp_path):
    with zipfile.ZipFile(tmp_path / "book.zip", "w") as archive:
        archive.writestr("契約[1].csv", "契約番号,金額\n=1+1,100\n")
        archive.writestr("料金.csv", "対象番号\nT-1\n")
    book = marked(tmp_path / "book.zip", Cell("契約[1]", 2, 0))
    assert book.sheetnames == ["契約_1_", "料金"]
    cell = book["契約_1_"]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert comments(book) == {("契約_1_", "A2")}


CONTRACTS = Place("契約一覧", 3, {"number": 0, "unit": 1}, {"契約番号": 0, "色": 5})
OF_A_LIST = Place("一覧", 1, {"number": 0, "service": 2, "monthly_yen": 4}, {"番号": 0, "プラン": 2}, is_list=True)


@pytest.mark.parametrize(
    ("fault", "cell"),
    [
        (Fault("contracts", 5, "unit", "x"), Cell("契約一覧", 5, 1)),
        (Fault("contracts", 3, "色", "x"), Cell("契約一覧", 3, 5)),
        (Fault("contracts", 5, "item", "x"), Cell("契約一覧", 5, 0)),
        (Fault("contracts", 5, "", Sentence("値（{cell}）", cell="H7")), Cell("契約一覧", 7, 7)),
        (Fault("contracts", 5, "unit", Sentence("値（{cell}）", cell="どこか")), Cell("契約一覧", 5, 1)),
        (Fault("contracts", None, "", "x"), Cell("契約一覧")),
        (Fault("Sheet1", None, "", "x"), Cell("Sheet1")),
        (Fault("", None, "", "x"), None),
    ],
)
def test_the_cell_of_a_fault(fault, cell):
    assert cell_of(fault, {"contracts": CONTRACTS}) == cell


@pytest.mark.parametrize(
    ("fault", "at"),
    [
        (Fault("一覧", 4, "プラン", "x"), 2),
        (Fault("contracts", 4, "category", "x"), 2),
        (Fault("prices", 4, "amount_yen", "x"), 4),
        (Fault("options", 4, "number", "x"), 0),
        (Fault("customers", 4, "name", "x"), 0),
    ],
)
def test_what_was_made_of_a_list_stands_in_the_list(fault, at):
    assert cell_of(fault, {"一覧": OF_A_LIST}) == Cell("一覧", 4, at)
