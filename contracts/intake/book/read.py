"""Reading a book: files → rows of parsed cells, with every fault of form on the way. Nothing is compared with the database."""

import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contracts.intake.book import flat
from contracts.intake.book.bounds import ENDLESS, MOST_FAULTS
from contracts.intake.book.headings import ALL_HEADINGS, Headings, headings_of, names_of, sheet_called, split
from contracts.intake.book.kept import Kept
from contracts.intake.book.listed import Asked, Listed, listed
from contracts.intake.book.notes import MERGED, Notes, shown
from contracts.intake.book.places import Place, headings_at, place_of
from contracts.intake.book.record_names import is_of_record
from contracts.intake.book.row import Row, key_of
from contracts.intake.book.rows import is_example, is_no_row, read_row
from contracts.intake.book.sheets import BY_NAME, SHEETS, Sheet
from contracts.intake.book.sources import tables_of
from contracts.intake.book.table import Line, Table, UnreadableError
from contracts.intake.book.workbook import shortly
from contracts.intake.faults import Fault, Note
from contracts.intake.sentence import Sentence

__all__ = ["Book", "Row", "key_of", "read_book"]

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)
"""What a damaged archive ends with while it is read."""


Counted = Callable[[int], object]
_AT_ONCE = 1_000


def _unheard(_rows: int) -> None:
    """For whoever does not ask how far the reading is."""


class EndlessError(Exception):
    """More faults than anybody reads: the rest of the book is not looked at."""


class Unreadable(set[Any]):
    """The codes and numbers of rows with a fault. A row whose own code could not be read may be any of them."""

    def __contains__(self, name: object) -> bool:
        return set.__contains__(self, name) or set.__contains__(self, None)


@dataclass(slots=True)
class Book:
    """A book as read: the rows that could be read, and the faults of those that could not."""

    rows: Kept = field(default_factory=Kept)
    faults: list[Fault] = field(default_factory=list)
    untold: int = 0
    """Faults beyond those that are told."""
    comparable: bool = True
    """Whether every sheet could be made out: else the rows of one would be called missing by the rows of another."""
    noted: Notes = field(default_factory=Notes)
    unreadable: dict[str, set[Any]] = field(default_factory=lambda: {sheet.name: Unreadable() for sheet in SHEETS})
    """The codes and numbers of rows with a fault, so that what refers to them is not called unknown too."""
    half_read: list[Row] = field(default_factory=list)
    """The rows with a fault, with what of them could be read: what they would bring is not called missing."""
    places: dict[str, Place] = field(default_factory=dict)
    """Where each sheet stands in the file, by the name under which faults speak of it."""
    listed: Listed | None = None
    """The list of one sheet that the book is, or what could be one."""
    met: int = 0
    """How many rows were met so far, readable or not."""
    counted: Counted = field(default=_unheard, repr=False)

    @property
    def notes(self) -> list[Note]:
        """What was read otherwise than it is written, once a kind."""
        return self.noted.all()

    def count(self) -> int:
        """How many rows could be read."""
        return len(self.rows)

    def refuse(self, *faults: Fault) -> None:
        """Add faults; beyond those that are told they are only counted, and the book is compared with nothing."""
        room = MOST_FAULTS - len(self.faults)
        self.faults += faults[: max(room, 0)]
        self.untold += max(0, len(faults) - max(room, 0))
        if self.untold:
            self.comparable = False
        if len(self.faults) + self.untold > ENDLESS:
            raise EndlessError

    def add(self, row: Row, faults: list[Fault]) -> None:
        """Add a row that was read, with its faults."""
        self.met += 1
        if self.met % _AT_ONCE == 0:
            self.counted(self.met)
        if not faults:
            self.rows.add(row)
            return
        self.refuse(*faults)
        self.unreadable[row.sheet].add(row.values.get(BY_NAME[row.sheet].key[0]))
        self.half_read.append(row)


def read_book(path: Path, asked: Asked | None = None, *, counted: Counted = _unheard, rows: Kept | None = None) -> Book:
    """Read a workbook, a folder or an archive of CSV files, or one list. Faults of form are collected in the book, never raised.

    ``asked`` is what whoever hands a list of one sheet over says of it; ``counted`` is told now and then how many rows are read;
    ``rows`` takes the rows.
    """
    book = Book(counted=counted, rows=Kept() if rows is None else rows)
    seen: set[str] = set()
    asked = asked or Asked()
    book.refuse(*flat.said_wrongly(asked.said))
    if book.faults:
        return book
    try:
        for table in tables_of(path, ALL_HEADINGS | flat.HEADINGS | asked.headings()):
            try:
                _read_table(table, book, seen, asked)
            except UnreadableError as error:
                book.refuse(Fault(table.name, None, "", error.message))
                book.comparable = False
        if not seen and not book.faults:
            raise UnreadableError(Sentence("読めるシートがありません（{path}）", path=path))
    except EndlessError:
        book.noted.tell("", "", Sentence("誤りが多いので、途中で読むのをやめました"))
    except UnreadableError as error:
        book.refuse(Fault("", None, "", error.message))
        book.comparable = False
    except BROKEN as error:
        book.refuse(
            Fault("", None, "", Sentence("Excelのブックとして読めません（{error}）", error=shown(shortly(error))))
        )
        book.comparable = False
    return book


def _read_table(table: Table, book: Book, seen: set[str], asked: Asked) -> None:
    if is_of_record(table.name):
        book.noted.tell("", "", Sentence("記録のシートは読みませんでした（import_book --restoreが読みます）"))
        return
    sheet, exactly = sheet_called(table.name)
    known = set(names_of(sheet)) if sheet else set(ALL_HEADINGS)
    if sheet is None or sheet.name == "contracts":
        known |= flat.HEADINGS | asked.headings()
    above, heading, below = split(table.lines, known)
    name = sheet.name if sheet else table.name
    reading = asked.of(heading or (0, {}))
    if heading is None:
        book.noted.tell(name, "", Sentence("空のシートなので読みませんでした"))
    elif sheet is None and table.hidden:
        book.noted.tell(name, "", Sentence("隠されたシートなので読みませんでした"))
    elif flat.is_list(heading, sheet, reading):
        seen.add("list")
        _tell_of_table(table, name, above, book.noted)
        book.listed = listed(table.name, heading, reading, is_list=True)
        fields = {
            meant: at for at, cell in sorted(heading[1].items(), reverse=True) if (meant := reading.field_of(cell))
        }
        book.places[table.name] = Place(table.name, heading[0], fields, headings_at(heading), is_list=True)
        faults = flat.read_list(table, heading, below, book.add, book.noted, reading)
        book.refuse(*faults)
        book.comparable = book.comparable and not faults
    elif sheet is None or sheet.name in seen:
        if sheet is None and book.listed is None:
            book.listed = listed(table.name, heading, reading, is_list=False)
        twice = Sentence("同じシートが二つあります（{name}）", name=shown(table.name))
        book.refuse(Fault(name, None, "", "知らないシートです" if sheet is None else twice))
        book.comparable = False
    else:
        seen.add(name)
        if not exactly:
            book.noted.tell(name, "", Sentence("「{name}」をこのシートとして読みました", name=shown(table.name)))
        _tell_of_table(table, name, above, book.noted)
        headings = headings_of(sheet, heading, book.noted)
        book.places[name] = place_of(table.name, heading, headings)
        book.refuse(*headings.faults)
        if headings.usable:
            _read_rows(sheet, headings, table, below, book)
        else:
            book.comparable = False
            if sheet.name == "contracts" and not exactly and book.listed is None:
                # 契約一覧 may be the list that people keep, were its columns known.
                book.listed = listed(table.name, heading, reading, is_list=False)


def _tell_of_table(table: Table, name: str, above: list[Line], noted: Notes) -> None:
    if table.hidden:
        noted.tell(name, "", Sentence("隠されたシートですが読みました"))
    for told in table.told:
        noted.tell(name, "", told)
    if above:
        noted.tell(name, "", Sentence("見出しの上の{count}行は読みませんでした", count=len(above)))


def _read_rows(sheet: Sheet, headings: Headings, table: Table, lines: Iterable[Line], book: Book) -> None:
    passed_over, examples = [], []
    for number, cells in lines:
        if is_example(headings, cells):
            examples.append(number)
            continue
        if is_no_row(sheet, headings, cells):
            passed_over.append(number)
            continue
        if cells.keys() <= headings.passed_over:
            # Beside nothing of ours, a number in No. or a remark is no row.
            continue
        values, faults = read_row(sheet, number, headings, cells, book.noted)
        book.add(Row(sheet.name, number, values), faults)
    if passed_over:
        listed = "、".join(map(str, passed_over[:20]))
        book.noted.tell(sheet.name, "", Sentence("合計や注記の行は読みませんでした（{listed}行）", listed=listed))
    if examples:
        listed_ = "、".join(map(str, examples[:20]))
        book.noted.tell(sheet.name, "", Sentence("記入例の行は読みませんでした（{listed}行）", listed=listed_))
    for at, filled in table.merged.filled.items():
        column = headings.columns.get(at)
        if column is not None:
            book.noted.read(sheet.name, column.name, MERGED, filled[1], filled[0])
