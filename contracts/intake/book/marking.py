"""A book given back with its faulty cells marked: coloured, with what is wrong in a comment, every other cell as it was.

The workbook is written anew from what was read: values in their cells, formulas as what they came to. A folder or an archive of text
comes back as a workbook.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from contracts.intake.book.flat import HEADINGS
from contracts.intake.book.headings import ALL_HEADINGS
from contracts.intake.book.places import Cell
from contracts.intake.book.sources import tables_of
from contracts.intake.book.table import Line

WHOLE_SHEET = (1, 0)
"""Where it is said what is wrong with a sheet as a whole: its first cell."""
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_LONGEST_NAME, _LONGEST_TEXT, _LONGEST_COMMENT = 31, 32_767, 1_000
FAULT, WARNING = "#F8CBAD", "#FFF2CC"
"""The colours of a cell with a fault, and of one that is only warned of."""
_DAY, _MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
_WIDEST = 40


@dataclass(frozen=True, slots=True)
class Marks:
    """What to say at which cells, by sheet, row (from 1) and column (from 0): the sentences, and whether one of them is a fault."""

    at: dict[str, dict[tuple[int, int], tuple[list[str], bool]]] = field(default_factory=dict)

    def add(self, cell: Cell, said: str, *, fault: bool) -> None:
        """Say something at a cell."""
        place = WHOLE_SHEET if cell.row is None or cell.column is None else (cell.row, cell.column)
        told, grave = self.at.setdefault(cell.table, {}).get(place, ([], False))
        self.at[cell.table][place] = (told if said in told else [*told, said], grave or fault)

    def as_json(self) -> dict[str, Any]:
        """For another process."""
        return {
            table: [[row, column, told, grave] for (row, column), (told, grave) in sorted(cells.items())]
            for table, cells in self.at.items()
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Iterable[Any]]) -> "Marks":
        """What ``as_json`` gave."""
        return cls(
            {
                table: {(row, column): (list(told), bool(grave)) for row, column, told, grave in cells}
                for table, cells in kept.items()
            }
        )


def write_marked(path: Path, marks: Marks, out: BinaryIO) -> None:
    """Write the book's tables into a workbook, marked. Raises UnreadableError where the book cannot be read to its end."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(out, options) as workbook:
        writer = _Writer(workbook)
        for table in tables_of(path, ALL_HEADINGS | HEADINGS):
            writer.sheet(table.name, table.lines, marks.at.get(table.name, {}), hidden=table.hidden)
        if not writer.names:
            writer.sheet("", iter(()), {})


class _Writer:
    """The sheets of the workbook, one after the other."""

    def __init__(self, workbook: Any) -> None:
        self.workbook, self.names = workbook, set[str]()
        self.formats: dict[tuple[str, str], Any] = {}

    def sheet(
        self,
        name: str,
        lines: Iterable[Line],
        marks: Mapping[tuple[int, int], tuple[list[str], bool]],
        *,
        hidden: bool = False,
    ) -> None:
        """One sheet. Cells come in the order of the rows, and so do the marks: a cell that holds nothing is marked all the same."""
        sheet = self.workbook.add_worksheet(self._name(name))
        if hidden and len(self.names) > 1:
            sheet.hide()
        by_row: dict[int, set[int]] = {}
        for row, column in marks:
            by_row.setdefault(row, set()).add(column)
        waiting = sorted(by_row, reverse=True)
        sheet.set_column(0, _WIDEST, 16)
        for number, cells in lines:
            while waiting and waiting[-1] < number:
                self._row(sheet, waiting[-1], {}, by_row[waiting.pop()], marks)
            marked = by_row[waiting.pop()] if waiting and waiting[-1] == number else set()
            self._row(sheet, number, cells, marked, marks)
        for number in reversed(waiting):
            self._row(sheet, number, {}, by_row[number], marks)

    def _row(
        self,
        sheet: Any,
        number: int,
        cells: Mapping[int, Any],
        marked: set[int],
        marks: Mapping[tuple[int, int], tuple[list[str], bool]],
    ) -> None:
        for column in sorted({*cells, *marked}):
            colour = ""
            if column in marked:
                told, grave = marks[number, column]
                colour = FAULT if grave else WARNING
                text = "\n".join(told)[:_LONGEST_COMMENT]
                lines = sum(1 + len(line) // 24 for line in text.split("\n"))
                sheet.write_comment(number - 1, column, text, {"width": 300, "height": min(20 + 18 * lines, 400)})
            self._cell(sheet, number - 1, column, cells.get(column), colour)

    def _cell(self, sheet: Any, row: int, column: int, value: Any, colour: str) -> None:
        if value is None:
            sheet.write_blank(row, column, None, self._format("", colour))
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, self._format("", colour))
        elif isinstance(value, datetime):
            sheet.write_datetime(row, column, value, self._format(_MOMENT, colour))
        elif isinstance(value, date):
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), self._format(_DAY, colour))
        elif isinstance(value, int | float) and math.isfinite(value):
            sheet.write_number(row, column, float(value), self._format("", colour))
        else:
            sheet.write_string(row, column, str(value)[:_LONGEST_TEXT], self._format("", colour))

    def _format(self, number: str, colour: str) -> Any:
        if not number and not colour:
            return None
        if (number, colour) not in self.formats:
            how = ({"num_format": number} if number else {}) | ({"bg_color": colour, "border": 1} if colour else {})
            self.formats[number, colour] = self.workbook.add_format(how)
        return self.formats[number, colour]

    def _name(self, name: str) -> str:
        """The name of the sheet, as a workbook may have it, once."""
        base = (_NOT_IN_NAMES.sub("_", name).strip("'") or "Sheet")[:_LONGEST_NAME]
        found, number = base, 1
        while found.casefold() in self.names:
            number += 1
            found = f"{base[: _LONGEST_NAME - 5]} ({number})"
        self.names.add(found.casefold())
        return found
