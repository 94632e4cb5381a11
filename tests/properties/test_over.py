"""What is over is told from the notices alone, and never otherwise than the whole unit tells it (第10条第10項, 第12条)."""

from datetime import date, timedelta

from hypothesis import event, given
from hypothesis import strategies as st

from contracts.terms.art12_termination import ends
from contracts.terms.over import Held, ended_by, ends_from, over_before
from contracts.terms.unit import Unit
from tests.properties.facts import MODERATE, units


def bounds_of(facts: Unit, ids: dict[str, int], stop: date) -> dict[int, date]:
    """Of each target that may end before ``stop`` the day by which it has."""
    first: dict[int, date] = {}
    last: dict[int, date] = {}
    for notice in facts.notices:
        told, pk = (notice.arrived_on, notice.requested_for, notice.ground), ids[notice.target]
        first[pk] = min(first.get(pk, date.max), ends_from(*told))
        last[pk] = min(last.get(pk, date.max), ended_by(*told))
    return {pk: day for pk, day in last.items() if first[pk] < stop}


@MODERATE
@given(units(), st.dates(date(2024, 6, 1), date(2028, 1, 1)), st.integers(1, 400))
def test_what_is_over_is_what_the_whole_unit_says(facts: Unit, first: date, days: int) -> None:
    """What is told ended before the days; of all else nothing ends in them, nor before."""
    stop = first + timedelta(days=days)
    ids = {target.number: pk for pk, target in enumerate(facts.targets)}
    options = {ids[one.number]: Held(one.option, ids[one.contract]) for one in facts.options}
    over = over_before(first, bounds_of(facts, ids, stop), options)
    event("not told" if over is None else f"{len(over)} over")
    if over is not None:
        found = ends(facts)
        for number, pk in ids.items():
            end = found.get(number)
            assert (pk in over) == (end is not None and end.on < first), number
            assert end is None or end.on < first or end.on >= stop, number


@MODERATE
@given(units())
def test_no_notice_ends_its_target_outside_its_bounds(facts: Unit) -> None:
    found = ends(facts)
    for notice in facts.notices:
        told = (notice.arrived_on, notice.requested_for, notice.ground)
        assert found[notice.target].on <= ended_by(*told)
    for end in found.values():
        assert end.on >= min(ends_from(n.arrived_on, n.requested_for, n.ground) for n in facts.notices)
