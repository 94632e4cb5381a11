"""The empty template: every column explained, what can be chosen offered, its example passed over — and read as soon as it is data."""

from io import BytesIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from contracts.intake.book import cells
from contracts.intake.book.read import read_book
from contracts.intake.book.sheets import BY_NAME, SHEETS
from contracts.intake.book.template import EXAMPLE, HELP, write_template
from contracts.terms import catalog
from tests.contracts.book.build import take_path


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "ひな形.xlsx"
    with path.open("wb") as file:
        write_template(file)
    return path


def test_every_column_says_what_it_is_for(template):
    book = openpyxl.load_workbook(template)
    for sheet in SHEETS:
        table = book[sheet.label]
        assert [cell.value for cell in table[1]] == [column.label for column in sheet.columns]
        for cell, column in zip(table[1], sheet.columns, strict=True):
            assert HELP[sheet.name][column.name] in cell.comment.text
            assert ("必ず書きます。" in cell.comment.text) is column.required
            assert (table[2][cell.column - 1].value is not None) >= column.required
    assert {sheet: set(names) - {c.name for c in BY_NAME[sheet].columns} for sheet, names in HELP.items()} == {
        sheet: set() for sheet in HELP
    }


def test_what_the_terms_name_can_be_chosen(template):
    book = openpyxl.load_workbook(template)
    offered = {}
    for rule in book["契約"].data_validations.dataValidation:
        sheet, cells_ = rule.formula1.lstrip("=").split("!")
        offered[str(rule.sqref)[0]] = [row[0].value for row in book[sheet][cells_.replace("$", "")]]
    assert offered["C"] == list(catalog.CATEGORY_NAMES.values())
    assert offered["D"] == list(catalog.MODULE_TYPE_NAMES.values())
    kinds = [*catalog.kinds(catalog.ModuleType.FIREWALL), *catalog.kinds(catalog.ModuleType.SECURE_ACCESS)]
    assert offered["E"] == ["McAfee Network Security Platform", *kinds]
    assert book["選択肢"].sheet_state == "hidden"
    chosen = {
        column.name
        for sheet in SHEETS
        for column in sheet.columns
        if column.parse not in (cells.code, cells.text, cells.day, cells.moment, cells.whole, cells.count, cells.holder)
        and any(
            str(rule.sqref).startswith(_letter(sheet, column))
            for rule in book[sheet.label].data_validations.dataValidation
        )
    }
    assert chosen == {
        *("category", "module_type", "kind", "item", "service", "option", "licence_type", "product"),
        *("what", "fee", "basis", "guarantee", "keep_price"),
    }


def _letter(sheet, column):
    return chr(ord("A") + sheet.columns.index(column)) + "2"


def test_sent_back_as_it_is_it_brings_nothing(template):
    book = read_book(template)
    assert (book.faults, book.count()) == ([], 0)
    assert "契約シート：記入例の行は読みませんでした（2行）" in [str(note) for note in book.notes]


@pytest.mark.django_db
def test_the_example_is_a_book_as_soon_as_its_mark_is_gone(template, tmp_path):
    book = openpyxl.load_workbook(template)
    for sheet in SHEETS:
        first = book[sheet.label]["A2"]
        assert first.value == f"記入例：{EXAMPLE[sheet.name][sheet.columns[0].name]}"
        first.value = EXAMPLE[sheet.name][sheet.columns[0].name]
    for name in ("変更", "解約通知", "利用不能", "品質保証違背"):  # of one life they cannot all be
        del book[name]
    tier = ["SOC0000000", "U0000001", "アドバンスト", None, None, None, None, "AP0000001", "2025-04-01", "2025-04-10"]
    book["契約"].append([*tier, "2025-05-01"])
    book.save(tmp_path / "written.xlsx")
    answer = take_path(tmp_path / "written.xlsx")
    assert answer.faults == []
    assert answer.added == {
        **dict.fromkeys(("customers", "units", "linked_services", "options", "prices"), 1),
        "contracts": 2,
    }


def test_the_same_template_always_has_the_same_bytes():
    first, second = BytesIO(), BytesIO()
    write_template(first)
    write_template(second)
    assert first.getvalue() == second.getvalue()


def test_the_command_writes_it(tmp_path, capsys):
    call_command("export_book", str(tmp_path / "new" / "t.xlsx"), "--template")
    assert read_book(tmp_path / "new" / "t.xlsx").faults == []
    call_command("export_book", str(tmp_path / "e.xlsx"), "--template", "--headings", "en")
    assert openpyxl.load_workbook(tmp_path / "e.xlsx")["contracts"]["A1"].value == "number"
    with pytest.raises(CommandError, match="ひな形は"):
        call_command("export_book", str(tmp_path / "folder"), "--template")
