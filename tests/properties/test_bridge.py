"""The bridge between two months adds up to the yen, whatever changed (billing.terms.bridge)."""

from hypothesis import given
from hypothesis import strategies as st

from billing.terms.bridge import NOTHING, Cause, Monthly, differences, of_other_fees
from tests.properties.facts import MODERATE

MONTHLY = st.just(NOTHING) | st.builds(Monthly, st.integers(0, 10**7), st.integers(0, 10**6), st.integers(1, 5000))
FEES = st.dictionaries(
    st.sampled_from(["initial", "one_time", "settlement", "outage", "sla", "correction"]),
    st.tuples(st.integers(1, 1000), st.integers(-(10**7), 10**7)),
)


@MODERATE
@given(MONTHLY, MONTHLY)
def test_the_causes_of_one_target_add_up(before, now):
    assert sum(differences(before, now).values()) == now.amount_yen - before.amount_yen


@MODERATE
@given(FEES, FEES)
def test_what_falls_due_once_adds_up(before, now):
    """And is not netted: what fell due in each of the months stands by itself, with the number of its lines."""
    found = of_other_fees(before, now)
    assert sum(yen for _lines, yen in found.values()) == sum(y for _n, y in now.values()) - sum(
        y for _n, y in before.values()
    )
    assert {cause: found[Cause(cause)] for cause in now} == now
    assert {cause: found[Cause(f"{cause}_before")] for cause in before} == {
        fee: (lines, -yen) for fee, (lines, yen) in before.items()
    }


def test_each_cause_is_told_by_its_name():
    """300,000 for 31 days, then 330,000 for two licences from the first on."""
    before, now = Monthly(300_000, 300_000, 1), Monthly(660_000, 330_000, 2)
    assert differences(before, now) == {Cause.PRICE: 30_000, Cause.QUANTITY: 330_000}
    assert differences(NOTHING, now) == {Cause.NEW: 660_000}
    assert differences(before, NOTHING) == {Cause.ENDED: -300_000}
    assert differences(before, Monthly(150_000, 300_000, 1)) == {Cause.DAYS: -150_000}
