"""Rows written at once are those that the library writes cell by cell, to the byte; and what it would take for its own words is a text."""

from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.formats.xlsx_rows import MOST_UTF_16, RowSheet
from tests.effort import examples

Cell = str | date | int | None

cells = st.one_of(
    st.none(),
    st.integers(-(10**15), 10**15),
    st.dates(date(1900, 3, 1), date(9999, 12, 31)),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12).filter(lambda text: not text.startswith("<r>")),
    st.sampled_from(
        ["=1+1", "'=1", "http://example.jp", "_x0041_", " x ", "x ", " x", "a\nb", "\x00\x1f", "&<>\"'", "\ufffe", "𠮷"]
    ),
)


def sheet_of(rows: list[list[Cell]], *, at_once: bool) -> bytes:
    out = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as workbook:
        day, number = workbook.add_format({"num_format": "yyyy-mm-dd"}), workbook.add_format({"num_format": "#,##0"})
        formats = [number, None, number, None]
        sheet: Any = workbook.add_worksheet("明細", RowSheet)
        sheet.rows_as(formats, day)
        for position in range(4):
            sheet.write_string(0, position, f"列{position}")
        for at, row in enumerate(rows, start=1):
            if at_once:
                sheet.write_values(at, row)
            else:
                cell_by_cell(sheet, at, row, formats, day)
        sheet.write_number(len(rows) + 1, 0, 1)
    return ZipFile(out).read("xl/worksheets/sheet1.xml")


def cell_by_cell(sheet: Any, at: int, row: list[Cell], formats: list[Any], day: Any) -> None:
    for position, value in enumerate(row):
        if isinstance(value, date):
            sheet.write_datetime(at, position, datetime(value.year, value.month, value.day), day)
        elif isinstance(value, int):
            sheet.write_number(at, position, value, formats[position])
        elif value:
            sheet.write_string(at, position, value)


@settings(deadline=None, max_examples=examples(60))
@given(st.lists(st.lists(cells, min_size=4, max_size=4), max_size=6))
def test_the_same_bytes_as_cell_by_cell(rows: list[list[Cell]]) -> None:
    assert sheet_of(rows, at_once=True) == sheet_of(rows, at_once=False)


@pytest.mark.parametrize("text", ["あ" * MOST_UTF_16 + "い", "𠮷" * MOST_UTF_16, "x" * (MOST_UTF_16 - 1) + "𠮷"])
def test_a_text_longer_than_a_cell_is_cut_as_the_library_does(text: str) -> None:
    assert sheet_of([[text]], at_once=True) == sheet_of([[text]], at_once=False)


def test_a_name_that_looks_like_the_library_s_own_words_stays_a_name() -> None:
    name = "<r><t>x</t></r><v>1</v></r>"
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as workbook:
        sheet: Any = workbook.add_worksheet("明細", RowSheet)
        sheet.rows_as([None], workbook.add_format())
        sheet.write_values(0, [name])
    assert openpyxl.load_workbook(out)["明細"]["A1"].value == name
