"""What lies ahead of a unit: each day that is to come, once, and none that an end forestalls (contracts.judge.ahead)."""

from datetime import date

import pytest
from hypothesis import given

from contracts.judge.ahead import ahead, price_ahead
from contracts.terms.art10_options import renewal_deadline, terms
from contracts.terms.art12_termination import ends
from contracts.terms.catalog import Category, LicenceType, OptionType
from contracts.terms.committed import minimum_term_end
from contracts.terms.days import Period
from contracts.terms.unit import ContradictionError, What
from tests.properties.facts import DAYS, MODERATE, units
from tests.terms.build import change, edr, licence, module, notice, option, premium, tier, unit

YEAR = Period(date(2025, 8, 10), date(2026, 9, 1))


def told(facts, days=YEAR):
    return [(str(one.on), one.kind, one.number, one.clause) for one in ahead(facts, ends(facts), days)]


def test_starts_minimum_terms_and_terms():
    facts = unit(premium(), module(), edr(), licence(LicenceType.TERM), module(number="M-2", starts="2025-09-01"))
    assert told(facts) == [
        ("2025-09-01", "start", "M-2", "13"),
        ("2025-09-30", "minimum_term", "M-1", "5"),
        ("2025-09-30", "minimum_term", "T-1", "5"),
        ("2025-12-31", "deadline", "O-LIC", "10-9"),
        ("2026-02-28", "minimum_term", "M-2", "5"),
        ("2026-03-31", "minimum_term", "O-EDR", "10-8"),
        ("2026-04-01", "renewal", "O-LIC", "10-9"),
    ]


def test_the_deadline_names_the_term_its_last_day_and_the_safe_one():
    (one,) = [
        one for one in ahead(unit(premium(), edr(), licence(LicenceType.TERM)), {}, YEAR) if one.kind == "deadline"
    ]
    assert dict(one.values) == {"last": "2026-03-31", "deadline": "2025-12-31", "safe": "2025-12-28"}


def test_what_an_end_forestalls_is_not_told():
    """The module ends within its minimum term, and its option with it (12-2): neither minimum term is over by itself."""
    facts = unit(
        premium(),
        module(),
        option(OptionType.CLOUD_LOG_MONITORING, "M-1", "O-CLOUD"),
        notice("M-1", "2025-08-01", "2025-09-15"),
    )
    assert told(facts) == [
        ("2025-09-15", "end", "M-1", "12-1"),
        ("2025-09-15", "end", "O-CLOUD", "12-2"),
        ("2025-09-30", "minimum_term", "T-1", "5"),
    ]


def test_a_term_licence_that_ends_has_no_deadline_and_renews_no_more():
    facts = unit(premium(), edr(), licence(LicenceType.TERM), notice("O-LIC", "2025-08-01", "2026-03-31"))
    assert {kind for _on, kind, number, _clause in told(facts) if number == "O-LIC"} == {"end"}


def test_a_term_licence_that_ends_in_its_next_term_renews_and_is_asked_about_no_more():
    """Its notice comes too late for the first term, and takes effect 90 days later (10-10)."""
    facts = unit(premium(), edr(), licence(LicenceType.TERM), notice("O-LIC", "2026-02-01"))
    assert [(on, kind) for on, kind, number, _clause in told(facts) if number == "O-LIC"] == [
        ("2026-04-01", "renewal"),
        ("2026-05-02", "end"),
    ]


@pytest.mark.parametrize(
    ("what", "to", "clause"),
    [(What.CATEGORY, Category.PREMIUM, "9-1(1)"), (What.ITEM, "タイプF", "9-1(2)"), (What.QUANTITY, 1200, "10-5")],
)
def test_a_change_to_come_names_its_clause(what, to, clause):
    target = {What.CATEGORY: "T-1", What.ITEM: "M-1", What.QUANTITY: "O-LIC"}[what]
    facts = unit(tier(), module(), licence(LicenceType.TERM), change(target, what, to, "2025-10-01"))
    assert ("2025-10-01", "change", target, clause) in told(facts)


def test_a_change_after_the_end_is_not_told():
    facts = unit(
        tier(), module(), change("T-1", What.CATEGORY, Category.PREMIUM, "2025-12-01"), notice("T-1", "2025-08-01")
    )
    assert "change" not in {kind for _on, kind, _number, _clause in told(facts)}


def test_a_price_to_come_says_both():
    assert dict(price_ahead("T-1", date(2025, 12, 1), 1000, 2000).values) == {
        "day": "2025-12-01",
        "before": "1,000",
        "after": "2,000",
    }
    assert "before" not in dict(price_ahead("T-1", date(2025, 12, 1), None, 2000).values)


@MODERATE
@given(units(), DAYS)
def test_each_day_is_the_terms_own_and_lies_ahead(facts, on):
    try:
        ended = ends(facts)
    except ContradictionError:
        return
    days = Period(on, date(on.year + 1, on.month, 1))
    found = ahead(facts, ended, days)
    assert all(one.on in days for one in found)
    assert [one.on for one in found] == sorted(one.on for one in found)
    targets = {target.number: target for target in facts.targets}
    for one in found:
        target, end = targets[one.number], ended.get(one.number)
        if one.kind == "end":
            assert end is not None
            assert one.on == end.on
        else:
            assert end is None or one.on <= end.on
        if one.kind == "minimum_term":
            assert one.on == minimum_term_end(target)
        if one.kind in ("deadline", "renewal"):
            some = [term for term, _nth in zip(terms(target.starts_on), range(40), strict=False)]
            deadlines, lasts = {renewal_deadline(term) for term in some}, {term.last.toordinal() for term in some}
            assert one.on in deadlines if one.kind == "deadline" else one.on.toordinal() - 1 in lasts
    assert {one.number for one in found if one.kind == "end"} == {n for n, end in ended.items() if end.on in days}
