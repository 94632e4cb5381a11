"""The safe day of a 期間ライセンス (I-33): earlier than the deadline of 10-9, and in time whoever counts."""

from datetime import timedelta

import pytest
from hypothesis import given

from contracts.terms.art10_options import in_time, renewal_deadline, safe_day
from tests.properties.facts import DAYS, MODERATE
from tests.terms.build import day, term_to


@pytest.mark.parametrize(
    ("term_last", "safe"),
    [
        pytest.param("2026-03-31", "2025-12-28", id="three days before the deadline of 2025-12-31"),
        pytest.param("2026-02-28", "2025-11-27", id="the shortest month"),
        pytest.param("2026-04-30", "2026-01-27", id="over a short February"),
        pytest.param("2024-05-31", "2024-02-28", id="over a leap day"),
    ],
)
def test_the_safe_day_of_a_term(term_last: str, safe: str) -> None:
    assert safe_day(term_to(term_last)) == day(safe)


@MODERATE
@given(DAYS)
def test_a_notice_on_the_safe_day_is_in_time_and_its_ninety_days_are_over(term_last):
    safe = safe_day(term_to(term_last))
    assert safe < renewal_deadline(term_to(term_last))
    assert in_time(safe, term_to(term_last))
    assert safe + timedelta(days=90) < term_last


@MODERATE
@given(DAYS)
def test_the_deadline_is_the_last_day_in_time(term_last):
    deadline = renewal_deadline(term_to(term_last))
    assert in_time(deadline, term_to(term_last))
    assert not in_time(deadline + timedelta(days=1), term_to(term_last))
