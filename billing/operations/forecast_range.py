"""見通しの一範囲: what a range of units comes to in the months ahead, written in runs of months that come to the same."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from typing import Any

from django.db.models import F

from billing.facts.load import Owned, accounts
from billing.facts.span import UnitRange, UnitSet, targets_of
from billing.models import ForecastEvent, ForecastRow, Month
from billing.models.bulk import copy_all
from billing.operations.correct import late_of
from billing.operations.moved import plan_of
from billing.operations.propose import monthly_before
from billing.terms.bridge import NOTHING, Monthly
from billing.terms.coming import coming, risk_of
from billing.terms.forecast import Foreseen, Run, foreseen, mrr, mrr_on
from billing.terms.payers import ELSEWHERE, Payers, payer_on
from contracts.facts.names import Groups, groups_of
from contracts.models import Target, WorkItem
from contracts.models.among import among
from contracts.terms.days import Period, month_of, month_period, months_apart, next_month, previous_month

MONTHS_BACK = 12
"""Months of MRR before those ahead."""
OPEN_ELIGIBILITY = ("eligibility", "consent")
"""Kinds of work that say that a condition of 第7条 or 17-1 is not met (I-69)."""
PARKED_SHOWN = 200

ROW = (
    "forecast_id",
    "customer_id",
    "unit_id",
    "target_id",
    "kind",
    "series",
    "first_month",
    "last_month",
    "months",
    "yen",
)
EVENT = (
    *("forecast_id", "customer_id", "unit_id", "target_id", "kind", "what", "on", "last_day"),
    *("before_yen", "after_yen", "term_yen"),
)


@dataclass(frozen=True)
class Asked:
    """What a forecast is of: its id, the number of the facts, the day it is seen on, and its months."""

    forecast: int
    revision: int
    on: date
    months: list[date]

    @property
    def stop(self) -> date:
        """The day after the last month."""
        return next_month(self.months[-1])

    @cached_property
    def closings(self) -> list[date]:
        """The months on whose last days MRR is told, from the one before the first movement on."""
        found = [self.months[0]]
        for _back in range(MONTHS_BACK + 1):
            found.append(previous_month(found[-1]))
        return [*reversed(found[1:]), *self.months]


@dataclass(slots=True)
class Range:
    """What of a range is put together with others at the end, beside its rows."""

    parked: list[dict[str, str]] = field(default_factory=list)
    parked_count: int = 0
    bridge: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    passed: Counter[tuple[str, int]] = field(default_factory=Counter)
    regrouped: Counter[tuple[str, str]] = field(default_factory=Counter)
    earlier: set[int] = field(default_factory=set)
    """Customers who were charged on a day before the first closing, and are not on its last day."""

    def park(self, number: str, month: date, reason: str, clause: str) -> None:
        """One target that cannot be computed from a month on."""
        self.parked_count += 1
        if len(self.parked) < PARKED_SHOWN:
            self.parked.append({"number": number, "month": f"{month:%Y-%m}", "reason": reason, "clause": clause})

    def add(self, found: Foreseen) -> None:
        """What one account adds."""
        for month, causes in found.bridge.items():
            self.bridge[f"{month:%Y-%m}"].update({cause.value: yen for cause, yen in causes.items()})
        for month, payer, yen in found.passed:
            self.passed[f"{month:%Y-%m}", payer] += yen
        for month, kind, yen in found.regrouped:
            self.regrouped[f"{month:%Y-%m}", kind] += yen

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "parked": self.parked,
            "parked_count": self.parked_count,
            "bridge": self.bridge,
            "passed": [[*key, yen] for key, yen in self.passed.items() if yen],
            "regrouped": [[*key, yen] for key, yen in self.regrouped.items() if yen],
            "earlier": sorted(self.earlier),
        }


def computed(asked: Asked, units: UnitRange) -> dict[str, Any]:
    """Compute a range of units and write its rows; what is put together with other ranges, as JSON."""
    some = Range()
    groups = groups_of(targets_of(units))
    owned = list(accounts(units, Period(asked.closings[0], asked.stop)))
    copy_all(ForecastRow, ROW, _billed(asked, units, _ahead(asked, owned), groups, some))
    events: list[tuple[Any, ...]] = []
    copy_all(ForecastRow, ROW, _standing(asked, units, owned, groups, some, events))
    copy_all(ForecastEvent, EVENT, events)
    return some.kept()


def _ahead(asked: Asked, owned: list[Owned]) -> list[Owned]:
    """What the months ahead rest on. A unit whose facts cannot all be true is read for them alone, as their closes read it: what was
    over before them contradicts nothing in them.
    """
    units = {one.unit_id for one in owned if one.contradiction is not None}
    if not units:
        return owned
    anew = accounts(UnitSet(sorted(units)), Period(asked.months[0], asked.stop))
    return [*(one for one in owned if one.unit_id not in units), *anew]


def _billed(
    asked: Asked, units: UnitRange, owned: list[Owned], groups: Groups, some: Range
) -> Iterator[tuple[Any, ...]]:
    """The rows of what is billed in the months ahead; what comes late of closed months is in the first, as its close has it."""
    first, known = asked.months[0], dict[int, str]()
    was = monthly_before(Month.last_closed(before=first), units)
    for one in owned:
        number = one.account.number
        if one.contradiction is not None:
            if one.home:
                some.park(number, first, one.contradiction.reason, one.contradiction.clause)
                known[one.target_id] = number
            continue
        kind, regroups = partial(groups.on, one.target_id), groups.regroups(one.target_id)
        before: Monthly = was.get((one.target_id, one.unit_id), NOTHING)
        found = foreseen(
            one.account, one.payers, asked.months, on=asked.on, kind=kind, regroups=regroups, before=before
        )
        some.add(found)
        if found.missing and one.home:
            month = min(found.missing)
            some.park(number, month, found.missing[month].reason, found.missing[month].clause)
            if month == first:
                known[one.target_id] = number
        for run in found.runs:
            yield _row(asked, one, run)
    yield from _late(asked, units, groups, some, known)


def _late(
    asked: Asked, units: UnitRange, groups: Groups, some: Range, known: dict[int, str]
) -> Iterator[tuple[Any, ...]]:
    first = asked.months[0]
    row = Month.objects.filter(month=first).first() or Month(month=first, facts_revision=0)
    for late in late_of(row, plan_of(first, asked.revision, units).written):
        for line in late.lines:
            whose = (asked.forecast, line.customer_id, line.unit_id, line.target_id)
            kind = groups.on(line.target_id, line.from_on)
            yield (*whose, kind, line.fee, first, first, 1, line.amount_yen)
        parked = {one.target_id: one for one in late.parked if one.target_id not in known}
        numbers = Target.objects.filter(among("pk", parked)).values_list("pk", "number") if parked else ()
        for target, number in numbers:
            some.park(number, first, parked[target].reason, parked[target].clause)


def _standing(
    asked: Asked, units: UnitRange, read: list[Owned], groups: Groups, some: Range, events: list[tuple[Any, ...]]
) -> Iterator[tuple[Any, ...]]:
    """The rows of MRR and of how firm it is; what happens ahead is put beside them."""
    opening = month_period(asked.closings[0]).last
    owned = [one for one in read if one.contradiction is None]
    unsettled = _unsettled(units)
    gone, there = set[int](), set[int]()
    never = _never_began(one for one in owned if one.account.over)
    for one in owned:
        account, kind = one.account, partial(groups.on, one.target_id)
        found = mrr(account, one.payers, asked.closings, kind=kind, regroups=groups.regroups(one.target_id))
        some.add(found)
        yield from (_row(asked, one, run) for run in found.runs)
        if account.starts_on is not None and account.starts_on <= opening and one.target_id not in never:
            gone.update(_payers_by(one.payers, account.starts_on, opening))
            if mrr_on(account, opening):
                there.add(payer_on(one.payers, opening))
        payer = payer_on(one.payers, asked.on)
        if payer != ELSEWHERE and (yen := mrr_on(account, asked.on)):
            number = account.number
            risk = risk_of(account, asked.on, stop=asked.stop, open_eligibility=number in unsettled)
            month = month_of(asked.on)
            yield _row(asked, one, Run(risk.value, payer, kind(asked.on), month, month, yen))
        events += _events(asked, one, groups)
    some.earlier = gone - there - {ELSEWHERE}


def _never_began(over: Iterator[Owned]) -> set[int]:
    """Of what ended before all months spoken of, what ended before it began: it was never charged (I-16)."""
    ids = [one.target_id for one in over]
    rows = Target.objects.filter(among("pk", ids), ends_on__lt=F("billing_starts_on")) if ids else Target.objects.none()
    return set(rows.values_list("pk", flat=True))


def _payers_by(payers: Payers, first: date, last: date) -> set[int]:
    """Who paid on a day from ``first`` to ``last``."""
    return {payer_on(payers, first), *(one.customer for one in payers if first < one.from_on <= last)}


def _unsettled(units: UnitRange) -> set[str]:
    """The numbers of contracts and options whose eligibility or consents are open on the worklist."""
    rows = WorkItem.objects.filter(units.of("unit_id"), kind__in=OPEN_ELIGIBILITY, settled_on=None)
    return set(rows.order_by().values_list("subject", flat=True))


def _events(asked: Asked, one: Owned, groups: Groups) -> Iterator[tuple[Any, ...]]:
    for what, on, before, after, last_day, term in coming(one.account, Period(asked.months[0], asked.stop)):
        payer = payer_on(one.payers, on)
        if payer != ELSEWHERE:
            whose = (asked.forecast, payer, one.unit_id, one.target_id, groups.on(one.target_id, on))
            yield (*whose, what.value, on, last_day, before, after, term)


def _row(asked: Asked, one: Owned, run: Run) -> tuple[Any, ...]:
    months = months_apart(run.first, run.last) + 1
    whose = (asked.forecast, run.payer, one.unit_id, one.target_id)
    return (*whose, run.kind, run.series, run.first, run.last, months, run.yen)
