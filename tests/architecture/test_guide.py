"""The guide's dates are those that the rules compute: whoever reads it may rely on them."""

import re
from datetime import date
from pathlib import Path

import pytest

from contracts.terms.art05_minimum_term import minimum_term_last_day
from contracts.terms.art10_options import minimum_term_months, renewal_deadline, term_of
from contracts.terms.art12_termination import notice_effect
from contracts.terms.catalog import LicenceType, find_licence, find_option
from contracts.terms.clause import spoken
from contracts.terms.days import last_day
from tests.terms.build import edr, licence, notice, term_to, tier

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "account-managers.ja.md").read_text(encoding="utf-8")
MAP = (Path(__file__).resolve().parents[2] / "contracts" / "terms" / "README.md").read_text(encoding="utf-8")
DAY = r"(\d{4}-\d{2}-\d{2})"
TERMS = re.findall(rf"^\| (\S+) \| {DAY} \| {DAY} \|$", GUIDE, re.M)
NOTICES = re.findall(rf"^\| (\S+) \| {DAY} \| (なし|{DAY}) \| {DAY} \|", GUIDE, re.M)
DEADLINES = re.findall(rf"^\| {DAY} \| {DAY} \|$", GUIDE, re.M)


def committed_until(what: str, starts_on: date) -> date:
    if what == "契約":
        return minimum_term_last_day(starts_on, concluded_on=starts_on)
    licence = find_licence(what)
    if licence is LicenceType.TERM:
        return term_of(starts_on, starts_on).last
    option = find_option("EDRライセンス" if licence else what)
    assert option is not None
    months = minimum_term_months(option, licence, concluded_on=starts_on)
    assert months is not None
    return last_day(starts_on, months=months)


def test_the_guide_has_its_examples():
    assert len(TERMS) >= 7
    assert len(DEADLINES) >= 3


@pytest.mark.parametrize(("what", "starts", "ends"), TERMS)
def test_a_minimum_term_of_the_guide(what: str, starts: str, ends: str):
    assert committed_until(what, date.fromisoformat(starts)) == date.fromisoformat(ends)


@pytest.mark.parametrize(("term", "deadline"), DEADLINES)
def test_a_deadline_of_the_guide(term: str, deadline: str):
    assert renewal_deadline(term_to(term)) == date.fromisoformat(deadline)


@pytest.mark.parametrize(("what", "arrived", "names", "_again", "ends"), NOTICES)
def test_a_notice_of_the_guide(what: str, arrived: str, names: str, _again: str, ends: str):
    targets = {"契約": tier(), "EDR運用オプション": edr(), "期間ライセンス": licence(LicenceType.TERM)}
    effect = notice_effect(targets[what], notice("", arrived, None if names == "なし" else names))
    assert effect.on == date.fromisoformat(ends)


def test_the_guide_has_its_notices():
    assert len(NOTICES) >= 7


def test_every_reading_and_clause_of_the_guide_is_known():
    for number in re.findall(r"`(I-\d+)`", GUIDE):
        assert f"| {number} |" in MAP, number
    # An article of one paragraph is written with it or without.
    known = {spoken(clause).replace("第1項", "") for clause in re.findall(r"^\| `([\d()-]+)` \|", MAP, re.M)}
    for clause in re.findall(r"第\d+条(?:第\d+項)?(?:第\d+号)?", GUIDE):
        assert clause.replace("第1項", "") in known, clause
