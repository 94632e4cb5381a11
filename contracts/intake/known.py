"""What a row can refer to, and what it may not be called: the same for a book and for a form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.intake.book.read import Row
from contracts.intake.book.sheets import BY_NAME
from contracts.intake.faults import Fault
from contracts.intake.sentence import Sentence

REFERENCES = {
    "units": (("customer", "customers"),),
    "contracts": (("unit", "units"), ("linked_service", "linked_services")),
    "options": (("contract", "contracts"),),
    "changes": (("target", "contracts"),),
    "prices": (("target", "contracts"),),
    "notices": (("target", "contracts"),),
    "outages": (("contract", "contracts"),),
    "breaches": (("contract", "contracts"),),
}
"""Which columns of a sheet name a row of which other."""
BY_TARGET = frozenset({"changes", "prices", "notices"})
"""Sheets whose target is a contract or an option."""


@dataclass(slots=True)
class Known:
    """What a row can refer to: rows of the database that are named, and the book's or the form's own."""

    customers: dict[str, dict[str, Any]] = field(default_factory=dict)
    units: dict[str, dict[str, Any]] = field(default_factory=dict)
    linked_services: dict[str, dict[str, Any]] = field(default_factory=dict)
    contracts: dict[str, dict[str, Any]] = field(default_factory=dict)
    options: dict[str, dict[str, Any]] = field(default_factory=dict)

    def unit_of(self, target: str) -> str | None:
        """The code of the unit of a contract or an option."""
        contract = self.options[target]["contract"] if target in self.options else target
        row = self.contracts.get(contract)
        return row["unit"] if row else None


Unreadable = Mapping[str, Iterable[Any]]
"""By sheet the codes and numbers of rows that could not be read: what refers to them is not called unknown too."""


def unknown_references(row: Row, known: Known, unreadable: Unreadable, *, in_unit: bool = False) -> list[Fault]:
    """What the row names and nobody knows; ``in_unit``: only what is of one management unit is known."""
    faults = []
    for column, sheet in REFERENCES.get(row.sheet, ()):
        name = row.values[column]
        if name is None or name in getattr(known, sheet) or name in unreadable.get(sheet, ()):
            continue
        if row.sheet in BY_TARGET and (name in known.options or name in unreadable.get("options", ())):
            continue
        if in_unit and sheet == "contracts":
            message = Sentence("「{number}」はこの管理単位にありません", number=name)
        else:
            label = BY_NAME[row.sheet].column(column).label
            message = Sentence("{label}「{name}」がありません", label=label, name=name)
        faults.append(Fault(row.sheet, row.number, column, message, "7-3" if sheet == "linked_services" else ""))
    return faults


_TAKEN = "番号「{number}」は既に使われています"


def numbers_taken(rows: Mapping[str, list[Row]], taken: Mapping[str, str], *, concluded: bool) -> list[Fault]:
    """Numbers of contracts and options that are another's: ``taken`` has the sheet of every number in use.

    ``concluded``: the rows are agreed now, and each needs a number of its own; else a row may say again what is on record.
    """
    faults = []
    held = dict(taken)
    for sheet in ("contracts", "options"):
        for row in rows[sheet]:
            number = row.values["number"]
            other = held.get(number)
            if other is not None and (concluded or other != sheet):
                of_contract = sheet == "options" and other == "contracts"
                message = "契約番号と同じ番号です" if of_contract else Sentence(_TAKEN, number=number)
                faults.append(Fault(sheet, row.number, "number", message))
            held[number] = sheet
    return faults
