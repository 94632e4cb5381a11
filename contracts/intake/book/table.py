"""A sheet as it stands in a file, before anything is read into it: lines of cells, with their places."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from contracts.intake.sentence import Sentence

MOST_COLUMNS, MOST_MERGED = 16_384, 100_000

Cells = dict[int, Any]
"""The cells of a line that hold something, by their column from 0; blanks are left out."""
Line = tuple[int, Cells]
"""A line by its number in the sheet, from 1."""


class Unread(str):
    """A cell that shows an error (``#N/A``), or, with no text, a formula of which no value was stored."""


class Uncounted(float):
    """A number of a workbook that counts its days from 1904: by itself it is no day."""


class UnreadableError(Exception):
    """A file, or a part of one, that cannot be read: said as a Sentence."""

    def __init__(self, message: Sentence) -> None:
        super().__init__(message)
        self.message = message


@dataclass(slots=True)
class Merged:
    """Cells that were merged: the value of the first counts for the rows below it. By column, (first row, last row)."""

    of_column: dict[int, dict[int, int]] = field(default_factory=dict)
    count: int = 0
    filled: dict[int, tuple[int, Any]] = field(default_factory=dict)
    """By column how many cells got their value so, and the first such value."""
    _open: dict[int, tuple[int, Any]] = field(default_factory=dict)

    def add(self, first: str, last: str) -> None:
        """Merge the cells from one address to another."""
        self.count += 1
        (row, column), (last_row, _column) = position(first), position(last)
        if last_row > row and self.count <= MOST_MERGED:
            self.of_column.setdefault(column, {})[row] = last_row

    def fill(self, row: int, cells: Cells) -> None:
        """Give the line the values of the merged cells that reach into it."""
        for column, (last, value) in list(self._open.items()):
            if row > last:
                del self._open[column]
            elif column not in cells:
                cells[column] = value
                count, first = self.filled.get(column, (0, value))
                self.filled[column] = count + 1, first
        for column, starts in self.of_column.items():
            if row in starts and column in cells:
                self._open[column] = starts[row], cells[column]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet by its name. ``told`` are readings of the file itself (its encoding), said once."""

    name: str
    lines: Iterator[Line]
    hidden: bool = False
    told: tuple[Sentence, ...] = ()
    merged: Merged = field(default_factory=Merged)


def is_blank(cell: Any) -> bool:
    """Whether nothing stands in the cell."""
    return cell is None or (isinstance(cell, str) and not isinstance(cell, Unread) and not cell.strip())


def address(row: int, column: int) -> str:
    """A cell as spreadsheets call it: row 2, column 0 is A2."""
    letters = ""
    rest = column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


def position(reference: str) -> tuple[int, int]:
    """The row (from 1) and the column (from 0) of an address such as XFD1048576; ValueError where it is none."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise ValueError(reference)
        column = column * 26 + ord(letter) - ord("A") + 1
    if not 1 <= column <= MOST_COLUMNS:
        raise ValueError(reference)
    return int(reference[len(letters) :]), column - 1
