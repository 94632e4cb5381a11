"""別紙2第3項: however changes and fees lie, a fee is charged once and a change has at most one (I-39, I-40)."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from billing.terms.account import OneTime, UnbillableError
from billing.terms.art13_charges import one_time_lines
from contracts.terms.art13_change_fees import ChargedChange, QuotedFee, fees_of_changes
from contracts.terms.days import month_of, month_period, months_between
from tests.properties.facts import MODERATE
from tests.terms.build import account

DAYS = st.dates(date(2025, 4, 1), date(2025, 7, 31))
APPLICATIONS = st.sampled_from(["", "A-1", "A-2", "A-3"])


@st.composite
def changes(draw):
    """Changes with days that overlap, accepted before or after they take effect."""
    found = draw(st.lists(st.tuples(DAYS, st.integers(-20, 40), APPLICATIONS), max_size=4))
    return [ChargedChange(on, on + timedelta(days=later), of) for on, later, of in found]


FEES = st.lists(st.builds(QuotedFee, DAYS, APPLICATIONS), max_size=6)


@MODERATE
@given(changes(), FEES)
def test_a_fee_settles_one_change_by_its_application_or_its_day(asked, quoted):
    found = fees_of_changes(asked, quoted)
    assert len(set(found.values())) == len(found)
    applications = {change.application for change in asked} - {""}
    for at, fee in ((asked[change], quoted[fee]) for change, fee in found.items()):
        if fee.application in applications:
            assert at.application == fee.application
        else:
            assert min(at.accepted_on, at.effective_on) <= fee.on <= max(at.accepted_on, at.effective_on)
    for position, fee in enumerate(quoted):
        if position not in found.values() and fee.application not in applications:
            # A fee for a fact: every change that it could settle has one.
            for change, at in enumerate(asked):
                if min(at.accepted_on, at.effective_on) <= fee.on <= max(at.accepted_on, at.effective_on):
                    assert change in found


@MODERATE
@given(changes(), FEES)
def test_every_fee_is_charged_once_and_in_one_month(asked, quoted):
    amounts = [2**position for position in range(len(quoted))]
    fees = tuple(OneTime(fee.on, yen, "", fee.application) for fee, yen in zip(quoted, amounts, strict=True))
    of = account(one_time=fees, charged_changes=tuple(asked))
    charged, parked = [], set()
    for month in months_between(date(2025, 3, 1), date(2025, 9, 30)):
        try:
            charged += list(one_time_lines(of, month_period(month)))
        except UnbillableError:
            parked.add(month)
    settled = fees_of_changes(asked, quoted)
    assert parked == {month_of(change.accepted_on) for at, change in enumerate(asked) if at not in settled}
    due = {fee: asked[change].accepted_on for change, fee in settled.items()}
    wanted = {
        yen
        for at, (fee, yen) in enumerate(zip(quoted, amounts, strict=True))
        if month_of(due.get(at, fee.on)) not in parked
    }
    assert sorted(line.amount_yen for line in charged) == sorted(wanted)
    keys = [(line.from_on, line.cause) for line in charged]
    assert len(keys) == len(set(keys)) or len({c.effective_on for c in asked}) < len(asked)
