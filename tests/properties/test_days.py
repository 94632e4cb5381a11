"""Periods, whatever day they begin on (I-01, I-02, I-10)."""

from calendar import monthrange
from datetime import timedelta
from itertools import islice, pairwise

from hypothesis import given
from hypothesis import strategies as st

from contracts.terms.art10_options import in_time, renewal_deadline, term_of, terms
from contracts.terms.days import last_day, last_day_after
from tests.properties.facts import DAYS, MODERATE
from tests.terms.build import term_to

MONTHS = st.integers(1, 36)
ONE_DAY = timedelta(days=1)


def months_later(day, months):
    """The year and month that many months later."""
    count = day.year * 12 + day.month - 1 + months
    return count // 12, count % 12 + 1


@MODERATE
@given(DAYS, MONTHS)
def test_a_period_ends_before_its_counterpart_or_with_its_month(first, months):
    last = last_day(first, months=months)
    year, month = months_later(first, months)
    after = last + ONE_DAY
    if first.day <= monthrange(year, month)[1]:
        assert (after.year, after.month, after.day) == (year, month, first.day)
    else:
        assert (last.year, last.month) == (year, month)
        assert after.day == 1


@MODERATE
@given(DAYS, MONTHS)
def test_a_period_is_never_longer_than_its_months(first, months):
    year, month = months_later(first, months)
    lengths = [monthrange(*months_later(first, n))[1] for n in range(months)]
    days = (last_day(first, months=months) - first).days + 1
    assert days <= sum(lengths)
    assert days >= sum(lengths) - 3
    assert last_day(first, months=months) < first.replace(year=year + (month == 12), month=month % 12 + 1, day=1)


@MODERATE
@given(DAYS, MONTHS, MONTHS)
def test_a_period_and_the_next_adjoin_and_end_no_earlier_than_both_in_one(first, months, more):
    then = last_day(first, months=months) + ONE_DAY
    assert last_day(then, months=more) >= last_day(first, months=months + more)
    if first.day <= 28:
        assert last_day(then, months=more) == last_day(first, months=months + more)


@MODERATE
@given(DAYS, st.integers(0, 40), MONTHS)
def test_what_begins_later_never_ends_earlier(first, days, months):
    later = first + timedelta(days=days)
    assert last_day(first, months=months) <= last_day(later, months=months)
    assert last_day_after(first, months=months) <= last_day_after(later, months=months)


@MODERATE
@given(DAYS)
def test_term_terms_adjoin(starts):
    found = list(islice(terms(starts), 8))
    assert found[0].first == starts
    for one, following in pairwise(found):
        assert following.first == one.last + ONE_DAY
        assert following.renewals == one.renewals + 1
        assert 364 <= (one.last - one.first).days <= 365


@MODERATE
@given(DAYS, st.integers(0, 3000))
def test_a_day_lies_in_the_term_that_holds_it(starts, days):
    day = starts + timedelta(days=days)
    term = term_of(starts, day)
    assert term.first <= day <= term.last


@MODERATE
@given(DAYS, st.integers(80, 100))
def test_in_time_until_the_deadline_and_no_longer(term_last, before):
    arrived = term_last - timedelta(days=before)
    assert in_time(arrived, term_to(term_last)) == (arrived <= renewal_deadline(term_to(term_last)))
