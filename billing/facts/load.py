"""Stored facts → billing.terms.account.Account, for a range of management units at once, as plain tuples.

A fixed number of queries a chunk, whatever it holds. Units with notices are read whole, since their ends are computed.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from billing.terms.account import Account, Breach, OneTime, Outage
from contracts import models
from contracts.facts.load import load_units
from contracts.models.bulk import slices
from contracts.models.fact import Fact
from contracts.models.incident import GRANTED
from contracts.terms.art12_termination import End, ends
from contracts.terms.art13_change_fees import CHARGED, ChargedChange
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
    """What was read of a range, by target (ends: by number), as it was known in a revision (None: as it stands)."""

    as_of: int | None = None
    accepted: dict[int, date] = field(default_factory=dict)
    initial: dict[int, int] = field(default_factory=dict)
    monthly: dict[int, Any] = field(default_factory=dict)
    one_time: defaultdict[int, list[OneTime]] = field(default_factory=lambda: defaultdict(list))
    quantities: defaultdict[int, list[tuple[date, int]]] = field(default_factory=lambda: defaultdict(list))
    categories: defaultdict[int, list[tuple[date, Category]]] = field(default_factory=lambda: defaultdict(list))
    charged: defaultdict[int, list[ChargedChange]] = field(default_factory=lambda: defaultdict(list))
    applications: dict[int, str] = field(default_factory=dict)
    """The numbers of the applications that brought the charged changes, by id."""
    outages: defaultdict[int, list[Outage]] = field(default_factory=lambda: defaultdict(list))
    breaches: defaultdict[int, list[Breach]] = field(default_factory=lambda: defaultdict(list))
    ends: dict[str, End] = field(default_factory=dict)
    starts: dict[int, date] | None = None
    contradictions: dict[int, ContradictionError] = field(default_factory=dict)

    def known(self, model: type[Fact]) -> QuerySet[Any, Any]:
        """The facts of a table that count."""
        rows: QuerySet[Any, Any] = model.objects.as_known_in(self.as_of)
        return rows


def accounts(
    units: Units, days: Period, *, as_of: int | None = None, loaded: Mapping[int, Unit] | None = None
) -> Iterator[Owned]:
    """Every contract and option of the units, with what its charges in the months of ``days`` can rest on; in the order of units.

    ``as_of``: the revision of the facts in which they are told, such as the one that a closed month has seen; None: as they
    stand now. ``loaded``: the units as the terms see them, where all of them have been read already, as of the same.
    All is read before the first is handed out: while lines are copied into the database it answers no other query.
    Joined and sorted here, not in SQL: the tables joined to would be read whole for every range.
    """
    facts = _Facts(as_of)
    _read_prices(facts, units, days)
    _read_changes(facts, units)
    _read_one_time(facts, units, days)
    _read_ends(facts, units, loaded)
    _read_incidents(facts, units, days)
    targets = models.Target.objects.filter(units.of("unit_id"))
    if as_of is not None:
        targets = targets.filter(recorded_in__lte=as_of)
        facts.starts = _starts_known(facts, units)
    rows = sorted(targets.values_list(*_TARGET), key=_BY_UNIT)
    customers = dict(models.ManagementUnit.objects.filter(units.of("pk")).values_list("pk", "customer_id"))
    accepted = {"application__accepted_on__gte": days.first, "application__accepted_on__lt": days.stop}
    days_of: QuerySet[Any, Any] = targets.filter(**accepted).values_list("pk", "application__accepted_on")
    facts.accepted = dict(days_of)
    return (_owned(facts, customers, row) for row in rows)


_TARGET = ["pk", "number", "unit_id", "billing_starts_on"]
_TARGET += ["option__option", "option__licence_type", "option__quantity"]
_BY_UNIT = itemgetter(2, 0)


def _owned(facts: _Facts, customers: dict[int, int], row: tuple[Any, ...]) -> Owned:
    pk, number, unit_id, starts_on, option, licence, quantity = row
    account = Account(
        number,
        facts.accepted.get(pk),
        starts_on if facts.starts is None else facts.starts.get(pk),
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


def _starts_known(facts: _Facts, units: Units) -> dict[int, date]:
    """The 課金開始日 on record in the revision; what stands now is a column of the target."""
    starts = facts.known(models.BillingStart).filter(units.of("target__unit_id"))
    return dict(starts.values_list("target_id", "starts_on"))


def _read_prices(facts: _Facts, units: Units, days: Period) -> None:
    prices = facts.known(models.Price).filter(units.of("target__unit_id"))
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


_APPLICATION = ("application__accepted_on", "application__number", "application_id")


def _read_changes(facts: _Facts, units: Units) -> None:
    changes = facts.known(models.Change).filter(units.of("target__unit_id")).order_by("effective_on")
    columns = ("target_id", "what", "to_name", "to_number", "effective_on", *_APPLICATION)
    for pk, what, name, number, effective_on, accepted_on, application, application_id in changes.values_list(*columns):
        if what == What.QUANTITY:
            facts.quantities[pk].append((effective_on, number))
        elif what == What.CATEGORY:
            facts.categories[pk].append((effective_on, Category(name)))
        if what in CHARGED:
            facts.charged[pk].append(ChargedChange(accepted_on, effective_on, application))
            facts.applications[application_id] = application


def _read_one_time(facts: _Facts, units: Units, days: Period) -> None:
    """一時費用 of these days; and all there are of a target with changes: which fee is for which change rests on all (I-39)."""
    fees = facts.known(models.Price).filter(units.of("target__unit_id"), fee="one_time")
    asked = [fees.filter(from_on__gte=days.first, from_on__lt=days.stop)]
    if facts.charged:
        changed = facts.known(models.Change).filter(units.of("target__unit_id"), what__in=CHARGED)
        asked.append(fees.filter(target__in=changed.values("target")))
    columns = ("pk", "target_id", "from_on", "amount_yen", "application_id", "note", "reference")
    rows = {row[0]: row for some in asked for row in some.values_list(*columns)}
    for _pk, target, on, amount, with_application, *told in sorted(rows.values(), key=_BY_DAY):
        quoted_with = facts.applications.get(with_application, "")
        facts.one_time[target].append(OneTime(on, amount, "、".join(filter(None, told)), quoted_with))


_BY_DAY = itemgetter(2, 0)


def _read_ends(facts: _Facts, units: Units, loaded: Mapping[int, Unit] | None) -> None:
    if loaded is not None:
        _add_ends(facts, {pk: unit for pk, unit in loaded.items() if unit.notices})
        return
    noticed = facts.known(models.Notice).filter(units.of("target__unit_id")).order_by("target__unit_id")
    ids = list(noticed.values_list("target__unit_id", flat=True).distinct())
    for some in slices(ids, UNITS_WITH_NOTICES_AT_ONCE):
        _add_ends(facts, load_units(some, as_of=facts.as_of))


def _add_ends(facts: _Facts, units: Mapping[int, Unit]) -> None:
    for unit_id, unit in units.items():
        try:
            facts.ends |= ends(unit)
        except ContradictionError as contradiction:
            facts.contradictions[unit_id] = contradiction


def _read_incidents(facts: _Facts, units: Units, days: Period) -> None:
    """Of contracts to which a reduction may be granted in these days, all that was granted, and their prices of any day.

    A claim is judged beside all others of its contract (I-20, I-26, I-38), whenever they are granted.
    """
    granted = sorted(_granted_to(facts, units, days))
    for claiming in slices(granted):
        for pk, category in models.Contract.objects.filter(pk__in=claiming).values_list("pk", "category"):
            facts.categories[pk].insert(0, (ALWAYS, Category(category)))
        outages = facts.known(models.Outage).filter(GRANTED, contract__in=claiming).order_by("known_at")
        moments = ("known_at", "restored_at")
        for pk, known_at, restored_at, on in outages.values_list("contract_id", *moments, "claimed_on"):
            facts.outages[pk].append(Outage(_in_japan(known_at), _in_japan(restored_at), on))
        breaches = facts.known(models.Breach).filter(GRANTED, contract__in=claiming).order_by("occurred_at")
        for pk, guarantee, occurred_at, on in breaches.values_list(
            *("contract_id", "guarantee", "occurred_at", "claimed_on")
        ):
            facts.breaches[pk].append(Breach(guarantee, _in_japan(occurred_at), on))
        _read_whole_prices(facts, claiming)


def _granted_to(facts: _Facts, units: Units, days: Period) -> set[int]:
    """The contracts with a claim whose day of grant lies in these days: the claim's own, or the day it was all over (I-37)."""
    first, stop = (timezone.make_aware(datetime.combine(day, time.min)) for day in days)
    claimed = GRANTED & Q(claimed_on__lt=days.stop) & units.of("contract__target__unit_id")
    of_claim = Q(claimed_on__gte=days.first)
    outages = facts.known(models.Outage).filter(claimed, of_claim | Q(restored_at__gte=first), restored_at__lt=stop)
    breaches = facts.known(models.Breach).filter(claimed, of_claim | Q(occurred_at__gte=first), occurred_at__lt=stop)
    return {pk for found in (outages, breaches) for pk in found.values_list("contract_id", flat=True)}


def _read_whole_prices(facts: _Facts, claiming: Sequence[int]) -> None:
    """Their monthly prices, those from days to come among them: a claim may be beside one of hours to come."""
    prices = facts.known(models.Price).filter(target__in=claiming, fee="monthly").order_by("from_on")
    found = defaultdict[int, list[tuple[date, int]]](list)
    for pk, from_on, amount in prices.values_list("target_id", "from_on", "amount_yen"):
        found[pk].append((from_on, amount))
    facts.monthly |= {pk: tuple(dated) for pk, dated in found.items()}


def _in_japan(moment: Any) -> Any:
    return timezone.localtime(moment).replace(tzinfo=None)
