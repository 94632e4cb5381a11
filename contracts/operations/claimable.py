"""Outages and breaches that somebody has to do something about: read in sets for the worklist."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from contracts.facts.moments import start_of
from contracts.judge.claims import BREACH, OUTAGE, Incident, Told, counting_beside
from contracts.models import Breach, Outage
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
