"""解約の見通し: what a letter that has not come would end, what that costs on each day it can name, and by when it has to arrive.

The ends are those of 第12条 and 第10条第10項 with the letter's notices beside those on record, the yen those of the month
(第13条, 第14条). Nothing is asked of the database: the unit and its accounts were loaded once.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

from billing.terms.account import Account, UnbillableError
from billing.terms.art13_charges import monthly_yen
from billing.terms.art14_settlement import committed_until, settlement_yen
from contracts.terms.art12_termination import End, ends, notice_effect
from contracts.terms.days import ONE_DAY, days_after, month_of, month_period, previous_month
from contracts.terms.unit import Notice, Option, Target, Unit


class LeavingDay(NamedTuple):
    """What leaving costs where the letter names this day, in yen before tax.

    ``first_end`` and ``last_end`` are the ends that it brings about: later than the day named where the letter's days have not
    run by then. ``fees_yen`` are the monthly fees of what ends, from the month of the arrival to the end. ``arrive_by`` is the
    last day on which the letter may arrive for just these ends (I-63). ``ending`` are the numbers that end by it, ``missing`` those
    that cannot be computed. A day on which it would end nothing is none of these.
    """

    named: date
    first_end: date
    last_end: date
    settlement_yen: int
    fees_yen: int
    arrive_by: date
    ending: tuple[str, ...]
    missing: tuple[str, ...] = ()

    @property
    def total_yen(self) -> int:
        """Fees and settlement together: what the customer still pays (I-17)."""
        return self.settlement_yen + self.fees_yen

    @property
    def free(self) -> bool:
        """Whether no settlement is owed, of anything that ends by the letter."""
        return not self.settlement_yen and not self.missing


@dataclass(frozen=True, slots=True)
class Owing:
    """What one target owes by one end, in yen: its settlement, and its fees to the end."""

    settlement_yen: int = 0
    fees_yen: int = 0
    missing: bool = False


class Leaving:
    """One choice of a unit's targets, and one day on which a letter for all of them arrives.

    ``until`` is the last day that is asked about, ``far`` how far beyond it a day free of settlement is looked for.
    """

    def __init__(
        self,
        unit: Unit,
        accounts: Mapping[str, Account],
        numbers: Sequence[str],
        arrived_on: date,
        *,
        until: date,
        far: date,
    ) -> None:
        self.until, self.far = until, far
        self.unit, self.accounts = unit, accounts
        self.numbers, self.arrived_on = tuple(numbers), arrived_on
        self._before = ends(unit)
        self._targets = {target.number: target for target in unit.targets}
        self._known: dict[tuple[str, date, str], Owing] = {}
        # What waits alike is looked for once: a contract, an option, each term of a 期間ライセンス.
        self._arrivals: dict[tuple[object, ...], date] = {}
        # Copied once, and ended on day after day: a copy a day would cost more than what is computed.
        self._ended = {number: replace(account) for number, account in accounts.items()}
        self._endless = {number: replace(account, end=None) for number, account in accounts.items()}
        self._fees = {number: {month_of(arrived_on): 0} for number in accounts}

    def notices(self, named: date | None, *, arrived_on: date | None = None) -> list[Notice]:
        """The letter's notices, one a target."""
        arrived = arrived_on or self.arrived_on
        return [Notice(target=number, arrived_on=arrived, requested_for=named) for number in self.numbers]

    def ending(self, named: date | None, *, arrived_on: date | None = None) -> dict[str, End]:
        """The ends that the letter brings about or moves, by number; in the order of the unit's targets."""
        found = ends(replace(self.unit, notices=(*self.unit.notices, *self.notices(named, arrived_on=arrived_on))))
        numbers = (target.number for target in self.unit.targets if target.number in found)
        return {number: found[number] for number in numbers if found[number].on != self._ends_on(number)}

    def _ends_on(self, number: str) -> date | None:
        end = self._before.get(number)
        return end.on if end else None

    def day(self, named: date) -> LeavingDay | None:
        """What the letter costs that names this day; None where it ends nothing that does not end by then anyway."""
        ending = self.ending(named)
        if not ending:
            return None
        owing = {number: self._owing(number, end) for number, end in ending.items()}
        days = [end.on for end in ending.values()]
        return LeavingDay(
            named,
            min(days),
            max(days),
            sum(one.settlement_yen for one in owing.values()),
            sum(one.fees_yen for one in owing.values()),
            self._arrive_by(named, ending),
            tuple(ending),
            tuple(number for number, one in owing.items() if one.missing),
        )

    @cached_property
    def earliest(self) -> date | None:
        """The first day on which anything of the choice can end by this letter, naming no day; None where nothing can."""
        return min((end.on for end in self.ending(None).values()), default=None)

    @cached_property
    def days(self) -> list[LeavingDay]:
        """Every day that the letter can name with effect, from the earliest on to the last that is asked about."""
        if self.earliest is None:
            return []
        span = range((self.until - self.earliest).days + 1)
        found = (self.day(self.earliest + ONE_DAY * at) for at in span)
        return [one for one in found if one is not None]

    @cached_property
    def free(self) -> LeavingDay | None:
        """The first day that can be named without a settlement, also after the last that is asked about; None where there is none for all."""
        for one in self.days:
            if one.free:
                return one
        after = self.days[-1].named if self.days else self.arrived_on
        later = (self.day(on) for on in sorted(set(self._last_days())) if on > after)
        return next((one for one in later if one is not None and one.free), None)

    @cached_property
    def owed_again(self) -> LeavingDay | None:
        """The first day after the free one on which something is owed again, as with a new term (10-9)."""
        free = self.free
        return next((one for one in self.days if free is not None and one.named > free.named and not one.free), None)

    def _last_days(self) -> Iterator[date]:
        """The days on which it can begin to be free: the last of minimum terms and of the coming terms, and of what ends anyway by then."""
        yield from (end.on for end in self._before.values())
        for account in self.accounts.values():
            last = committed_until(account, self.arrived_on)
            while last is not None and last <= self.far:
                yield last
                following = committed_until(account, last + ONE_DAY)
                last = following if following != last else None

    def _arrive_by(self, named: date, ending: Mapping[str, End]) -> date:
        """The last day of arrival for just these ends (I-63): what ends on the day of its own notice has to be in time for it.

        Unless something else of the letter ends it on that day too, as the one of a pair does the other (I-14). That an end rests on
        another's ground (I-42) does not spare its own notice from being in time: without that notice it would not end.
        """
        own = {number: ending[number] for number in self.numbers if number in ending}
        waits = {
            self._in_time(number, named, end)
            for number, end in own.items()
            if self._effect(self._targets[number], 0, named) == end.on
        }
        wanted = {number: end.on for number, end in ending.items()}
        for arrived_on in sorted(waits, reverse=True)[:-1]:
            found = self.ending(named, arrived_on=arrived_on)
            if {number: end.on for number, end in found.items()} == wanted:
                return arrived_on
        return min(waits)

    def _in_time(self, number: str, named: date, end: End) -> date:
        """The last day on which the notice for one target alone may arrive for its end: tried by the clause itself.

        How long the wait is goes by the edition in force on the arrival (I-58), so no wait can be taken off the end. What arrives
        in time on one day does on every day before.
        """
        target = self._targets[number]
        licence = isinstance(target, Option) and target.is_term_licence
        key = isinstance(target, Option), licence, target.starts_on if licence else None, named, end.on
        if key not in self._arrivals:
            span = range((end.on - self.arrived_on).days + 1)
            too_late = bisect_left(span, True, key=lambda at: self._effect(target, at, named) != end.on)
            self._arrivals[key] = days_after(self.arrived_on, max(too_late - 1, 0))
        return self._arrivals[key]

    def _effect(self, target: Target, days_later: int, named: date) -> date:
        arrived_on = days_after(self.arrived_on, days_later)
        return notice_effect(target, Notice(target=target.number, arrived_on=arrived_on, requested_for=named)).on

    def _owing(self, number: str, end: End) -> Owing:
        key = number, end.on, end.ground
        if key not in self._known:
            self._ended[number].end = end
            self._known[key] = self._computed(self._ended[number], end)
        return self._known[key]

    def _computed(self, account: Account, end: End) -> Owing:
        try:
            owed = settlement_yen(account)
            fees = self._fees_before(account.number, month_of(end.on)) + _fees_of(account, month_of(end.on))
        except UnbillableError:
            return Owing(missing=True)
        # Never held (I-18): what a notice ends, no ground that spares the customer does on that day (I-42).
        return Owing(owed, fees)

    def _fees_before(self, number: str, month: date) -> int:
        """The fees of the whole months from that of the arrival to the one before ``month``."""
        known = self._fees[number]
        if month not in known:
            before = previous_month(month)
            known[month] = self._fees_before(number, before) + _fees_of(self._endless[number], before)
        return known[month]


def _fees_of(account: Account, month: date) -> int:
    return monthly_yen(account, month_period(month))


class Step(NamedTuple):
    """A run of days that are told in one: of one cost, or of one month in which the cost falls from day to day."""

    first: LeavingDay
    last: LeavingDay


def steps(days: Sequence[LeavingDay]) -> list[Step]:
    """The days folded: a new row where what ends is other, where the cost rises or is gone, and with a month in which it falls."""
    found: list[Step] = []
    for one in days:
        if found and _goes_on(found[-1], one):
            found[-1] = Step(found[-1].first, one)
        else:
            found.append(Step(one, one))
    return found


def _goes_on(step: Step, one: LeavingDay) -> bool:
    before = step.last
    if (before.ending, before.missing, before.free) != (one.ending, one.missing, one.free):
        return False
    if one.named != before.named + ONE_DAY or _off(one) != _off(before):
        return False
    if one.settlement_yen == before.settlement_yen:
        return step.first.settlement_yen == one.settlement_yen
    falls = one.settlement_yen < before.settlement_yen
    flat = step.first.settlement_yen == before.settlement_yen and step.first != before
    return falls and not flat and month_of(one.named) == month_of(step.first.named)


def _off(one: LeavingDay) -> bool:
    """Whether something ends on another day than the one named."""
    return (one.first_end, one.last_end) != (one.named, one.named)
