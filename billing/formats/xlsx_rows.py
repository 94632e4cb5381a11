"""A sheet that takes whole rows: what the library writes cell by cell, a tenth as dear, and to the byte the same.

Only for rows of plain texts, days and whole numbers, in a workbook of constant memory. Headings, sums and all that is around the rows are
the library's; so is how a text is escaped, which is asked of it once for each text that many rows have.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

TEXTS_KEPT = 20_000
"""Texts whose escaped form is kept: names, items and clauses come back in row after row."""
MOST_UTF_16 = 32_767
"""UTF-16 units that a cell holds; what is beyond them is cut off, as the library does."""


class RowSheet(Worksheet):  # type: ignore[misc]
    """A sheet of a workbook, to be had by ``add_worksheet(name, RowSheet)``."""

    def rows_as(self, formats: Sequence[Any], day: Any) -> None:
        """How the rows that follow are shown: a format for the numbers of each column or None, and the one of all days."""
        self._columns = [f'<c r="{xl_col_to_name(position)}' for position in range(len(formats))]
        self._numbers = [f'" s="{format._get_xf_index()}"><v>' if format else '"><v>' for format in formats]
        self._day = day
        self._text = lru_cache(TEXTS_KEPT)(self._inline)
        self._days = lru_cache(TEXTS_KEPT)(self._serial)

    def write_values(self, at: int, values: Sequence[str | date | int | None]) -> None:
        """Write a row below all that were written; '' and None are empty cells."""
        if at > self.previous_row:
            self._write_single_row(at)
        self._check_dimensions(at, 0)
        self._check_dimensions(at, len(values) - 1)
        row = at + 1
        said = [f'<row r="{row}">']
        for position, value in enumerate(values):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                said.append(f"{self._columns[position]}{row}{self._text(value)}")
            elif isinstance(value, date):
                said.append(f"{self._columns[position]}{row}{self._days(value)}")
            else:
                said.append(f"{self._columns[position]}{row}{self._numbers[position]}{value:.16G}</v></c>")
        said.append("</row>")
        if len(said) > 2:
            self.fh.write("".join(said))

    def _inline(self, text: str) -> str:
        if len(text) > MOST_UTF_16 // 2:
            text = text.encode("utf-16-le", "surrogatepass")[: 2 * MOST_UTF_16].decode("utf-16-le", "ignore")
        text = self._escape_control_characters(text)
        kept = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
        return f'" t="inlineStr"><is><t{kept}>{self._escape_data(text)}</t></is></c>'

    def _serial(self, day: date) -> str:
        serial = self._convert_date_time(datetime(day.year, day.month, day.day))
        return f'" s="{self._day._get_xf_index()}"><v>{serial:.16G}</v></c>'
