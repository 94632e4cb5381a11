"""Moves of contracts between units, as they stood in any revision: which unit a contract was, is and will be in."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from contracts.facts.holders import stood
from contracts.models import Move
from contracts.models.among import among
from contracts.terms.holders import in_force_on
from contracts.terms.stays import Stay
from contracts.terms.unit import Contract, Option, Unit


class Place(NamedTuple):
    """From which day on a contract is in which unit, by its id; when that was agreed, None for the first."""

    from_on: date
    unit_id: int
    agreed_on: date | None = None


class Chain(NamedTuple):
    """The units of one contract, one after the other; ``home`` is the one that it is listed under today."""

    number: str
    home: int
    places: tuple[Place, ...]
    ever: frozenset[int]
    """All units that it was ever moved into or out of, also by what was taken back."""


MOVED = (
    *("contract_id", "pk", "recorded_in", "withdrawn_in", "contract__target__number", "contract__target__unit_id"),
    *("origin_id", "unit_id", "from_on", "agreed_on"),
)
"""What is told of moves: columns of Move."""


def chains_of(units: Iterable[int], *, as_of: int | None = None) -> dict[int, Chain]:
    """Of the contracts that were ever moved into or out of those units: by the contract's id. One query."""
    return chains_from(moves_about(units).values_list(*MOVED), as_of)


def moves_about(units: Iterable[int]) -> QuerySet[Move]:
    """All moves, also those taken back, of the contracts that were ever moved into or out of those units."""
    ids = list(units)
    touching = Move.objects.filter(Q(among("origin_id", ids)) | Q(among("unit_id", ids)))
    return Move.objects.filter(contract_id__in=touching.order_by().values("contract_id"))


def chains_from(moves: Iterable[tuple[Any, ...]], as_of: int | None) -> dict[int, Chain]:
    """The chains of rows of the columns MOVED, in any order: a contract was first where its first move ever recorded took it from."""
    rows: dict[int, list[tuple[tuple[object, ...], bool]]] = {}
    for contract, _pk, recorded_in, withdrawn_in, *row in sorted(moves, key=itemgetter(1)):
        rows.setdefault(contract, []).append((tuple(row), stood(recorded_in, withdrawn_in, as_of)))
    return {contract: _chain(of_contract) for contract, of_contract in rows.items()}


def _chain(rows: list[tuple[tuple[object, ...], bool]]) -> Chain:
    number, home, first, *_rest = rows[0][0]
    places = [Place(row[4], row[3], row[5]) for row, stands in rows if stands]  # type: ignore[arg-type]
    ever = frozenset(unit for row, _stands in rows for unit in (row[2], row[3]))
    return Chain(str(number), home, (Place(date.min, first), *sorted(places)), ever)  # type: ignore[arg-type]


def with_stays(units: Mapping[int, Unit], known: Mapping[int, Unit], chains: Iterable[Chain]) -> dict[int, Unit]:
    """The units with the stays of what was moved: what is going to come is put beside what they have, and of what has left they
    are judged from the day on which it did. ``known``: every unit of the chains.
    """
    found = dict(units)
    for chain in chains:
        # Also of a unit into which a move was taken back it is known that there was one.
        for pk in chain.ever & set(found):
            found[pk] = replace(found[pk], told_from=found[pk].told_from or date.min)
        # Where it is listed today is the last place that has come; it may come back to a unit later.
        here = max(at for at, place in enumerate(chain.places) if place.unit_id == chain.home or at == 0)
        for at, place in enumerate(chain.places):
            if place.unit_id not in found:
                continue
            after = chain.places[at + 1] if at + 1 < len(chain.places) else None
            unit = found[place.unit_id]
            if at < here:
                assert after is not None
                found[place.unit_id] = replace(unit, told_from=max(unit.told_from or date.min, after.from_on))
                continue
            stay = _stay(chain, at, known)
            unit = replace(unit, stays={**unit.stays, chain.number: stay})
            found[place.unit_id] = unit if at == here else _beside(unit, known[chain.home], chain.number)
    return found


def _stay(chain: Chain, at: int, known: Mapping[int, Unit]) -> Stay:
    place = chain.places[at]
    after = chain.places[at + 1] if at + 1 < len(chain.places) else None
    since = None
    if place.agreed_on is not None:
        before = chain.places[at - 1].unit_id
        if _holder(known[before], place.from_on) != _holder(known[place.unit_id], place.from_on):
            since = min(place.agreed_on, place.from_on)
    return Stay(
        first=place.from_on,
        stop=after.from_on if after else None,
        came=place.agreed_on,
        leaves=after.agreed_on if after else None,
        consents_from=since,
    )


def _holder(unit: Unit, day: date) -> str:
    transfer = in_force_on(unit.transfers, day)
    return transfer.receiver if transfer else unit.customer


def _beside(unit: Unit, home: Unit, number: str) -> Unit:
    """The unit with a contract of another that is going to come, its options, and all that is known of them."""
    contracts: tuple[Contract, ...] = tuple(one for one in home.contracts if one.number == number)
    options: tuple[Option, ...] = tuple(one for one in home.options if one.contract == number)
    numbers = {number} | {one.number for one in options}
    linked = {one.linked_service: home.linked[one.linked_service] for one in contracts if one.linked_service}
    return replace(
        unit,
        contracts=unit.contracts + contracts,
        options=unit.options + options,
        changes=unit.changes + tuple(change for change in home.changes if change.target in numbers),
        notices=unit.notices + tuple(notice for notice in home.notices if notice.target in numbers),
        linked={**linked, **unit.linked},
    )
