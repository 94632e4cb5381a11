"""The rows of a book as they were read: in memory while they are few, in a scratch file beyond that.

So the memory of an import does not grow with its book (contracts.intake.book.parts hands the rows out again).
"""

import pickle
import sqlite3
from collections.abc import Iterable, Iterator

from contracts.intake.book.row import Row, plain_of, row_of
from contracts.intake.book.scratch import scratch_file
from contracts.intake.book.sheets import SHEETS

IN_MEMORY = 10_000
"""Rows that are held, and that are judged and written together: some 30 MB."""
_AT_ONCE = 1_000
_SHEETS = tuple(sheet.name for sheet in SHEETS)
_NUMBERS = {name: number for number, name in enumerate(_SHEETS)}


class Kept:
    """Rows in the order in which they were added, of any sheet."""

    def __init__(self) -> None:
        self.by_sheet: dict[str, int] = {}
        """How many rows of each sheet there are."""
        self.scratch: sqlite3.Connection | None = None
        """The file, once there are more rows than are held."""
        self._held: list[Row] = []

    def add(self, row: Row) -> None:
        """Add a row."""
        self.by_sheet[row.sheet] = self.by_sheet.get(row.sheet, 0) + 1
        self._held.append(row)
        if len(self._held) > (IN_MEMORY if self.scratch is None else _AT_ONCE):
            self.put_away()

    def __len__(self) -> int:
        return sum(self.by_sheet.values())

    def __iter__(self) -> Iterator[Row]:
        """Every row; streams."""
        if self.scratch is None:
            return iter(self._held)
        return (row for _pk, row in self.numbered())

    def __getitem__(self, sheet: str) -> list[Row]:
        """The rows of one sheet, in memory."""
        return [row for row in self if row.sheet == sheet]

    def numbered(self) -> Iterator[tuple[int, Row]]:
        """Every row with its number in the file, in their order; streams."""
        return self._read("SELECT id, sheet, number, said FROM kept ORDER BY id")

    def put_into_parts(self, placed: Iterable[tuple[int, int]]) -> int:
        """Note which rows are in which part, by pairs of a part, from 1, and a row's number in the file; how many parts there are."""
        file = self.put_away()
        file.execute("DROP TABLE IF EXISTS placed")
        file.execute("CREATE TABLE placed (part INTEGER, id INTEGER, PRIMARY KEY (part, id)) WITHOUT ROWID")
        file.executemany("INSERT INTO placed VALUES (?, ?)", placed)
        (last,) = file.execute("SELECT max(part) FROM placed").fetchone()
        return int(last)

    def of_part(self, part: int) -> Iterator[Row]:
        """The rows that were put into a part, in the order in which they were added."""
        statement = "SELECT id, sheet, number, said FROM placed JOIN kept USING (id) WHERE part = ? ORDER BY placed.id"
        return (row for _pk, row in self._read(statement, part))

    def put_away(self) -> sqlite3.Connection:
        """The file, with every row in it."""
        if self.scratch is None:
            self.scratch = scratch_file(
                "CREATE TABLE kept (id INTEGER PRIMARY KEY, sheet INTEGER, number INTEGER, said BLOB)"
            )
        self.scratch.executemany(
            "INSERT INTO kept (sheet, number, said) VALUES (?, ?, ?)", (_written(row) for row in self._held)
        )
        self._held = []
        return self.scratch

    def _read(self, statement: str, *given: int) -> Iterator[tuple[int, Row]]:
        for pk, sheet, number, said in self.put_away().execute(statement, given):
            # Our own rows, from a file of our own: whoever wrote the book has no hand in how they are kept.
            yield pk, row_of(_SHEETS[sheet], number, pickle.loads(said))


def _written(row: Row) -> tuple[int, int, bytes]:
    return _NUMBERS[row.sheet], row.number, pickle.dumps(plain_of(row), protocol=5)
