"""Near twins: a code or a name that comes in and is all but one that is known. Nothing is refused for it; it is pointed out."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from contracts import models
from contracts.intake.book.merge import Merged
from contracts.intake.book.people import PEOPLE, plain
from contracts.intake.book.row import Row
from contracts.intake.book.scratch import scratch_file
from contracts.intake.book.sheets import BY_NAME
from contracts.intake.faults import Fault
from contracts.intake.sentence import Sentence

_FORMS = sorted((plain(word) for word in PEOPLE["names"]["forms"]), key=len, reverse=True)
MOST_TOLD = 200
_MARKS = frozenset("".join(plain(mark) for mark in PEOPLE["names"]["marks"]))
_LOOK_ALIKE = str.maketrans("OIL", "011")


def skeleton_of_code(code: str) -> str:
    """What codes have in common that people take for one another: O and 0, I and 1, dashes, zeros before a number."""
    text = re.sub(r"[^0-9A-Z\u3040-\u9fff]", "", plain(code).upper().translate(_LOOK_ALIKE))
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", text)


def skeleton_of_name(name: str) -> str:
    """A name without the form of the company and without marks: 株式会社青葉 and （株）青葉 are one."""
    text = plain(name)
    for form in _FORMS:
        text = text.removeprefix(form).removesuffix(form)
    return "".join(character for character in text if character not in _MARKS)


class Twins:
    """Gathers what a book brings, part by part, and then points out what of it is all but known.

    In a scratch file: memory does not grow with the book.
    """

    def __init__(self) -> None:
        self._file: sqlite3.Connection | None = None
        self._marks = bytearray()

    def add(self, merged: Merged) -> None:
        """Take in the new rows of a part."""
        brought = [one for sheet, rows in merged.new.items() for row in rows for one in _likenesses(sheet, row)]
        if not brought:
            return
        if self._file is None:
            self._file, self._marks = scratch_file(*_TABLES), bytearray(_MARKS_KEPT)
        for kind, likeness, _code, _row in brought:
            self._marks[_mark(kind, likeness)] = 1
        self._file.executemany(_BROUGHT, brought)

    def warnings(self) -> list[Fault]:
        """At new customers, units, linked services, contracts and options that are all but known ones: the first of many.

        Whether the new rows are written already makes no difference.
        """
        return list(islice(self._found(self._file), MOST_TOLD)) if self._file is not None else []

    def _found(self, file: sqlite3.Connection) -> Iterator[Fault]:
        for kind, stored in _STORED.items():
            if file.execute("SELECT 1 FROM new WHERE kind = ? LIMIT 1", (kind,)).fetchone() is None:
                continue
            # Most of what is on record is like nothing that is new: its mark tells, and the file is not asked.
            alike = (one for one in stored() if self._marks[_mark(kind, one[0])])
            file.executemany(_ON_RECORD, ({"kind": kind, "likeness": one[0], "code": one[1]} for one in alike))
            yield from _twins(file, kind)


_MARKS_KEPT = 1 << 20
_TABLES = (
    "CREATE TABLE new (id INTEGER PRIMARY KEY, kind, likeness, code, row, UNIQUE (kind, code))",
    "CREATE INDEX new_by_likeness ON new (kind, likeness)",
    "CREATE TABLE seen (kind, likeness, code, PRIMARY KEY (kind, likeness)) WITHOUT ROWID",
)
_BROUGHT = (
    "INSERT INTO new (kind, likeness, code, row) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (kind, code) DO UPDATE SET row = excluded.row"
)
_ON_RECORD = (
    "INSERT OR REPLACE INTO seen SELECT :kind, :likeness, :code "
    "WHERE EXISTS (SELECT 1 FROM new WHERE kind = :kind AND likeness = :likeness) "
    "AND NOT EXISTS (SELECT 1 FROM new WHERE kind = :kind AND code = :code)"
)


def _mark(kind: str, likeness: str) -> int:
    return hash((kind, likeness)) % _MARKS_KEPT


def _twins(file: sqlite3.Connection, kind: str) -> Iterator[Fault]:
    """What is like something on record, or before it in the book."""
    sheet, column = kind.split()
    new = file.execute("SELECT likeness, code, row FROM new WHERE kind = ? ORDER BY id", (kind,))
    for likeness, code, row in new:
        file.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (kind, likeness, code))
        of_one = file.execute("SELECT code FROM seen WHERE kind = ? AND likeness = ?", (kind, likeness))
        (other,) = of_one.fetchone()
        if other == code:
            continue
        if column == "name":
            message = Sentence("「{other}」とよく似た名です。同じものではありませんか", other=other)
        else:
            said = {"code": code, "other": other}
            message = Sentence("「{code}」は「{other}」とよく似ています。同じものではありませんか", **said)
        yield Fault(sheet, row, column, message)


def _likenesses(sheet: str, row: Row) -> Iterator[tuple[str, str, str, int]]:
    """Of a row that has a code, and of one that has a name: of what kind, in what it is like others, its code, and its number."""
    kind = f"{sheet} {BY_NAME[sheet].key[0]}"
    if kind in _STORED:
        yield kind, skeleton_of_code(row.key[0]), row.key[0], row.number
    if f"{sheet} name" in _STORED:
        yield f"{sheet} name", _of_name(row.values["name"], row.values.get("customer")), row.key[0], row.number


def _of_name(name: str, customer: str | None) -> str:
    """Customers of one name are alike under any two codes; units of one name where they are of one customer."""
    return f"{skeleton_of_name(name)}\n{customer or ''}"


def _codes(rows: Callable[[], QuerySet[Any, Any]]) -> Callable[[], Iterator[tuple[str, str]]]:
    return lambda: ((skeleton_of_code(code), code) for code in rows().iterator(chunk_size=5000))


def _names(rows: Callable[[], QuerySet[Any, Any]]) -> Callable[[], Iterator[tuple[str, str]]]:
    return lambda: (
        (_of_name(name, customer[0] if customer else None), code)
        for name, code, *customer in rows().iterator(chunk_size=5000)
    )


_STORED: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "customers code": _codes(lambda: models.Customer.objects.values_list("code", flat=True)),
    "units code": _codes(lambda: models.ManagementUnit.objects.values_list("code", flat=True)),
    "linked_services code": _codes(lambda: models.LinkedService.objects.values_list("code", flat=True)),
    "contracts number": _codes(lambda: models.Contract.objects.values_list("target__number", flat=True)),
    "options number": _codes(lambda: models.Option.objects.values_list("target__number", flat=True)),
    "customers name": _names(lambda: models.Customer.objects.values_list("name", "code")),
    "units name": _names(lambda: models.ManagementUnit.objects.values_list("name", "code", "customer__code")),
}
"""What is on record of each kind: in what it is like others, and its code."""
