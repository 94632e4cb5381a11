"""附則: a new edition is one entry. What was agreed before it keeps its rules, what comes after follows (I-57 … I-62)."""

from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given

from billing.terms.art14_settlement import committed_until, settlement
from billing.terms.art15_reductions import reductions
from contracts.terms import over
from contracts.terms.art05_minimum_term import minimum_term_last_day
from contracts.terms.art10_options import in_time, minimum_term_months, renewal_deadline, safe_day, stop_effect, term_of
from contracts.terms.art12_termination import contract_effect, ends
from contracts.terms.art15_claims import (
    breach_claim_deadline,
    notification_broken_at,
    notified_too_late,
    outage_claim_deadline,
    uptime_broken,
    whole_units,
)
from contracts.terms.catalog import LicenceType, ModuleType, OptionType, find_item
from contracts.terms.committed import minimum_term_end
from contracts.terms.days import longest
from contracts.terms.editions import EDITIONS, Edition, Renaming, edition_on, in_force, terms_on, with_edition
from contracts.terms.supplementary import name_on
from contracts.terms.timeline import judge
from contracts.terms.values import AT_HAND, NUMBERS, Values
from tests.properties.facts import DAYS, MODERATE
from tests.terms.build import account, breach, change, day, licence, moment, notice, option, outage, premium, tier, unit
from tests.terms.made_up import FIRST, MADE_UP

BEFORE, ON = "2026-03-31", "2026-04-01"


@pytest.fixture
def made_up():
    with with_edition(MADE_UP):
        yield


def test_every_number_has_its_clause_its_words_and_its_bounds():
    assert list(NUMBERS) == [each.name for each in fields(Values)]
    for number in NUMBERS.values():
        assert number.clause
        assert number.label
        assert number.unit
        assert number.least <= getattr(AT_HAND, number.name) <= number.most


def test_today_all_editions_have_one_and_the_same_numbers():
    assert {id(terms_on(edition.first)) for edition in EDITIONS} == {id(AT_HAND)}
    assert terms_on(day("2000-01-01")) is AT_HAND


def test_an_edition_counts_from_its_day_and_within_the_block_alone():
    with with_edition(MADE_UP):
        assert (terms_on(day(BEFORE)).contract_months, terms_on(day(ON)).contract_months) == (6, 12)
        # What it does not name goes on.
        assert terms_on(day(ON)).customer_licences == 1
        assert edition_on(day(BEFORE)) == day("2025-04-01")
        assert edition_on(day(ON)) == FIRST
        assert len(in_force().all) == 19
    assert terms_on(day(ON)).contract_months == 6
    assert edition_on(day(ON)) == day("2025-04-01")
    assert len(in_force().all) == 18


def test_a_later_edition_changes_what_it_names_on_top_of_the_one_before(made_up):
    with with_edition(Edition(first=day("2027-04-01"), changes={"contract_months": 3})):
        assert [terms_on(day(on)).contract_months for on in (BEFORE, ON, "2027-03-31", "2027-04-01")] == [6, 12, 12, 3]
        assert terms_on(day("2027-04-01")).option_months == 12


@pytest.mark.parametrize(
    ("on", "called"),
    [
        ("2021-09-30", "アンチウイルス:Cylance"),
        ("2021-10-01", "アンチウイルス:BlackBerry"),
        ("2022-09-01", "アンチウイルス:Cylance"),
        (BEFORE, "アンチウイルス:Cylance"),
        (ON, "アンチウイルス:Aurora"),
    ],
)
def test_an_item_is_called_as_the_edition_of_the_day_calls_it(made_up, on, called):
    assert name_on("アンチウイルス:Cylance", day(on)) == called
    assert find_item(ModuleType.ENDPOINT, "", called) == "アンチウイルス:Cylance"


def test_a_name_of_a_rehearsed_edition_is_not_known_beside_it():
    with with_edition(MADE_UP):
        assert find_item(ModuleType.ENDPOINT, "", "アンチウイルス:Aurora")
    assert find_item(ModuleType.ENDPOINT, "", "アンチウイルス:Aurora") is None
    assert name_on("アンチウイルス:Cylance", day(ON)) == "アンチウイルス:Cylance"


def test_an_item_of_one_module_type_is_renamed_and_its_namesakes_are_not():
    edition = Edition(first=FIRST, renamings=(Renaming("タイプA", "タイプアルファ", "附則", of="firewall"),))
    with with_edition(edition):
        assert name_on("タイプA", FIRST, of="firewall") == "タイプアルファ"
        assert name_on("タイプA", FIRST, of="waf") == name_on("タイプA", FIRST) == "タイプA"
        assert find_item(ModuleType.FIREWALL, "FireWall-1", "タイプアルファ") == "タイプA"
        assert find_item(ModuleType.SWG, "", "タイプアルファ") is None


@pytest.mark.parametrize(
    ("concluded", "starts", "last"),
    [
        pytest.param(
            BEFORE, "2026-06-01", "2026-11-30", id="I-57: concluded before: six months, though it starts after"
        ),
        pytest.param(ON, "2026-06-01", "2027-05-31", id="I-57: concluded on the day: twelve"),
    ],
)
def test_a_minimum_term_goes_by_the_conclusion(made_up, concluded, starts, last):
    assert minimum_term_last_day(day(starts), concluded_on=day(concluded)) == day(last)
    assert minimum_term_end(tier(starts=starts, accepted=concluded)) == day(last)
    ended = ends(unit(tier(starts=starts, accepted=concluded), notice("T-1", "2026-06-02", "2026-08-31")))["T-1"]
    of = replace(account(starts=starts, ends=ended.on.isoformat()), concluded_on=day(concluded))
    assert committed_until(of, ended.on) == settlement(of).line.to_on == day(last)


@pytest.mark.parametrize(
    ("option_type", "licence_type", "before", "after"),
    [
        (OptionType.LOG_RETENTION, None, 6, 12),
        (OptionType.EDR_OPERATION, None, 12, 24),
        (OptionType.EDR_LICENCE, LicenceType.MSSP, 12, 24),
        (OptionType.EDR_LICENCE, LicenceType.CUSTOMER, 6, 12),
        (OptionType.EDR_LICENCE, LicenceType.TERM, None, None),
    ],
)
def test_an_options_minimum_term_goes_by_its_conclusion(made_up, option_type, licence_type, before, after):
    assert minimum_term_months(option_type, licence_type, concluded_on=day(BEFORE)) == before
    assert minimum_term_months(option_type, licence_type, concluded_on=day(ON)) == after


def test_a_notice_runs_by_the_edition_of_its_arrival(made_up):
    assert contract_effect(day(BEFORE), None).on == day(BEFORE) + timedelta(days=30)
    assert contract_effect(day(ON), None).on == day(ON) + timedelta(days=60)
    edr = option(OptionType.EDR_OPERATION)
    assert stop_effect(edr, day(BEFORE), None).on == day(BEFORE) + timedelta(days=30)
    assert stop_effect(edr, day(ON), None).on == day(ON) + timedelta(days=45)
    held = licence(LicenceType.TERM, starts="2026-05-01")
    assert stop_effect(held, day(BEFORE), None).on == day(BEFORE) + timedelta(days=90)
    assert stop_effect(held, day(ON), None).on == day(ON) + timedelta(days=120)


def test_the_bounds_of_ends_know_every_edition(made_up):
    assert over.longest_notice_days() == 120
    assert over.ended_by(day(BEFORE), None, notice("T-1", BEFORE).ground) == day(BEFORE) + timedelta(days=90)
    assert over.ended_by(day(ON), None, notice("T-1", ON).ground) == day(ON) + timedelta(days=120)


def test_the_bounds_of_ends_are_those_of_the_longest_edition():
    with with_edition(Edition(first=FIRST, changes={"term_licence_notice_days": 40, "contract_notice_days": 50})):
        assert over.longest_notice_days() == 90
        assert over.ended_by(day(ON), None, notice("T-1", ON).ground) == day(ON) + timedelta(days=50)


def test_a_term_goes_by_the_edition_of_its_first_day(made_up):
    # From 2025-06-01: a year by the old edition; the next from 2026-06-01 by the new one, two years.
    first, second = term_of(day("2025-06-01"), day("2025-06-01")), term_of(day("2025-06-01"), day("2026-06-01"))
    assert (first.last, second.first, second.last) == (day("2026-05-31"), day("2026-06-01"), day("2028-05-31"))
    assert (renewal_deadline(first), renewal_deadline(second)) == (day("2026-02-28"), day("2028-01-31"))
    assert in_time(day("2026-02-28"), first)
    assert not in_time(day("2026-03-01"), first)
    # Four months are 123 days at most, and one: of both counts the earlier, for the 120 days of 10-10 run out by then.
    assert safe_day(second) == day("2028-05-31") - timedelta(days=124)


def test_a_deadline_that_has_passed_does_not_come_back_with_a_new_edition():
    """I-59: three months for the term that began before, though the notice arrives when one would do."""
    with with_edition(Edition(first=FIRST, changes={"renewal_notice_months": 1})):
        term = term_of(day("2025-06-01"), day("2025-06-01"))
        assert renewal_deadline(term) == day("2026-02-28")
        assert not in_time(day("2026-04-15"), term)
        assert in_time(day("2027-04-15"), term_of(day("2025-06-01"), day("2026-06-01")))


def test_a_months_uptime_goes_by_the_edition_of_its_last_day():
    with with_edition(Edition(first=day("2026-04-15"), changes={"uptime_percent": Decimal("99.95")})):
        assert not uptime_broken(Decimal("99.92"), day("2026-03-01"))
        assert uptime_broken(Decimal("99.92"), day("2026-04-01"))


@MODERATE
@given(DAYS)
def test_the_safe_day_is_in_time_whatever_the_edition(term_last):
    for months, days in ((1, 120), (3, 90), (4, 30), (12, 0)):
        changes = {"renewal_notice_months": months, "term_licence_notice_days": days}
        with with_edition(Edition(first=day("1990-01-01"), changes=changes)):
            term = term_of(term_last - timedelta(days=700), term_last)
            safe = safe_day(term)
            assert in_time(safe, term)
            assert safe < renewal_deadline(term)
            assert safe + timedelta(days=days) < term.last


@pytest.mark.parametrize(("months", "days"), [(1, 31), (2, 62), (3, 92), (4, 123), (6, 184), (12, 366)])
def test_the_longest_months(months, days):
    assert longest(months=months) == days


def codes(*facts):
    """What a unit of those facts is refused for."""
    return {(f.violation.code, f.first) for f in judge(unit(*facts)) if f.violation.code.endswith(("_few", "_range"))}


def held(**said):
    """A premium unit with an EDR pair whose licence is said."""
    return premium(), option(OptionType.EDR_OPERATION, number="O-EDR"), licence(**said)


def test_what_was_agreed_before_stands_and_what_is_agreed_after_is_judged_anew(made_up):
    assert codes(*held(quantity=100, accepted=BEFORE, starts="2026-05-01")) == set()
    assert codes(*held(quantity=100, accepted=ON, starts="2026-05-01")) == {("licences_too_few", day("2026-05-01"))}
    assert codes(*held(quantity=200, accepted=ON, starts="2026-05-01")) == set()
    fewer = change("O-LIC", "quantity", 150, "2026-06-01", accepted=ON)
    assert codes(*held(quantity=180, accepted=BEFORE), fewer) == {("licences_too_few", day("2026-06-01"))}
    as_before = change("O-LIC", "quantity", 150, "2026-06-01", accepted=BEFORE)
    assert codes(*held(quantity=180, accepted=BEFORE), as_before) == set()


def test_years_are_offered_by_the_day_on_which_they_are_agreed(made_up):
    kept = option(OptionType.LOG_RETENTION, "T-1", "O-LOG", years=1, accepted=BEFORE)
    edr = held()
    assert codes(*edr, kept) == set()
    longer = change("O-LOG", "retention_years", 15, "2026-06-01", accepted=ON)
    assert codes(*edr, kept, longer) == set()
    too_early = change("O-LOG", "retention_years", 15, "2026-06-01", accepted=BEFORE)
    assert {code for code, _ in codes(*edr, kept, too_early)} == {"years_out_of_range", "retention_out_of_range"}
    new = option(OptionType.LOG_RETENTION, "T-1", "O-LOG", years=1, accepted=ON)
    found = next(f for f in judge(unit(*edr, new)) if f.violation.code == "retention_out_of_range")
    assert str(found.violation) == "ログの保管年数は2年から15年までです（1）"


def test_an_outage_goes_by_the_day_the_company_knew(made_up):
    old, new = moment("2026-03-31 23:00"), moment("2026-04-01 00:00")
    assert whole_units(old, old + timedelta(hours=23)) == 0
    assert whole_units(old, old + timedelta(hours=49)) == 2
    assert whole_units(new, new + timedelta(hours=11)) == 0
    assert whole_units(new, new + timedelta(hours=49)) == 4
    assert outage_claim_deadline(day("2026-04-02"), known_on=day(BEFORE)) == day("2026-07-02")
    assert outage_claim_deadline(day("2026-04-02"), known_on=day(ON)) == day("2026-10-02")


def test_hours_that_give_a_right_and_hours_that_are_counted_are_two_numbers():
    with with_edition(Edition(first=FIRST, changes={"outage_hours": 36})):
        began = moment("2026-04-01 00:00")
        assert whole_units(began, began + timedelta(hours=35)) == 0
        assert whole_units(began, began + timedelta(hours=36)) == 1


def test_what_a_breach_gives_goes_by_its_day(made_up):
    assert (breach_claim_deadline(day(BEFORE)), breach_claim_deadline(day(ON))) == (
        day("2026-04-15"),
        day("2026-05-20"),
    )
    assert not uptime_broken(Decimal("99.92"), day("2026-03-01"))
    assert uptime_broken(Decimal("99.92"), day("2026-04-01"))
    old, new = moment("2026-03-31 23:50"), moment("2026-04-01 00:00")
    assert not notified_too_late(old, old + timedelta(minutes=12))
    assert notified_too_late(new, new + timedelta(minutes=12))
    assert notification_broken_at(new) == new + timedelta(minutes=10)


def test_reductions_name_the_part_that_their_edition_gives(made_up):
    of = account(
        outages=(
            outage("2026-03-10 00:00", "2026-03-11 12:00", "2026-04-01"),
            outage("2026-04-10 00:00", "2026-04-11 12:00", "2026-05-01"),
        ),
        breaches=(
            breach("2026-03-31 00:00", "2026-04-10"),
            breach("2026-04-30 00:00", "2026-05-20"),
        ),
    )
    found = {(str(one.fee), one.month.month): one for one in reductions(of)}
    amounts = {key: one.amount_yen for key, one in found.items()}
    assert amounts == {("outage", 3): 10_000, ("sla", 3): 30_000, ("outage", 4): 15_000, ("sla", 4): 60_000}
    assert "（36.0時間 ÷ 24）" in found["outage", 3].basis
    assert "1 × 300,000円 ÷ 30 = 10,000円" in found["outage", 3].basis
    assert "（36.0時間 ÷ 12）" in found["outage", 4].basis
    assert "3 × 300,000円 ÷ 60 = 15,000円" in found["outage", 4].basis
    assert "÷ 10 = " in found["sla", 3].basis
    assert "÷ 5 = " in found["sla", 4].basis


def test_one_month_of_two_editions_is_floored_once():
    """I-46: 100,000 ÷ 30 and 100,000 ÷ 7 are 3,333.3 and 14,285.7: together 17,619, not 17,618."""
    with with_edition(Edition(first=day("2026-04-16"), changes={"outage_parts": 7})):
        of = account(
            monthly=100_000,
            outages=(
                outage("2026-04-01 00:00", "2026-04-02 00:00", "2026-05-01"),
                outage("2026-04-20 00:00", "2026-04-21 00:00", "2026-05-01"),
            ),
        )
        found = reductions(of)
    assert sum(one.amount_yen for one in found) == 17_619
    assert "1 × 100,000円 ÷ 7 + 1 × 100,000円 ÷ 30 = 17,619円" in found[-1].basis
