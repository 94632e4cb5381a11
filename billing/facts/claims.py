"""Claims of a range: where a reduction may be granted in the months at hand, all that was granted to its contract."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from django.db.models import Q
from django.utils import timezone

from billing.facts.questions import CLAIMING
from billing.facts.read import ALWAYS, Facts
from billing.terms.account import Breach, Outage
from contracts import models
from contracts.facts.ids import Ids
from contracts.facts.moments import start_of
from contracts.models.among import Later, among
from contracts.models.at_once import Asked, Row, at_once
from contracts.models.bulk import slices
from contracts.models.incident import GRANTED
from contracts.terms.catalog import Category
from contracts.terms.days import Period


def read_claims(facts: Facts, days: Period) -> set[int]:
    """Of contracts to which a reduction may be granted in these days, all that was granted, and their prices of any day.

    A claim is judged beside all others of its contract (I-20, I-26, I-38), whenever they are granted. Their ids are returned.
    """
    granted = _granted_to(facts, days)
    for claiming in slices(sorted(granted)):
        for pk, category in models.Contract.objects.filter(among("pk", claiming)).values_list("pk", "category"):
            facts.categories[pk].insert(0, (ALWAYS, Category(category)))
        read_granted(facts, claiming)
        _read_whole_prices(facts, claiming)
    return granted


def read_granted(facts: Facts, contracts: Iterable[int]) -> None:
    """All that was granted to those contracts, whenever it was: one query of outages and breaches."""
    put_granted(facts, *at_once(*granted_of(facts.as_of, list(contracts))))


def granted_of(as_of: int | None, contracts: Iterable[int] | Later) -> tuple[Asked, Asked]:
    """What is asked for of outages and of breaches that were granted to those contracts (contracts.models.at_once)."""
    of_contracts = GRANTED & Q(among("contract_id", contracts))
    return (
        (
            models.Outage.objects.as_known_in(as_of).filter(of_contracts),
            ("contract_id", "pk", "known_at", "restored_at", "claimed_on"),
        ),
        (
            models.Breach.objects.as_known_in(as_of).filter(of_contracts),
            ("contract_id", "pk", "occurred_at", "guarantee", "claimed_on"),
        ),
    )


def put_granted(facts: Facts, outages: Iterable[Row], breaches: Iterable[Row]) -> None:
    """Outages and breaches into the facts, as ``granted_of`` asks for them, in the order in which they began."""
    for pk, _id, known_at, restored_at, on in sorted(outages, key=_BY_BEGINNING):
        facts.outages[pk].append(Outage(_in_japan(known_at), _in_japan(restored_at), on))
    for pk, _id, occurred_at, guarantee, on in sorted(breaches, key=_BY_BEGINNING):
        facts.breaches[pk].append(Breach(guarantee, _in_japan(occurred_at), on))


_BY_BEGINNING = itemgetter(2, 1)


def _granted_to(facts: Facts, days: Period) -> set[int]:
    """The contracts with a claim whose day of grant lies in these days: the claim's own, or the day it was all over (I-37)."""
    contracts = Ids(row.pk for row in facts.rows if row.pk not in facts.options)
    said = days._asdict() | {"begins": start_of(days.first), "ends": start_of(days.stop)}
    return {pk for asked in CLAIMING for (pk,) in asked.of(contracts, facts.as_of, **said)}


def _read_whole_prices(facts: Facts, claiming: Sequence[int]) -> None:
    """Their monthly prices, those from days to come among them: a claim may be beside one of hours to come."""
    prices = (
        models.Price.objects.as_known_in(facts.as_of)
        .filter(among("target_id", claiming), fee="monthly")
        .order_by("from_on")
    )
    found = defaultdict[int, list[tuple[date, int]]](list)
    for pk, from_on, amount in prices.values_list("target_id", "from_on", "amount_yen"):
        found[pk].append((from_on, amount))
    facts.monthly |= {pk: tuple(dated) for pk, dated in found.items()}


def _in_japan(moment: Any) -> Any:
    return timezone.localtime(moment).replace(tzinfo=None)
