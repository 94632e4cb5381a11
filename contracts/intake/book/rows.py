"""The rows of a sheet: each cell read by its column, with every fault of the row at once."""

from datetime import date
from functools import lru_cache
from sys import intern
from typing import Any

from contracts.intake.book.cells import CellError, count, manner
from contracts.intake.book.headings import Headings
from contracts.intake.book.notes import NOTHING, Notes, shown
from contracts.intake.book.people import PEOPLE, SUMS, is_error, plain, stands_for_nothing, words
from contracts.intake.book.sheets import Sheet, SheetColumn
from contracts.intake.book.table import Cells, Unread, address
from contracts.intake.book.written import whole
from contracts.intake.faults import Fault
from contracts.intake.sentence import Sentence
from contracts.terms.unit import What

_ENDS = words("rows", "ends")
_EXAMPLES = tuple(words("rows", "examples"))
REMARKS = tuple(plain(word) for word in PEOPLE["rows"]["remarks"])


def is_no_row(sheet: Sheet, headings: Headings, cells: Cells) -> bool:
    """Whether the line is plainly a sum (合計, and no key) or a remark below the table (※ …), and no row."""
    if headings.needed <= cells.keys():
        return False
    ours = {at: cell for at, cell in cells.items() if at not in headings.passed_over}
    texts = [(at, cell) for at, cell in ours.items() if isinstance(cell, str) and not isinstance(cell, Unread)]
    if len(ours) == 1 and texts:
        return plain(texts[0][1][:32]).startswith(REMARKS) or plain(texts[0][1][:32]) in SUMS | _ENDS
    word = next((at for at, text in texts if len(text) < 32 and plain(text) in SUMS), None)
    if word is None:
        return False
    # Beside its word a sum has amounts alone: no key, no name, no day.
    names = {column.name for at, column in headings.columns.items() if at in ours and at != word}
    keyed = names & {name for name in sheet.key if name not in _AMOUNTS}
    others = [at for at, text in texts if at != word and not is_number(text)]
    return not keyed and not others


def is_example(headings: Headings, cells: Cells) -> bool:
    """Whether the line is the example of a template, still marked as one in its first column."""
    first = cells.get(min(headings.columns, default=0))
    return isinstance(first, str) and len(first) < 64 and plain(first).startswith(_EXAMPLES)


def is_number(text: str) -> bool:
    """Whether the text is an amount or a count, as a sum has."""
    return any(whole(text, money=money) is not None for money in (True, False))


_AMOUNTS = frozenset({"amount_yen", "quantity"})


def read_row(
    sheet: Sheet, number: int, headings: Headings, cells: Cells, notes: Notes
) -> tuple[dict[str, Any], list[Fault]]:
    """The values of a row by column, None where empty, and its faults."""
    values: dict[str, Any] = {column.name: None for column in sheet.columns}
    faults: list[Fault] = []
    unread: set[str] = set()
    for at, raw in sorted(cells.items()):
        column = headings.columns.get(at)
        if column is None:
            if at not in headings.passed_over:
                faults.append(_no_heading(sheet, number, at, raw))
            continue
        fault = _read_cell(sheet, number, at, column, raw, values, notes)
        if fault is not None:
            faults.append(fault)
            unread.add(column.name)
    for column in sheet.columns:
        if column.required and values[column.name] is None and column.name not in unread:
            faults.append(Fault(sheet.name, number, column.name, Sentence("「{label}」が必要です", label=column.label)))
    if values.get("what") in (What.RETENTION_YEARS, What.QUANTITY):
        _number_of_change(sheet, values, notes)
    return values, faults


def _no_heading(sheet: Sheet, number: int, at: int, raw: Any) -> Fault:
    message = Sentence("見出しのない列に値があります（{cell}、{raw}）", cell=address(number, at), raw=shown(raw))
    return Fault(sheet.name, number, "", message)


def _read_cell(
    sheet: Sheet, number: int, at: int, column: SheetColumn, raw: Any, values: dict[str, Any], notes: Notes
) -> Fault | None:
    """Put the value of a cell among those of its row; its fault where it cannot be read."""
    if isinstance(raw, Unread) or is_error(raw):
        text = "{cell}のセルがエラーです（{error}）" if raw else "{cell}の数式に計算結果がありません"
        message = Sentence(text, cell=address(number, at), error=str(raw))
        return Fault(sheet.name, number, column.name, message)
    if not column.required and stands_for_nothing(raw):
        notes.read(sheet.name, column.name, NOTHING, raw)
        return None
    try:
        values[column.name] = _kept_once(column.parse(raw))
    except CellError as error:
        return Fault(sheet.name, number, column.name, error.args[0], error.clause)
    # As agreed: the value itself, or a day that the workbook has as one.
    if values[column.name] != raw and not isinstance(raw, date):
        written = manner(column.parse, raw)
        if written:
            notes.read(sheet.name, column.name, written, raw)
    return None


_day = lru_cache(1 << 14)(lambda day: day)


def _kept_once(value: Any) -> Any:
    """A code, a name or a day that stands in many cells is kept in memory once."""
    if type(value) is str:
        return intern(value)
    return _day(value) if type(value) is date else value


def _number_of_change(sheet: Sheet, values: dict[str, Any], notes: Notes) -> None:
    """変更後 is a number where years or licences change: read as one; what cannot be is left for who settles it."""
    raw = values["to"]
    try:
        read = str(count(raw))
    except CellError:
        return
    if read != raw:
        notes.read(sheet.name, "to", manner(count, raw), raw)
        values["to"] = read
