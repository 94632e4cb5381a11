"""A month's lines as a workbook: typed cells, a frozen heading, a total; more than a sheet holds goes on to the next."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from billing.formats.columns import YEN, harmless, headings
from billing.queries import ExportedLine

ROWS_A_SHEET = 1_000_000
WIDTHS = {"basis": 70, "customer": 14, "unit": 14, "contract": 16, "option": 16, "tax_category": 14}
AMOUNT = ExportedLine._fields.index("amount_yen")


def write_xlsx(path: Path, lines: Iterable[ExportedLine], *, language: str) -> int:
    """Write the lines, one a row, with the total of the amounts under the last; how many lines. Memory stays bounded."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as workbook:
        formats = {
            "heading": workbook.add_format({"bold": True, "bottom": 1, "bg_color": "#eef2f7"}),
            "day": workbook.add_format({"num_format": "yyyy-mm-dd"}),
            "number": workbook.add_format({"num_format": "#,##0"}),
            "total": workbook.add_format({"num_format": "#,##0", "bold": True, "top": 1}),
        }
        written = total = 0
        table: Any = None
        for line in lines:
            if written % ROWS_A_SHEET == 0:
                table = _new_sheet(workbook, f"{line.month} ({written // ROWS_A_SHEET + 1})", language, formats)
            _write_line(table, written % ROWS_A_SHEET + 1, line, formats)
            written += 1
            total += line.amount_yen
        if table is None:
            table = _new_sheet(workbook, "-", language, formats)
        last = (written - 1) % ROWS_A_SHEET + 2 if written else 1
        table.write_string(last, AMOUNT - 1, "合計" if language == "ja" else "total", formats["total"])
        table.write_number(last, AMOUNT, total, formats["total"])
    return written


def _new_sheet(workbook: Any, name: str, language: str, formats: dict[str, Any]) -> Any:
    table = workbook.add_worksheet(name)
    table.freeze_panes(1, 0)
    for position, column in enumerate(ExportedLine._fields):
        table.set_column(position, position, WIDTHS.get(column, 12))
    for position, heading in enumerate(headings(language)):
        table.write_string(0, position, heading, formats["heading"])
    return table


def _write_line(table: Any, row: int, line: ExportedLine, formats: dict[str, Any]) -> None:
    for position, (name, value) in enumerate(zip(ExportedLine._fields, line, strict=True)):
        if isinstance(value, date):
            table.write_datetime(row, position, datetime(value.year, value.month, value.day), formats["day"])
        elif isinstance(value, int):
            table.write_number(row, position, value, formats["number"] if name in YEN else None)
        elif value:
            table.write_string(row, position, harmless(value))
