"""Writing a book: the whole state as facts, so that what is written can be read into an empty database and written again."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from contracts.intake.book.narrowed import EVERYTHING, Narrowed
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


def write_book(path: Path, *, english: bool = False, narrowed: Narrowed = EVERYTHING) -> int:
    """Write every sheet to a workbook (``.xlsx``) or a folder of CSV files; how many rows were written.

    ``narrowed``: only what is of one customer or one management unit.

    Headings, and the names of a workbook's sheets, are Japanese unless ``english``; a CSV begins with a byte order mark, by which
    spreadsheets know its encoding. Streams. Raises FileExistsError for a folder that holds other files than a book's.
    """
    write = _write_workbook if path.suffix.lower() == ".xlsx" else _write_folder
    return write(path, english=english, narrowed=narrowed)


def _headings(sheet: Sheet, *, english: bool) -> list[str]:
    return [column.name if english else column.label for column in sheet.columns]


def _rows(sheet: Sheet, narrowed: Narrowed) -> Iterator[list[Any]]:
    """The rows of a sheet as they are written: names for codes, None for empty."""
    for values in stored_rows(sheet.name, narrowed=narrowed):
        if sheet.name == "changes" and values["what"] == What.CATEGORY:
            values["to"] = _NAMES["category"](values["to"])
        yield [_written(column.name, values[column.name]) for column in sheet.columns]


def _written(column: str, value: Any) -> Any:
    if value is None or value == "":
        return None
    return _NAMES[column](value) if column in _NAMES else value


def _write_folder(path: Path, *, english: bool, narrowed: Narrowed) -> int:
    path.mkdir(parents=True, exist_ok=True)
    others = [file.name for file in path.iterdir() if file.stem not in {sheet.name for sheet in SHEETS}]
    if others:
        raise FileExistsError(f"{path}: {', '.join(sorted(others))}")
    written = 0
    for sheet in SHEETS:
        with (path / f"{sheet.name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_headings(sheet, english=english))
            for row in _rows(sheet, narrowed):
                writer.writerow(_as_text(value) for value in row)
                written += 1
    return written


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)


def _write_workbook(path: Path, *, english: bool, narrowed: Narrowed) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    written = 0
    with xlsxwriter.Workbook(path, options) as workbook:
        heading = workbook.add_format({"bold": True, "bottom": 1})
        day = workbook.add_format({"num_format": DAY_FORMAT})
        moment = workbook.add_format({"num_format": MOMENT_FORMAT})
        for sheet in SHEETS:
            table = workbook.add_worksheet(sheet.name if english else sheet.label)
            table.freeze_panes(1, 0)
            for position, title in enumerate(_headings(sheet, english=english)):
                table.set_column(position, position, 18)
                table.write_string(0, position, title, heading)
            for number, row in enumerate(_rows(sheet, narrowed), start=1):
                for position, value in enumerate(row):
                    if isinstance(value, datetime):
                        table.write_datetime(number, position, value, moment)
                    elif isinstance(value, date):
                        table.write_datetime(number, position, datetime(value.year, value.month, value.day), day)
                    elif isinstance(value, int):
                        table.write_number(number, position, value)
                    elif value is not None:
                        table.write_string(number, position, value)
                written += 1
    return written
