"""A list as a file: its own columns, every row, streamed; nothing that a spreadsheet would take for a formula."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from io import StringIO
from tempfile import TemporaryFile
from typing import Any

import xlsxwriter
from django.db.models import QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.utils.html import strip_tags
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString

from contracts.admin.kit.columns import NOTHING

BOM = "\ufeff"
ROWS_AT_ONCE = 1000
MOST_ROWS_OF_A_WORKBOOK = 100_000
"""A workbook is whole before any of it leaves: more rows would let whoever waits for it wait too long."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula; such a text gets an apostrophe before it."""
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Columns = Sequence[tuple[str, Callable[[Any], Any]]]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"[-−]?\d{1,3}(?:,\d{3})*")


def plain_text(value: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value


def cell(name: str, value: Any) -> Any:
    """What a column shows, as a file has it: days and numbers as such, links as their text, — as nothing."""
    if value is None or value == NOTHING:
        return None
    if isinstance(value, int | date):
        return value
    text = strip_tags(value) if isinstance(value, SafeString) else str(value)
    if _DAY.fullmatch(text):
        return date.fromisoformat(text)
    if name.endswith("_number") and _NUMBER.fullmatch(text):
        return int(text.replace(",", "").replace("−", "-"))
    return plain_text(text)


def rows_of(columns: Columns, rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """The cells, row by row; memory does not grow with them."""
    named = [(getattr(show, "__name__", ""), show) for _title, show in columns]
    for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
        yield [cell(name, show(row)) for name, show in named]


def csv_of(columns: Columns, rows: QuerySet[Any]) -> Iterator[str]:
    """The file in pieces, with a byte order mark, by which spreadsheets know its encoding."""
    piece = StringIO()
    writer = csv.writer(piece)
    piece.write(BOM)
    writer.writerow([title for title, _show in columns])
    for position, row in enumerate(rows_of(columns, rows), 1):
        writer.writerow(["" if value is None else value for value in row])
        if position % ROWS_AT_ONCE == 0:
            yield piece.getvalue()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue()


def taken_out(pieces: Iterator[str], name: str) -> StreamingHttpResponse:
    """The answer that lets a browser keep a CSV file."""
    answer = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, name)
    return answer


def workbook_of(columns: Columns, rows: QuerySet[Any], title: str) -> FileResponse:
    """The rows as a workbook, with a frozen heading and filters."""
    file: Any = TemporaryFile()  # noqa: SIM115 (the answer closes it)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as workbook:
        sheet = workbook.add_worksheet(title[:31])
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        number = workbook.add_format({"num_format": "#,##0;[Red]-#,##0"})
        heading = workbook.add_format({"bold": True, "bottom": 1, "bg_color": "#eef2f7"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, 18)
        for at, (name, _show) in enumerate(columns):
            sheet.write_string(0, at, name, heading)
        last = 0
        for last, row in enumerate(rows_of(columns, rows), 1):
            for at, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(last, at, datetime(value.year, value.month, value.day), day)
                elif isinstance(value, int):
                    sheet.write_number(last, at, value, number)
                elif value is not None:
                    sheet.write_string(last, at, value)
        sheet.autofilter(0, 0, last, len(columns) - 1)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{title}.xlsx", content_type=WORKBOOK)
