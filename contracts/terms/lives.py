"""The life of a target: what lies outside it, and what may no longer begin (9-1, 10-2, 10-11, 12-1).

A target lives from its acceptance, is changed from its 課金開始日 on, and not after its end. Of an end only what was known at the
acceptance is held against a change or an option: where the notice arrived later, they are moot (I-28).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from contracts.terms.art10_options import EDR_OPTIONS
from contracts.terms.art12_termination import End, ends
from contracts.terms.catalog import OPTION_NAMES
from contracts.terms.days import NOT_YET_KNOWN, ONE_DAY
from contracts.terms.standing import Violation, broken
from contracts.terms.unit import Abolished, Change, Contract, Ground, Notice, Option, Target, Unit, start_of


@dataclass(frozen=True, slots=True)
class Outside:
    """A violation that a fact by itself is: the change or the notice that lies outside a life; neither for an option.

    ``first`` and ``last`` are the days on which it holds; ``last`` None where nothing ends it. ``refused``: it cannot stand; else it
    is without effect, and only said.
    """

    violation: Violation
    first: date
    last: date | None = None
    change: Change | None = None
    notice: Notice | None = None
    refused: bool = True


def outside_lives(unit: Unit) -> Iterator[Outside]:
    """Every change, option and notice of the unit that lies outside a life. Raises ContradictionError where ends cannot be read."""
    known = _Known(unit)
    targets = {target.number: target for target in unit.targets}
    for change in unit.changes:
        if change.target in targets:
            yield from _change(change, targets[change.target], known)
    for option in unit.options:
        yield from _option(option, known)
        yield from _abolished(option, unit, known)
    for notice in unit.notices:
        if notice.target in targets:
            yield from _notice(notice, targets[notice.target])


class _Known:
    """The ends of a unit by the notices that had arrived by a day; all of them for None."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self._ends: dict[int, dict[str, End]] = {}

    def ends(self, by: date | None = None) -> dict[str, End]:
        arrived = [notice for notice in self.unit.notices if by is None or notice.arrived_on <= by]
        # Notices in the order of their arrival: their number tells which they are.
        if len(arrived) not in self._ends:
            self._ends[len(arrived)] = ends(replace(self.unit, notices=tuple(arrived)))
        return self._ends[len(arrived)]


def _change(change: Change, target: Target, known: _Known) -> Iterator[Outside]:
    """9-1: a change lies within its target's life.

    A change of a contract owes a fee (別紙2-3(1), (2)); one of an option owes none, and after the option's end comes to nothing.
    """
    start = target.starts_on
    if start is not None and change.effective_on < start:
        text = "変更日が課金開始日（{start}）より前です"
        violation = broken("change_before_start", "9-1", [change.target], "effective_on", text, start=start.isoformat())
        yield Outside(violation, change.effective_on, None, change)
    end = known.ends(change.accepted_on).get(change.target)
    if end is not None and change.effective_on > end.on:
        text = "変更日が終了日（{end}）より後です"
        violation = broken("change_after_end", "9-1", [change.target], "effective_on", text, end=end.on.isoformat())
        yield Outside(violation, change.effective_on, None, change, refused=isinstance(target, Contract))


def _option(option: Option, known: _Known) -> Iterator[Outside]:
    """10-2: an option begins while its contract stands."""
    end = known.ends(option.accepted_on).get(option.contract)
    if end is not None and start_of(option) > end.on:
        text = "契約「{contract}」は{end}に終了します"
        names = {"contract": option.contract, "end": end.on.isoformat()}
        yield Outside(
            broken("option_after_contracts_end", "10-2", [option.number], "contract", text, **names), end.on + ONE_DAY
        )


def _abolished(option: Option, unit: Unit, known: _Known) -> Iterator[Outside]:
    """10-11: what is accepted once the abolition is declared may not live on its day or later (I-43)."""
    if option.option not in EDR_OPTIONS:
        return
    abolition = _too_late_for(option, unit)
    if abolition is None:
        return
    end = known.ends().get(option.number)
    if end is None or end.on >= abolition.ends_on:
        text = "「{option}」は{day}に廃止されます。その日以後も続く申込はできません（I-43）"
        names = {"option": OPTION_NAMES[option.option], "day": abolition.ends_on.isoformat()}
        violation = broken("abolished", "10-11", [option.number], "option", text, **names)
        first = max(abolition.ends_on, option.starts_on or abolition.ends_on)
        yield Outside(replace(violation, reading="I-43"), first, end.on if end else None)


def _too_late_for(option: Option, unit: Unit) -> Abolished | None:
    ended = any(n.target == option.number and n.ground is Ground.ABOLISHED for n in unit.notices)
    declared = [one for one in unit.abolitions if one.declared_on <= option.accepted_on]
    return None if ended else min(declared, key=lambda one: one.ends_on, default=None)


def arrives_too_early(target: Target, arrived_on: date, ground: Ground) -> bool:
    """12-1: whether a notice arrives before its target is agreed. An abolition is announced to all at once (10-11)."""
    return ground is not Ground.ABOLISHED and arrived_on < target.accepted_on


def _notice(notice: Notice, target: Target) -> Iterator[Outside]:
    if arrives_too_early(target, notice.arrived_on, notice.ground):
        text = "到達日（{arrived}）が承諾日（{accepted}）より前です"
        names = {"arrived": notice.arrived_on.isoformat(), "accepted": target.accepted_on.isoformat()}
        violation = broken("notice_before_acceptance", "12-1", [notice.target], "arrived_on", text, **names)
        yield Outside(violation, notice.arrived_on, None, None, notice)


def abolition_of(option: Option, unit: Unit) -> Abolished | None:
    """The abolition with which an EDR option accepted before its declaration ends; None where it ends sooner or has ended by one."""
    if option.option not in EDR_OPTIONS:
        return None
    if any(notice.target == option.number and notice.ground is Ground.ABOLISHED for notice in unit.notices):
        return None
    end = ends(unit).get(option.number)
    first = min(unit.abolitions, key=lambda one: one.ends_on, default=None)
    if first is None or first.declared_on <= option.accepted_on:
        return None
    # One that ends on that very day ends by the abolition too: its ground spares the customer (I-42).
    return first if (end.on if end else NOT_YET_KNOWN) >= first.ends_on else None
