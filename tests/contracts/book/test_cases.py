"""Books as people really send them: each says the same as the plain one, or is refused for what it really has wrong."""

import zipfile
from pathlib import Path

import pytest

from contracts.intake.book.read import Book, read_book
from contracts.intake.book.sheets import BY_NAME
from contracts.intake.faults import Fault
from tests.contracts.book.build import stored, take_path

CASES = Path(__file__).with_name("cases")
WORKBOOKS, FOLDERS = CASES / "workbooks", CASES / "csv"
PLAIN = WORKBOOKS / "01_ja_plain.xlsx"

TAKEN = {
    "02_text_slash_days.xlsx": "契約シート 承諾日：23件を「2025/4/5」のような書き方から読みました",
    "04_text_wareki.xlsx": "契約シート 承諾日：23件を「令和7年4月5日」のような書き方から読みました",
    "04b_text_R7.4.1.xlsx": "契約シート 承諾日：23件を「R7.4.5」のような書き方から読みました",
    "07_title_above.xlsx": "契約シート：見出しの上の1行は読みませんでした",
    "08_sum_row.xlsx": "料金シート：合計や注記の行は読みませんでした（87、89行）",
    "09a_empty_Sheet1.xlsx": "Sheet1シート：空のシートなので読みませんでした",
    "09b_hidden_list.xlsx": "リストシート：隠されたシートなので読みませんでした",
    "11_merged_unit.xlsx": "契約シート 管理単位コード：結合されたセルの値「U51900001」などを17行の値と読みました",
    "12a_amount_words.xlsx": "料金シート 金額：14件を「￥150,000-」のような書き方から読みました",
    "12d_amount_float_noise.xlsx": "料金シート 金額：42件を「480000.0000000001」のような書き方から読みました",
    "13e_dash_for_empty.xlsx": "契約シート 特則同意日：18件の「-」を空と読みました",
    "14b_code_fullwidth_all.xlsx": "対応サービスシート 名義：15件を「Ｃ５１９０００１」のような書き方から読みました",
    "21b_remarks_column.xlsx": "契約シート：読まない列です（備考）",
    "22b_sheet_ichiran.xlsx": "契約シート：「契約一覧」をこのシートとして読みました",
}
AS_PLAIN = ("01_ja_plain.xlsx", "23a_stray_blank_last_row.xlsx", "23c_stray_blank_corner.xlsx")


def facts(book: Book) -> dict[str, list[str]]:
    """What a book says, whatever the order of its rows."""
    return {
        sheet: sorted(repr({**row.values, "basis": row.values.get("basis") or "notice"}) for row in book.rows[sheet])
        for sheet in BY_NAME
    }


SAID = facts(read_book(PLAIN))


def test_every_case_is_tried():
    refused = set(REFUSED) | {"27_flat_list.xlsx", "30_password.xlsx"}
    assert {path.name for path in WORKBOOKS.iterdir()} == {*TAKEN, *AS_PLAIN, *refused}
    assert {path.name for path in FOLDERS.iterdir()} == set(CSV)


@pytest.mark.parametrize("name", TAKEN)
def test_a_book_as_people_write_it_says_what_the_plain_one_says(name):
    book = read_book(WORKBOOKS / name)
    assert book.faults == []
    assert facts(book) == SAID
    assert TAKEN[name] in [str(note) for note in book.notes]


@pytest.mark.parametrize("name", AS_PLAIN)
def test_what_is_written_as_agreed_is_not_spoken_of(name):
    book = read_book(WORKBOOKS / name)
    assert (book.faults, book.notes) == ([], [])
    assert facts(book) == SAID


CSV = {
    "c1_utf8_nobom_crlf": None,
    "c2_excel_cp932_ja": "契約シート：文字コードShift_JISとして読みました",
    "c3_opened_and_saved_in_excel_utf8bom": "利用不能シート 覚知日時：2件を「2025/10/26 17:34」のような書き方から読みました",
    "c5_tab_tsv": "契約シート：タブで区切られたものとして読みました",
}


@pytest.mark.parametrize("name", CSV)
@pytest.mark.parametrize("zipped", [False, True])
def test_a_folder_of_text_and_the_archive_of_it(name, zipped, tmp_path):
    path = FOLDERS / name
    if zipped:
        path = tmp_path / "台帳.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for file in (FOLDERS / name).iterdir():
                archive.write(file, f"台帳/{file.name}")
    book = read_book(path)
    assert book.faults == []
    assert facts(book) == SAID
    notes = [str(note) for note in book.notes]
    assert notes == [] if CSV[name] is None else CSV[name] in notes


REFUSED = {
    "16a_formula_no_cache.xlsx": ("contracts", 2, "billing_starts_on", "K2の数式に計算結果がありません", 23),
    "16d_error_in_notice_day.xlsx": ("notices", 2, "requested_for", "C2のセルがエラーです（#VALUE!）", 1),
    "e_notices__basis.xlsx": ("notices", 5, "basis", "D5のセルがエラーです（#N/A）", 1),
    "e_options__billing_starts_on.xlsx": ("options", 2, "billing_starts_on", "K2のセルがエラーです（#N/A）", 1),
    "e_outages__claimed_on.xlsx": ("outages", 2, "claimed_on", "D2のセルがエラーです（#N/A）", 1),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_there_is_not_read_and_nothing_else_is_found_wrong(name):
    sheet, row, column, said, count = REFUSED[name]
    answer = take_path(WORKBOOKS / name)
    first = answer.faults[0]
    assert (first["sheet"], first["row"], first["column"]) == (sheet, row, column)
    assert first["message"] == said  # the column is named before it, once
    assert len(answer.faults) == count
    assert {fault["column"] for fault in answer.faults} == {column}
    assert stored() == {}


@pytest.mark.django_db
def test_a_workbook_with_a_password_is_called_that():
    (fault,) = take_path(WORKBOOKS / "30_password.xlsx").faults
    assert fault["message"].startswith("台帳はパスワードで保護されています")
    assert str(Fault(**{**fault, "message": "保護されています"})) == "保護されています"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["07_title_above.xlsx", "14b_code_fullwidth_all.xlsx", "23c_stray_blank_corner.xlsx"])
def test_it_is_taken_and_beside_the_plain_one_it_is_known(name):
    answer = take_path(WORKBOOKS / name)
    assert (answer.faults, answer.status) == ([], "taken")
    assert {warning["column"] for warning in answer.warnings} == {"keep_price"}  # I-41, of the plain one too
    assert take_path(PLAIN).known == 155
