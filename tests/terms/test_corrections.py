"""訂正: how tax treats what puts a closed month right (I-44), and what its sentence says."""

from dataclasses import replace
from datetime import date

import pytest

from billing.facts.policy import policies
from billing.terms.account import Fee, TaxCategory
from billing.terms.corrections import Sum, late, owed, tax_category_of
from billing.terms.policy import Corrections, policy_on
from tests.terms.build import account, day, end, outage

TAXABLE, RETURN, OUTSIDE = TaxCategory.TAXABLE, TaxCategory.RETURN, TaxCategory.OUT_OF_SCOPE
MAY = date(2025, 5, 1)
MONTHS = {MAY: policy_on(policies(), MAY)}


@pytest.mark.parametrize(
    ("of", "amount", "as_return", "as_net"),
    [
        pytest.param(TAXABLE, -50_000, RETURN, TAXABLE, id="a fee lowered: given back, or netted"),
        pytest.param(TAXABLE, 50_000, TAXABLE, TAXABLE, id="a fee raised: an ordinary line"),
        pytest.param(RETURN, -5_000, RETURN, RETURN, id="a reduction raised: given back"),
        pytest.param(
            RETURN, 5_000, TAXABLE, TAXABLE, id="a reduction lowered: an ordinary line, never above 0 among returns"
        ),
        pytest.param(OUTSIDE, -400_000, OUTSIDE, OUTSIDE, id="a settlement lowered: outside the scope"),
        pytest.param(OUTSIDE, 400_000, OUTSIDE, OUTSIDE, id="a settlement raised: outside the scope"),
    ],
)
def test_how_tax_treats_a_correction(of, amount, as_return, as_net):
    # I-44
    billed = Sum(100_000, of, "13")
    assert tax_category_of(billed, amount, Corrections.RETURN) is as_return
    assert tax_category_of(billed, amount, Corrections.NET) is as_net


def corrected(before, after, taxed_as=Corrections.RETURN):
    """What the month after says once an account is known to be another than was billed: fee → (yen, tax category)."""
    found = late(
        owed(after, MONTHS), owed(before, MONTHS).sums, None, closing=date(2025, 6, 1), cause="", taxed_as=taxed_as
    )
    return {str(one.fee): (one.line.amount_yen, one.line.tax_category) for one in found.corrections}


def test_a_late_price_that_halves_fee_and_reduction():
    before = account(100_000, outages=(outage("2025-05-02 00:00", "2025-05-05 00:00", "2025-05-10"),))
    after = replace(before, monthly=((date.min, 100_000), (day("2025-05-01"), 50_000)))
    assert corrected(before, after) == {"monthly": (-50_000, RETURN), "outage": (5_000, TAXABLE)}
    assert corrected(before, after, Corrections.NET) == {"monthly": (-50_000, TAXABLE), "outage": (5_000, TAXABLE)}


def test_a_correction_shows_the_whole_sum_of_what_is_right():
    before = account(300_000)
    after = replace(before, monthly=((date.min, 300_000), (day("2025-05-17"), 330_000)), end=end("2025-05-30"))
    found = late(owed(after, MONTHS), owed(before, MONTHS).sums, None, closing=date(2025, 6, 1), cause="料金")
    told = {correction.fee: correction.line.basis for correction in found.corrections}
    assert told[Fee.MONTHLY] == (
        "2025-05の月額費用の訂正：正 303,870円 − 請求済み 300,000円 = 3,870円（料金）。"
        "正の内訳：月額 300,000円 × 16日 ÷ 31日 = 154,838円、月額 330,000円 × 14日 ÷ 31日 = 149,032円"
    )
