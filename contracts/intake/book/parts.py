"""A book in parts that can be judged and written one after the other: what hangs together is in one part.

Two rows hang together where both name the same management unit, contract, option, linked service or application, and where the contract,
option or linked service that one names is on record as of the unit of the other. Customers go before all else: everybody may name them, and what they are
called is judged by itself.
"""

import sqlite3
from array import array
from collections.abc import Callable, Iterator, MutableSequence, Sequence
from dataclasses import dataclass
from typing import Any

from contracts import models
from contracts.intake.book import kept
from contracts.intake.book.kept import Kept
from contracts.intake.book.read import Book, Unreadable
from contracts.intake.book.row import Row
from contracts.intake.book.sheets import SHEETS
from contracts.intake.faults import Fault
from contracts.intake.known import REFERENCES
from contracts.models.bulk import slices
from contracts.models.written_once import ByNames

CUSTOMERS = "customers"
_RECENT = 50_000
"""Names whose numbers are remembered: rows that name the same stand close to each other."""
_KINDS = {"units": "unit", "linked_services": "service", "contracts": "target", "options": "target"}
"""What a row of a sheet is by its name. Contracts and options have one series of numbers."""


@dataclass(slots=True)
class Part:
    """Rows of a book by sheet, with what is to be known of rows that could not be read."""

    rows: dict[str, list[Row]]
    faults: list[Fault]
    unreadable: dict[str, set[Any]]
    half_read: list[Row]
    ahead: bool = False
    """Whether it is of customers whom the parts after it name."""

    def __len__(self) -> int:
        return sum(len(rows) for rows in self.rows.values())


def parts_of(book: Book) -> Iterator[Part]:
    """The book itself where it is small; else its parts, each of some ``kept.IN_MEMORY`` rows: more where more hang together.

    A part has to be written, or given up with the whole book, before the next is asked for.
    """
    if book.rows.scratch is None:
        yield _part(book, book.rows, book.faults)
        return
    parts = _divide(book.rows)
    for number in range(1, parts + 1):
        part = _part(book, book.rows.of_part(number), book.faults if number == 1 else [])
        part.ahead = bool(part.rows[CUSTOMERS])
        yield part


def _part(book: Book, rows: Any, faults: list[Fault]) -> Part:
    by_sheet: dict[str, list[Row]] = {sheet.name: [] for sheet in SHEETS}
    for row in rows:
        by_sheet[row.sheet].append(row)
    unreadable: dict[str, set[Any]] = {sheet: Unreadable(names) for sheet, names in book.unreadable.items()}
    return Part(by_sheet, faults, unreadable, list(book.half_read))


def _divide(rows: Kept) -> int:
    """Put every row into a part; how many there are."""
    file = rows.put_away()
    names = _Names(file)
    file.execute("DROP TABLE IF EXISTS met")
    file.execute("CREATE TABLE met (later INTEGER, id INTEGER, name INTEGER, PRIMARY KEY (later, id)) WITHOUT ROWID")
    met = ((row.sheet != CUSTOMERS, pk, names.meet(_named(row))) for pk, row in rows.numbered())
    file.executemany("INSERT INTO met VALUES (?, ?, ?)", met)
    names.join_on_record()
    return rows.put_into_parts(_placed(file, names))


def _placed(file: sqlite3.Connection, names: "_Names") -> Iterator[tuple[int, int]]:
    """Each row's part and its number: parts are filled in the order in which the first row of what hangs together stands."""
    sizes, part_of = names.sizes(), _zeros(len(names))
    part, filled, of_customers = 0, kept.IN_MEMORY, True
    for later, pk, name in file.execute("SELECT later, id, name FROM met ORDER BY later, id"):
        head = names.head(name)
        if not part_of[head]:
            if filled >= kept.IN_MEMORY or of_customers == bool(later):
                part, filled, of_customers = part + 1, 0, not later
            part_of[head] = part
            filled += sizes[head]
        yield part_of[head], pk


def _zeros(many: int) -> MutableSequence[int]:
    zeros = array("i")
    zeros.frombytes(bytes(zeros.itemsize * many))
    return zeros


class _Names:
    """What the rows of a book name, and what of it hangs together. In memory are sixteen bytes a name; the names are in the file."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        self._file.execute("DROP TABLE IF EXISTS name")
        self._file.execute("CREATE TABLE name (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")
        self._leads_to, self._rows = array("i"), array("i")
        self._recent: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._leads_to)

    def meet(self, named: Sequence[str]) -> int:
        """A row that names these: they hang together. The number of the first."""
        first, *others = map(self._number, named)
        self._rows[first] += 1
        for other in others:
            self._join(first, other)
        return first

    def join_on_record(self) -> None:
        """What is on record as being of one management unit hangs together."""
        for kind, asked in _UNITS_OF.items():
            of_kind = self._file.execute("SELECT name FROM name WHERE name > ? AND name < ?", (f"{kind} ", f"{kind}!"))
            for some in slices(name.removeprefix(f"{kind} ") for (name,) in of_kind):
                for name, unit in asked(some):
                    self._join(self._number(f"{kind} {name}"), self._number(f"unit {unit}"))

    def head(self, number: int) -> int:
        """The number of a name with which all have to do that hang together with this one, and nobody else."""
        leads_to = self._leads_to
        while leads_to[number] != number:
            leads_to[number] = number = leads_to[leads_to[number]]
        return number

    def sizes(self) -> Sequence[int]:
        """By head how many rows hang together."""
        found = _zeros(len(self))
        for number, rows in enumerate(self._rows):
            found[self.head(number)] += rows
        return found

    def _join(self, one: int, other: int) -> None:
        first, last = sorted((self.head(one), self.head(other)))
        self._leads_to[last] = first

    def _number(self, name: str) -> int:
        known = self._recent.get(name)
        if known is not None:
            return known
        row = self._file.execute("SELECT id FROM name WHERE name = ?", (name,)).fetchone()
        if row is None:
            row = (len(self),)
            self._file.execute("INSERT INTO name (id, name) VALUES (?, ?)", (*row, name))
            self._leads_to.append(row[0])
            self._rows.append(0)
        if len(self._recent) >= _RECENT:
            self._recent.clear()
        self._recent[name] = row[0]
        return int(row[0])


_UNITS_OF: dict[str, Callable[[Sequence[str]], Iterator[tuple[str, str]]]] = {
    "service": ByNames(
        lambda: models.Contract.objects.values_list("linked_service__code", "target__unit__code"),
        "linked_service__code",
    ),
    "target": ByNames(lambda: models.Target.objects.values_list("number", "unit__code"), "number"),
}
"""By kind, of names: the codes of the management units that are on record as linking or having them."""


def _named(row: Row) -> list[str]:
    """What a row names, first itself: each with its kind, for a unit and a contract may be called the same."""
    if row.sheet == CUSTOMERS:
        return [f"customer {row.values['code']}"]
    kind = _KINDS.get(row.sheet)
    named = [f"{kind} {row.key[0]}"] if kind else []
    for column, sheet in REFERENCES.get(row.sheet, ()):
        if sheet != CUSTOMERS and row.values[column]:
            named.append(f"{_KINDS[sheet]} {row.values[column]}")
    if row.values.get("application"):
        named.append(f"application {row.values['application']}")
    return named
