"""Stored facts → billing.terms.account.Account, for a range of management units at once, as plain tuples.

A fixed number of queries a chunk, whatever it holds. Units with notices are read whole, since their ends are computed.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone

from billing.terms.account import Account, Breach, OneTime, Outage
from contracts import models
from contracts.facts.load import load_units
from contracts.models.bulk import slices
from contracts.models.incident import GRANTED
from contracts.terms.art12_termination import End, ends
from contracts.terms.catalog import Category, LicenceType, OptionType
from contracts.terms.days import Period
from contracts.terms.unit import ContradictionError, Unit, What

WHOLE = Period(date(1900, 1, 1), date(9000, 1, 1))
"""The days of an account as a whole: every month that there has been and that can come."""

ALWAYS = date.min
"""From when on a value counts that has stood since the target began."""

UNITS_WITH_NOTICES_AT_ONCE = 250

_OPTION_TYPES = {str(option): option for option in OptionType}
_LICENCE_TYPES = {str(licence): licence for licence in LicenceType}


@dataclass(frozen=True, slots=True)
class UnitRange:
    """The management units with ``after`` < id ≤ ``last``."""

    after: int
    last: int

    def of(self, path: str) -> Q:
        """The condition that the unit at ``path`` lies in the range."""
        return Q(**{f"{path}__gt": self.after, f"{path}__lte": self.last})


@dataclass(frozen=True, slots=True)
class UnitSet:
    """The management units of those ids; few enough for one query to name."""

    ids: Sequence[int]

    def of(self, path: str) -> Q:
        """The condition that the unit at ``path`` is one of them."""
        return Q(**{f"{path}__in": self.ids})


Units = UnitRange | UnitSet


class Owned(NamedTuple):
    """An account and the rows it belongs to; ``contradiction`` where its unit's facts cannot all be true."""

    target_id: int
    unit_id: int
    customer_id: int
    account: Account
    contradiction: ContradictionError | None = None


@dataclass(slots=True)
class _Facts:
    """What was read of a range, by target (ends: by number)."""

    accepted: dict[int, date] = field(default_factory=dict)
    initial: dict[int, int] = field(default_factory=dict)
    monthly: dict[int, Any] = field(default_factory=dict)
    one_time: dict[int, list[OneTime]] = field(default_factory=dict)
    quantities: defaultdict[int, list[tuple[date, int]]] = field(default_factory=lambda: defaultdict(list))
    categories: defaultdict[int, list[tuple[date, Category]]] = field(default_factory=lambda: defaultdict(list))
    charged: defaultdict[int, list[tuple[date, date]]] = field(default_factory=lambda: defaultdict(list))
    outages: defaultdict[int, list[Outage]] = field(default_factory=lambda: defaultdict(list))
    breaches: defaultdict[int, list[Breach]] = field(default_factory=lambda: defaultdict(list))
    ends: dict[str, End] = field(default_factory=dict)
    contradictions: dict[int, ContradictionError] = field(default_factory=dict)


def accounts(units: Units, days: Period, *, loaded: Mapping[int, Unit] | None = None) -> Iterator[Owned]:
    """Every contract and option of the units, with what its charges in the months of ``days`` can rest on; in the order of units.

    ``loaded``: the units as the terms see them, where all of them have been read already. All is read before the first is handed out: while lines are copied into the database it answers no other query.
    Joined and sorted here, not in SQL: the tables joined to would be read whole for every range.
    """
    facts = _Facts()
    _read_prices(facts, units, days)
    _read_changes(facts, units)
    _read_ends(facts, units, loaded)
    _read_incidents(facts, units, days)
    targets = models.Target.objects.filter(units.of("unit_id"))
    rows = sorted(targets.values_list(*_TARGET), key=_BY_UNIT)
    customers = dict(models.ManagementUnit.objects.filter(units.of("pk")).values_list("pk", "customer_id"))
    accepted = {"application__accepted_on__gte": days.first, "application__accepted_on__lt": days.stop}
    facts.accepted = dict(targets.filter(**accepted).values_list("pk", "application__accepted_on"))
    return (_owned(facts, customers, row) for row in rows)


_TARGET = ["pk", "number", "unit_id", "billing_starts_on"]
_TARGET += ["option__option", "option__licence_type", "option__quantity"]
_BY_UNIT = itemgetter(2, 0)


def _owned(facts: _Facts, customers: dict[int, int], row: tuple[Any, ...]) -> Owned:
    pk, number, unit_id, starts_on, option, licence, quantity = row
    account = Account(
        number,
        facts.accepted.get(pk),
        starts_on,
        _OPTION_TYPES.get(option),
        _LICENCE_TYPES.get(licence),
        facts.initial.get(pk),
        facts.monthly.get(pk, ()),
    )
    account.end = facts.ends.get(number)
    if option is not None:
        if quantity is not None:
            account.quantities = ((ALWAYS, quantity), *facts.quantities.get(pk, ()))
    elif pk in facts.breaches:
        account.categories = tuple(facts.categories[pk])
    if pk in facts.one_time:
        account.one_time = tuple(facts.one_time[pk])
    if pk in facts.charged:
        account.charged_changes = tuple(facts.charged[pk])
    if pk in facts.outages or pk in facts.breaches:
        account.outages, account.breaches = tuple(facts.outages.get(pk, ())), tuple(facts.breaches.get(pk, ()))
    return Owned(pk, unit_id, customers[unit_id], account, facts.contradictions.get(unit_id))


def _read_prices(facts: _Facts, units: Units, days: Period) -> None:
    prices = models.Price.objects.standing().filter(units.of("target__unit_id"))
    monthly = prices.filter(fee="monthly", from_on__lt=days.stop).order_by("target_id", "from_on")
    dated = facts.monthly
    for pk, from_on, amount in monthly.values_list("target_id", "from_on", "amount_yen"):
        dated[pk] = (*dated[pk], (from_on, amount)) if pk in dated else ((from_on, amount),)
    accepted = {
        "target__application__accepted_on__gte": days.first,
        "target__application__accepted_on__lt": days.stop,
    }
    initial = prices.filter(fee="initial", **accepted)
    facts.initial = dict(initial.values_list("target_id", "amount_yen"))
    one_time = prices.filter(fee="one_time", from_on__gte=days.first).order_by("target_id", "from_on")
    for pk, on, amount, note in one_time.values_list("target_id", "from_on", "amount_yen", "note"):
        facts.one_time.setdefault(pk, []).append(OneTime(on, amount, note))


def _read_changes(facts: _Facts, units: Units) -> None:
    changes = models.Change.objects.standing().filter(units.of("target__unit_id")).order_by("effective_on")
    columns = ("target_id", "what", "to_name", "to_number", "effective_on", "application__accepted_on")
    for pk, what, name, number, effective_on, accepted_on in changes.values_list(*columns):
        if what == What.QUANTITY:
            facts.quantities[pk].append((effective_on, number))
        elif what == What.CATEGORY:
            facts.categories[pk].append((effective_on, Category(name)))
        if what in (What.CATEGORY, What.ITEM):
            facts.charged[pk].append((accepted_on, effective_on))


def _read_ends(facts: _Facts, units: Units, loaded: Mapping[int, Unit] | None) -> None:
    if loaded is not None:
        _add_ends(facts, {pk: unit for pk, unit in loaded.items() if unit.notices})
        return
    noticed = models.Notice.objects.standing().filter(units.of("target__unit_id")).order_by("target__unit_id")
    ids = list(noticed.values_list("target__unit_id", flat=True).distinct())
    for some in slices(ids, UNITS_WITH_NOTICES_AT_ONCE):
        _add_ends(facts, load_units(some))


def _add_ends(facts: _Facts, units: Mapping[int, Unit]) -> None:
    for unit_id, unit in units.items():
        try:
            facts.ends |= ends(unit)
        except ContradictionError as contradiction:
            facts.contradictions[unit_id] = contradiction


def _read_incidents(facts: _Facts, units: Units, days: Period) -> None:
    """All that was granted of the contracts that claimed something in these days: the cap looks at both (15-2)."""
    claimed = GRANTED & Q(claimed_on__gte=days.first, claimed_on__lt=days.stop) & units.of("contract__target__unit_id")
    claiming = {
        *models.Outage.objects.standing().filter(claimed).values_list("contract_id", flat=True),
        *models.Breach.objects.standing().filter(claimed).values_list("contract_id", flat=True),
    }
    if not claiming:
        return
    for pk, category in models.Contract.objects.filter(pk__in=claiming).values_list("pk", "category"):
        facts.categories[pk].insert(0, (ALWAYS, Category(category)))
    outages = models.Outage.objects.standing().filter(GRANTED, contract__in=claiming).order_by("known_at")
    for pk, known_at, restored_at, on in outages.values_list("contract_id", "known_at", "restored_at", "claimed_on"):
        facts.outages[pk].append(Outage(_in_japan(known_at), _in_japan(restored_at), on))
    breaches = models.Breach.objects.standing().filter(GRANTED, contract__in=claiming).order_by("occurred_at")
    for pk, guarantee, occurred_at, on in breaches.values_list("contract_id", "guarantee", "occurred_at", "claimed_on"):
        facts.breaches[pk].append(Breach(guarantee, _in_japan(occurred_at), on))


def _in_japan(moment: Any) -> Any:
    return timezone.localtime(moment).replace(tzinfo=None)
