"""Outages and breaches that somebody has to do something about, and what was decided on claims: read in sets for the worklist."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from contracts.facts.moments import start_of
from contracts.judge.claims import BREACH, CLAUSES, OUTAGE, Incident, Told, counting_beside
from contracts.judge.outcomes import Decided
from contracts.models import Breach, Entry, Outage
from contracts.models.bulk import slices
from contracts.terms.art15_claims import longest_claim, whole_units
from contracts.terms.unit import Unit


def incidents_of(units: Mapping[int, Unit], on: date) -> defaultdict[int, list[Incident]]:
    """Outages and breaches of the units whose claim can still come, or waits for a decision: two queries."""
    # Older incidents without a claim are not looked at: it could not come in time any more.
    since = start_of(on - longest_claim())
    undecided = Q(decision="", contract__target__unit__in=list(units))
    claimed = Q(claimed_on__isnull=False, source="recorded")
    names = ("contract__target__unit_id", "pk", "contract__target__number", "fault", "claimed_on", "source")
    outages = (
        Outage.objects.standing().filter(undecided, claimed | Q(claimed_on=None, restored_at__gte=since)).order_by("pk")
    )
    breaches = (
        Breach.objects.standing().filter(undecided, claimed | Q(claimed_on=None, occurred_at__gte=since)).order_by("pk")
    )
    rows = [(OUTAGE, "", *row) for row in outages.values_list(*names, "known_at", "restored_at")]
    rows += [
        (BREACH, guarantee, *row, None) for guarantee, *row in breaches.values_list("guarantee", *names, "occurred_at")
    ]
    beside = _beside(rows)
    found: defaultdict[int, list[Incident]] = defaultdict(list)
    for kind, guarantee, unit_id, pk, number, fault, claimed_on, source, began_at, restored_at in rows:
        found[unit_id].append(
            Incident(
                kind=kind,
                pk=pk,
                guarantee=guarantee,
                contract=number,
                began_at=timezone.localtime(began_at),
                restored_at=timezone.localtime(restored_at) if restored_at else None,
                fault=fault,
                claimed_on=claimed_on,
                by_book=not source,
                beside=counting_beside(
                    (one for one in beside[number] if one.began_at != began_at), claimed=claimed_on is not None
                )
                if kind == OUTAGE
                else (),
            )
        )
    return found


def _beside(rows: Iterable[tuple[Any, ...]]) -> defaultdict[str, list[Told]]:
    """All outages of the contracts of which one is too short by itself (I-38), by the contract's number; one query where any is."""
    found: defaultdict[str, list[Told]] = defaultdict(list)
    short = {
        row[4] for row in rows if row[0] == OUTAGE and row[-1] and not whole_units(timezone.localtime(row[-2]), row[-1])
    }
    for some in slices(sorted(short)):
        outages = Outage.objects.standing().filter(contract__target__number__in=some)
        columns = ("contract__target__number", "known_at", "restored_at", "fault", "claimed_on", "decision")
        for number, began_at, restored_at, *told in outages.values_list(*columns):
            over = timezone.localtime(restored_at) if restored_at else None
            found[number].append(Told(timezone.localtime(began_at), over, *told))
    return found


def decided_claims(units: Mapping[int, Unit], *, since: date) -> defaultdict[int, list[Decided]]:
    """By unit, the claims that another decided since that day, for whoever entered them: two queries, and two more where there are any.

    Who entered one, its entry of the history tells; a claim of the book was entered, and decided, outside.
    """
    found: defaultdict[int, list[Decided]] = defaultdict(list)
    decided = Q(decided_on__gte=since, source="recorded", contract__target__unit__in=list(units))
    claim = ("pk", "contract__target__unit_id", "contract__target__number", "claimed_on")
    answer = ("decision", "decision_reason", "decided_by", "decided_on")
    rows = [
        (kind, *row)
        for kind, model in ((OUTAGE, Outage), (BREACH, Breach))
        for row in model.objects.standing().filter(decided).order_by("pk").values_list(*claim, *answer, _BEGAN[kind])
    ]
    entered = _entered({unit_id for _kind, _pk, unit_id, *_row in rows}) if rows else {}
    for kind, pk, unit_id, number, claimed_on, decision, why, decider, on, began in rows:
        person = entered.get((kind, number, began))
        if person is not None and str(person) != decider:
            told = (on, decider, person.pk, claimed_on, why, str(pk))
            found[unit_id].append(Decided(f"claim_{decision}", number, *told, of=kind, clause=CLAUSES[kind]))
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
