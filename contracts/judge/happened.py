"""What has happened to a unit by a day: ends, renewals, changes. The days imply it; the jobs record it, and nothing rests on the record."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from contracts.judge.lookout import Lookout
from contracts.terms.art10_options import terms
from contracts.terms.art12_termination import End, ends
from contracts.terms.unit import Change, Option, Unit, What, in_order

ENDED, RENEWED, CHANGED = "ended", "renewed", "changed"

CHANGE_CLAUSES = {
    What.CATEGORY: "9-1(1)",
    What.ITEM: "9-1(2)",
    What.RETENTION_YEARS: "10-5",
    What.QUANTITY: "10-2(8)",
}
"""The clause each change rests on."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that took effect: to which target, on which day, by which clause; ``of`` tells two of a day apart."""

    target: str
    kind: str
    on: date
    clause: str
    of: str = ""
    readings: tuple[str, ...] = ()
    after: str = ""
    value: str = ""


def happened(unit: Unit, on: Lookout) -> list[Happened]:
    """All that has happened to the unit when the day ``on`` begins, in the order of days.

    An end takes effect at the end of its day (I-03): it has happened from the day after on. A renewal happens on the first day
    of the new term (10-9), a change on its own day. Raises ContradictionError where the facts cannot be read.
    """
    for day in (*(one.from_on for one in unit.transfers), *(stay.first for stay in unit.stays.values())):
        # Nothing of a target happens by it, but from that day on another customer, or another unit, has it.
        on.reached(day)
    ended = ends(unit)
    found = [
        Happened(number, ENDED, end.on, end.clause, readings=end.readings, after=end.after)
        for number, end in ended.items()
        if on.over(end.on)
    ]
    found += _renewals(unit, ended, on)
    for change in _last_of_each_day(unit.changes):
        end = ended.get(change.target)
        if (end is None or change.effective_on <= end.on) and on.reached(change.effective_on):
            clause = CHANGE_CLAUSES[change.what]
            found.append(
                Happened(
                    change.target, CHANGED, change.effective_on, clause, of=change.what.value, value=str(change.to)
                )
            )
    return sorted(found, key=lambda one: (one.on, one.target, one.kind, one.of))


def _last_of_each_day(changes: Iterable[Change]) -> Iterable[Change]:
    """Of several changes of one thing on one day the one that says what holds from then on (I-53)."""
    return {(one.target, one.what, one.effective_on): one for one in sorted(changes, key=in_order)}.values()


def _renewals(unit: Unit, ended: dict[str, End], on: Lookout) -> Iterator[Happened]:
    for option in unit.options:
        if not isinstance(option, Option) or not option.is_term_licence or option.starts_on is None:
            continue
        end = ended.get(option.number)
        for term in terms(option.starts_on):
            if (end is not None and term.first > end.on) or not on.reached(term.first):
                break
            if term.renewals:
                yield Happened(option.number, RENEWED, term.first, "10-9", value=term.last.isoformat())
