"""Fees of any month, split anywhere (I-03, I-04), and the settlement as their complement (I-17)."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from billing.terms.account import value_on
from billing.terms.art13_charges import monthly_lines
from billing.terms.art14_settlement import committed_until, settlement
from billing.terms.art15_reductions import reduction_lines, reductions
from contracts.terms.catalog import LicenceType, OptionType
from contracts.terms.days import days_in_month, last_day, month_of, month_period, months_between, next_month
from tests.properties.facts import DAYS, MODERATE, PRICES
from tests.terms.build import account, breach, end, licence_account, outage

STARTS = date(2025, 4, 1)


@st.composite
def accounts(draw, changes_until=None):
    """A contract, an option or a licence of any start, with prices and licences that may change."""
    starts = draw(DAYS)
    later = st.dates(starts, changes_until or starts + timedelta(days=500))
    prices = [(starts, draw(PRICES)), *sorted(draw(st.dictionaries(later, PRICES, max_size=3)).items())]
    if draw(st.booleans()):
        numbers = st.integers(1, 5000)
        quantities = [(starts, draw(numbers)), *sorted(draw(st.dictionaries(later, numbers, max_size=3)).items())]
        return licence_account(draw(st.sampled_from(LicenceType)), prices, quantities, starts=starts)
    options = st.sampled_from([None, OptionType.EDR_OPERATION, OptionType.LOG_RETENTION])
    return account(prices, starts=starts, option_type=draw(options))


def fees(of, first, last):
    """The monthly fees of the months from first to last."""
    return sum(
        line.amount_yen for month in months_between(first, last) for line in monthly_lines(of, month_period(month))
    )


@MODERATE
@given(accounts(), st.integers(0, 500), st.booleans())
def test_each_served_day_is_charged_exactly_once(of, served, ended):
    last = of.starts_on + timedelta(days=served)
    of = replace(of, end=end(last)) if ended else of
    charged = []
    for month in months_between(month_of(of.starts_on) - timedelta(days=1), last + timedelta(days=40)):
        for line in monthly_lines(of, month_period(month)):
            assert month_of(line.from_on) == month_of(line.to_on) == month
            days = [line.from_on + timedelta(days=n) for n in range((line.to_on - line.from_on).days + 1)]
            assert {value_on(of.monthly, day) for day in days} == {line.unit_price_yen}
            charged += days
    until = last if ended else charged[-1]
    assert charged == [of.starts_on + timedelta(days=n) for n in range((until - of.starts_on).days + 1)]


@MODERATE
@given(DAYS, st.integers(2, 31), PRICES)
def test_a_month_split_at_any_day_loses_nothing_but_flooring(day, cut, price):
    month = month_of(day)
    second = month + timedelta(days=min(cut, days_in_month(month)) - 1)
    before, after = account(price, starts=month, ends=second - timedelta(days=1)), account(price, starts=second)
    split = fees(before, month, month) + fees(after, month, month)
    assert price - 1 <= split <= price


@MODERATE
@given(DAYS, st.lists(st.tuples(st.integers(1, 27), PRICES), max_size=4), PRICES)
def test_a_month_never_charges_more_than_its_highest_nor_less_than_its_lowest_fee(day, changes, price):
    month = month_of(day)
    prices = {month: price} | {month + timedelta(days=n): changed for n, changed in changes}
    charged = fees(account(sorted(prices.items()), starts=month), month, month)
    assert min(prices.values()) - len(prices) <= charged <= max(prices.values())


@st.composite
def ended_early(draw):
    """An account that ends within its minimum term (or first two terms), with no later price rows."""
    of = draw(accounts())
    last = of.starts_on + timedelta(days=draw(st.integers(0, 800)))
    kept = {name: tuple((on, v) for on, v in getattr(of, name) if on <= last) for name in ("monthly", "quantities")}
    return replace(of, **kept, end=end(last))


@MODERATE
@given(ended_early())
def test_fees_to_the_end_and_settlement_are_the_fees_to_the_terms_last_day(of):
    # I-17
    until = committed_until(of, of.end.on)
    settled = settlement(of)
    charged = fees(of, of.starts_on, of.end.on)
    whole = fees(replace(of, end=end(max(until, of.end.on))), of.starts_on, max(until, of.end.on))
    assert charged + (settled.line.amount_yen if settled else 0) == whole
    assert (settled is None) == (of.end.on >= until)


@MODERATE
@given(ended_early(), st.integers(1, 300))
def test_ending_later_never_costs_a_higher_settlement(of, days):
    later = replace(of, end=end(of.end.on + timedelta(days=days)))
    one, other = settlement(of), settlement(later)
    if one and other and committed_until(of, of.end.on) == committed_until(later, later.end.on):
        assert other.line.amount_yen <= one.line.amount_yen


MOMENTS = st.datetimes(datetime(2025, 4, 1), datetime(2025, 6, 30))


@st.composite
def incidents(draw):
    """A contract with outages and breaches, each claimed in time or not at all."""
    claims = st.none() | st.dates(date(2025, 5, 1), date(2025, 10, 31))
    outages = []
    for _ in range(draw(st.integers(0, 3))):
        known = draw(MOMENTS)
        restored = known + timedelta(hours=draw(st.integers(0, 1200)))
        outages.append(outage(str(known), str(restored), draw(claims)))
    guarantees = st.sampled_from(["uptime", "notification"])
    breaches = [breach(str(draw(MOMENTS)), draw(claims), draw(guarantees)) for _ in range(draw(st.integers(0, 4)))]
    prices = [
        (STARTS, draw(PRICES)),
        *sorted(draw(st.dictionaries(st.dates(STARTS, date(2025, 7, 1)), PRICES)).items()),
    ]
    return account(prices, outages=tuple(outages), breaches=tuple(breaches))


@MODERATE
@given(incidents())
def test_outage_and_breach_together_never_exceed_the_monthly_fee_or_the_outages_alone(of):
    # 15-2, I-22, I-26
    alone = Counter()
    for reduction in reductions(replace(of, breaches=())):
        alone[reduction.month] += reduction.amount_yen
    given_in = Counter()
    for reduction in reductions(of):
        assert reduction.amount_yen >= 0
        given_in[reduction.month] += reduction.amount_yen
    for month, yen in given_in.items():
        highest = max(fee for on, fee in of.monthly if on < next_month(month))
        assert alone[month] <= yen <= max(highest, alone[month])


@MODERATE
@given(incidents())
def test_every_reduction_is_granted_in_the_month_of_its_grant_and_once(of):
    months = list(months_between(date(2025, 3, 1), date(2026, 1, 1)))
    lines = [(month, line) for month in months for line in reduction_lines(of, month)]
    asked = [reduction for reduction in reductions(of) if reduction.amount_yen]
    assert sorted(-line.amount_yen for _, line in lines) == sorted(r.amount_yen for r in asked)
    assert sorted(month for month, _ in lines) == sorted(month_of(r.granted_on) for r in asked)
    assert all(r.granted_on >= r.claimed_on for r in asked)
    keys = [(line.fee, line.from_on, line.cause) for _, line in lines]
    assert len(keys) == len(set(keys))


@MODERATE
@given(DAYS)
def test_six_months_are_committed_to(starts):
    assert committed_until(account(starts=starts), starts) == last_day(starts, months=6)
