"""The sheets of the record: 版, and one a table, with every row that is on record. Their names, and what is written in them.

An ordinary book is read without them; ``import_book --restore`` reads them alone (contracts.operations.restore_book).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from contracts.facts.recorded import RecordColumn, Recorded, columns_of, count_on_record, rows_on_record
from contracts.intake.book.people import plain
from contracts.intake.book.record_cells import LONGEST_PIECE, as_cell, pieces
from contracts.intake.book.record_names import LABEL, NAME
from contracts.models import FactsRevision

VERSION = 1
"""The format of the record's sheets. Columns and sheets may be added under it; another meaning of one is another version."""

FORMAT_COLUMNS = {"item": "項目", "value": "値"}
FORMAT_ITEM, REVISION_ITEM = ("format", "記録のシートの版"), ("facts_revision", "事実の版")

CONTINUED = "（続き）"
"""In the first cell of a line: its texts go on where those of the line above ended."""
_OF_SHEET = re.compile(rf"(?:{NAME}(?:\d\d_)?|{LABEL})(.+?)(?:_\d+)?")


def sheet_name(table: Recorded, *, english: bool) -> str:
    """What a table's sheet of a workbook is called."""
    return f"{NAME}{table.name}" if english else f"{LABEL}{table.label}"


def file_names(tables: Sequence[Recorded]) -> list[str]:
    """What the tables' files are called in a folder, without their ending: numbered, so that they stand in their order."""
    return [f"{NAME}{number:02}_{table.name}" for number, table in enumerate(tables, start=1)]


def table_called(name: str, tables: Sequence[Recorded]) -> Recorded | None:
    """The table whose sheet is called so, or a further sheet of it."""
    match = _OF_SHEET.fullmatch(plain(name))
    if match is None:
        return None
    return next((table for table in tables if match[1] in (table.name, plain(table.label))), None)


def headings(columns: Iterable[RecordColumn], *, english: bool) -> list[str]:
    """The first line of a table's sheet."""
    return [column.name if english else column.label for column in columns]


def format_lines(tables: Sequence[Recorded], *, english: bool) -> Iterator[list[Any]]:
    """The sheet 版: the version, the revision of the facts, and how many rows each sheet has."""
    yield [*(FORMAT_COLUMNS if english else FORMAT_COLUMNS.values())]
    yield [FORMAT_ITEM[not english], VERSION]
    yield [REVISION_ITEM[not english], FactsRevision.current()]
    for table in tables:
        yield [sheet_name(table, english=english), count_on_record(table, tables)]


def record_lines(table: Recorded, tables: Sequence[Recorded]) -> Iterator[list[Any]]:
    """The lines of a table's sheet below its headings, one a row; a text too long for a cell goes on in lines of its own. Streams."""
    columns = columns_of(table, tables)
    for values in rows_on_record(table, tables):
        cells = [as_cell(column, value) for column, value in zip(columns, values, strict=True)]
        if any(isinstance(cell, str) and len(cell) > LONGEST_PIECE for cell in cells):
            yield from _in_pieces(cells)
        else:
            yield cells


def _in_pieces(cells: list[Any]) -> Iterator[list[Any]]:
    cut = [pieces(cell) if isinstance(cell, str) else [cell] for cell in cells]
    yield [parts[0] if parts else None for parts in cut]
    for at in range(1, max(len(parts) for parts in cut)):
        yield [CONTINUED, *(parts[at] if at < len(parts) else None for parts in cut[1:])]
