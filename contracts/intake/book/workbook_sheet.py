"""The cells of one sheet of a workbook, line by line."""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import IO, Any

from contracts.intake.book.bounds import LONGEST_TEXT, Bounds
from contracts.intake.book.table import MOST_COLUMNS, Cells, Line, Merged, Uncounted, Unread, is_blank, position
from contracts.intake.book.texts import Texts
from contracts.intake.book.workbook_parts import DAY, Formats, local, new_parser, unescaped

_CHUNK = 1 << 16
MOST_ROWS = 1 << 20


_CELL, _ROW, _VALUE, _TEXT, _FORMULA, _READING = range(1, 7)
_KNOWN = {"c": _CELL, "row": _ROW, "v": _VALUE, "t": _TEXT, "f": _FORMULA, "rPh": _READING}


class _Elements(dict[str, int]):
    """The elements that matter, by name; a name with the prefix of its namespace is learnt when it is first met."""

    def __missing__(self, name: str) -> int:
        known = _KNOWN.get(local(name), 0)
        if len(self) < 1000:
            self[name] = known
        return known


@cache
def _column(letters: str) -> int:
    return position(f"{letters}1")[1]


class _SheetReader:
    """Takes in the events of a sheet's XML, and keeps the lines that are complete."""

    def __init__(self, formats: Formats, strings: Texts, merged: Merged) -> None:
        self.lines: list[Line] = []
        self._formats, self._strings, self._merged = formats, strings, merged
        self._elements = _Elements(_KNOWN)
        self._row, self._column = 0, -1
        self._cells: Cells = {}
        self._in_cell = self._taking = self._reading = self._has_formula = self._has_value = False
        self._kind = "n"
        self._style: str | None = None
        self._text: list[str] = []
        self._length = 0
        self._zero = datetime(1904, 1, 1) if formats.from_1904 else datetime(1899, 12, 30)

    def start(self, name: str, values: dict[str, str]) -> None:
        element = self._elements[name]
        if element == _CELL:
            self._begin(values)
        elif element == _ROW:
            self._row = int(values.get("r", self._row + 1))
            self._column, self._cells = -1, {}
            if not 1 <= self._row <= MOST_ROWS:
                raise ValueError(f"row {self._row}")
        elif element == _READING:
            self._reading = True
        elif self._in_cell and (element == _VALUE or (element == _TEXT and not self._reading)):
            self._taking = self._has_value = True
        elif element == _FORMULA:
            self._has_formula = True

    def _begin(self, values: dict[str, str]) -> None:
        reference = values.get("r")
        column = _column(reference.rstrip("0123456789")) if reference else self._column + 1
        if column >= MOST_COLUMNS:
            raise ValueError(f"column {column}")
        self._column = column
        self._in_cell, self._has_formula, self._has_value = True, False, False
        self._kind, self._style = values.get("t", "n"), values.get("s")
        self._text, self._length = [], 0

    def data(self, text: str) -> None:
        if self._taking and self._length < LONGEST_TEXT:
            self._text.append(text)
            self._length += len(text)

    def end(self, name: str) -> None:
        element = self._elements[name]
        if element in (_VALUE, _TEXT):
            self._taking = False
        elif element == _CELL:
            value = self._value()
            if not is_blank(value):
                self._cells[self._column] = value
            self._in_cell = False
        elif element == _READING:
            self._reading = False
        elif element == _ROW and self._cells:  # a line of nothing but what is merged into it is no line
            self._merged.fill(self._row, self._cells)
            self.lines.append((self._row, self._cells))
            self._cells = {}

    def _value(self) -> Any:
        text = "".join(self._text)
        kind = self._kind
        if kind == "e":
            return Unread(text or "#N/A")
        if self._has_formula and (not self._has_value or (not text and kind != "str")):
            return Unread("")
        if kind == "s":
            return self._strings[int(text)] if text else None
        if kind in ("inlineStr", "str"):
            return unescaped(text)
        if not text:
            return None
        if kind == "b":
            return text.strip() in ("1", "true")
        if kind == "d":
            return datetime.fromisoformat(text)
        return self._number(float(text), self._formats.kind(self._style))

    def _number(self, number: float, kind: str) -> Any:
        # What is no day that a calendar has stays a number, and is a fault where a day is wanted.
        if not kind or not math.isfinite(number) or not 1 <= number < 2_900_000:
            return Uncounted(number) if self._formats.from_1904 else number
        value = self._zero + timedelta(days=number)
        # The last digits of a float are not a time: whole seconds are.
        value = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        return value.date() if kind == DAY and value.time() == datetime.min.time() else value


def lines_of(part: IO[bytes], formats: Formats, strings: Texts, merged: Merged, bounds: Bounds) -> Iterator[Line]:
    """The lines of a sheet in which something stands, in the order of the file."""
    reader, parser = _SheetReader(formats, strings, merged), new_parser()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.data
    while chunk := part.read(_CHUNK):
        bounds.check(len(chunk))
        parser.Parse(chunk)
        for line in reader.lines:
            bounds.row()
            yield line
        reader.lines.clear()
    parser.Parse(b"", True)
    yield from reader.lines
