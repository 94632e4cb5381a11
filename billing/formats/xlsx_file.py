"""A report as a workbook: typed cells, a frozen heading, filters, totals; more than a sheet holds goes on to the next."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, BinaryIO

import xlsxwriter

from billing.formats.columns import JAPANESE, cells, headings, said
from billing.reports.report import Kind, Report, Row

ROWS_A_SHEET = 1_000_000


def write_xlsx(out: BinaryIO, report: Report, rows: Iterator[Row], *, language: str, month: date) -> None:
    """Write the rows, with the sums of the totalled columns under the last. Memory stays bounded.

    The same rows make the same bytes: the workbook says that it was made on the first day of its ``month``.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as workbook:
        workbook.set_properties({"title": str(report.title), "created": datetime(month.year, month.month, 1)})
        _Sheets(workbook, report, language).write(rows)


class _Sheets:
    """The sheets of one workbook, filled row by row."""

    def __init__(self, workbook: Any, report: Report, language: str) -> None:
        self.workbook, self.report, self.language = workbook, report, language
        self.said_at = said(report, language)
        self.day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self.number = workbook.add_format({"num_format": "#,##0;[Red]-#,##0"})
        self.heading = workbook.add_format({"bold": True, "bottom": 1, "bg_color": "#eef2f7", "valign": "vcenter"})
        self.total = workbook.add_format({"num_format": "#,##0;[Red]-#,##0", "bold": True, "top": 1})
        self.totals = dict.fromkeys(report.totalled, 0)
        self.count = 0

    def write(self, rows: Iterator[Row]) -> None:
        """Every row, then the totals."""
        sheet, last = self._new_sheet(1), 0
        for row in rows:
            if last == ROWS_A_SHEET:
                self._filtered(sheet, last)
                sheet, last = self._new_sheet(self.count // ROWS_A_SHEET + 1), 0
            last += 1
            self.count += 1
            self._write_row(sheet, last, row)
        self._filtered(sheet, last)
        if self.totals:
            sheet.write_string(last + 1, 0, "合計" if self.language == JAPANESE else "total", self.total)
            for position, total in self.totals.items():
                sheet.write_number(last + 1, position, total, self.total)

    def _new_sheet(self, number: int) -> Any:
        title = str(self.report.title) if self.language == JAPANESE else self.report.name
        sheet = self.workbook.add_worksheet(title if number == 1 else f"{title} ({number})")
        sheet.freeze_panes(1, 0)
        for position, column in enumerate(self.report.columns):
            sheet.set_column(position, position, column.width)
        for position, heading in enumerate(headings(self.report, self.language)):
            sheet.write_string(0, position, heading, self.heading)
        return sheet

    def _filtered(self, sheet: Any, last: int) -> None:
        sheet.autofilter(0, 0, last, len(self.report.columns) - 1)

    def _write_row(self, sheet: Any, at: int, row: Row) -> None:
        for position in self.totals:
            self.totals[position] += row[position] or 0
        for position, value in enumerate(cells(row, self.said_at)):
            if isinstance(value, date):
                sheet.write_datetime(at, position, datetime(value.year, value.month, value.day), self.day)
            elif isinstance(value, int):
                plain = self.report.columns[position].kind is not Kind.YEN
                sheet.write_number(at, position, value, None if plain else self.number)
            elif value:
                sheet.write_string(at, position, value)
