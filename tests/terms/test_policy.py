"""The finance department's choices: dated, one set a day, in one file."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from billing.facts.policy import policies
from billing.terms import tax
from billing.terms.account import TAX_CATEGORIES, Fee, TaxCategory
from billing.terms.policy import Corrections, in_order, policy_on


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


FILE = Path(__file__).resolve().parents[2] / "billing" / "finance.toml"


def file_of(path, settings, percent, from_on, **other):
    """FINANCE_FILE with another set of choices from a day on."""
    last = FILE.read_text(encoding="utf-8").rpartition("[[policy]]")[2]
    changes = {"version": '"new"', "from_on": from_on, "tax_percent": percent} | other
    lines = [
        f"{line.partition(' =')[0]} = {changes[line.partition(' =')[0]]}"
        if line.partition(" =")[0] in changes
        else line
        for line in last.splitlines()
    ]
    path = path / "finance.toml"
    path.write_text(FILE.read_text(encoding="utf-8") + "\n[[policy]]" + "\n".join(lines) + "\n", encoding="utf-8")
    settings.FINANCE_FILE = path


def test_a_rate_that_begins_within_a_month_is_refused(tmp_path, settings) -> None:
    file_of(tmp_path, settings, 12, "2026-12-15")
    with pytest.raises(ImproperlyConfigured, match="（new）：税率12%が、月の途中の2026-12-15から"):
        policies()


def test_a_rate_that_begins_with_a_month_is_taken(tmp_path, settings) -> None:
    file_of(tmp_path, settings, 12, "2026-12-01")
    assert [policy_on(policies(), day).tax_percent for day in (date(2026, 11, 30), date(2026, 12, 1))] == [10, 12]


def test_other_choices_may_begin_on_any_day(tmp_path, settings) -> None:
    file_of(tmp_path, settings, 10, "2026-12-15", corrections='"net"')
    chosen = [policy_on(policies(), day).corrections for day in (date(2026, 12, 14), date(2026, 12, 15))]
    assert chosen == [Corrections.RETURN, Corrections.NET]


def test_a_choice_that_nobody_knows_is_refused(tmp_path, settings) -> None:
    file_of(tmp_path, settings, 10, "2026-12-01", corrections='"both"')
    with pytest.raises(ImproperlyConfigured, match="both"):
        policies()


def test_sets_are_ordered_by_their_days() -> None:
    first, second = policies()
    assert in_order([second, first]) == (first, second)
    later = replace(second, version="x", from_on=date(2027, 1, 10), tax_percent=12)
    with pytest.raises(ValueError, match="月の途中"):
        in_order([later, second, first])
