"""Where in its file a book says what: the cell of a fault, for whoever has to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.intake.book.headings import Headings
from contracts.intake.book.notes import shown
from contracts.intake.book.table import Line, address, position
from contracts.intake.faults import Fault
from contracts.intake.sentence import Sentence

OF_A_LIST = {
    ("contracts", "unit"): "unit",
    **dict.fromkeys((("contracts", name) for name in ("category", "module_type")), "service"),
    ("contracts", "linked_service"): "linked_service",
    ("options", "option"): "service",
    ("options", "contract"): "contract",
    ("customers", "code"): "customer",
    ("customers", "name"): "customer",
    ("units", "code"): "unit",
    ("units", "name"): "unit",
    ("units", "customer"): "customer",
    ("linked_services", "code"): "linked_service",
    ("linked_services", "from_on"): "linked_from_on",
    ("linked_services", "service"): "service",
    ("linked_services", "premium_consent_on"): "linked_consent_on",
    ("prices", "target"): "number",
    ("prices", "amount_yen"): "monthly_yen",
    ("prices", "from_on"): "billing_starts_on",
}
"""Of which field of a list a column of the book was made, where the two are not called the same."""


@dataclass(frozen=True, slots=True)
class Place:
    """A sheet as its file has it: its name there, the row of its headings, and where each column and each heading stands."""

    table: str
    row: int
    columns: Mapping[str, int]
    headings: Mapping[str, int]
    is_list: bool = False

    def at(self, fault: Fault) -> int | None:
        """The position of the column that a fault is about; None where the sheet has none that could be meant."""
        name = fault.column
        if self.is_list and name not in self.headings:
            name = OF_A_LIST.get((fault.sheet, name), name)
        for found in (self.columns.get(name), self.headings.get(name)):
            if found is not None:
                return found
        return None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a file: the sheet as it is called there, and its place; row and column None where the whole sheet is meant."""

    table: str
    row: int | None = None
    column: int | None = None

    @property
    def address(self) -> str:
        """As spreadsheets call it; '' for a whole sheet."""
        return "" if self.row is None or self.column is None else address(self.row, self.column)


def place_of(table: str, heading: Line, found: Headings) -> Place:
    """The place of a sheet of the book."""
    columns = {column.name: at for at, column in found.columns.items()}
    return Place(table, heading[0], columns, headings_at(heading))


def headings_at(heading: Line) -> dict[str, int]:
    """Where each heading stands, as faults quote it; the first of two that are alike."""
    at: dict[str, int] = {}
    for position_, cell in sorted(heading[1].items()):
        at.setdefault(shown(cell), position_)
    return at


def cell_of(fault: Fault, places: Mapping[str, Place]) -> Cell | None:
    """The cell that a fault is about; a whole sheet where it names no row; None where it is about the book.

    A fault of a row whose column is not in the sheet stands at the row's first column: there is no better cell to mend it.
    """
    place = places.get(fault.sheet) or next((place for place in places.values() if place.is_list), None)
    if place is None or not fault.sheet:
        return Cell(fault.sheet) if fault.sheet else None
    if fault.row is None:
        return Cell(place.table)
    named = _named(fault)
    if named is not None:
        return Cell(place.table, *named)
    at = place.at(fault)
    if at is None:
        at = min(place.columns.values(), default=min(place.headings.values(), default=0))
    return Cell(place.table, fault.row, at)


def _named(fault: Fault) -> tuple[int, int] | None:
    """The cell that the fault's own sentence names."""
    said = fault.message.values.get("cell") if isinstance(fault.message, Sentence) else None
    if not isinstance(said, str):
        return None
    try:
        return position(said)
    except ValueError:
        return None
