"""What the closed months of the ledger have billed and hold, by target, to be set against what is owed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import QuerySet

from billing.facts.policy import policies
from billing.facts.span import Units, targets_of
from billing.models import ChargeLine, HeldSettlement, Month, ParkedTarget
from billing.terms.account import Fee, Line, TaxCategory
from billing.terms.corrections import HeldStanding, Sums, add, month_of_end
from billing.terms.policy import Policy, policy_on
from contracts.facts.ids import Ids
from contracts.facts.known import NOW, Known
from contracts.models.among import among
from contracts.models.at_once import Row, at_once

OF_HELD = "held "
"""How the cause of a settlement begins that was held and that finance billed: the id of what was held follows."""

LINE = list(Line._fields)


Whose = tuple[int, int]
"""The ids of a target and of the unit that it belonged to."""


@dataclass(slots=True)
class Billed:
    """By target and unit: what was billed by month and fee, corrections counted to what they correct; and the settlement that is held."""

    sums: defaultdict[Whose, Sums] = field(default_factory=lambda: defaultdict(dict))
    standing: dict[Whose, HeldStanding] = field(default_factory=dict)


class Closed(NamedTuple):
    """A closed month: its id, the last entry of the history that it has seen, and finance's choices that counted in it."""

    pk: int
    month: date
    entries_seen: int
    policy: Policy


def closed_until(moment: datetime | None = None) -> dict[date, Closed]:
    """The closed months in their order: all, or those that were closed before a moment."""
    rows = Month.objects.exclude(closed_at=None) if moment is None else Month.objects.filter(closed_at__lt=moment)
    found = rows.order_by("month").values_list("pk", "month", "entries_seen")
    return {month: Closed(pk, month, seen, policy_on(policies(), month)) for pk, month, seen in found}


def closed_months() -> dict[date, Policy]:
    """The closed months in their order, each with finance's choices that counted in it."""
    months = Month.objects.exclude(closed_at=None).order_by("month").values_list("month", flat=True)
    return {month: policy_on(policies(), month) for month in months}


_BILLED = ("target_id", "unit_id", "customer_id", "month__month", "corrects_month", "corrects_fee", *LINE)
_HELD = ("target_id", "unit_id", "customer_id", "decided__decision", "decided__decided_on", *LINE)


def billed(units: Units, known: Known = NOW, *, targets: Ids | None = None) -> Billed:
    """What the closed months hold of the units' targets, by their ids and the units'; ``known``: those that were closed by then.
    ``targets``: those of the units (targets_of), where they have been read.

    A held settlement counts as billed from finance's decision on; its line follows in the next month that is closed.
    """
    targets = targets or targets_of(units)
    lines, held = (rows.order_by("pk") for rows in _of_closed(units, known))
    return _billed(targets.rows(lines, *_BILLED), targets.rows(held, *_HELD), known)


def _of_closed(units: Units, known: Known) -> tuple[QuerySet[Any, Any], QuerySet[Any, Any]]:
    """The lines of closed months of the units, and the settlements held in them."""
    models = (ChargeLine, HeldSettlement)
    lines, held = (_in_closed(model._default_manager.filter(units.of("unit_id")), known) for model in models)
    return lines, held


def _billed(lines: Iterable[Row], held: Iterable[Row], known: Known) -> Billed:
    found = Billed()
    for target, unit, payer, month, corrects_month, corrects_fee, *values in lines:
        line = line_of(values)
        if not line.cause.startswith(OF_HELD):
            corrected = (corrects_month, Fee(corrects_fee)) if line.fee is Fee.CORRECTION else (month, line.fee)
            key = (*corrected, payer)
            add(found.sums[target, unit], key, line.amount_yen, line.tax_category, line.clause)
    for target, unit, payer, decision, decided_on, *values in held:
        line = line_of(values)
        if known.day is not None and decided_on is not None and decided_on > known.day:
            decision = None
        found.standing[target, unit] = HeldStanding(line, decision or "", payer)
        if decision == "billed":
            key = month_of_end(line), Fee.SETTLEMENT, payer
            add(found.sums[target, unit], key, line.amount_yen, line.tax_category, line.clause)
    return found


class OfFew(NamedTuple):
    """What the ledger has of a few units: what was billed and held, what months were closed without, and what finance decided to bill."""

    billed: Billed
    left_out: set[tuple[int, str]]
    to_bill: list[int]
    """The ids of the held settlements that were decided to be billed, in their order; they may be lines already."""


def ledger_of_few(units: Units, targets: Iterable[int], known: Known = NOW) -> OfFew:
    """All of that of the targets of a few units, as a page asks for it: one query, where the close asks table by table."""
    of_targets = among("target_id", targets)
    (lines, held), parked = _of_closed(units, known), _in_closed(ParkedTarget.objects.all(), known)
    decided = HeldSettlement.objects.filter(units.of("unit_id"), decided__decision="billed")
    if known.day is not None:
        decided = decided.filter(decided__decided_on__lte=known.day)
    found, holding, left, to_bill = at_once(
        (lines.filter(of_targets), ("pk", *_BILLED)),
        (held.filter(of_targets), ("pk", *_HELD)),
        (parked.filter(of_targets), ("target_id", "reason")),
        (decided.filter(of_targets), ("pk",)),
    )
    as_billed = _billed(_as_written(found), _as_written(holding), known)
    reasons = {(target, reason) for target, reason in left}
    return OfFew(as_billed, reasons, sorted(pk for (pk,) in to_bill))


def _as_written(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows that begin with their id, in its order and without it."""
    return (row[1:] for row in sorted(rows, key=itemgetter(0)))


def _in_closed(rows: QuerySet[Any, Any], known: Known) -> QuerySet[Any, Any]:
    """Of rows of months those of closed ones."""
    if known.moment is None:
        return rows.exclude(month__closed_at=None)
    return rows.filter(month__closed_at__lt=known.moment)


def left_out(targets: Ids, known: Known = NOW) -> set[tuple[int, str]]:
    """Those of the targets that closed months were closed without, and why: finance knows, and is not asked again for the same reason."""
    parked = _in_closed(ParkedTarget.objects.all(), known)
    return {(target, reason) for target, reason in targets.rows(parked, "target_id", "reason")}


def line_of(values: list[Any]) -> Line:
    """A line from the values of its columns LINE."""
    fee, first, last, quantity, price, amount, tax_category, *texts = values
    return Line(Fee(fee), first, last, quantity, price, amount, TaxCategory(tax_category), *texts)
