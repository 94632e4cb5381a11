"""Whatever is done to the sample book — cells, headings, sheets, order — it is taken, or refused with a place for every fault."""

import copy
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import openpyxl
import pytest
import xlsxwriter
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.intake.book import kept
from contracts.intake.faults import BookError, Fault
from contracts.operations.import_book import import_book
from tests.contracts.applications.form import day
from tests.contracts.book.test_cases import PLAIN
from tests.effort import examples

pytestmark = pytest.mark.django_db
TODAY = day("2026-01-05")

Sheets = list[tuple[str, list[list[Any]]]]


def _plain() -> Sheets:
    workbook = openpyxl.load_workbook(PLAIN)
    return [(sheet.title, [list(cells) for cells in sheet.iter_rows(values_only=True)]) for sheet in workbook]


SHEETS = _plain()
STRANGE = [
    *(
        None,
        "",
        " ",
        "-",
        "未定",
        "#N/A",
        "合計",
        "※",
        0,
        1,
        -1,
        1e300,
        45748,
        45748.5,
        20250401,
        480000.0000000001,
        True,
        "はい",
    ),
    *(
        "2025/4/1",
        "令和7年4月1日",
        "R7.4.1",
        "2025-02-29",
        "9999-12-31",
        "¥480,000",
        "Ｃ５１９０００１",
        "monthly",
        "モジュール",
        "x" * 300,
    ),
    *("契約番号", "備考", "\t", "=1+1", "abolished", "category", "プレミアム", "C5190001", "SOC51900001", "\u3000"),
]
HEADINGS = [
    "契約番号",
    "契約番後",
    "備考",
    "No.",
    "code",
    "",
    None,
    "合計",
    "管理単位コード",
    "秘密",
    "契約者コード（必須）",
]
NAMES = ["契約", "契約一覧", "contracts", "Sheet1", "料金表", "顧客", "契約者リスト"]
KINDS = ["cell"] * 6 + [
    "heading",
    "heading",
    "name",
    "drop",
    "swap",
    "copy",
    "above",
    "row",
    "column",
    "blank",
    "order",
]


@st.composite
def mutated(draw: st.DrawFn) -> Sheets:
    """The plain book with one to four things done to it."""
    sheets = copy.deepcopy(SHEETS)
    for _each in range(draw(st.integers(1, 4))):
        _change(draw, sheets)
    return sheets


def _change(draw: st.DrawFn, sheets: Sheets) -> None:
    kind = draw(st.sampled_from(KINDS))
    at = draw(st.integers(0, len(sheets) - 1))
    name, rows = sheets[at]
    row = draw(st.integers(0, len(rows) - 1))
    column = draw(st.integers(0, len(rows[0]) - 1))
    if kind == "cell":
        rows[row][column] = draw(st.sampled_from(STRANGE) | st.text(max_size=12))
    elif kind == "heading":
        rows[0][column] = draw(st.sampled_from(HEADINGS))
    elif kind == "name":
        sheets[at] = draw(st.sampled_from(NAMES)), rows
    elif kind == "drop" and len(sheets) > 1:
        del sheets[at]
    elif kind == "swap":
        for cells in rows:
            cells.reverse()
    elif kind == "copy":
        rows.append(list(rows[row]))
    elif kind == "above":
        rows.insert(0, [draw(st.sampled_from(STRANGE)), *[None] * (len(rows[0]) - 1)])
    elif kind == "row" and len(rows) > 1:
        del rows[row]
    elif kind == "column" and len(rows[0]) > 1:
        for cells in rows:
            del cells[column]
    elif kind == "blank":
        rows.insert(row, [None] * len(rows[0]))
    else:
        sheets.reverse()
        sheets[0] = name, rows


def take(sheets: Sheets, *, at_once: int = kept.IN_MEMORY) -> list[Fault] | None:
    """Take the book in, and nothing stays; the faults of one that is refused, None for one that is taken."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        options = {"default_date_format": "yyyy-mm-dd hh:mm", "strings_to_formulas": False, "nan_inf_to_errors": True}
        with xlsxwriter.Workbook(path, options) as workbook:
            used: set[str] = set()
            for number, (name, rows) in enumerate(sheets):
                table = workbook.add_worksheet(name if name not in used else f"{name}{number}")
                used.add(name)
                for at, cells in enumerate(rows):
                    table.write_row(at, 0, [cell if cell is not None else "" for cell in cells])
        try:
            with mock.patch.object(kept, "IN_MEMORY", at_once), transaction.atomic():
                import_book(path, by="試験", on=TODAY)
                transaction.set_rollback(True)
        except BookError as refused:
            return refused.faults
    return None


@settings(
    max_examples=examples(30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(mutated())
def test_no_mutation_breaks_the_import(db: None, sheets: Sheets) -> None:
    faults = take(sheets)
    assert faults is None or faults
    for fault in faults or ():
        assert fault.sheet
        assert fault.message
    of_parts = take(sheets, at_once=0)
    assert of_parts == faults or sorted(map(str, of_parts or ())) == sorted(map(str, faults or ()))


def test_the_book_as_it_is_is_taken(db: None) -> None:
    assert take(SHEETS) is None
