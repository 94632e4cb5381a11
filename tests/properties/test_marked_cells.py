"""A book spoilt at random: the cells that are marked are the cells of its faults, and where a cell was spoilt it is that cell."""

from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.intake.book.marking import WHOLE_SHEET, Marks, write_marked
from contracts.intake.book.places import Cell, cell_of
from contracts.intake.book.read import read_book
from contracts.intake.faults import BookError
from contracts.operations.import_book import import_book
from tests.effort import examples

PLAIN = Path(__file__).resolve().parents[1] / "contracts" / "book" / "cases" / "workbooks" / "01_ja_plain.xlsx"
Place = tuple[str, int, int]


@cache
def plain() -> dict[str, list[list[object]]]:
    """The rows of the plain book by sheet, its headings first."""
    book = openpyxl.load_workbook(PLAIN)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


PLACES = st.sampled_from(
    [
        (sheet, row, column)
        for sheet, rows in plain().items()
        for row in range(1, len(rows))
        for column in range(len(rows[0]))
    ]
)
SPOILT = st.sampled_from(["#REF!", "いつか", "-1", "", "X-999", "2025-02-30", "?", 10**12, 0.5])
ABOVE = st.integers(min_value=0, max_value=3)


def written(path: Path, spoilt: dict[Place, object], above: int) -> Path:
    """The plain book with those cells spoilt (rows counted from the headings, 0), below so many lines of a title."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in plain().items():
            sheet = book.add_worksheet(name)
            for line in range(above):
                sheet.write_string(line, 0, f"{name}の一覧（{line}）")
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    put = spoilt.get((name, number, column), value)
                    if hasattr(put, "year"):
                        sheet.write_datetime(above + number, column, put, day)
                    elif put not in (None, ""):
                        sheet.write(above + number, column, put)
    return path


def marked_by(path: Path, cells: set[Cell]) -> set[tuple[str, str]]:
    """The cells that carry a comment once those are marked, by sheet and address."""
    marks, out = Marks(), BytesIO()
    for cell in cells:
        marks.add(cell, "誤り", fault=True)
    write_marked(path, marks, out)
    book = openpyxl.load_workbook(out)
    found = {(sheet.title, cell.coordinate) for sheet in book for row in sheet for cell in row if cell.comment}
    coloured = {
        (sheet.title, cell.coordinate) for sheet in book for row in sheet for cell in row if cell.fill.patternType
    }
    assert coloured == found
    return found


def addresses(cells: set[Cell]) -> set[tuple[str, str]]:
    row, column = WHOLE_SHEET
    whole = f"{chr(ord('A') + column)}{row}"
    return {(cell.table, cell.address or whole) for cell in cells if cell.table}


@settings(
    max_examples=examples(12, at_night=25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.dictionaries(PLACES, SPOILT, min_size=1, max_size=6), ABOVE)
@pytest.mark.django_db
def test_marked_cells_are_the_cells_of_the_faults(spoilt: dict[Place, object], above: int) -> None:
    with TemporaryDirectory() as folder:
        path = written(Path(folder) / "book.xlsx", spoilt, above)
        book = read_book(path)
        try:
            import_book(path, by="試験", on=date(2026, 1, 5), dry_run=True, read=lambda _path, _asked: read_book(path))
            faults = []
        except BookError as refused:
            faults = refused.faults
        cells = {cell for fault in faults if (cell := cell_of(fault, book.places)) is not None}
        assert all(cell_of(fault, book.places) is not None for fault in faults)
        assert marked_by(path, cells) == addresses(cells)


@settings(max_examples=examples(12, at_night=25), deadline=None)
@given(st.dictionaries(PLACES, st.just("#REF!"), min_size=1, max_size=8), ABOVE)
def test_a_spoilt_cell_is_the_cell_that_is_marked(spoilt: dict[Place, object], above: int) -> None:
    with TemporaryDirectory() as folder:
        path = written(Path(folder) / "book.xlsx", spoilt, above)
        book = read_book(path)
        cells = {cell for fault in book.faults if (cell := cell_of(fault, book.places)) is not None}
        expected = {(sheet, f"{chr(ord('A') + column)}{above + row + 1}") for sheet, row, column in spoilt}
        assert marked_by(path, cells) == expected
