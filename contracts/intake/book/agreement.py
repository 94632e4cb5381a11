"""Whether the ordinary sheets of a book say what is on record: row by row, in whatever order, without holding the rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

from contracts.intake.book.cells import CellError
from contracts.intake.book.headings import headings_of, names_of, split
from contracts.intake.book.notes import Notes
from contracts.intake.book.sheets import Sheet, SheetColumn
from contracts.intake.book.table import Table
from contracts.intake.book.write import written_rows
from contracts.intake.faults import Fault
from contracts.intake.sentence import Sentence


@dataclass(slots=True)
class Said:
    """What the rows of a sheet say together: how many they are, and a sum of their hashes."""

    count: int = 0
    total: int = 0

    def add(self, mark: bytes) -> None:
        """Count a row by its mark."""
        self.count += 1
        self.total += int.from_bytes(mark)


def said_in(sheet: Sheet, table: Table) -> Said | None:
    """What a book's sheet says; None where its headings are not ours."""
    said = Said()
    for _number, mark in marks_in(sheet, table):
        if mark is None:
            return None
        said.add(mark)
    return said


def said_on_record(sheet: Sheet) -> Said:
    """What the database has to say in the sheet."""
    said = Said()
    for row in written_rows(sheet):
        said.add(_mark(zip(sheet.columns, row, strict=True)))
    return said


def marks_in(sheet: Sheet, table: Table) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a book's sheet by their numbers, each with a mark of what it says; None for headings that are not ours."""
    _above, heading, below = split(table.lines, names_of(sheet))
    if heading is None:
        return
    found = headings_of(sheet, heading, Notes())
    if found.faults:
        yield heading[0], None
        return
    at = {column.name: position for position, column in found.columns.items()}
    for number, cells in below:
        yield number, _mark((column, cells.get(at.get(column.name, -1))) for column in sheet.columns)


def _mark(cells: Iterator[tuple[SheetColumn, Any]]) -> bytes:
    return blake2b(
        repr([_meant(column, raw) for column, raw in cells]).encode(errors="replace"), digest_size=16
    ).digest()


def _meant(column: SheetColumn, raw: Any) -> Any:
    """What a cell says, told alike whether it was just written or has been through a file."""
    if isinstance(raw, str) and len(raw) > 3 and raw.startswith('="') and raw.endswith('"'):
        raw = raw[2:-1]
    if raw is None or raw == "" or (isinstance(raw, str) and raw.isspace()):
        return None
    try:
        value = column.parse(raw)
    except CellError:
        value = raw
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def differences(sheet: Sheet, table: Table) -> Iterator[Fault]:
    """The lines that say something else than the record; where they all are on record, how many rows are not in the book."""
    waiting: dict[bytes, int] = {}
    for row in written_rows(sheet):
        on_record = _mark(zip(sheet.columns, row, strict=True))
        waiting[on_record] = waiting.get(on_record, 0) + 1
    for number, mark in marks_in(sheet, table):
        if mark is not None and waiting.get(mark, 0):
            waiting[mark] -= 1
        else:
            yield Fault(sheet.name, number, "", "この行は記録のシートと異なります")
    missing = sum(waiting.values())
    if missing:
        yield Fault(sheet.name, None, "", Sentence("記録のシートにある{count:,}行がありません", count=missing))
