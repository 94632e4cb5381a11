"""What the lines of an application come to in a month, as they were typed: read as a book's cells are."""

from collections.abc import Iterable

from contracts.intake.book.cells import CellError, count, whole
from contracts.intake.form import Line


def monthly_asked(lines: Iterable[Line]) -> int:
    """The monthly fees that the lines name, in yen, of licences times their number; what cannot be read counts nothing."""
    return sum(_monthly(line) for line in lines)


def _monthly(line: Line) -> int:
    if not line.get("monthly_yen"):
        return 0
    try:
        number = line.get("quantity") or line.get("to_quantity")
        return whole(line["monthly_yen"]) * (count(number) if number else 1)
    except CellError:
        return 0
