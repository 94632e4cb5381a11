"""What a target is charged a month, the prices that are to come, and why two bills differ: without a database."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.facts.load import Owned
from billing.operations.bill import Bill, BillLine
from billing.operations.bills_of_units import Charged, charged_on, prices_ahead
from billing.operations.why_bills_differ import why_differ
from billing.terms.account import Fee, Line, TaxCategory, UnbillableError
from billing.terms.payers import always
from contracts.terms.catalog import LicenceType, OptionType
from tests.properties.facts import MODERATE
from tests.terms.build import account, end

ON = date(2025, 8, 10)
JULY, AUGUST = date(2025, 7, 1), date(2025, 8, 1)


def told(of, on=ON):
    return [(str(one.on), one.before_yen, one.after_yen) for one in prices_ahead([Owned(1, 1, always(1), of)], on)]


def test_prices_to_come_are_told_with_what_they_follow():
    prices = [("2025-04-01", 100), ("2025-08-10", 150), ("2025-10-01", 200), ("2025-12-01", 200), ("2026-01-01", 50)]
    assert told(account(prices)) == [("2025-10-01", 150, 200), ("2026-01-01", 200, 50)]


def test_a_price_beyond_the_end_or_before_the_start_is_none_to_come():
    prices = [("2025-04-01", 100), ("2025-10-01", 200), ("2025-12-01", 300)]
    assert told(replace(account(prices), end=end("2025-11-30"))) == [("2025-10-01", 100, 200)]
    assert told(account(prices, starts="2025-10-01")) == [("2025-12-01", 200, 300)]
    assert told(account(prices, starts=None)) == []


def test_a_month_is_the_price_and_the_number_of_the_day():
    of = account([("2025-04-01", 100), ("2025-09-01", 90)])
    licences = replace(
        of,
        option=OptionType.EDR_LICENCE,
        licence_type=LicenceType.MSSP,
        quantities=((date.min, 100), (date(2025, 8, 11), 150)),
    )
    assert charged_on(licences, ON) == Charged(100, 100)
    assert charged_on(licences, date(2025, 8, 11)) == Charged(100, 150)
    assert charged_on(licences, date(2025, 9, 1)).yen == 13_500
    assert charged_on(replace(of, end=end("2025-08-09")), ON) is None
    assert charged_on(of, date(2025, 3, 31)) is None


def test_what_has_no_price_is_told_and_never_nothing():
    with pytest.raises(UnbillableError):
        charged_on(account([("2025-09-01", 100)]), ON)


def line(fee, yen, first, last, price=0, quantity=1):
    return Line(fee, first, last, quantity, price or yen, yen, TaxCategory.TAXABLE, "13", "", "")


FEES = st.sampled_from([fee for fee in Fee if fee is not Fee.MONTHLY])
YEN = st.integers(-(10**6), 10**6)


@st.composite
def bill(draw, month):
    """Some lines of some targets of two units: monthly fees, and others."""
    found = Bill(month, closed=True)
    last = month.replace(day=31)
    for number in ("T-1", "M-1", "O-1"):
        unit = 1 if number == "T-1" else 2
        if draw(st.booleans()):
            price, quantity, first = draw(st.integers(1, 10**6)), draw(st.integers(1, 500)), draw(st.integers(1, 28))
            yen = price * quantity * (32 - first) // 31
            found.lines.append(
                BillLine(1, unit, number, line(Fee.MONTHLY, yen, month.replace(day=first), last, price, quantity))
            )
        for fee, yen in draw(st.lists(st.tuples(FEES, YEN), max_size=3)):
            found.lines.append(BillLine(1, unit, number, line(fee, yen, month, month)))
    return found


@MODERATE
@given(bill(JULY), bill(AUGUST))
def test_the_differences_add_up_and_so_do_their_parts(before, now):
    why = why_differ(before, now)
    assert sum(one.yen for one in why) == now.yen - before.yen
    assert sum(now.by_unit.values()) == sum(now.by_fee.values()) == now.yen
    assert [abs(one.yen) for one in why] == sorted((abs(one.yen) for one in why), reverse=True)
    for one in why:
        of = [[each.line.amount_yen for each in bill.lines if each.number == one.number] for bill in (before, now)]
        assert one.yen == sum(of[1]) - sum(of[0])
        assert all(part.yen for part in one.parts)


def test_each_part_has_its_days():
    was = Bill(JULY, closed=True, lines=[BillLine(1, 1, "T-1", line(Fee.MONTHLY, 310, JULY, date(2025, 7, 31), 310))])
    now = Bill(AUGUST, closed=False)
    now.lines = [BillLine(1, 1, "T-1", line(Fee.MONTHLY, 90, AUGUST, date(2025, 8, 9), 310))]
    now.lines.append(BillLine(1, 1, "T-1", line(Fee.ONE_TIME, 7, AUGUST, AUGUST)))
    (one,) = why_differ(was, now)
    assert [(part.cause, part.yen) for part in one.parts] == [("days", -220), ("one_time", 7)]
    assert {(part.days_before, part.days, part.within) for part in one.parts} == {(31, 9, False)}
    assert why_differ(was, replace_month(was)) == []


def replace_month(bill):
    return Bill(AUGUST, closed=False, lines=bill.lines)
