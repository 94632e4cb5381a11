"""お支払期限: by the payment terms, off bank holidays as agreed, never before the issue (I-70)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.facts.bank_days import banks_open
from billing.facts.policy import policies
from billing.terms.due_day import HolidayRule, PaymentTerms, due_day
from billing.terms.policy import policy_on
from contracts.terms.days import next_month
from tests.properties.facts import MODERATE

NONE, PREVIOUS, NEXT = HolidayRule.NONE, HolidayRule.PREVIOUS, HolidayRule.NEXT


@pytest.mark.parametrize(
    ("month", "terms", "issued", "due"),
    [
        pytest.param("2025-12-01", (1, 31, NONE), "2026-01-05", "2026-01-31", id="the end of the next month"),
        pytest.param("2026-01-01", (1, 31, NONE), "2026-02-02", "2026-02-28", id="a short month"),
        pytest.param("2025-04-01", (1, 31, NONE), "2025-05-02", "2025-05-31", id="a Saturday stays"),
        pytest.param("2025-04-01", (1, 31, PREVIOUS), "2025-05-02", "2025-05-30", id="a Saturday, the day before"),
        pytest.param("2025-04-01", (1, 31, NEXT), "2025-05-02", "2025-06-02", id="a Saturday, on to Monday"),
        pytest.param("2025-03-01", (2, 5, NEXT), "2025-04-02", "2025-05-07", id="three holidays, one a substitute"),
        pytest.param("2025-11-01", (1, 31, NEXT), "2025-12-02", "2026-01-05", id="banks rest over New Year"),
        pytest.param("2025-11-01", (1, 31, PREVIOUS), "2025-12-02", "2025-12-30", id="the last day before New Year"),
        pytest.param("2025-04-01", (0, 31, NONE), "2025-04-30", "2025-04-30", id="on the day of issue"),
        pytest.param("2025-04-01", (1, 31, NONE), "2025-06-01", "2025-06-30", id="issued late: the next such day"),
        pytest.param("2025-04-01", (1, 31, PREVIOUS), "2025-05-31", "2025-06-30", id="moved back before the issue"),
        pytest.param("2025-04-01", (0, 10, NONE), "2025-07-11", "2025-08-10", id="months late"),
        pytest.param("2025-10-01", (2, 10, NEXT), "2025-11-04", "2025-12-10", id="a day of the month after next"),
    ],
)
def test_a_due_day(month: str, terms: tuple[int, int, HolidayRule], issued: str, due: str) -> None:
    found = due_day(
        date.fromisoformat(month),
        PaymentTerms(*terms),
        issued_on=date.fromisoformat(issued),
        is_open=banks_open,
    )
    assert found == date.fromisoformat(due)


def test_what_finance_has_for_all_is_the_end_of_the_next_month() -> None:
    assert policy_on(policies(), date(2025, 12, 1)).terms == PaymentTerms(1, 31, NONE)


MONTHS = st.dates(date(2000, 1, 1), date(2150, 1, 1)).map(lambda day: day.replace(day=1))
TERMS = st.builds(PaymentTerms, st.integers(0, 12), st.integers(1, 31), st.sampled_from(HolidayRule))


@MODERATE
@given(MONTHS, TERMS, st.integers(-40, 900))
def test_never_before_the_issue_and_never_when_banks_are_closed(month: date, terms: PaymentTerms, late: int) -> None:
    issued = next_month(month) + timedelta(days=late)
    due = due_day(month, terms, issued_on=issued, is_open=banks_open)
    assert due >= issued
    assert terms.holiday is NONE or banks_open(due)


@MODERATE
@given(MONTHS, TERMS, st.integers(0, 900), st.integers(0, 60))
def test_who_issues_later_is_paid_no_earlier(month: date, terms: PaymentTerms, late: int, later: int) -> None:
    issued = next_month(month) + timedelta(days=late)
    first = due_day(month, terms, issued_on=issued, is_open=banks_open)
    assert first <= due_day(month, terms, issued_on=issued + timedelta(days=later), is_open=banks_open)
    # Two months and the longest closure: a day of the terms comes round every month.
    assert first <= max(issued + timedelta(days=75), month + timedelta(days=31 * (terms.months + 1) + 14))


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        ("2025-12-30", True),
        ("2025-12-31", False),
        ("2026-01-01", False),
        ("2026-01-02", False),
        ("2026-01-03", False),
        ("2026-01-05", True),
        ("2025-05-06", False),
        ("2025-11-24", False),
        ("2025-11-22", False),
        ("2025-11-25", True),
        ("2019-05-01", False),
    ],
)
def test_a_day_of_banks(day: str, is_open: bool) -> None:
    assert banks_open(date.fromisoformat(day)) is is_open
