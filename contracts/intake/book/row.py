"""A row of a book: its values by column, and what tells it from others of its sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contracts.intake.book.sheets import SHEETS


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


_COLUMNS = {sheet.name: tuple(column.name for column in sheet.columns) for sheet in SHEETS}


def plain_of(row: Row) -> list[Any]:
    """The row's values without their names, in the order of the sheet's columns: as it is put away and handed on."""
    return [row.values[name] for name in _COLUMNS[row.sheet]]


def row_of(sheet: str, number: int, plain: Sequence[Any]) -> Row:
    """The row again. Raises ValueError where the values are not those of such a sheet."""
    return Row(sheet, number, dict(zip(_COLUMNS[sheet], plain, strict=True)))


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
