"""What is wrong with the lines of a form by themselves and beside the unit's facts, before the unit is judged as a whole."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from contracts import models
from contracts.facts.price_days import PriceDay
from contracts.intake.book.read import Row, key_of
from contracts.intake.book.settle import settle
from contracts.intake.faults import Fault
from contracts.intake.form import Rows
from contracts.intake.known import Known, numbers_taken, unknown_references
from contracts.terms.catalog import Category
from contracts.terms.unit import Unit


def settled_rows(rows: Rows, before: Unit, faults: list[Fault]) -> tuple[dict[str, list[Row]], list[Row]]:
    """The rows in the form in which they are stored, and contracts that have a fault of their own.

    Both are judged: the unit would have them, and no violation is to hide behind a fault. Only the former are written.
    """
    module_of = {c.number: (str(c.module.module_type), c.module.kind) for c in before.contracts if c.module}
    option_types = {option.number: str(option.option) for option in before.options}
    settled: dict[str, list[Row]] = {name: [] for name in rows.rows}
    half_read = []
    for sheet, found in rows.rows.items():
        for row in found:
            meant, own = settle(row, module_of, option_types)
            if sheet == "contracts":
                module_of[meant.values["number"]] = meant.values["module_type"] or "", meant.values["kind"] or ""
            faults += own
            if not own or sheet == "options":
                settled[sheet].append(meant)
            elif sheet == "contracts" and (meant.values["module_type"] or meant.values["category"] != Category.MODULE):
                half_read.append(_blank_names(meant))
    return settled, half_read


def _blank_names(row: Row) -> Row:
    names = {name: row.values[name] or "" for name in ("kind", "item")}
    return Row(row.sheet, row.number, {**row.values, **names})


def leave_out_unknown(settled: Mapping[str, list[Row]], known: Known) -> list[Fault]:
    """What a row names has to be of this unit, or of this application; options, changes and prices of nothing are left out."""
    faults = []
    for sheet in ("contracts", "options", "changes", "prices"):
        for row in list(settled[sheet]):
            found = unknown_references(row, known, {}, in_unit=True)
            faults += found
            if found and sheet != "contracts":
                settled[sheet].remove(row)
    return faults


def taken_numbers(settled: Mapping[str, list[Row]]) -> list[Fault]:
    """A number that was typed has to be new, in the database and on the form."""
    wanted = {row.values["number"] for sheet in ("contracts", "options") for row in settled[sheet]}
    rows = models.Target.objects.filter(number__in=wanted).values_list("number", "kind") if wanted else ()
    taken = {number: "options" if kind == "option" else "contracts" for number, kind in rows}
    return numbers_taken(settled, taken, concluded=True)


def already_there(settled: Mapping[str, list[Row]], before: Unit, prices: Iterable[PriceDay]) -> list[Fault]:
    """One change of one thing of one target a day and application; one price of one fee of one target from a day on.

    A monthly price that comes with a further change of its day takes the place of the one that came before it (I-53).
    """
    faults = []
    changed: set[tuple[Any, ...]] = set()
    for row in settled["changes"]:
        if row.key in changed:
            faults.append(Fault("changes", row.number, "effective_on", "この日には、同じ事項の変更が既にあります"))
        changed.add(row.key)
    again = {(change.target, change.effective_on) for change in before.changes} & {
        (row.values["target"], row.values["effective_on"]) for row in settled["changes"]
    }
    priced = {key_of("prices", price._asdict()) for price in prices if not _gives_way(price, again)}
    for row in settled["prices"]:
        if row.key in priced:
            faults.append(Fault("prices", row.number, "from_on", "この日からの同じ費目の料金が既にあります", "13"))
        priced.add(row.key)
    return faults


def _gives_way(price: PriceDay, again: set[tuple[str, date]]) -> bool:
    """Whether a price stands from a day on which its target is changed once more."""
    return price.fee == "monthly" and price.from_on is not None and (price.target, price.from_on) in again
