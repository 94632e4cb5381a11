"""A unit's days: what is in force on each, and whether the unit may be so (第7条 judged on every day).

What an application breaks is refused; what a notice breaks later is a warning (I-09).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from contracts.terms.art07_eligibility import violations
from contracts.terms.art09_changes import change_violations
from contracts.terms.art12_termination import End, ends
from contracts.terms.catalog import LOG_MODULES, Category, Module
from contracts.terms.consents import days_of
from contracts.terms.days import NOT_YET_KNOWN, ONE_DAY
from contracts.terms.holders import in_force_on, known_before
from contracts.terms.lives import outside_lives
from contracts.terms.standing import OptionOnDay, UnitOnDay, Violation
from contracts.terms.stays import stays_known
from contracts.terms.unit import (
    Change,
    LinkedState,
    Notice,
    Option,
    Target,
    Unit,
    What,
    changes_of,
    in_force,
    initial_value,
    linked_on,
    start_of,
    stay_of,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A violation and the days on which it holds; ``last`` is None where nothing known ends it.

    ``refused``: an application breaks it. Otherwise a notice of termination breaks it, and it only warns (I-09).
    ``change`` is the change that the terms do not allow (第9条, 第10条第5項), ``notice`` the one that arrived out of time, where
    that is what is wrong.
    """

    violation: Violation
    first: date
    last: date | None
    refused: bool
    change: Change | None = None
    notice: Notice | None = None

    @property
    def last_known(self) -> date | None:
        """The last day, None also where it ends with the start of something whose day is not known yet."""
        return None if self.last == NOT_YET_KNOWN - ONE_DAY else self.last


class Timeline:
    """What of a unit is in force on a day. Ends follow from the unit's notices, unless given."""

    def __init__(self, unit: Unit, known_ends: dict[str, End] | None = None) -> None:
        self.unit = unit
        self.ends = ends(unit) if known_ends is None else known_ends
        self._contracts = {contract.number: contract for contract in unit.contracts}
        self._changes = {
            (target.number, what): changes_of(unit.changes, target.number, what)
            for target in unit.targets
            for what in What
        }

    def serves(self, target: Target, day: date) -> bool:
        """Whether the target has started by the day and not ended before it (I-03), and is in the unit then."""
        end = self.ends.get(target.number)
        stays = not self.unit.stays or stay_of(self.unit, target).holds(day)
        return stays and start_of(target) <= day and (end is None or end.on >= day)

    def value(self, target: Target, what: What, day: date) -> object:
        """Category, item, years or licences of a target as they stand on a day; None where it has none."""
        return in_force(initial_value(target, what), self._changes[target.number, what], day)

    def agreed_on(self, option: Option, day: date) -> date:
        """When the licences or years of an option that stand on a day were agreed: with it, or with its last change (I-60)."""
        changes = self._changes[option.number, What.QUANTITY] or self._changes[option.number, What.RETENTION_YEARS]
        effective = [change.accepted_on for change in changes if change.effective_on <= day]
        return effective[-1] if effective else option.accepted_on

    def on(self, day: date) -> UnitOnDay:
        """The unit as it stands on a day."""
        unit = self.unit
        tiers, modules = [], []
        for contract in unit.contracts:
            if not self.serves(contract, day):
                continue
            if contract.module is None:
                tiers.append((contract, Category(str(self.value(contract, What.CATEGORY, day)))))
            else:
                item = str(self.value(contract, What.ITEM, day))
                modules.append((contract, Module(contract.module.module_type, contract.module.kind, item)))
        options = [
            OptionOnDay(
                option,
                self.value(option, What.QUANTITY, day),  # type: ignore[arg-type]
                self.value(option, What.RETENTION_YEARS, day),  # type: ignore[arg-type]
                self.agreed_on(option, day),
            )
            for option in unit.options
            if self.serves(option, day)
        ]
        transfer = in_force_on(unit.transfers, day)
        since = transfer.consents_from if transfer else None
        came = {c.linked_service: stay_of(unit, c).consents_from for c in unit.contracts} if unit.stays else {}
        standing = {
            code: linked_on(states, day, since=max(filter(None, (since, came.get(code))), default=None))
            for code, states in unit.linked.items()
        }
        linked = {code: state for code, state in standing.items() if state is not None}
        customer = transfer.receiver if transfer else unit.customer
        linking = tuple((contract, module) for contract, module in modules if module.module_type not in LOG_MODULES)
        held = (tuple(tiers), tuple(modules), linking, tuple(options))
        return UnitOnDay(day, customer, *held, linked, self._contracts, since)

    def days_of_change(self) -> list[date]:
        """Every day on which something of the unit may begin to be otherwise, in order."""
        days = {start_of(target) for target in self.unit.targets}
        days |= {end.on + ONE_DAY for end in self.ends.values() if end.on < NOT_YET_KNOWN}
        days |= {change.effective_on for change in self.unit.changes}
        days |= {transfer.from_on for transfer in self.unit.transfers}
        days |= {day for stay in self.unit.stays.values() for day in (stay.first, stay.stop) if day}
        for contract in self.unit.contracts:
            days |= days_of(contract.consents)
            if contract.premium_consent_on:
                days.add(contract.premium_consent_on)
        for states in self.unit.linked.values():
            for state in states:
                days |= {
                    state.from_on,
                    *(on for on in (state.module_consent_on, state.premium_consent_on) if on),
                    *(on for on in (state.bypass_option_on, state.advanced_support_on) if on),
                    *((state.ends_on + ONE_DAY,) if state.ends_on else ()),
                    *days_of(state.consents),
                }
        first = min((start_of(target) for target in self.unit.targets), default=NOT_YET_KNOWN)
        told_from = self.unit.told_from
        if told_from is not None:
            first, days = max(first, told_from), days | {told_from}
        return sorted(day for day in days if day >= first)


def judge(unit: Unit) -> list[Finding]:
    """Every violation of the unit on every day, and every change the terms do not allow, in the order of their days.

    Raises ContradictionError where the facts cannot be read as a life of a unit at all.
    """
    timeline = Timeline(unit)
    found = [Finding(v, change.effective_on, None, True, change) for change, v in change_violations(unit)]
    found += [Finding(o.violation, o.first, o.last, o.refused, o.change, o.notice) for o in outside_lives(unit)]
    running: dict[Violation, tuple[date, bool]] = {}
    worlds = _Worlds(unit)
    for day in timeline.days_of_change():
        standing = dict.fromkeys(violations(timeline.on(day)))
        for violation in [v for v in running if v not in standing]:
            first, refused = running.pop(violation)
            found.append(Finding(violation, first, day - ONE_DAY, refused))
        for violation in standing:
            refused = _broken_by_application(worlds, violation, day)
            if violation in running and running[violation][1] != refused:
                first, was_refused = running.pop(violation)
                found.append(Finding(violation, first, day - ONE_DAY, was_refused))
            running.setdefault(violation, (day, refused))
    found += [Finding(violation, first, None, refused) for violation, (first, refused) in running.items()]
    return sorted(found, key=lambda finding: (finding.first, finding.violation.clause, finding.violation.targets))


def brought_by(findings: Iterable[Finding], known: Iterable[Finding]) -> list[Finding]:
    """Of the findings those that were not known before, or not on all their days."""
    days: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in known:
        days[finding.violation.key].append(finding)
    return [new for new in findings if not any(_covers(old, new) for old in days[new.violation.key])]


def _covers(old: Finding, new: Finding) -> bool:
    return old.first <= new.first and (old.last is None or (new.last is not None and new.last <= old.last))


class _Worlds:
    """The unit as it would be without some of its facts, to tell which of them broke a condition (I-28).

    The unit as known at an acceptance has neither the notices that have arrived since nor the states of linked services that
    have become known since, nor the transfers that were agreed since.
    """

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self._accepted = {target.number: target.accepted_on for target in unit.targets}
        self.all_known = not (unit.notices or unit.transfers or unit.stays) and all(
            state.known_on is None for states in unit.linked.values() for state in states
        )
        """Whether nothing of the unit came to be known after an acceptance."""
        self._known: dict[tuple[date | None, Change | None], Timeline] = {}
        self._broken: dict[tuple[date | None, Change | None, date], frozenset[tuple[str, str]]] = {}

    def accepted_on(self, violation: Violation) -> date:
        """The last acceptance of what the violation concerns."""
        return max(self._accepted[number] for number in violation.targets if number in self._accepted)

    def holds(self, violation: Violation, day: date, *, before: date | None = None, but: Change | None = None) -> bool:
        """Whether the violation holds on the day by what was known when ``before`` was, had ``but`` not been made."""
        if (before, but) not in self._known:
            notices = tuple(n for n in self.unit.notices if before is None or n.arrived_on < before)
            changes = tuple(change for change in self.unit.changes if change is not but)
            linked = {code: _known_by(states, before) for code, states in self.unit.linked.items()}
            transfers = known_before(self.unit.transfers, before)
            known = replace(self.unit, notices=notices, changes=changes, linked=linked, transfers=transfers)
            known = _before_moves(known, before)
            self._known[before, but] = Timeline(known)
        # Of a day there can be as many violations as contracts: each would judge the whole unit again.
        if (before, but, day) not in self._broken:
            found = violations(self._known[before, but].on(day))
            self._broken[before, but, day] = frozenset(other.key for other in found)
        return violation.key in self._broken[before, but, day]


def _before_moves(unit: Unit, day: date | None) -> Unit:
    """The unit with the moves agreed before the day alone."""
    if not unit.stays:
        return unit
    stays, unknown = stays_known(unit.stays, day)
    contracts = tuple(contract for contract in unit.contracts if contract.number not in unknown)
    options = tuple(option for option in unit.options if option.contract not in unknown)
    targets = {contract.number for contract in contracts} | {option.number for option in options}
    changes = tuple(change for change in unit.changes if change.target in targets)
    notices = tuple(notice for notice in unit.notices if notice.target in targets)
    return replace(unit, contracts=contracts, options=options, changes=changes, notices=notices, stays=stays)


def _known_by(states: tuple[LinkedState, ...], day: date | None) -> tuple[LinkedState, ...]:
    """The states known on the day; one without a day of its own was known before anything was applied for."""
    return tuple(s for s in states if day is None or s.known_on is None or s.known_on <= day)


def _broken_by_application(worlds: _Worlds, violation: Violation, day: date) -> bool:
    """Whether an application broke it, and neither a notice nor a linked service: it would hold by what was known at the acceptance.

    A change accepted later counts only where it is what breaks the condition, not where a notice had broken it anyway.
    """
    if worlds.all_known or worlds.holds(violation, day, before=worlds.accepted_on(violation)):
        return True
    return any(
        not worlds.holds(violation, day, but=change) and worlds.holds(violation, day, before=change.accepted_on)
        for change in worlds.unit.changes
        if change.target in violation.targets and change.effective_on <= day
    )
