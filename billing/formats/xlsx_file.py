"""A report as a workbook: typed cells, a frozen heading, filters, totals; more than a sheet holds goes on to the next."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, BinaryIO

import xlsxwriter

from billing.formats.columns import JAPANESE, cells, headings, said
from billing.formats.xlsx_rows import RowSheet
from billing.reports.report import Kind, Report, Row

ROWS_A_SHEET = 1_000_000
A3, A4 = 8, 9
"""Papers, by the numbers that workbooks have for them."""
WIDEST_ON_A4 = 200
"""Characters beside each other that can still be read on one page."""


def write_xlsx(
    out: BinaryIO, report: Report, rows: Iterator[Row], *, language: str, month: date, until: date | None = None
) -> None:
    """Write the rows, with the sums of the totalled columns under the last. Memory stays bounded.

    The same rows make the same bytes: the workbook says that it was made on the first day of its ``month``.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as workbook:
        workbook.set_properties({"title": str(report.title), "created": datetime(month.year, month.month, 1)})
        months = f"{month:%Y-%m}" + (f" – {until:%Y-%m}" if until else "")
        _Sheets(workbook, report, language, months).write(rows)


class _Sheets:
    """The sheets of one workbook, filled row by row."""

    def __init__(self, workbook: Any, report: Report, language: str, months: str) -> None:
        self.workbook, self.report, self.language, self.months = workbook, report, language, months
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
        sheet = self.workbook.add_worksheet(title if number == 1 else f"{title} ({number})", RowSheet)
        sheet.rows_as([self.number if column.kind is Kind.YEN else None for column in self.report.columns], self.day)
        sheet.freeze_panes(1, 0)
        self._set_up(sheet, title)
        for position, column in enumerate(self.report.columns):
            sheet.set_column(position, position, column.width)
        for position, heading in enumerate(headings(self.report, self.language)):
            sheet.write_string(0, position, heading, self.heading)
        return sheet

    def _set_up(self, sheet: Any, title: str) -> None:
        """How it is printed: lying, as wide as the page, the headings on each of its numbered pages; on A3 what A4 would make too small."""
        wide = sum(column.width for column in self.report.columns) > WIDEST_ON_A4
        sheet.set_landscape()
        sheet.set_paper(A3 if wide else A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        sheet.set_header(f"&L{title}&R{self.months}")
        sheet.set_footer("&R&P / &N")

    def _filtered(self, sheet: Any, last: int) -> None:
        sheet.autofilter(0, 0, last, len(self.report.columns) - 1)

    def _write_row(self, sheet: RowSheet, at: int, row: Row) -> None:
        for position in self.totals:
            self.totals[position] += row[position] or 0
        sheet.write_values(at, cells(row, self.said_at))
