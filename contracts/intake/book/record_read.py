"""Reading the sheets of the record: lines → values by column, with every fault of form. Nothing is compared with the database."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.facts.recorded import RecordColumn, Recorded, columns_of
from contracts.intake.book.cells import CellError
from contracts.intake.book.notes import shown
from contracts.intake.book.people import plain
from contracts.intake.book.record_cells import empty_value, joined, reader
from contracts.intake.book.record_sheets import CONTINUED, FORMAT_ITEM, REVISION_ITEM, VERSION
from contracts.intake.book.table import Cells, Line, Table, Unread, address
from contracts.intake.faults import Fault
from contracts.intake.sentence import Sentence

Refuse = Callable[[Fault], None]


@dataclass(slots=True)
class Format:
    """What the sheet 版 says: the version of the record's sheets, the revision of the facts, how many rows each sheet has."""

    version: int = 0
    revision: int | None = None
    rows: dict[str, int] | None = None

    def read(self, table: Table, refuse: Refuse) -> None:
        """Take in the sheet."""
        self.rows = {}
        next(table.lines, None)
        for number, cells in table.lines:
            item, value = cells.get(0), cells.get(1)
            count = _count(value)
            if not isinstance(item, str) or count is None:
                refuse(Fault(table.name, number, "値", Sentence("整数で書いてください（{raw}）", raw=shown(value))))
            elif item in FORMAT_ITEM:
                self.version = count
            elif item in REVISION_ITEM:
                self.revision = count
            else:
                self.rows[plain(item)] = count
        if self.version > VERSION:
            message = Sentence(
                "新しすぎる版です（{version}）。この台帳を書き出した版のcsoc_adminで復元してください",
                version=self.version,
            )
            refuse(Fault(table.name, None, "", message))


def _count(value: Any) -> int | None:
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A row of a table: its line, and the value of every column in its order — a code or number where it refers to another row."""

    number: int
    values: list[Any]


def record_rows(table: Table, of: Recorded, tables: Sequence[Recorded], refuse: Refuse) -> Iterator[RecordRow]:
    """The rows of a table's sheet that could be read, in their order; ``refuse`` takes the faults of the others. Streams."""
    columns = columns_of(of, tables)
    heading = next(table.lines, None)
    at = _positions(table.name, heading, columns, refuse) if heading is not None else None
    if at is None:
        return
    reading = _Reading(table.name, columns, at, {position: reader(column) for position, column in at.items()}, refuse)
    for number, cells in _whole_lines(table.name, table.lines, refuse):
        row = reading.row(number, cells)
        if row is not None:
            yield row


def _positions(
    sheet: str, heading: Line, columns: Sequence[RecordColumn], refuse: Refuse
) -> dict[int, RecordColumn] | None:
    """Which column stands where; None where the sheet cannot be read by its headings."""
    number, cells = heading
    named = {plain(name): column for column in columns for name in (column.label, column.name)}
    found: dict[int, RecordColumn] = {}
    sound = True
    for position, cell in sorted(cells.items()):
        column = named.get(plain(cell)) if len(str(cell)) <= 64 else None
        if column is None or column in found.values():
            message = Sentence("知らない列です（{cell}）", cell=address(number, position))
            refuse(Fault(sheet, number, shown(cell), message if column is None else "同じ列が二つあります"))
            sound = False
        else:
            found[position] = column
    for column in columns:
        if column not in found.values() and not _has_default(column):
            message = Sentence("必要な列「{label}」がありません", label=column.label)
            refuse(Fault(sheet, number, column.label, message))
            sound = False
    return found if sound else None


def _has_default(column: RecordColumn) -> bool:
    """Whether an older book need not have the column."""
    return column.field.null or column.field.has_default() or bool(column.field.blank)


def _whole_lines(sheet: str, lines: Iterable[Line], refuse: Refuse) -> Iterator[Line]:
    """The lines with the texts that go on below them put together."""
    waiting: Line | None = None
    for number, cells in lines:
        if cells.get(0) != CONTINUED:
            if waiting is not None:
                yield waiting
            waiting = number, cells
            continue
        try:
            if waiting is None:
                raise CellError("前の行の続きではありません")
            for position, piece in cells.items():
                if position:
                    waiting[1][position] = joined(waiting[1].get(position), piece)
        except CellError as error:
            refuse(Fault(sheet, number, "", error.args[0]))
    if waiting is not None:
        yield waiting


@dataclass(frozen=True, slots=True)
class _Reading:
    """A sheet as it is read: which column stands where, and what reads its cells."""

    sheet: str
    columns: Sequence[RecordColumn]
    at: dict[int, RecordColumn]
    readers: dict[int, Callable[[Any], Any]]
    refuse: Refuse

    def row(self, number: int, cells: Cells) -> RecordRow | None:
        """The row of a line; None where a cell of it cannot be read."""
        values: dict[str, Any] = {}
        sound = True
        for position, raw in cells.items():
            column = self.at.get(position)
            try:
                if column is None:
                    said = {"cell": address(number, position), "raw": shown(raw)}
                    raise CellError(Sentence("見出しのない列に値があります（{cell}、{raw}）", **said))
                if isinstance(raw, Unread):
                    said = {"cell": address(number, position), "error": str(raw)}
                    raise CellError(Sentence("{cell}のセルがエラーです（{error}）", **said))
                values[column.name] = self.readers[position](raw)
            except CellError as error:
                self.refuse(Fault(self.sheet, number, column.label if column else "", error.args[0]))
                sound = False
        return self._filled(number, values) if sound else None

    def _filled(self, number: int, values: dict[str, Any]) -> RecordRow | None:
        """The row with what its empty cells say, and its columns that an older book does not have."""
        sound = True
        present = {column.name for column in self.at.values()}
        for column in self.columns:
            if column.name in values:
                continue
            try:
                missing = column.name not in present and column.field.has_default()
                values[column.name] = column.field.get_default() if missing else empty_value(column)
            except CellError as error:
                self.refuse(Fault(self.sheet, number, column.label, error.args[0]))
                sound = False
        return RecordRow(number, [values[column.name] for column in self.columns]) if sound else None
