"""Reading a book: files → rows of parsed cells, with every fault of form on the way. Nothing is compared with the database."""

import csv
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import python_calamine

from contracts.intake.book.cells import CellError
from contracts.intake.book.sheets import SHEETS, Column, Sheet
from contracts.intake.faults import Fault
from contracts.intake.sentence import Sentence
from contracts.terms.catalog import fold

LARGEST_UNPACKED = 1 << 30
"""Bytes a workbook may unpack to: a small file can hold a very large one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: its number there (the heading is row 1), and the value of every column, None where empty."""

    sheet: str
    number: int
    values: dict[str, Any]

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells the row from others of its sheet."""
        return key_of(self.sheet, self.values)


@dataclass(slots=True)
class Book:
    """A book as read: the rows that could be read, and the faults of those that could not."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {sheet.name: [] for sheet in SHEETS})
    faults: list[Fault] = field(default_factory=list)
    unreadable: dict[str, set[Any]] = field(default_factory=lambda: {sheet.name: set() for sheet in SHEETS})
    """The codes and numbers of rows with a fault, so that what refers to them is not called unknown too."""
    half_read: list[Row] = field(default_factory=list)
    """The rows with a fault, with what of them could be read: what they would bring is not called missing."""

    def count(self) -> int:
        """How many rows could be read."""
        return sum(len(rows) for rows in self.rows.values())


_KEYS = {sheet.name: sheet.key for sheet in SHEETS}


def key_of(sheet: str, values: dict[str, Any]) -> tuple[Any, ...]:
    """The key of a row's values in that sheet.

    An initial price needs no day to be told apart; a one-time fee needs more: two facts of one day are two fees (I-40).
    """
    if sheet == "prices" and values["fee"] == "initial":
        return values["target"], "initial", None
    if sheet == "prices" and values["fee"] == "one_time":
        return values["target"], "one_time", values["from_on"], values["note"] or ""
    return tuple(values[name] for name in _KEYS[sheet])


def read_book(path: Path) -> Book:
    """Read a workbook or a folder of CSV files. Faults of form are collected in the book, never raised."""
    book = Book()
    for name, rows in _tables(path, book.faults):
        sheet = next((s for s in SHEETS if fold(name) in (fold(s.name), fold(s.label))), None)
        if sheet is None:
            book.faults.append(Fault(name, None, "", "知らないシートです"))
        else:
            _read_sheet(sheet, rows, book)
    return book


Table = tuple[str, Iterable[list[Any]]]


def _tables(path: Path, faults: list[Fault]) -> Iterator[Table]:
    if path.is_dir():
        yield from _csv_tables(path, faults)
    elif path.suffix.lower() == ".xlsx" and path.is_file():
        yield from _workbook_tables(path, faults)
    else:
        faults.append(
            Fault("", None, "", Sentence("台帳は.xlsxのファイルか、.csvのフォルダーです（{path}）", path=path))
        )


def _csv_tables(path: Path, faults: list[Fault]) -> Iterator[Table]:
    files = sorted(path.glob("*.csv"))
    if not files:
        faults.append(Fault("", None, "", Sentence("フォルダーに.csvがありません（{path}）", path=path)))
    for file in files:
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                yield file.stem, list(csv.reader(lines, strict=True))
        except (UnicodeDecodeError, csv.Error) as error:
            faults.append(Fault(file.stem, None, "", Sentence("UTF-8のCSVとして読めません（{error}）", error=error)))


def _workbook_tables(path: Path, faults: list[Fault]) -> Iterator[Table]:
    try:
        with zipfile.ZipFile(path) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked > LARGEST_UNPACKED:
            faults.append(
                Fault("", None, "", Sentence("台帳が大きすぎます（展開すると{unpacked:,}バイト）", unpacked=unpacked))
            )
            return
        with python_calamine.load_workbook(path) as workbook:
            for name in workbook.sheet_names:
                yield name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (zipfile.BadZipFile, python_calamine.CalamineError) as error:
        faults.append(Fault("", None, "", Sentence("Excelのブックとして読めません（{error}）", error=error)))


def _read_sheet(sheet: Sheet, table: Iterable[list[Any]], book: Book) -> None:
    rows = iter(table)
    columns = _columns(sheet, next(rows, []), book.faults)
    if columns is None:
        return
    for number, cells in enumerate(rows, start=2):
        if all(_is_blank(cell) for cell in cells):
            continue
        values, faults = _read_row(sheet, number, columns, cells)
        if faults:
            book.faults += faults
            book.unreadable[sheet.name].add(values.get(sheet.key[0]))
            book.half_read.append(Row(sheet.name, number, values))
        else:
            book.rows[sheet.name].append(Row(sheet.name, number, values))


def _columns(sheet: Sheet, heading: list[Any], faults: list[Fault]) -> list[Column | None] | None:
    """The sheet's columns in the order of its first row; None where it cannot be used."""
    found: list[Column | None] = []
    sound = True
    for title in heading:
        if _is_blank(title):
            found.append(None)
            continue
        names = {fold(str(title))}
        column = next((c for c in sheet.columns if {fold(c.name), fold(c.label)} & names), None)
        if column is None or column in found:
            problem = "知らない列です" if column is None else "同じ列が二つあります"
            faults.append(Fault(sheet.name, 1, str(title), problem))
            sound = False
        found.append(column)
    for column in sheet.columns:
        if column.required and column not in found:
            faults.append(
                Fault(sheet.name, 1, column.name, Sentence("必要な列「{label}」がありません", label=column.label))
            )
            sound = False
    return found if sound else None


def _read_row(
    sheet: Sheet, number: int, columns: list[Column | None], cells: list[Any]
) -> tuple[dict[str, Any], list[Fault]]:
    values: dict[str, Any] = {column.name: None for column in sheet.columns}
    faults: list[Fault] = []
    for position, raw in enumerate(cells):
        if _is_blank(raw):
            continue
        column = columns[position] if position < len(columns) else None
        if column is None:
            faults.append(Fault(sheet.name, number, "", Sentence("見出しのない列に値があります（{raw}）", raw=raw)))
            continue
        try:
            values[column.name] = column.parse(raw)
        except CellError as error:
            faults.append(
                Fault(
                    sheet.name,
                    number,
                    column.name,
                    Sentence("{label}：{what}", label=column.label, what=error.args[0]),
                    error.clause,
                )
            )
    unparsed = {fault.column for fault in faults}
    for column in sheet.columns:
        if column.required and values[column.name] is None and column.name not in unparsed:
            faults.append(Fault(sheet.name, number, column.name, Sentence("「{label}」が必要です", label=column.label)))
    return values, faults


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
