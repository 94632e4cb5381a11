"""Whatever day contracts pass on, and how often: what all customers pay is what one would have paid, each day once, each line once."""

from collections import defaultdict
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from billing.facts.policy import policies
from billing.terms.account import Fee, Line, TaxCategory, UnbillableError
from billing.terms.corrections import owed
from billing.terms.month import due
from billing.terms.payers import Payer, always, divided, payer_on, succeeded
from billing.terms.policy import policy_on
from contracts.terms.days import month_period, months_between
from tests.properties.facts import MODERATE
from tests.properties.test_corrections import known

MONTHS = list(months_between(date(2025, 4, 1), date(2026, 3, 1)))
DAYS = st.dates(date(2025, 3, 20), date(2026, 3, 31))
PASSED = st.dictionaries(DAYS, st.tuples(st.integers(1, 4), st.booleans()), max_size=4)


def payers_of(passed):
    """Customer 1 from the beginning, then whoever it passed to: nobody passes to themselves."""
    found = [*always(1)]
    for day, (customer, merged) in sorted(passed.items()):
        if found[-1].customer != customer:
            found.append(Payer(day, customer, merged))
    return tuple(found)


def lines_of(of, month):
    """What falls due in the month; nothing where it cannot be computed."""
    try:
        return due(of, month_period(month)).lines
    except UnbillableError:
        return []


@MODERATE
@given(known(), PASSED)
def test_the_parts_are_the_whole(of, passed):
    payers = payers_of(passed)
    for month in MONTHS:
        for line in lines_of(of, month):
            parts = list(divided(line, payers, month))
            assert sum(part.amount_yen for _customer, part in parts) == line.amount_yen
            if line.fee is not Fee.MONTHLY:
                assert [part for _customer, part in parts] == [line]
                continue
            for customer, part in parts:
                days = [part.from_on + timedelta(days=n) for n in range((part.to_on - part.from_on).days + 1)]
                assert {payer_on(payers, day) for day in days} == {customer}
            # Up to any payer's last day nobody has paid more than the days up to it come to, floored once (I-54).
            paid = 0
            for _customer, part in parts:
                paid += part.amount_yen
                whole = month_period(month)
                up_to = (part.to_on - line.from_on).days + 1
                fee = line.unit_price_yen * line.quantity
                assert paid == fee * up_to // ((whole.stop - whole.first).days)
                assert part.basis.endswith("I-54）") or part == line


@MODERATE
@given(known(), PASSED)
def test_both_lives_owe_what_one_would(of, passed):
    payers = payers_of(passed)
    months = {month: policy_on(policies(), month) for month in MONTHS}
    alone, divided_ = owed(of, months), owed(of, months, payers)
    both = defaultdict(int)
    for (month, fee, _payer), one in divided_.sums.items():
        both[month, fee] += one.amount_yen
    assert dict(both) == {(month, fee): one.amount_yen for (month, fee, _), one in alone.sums.items()}
    assert divided_.held == alone.held


def test_a_merged_customer_has_its_successor_from_the_day_on():
    """I-55: of two mergers the last; a transfer by agreement makes no successor."""
    payers = (
        *always(1),
        Payer(date(2025, 5, 1), 2, True),
        Payer(date(2025, 7, 1), 3),
        Payer(date(2025, 9, 1), 4, True),
    )
    asked = {1: (2025, 4, 30), 2: (2025, 5, 1), 3: (2025, 8, 31)}
    assert [succeeded(payers, customer, date(*day)) for customer, day in asked.items()] == [1, 2, 3]
    assert succeeded(payers, 1, date(2025, 5, 1)) == 2
    assert succeeded(payers, 2, date(2025, 12, 1)) == 2
    assert succeeded(payers, 3, date(2025, 9, 1)) == 4


def test_the_day_says_whose_a_line_is():
    """I-55: a settlement is of the end day, the day before its first; a fee of its own day."""
    payers = (*always(1), Payer(date(2025, 6, 16), 2))
    said = {"quantity": 1, "unit_price_yen": 9, "amount_yen": 9, "tax_category": TaxCategory.TAXABLE, "clause": "13"}
    for fee, first, whose in (
        (Fee.SETTLEMENT, date(2025, 6, 16), 1),
        (Fee.SETTLEMENT, date(2025, 6, 17), 2),
        (Fee.ONE_TIME, date(2025, 6, 15), 1),
        (Fee.ONE_TIME, date(2025, 6, 16), 2),
    ):
        line = Line(fee=fee, from_on=first, to_on=first, basis="", cause="", **said)
        assert list(divided(line, payers, date(2025, 6, 1))) == [(whose, line)]


def test_what_belonged_to_a_merged_customer_is_for_whoever_stands_in_its_place_from_the_month_of_the_merger():
    """I-55: a reduction for days of May, billed in May, in June and in July; merged on the first of June, and on the second."""
    said = {"quantity": 1, "unit_price_yen": 9, "amount_yen": -9, "tax_category": TaxCategory.TAXABLE, "clause": "15-1"}
    day = date(2025, 5, 20)
    line = Line(fee=Fee.OUTAGE, from_on=day, to_on=day, basis="", cause="", **said)
    for merged_on, whose in ((date(2025, 6, 1), [1, 2, 2]), (date(2025, 6, 2), [1, 1, 2])):
        payers = (*always(1), Payer(merged_on, 2, True))
        found = [next(divided(line, payers, date(2025, month, 1)))[0] for month in (5, 6, 7)]
        assert found == whose
