"""第15条, whatever is claimed in whatever order: no hour twice (I-38), nothing taken back, and never more than the month allows (I-26)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from billing.terms.account import Fee
from billing.terms.art15_outages import states
from billing.terms.art15_reductions import breach_reductions, outage_reductions, reductions
from contracts.terms.art15_claims import whole_units
from tests.properties.facts import MODERATE, PRICES
from tests.terms.build import account, breach, outage

FIRST = datetime(2025, 4, 20)
HOURS = st.integers(0, 24 * 50)
CLAIMS = st.dates(date(2025, 6, 10), date(2025, 7, 14))
"""After every state below is over, and in time for each of them."""


@st.composite
def spans(draw, step=1):
    """From when the company knew to restoration, in hours since FIRST, in whole steps; they overlap often."""
    found = draw(
        st.lists(st.tuples(HOURS, st.integers(0, 24 * 12)), min_size=1, max_size=6, unique_by=lambda s: s[0] // step)
    )
    return [(first // step * step, (first + hours) // step * step) for first, hours in found]


def records(hours, claims):
    """The spans as outages, each with its claim."""
    moments = [tuple(str(FIRST + timedelta(hours=hour)) for hour in span) for span in hours]
    return [outage(*span, claim) for span, claim in zip(moments, claims, strict=True)]


@st.composite
def claimed(draw, step=1):
    """Outages, each claimed in time after all are over."""
    hours = draw(spans(step))
    return records(hours, [draw(CLAIMS) for _ in hours])


@MODERATE
@given(spans())
def test_states_have_the_hours_that_a_count_hour_by_hour_finds(hours):
    counted = sorted({hour for first, stop in hours for hour in range(first, stop)})
    runs = []
    for hour in counted:
        if runs and runs[-1][-1] == hour - 1:
            runs[-1].append(hour)
        else:
            runs.append([hour])
    found = [state for state in states(records(hours, [None] * len(hours))) if state.began_at < state.over_at]
    assert [(state.began_at, state.over_at) for state in found] == [
        (FIRST + timedelta(hours=run[0]), FIRST + timedelta(hours=run[-1] + 1)) for run in runs
    ]
    assert sum(whole_units(state.began_at, state.over_at) for state in found) == sum(len(run) // 24 for run in runs)


@MODERATE
@given(claimed(), st.integers(0, 50_000), st.randoms())
def test_claims_in_every_order_come_to_the_same_total(outages, thirtieth, random):
    """One fee all along: the total is that of the states, whoever claimed what first."""
    of = account(thirtieth * 30, starts="2020-01-01", outages=tuple(outages))
    claims = random.sample([one.claimed_on for one in outages], len(outages))
    other = [one._replace(claimed_on=claim) for one, claim in zip(outages, claims, strict=True)]
    shuffled = replace(of, outages=tuple(random.sample(other, len(other))))
    total = thirtieth * sum(whole_units(state.began_at, state.over_at) for state in states(outages))
    assert sum(r.amount_yen for r in reductions(of)) == sum(r.amount_yen for r in reductions(shuffled)) == total


@st.composite
def prices(draw):
    """A monthly fee that may change while the outages last."""
    days = st.dates(date(2025, 4, 20), date(2025, 6, 20))
    return [(date(2020, 1, 1), draw(PRICES)), *sorted(draw(st.dictionaries(days, PRICES, max_size=3)).items())]


BREACHES = st.lists(
    st.tuples(
        st.datetimes(datetime(2025, 5, 1), datetime(2025, 5, 31)),
        st.dates(date(2025, 5, 31), date(2025, 6, 15)),
        st.sampled_from(["uptime", "notification"]),
    ),
    max_size=4,
    unique_by=lambda row: (row[0], row[2]),
)


@MODERATE
@given(claimed(24), prices(), BREACHES, st.randoms())
def test_how_facts_are_told_changes_nothing(outages, dated, broken, random):
    breaches = [breach(str(at), on, guarantee) for at, on, guarantee in broken]
    of = account(dated, starts="2020-01-01", outages=tuple(outages), breaches=tuple(breaches))
    other = replace(
        of,
        outages=tuple(random.sample(outages, len(outages))),
        breaches=tuple(random.sample(breaches, len(breaches))),
    )
    assert sorted(reductions(of), key=str) == sorted(reductions(other), key=str)


@MODERATE
@given(claimed(24), prices(), BREACHES)
def test_a_month_is_reduced_by_its_fee_or_by_what_the_outages_give_alone(outages, dated, broken):
    # I-26
    breaches = tuple(breach(str(at), on, guarantee) for at, on, guarantee in broken)
    of = account(dated, starts="2020-01-01", outages=tuple(outages), breaches=breaches)
    asked, kept = [*outage_reductions(of), *breach_reductions(of)], reductions(of)
    for month in {reduction.month for reduction in asked}:
        whole = [reduction for reduction in asked if reduction.month == month]
        alone = sum(reduction.amount_yen for reduction in whole if reduction.fee is Fee.OUTAGE)
        limit = max(alone, max(reduction.unit_price_yen for reduction in whole))
        found = sum(reduction.amount_yen for reduction in kept if reduction.month == month)
        assert found == min(limit, sum(reduction.amount_yen for reduction in whole))
        assert found >= alone
    assert all(reduction.amount_yen >= 0 for reduction in kept)


@MODERATE
@given(claimed(24), prices(), BREACHES)
def test_a_claim_more_takes_nothing_away(outages, dated, broken):
    """A claim that comes after all others leaves every reduction at what it was, or above."""
    breaches = tuple(breach(str(at), on, guarantee) for at, on, guarantee in broken)
    before = account(dated, starts="2020-01-01", outages=tuple(outages), breaches=breaches)
    last = outage("2025-05-05 00:00", "2025-05-20 00:00", "2025-08-01")
    after = replace(before, outages=(*before.outages, last))

    def by_claim(of):
        return {(r.cause, r.month, r.first): r.amount_yen for r in reductions(of)}

    found = by_claim(after)
    for claim, yen in by_claim(before).items():
        assert found[claim] >= yen


@MODERATE
@given(spans(), prices(), st.data())
def test_nothing_is_granted_before_its_state_is_over_or_its_claim_is_made(hours, dated, data):
    # I-37
    claims = [data.draw(st.dates((FIRST + timedelta(hours=first)).date(), date(2025, 7, 14))) for first, _ in hours]
    outages = records(hours, claims)
    of = account(dated, starts="2020-01-01", outages=tuple(outages))
    by_cause = {f"outage {one.known_at:%Y-%m-%dT%H:%M}": one for one in outages}
    for reduction in reductions(of):
        record = by_cause[reduction.cause.rpartition(" ")[0]]
        assert reduction.granted_on == max(record.claimed_on, record.restored_at.date())
        assert reduction.last <= reduction.granted_on
