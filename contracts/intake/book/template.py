"""The empty book: Japanese headings, one example row a sheet, drop-downs of the catalogue, and on each heading what the column is for.

The first cell of an example says that it is one; the reader passes such a row over, so that a template sent back as it is brings
nothing.
"""

import tomllib
from collections.abc import Mapping
from datetime import datetime, time
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from contracts.intake.book import cells, written
from contracts.intake.book.sheets import SHEETS, Sheet, SheetColumn
from contracts.intake.book.write import DAY_FORMAT, MOMENT_FORMAT
from contracts.terms import catalog

_COLUMNS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("columns.toml").read_text(encoding="utf-8"))
HELP: dict[str, dict[str, str]] = _COLUMNS["help"]
"""What a column is for, by sheet and column."""
EXAMPLE: dict[str, dict[str, Any]] = _COLUMNS["example"]
WORDS: dict[str, str] = _COLUMNS["words"]
"""What else stands in it; how the first cell of an example begins (``mark``) is known to the reader from people.toml."""
_ROWS = 5_000
"""Rows that have drop-downs."""
_MADE_ON = datetime(2025, 1, 1)
"""The same template always has the same bytes."""


def choices() -> dict[tuple[Any, str], list[str]]:
    """What can be chosen in a column, by how it is read, and for kinds and items, which are names, by the column too."""
    kinds = list(dict.fromkeys(kind for _type, kind in catalog.ITEMS if kind))
    items = list(dict.fromkeys(item for found in catalog.ITEMS.values() for item in found))
    return {
        (cells.category, ""): list(catalog.CATEGORY_NAMES.values()),
        (cells.module_type, ""): list(catalog.MODULE_TYPE_NAMES.values()),
        (cells.service, ""): list(catalog.SERVICE_NAMES.values()),
        (cells.option, ""): list(catalog.OPTION_NAMES.values()),
        (cells.licence_type, ""): list(catalog.LICENCE_NAMES.values()),
        (cells.product, ""): list(catalog.PRODUCT_NAMES.values()),
        (cells.fee, ""): list(cells.FEES.values()),
        (cells.what, ""): list(cells.CHANGED.values()),
        (cells.ground, ""): list(cells.GROUNDS.values()),
        (cells.guarantee, ""): list(cells.GUARANTEES.values()),
        (cells.yes, ""): ["はい"],
        (cells.name, "kind"): kinds,
        (cells.name, "item"): items,
    }


def write_template(out: BinaryIO, *, english: bool = False) -> None:
    """Write the template as a workbook."""
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        workbook.set_properties({"created": _MADE_ON})
        formats = {
            "needed": workbook.add_format({"bold": True, "bottom": 1, "bg_color": "#DCE6F5", "valign": "vcenter"}),
            "free": workbook.add_format({"bottom": 1, "bg_color": "#F1F4F9", "valign": "vcenter"}),
            "example": workbook.add_format({"italic": True, "font_color": "#6B7686"}),
            "example_day": workbook.add_format({"italic": True, "font_color": "#6B7686", "num_format": DAY_FORMAT}),
            "example_moment": workbook.add_format(
                {"italic": True, "font_color": "#6B7686", "num_format": MOMENT_FORMAT}
            ),
            "day": workbook.add_format({"num_format": DAY_FORMAT}),
            "moment": workbook.add_format({"num_format": MOMENT_FORMAT}),
            "": None,
        }
        sheets = [sheet for sheet in SHEETS if sheet.name in HELP]
        tables = [workbook.add_worksheet(sheet.name if english else sheet.label) for sheet in sheets]
        ranges = _write_choices(workbook)
        for sheet, table in zip(sheets, tables, strict=True):
            table.freeze_panes(1, 0)
            for at, column in enumerate(sheet.columns):
                _write_column(table, at, column, sheet, formats, ranges, english=english)


@cache
def template() -> bytes:
    """The template of people here. It hangs on the code alone, and drawing one up takes as long as five pages."""
    file = BytesIO()
    write_template(file)
    return file.getvalue()


def _write_choices(workbook: Any) -> dict[tuple[Any, str], str]:
    """A hidden sheet of what can be chosen, and the range of each list: in a cell's own rule a long list finds no room."""
    table = workbook.add_worksheet(WORDS["choices"])
    table.hide()
    ranges = {}
    for at, (of, names) in enumerate(choices().items()):
        for row, name in enumerate(names):
            table.write_string(row, at, name)
        letter = chr(ord("A") + at)
        ranges[of] = f"={WORDS['choices']}!${letter}$1:${letter}${len(names)}"
    return ranges


def _write_column(
    table: Any,
    at: int,
    column: SheetColumn,
    sheet: Sheet,
    formats: Mapping[str, Any],
    ranges: Mapping[tuple[Any, str], str],
    *,
    english: bool,
) -> None:
    kind = "day" if column.parse is cells.day else "moment" if column.parse is cells.moment else ""
    table.set_column(at, at, max(14, 2 * len(column.label) + 4), formats[kind])
    table.write_string(
        0, at, column.name if english else column.label, formats["needed" if column.required else "free"]
    )
    needed = WORDS["needed" if column.required else "free"]
    table.write_comment(0, at, f"{HELP[sheet.name][column.name]}\n{needed}", {"width": 260, "height": 110})
    example = EXAMPLE[sheet.name].get(column.name)
    if at == 0:
        example = f"{WORDS['mark']}{example}"
    if kind and example is not None:
        found = (written.moment if kind == "moment" else written.day)(example)
        assert found is not None, (sheet.name, column.name)
        value = found[0] if isinstance(found[0], datetime) else datetime.combine(found[0], time())
        table.write_datetime(1, at, value, formats[f"example_{kind}"])
    elif example is not None:
        table.write(1, at, example, formats["example"])
    source = ranges.get((column.parse, "")) or ranges.get((column.parse, column.name))
    if source is not None:
        rule = {"validate": "list", "source": source, "error_type": "warning"}
        rule |= {"error_title": column.label, "error_message": WORDS["other"]}
        table.data_validation(1, at, _ROWS, at, rule)
