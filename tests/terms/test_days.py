"""Days and periods as the Civil Code counts them (I-01, I-02)."""

from datetime import date

import pytest

from contracts.terms import days as counted
from contracts.terms.days import NOT_YET_KNOWN, Period, iso, last_day, last_day_after, months_between
from tests.terms.build import day, days


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        pytest.param("2025-04-01", 6, "2025-09-30", id="six months from the first of a month end with the sixth month"),
        pytest.param("2025-04-15", 6, "2025-10-14", id="the day before the counterpart, in the middle of a month"),
        pytest.param("2025-08-28", 6, "2026-02-27", id="08-28 has a counterpart in a common year's February"),
        pytest.param("2025-08-29", 6, "2026-02-28", id="08-29 has no counterpart: the month's last day"),
        pytest.param("2025-08-30", 6, "2026-02-28", id="08-30 has no counterpart: the month's last day"),
        pytest.param(
            "2025-08-31", 6, "2026-02-28", id="08-31 has no counterpart; counterpart minus a day would be 02-27"
        ),
        pytest.param("2025-09-01", 6, "2026-02-28", id="09-01 ends the day before 03-01"),
        pytest.param("2023-08-29", 6, "2024-02-28", id="08-29 has its counterpart in a leap year's February"),
        pytest.param("2023-08-30", 6, "2024-02-29", id="08-30 has none even in a leap year"),
        pytest.param("2024-02-29", 12, "2025-02-28", id="a year from a leap day ends on the last of February"),
        pytest.param("2024-02-29", 48, "2028-02-28", id="four years from a leap day find their counterpart"),
        pytest.param("2024-03-01", 12, "2025-02-28", id="a year from 03-01 ends on the last of February"),
        pytest.param("2023-03-01", 12, "2024-02-29", id="a year from 03-01 ends on a leap day"),
        pytest.param("2025-10-31", 1, "2025-11-30", id="a month from a 31st into a month of 30 days"),
        pytest.param("2025-12-31", 6, "2026-06-30", id="over the turn of the year"),
        pytest.param("2025-01-01", 12, "2025-12-31", id="the calendar year"),
        pytest.param("2025-06-01", 18, "2026-11-30", id="more than a year, ending in November"),
        pytest.param("2025-07-01", 6, "2025-12-31", id="ending in December of the same year"),
    ],
)
def test_a_period_of_months_counts_its_first_day(first, months, last):
    assert last_day(day(first), months=months) == day(last)


@pytest.mark.parametrize(
    ("event", "last"),
    [
        pytest.param("2025-02-28", "2025-05-31", id="from 02-28: counted from 03-01, so through the whole of May"),
        pytest.param("2025-05-13", "2025-08-13", id="from the middle of a month: the same day, three months on"),
        pytest.param("2025-12-31", "2026-03-31", id="from the year's last day"),
        pytest.param("2026-01-31", "2026-04-30", id="from 01-31: only 89 days"),
        pytest.param("2025-11-29", "2026-02-28", id="counted from 11-30, which has no counterpart"),
        pytest.param("2023-11-29", "2024-02-29", id="counted from 11-30 into a leap February"),
        pytest.param("2025-11-30", "2026-02-28", id="counted from 12-01"),
    ],
)
def test_three_months_from_an_event_do_not_count_its_day(event, last):
    assert last_day_after(day(event), months=3) == day(last)


@pytest.mark.parametrize(
    ("event", "number", "last"),
    [
        pytest.param("2025-04-01", 30, "2025-05-01", id="the day of arrival is not counted"),
        pytest.param("2025-02-01", 30, "2025-03-03", id="days, not a month"),
        pytest.param("2025-12-02", 30, "2026-01-01", id="a holiday does not move the day"),
        pytest.param("2026-01-15", 90, "2026-04-15", id="ninety days"),
    ],
)
def test_days_after_an_event_do_not_count_its_day(event, number, last):
    assert counted.days_after(day(event), number) == day(last)


def test_a_period_holds_its_first_and_its_last_day():
    april = days("2025-04-01", "2025-04-30")
    assert (april.days, april.last, april.stop) == (30, day("2025-04-30"), day("2025-05-01"))
    assert day("2025-04-01") in april
    assert day("2025-04-30") in april
    assert day("2025-03-31") not in april
    assert day("2025-05-01") not in april


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        pytest.param(("04-01", "04-30"), ("04-30", "05-31"), ("04-30", "04-30"), id="one day in common"),
        pytest.param(("04-01", "04-30"), ("05-01", "05-31"), None, id="adjoining periods share no day"),
        pytest.param(("04-01", "04-30"), ("04-10", "04-12"), ("04-10", "04-12"), id="one within the other"),
    ],
)
def test_overlap(one, other, both):
    first, second = (days(*(f"2025-{text}" for text in period)) for period in (one, other))
    expected = days(*(f"2025-{text}" for text in both)) if both else None
    assert first.overlap(second) == second.overlap(first) == expected


def test_a_period_that_stops_before_it_begins_has_no_days():
    assert Period(day("2025-04-02"), day("2025-04-01")).days == 0


def test_months_are_named_by_their_first_day():
    assert counted.month_of(day("2025-04-30")) == day("2025-04-01")
    assert counted.next_month(day("2025-11-01")) == day("2025-12-01")
    assert counted.next_month(day("2025-12-01")) == day("2026-01-01")
    assert counted.previous_month(day("2026-01-01")) == day("2025-12-01")
    assert counted.month_period(day("2024-02-01")) == days("2024-02-01", "2024-02-29")


@pytest.mark.parametrize(
    ("month", "number"),
    [("2025-01", 31), ("2025-02", 28), ("2024-02", 29), ("2000-02", 29), ("2100-02", 28), ("2025-04", 30)],
)
def test_days_in_month(month, number):
    assert counted.days_in_month(day(f"{month}-01")) == number


def test_months_between_counts_both_ends():
    found = list(months_between(day("2025-11-30"), day("2026-01-01")))
    assert found == [day("2025-11-01"), day("2025-12-01"), day("2026-01-01")]
    assert list(months_between(day("2025-11-30"), day("2025-11-30"))) == [day("2025-11-01")]


def test_a_day_not_known_is_said_so():
    assert iso(None) == iso(NOT_YET_KNOWN) == "未定"
    assert iso(date(2025, 4, 1)) == "2025-04-01"
