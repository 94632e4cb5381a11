"""Outages and breaches that somebody has to do something about, and what was decided on claims: read in sets for the worklist."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.contrib.auth.models import User
from django.utils import timezone

from contracts.judge.claims import BREACH, CLAUSES, OUTAGE, Incident, Told, counting_beside
from contracts.judge.outcomes import Decided
from contracts.models import Entry, Outage
from contracts.models.at_once import Row
from contracts.models.bulk import slices
from contracts.terms.art15_claims import whole_units


class OfUnits(NamedTuple):
    """By unit, what somebody has to do about its outages and breaches, and what another decided lately on a claim that one entered."""

    open: defaultdict[int, list[Incident]]
    decided: defaultdict[int, list[Decided]]


def incidents_of(outages: Iterable[Row], breaches: Iterable[Row]) -> OfUnits:
    """Outages and breaches as they were read (contracts.operations.work_read): those that are open, and those that were decided lately.

    Two queries where any was decided: who entered a claim, its entry of the history tells. One of the book was entered, and decided, outside.
    """
    rows = [_Row._make((OUTAGE, *row, "")) for row in outages]
    rows += [_Row._make((BREACH, *said, None, guarantee)) for *said, guarantee in breaches]
    return OfUnits(_open([row for row in rows if not row.decision]), _decided([row for row in rows if row.decision]))


class _Row(NamedTuple):
    """One outage or breach as it is stored."""

    kind: str
    pk: int
    unit_id: int
    number: str
    fault: str
    source: str
    claimed_on: date | None
    decision: str
    why: str
    decided_by: str
    decided_on: date | None
    began_at: datetime
    restored_at: datetime | None
    guarantee: str


def _open(rows: Sequence[_Row]) -> defaultdict[int, list[Incident]]:
    beside = _beside(rows)
    found: defaultdict[int, list[Incident]] = defaultdict(list)
    for row in rows:
        others = (one for one in beside[row.number] if one.began_at != row.began_at)
        found[row.unit_id].append(
            Incident(
                kind=row.kind,
                pk=row.pk,
                guarantee=row.guarantee,
                contract=row.number,
                began_at=timezone.localtime(row.began_at),
                restored_at=timezone.localtime(row.restored_at) if row.restored_at else None,
                fault=row.fault,
                claimed_on=row.claimed_on,
                by_book=not row.source,
                beside=counting_beside(others, claimed=row.claimed_on is not None) if row.kind == OUTAGE else (),
            )
        )
    return found


def _decided(rows: Sequence[_Row]) -> defaultdict[int, list[Decided]]:
    """For whoever entered the claim, and did not decide it."""
    found: defaultdict[int, list[Decided]] = defaultdict(list)
    entered = _entered({row.unit_id for row in rows}) if rows else {}
    for row in rows:
        person = entered.get((row.kind, row.number, row.began_at))
        if person is not None and row.decided_on is not None and str(person) != row.decided_by:
            told = (row.decided_on, row.decided_by, person.pk, row.claimed_on, row.why, str(row.pk))
            decided = Decided(f"claim_{row.decision}", row.number, *told, of=row.kind, clause=CLAUSES[row.kind])
            found[row.unit_id].append(decided)
    return found


_BEGAN = {OUTAGE: "known_at", BREACH: "occurred_at"}
"""The column that tells one incident of a contract from another."""


def _entered(unit_ids: Collection[int]) -> dict[tuple[str, str, datetime], User]:
    """Who last put a claim on record, by what it is for, the contract and when that began."""
    entries = Entry.objects.filter(operation="receive_claim", unit__in=unit_ids).order_by("pk")
    actors = {
        (kind, number, datetime.fromisoformat((after or {})[_BEGAN[kind]])): actor
        for kind, number, actor, after in entries.values_list("record", "subject", "actor", "after")
    }
    people = {str(person): person for person in User.objects.filter(username__in={*actors.values()})}
    return {of: people[actor] for of, actor in actors.items() if actor in people}


def _beside(rows: Iterable[_Row]) -> defaultdict[str, list[Told]]:
    """All outages of the contracts of which one is too short by itself (I-38), by the contract's number; one query where any is."""
    found: defaultdict[str, list[Told]] = defaultdict(list)
    ended = [(row.number, timezone.localtime(row.began_at), row.restored_at) for row in rows if row.restored_at]
    short = {number for number, began_at, restored_at in ended if not whole_units(began_at, restored_at)}
    for some in slices(sorted(short)):
        outages = Outage.objects.standing().filter(contract__target__number__in=some)
        columns = ("contract__target__number", "known_at", "restored_at", "fault", "claimed_on", "decision")
        for number, began_at, restored_at, *told in outages.values_list(*columns):
            over = timezone.localtime(restored_at) if restored_at else None
            found[number].append(Told(timezone.localtime(began_at), over, *told))
    return found
