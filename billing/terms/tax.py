"""Consumption tax (I-05): dated rates; rounded down once per invoice and rate."""

from datetime import date

from billing.terms.account import TAX_CATEGORIES, Fee, TaxCategory

RATES_PERCENT: tuple[tuple[date, int], ...] = ((date(2014, 4, 1), 8), (date(2019, 10, 1), 10))
"""標準税率, dated: 8 % from 2014-04-01, 10 % from 2019-10-01."""


def category_of(fee: Fee) -> TaxCategory:
    """How tax treats a line of that fee; a settlement lies outside the scope by default (I-05)."""
    return TAX_CATEGORIES[fee]


def rate_percent(day: date) -> int:
    """The rate in force on a day. Raises ValueError before the first rate known here."""
    rate = next((percent for from_on, percent in reversed(RATES_PERCENT) if from_on <= day), None)
    if rate is None:
        raise ValueError(f"no tax rate is known for {day}")
    return rate


def tax_yen(taxable_yen: int, percent: int) -> int:
    """Tax on one invoice's taxable total of one rate, rounded down towards zero (I-05)."""
    tax = abs(taxable_yen) * percent // 100
    return tax if taxable_yen >= 0 else -tax
