"""第12条（解除の効力が生ずる日）: the day each target of a unit ends, and what ends with what."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from heapq import heapify, heappop, heappush

from contracts.terms.art10_options import EDR_OPTIONS, EffectDay, stop_effect
from contracts.terms.catalog import ModuleType, OptionType
from contracts.terms.days import NOT_YET_KNOWN, ONE_DAY, days_after
from contracts.terms.editions import terms_on
from contracts.terms.unit import Contract, ContradictionError, Ground, Notice, Option, Target, Unit, start_of

OTHER_GROUNDS = {
    Ground.GENERAL_28_2: "一般規程28-2",
    Ground.GENERAL_28_3: "一般規程28-3",
    Ground.COMPANY: "",
    Ground.ABOLISHED: "10-11",
}
"""Grounds that end a target on the day named, and the clause each rests on (the company's termination: 一般規程, not at hand)."""

SPARING_FIRST = (Ground.GENERAL_28_2, Ground.GENERAL_28_3, Ground.ABOLISHED, Ground.COMPANY, Ground.NOTICE)
"""Of two grounds that end a target on one day the earlier here counts: the one that spares the customer (I-42)."""


@dataclass(frozen=True, slots=True)
class End:
    """The last day a target is served and charged (I-03), and why.

    ``ground`` is the ground at the root of the end, also where the target ends with another; ``after`` is that other
    target's number, '' where the target's own notice ends it.
    """

    on: date
    clause: str
    ground: Ground
    notice: Notice
    after: str = ""
    readings: tuple[str, ...] = ()


def told(end: End | None) -> tuple[object, ...] | None:
    """All that is told of an end: where it differs the end is another, whichever letter brings it about."""
    return (end.on, end.clause, end.ground, end.after, end.readings) if end else None


def contract_effect(arrived_on: date, requested_for: date | None) -> EffectDay:
    """The day on which a notice ends a contract (第12条第1項): the later of the day on which its days have run and the day named.

    How many days there are goes by the edition in force on the arrival (I-58).
    """
    earliest = days_after(arrived_on, terms_on(arrived_on).contract_notice_days)
    return EffectDay(max(earliest, requested_for or earliest), "12-1")


def notice_effect(target: Target, notice: Notice) -> EffectDay:
    """The day on which one notice would end its target, nothing else considered.

    Raises ContradictionError where a ground that ends on the day named names none.
    """
    if notice.ground is not Ground.NOTICE:
        if notice.requested_for is None:
            raise ContradictionError(
                notice.target, "根拠が解約通知でない終了には指定日が必要です", code="ground_without_day"
            )
        return EffectDay(notice.requested_for, OTHER_GROUNDS[notice.ground])
    if isinstance(target, Option):
        return stop_effect(target, notice.arrived_on, notice.requested_for)
    return contract_effect(notice.arrived_on, notice.requested_for)


def ends(unit: Unit) -> dict[str, End]:
    """Every target of the unit that ends, with its end (第10条第10項, 第12条, I-13, I-14, I-15). Empty where nothing ends.

    Of two notices the earlier effect counts; what ends with another ends on that other's day. Of two grounds on one day,
    the target's own or another's, the one that spares the customer counts (I-42).
    """
    if not unit.notices:
        return {}
    known = _ends_by_own_notice(unit)
    beside = _Beside(unit)
    # The earliest end first: a pair ends on the day of the one that ends first (I-14). Of one day the last to be known.
    waiting = [(_precedence(end.on, end.ground), -place, number) for place, (number, end) in enumerate(known.items())]
    heapify(waiting)
    place = -len(waiting)
    while waiting:
        _first, _place, ended = heappop(waiting)
        for number, clause, readings in _ending_with(beside.targets[ended], known, beside):
            root, own = known[ended], known.get(number)
            if own is None or _precedence(root.on, root.ground) < _precedence(own.on, own.ground):
                reasons = (*readings, "I-42") if own and own.on == root.on else readings
                known[number] = End(root.on, clause, root.ground, root.notice, ended, reasons)
                heappush(waiting, (_precedence(root.on, root.ground), place, number))
                place -= 1
            elif own.on == root.on and own.ground is not root.ground:
                known[number] = _by_ground(own)
    return known


class _Beside:
    """The targets of a unit by their numbers, the options of each contract, and the EDR options, in the order of the unit."""

    def __init__(self, unit: Unit) -> None:
        self.targets: dict[str, Target] = {target.number: target for target in unit.targets}
        self.edr = [option for option in unit.options if option.option in EDR_OPTIONS]
        self.options: dict[str, list[Option]] = {}
        for option in unit.options:
            self.options.setdefault(option.contract, []).append(option)

    def partners(self, ended: Option) -> list[Target]:
        """What a pair may end together with the option (12-2, 12-3, 12-4)."""
        contract = self.targets.get(ended.contract)
        return [target for target in (contract, *self.edr) if target is not None and pair_clause(ended, target)]

    def same_side(self, ended: Option, partner: Target) -> list[Target]:
        """The other options of the ended one's kind that a pair binds to the same partner."""
        near = self.options.get(partner.number, []) if isinstance(partner, Contract) else self.edr
        return [
            other
            for other in near
            if other.number != ended.number and _same_side(other, ended) and pair_clause(other, partner)
        ]


def _precedence(on: date, ground: Ground) -> tuple[date, int]:
    """Which end of a target counts, the least of all: the earliest, of one day by its ground (I-15, I-42)."""
    return on, SPARING_FIRST.index(ground)


def _by_ground(end: End) -> End:
    """The end, saying that its ground counts before another's of the day (I-42)."""
    return end if "I-42" in end.readings else replace(end, readings=(*end.readings, "I-42"))


def _ends_by_own_notice(unit: Unit) -> dict[str, End]:
    targets = {target.number: target for target in unit.targets}
    found: dict[str, End] = {}
    # One letter ends all contracts on one day, and there are as many notices of it as contracts.
    of_contracts: dict[tuple[date, date | None, Ground], EffectDay] = {}
    for notice in sorted(unit.notices, key=lambda n: (n.arrived_on, n.ground, n.requested_for or NOT_YET_KNOWN)):
        target, letter = targets[notice.target], (notice.arrived_on, notice.requested_for, notice.ground)
        known = of_contracts.get(letter) if isinstance(target, Contract) else None
        effect = known or notice_effect(target, notice)
        if known is None and isinstance(target, Contract):
            of_contracts[letter] = effect
        other = found.get(notice.target)
        if other is None or _precedence(effect.on, notice.ground) < _precedence(other.on, other.ground):
            reading = () if other is None else ("I-15",) if effect.on < other.on else ("I-42",)
            found[notice.target] = End(
                effect.on, effect.clause, notice.ground, notice, "", (*effect.readings, *reading)
            )
        elif effect.on == other.on and notice.ground is not other.ground:
            found[notice.target] = _by_ground(other)
    return found


def _ending_with(ended: Target, known: dict[str, End], beside: _Beside) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What ends on the day ``ended`` ends: number, clause, readings."""
    if isinstance(ended, Contract):
        for option in beside.options.get(ended.number, ()):
            clause = pair_clause(ended, option)
            yield option.number, clause or "10-2", ("I-13",) if clause == "12-3" else () if clause else ("I-15",)
        return
    for partner in beside.partners(ended):
        if not _goes_on(partner, beside.same_side(ended, partner), known[ended.number].on, known):
            yield partner.number, pair_clause(ended, partner), ("I-14",)


def pair_clause(one: Target, other: Target) -> str:
    """The paragraph that makes the two end together (12-2, 12-3, 12-4), '' where none does."""
    if isinstance(one, Contract) and isinstance(other, Option):
        one, other = other, one
    if isinstance(one, Option) and isinstance(other, Contract):
        if one.contract != other.number or other.module is None:
            return ""
        return _PAIRED_MODULES.get((other.module.module_type, one.option), "")
    if isinstance(one, Option) and isinstance(other, Option):
        return "12-4" if {one.option, other.option} == EDR_OPTIONS else ""
    return ""


_PAIRED_MODULES = {
    (ModuleType.CLOUD_LOG, OptionType.CLOUD_LOG_MONITORING): "12-2",
    (ModuleType.M365_LOG, OptionType.M365_LOG_MONITORING): "12-3",
}


def _same_side(one: Target, other: Target) -> bool:
    return isinstance(one, Option) and isinstance(other, Option) and one.option is other.option


def _goes_on(partner: Target, others: Iterable[Target], ended_on: date, known: dict[str, End]) -> bool:
    """Whether one of ``others`` stands beside ``partner`` when the ended one no longer does (I-24).

    Only what has ended by then counts: of what ends later it is told on its own day, also where the partner begins after it (I-74).
    Ends are found day by day, so what is known of later days would depend on which letters name them.
    """
    needed_on = max(ended_on + ONE_DAY, start_of(partner))
    return any(
        start_of(other) <= needed_on and (other.number not in known or known[other.number].on > ended_on)
        for other in others
    )
