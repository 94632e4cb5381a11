"""The finance department's choices: dated, one set a day, in one file."""

from datetime import date

import pytest

from billing.facts.policy import policies
from billing.terms import tax
from billing.terms.account import TAX_CATEGORIES, Fee, TaxCategory
from billing.terms.policy import policy_on


@pytest.mark.parametrize(
    ("day", "percent"),
    [
        pytest.param(date(2019, 9, 30), 8, id="the last day of 8 %"),
        pytest.param(date(2019, 10, 1), 10, id="the first day of 10 %"),
    ],
)
def test_the_rate_is_that_of_the_day(day: date, percent: int) -> None:
    assert policy_on(policies(), day).tax_percent == percent == tax.rate_percent(day)


def test_before_the_first_set_nothing_is_guessed() -> None:
    with pytest.raises(ValueError, match="2014-03-31"):
        policy_on(policies(), date(2014, 3, 31))


def test_a_settlement_is_taxed_as_finance_chose() -> None:
    policy = policy_on(policies(), date(2026, 1, 1))
    assert policy.tax_category(Fee.SETTLEMENT) is TaxCategory.OUT_OF_SCOPE
    assert [policy.tax_category(fee) for fee in TAX_CATEGORIES] == list(TAX_CATEGORIES.values())


def test_versions_name_one_set_each() -> None:
    versions = [policy.version for policy in policies()]
    assert len(set(versions)) == len(versions)
