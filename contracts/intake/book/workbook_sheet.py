"""The cells of one sheet of a workbook, line by line."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, Any

from contracts.intake.book.bounds import LONGEST_TEXT, Bounds
from contracts.intake.book.table import MOST_COLUMNS, Cells, Line, Merged, Uncounted, Unread, is_blank, position
from contracts.intake.book.workbook_parts import DAY, Formats, local, new_parser, unescaped

_CHUNK = 1 << 16
MOST_ROWS = 1 << 20


@dataclass(slots=True)
class _Cell:
    """The cell that is being read."""

    row: int
    column: int
    kind: str
    style: str | None
    text: list[str] = field(default_factory=list)
    length: int = 0
    has_formula: bool = False
    has_value: bool = False


class _SheetReader:
    """Takes in the events of a sheet's XML, and keeps the lines that are complete."""

    def __init__(self, formats: Formats, strings: list[str], merged: Merged) -> None:
        self.lines: list[Line] = []
        self._formats, self._strings, self._merged = formats, strings, merged
        self._row, self._column = 0, -1
        self._cells: Cells = {}
        self._cell: _Cell | None = None
        self._taking = self._reading = False
        self._zero = datetime(1904, 1, 1) if formats.from_1904 else datetime(1899, 12, 30)

    def start(self, name: str, values: dict[str, str]) -> None:
        name = local(name)
        if name == "c":
            self._begin(values)
        elif name == "row":
            self._row = int(values.get("r", self._row + 1))
            self._column, self._cells = -1, {}
            if not 1 <= self._row <= MOST_ROWS:
                raise ValueError(f"row {self._row}")
        elif name == "rPh":
            self._reading = True
        elif self._cell is not None and (name == "v" or (name == "t" and not self._reading)):
            self._taking = self._cell.has_value = True
        elif name == "f" and self._cell is not None:
            self._cell.has_formula = True

    def _begin(self, values: dict[str, str]) -> None:
        reference = values.get("r")
        row, column = position(reference) if reference else (self._row, self._column + 1)
        if column >= MOST_COLUMNS:
            raise ValueError(f"column {column}")
        self._column = column
        self._cell = _Cell(row, column, values.get("t", "n"), values.get("s"))

    def data(self, text: str) -> None:
        if self._taking and self._cell is not None and self._cell.length < LONGEST_TEXT:
            self._cell.text.append(text)
            self._cell.length += len(text)

    def end(self, name: str) -> None:
        name = local(name)
        if name in ("v", "t"):
            self._taking = False
        elif name == "c" and self._cell is not None:
            value = self._value(self._cell)
            if not is_blank(value):
                self._cells[self._cell.column] = value
            self._cell = None
        elif name == "rPh":
            self._reading = False
        elif name == "row":
            self._merged.fill(self._row, self._cells)
            if self._cells:
                self.lines.append((self._row, self._cells))

    def _value(self, cell: _Cell) -> Any:
        text = "".join(cell.text)
        if cell.kind == "e":
            return Unread(text or "#N/A")
        if cell.has_formula and (not cell.has_value or (not text and cell.kind != "str")):
            return Unread("")
        if cell.kind == "s":
            return self._strings[int(text)] if text else None
        if cell.kind in ("inlineStr", "str"):
            return unescaped(text)
        if not text:
            return None
        if cell.kind == "b":
            return text.strip() in ("1", "true")
        if cell.kind == "d":
            return datetime.fromisoformat(text)
        return self._number(float(text), self._formats.kind(cell.style))

    def _number(self, number: float, kind: str) -> Any:
        # What is no day that a calendar has stays a number, and is a fault where a day is wanted.
        if not kind or not math.isfinite(number) or not 1 <= number < 2_900_000:
            return Uncounted(number) if self._formats.from_1904 else number
        value = self._zero + timedelta(days=number)
        # The last digits of a float are not a time: whole seconds are.
        value = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        return value.date() if kind == DAY and value.time() == datetime.min.time() else value


def lines_of(part: IO[bytes], formats: Formats, strings: list[str], merged: Merged, bounds: Bounds) -> Iterator[Line]:
    """The lines of a sheet in which something stands, in the order of the file."""
    reader, parser = _SheetReader(formats, strings, merged), new_parser()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.data
    while chunk := part.read(_CHUNK):
        bounds.check(len(chunk))
        parser.Parse(chunk)
        yield from reader.lines
        reader.lines.clear()
    parser.Parse(b"", True)
    yield from reader.lines
