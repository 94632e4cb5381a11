"""適格請求書: rounded once an invoice and rate, reductions as 返還, what is outside the scope apart (I-05)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.terms.account import TaxCategory
from billing.terms.invoice import Part, amounts
from billing.terms.registration import check_digit, fault_of
from tests.properties.facts import MODERATE

TAXABLE, RETURN, OUTSIDE = TaxCategory.TAXABLE, TaxCategory.RETURN, TaxCategory.OUT_OF_SCOPE


@pytest.mark.parametrize(
    ("parts", "taxes", "total"),
    [
        pytest.param([(10, TAXABLE, 105)] * 3, [31], 346, id="rounded once: 31, not three times 10"),
        pytest.param([(10, TAXABLE, 1000), (10, RETURN, -99)], [90], 991, id="a reduction lessens the taxable amount"),
        pytest.param([(10, TAXABLE, 1000), (10, OUTSIDE, 500)], [100], 1600, id="a settlement is outside the scope"),
        pytest.param([(10, TAXABLE, 105), (8, TAXABLE, 105)], [10, 8], 228, id="each rate by itself"),
        pytest.param([(10, RETURN, -105)], [-10], -115, id="more given back than charged: towards zero"),
        pytest.param([(10, RETURN, 5000)], [500], 5500, id="a reduction taken back, nothing else: taxable (I-44)"),
        pytest.param(
            [(10, TAXABLE, 1000), (10, RETURN, -99), (10, RETURN, 120)], [102], 1123, id="more back than given"
        ),
        pytest.param([], [], 0, id="nothing"),
    ],
)
def test_what_an_invoice_comes_to(parts: list[tuple[int, TaxCategory, int]], taxes: list[int], total: int) -> None:
    found = amounts(Part(*part) for part in parts)
    assert [rate.tax_yen for rate in found.rates] == taxes
    assert found.total_yen == total


def test_the_tax_in_what_is_given_back_is_shown_and_not_counted_twice() -> None:
    (rate,) = amounts([Part(10, TAXABLE, 1000), Part(10, RETURN, -99)]).rates
    assert (rate.taxable_yen, rate.returned_yen, rate.returned_tax_yen, rate.tax_yen) == (1000, -99, -9, 90)


PARTS = st.lists(
    st.one_of(
        st.builds(Part, st.sampled_from([8, 10]), st.just(TAXABLE), st.integers(-(10**6), 10**9)),
        st.builds(Part, st.sampled_from([8, 10]), st.just(RETURN), st.integers(-(10**6), 10**6)),
        st.builds(Part, st.just(10), st.just(OUTSIDE), st.integers(0, 10**9)),
    ),
    max_size=12,
)


@MODERATE
@given(PARTS, st.randoms())
def test_the_order_of_lines_changes_nothing(parts, random):
    shuffled = random.sample(parts, len(parts))
    assert amounts(shuffled) == amounts(parts)


@MODERATE
@given(PARTS)
def test_what_is_given_back_is_never_above_zero(parts):
    """The database refuses an invoice that gives back less than nothing."""
    assert all(rate.returned_yen <= 0 for rate in amounts(parts).rates)


@MODERATE
@given(PARTS)
def test_no_yen_is_lost(parts):
    found = amounts(parts)
    assert found.total_yen - found.tax_yen == sum(part.amount_yen for part in parts)
    for rate in found.rates:
        base = sum(p.amount_yen for p in parts if p.percent == rate.percent and p.category is not OUTSIDE)
        assert abs(rate.tax_yen) == abs(base) * rate.percent // 100


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        pytest.param("T8700110005901", "", id="the tax agency's example"),
        pytest.param("T7000012050002", "", id="the tax agency itself"),
        pytest.param("T8700110005902", "検査用数字", id="a digit wrong"),
        pytest.param("T870011000590", "13桁", id="a digit short"),
        pytest.param("8700110005901", "「T」と", id="without T"),
        pytest.param("T８７００１１０００５９０１", "13桁", id="full-width"),
    ],
)
def test_a_registration_number(number: str, fault: str) -> None:
    assert (fault in fault_of(number)) if fault else fault_of(number) == ""


@MODERATE
@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_found_but_where_nine_stands_for_zero(rest, place, more):
    """The check digit is taken modulo 9: 0 and 9 in one place look alike, and so do digits doubled to the same rest."""
    wrong = rest[:place] + str((int(rest[place]) + more) % 10) + rest[place + 1 :]
    weight = 1 + (11 - place) % 2
    same = (int(wrong[place]) - int(rest[place])) * weight % 9 == 0
    assert (check_digit(wrong) == check_digit(rest)) is same
