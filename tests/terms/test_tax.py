"""Consumption tax (I-05)."""

import pytest

from billing.terms.account import Fee, TaxCategory
from billing.terms.tax import category_of, rate_percent, tax_yen
from tests.terms.build import day


@pytest.mark.parametrize(
    ("on", "percent"),
    [("2014-04-01", 8), ("2019-09-30", 8), ("2019-10-01", 10), ("2025-04-01", 10)],
)
def test_rates_are_dated(on, percent):
    assert rate_percent(day(on)) == percent


def test_before_the_first_rate_known_nothing_is_guessed():
    with pytest.raises(ValueError, match="no tax rate"):
        rate_percent(day("2014-03-31"))


@pytest.mark.parametrize(
    ("taxable", "tax"),
    [
        pytest.param(300_000, 30_000, id="even"),
        pytest.param(9, 0, id="less than a yen of tax is none"),
        pytest.param(19, 1, id="rounded down once"),
        pytest.param(-19, -1, id="a negative total is rounded towards zero"),
        pytest.param(0, 0, id="nothing"),
    ],
)
def test_tax_is_rounded_down(taxable, tax):
    assert tax_yen(taxable, 10) == tax


def test_how_tax_sees_each_fee():
    assert {fee: category_of(fee) for fee in Fee if fee is not Fee.CORRECTION} == {
        Fee.INITIAL: TaxCategory.TAXABLE,
        Fee.MONTHLY: TaxCategory.TAXABLE,
        Fee.ONE_TIME: TaxCategory.TAXABLE,
        Fee.SETTLEMENT: TaxCategory.OUT_OF_SCOPE,
        Fee.OUTAGE: TaxCategory.RETURN,
        Fee.SLA: TaxCategory.RETURN,
    }
