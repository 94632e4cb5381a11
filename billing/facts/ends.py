"""When the targets of a range end: the ends that the months at hand can rest on, each computed from the whole unit.

Most units that ever had a notice have been over for long; nothing of them falls due in a month to come. Whether that is so is told
by the notices alone (contracts.terms.over), never by the end that is stored with a target. Only the others are read whole.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from billing.facts.read import Facts
from contracts.facts.load import load_units
from contracts.models import Notice
from contracts.models.bulk import slices
from contracts.terms.art12_termination import ends
from contracts.terms.catalog import OptionType
from contracts.terms.over import Held, ended_by, over_before
from contracts.terms.unit import ContradictionError, Ground, Unit

UNITS_WITH_NOTICES_AT_ONCE = 250


def read_ends(facts: Facts, first: date, *, exactly: Collection[int]) -> None:
    """The ends of the targets from the day ``first`` on; of the units named ``exactly`` those before it too."""
    bounds = _bounds(facts)
    whole = []
    for unit_id, (of_unit, options) in _by_unit(facts, bounds).items():
        over = None if unit_id in exactly else over_before(first, of_unit, options)
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
            facts.ends |= ends(unit)
        except ContradictionError as contradiction:
            facts.contradictions[unit_id] = contradiction


def _bounds(facts: Facts) -> dict[int, date]:
    """Of each target with notices the day by which it ends at the latest."""
    found: dict[int, date] = {}
    notices = facts.rows_of(facts.known(Notice), "arrived_on", "requested_for", "ground")
    for target, arrived_on, requested_for, ground in notices:
        found[target] = min(found.get(target, date.max), ended_by(arrived_on, requested_for, Ground(ground)))
    return found


def _by_unit(facts: Facts, bounds: Mapping[int, date]) -> dict[int, tuple[dict[int, date], dict[int, Held]]]:
    """The units with notices: the bounds of their targets, and their options."""
    if not bounds:
        return {}
    found: defaultdict[int, tuple[dict[int, date], dict[int, Held]]] = defaultdict(lambda: ({}, {}))
    for row in facts.rows:
        if row.pk in bounds:
            found[row.unit_id][0][row.pk] = bounds[row.pk]
    for row in facts.rows:
        option = facts.options.get(row.pk)
        if option is not None and row.unit_id in found:
            found[row.unit_id][1][row.pk] = Held(OptionType(option.option), option.contract_id)
    return dict(found)
