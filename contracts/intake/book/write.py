"""Writing a book: the whole state as facts, so that what is written can be read into an empty database and written again."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import xlsxwriter

from contracts.facts.recorded import Recorded, columns_of
from contracts.intake.book.narrowed import EVERYTHING, Narrowed
from contracts.intake.book.record_names import FORMAT, FORMAT_LABEL
from contracts.intake.book.record_sheets import (
    file_names,
    format_lines,
    headings,
    record_lines,
    sheet_name,
)
from contracts.intake.book.sheets import SHEETS, Sheet
from contracts.intake.book.stored import stored_rows
from contracts.terms import catalog
from contracts.terms.catalog import Category, LicenceType, ModuleType, OptionType, Product, Service
from contracts.terms.unit import What

DAY_FORMAT, MOMENT_FORMAT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"

_NAMES: dict[str, Any] = {
    "category": lambda code: catalog.CATEGORY_NAMES[Category(code)],
    "module_type": lambda code: catalog.MODULE_TYPE_NAMES[ModuleType(code)],
    "service": lambda code: catalog.SERVICE_NAMES[Service(code)],
    "option": lambda code: catalog.OPTION_NAMES[OptionType(code)],
    "licence_type": lambda code: catalog.LICENCE_NAMES[LicenceType(code)],
    "keep_price": lambda _kept: "はい",
    "product": lambda code: catalog.PRODUCT_NAMES[Product(code)],
}


MADE_ON = datetime(2000, 1, 1)
"""When a workbook says that it was made: the same state is the same file, to the byte."""
MOST_ROWS = 1 << 20
"""Lines of a sheet of a workbook, its headings among them."""


class TooManyRowsError(Exception):
    """More rows of one sheet than a workbook holds; a folder of CSV files holds them."""


def write_book(
    path: Path, *, english: bool = False, narrowed: Narrowed = EVERYTHING, recorded: Sequence[Recorded] = ()
) -> int:
    """Write every sheet to a workbook (``.xlsx``) or a folder of CSV files; how many rows were written.

    ``narrowed``: only what is of one customer or one management unit, which has no record. Else, with the tables ``recorded``,
    the book has sheets of the record too, so that it can be restored; their rows are not counted.

    Headings, and the names of a workbook's sheets, are Japanese unless ``english``; a CSV begins with a byte order mark, by which
    spreadsheets know its encoding. Streams. Raises FileExistsError for a folder that holds other files than a book's, and
    TooManyRowsError.
    """
    write = _write_workbook if path.suffix.lower() == ".xlsx" else _write_folder
    if narrowed != EVERYTHING:
        recorded = ()
    return write(path, english=english, narrowed=narrowed, recorded=recorded)


def _headings(sheet: Sheet, *, english: bool) -> list[str]:
    return [column.name if english else column.label for column in sheet.columns]


def written_rows(sheet: Sheet, narrowed: Narrowed = EVERYTHING) -> Iterator[list[Any]]:
    """The rows of a sheet as they are written: names for codes, None for empty."""
    for values in stored_rows(sheet.name, narrowed=narrowed):
        if sheet.name == "changes" and values["what"] == What.CATEGORY:
            values["to"] = _NAMES["category"](values["to"])
        yield [_written(column.name, values[column.name]) for column in sheet.columns]


def _written(column: str, value: Any) -> Any:
    if value is None or value == "":
        return None
    if column in _NAMES:
        return _NAMES[column](value)
    return value.translate(_IN_NO_FILE) if isinstance(value, str) else value


_IN_NO_FILE = dict.fromkeys((0xFFFE, 0xFFFF), "\ufffd")
"""What is no letter and breaks a workbook; the sheets of the record tell it by its number."""


def _write_folder(path: Path, *, english: bool, narrowed: Narrowed, recorded: Sequence[Recorded]) -> int:
    path.mkdir(parents=True, exist_ok=True)
    of_record = [FORMAT, *file_names(recorded)]
    ours = {*(sheet.name for sheet in SHEETS), *of_record}
    others = [file.name for file in path.iterdir() if file.stem not in ours]
    if others:
        raise FileExistsError(f"{path}: {', '.join(sorted(others))}")
    written = 0
    for sheet in SHEETS:
        written += _write_file(
            path / f"{sheet.name}.csv", chain([_headings(sheet, english=english)], written_rows(sheet, narrowed))
        )
    lines_of_record = _lines_of_record(recorded, english=english)
    for name, (_title, lines) in zip(of_record, lines_of_record, strict=False):
        _write_file(path / f"{name}.csv", lines)
    return written


def _write_file(path: Path, lines: Iterable[list[Any]]) -> int:
    """Write a file of CSV; how many lines it has below its headings."""
    written = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for line in lines:
            writer.writerow(map(_as_text, line))
            written += 1
    return written - 1


def _lines_of_record(recorded: Sequence[Recorded], *, english: bool) -> Iterator[tuple[str, Iterable[list[Any]]]]:
    """The sheets of the record in their order: what each is called, and its lines."""
    if not recorded:
        return
    yield FORMAT if english else FORMAT_LABEL, format_lines(recorded, english=english)
    for table in recorded:
        heading = headings(columns_of(table, recorded), english=english)
        yield sheet_name(table, english=english), chain([heading], record_lines(table, recorded))


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)


def _write_workbook(path: Path, *, english: bool, narrowed: Narrowed, recorded: Sequence[Recorded]) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with xlsxwriter.Workbook(path, _STREAMED) as workbook:
            workbook.set_properties({"created": MADE_ON})
            return _write_sheets(_Workbook(workbook), english=english, narrowed=narrowed, recorded=recorded)
    except TooManyRowsError:
        path.unlink(missing_ok=True)
        raise


_STREAMED = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def _write_sheets(out: "_Workbook", *, english: bool, narrowed: Narrowed, recorded: Sequence[Recorded]) -> int:
    written = 0
    for sheet in SHEETS:
        name = sheet.name if english else sheet.label
        count = out.write(name, chain([_headings(sheet, english=english)], written_rows(sheet, narrowed)))
        if count >= MOST_ROWS:
            raise TooManyRowsError(name)
        written += count
    for name, lines in _lines_of_record(recorded, english=english):
        out.write(name, lines)
    return written


class _Workbook:
    """A workbook that is written sheet after sheet. A sheet with more lines than fit goes on in others: name_2, name_3."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._heading = workbook.add_format({"bold": True, "bottom": 1})
        self._day = workbook.add_format({"num_format": DAY_FORMAT})
        self._moment = workbook.add_format({"num_format": MOMENT_FORMAT})

    def write(self, name: str, lines: Iterable[list[Any]]) -> int:
        """Write a sheet, the first line as its headings; how many lines it has below them."""
        rest = iter(lines)
        heading = next(rest)
        count = 0
        for count, line in enumerate(rest, start=1):
            further, number = divmod(count - 1, MOST_ROWS - 1)
            if number == 0:
                table = self._begin(f"{name}_{further + 1}" if further else name, heading)
            self._write_line(table, number + 1, line)
        if count == 0:
            self._begin(name, heading)
        return count

    def _begin(self, name: str, heading: list[str]) -> Any:
        table = self._workbook.add_worksheet(name)
        table.freeze_panes(1, 0)
        for position, title in enumerate(heading):
            table.set_column(position, position, 18)
            table.write_string(0, position, title, self._heading)
        return table

    def _write_line(self, table: Any, number: int, line: list[Any]) -> None:
        for position, value in enumerate(line):
            if isinstance(value, datetime):
                table.write_datetime(number, position, value, self._moment)
            elif isinstance(value, date):
                table.write_datetime(number, position, datetime(value.year, value.month, value.day), self._day)
            elif isinstance(value, int):
                table.write_number(number, position, value)
            elif value is not None:
                table.write_string(number, position, value)
