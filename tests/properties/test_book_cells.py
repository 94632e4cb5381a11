"""Whatever stands in one cell of a book, the book is taken, or refused with a place for every fault; nothing else escapes."""

import csv
import tempfile
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.intake.book.sheets import BY_NAME
from contracts.intake.faults import BookError, Fault
from contracts.operations.import_book import import_book
from tests.conftest import SAMPLE
from tests.contracts.applications.form import day
from tests.effort import examples

pytestmark = pytest.mark.django_db
TODAY = day("2026-01-05")

Rows = dict[str, list[dict[str, Any]]]


def _text(cell: Any) -> str:
    """A cell as a CSV file has it."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
    return "" if cell is None else str(cell)


def _row(sheet: str, heading: list[Any], cells: list[Any]) -> dict[str, str]:
    """A row with every column of its sheet, those among them that the sample has not."""
    return {column.name: "" for column in BY_NAME[sheet].columns} | dict(zip(heading, map(_text, cells), strict=True))


def units_of_the_sample() -> list[Rows]:
    """The sample as one book a management unit: its own rows, and the customer and the services that it names."""
    workbook = openpyxl.load_workbook(SAMPLE)
    tables = {sheet.title: [list(cells) for cells in sheet.iter_rows(values_only=True)] for sheet in workbook}
    rows = {name: [_row(name, table[0], cells) for cells in table[1:]] for name, table in tables.items()}
    found = []
    for unit in rows["units"]:
        contracts = [row for row in rows["contracts"] if row["unit"] == unit["code"]]
        numbers = {row["number"] for row in contracts}
        options = [row for row in rows["options"] if row["contract"] in numbers]
        targets = numbers | {row["number"] for row in options}
        linked = {row["linked_service"] for row in contracts}
        of_unit: Rows = {
            "customers": [row for row in rows["customers"] if row["code"] == unit["customer"]],
            "units": [unit],
            "linked_services": [row for row in rows["linked_services"] if row["code"] in linked],
            "contracts": contracts,
            "options": options,
            **{
                sheet: [row for row in rows[sheet] if row.get("target", row.get("contract")) in targets]
                for sheet in ("changes", "prices", "notices", "outages", "breaches")
            },
        }
        found.append({sheet: held for sheet, held in of_unit.items() if held})
    return found


UNITS = units_of_the_sample()
IN_COLUMN: dict[tuple[str, str], list[Any]] = defaultdict(list)
for _unit in UNITS:
    for _sheet, _rows in _unit.items():
        for _row in _rows:
            for _column, _value in _row.items():
                if _value not in IN_COLUMN[_sheet, _column]:
                    IN_COLUMN[_sheet, _column].append(_value)

STRANGE = (
    "",
    "X",
    "0",
    "1",
    "-1",
    "1000000000000",
    "2025-02-29",
    "2025-04-01",
    "2199-12-31",
    "2000-01-01",
    "2026-01-05 12:00",
)
STRANGE += (
    "モジュール",
    "プレミアム",
    "EDRライセンス",
    "期間ライセンス",
    "カテゴリ",
    "品目",
    "abolished",
    "gp28_2",
    "はい",
    "T-NONE",
    "　",
)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[Rows, Rows]:
    """A unit of the sample, and the same with one cell otherwise."""
    unit = draw(st.sampled_from(UNITS))
    sheet = draw(st.sampled_from(sorted(unit)))
    at = draw(st.integers(0, len(unit[sheet]) - 1))
    column = draw(st.sampled_from([column.name for column in BY_NAME[sheet].columns]))
    others = IN_COLUMN[sheet, column]
    value = draw(st.sampled_from(STRANGE) | st.sampled_from(others) | st.text(max_size=12))
    rows = [row | {column: value} if number == at else row for number, row in enumerate(unit[sheet])]
    return unit, {**unit, sheet: rows}


def take(rows: Rows) -> list[Fault] | None:
    """Take the book in; the faults of one that is refused, None for one that is taken."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for sheet, found in rows.items():
            with (folder / f"{sheet}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(found[0])
                writer.writerows(row.values() for row in found)
        try:
            with transaction.atomic():
                import_book(folder, by="試験", on=TODAY)
        except BookError as refused:
            return refused.faults
    return None


@settings(
    max_examples=examples(30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(mutated(), st.booleans())
def test_no_cell_breaks_the_import(db: None, found: tuple[Rows, Rows], known: bool) -> None:
    """Into an empty database, and beside the same unit as it was."""
    unit, otherwise = found
    with transaction.atomic():
        if known:
            take(unit)
        faults = take(otherwise)
        transaction.set_rollback(True)
    assert faults is None or faults
    for fault in faults or ():
        assert fault.sheet in BY_NAME
        assert fault.message


def test_every_unit_of_the_sample_is_taken_by_itself(db: None) -> None:
    for unit in UNITS:
        assert take(unit) is None
