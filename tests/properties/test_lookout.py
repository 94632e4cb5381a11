"""Between two looks nothing changes: what a unit's work and effects come to on a day holds until the day that was named with it."""

from datetime import date, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from contracts.judge.claims import BREACH, OUTAGE, Incident, claim_work
from contracts.judge.coming import coming
from contracts.judge.happened import happened
from contracts.judge.listed import listed
from contracts.judge.lookout import Lookout
from contracts.judge.unpriced import Prices, unpriced
from contracts.terms.art12_termination import ends
from contracts.terms.art13_change_fees import QuotedFee
from contracts.terms.days import ONE_DAY
from contracts.terms.timeline import Timeline
from contracts.terms.unit import ContradictionError, start_of, stay_of
from tests.properties.facts import DAYS, MODERATE, TARGETS, units

LATER = st.integers(0, 800)
NEAR = st.dates(date(2024, 6, 1), date(2027, 12, 31))


def agreed_until(work, on, later):
    """The work of the first day is that of the last day before it was said to change, and of every day between."""
    looked = Lookout(on)
    found = work(looked)
    last = looked.changes_on - ONE_DAY if looked.changes_on else on + timedelta(days=10_000)
    assert last >= on
    for day in {last, min(on + timedelta(days=later), last)}:
        assert work(Lookout(day)) == found, f"{on} and {day}, next {looked.changes_on}"


@st.composite
def priced(draw):
    """Prices of some of the targets: of each an initial one or none, monthly ones, one-time fees."""
    of_one = st.builds(
        Prices, st.booleans(), st.lists(NEAR, max_size=2), st.lists(st.builds(QuotedFee, NEAR), max_size=1)
    )
    return draw(st.dictionaries(st.sampled_from(TARGETS), of_one))


@st.composite
def incidents(draw):
    """An outage, open or over, or a breach; claimed or not, decided or not."""
    began = datetime.combine(draw(NEAR), datetime.min.time()) + timedelta(hours=draw(st.integers(0, 23)))
    kind = draw(st.sampled_from([OUTAGE, BREACH]))
    over = began + timedelta(hours=draw(st.integers(0, 100))) if kind == OUTAGE and draw(st.booleans()) else None
    return Incident(
        kind=kind,
        pk=draw(st.integers(1, 5)),
        contract="M-CLOUD",
        began_at=began,
        restored_at=over,
        fault=draw(st.sampled_from(["", "company", "customer"])),
        claimed_on=draw(st.none() | NEAR),
    )


@MODERATE
@given(units(), priced(), DAYS, LATER)
def test_work_holds_until_the_day_named_with_it(facts, prices, on, later):
    agreed_until(lambda looked: [*coming(facts, looked), *unpriced(facts, prices, looked)], on, later)


@MODERATE
@given(st.lists(incidents(), max_size=3), NEAR, LATER)
def test_claims_hold_until_the_day_named_with_them(found, on, later):
    agreed_until(lambda looked: list(claim_work(found, looked)), on, later)


@MODERATE
@given(units(), DAYS, LATER)
def test_effects_hold_until_the_day_named_with_them(facts, on, later):
    try:
        ends(facts)
    except ContradictionError:
        assume(False)
    agreed_until(lambda looked: happened(facts, looked), on, later)


@MODERATE
@given(units(), DAYS, LATER)
def test_what_lists_find_a_unit_by_holds_until_the_day_named_with_it(facts, on, later):
    agreed_until(lambda looked: listed(facts, looked), on, later)


@MODERATE
@given(units(), DAYS)
def test_lists_find_a_unit_by_the_tier_that_serves_it_and_by_its_last_end(facts, on):
    try:
        timeline = Timeline(facts)
    except ContradictionError:
        assume(False)
    found = listed(facts, Lookout(on))
    tiers = [str(category) for _contract, category in timeline.on(on).tiers]
    assert found.tier == (tiers[0] if tiers else "")
    lasts = [
        (target.number not in timeline.ends or timeline.ends[target.number].on >= on)
        and (stay_of(facts, target).stop is None or stay_of(facts, target).stop > on)
        for target in facts.targets
    ]
    assert found.ended is (bool(lasts) and not any(lasts))
    assert not (found.ended and any(timeline.serves(target, on) for target in facts.targets if start_of(target) <= on))


@MODERATE
@given(units(), priced(), NEAR)
def test_a_day_is_named_only_for_something(facts, prices, on):
    """A year has few days on which one unit is looked at again: its list would be made anew every day without them."""
    day, looks = on, 0
    while day is not None and day <= on + timedelta(days=365):
        looked = Lookout(day)
        coming(facts, looked)
        unpriced(facts, prices, looked)
        day, looks = looked.changes_on, looks + 1
    assert looks <= 6 * len(facts.targets)
