"""A report as CSV: UTF-8, with a BOM under Japanese headings so that a spreadsheet reads it by itself; cp932 when asked for."""

import csv
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from typing import Any, BinaryIO

from billing.formats.columns import CODES, cells, headings, said
from billing.reports.report import Report, Row

ROWS_A_BLOCK = 2000
BOM = "\ufeff"
UTF_8, CP932 = "utf-8", "cp932"


class UnwritableError(Exception):
    """A character that the encoding lacks: the row as a spreadsheet counts it (the heading is row 1), the column, the character."""

    def __init__(self, row: int, column: str, character: str) -> None:
        super().__init__(f"row {row}, {column}: {character!r}")
        self.row, self.column, self.character = row, column, character


def write_csv(out: BinaryIO, report: Report, rows: Iterator[Row], *, language: str, encoding: str = UTF_8) -> None:
    """Write the rows, block by block. Raises UnwritableError at the first character that the encoding lacks."""
    said_at, titles = said(report, language), headings(report, language)
    if encoding == UTF_8 and language != CODES:
        out.write(BOM.encode())
    out.write(_encoded([titles], titles, 1, encoding))
    first = 2
    while block := [cells(row, said_at) for row in islice(rows, ROWS_A_BLOCK)]:
        out.write(_encoded(block, titles, first, encoding))
        first += len(block)


def _encoded(block: list[list[Any]], titles: list[str], first: int, encoding: str) -> bytes:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(block)
    try:
        return text.getvalue().encode(encoding)
    except UnicodeEncodeError:
        raise _unwritable(block, titles, first, encoding) from None


def _unwritable(block: list[list[Any]], titles: list[str], first: int, encoding: str) -> UnwritableError:
    for number, row in enumerate(block, first):
        for title, value in zip(titles, row, strict=True):
            for character in str(value):
                try:
                    character.encode(encoding)
                except UnicodeEncodeError:
                    return UnwritableError(number, title, character)
    raise AssertionError("no character of the block was at fault")
