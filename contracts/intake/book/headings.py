"""The headings of a sheet: where they stand, which column is which, and what people have added for themselves."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import chain
from typing import Any

from contracts.intake.book.notes import Notes, shown
from contracts.intake.book.people import PEOPLE, plain, words
from contracts.intake.book.sheets import SHEETS, Sheet, SheetColumn
from contracts.intake.book.table import Line, address
from contracts.intake.faults import Fault
from contracts.intake.sentence import Sentence

LOOKED_AT = 30
"""Lines among which the headings are looked for: titles may stand above them."""
_ALIKE = 0.75
_ADDED = words("columns", "added")
_ADDED_BEGINNING = tuple(words("columns", "added_beginning"))
_AROUND = "".join(plain(mark) for mark in PEOPLE["columns"]["around"])
_BEHIND = sorted(words("columns", "behind"), key=len, reverse=True)
_SHEETS_BEHIND = sorted(words("sheets", "behind"), key=len, reverse=True)


_COLUMNS: Mapping[str, Mapping[str, SheetColumn]] = {
    sheet.name: {plain(name): column for column in sheet.columns for name in (column.name, column.label)}
    for sheet in SHEETS
}
_SHEETS = {plain(name): sheet for sheet in SHEETS for name in (sheet.name, sheet.label)}


def names_of(sheet: Sheet) -> Mapping[str, SheetColumn]:
    """The columns of a sheet by name and by label, folded."""
    return _COLUMNS[sheet.name]


ALL_HEADINGS = frozenset(chain.from_iterable(_COLUMNS.values()))


def bare(heading: Any) -> str:
    """A heading folded, without what stands around it and does not change its meaning: 金額（円）, 契約番号*."""
    text = plain(heading).strip(_AROUND)
    for behind in _BEHIND:
        text = text.removesuffix(behind)
    return text.strip(_AROUND)


def sheet_called(name: str) -> tuple[Sheet | None, bool]:
    """The sheet of that name, and whether it is named exactly: 契約一覧 is 契約, where nothing else could be meant."""
    folded = plain(name)
    for candidate in (folded, *(folded.removesuffix(word) for word in _SHEETS_BEHIND if folded.endswith(word))):
        if candidate in _SHEETS:
            return _SHEETS[candidate], candidate == folded
    return None, False


@dataclass(slots=True)
class Headings:
    """The columns of a sheet by their position, and the lines below."""

    row: int
    columns: dict[int, SheetColumn] = field(default_factory=dict)
    passed_over: set[int] = field(default_factory=set)
    """Positions of columns that people have added."""
    needed: frozenset[int] = frozenset()
    """Positions of the columns that every row needs."""
    faults: list[Fault] = field(default_factory=list)
    usable: bool = True
    """Whether what stands below can be read, so that other sheets may be held against it."""


def split(lines: Iterator[Line], known: Iterable[str]) -> tuple[list[Line], Line | None, Iterator[Line]]:
    """The lines above the headings, the line of the headings, and the lines below; None where there is no line at all.

    The headings are the first line with the most ``known`` names on it; the first line of all where none has any.
    """
    names = frozenset(known)
    looked_at: list[Line] = []
    best, most = 0, 0
    for line in lines:
        looked_at.append(line)
        hits = sum(1 for cell in line[1].values() if _short(cell) and bare(cell) in names)
        if hits > most:
            best, most = len(looked_at) - 1, hits
        if len(looked_at) >= LOOKED_AT or hits * 2 >= len(names) or (most > 1 and hits == 0):
            break
    if not looked_at:
        return [], None, iter(())
    return looked_at[:best], looked_at[best], chain(looked_at[best + 1 :], lines)


def _short(cell: Any) -> bool:
    return isinstance(cell, str) and len(cell) <= 64


def headings_of(sheet: Sheet, line: Line, notes: Notes) -> Headings:
    """Which column of the sheet stands where, with a fault for each that is unknown, twice there or missing."""
    row, cells = line
    found = Headings(row)
    names = names_of(sheet)
    passed_over = []
    for at, cell in sorted(cells.items()):
        column = names.get(bare(cell)) if _short(cell) else None
        if column is not None and column not in found.columns.values():
            found.columns[at] = column
            if plain(cell) not in names:
                notes.read(sheet.name, column.name, "heading", cell)
        elif column is None and is_added(bare(cell)):
            found.passed_over.add(at)
            passed_over.append(shown(cell))
        else:
            found.passed_over.add(at)
            found.faults.append(_heading_fault(sheet, row, at, cell, column, found))
    if passed_over:
        listed = "、".join(passed_over[:20])
        notes.tell(sheet.name, "", Sentence("読まない列です（{listed}）", listed=listed))
    for column in sheet.columns:
        if column.required and column not in found.columns.values():
            message = Sentence("必要な列「{label}」がありません", label=column.label)
            found.faults.append(Fault(sheet.name, row, column.name, message))
            found.usable = False
    found.needed = frozenset(at for at, column in found.columns.items() if column.required)
    return found


def is_added(heading: str) -> bool:
    """Whether it is a column that people add for themselves: 備考, No. …"""
    return heading in _ADDED or heading.startswith(_ADDED_BEGINNING)


def _heading_fault(sheet: Sheet, row: int, at: int, cell: Any, column: SheetColumn | None, found: Headings) -> Fault:
    where = shown(cell)
    if column is not None:
        found.usable = False
        return Fault(sheet.name, row, where, "同じ列が二つあります")
    meant = _meant(sheet, bare(str(cell)[:64]))
    if meant is None:
        return Fault(sheet.name, row, where, Sentence("知らない列です（{cell}）", cell=address(row, at)))
    # What stands below may be what other sheets are judged by.
    found.usable = False
    message = Sentence(
        "知らない列です（{cell}）。「{label}」の書き間違いではありませんか", cell=address(row, at), label=meant
    )
    return Fault(sheet.name, row, where, message)


def _meant(sheet: Sheet, heading: str) -> str | None:
    alike = [
        (SequenceMatcher(None, heading, plain(name)).ratio(), column.label)
        for column in sheet.columns
        for name in (column.name, column.label)
    ]
    ratio, label = max(alike)
    return label if ratio >= _ALIKE else None
