"""What of a [[policy]] cannot be followed is said, a sentence a fault, before any line is computed by it."""

import re
import tomllib
from datetime import date, datetime
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from billing.checks import stop_on_doubt
from billing.facts.policy import faults_of_choices, policies
from billing.facts.policy_written import NEEDED, ROLES, faults_of_policies

FILE = Path(__file__).resolve().parents[2] / "billing" / "finance.toml"


def written(**other):
    (*_before, last) = tomllib.loads(FILE.read_text(encoding="utf-8"))["policy"]
    return {**last, **other}


def faults(**other):
    return list(faults_of_policies([written(**other)]))


def test_what_finance_chose_is_without_fault() -> None:
    assert list(faults_of_policies(tomllib.loads(FILE.read_text(encoding="utf-8"))["policy"])) == []


@pytest.mark.parametrize("percent", [-1, 101, 10.0, "10", True, None])
def test_a_rate_beyond_0_and_100_is_refused(percent) -> None:
    assert faults(tax_percent=percent) == [
        f"[[policy]]（2019-10）のtax_percent（{percent}）は、0から100までの整数で書いてください。"
    ]


@pytest.mark.parametrize("percent", [0, 100])
def test_the_bounds_are_rates(percent) -> None:
    assert faults(tax_percent=percent) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("due_day", 0),
        ("due_day", 32),
        ("due_months", -1),
        ("due_months", 13),
        ("version", ""),
        ("version", "x" * 17),
        ("from_on", "2019-10-01"),
        ("from_on", datetime(2019, 10, 1, 12)),
        ("settlement_tax", "no"),
        ("corrections", "both"),
        ("accounts", "売掛金"),
    ],
)
def test_a_value_that_cannot_be_followed_is_refused(key, value) -> None:
    (fault,) = faults(**{key: value})
    assert key in fault


@pytest.mark.parametrize("key", NEEDED)
def test_what_is_needed_is_missed(key) -> None:
    row = written()
    del row[key]
    assert any(fault.endswith(f"に{key}がありません。") for fault in faults_of_policies([row]))


@pytest.mark.parametrize("role", ROLES)
def test_an_account_that_is_missing_or_empty_is_missed(role) -> None:
    accounts = written()["accounts"]
    assert faults(accounts={**accounts, role: " "}) == [
        f"[[policy]]（2019-10）の科目{role}は、空でない名前で書いてください。"
    ]
    del accounts[role]
    assert faults(accounts=accounts) == [f"[[policy]]（2019-10）の科目{role}がありません。"]


def test_a_key_that_nobody_knows_is_asked_about() -> None:
    said = "[[policy]]（2019-10）のtax_percentは知られていません。"
    assert faults(tax_pecent=10) == [said.replace("percent", "pecent") + "tax_percentのことではありませんか。"]
    assert faults(xyz=1) == ["[[policy]]（2019-10）のxyzは知られていません。"]


@pytest.mark.parametrize("key", ["version", "from_on"])
def test_two_sets_of_one_name_or_day_are_refused(key) -> None:
    other = {"version": "next", "from_on": date(2027, 1, 1)}
    del other[key]
    (fault,) = faults_of_policies([written(), written(**other)])
    assert f"同じ{key}" in fault


@pytest.mark.parametrize("rows", [None, [], {}])
def test_no_set_at_all_is_refused(rows) -> None:
    assert len(list(faults_of_policies(rows))) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[policy", "読めません"),
        ("[[polcy]]\n", "polcyは知られていません。policyのことではありませんか。"),
        (FILE.read_text(encoding="utf-8") + '\n[shop]\nname = ""\n', "shopは知られていません。"),
    ],
)
def test_a_file_that_cannot_be_followed_stops_the_start(text, said, tmp_path, settings) -> None:
    settings.FINANCE_FILE = tmp_path / "finance.toml"
    settings.FINANCE_FILE.write_text(text, encoding="utf-8")
    assert re.search(re.escape(said), faults_of_choices()[0])
    for begin in (stop_on_doubt, policies):
        with pytest.raises(ImproperlyConfigured, match=re.escape(said)):
            begin()


ISSUER = 'from_on = 2025-04-01\nname = "甲"\nregistration = "T8700110005901"\n'
OBC = '[[journal]]\npackage = "obc"\nfrom_on = 2019-10-01\n'
NO_NAMES = "[journal.accounts]\n[journal.tax]\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(f"[issuer]\n{ISSUER}", "issuerは、[[issuer]]の表として", id="one bracket"),
        pytest.param(f'[[issuer]]\n{ISSUER}bank = "x"\n', "bankは、[[bank]]の表として", id="a bank as a text"),
        pytest.param(f"{OBC}columns = [[1, 2]]\n{NO_NAMES}", "columnsは、[見出し, 内容]", id="columns of numbers"),
        pytest.param(f'{OBC}columns = "x"\n{NO_NAMES}', "columnsは、[見出し, 内容]", id="columns as a text"),
        pytest.param(f"{OBC}form = 1\n{NO_NAMES}", "formは、引用符で囲んだ文字", id="a form as a number"),
        pytest.param(f"{OBC}accounts = 1\n[journal.tax]\n", "[journal.accounts]の表", id="accounts as a number"),
        pytest.param(f"{OBC}[journal.accounts]\nmonthly = 1\n[journal.tax]\n", "科目monthlyは", id="an account's code"),
        pytest.param(f"{OBC}[journal.accounts]\n[journal.tax]\nreceivable = 0\n", "[journal.tax]は", id="a tax code"),
        pytest.param(f"{OBC}{NO_NAMES}[journal.partners]\nC1 = 1\n", "[journal.partners]は", id="a partner's code"),
    ],
)
def test_what_is_written_in_another_shape_is_said_in_a_sentence(text, said, tmp_path, settings) -> None:
    settings.FINANCE_FILE = tmp_path / "finance.toml"
    settings.FINANCE_FILE.write_text(FILE.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")
    with pytest.raises(ImproperlyConfigured, match=re.escape(said)):
        stop_on_doubt()


def test_a_file_that_is_not_there_stops_the_start(tmp_path, settings) -> None:
    settings.FINANCE_FILE = tmp_path / "none.toml"
    with pytest.raises(ImproperlyConfigured, match="読めません"):
        stop_on_doubt()
