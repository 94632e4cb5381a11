"""How people lay their sheets out: where headings stand, what they add, what is a row and what is not."""

import re
import zipfile

import openpyxl
import pytest

from contracts.intake.book.read import read_book
from contracts.intake.book.workbook_parts import Formats
from tests.contracts.book.build import as_folder, sound
from tests.contracts.book.hostile import HEAD, NAMESPACE, row, text, workbook


def customers(tmp_path, content, name="customers.csv", encoding="utf-8"):
    """A book of customers alone."""
    path = tmp_path / name
    path.write_bytes(content.encode(encoding))
    return read_book(path)


def rows_of(book):
    return [(found.values["code"], found.values["name"]) for found in book.rows["customers"]]


def notes_of(book):
    return [str(note) for note in book.notes]


@pytest.mark.parametrize(
    "head",
    [
        "契約者コード,契約者名",
        "契約者コード*,契約者名（必須）",
        "【契約者コード】,契約者 名",
        "CODE,Name",
        "契約者コード,契約者名,備考",
        "No.,契約者コード,契約者名",
    ],
)
def test_headings_with_what_people_put_around_them(head, tmp_path):
    at = head.split(",").index(next(part for part in head.split(",") if "コード" in part or part == "CODE"))
    cells = ["1"] * len(head.split(","))
    cells[at], cells[at + 1] = "C-1", "見本"
    book = customers(tmp_path, f"{head}\n{','.join(cells)}\n")
    assert (book.faults, rows_of(book)) == ([], [("C-1", "見本")])


def test_a_heading_with_tax_is_not_ours(tmp_path):
    """税込 is another amount."""
    path = tmp_path / "prices.csv"
    path.write_text("対象番号,費目,金額（税込）,適用日\nT-1,monthly,110,2025-04-01\n", encoding="utf-8")
    book = read_book(path)
    assert {fault.column for fault in book.faults} == {"金額（税込）", "amount_yen"}
    assert not book.comparable


@pytest.mark.parametrize(("mark", "name"), [("\t", "customers.tsv"), (";", "customers.csv"), ("\t", "customers.txt")])
def test_other_marks_between_cells(mark, name, tmp_path):
    book = customers(tmp_path, f"code{mark}name\nC-1{mark}見本, 本社\n", name)
    assert (book.faults, rows_of(book)) == ([], [("C-1", "見本, 本社")])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_encodings_that_people_use(encoding, tmp_path):
    book = customers(tmp_path, "契約者コード,契約者名\r\nC-1,髙島①商事\r\n", "契約者.csv", encoding)
    assert (book.faults, rows_of(book)) == ([], [("C-1", "髙島①商事")])


def test_quotes_that_a_spreadsheet_writes(tmp_path):
    book = customers(tmp_path, '"code","name"\n"=""0012""","引用""符"\n'.replace('"=""0012"""', '"=""0012"""'))
    assert (book.faults, rows_of(book)) == ([], [("0012", '引用"符')])


def test_a_title_a_sum_and_a_remark_are_no_rows(tmp_path):
    path = tmp_path / "料金.csv"
    path.write_text(
        "料金一覧\n\n対象番号,費目,金額,適用日\nT-1,monthly,100,2025-04-01\n小計,,100,\nT-2,monthly,200,2025-04-01\n,合計,300,\n※税抜,,,\n",
        encoding="utf-8",
    )
    book = read_book(path)
    assert book.faults == []
    assert [found.values["amount_yen"] for found in book.rows["prices"]] == [100, 200]
    assert notes_of(book) == [
        "料金シート：見出しの上の1行は読みませんでした",
        "料金シート：合計や注記の行は読みませんでした（5、7、8行）",
    ]


def test_a_sum_with_a_key_is_a_row_with_faults(tmp_path):
    path = tmp_path / "料金.csv"
    path.write_text("対象番号,費目,金額,適用日\nT-1,合計,300,2025-04-01\n", encoding="utf-8")
    assert [(fault.row, fault.column) for fault in read_book(path).faults] == [(2, "fee")]


@pytest.mark.parametrize("nothing", ["-", "－", "―", "—", "なし", "未定", "N/A", "n/a", "該当なし"])
def test_what_stands_for_nothing_in_an_optional_column_alone(nothing, tmp_path):
    rows = sound()
    rows["contracts"][1]["billing_starts_on"] = nothing
    rows["customers"][0]["name"] = nothing
    book = read_book(as_folder(rows, tmp_path))
    assert book.faults == []
    assert book.rows["contracts"][1].values["billing_starts_on"] is None
    assert rows_of(book) == [("C-1", nothing)]
    assert f"契約シート 課金開始日：1件の「{nothing}」を空と読みました" in notes_of(book)


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "＃Ｎ／Ａ"])
@pytest.mark.parametrize("column", ["name", "code"])
def test_an_error_saved_as_text_is_one_in_any_column(error, column, tmp_path):
    values = {"code": "C-1", "name": "見本"} | {column: error}
    book = customers(tmp_path, f"code,name\n{values['code']},{values['name']}\n")
    assert [(fault.row, fault.column) for fault in book.faults] == [(2, column)]


def test_an_error_in_a_column_that_is_passed_over_is_no_fault(tmp_path):
    book = customers(tmp_path, "code,name,備考\nC-1,見本,#N/A\n")
    assert (book.faults, rows_of(book)) == ([], [("C-1", "見本")])


def test_a_formula_that_came_to_an_empty_text_is_empty(tmp_path):
    cells = text("A2", "C-1"), '<c r="B2" t="str"><f>IF(1,"","")</f><v></v></c>'
    (fault,) = read_book(workbook(tmp_path / "book.xlsx", HEAD + row(2, *cells))).faults
    assert (fault.column, str(fault.message)) == ("name", "「契約者名」が必要です")


def test_a_formula_with_its_result_is_the_result(tmp_path):
    cells = text("A2", "C-1"), '<c r="B2" t="str"><f>"見"&amp;"本"</f><v>見本</v></c>'
    book = read_book(workbook(tmp_path / "book.xlsx", HEAD + row(2, *cells)))
    assert (book.faults, rows_of(book)) == ([], [("C-1", "見本")])


def test_shared_strings_in_runs_and_with_readings(tmp_path):
    strings = (
        f"<sst {NAMESPACE}><si><r><t>青</t></r><r><t>葉</t></r><rPh sb='0' eb='1'><t>あおば</t></rPh></si>"
        "<si><t>C-1</t></si></sst>"
    )
    cells = '<c r="A2" t="s"><v>1</v></c>', '<c r="B2" t="s"><v>0</v></c>'
    book = read_book(workbook(tmp_path / "book.xlsx", HEAD + row(2, *cells), sharedStrings=strings))
    assert (book.faults, rows_of(book)) == ([], [("C-1", "青葉")])


def test_cells_and_rows_without_addresses(tmp_path):
    cells = [part.replace(' r="A2"', "").replace(' r="B2"', "") for part in (text("A2", "C-1"), text("B2", "見本"))]
    book = read_book(workbook(tmp_path / "book.xlsx", HEAD + f"<row>{''.join(cells)}</row>"))
    assert (book.faults, rows_of(book)) == ([], [("C-1", "見本")])


def test_numbers_of_a_workbook_that_counts_from_1904_are_no_days(tmp_path):
    path = as_folder(sound(), tmp_path / "f")
    assert read_book(path).faults == []
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = book.active
    sheet.title = "解約通知"
    sheet.append(["対象番号", "到達日"])
    sheet.append(["T-1", 44286])
    book.save(tmp_path / "mac.xlsx")
    assert [(fault.row, fault.column) for fault in read_book(tmp_path / "mac.xlsx").faults] == [(2, "arrived_on")]


def test_one_sheet_twice_is_one_fault(tmp_path):
    folder = as_folder(sound(), tmp_path)
    (folder / "契約者一覧.csv").write_text("code,name\nC-9,見本\n", encoding="utf-8")
    (fault,) = read_book(folder).faults
    assert "同じシートが二つあります" in str(fault)


def test_an_outage_from_midnight_to_midnight(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "利用不能"
    sheet.append(["契約番号", "覚知日時", "復旧日時"])
    sheet.append(["T-1", 45748, 45750])
    for column in "BC":
        sheet[f"{column}2"].number_format = "yyyy-mm-dd hh:mm"
    book.save(tmp_path / "book.xlsx")
    found = read_book(tmp_path / "book.xlsx")
    assert (found.faults, found.notes) == ([], [])
    values = found.rows["outages"][0].values
    assert [f"{values[name]:%Y-%m-%d %H:%M}" for name in ("known_at", "restored_at")] == [
        "2025-04-01 00:00",
        "2025-04-03 00:00",
    ]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        *(("yyyy-mm-dd", "day"), ("yyyy/m/d;@", "day"), ('[$-411]ggge"年"m"月"d"日";@', "day"), ("m/d/yy", "day")),
        *(("yyyy-mm-dd hh:mm", "moment"), ("yyyy/m/d h:mm;@", "moment"), ("[$-409]d/m/yy h:mm AM/PM", "moment")),
        *(("General", ""), ("0.00E+00", ""), ("#,##0;[Red]-#,##0", ""), ('#,##0"days"', ""), ("h:mm", ""), ("@", "")),
    ],
)
def test_which_formats_make_a_number_a_day(code, kind):
    formats = Formats()
    formats.start("numFmt", {"numFmtId": "164", "formatCode": code})
    formats.start("cellXfs", {})
    formats.start("xf", {"numFmtId": "164"})
    assert formats.kind("0") == kind


def test_a_workbook_of_nothing_is_no_book(tmp_path):
    (fault,) = read_book(workbook(tmp_path / "book.xlsx", "", sheet="Sheet1")).faults
    assert "読めるシートがありません" in str(fault)


@pytest.mark.parametrize("ending", [".xlsm", ".XLSX"])
def test_other_endings_of_a_workbook(ending, tmp_path):
    cells = text("A2", "C-1"), text("B2", "見本")
    book = read_book(workbook(tmp_path / f"book{ending}", HEAD + row(2, *cells)))
    assert (book.faults, rows_of(book)) == ([], [("C-1", "見本")])


def test_names_of_elements_with_a_prefix(tmp_path):
    """Some programs write the namespace of every element out."""
    path = workbook(tmp_path / "plain.xlsx", HEAD + row(2, text("A2", "C-1"), text("B2", "見本")))
    other = tmp_path / "prefixed.xlsx"
    with zipfile.ZipFile(path) as plain, zipfile.ZipFile(other, "w") as prefixed:
        for name in plain.namelist():
            content = plain.read(name).decode()
            if name.endswith("sheet1.xml"):
                content = re.sub(r"<(/?)(\w)", r"<\1x:\2", content).replace("xmlns=", "xmlns:x=")
            prefixed.writestr(name, content)
    book = read_book(other)
    assert (book.faults, rows_of(book)) == ([], [("C-1", "見本")])


def test_an_empty_sheet_of_ours_is_passed_over_too(tmp_path):
    folder = as_folder(sound(), tmp_path)
    (folder / "breaches.csv").write_text("\n", encoding="utf-8")
    book = read_book(folder)
    assert book.faults == []
    assert "品質保証違背シート：空のシートなので読みませんでした" in notes_of(book)


@pytest.mark.parametrize("name", ["README.txt", "~$contracts.csv", ".hidden.csv", "picture.png"])
def test_what_lies_beside_the_sheets_in_a_folder(name, tmp_path):
    folder = as_folder(sound(), tmp_path)
    (folder / name).write_text("x\n", encoding="utf-8")
    book = read_book(folder)
    assert (book.faults, book.count()) == ([], 4)
