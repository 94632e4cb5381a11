"""第5条（最低利用期間）."""

import pytest

from contracts.terms.art05_minimum_term import minimum_term_last_day
from tests.terms.build import day


@pytest.mark.parametrize(
    ("starts", "last"),
    [
        pytest.param("2025-04-01", "2025-09-30", id="six months from 課金開始日, its day counted"),
        pytest.param("2025-08-31", "2026-02-28", id="no counterpart in February (I-01)"),
        pytest.param("2024-12-15", "2025-06-14", id="over the turn of the year"),
    ],
)
def test_every_contract_has_six_months(starts, last):
    assert minimum_term_last_day(day(starts), concluded_on=day(starts)) == day(last)
