"""What an exported cell says, and what makes a text safe to open in a spreadsheet."""

from collections.abc import Callable
from functools import cache
from typing import Any

from billing.reports.report import Kind, Report, ReportColumn, Row
from contracts.terms.clause import spoken

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula; such a text gets a ' before it."""

JAPANESE, CODES = "ja", "en"
"""Headings for people, with names and spoken clauses in the cells; or for machines, with codes in them."""

Said = Callable[[Any], Any]


def headings(report: Report, language: str) -> list[str]:
    """The first row: the columns' headings in Japanese, or their names for machines."""
    return [column.name if language == CODES else str(column.label) for column in report.columns]


def harmless(value: str) -> str:
    """A text that a spreadsheet would take for a formula, with a ' before it."""
    return f"'{value}" if value.startswith(STARTS_A_FORMULA) else value


def said(report: Report, language: str) -> list[tuple[int, Said]]:
    """What becomes of a value on its way into a cell, by position; days and numbers stay what they are."""
    found = ((position, _said(column, language)) for position, column in enumerate(report.columns))
    return [(position, said) for position, said in found if said is not None]


def _said(column: ReportColumn, language: str) -> Said | None:
    if column.kind is Kind.CLAUSE:
        return _clause if language == JAPANESE else harmless
    if column.kind is not Kind.TEXT:
        return None
    if column.names and language == JAPANESE:
        names = {code: str(name) for code, name in column.names.items()}
        return lambda code: names.get(code, code)
    return harmless


@cache
def _clause(clause: str) -> str:
    return spoken(clause)


def cells(row: Row, said_at: list[tuple[int, Said]]) -> list[Any]:
    """The row as its cells have it; None stays None: an empty cell."""
    shown = list(row)
    for position, say in said_at:
        if shown[position] is not None:
            shown[position] = say(shown[position])
    return shown
