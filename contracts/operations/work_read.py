"""What the worklist is made of beside the units themselves: read for a set of units in one question, whatever was written of them."""

from collections.abc import Iterable
from datetime import date
from operator import itemgetter
from typing import NamedTuple

from django.db.models import DateField, DateTimeField, F, Q

from contracts.facts.moments import start_of
from contracts.facts.price_days import PRICE_DAY
from contracts.models import Application, Asked, Breach, Outage, Price, SettingChange, WorkItem
from contracts.models.among import Later, among
from contracts.models.at_once import Prepared, Question, Row
from contracts.models.written_once import Given
from contracts.terms.art15_claims import longest_claim

APPLIED = (
    *("pk", "unit_id", "number", "state", "received_on", "returned_on", "closed_on", "accepted_on", "entered_by_id"),
    *("returned_because", "reason", "lines", "entered_by__username", "decided_by__username"),
)
CHANGED = ("pk", "contract__target__unit_id", "contract__target__number", "what", "changed_at")
INCIDENT = (
    *("pk", "contract__target__unit_id", "contract__target__number", "fault", "source", "claimed_on"),
    *("decision", "decision_reason", "decided_by", "decided_on"),
)
ASKED = (
    *("pk", "unit_id", "subject", "asked_on", "asked_by__username", "state"),
    *("decided_on", "decided_by__username", "asked_by_id", "reason"),
)
ITEM = tuple(field.attname for field in WorkItem._meta.concrete_fields)


class OfWork(NamedTuple):
    """Rows of the columns above, each in the order in which they were written; the rows of the worklist as they stand, by their key."""

    applications: list[Row]
    changes: list[Row]
    outages: list[Row]
    breaches: list[Row]
    prices: list[Row]
    asked: list[Row]
    items: dict[str, WorkItem]


def read_work(unit_ids: Iterable[int], on: date, *, since: date) -> OfWork:
    """Of those units on a day: applications and requests on which somebody has to act, or that were decided since a day; setting changes
    that the customer was not told of; outages and breaches whose claim can still come, waits, or was decided since; standing prices."""
    found = _ASK(units=unit_ids, since=since, oldest=start_of(on - longest_claim()))
    applications, changes, outages, breaches, prices, asked, items = (sorted(rows, key=itemgetter(0)) for rows in found)
    known = (WorkItem.from_db(None, ITEM, row) for row in items)
    return OfWork(applications, changes, outages, breaches, prices, asked, {item.key: item for item in known})


def _question() -> Question:
    units, since = Later("units"), Given("since", DateField())
    asks = Q(state="received") | Q(state="draft", returned="sent_back") | Q(state="rejected", acknowledged_on=None)
    accepted = Q(state="accepted", accepted_on__gte=since, entered_by__isnull=False) & ~Q(decided_by=F("entered_by"))
    asked = Q(state="waiting") | Q(decided_on__gte=since) & ~Q(decided_by=F("asked_by"))
    within = among("contract__target__unit_id", units)
    return (
        (Application.objects.filter(asks | accepted, among("unit_id", units)), APPLIED),
        (SettingChange.objects.filter(within, told_at=None), CHANGED),
        (Outage.objects.standing().filter(_claimed("restored_at"), within), (*INCIDENT, "known_at", "restored_at")),
        (Breach.objects.standing().filter(_claimed("occurred_at"), within), (*INCIDENT, "occurred_at", "guarantee")),
        (Price.objects.standing().filter(among("target__unit_id", units)), ("pk", *PRICE_DAY, "amount_yen")),
        (Asked.objects.filter(asked, among("unit_id", units)), ASKED),
        (WorkItem.objects.filter(among("unit_id", units)), ITEM),
    )


def _claimed(over: str) -> Q:
    """Whose claim can still come, or waits for a decision, or was decided lately. ``over``: the moment from which its time runs.

    Older incidents without a claim are not looked at: it could not come in time any more.
    """
    lately = Q(decided_on__gte=Given("since", DateField()), source="recorded")
    claimed = Q(decision="", claimed_on__isnull=False, source="recorded")
    oldest = Given("oldest", DateTimeField())
    return Q(decision="", claimed_on=None, **{f"{over}__gte": oldest}) | claimed | lately


_ASK = Prepared(_question)
