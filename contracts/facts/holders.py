"""契約者 of a unit over time: who held its contracts first and the transfers since, as they stood in any revision of the facts.

``ManagementUnit.customer`` is the holder of the day on which the unit was last looked at, for lists and pages; nothing that is
judged or billed rests on it.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from contracts.facts.ids import ById
from contracts.models import ManagementUnit, Transfer
from contracts.models.among import among
from contracts.terms.holders import Transferred


class Holding(NamedTuple):
    """From which day on which customer, by its id, holds the contracts of a unit; by a merger with the holder before, or not."""

    from_on: date
    customer_id: int
    merged: bool = False


Holdings = tuple[Holding, ...]
"""In the order of days; the first from the beginning."""


class Held(NamedTuple):
    """The holders of units, by the unit's id; and the units that contracts were ever moved into or out of."""

    holders: dict[int, Holdings]
    moved: list[int]


_TRANSFER = ("pk", "giver_id", "receiver_id", "kind", "from_on", "recorded_in", "withdrawn_in")
HOLDERS = ById(
    ManagementUnit.objects.all, "pk", "customer_id", "contracts_moved", *(f"transfers__{name}" for name in _TRANSFER)
)
"""What is asked of units to know their holders, a row a transfer."""


def holdings_of(unit_ids: Collection[int]) -> dict[int, Holdings]:
    """The holders of those units, by the unit's id: one query."""
    return held_by(HOLDERS.named(ids=unit_ids)).holders


def held_by(rows: Iterable[tuple[Any, ...]], *, as_of: int | None = None) -> Held:
    """The holders of units, and which of them contracts were moved between, of the rows of HOLDERS.

    Who held a unit first is told by the first transfer that was ever recorded of it, also where it stands no more.
    """
    # The order of the few that were transferred is made here: the others need none.
    told: dict[int, list[tuple[int, tuple[Any, ...]]]] = {}
    found: dict[int, Holdings] = {}
    between: set[int] = set()
    for unit, customer, moves, pk, *transfer in rows:
        if moves:
            between.add(unit)
        if pk is None:
            found[unit] = (Holding(date.min, customer),)
        else:
            told.setdefault(unit, []).append((pk, tuple(transfer)))
    for unit, rows in told.items():
        rows.sort()
        standing = [
            Holding(from_on, receiver, kind == "merger")
            for _pk, (_giver, receiver, kind, from_on, *stamps) in rows
            if stood(stamps[0], stamps[1], as_of)
        ]
        found[unit] = (Holding(date.min, rows[0][1][0]), *sorted(standing))
    return Held(found, sorted(between))


class HeldUnits(NamedTuple):
    """Of units, by id: code and first holder, the transfers that stood, the holders; and the ids of those that contracts were ever
    moved into or out of."""

    named: dict[int, tuple[str, str]]
    transfers: dict[int, list[Transferred]]
    holders: dict[int, Holdings]
    moved: list[int]

    def together(self, other: "HeldUnits") -> "HeldUnits":
        """These units and others; ``moved`` is of these alone."""
        return HeldUnits(
            self.named | other.named, self.transfers | other.transfers, self.holders | other.holders, self.moved
        )


HELD = (
    *("pk", "transfers__pk", "code", "customer__code", "customer_id", "contracts_moved", "transfers__giver__code"),
    *("transfers__receiver__code", "transfers__agreed_on", "transfers__giver_id", "transfers__receiver_id"),
    *("transfers__kind", "transfers__from_on", "transfers__recorded_in", "transfers__withdrawn_in"),
)
"""What is told of units by themselves and by their transfers, a row a transfer: columns of ManagementUnit."""


def held_units(unit_ids: Iterable[int], as_of: int | None) -> HeldUnits:
    """What is told of units by themselves and by their transfers: one query."""
    return held_from(ManagementUnit.objects.filter(among("pk", unit_ids)).values_list(*HELD), as_of)


def held_from(rows: Iterable[tuple[Any, ...]], as_of: int | None) -> HeldUnits:
    """The same of rows of the columns HELD, in any order: who held a unit first is told by the first transfer ever recorded."""
    found = HeldUnits({}, {}, {}, [])
    for pk, _transfer, code, customer, customer_id, moves, giver, receiver, agreed_on, first, *passed in sorted(
        rows, key=lambda row: (row[0], row[1] or 0)
    ):
        if pk not in found.named:
            found.named[pk] = (code, giver or customer)
            found.holders[pk] = (Holding(date.min, first or customer_id),)
            if moves:
                found.moved.append(pk)
        receiver_id, kind, from_on, recorded_in, withdrawn_in = passed
        if giver and stood(recorded_in, withdrawn_in, as_of):
            found.transfers.setdefault(pk, []).append(
                Transferred(receiver=receiver, from_on=from_on, agreed_on=agreed_on)
            )
            found.holders[pk] = (*found.holders[pk], Holding(from_on, receiver_id, kind == "merger"))
    for pk, (begun, *later) in found.holders.items():
        found.holders[pk] = (begun, *sorted(later))
    return found


def stood(recorded_in: int, withdrawn_in: int | None, as_of: int | None) -> bool:
    """Whether a fact of those stamps stood in a revision; None: whether it stands now."""
    if as_of is None:
        return withdrawn_in is None
    return recorded_in <= as_of and (withdrawn_in is None or withdrawn_in > as_of)


def holder_on(holdings: Holdings, day: date) -> int:
    """The id of the customer who holds the unit on a day."""
    return [one for one in holdings if one.from_on <= day][-1].customer_id


def ever_held_by(customers: Iterable[int]) -> QuerySet[ManagementUnit]:
    """The units that one of those customers holds, held, or is going to hold."""
    ids = list(customers)
    moved = Transfer.objects.standing().filter(Q(giver__in=ids) | Q(receiver__in=ids)).values_list("unit_id", flat=True)
    # By ids that are at hand: joined in one query, the units of all customers would be read.
    passed = sorted(set(moved))
    held = Q(customer__in=ids)
    return ManagementUnit.objects.filter(held | Q(among("pk", passed)) if passed else held)


def held_now(holdings: Mapping[int, Holdings], on: date) -> dict[int, int]:
    """The id of the customer who holds each of the units on a day, by the unit's."""
    return {unit: holder_on(held, on) for unit, held in holdings.items()}


def passed_with(customer: int) -> QuerySet[Transfer]:
    """The transfers of units from a customer or to it, those that stand, are to come, or were taken back: a bill can have lines of each
    of these units, be it of days to come or of what a closed month billed."""
    return Transfer.objects.filter(Q(giver=customer) | Q(receiver=customer))
