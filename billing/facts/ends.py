"""When the targets of a range end: the ends that the months at hand can rest on, each computed from the whole unit.

Most units that ever had a notice have been over for long; nothing of them falls due in a month to come. Whether that is so is told
by the notices alone (contracts.terms.over), never by the end that is stored with a target. Only the others are read whole.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from billing.facts.questions import NOTICES
from billing.facts.read import Facts
from contracts.facts.load import load_units
from contracts.models.bulk import slices
from contracts.terms.art12_termination import ends
from contracts.terms.catalog import OptionType
from contracts.terms.days import Period
from contracts.terms.over import Held, ended_by, ends_from, over_before
from contracts.terms.unit import ContradictionError, Ground, Unit

UNITS_WITH_NOTICES_AT_ONCE = 250


def read_ends(facts: Facts, days: Period, *, exactly: Collection[int]) -> None:
    """The ends of the targets in these days; of the units named ``exactly`` those before and after them too."""
    bounds = _bounds(facts)
    whole = []
    for unit_id, (of_unit, options) in _by_unit(facts, bounds).items():
        soon = {pk: bound.last for pk, bound in of_unit.items() if bound.first < days.stop}
        over = None if unit_id in exactly else over_before(days.first, soon, options)
        if over is None:
            whole.append(unit_id)
        else:
            facts.over |= over
    for some in slices(sorted(whole), UNITS_WITH_NOTICES_AT_ONCE):
        add_ends(facts, load_units(some, as_of=facts.as_of))


def add_ends(facts: Facts, units: Mapping[int, Unit]) -> None:
    """The ends of units that were read whole; what contradicts itself is kept with its unit."""
    for unit_id, unit in units.items():
        try:
            found = ends(unit)
        except ContradictionError as contradiction:
            facts.contradictions[unit_id] = contradiction
        else:
            facts.ends |= found
            facts.concluded |= {target.number: target.accepted_on for target in unit.targets if target.number in found}


class Bound(NamedTuple):
    """The days between which a target with notices ends."""

    first: date
    last: date


def _bounds(facts: Facts) -> dict[int, Bound]:
    """Of each target with notices; of several the one counts that ends it first (I-15)."""
    found: dict[int, Bound] = {}
    for target, arrived_on, requested_for, named in NOTICES.of(facts.targets, facts.as_of):
        first, last = found.get(target, (date.max, date.max))
        ground = Ground(named)
        earliest = ends_from(arrived_on, requested_for, ground)
        found[target] = Bound(min(first, earliest), min(last, ended_by(arrived_on, requested_for, ground)))
    return found


def _by_unit(facts: Facts, bounds: Mapping[int, Bound]) -> dict[int, tuple[dict[int, Bound], dict[int, Held]]]:
    """The units with notices: the bounds of their targets, and their options."""
    if not bounds:
        return {}
    found: defaultdict[int, tuple[dict[int, Bound], dict[int, Held]]] = defaultdict(lambda: ({}, {}))
    for row in facts.rows:
        if row.pk in bounds:
            found[row.home][0][row.pk] = bounds[row.pk]
    for row in facts.rows:
        option = facts.options.get(row.pk)
        if option is not None and row.home in found:
            found[row.home][1][row.pk] = Held(OptionType(option.option), option.contract_id)
    return dict(found)
