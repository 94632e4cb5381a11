"""What follows from notices: which day counts and why, what ends with what, what the unit loses — plain values, nothing written.

The same function tells it before a notice is saved, before one is taken back, and what is then stored (第10条第8項〜第11項, 第12条).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from contracts.terms.art10_options import (
    EffectDay,
    Term,
    in_time,
    renewal_deadline,
    safe_day,
    term_of,
)
from contracts.terms.art12_termination import End, ends, notice_effect, pair_clause, told
from contracts.terms.committed import minimum_term_end
from contracts.terms.days import days_after
from contracts.terms.editions import terms_on
from contracts.terms.timeline import Finding, brought_by, judge
from contracts.terms.unit import Ground, Notice, Option, Target, Unit


@dataclass(frozen=True, slots=True)
class TermStanding:
    """Where a notice's arrival lies against the term of a 期間ライセンス (10-9, 10-10): the term, its last day in time, the safe day."""

    term: Term
    deadline: date
    safe: date
    in_time: bool


@dataclass(frozen=True, slots=True)
class Days:
    """The days of one notice: ``earliest`` by its arrival (None where its ground goes by the day named alone), the day named, the one that counts."""

    notice: Notice
    earliest: date | None
    named: date | None
    effect: EffectDay
    term: TermStanding | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A target whose end is otherwise afterwards; None: it does not end."""

    target: Target
    before: End | None
    after: End | None


@dataclass(frozen=True, slots=True)
class Following:
    """All that follows when a unit's facts go from ``before`` to ``after``; ``lost`` is what the unit breaks by it (I-09)."""

    before: Unit
    after: Unit
    days: tuple[Days, ...]
    moved: tuple[Moved, ...]
    lost: tuple[Finding, ...]


def without(unit: Unit, notices: Iterable[Notice]) -> Unit:
    """The unit as if those notices had never arrived."""
    gone = list(notices)
    return replace(unit, notices=tuple(notice for notice in unit.notices if notice not in gone))


def having(unit: Unit, notices: Iterable[Notice]) -> Unit:
    """The unit with those notices arrived too."""
    return replace(unit, notices=(*unit.notices, *notices))


def following(before: Unit, after: Unit) -> Following:
    """What follows. Raises ContradictionError where the facts cannot be read."""
    added = [notice for notice in after.notices if notice not in before.notices]
    targets = {target.number: target for target in after.targets}
    was, becomes = ends(before), ends(after)
    moved = tuple(
        Moved(target, was.get(number), becomes.get(number))
        for number, target in targets.items()
        if told(was.get(number)) != told(becomes.get(number))
    )
    return Following(
        before,
        after,
        tuple(days_of(targets[notice.target], notice) for notice in added),
        moved,
        tuple(brought_by(judge(after), judge(before))),
    )


def days_of(target: Target, notice: Notice) -> Days:
    """The candidate days of a notice, and the one that counts with its clause, nothing else considered."""
    effect = notice_effect(target, notice)
    if notice.ground is not Ground.NOTICE:
        return Days(notice, None, notice.requested_for, effect)
    licence = isinstance(target, Option) and target.is_term_licence
    standing = None
    if licence and target.starts_on is not None:
        # The term that a notice in time would stop: the one it names the end of, else the one it arrives in.
        aimed = max(notice.requested_for or notice.arrived_on, notice.arrived_on, target.starts_on)
        term = term_of(target.starts_on, aimed)
        standing = TermStanding(term, renewal_deadline(term), safe_day(term), in_time(notice.arrived_on, term))
    return Days(notice, days_after(notice.arrived_on, _wait(target, notice)), notice.requested_for, effect, standing)


def _wait(target: Target, notice: Notice) -> int:
    """The days that a notice waits for its effect, by the edition of its arrival (10-10, 12-1, I-58)."""
    values = terms_on(notice.arrived_on)
    if not isinstance(target, Option):
        return values.contract_notice_days
    return values.term_licence_notice_days if target.is_term_licence else values.option_notice_days


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to give the notice for a pair that ends together (12-4), and the ends it comes to."""

    target: Target
    named: date | None
    ends: dict[str, End]


def choices(unit: Unit, notice: Notice) -> list[Choice]:
    """For one of an EDR pair: notice for it or for its partner, for the first day or for the end of the licence's term (I-14).

    Empty where the notice's target has no such partner, or the notice is not the customer's.
    """
    target = next(target for target in unit.targets if target.number == notice.target)
    partners = [other for other in unit.targets if pair_clause(target, other) == "12-4"]
    running = [side for side in (target, *partners) if side.number not in ends(unit)]
    if not partners or notice.ground is not Ground.NOTICE or target not in running:
        return []
    found = []
    for side in running:
        for named in dict.fromkeys((None, *_term_ends(running, notice.arrived_on))):
            asked = replace(notice, target=side.number, requested_for=named)
            found.append(Choice(side, named, ends(having(unit, [asked]))))
    return found


def _term_ends(sides: Iterable[Target], arrived_on: date) -> Iterator[date]:
    for side in sides:
        if isinstance(side, Option) and side.is_term_licence and side.starts_on is not None:
            yield term_of(side.starts_on, max(arrived_on, side.starts_on)).last


def term_end(target: Target, arrived_on: date) -> date | None:
    """The last day of the term of a 期間ライセンス, or of a minimum term, that a notice meets; None where none still runs."""
    if isinstance(target, Option) and target.is_term_licence:
        return next(_term_ends([target], arrived_on), None)
    last = minimum_term_end(target)
    return last if last is not None and last >= arrived_on else None
