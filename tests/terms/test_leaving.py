"""What leaving costs on each day that a letter can name, when it is free, and by when the letter has to arrive (第10条, 第12条, 第14条)."""

from datetime import date, timedelta

from billing.terms.account import Account
from billing.terms.leaving import Leaving, steps
from contracts.terms.catalog import LicenceType, OptionType
from contracts.terms.unit import Ground, Option
from tests.terms.build import day, edr, licence, module, notice, premium, unit

PRICES = {"T-1": 300_000, "M-1": 100_000, "O-EDR": 50_000, "O-LIC": 100}


def accounts_of(facts, prices=PRICES):
    """An account a target, at those monthly prices; without one where none is said."""
    found = {}
    for target in facts.targets:
        account = Account(target.number, target.accepted_on, target.starts_on)
        account.monthly = ((date.min, prices[target.number]),) if target.number in prices else ()
        if isinstance(target, Option):
            account.option, account.licence_type = target.option, target.licence_type
            if target.option is OptionType.EDR_LICENCE:
                account.quantities = ((date.min, target.quantity),)
        found[target.number] = account
    return found


def leaving(*facts, numbers, arrives="2025-06-01", prices=PRICES, days=365):
    """A letter for those targets that arrives on that day, asked about for so many days, a year unless said."""
    arrived_on = day(arrives)
    until, far = arrived_on + timedelta(days=days), arrived_on + timedelta(days=3 * 365)
    whole = unit(*facts)
    return Leaving(whole, accounts_of(whole, prices), numbers, arrived_on, until=until, far=far)


def test_a_contract_within_its_minimum_term() -> None:
    """300,000 a month from 2025-04-01: ended 2025-07-15 it owes 754,839, and all in all what it would have to 09-30 (I-17)."""
    asked = leaving(premium(), numbers=["T-1"])
    assert asked.earliest == date(2025, 7, 1)
    found = asked.day(date(2025, 7, 15))
    assert (found.settlement_yen, found.fees_yen, found.total_yen) == (754_839, 445_161, 1_200_000)
    assert (found.first_end, found.last_end, found.arrive_by) == (
        date(2025, 7, 15),
        date(2025, 7, 15),
        date(2025, 6, 15),
    )
    assert found.ending == ("T-1",)
    assert {one.total_yen for one in asked.days if one.named < date(2025, 10, 1)} == {1_200_000}
    assert len(asked.days) == 336
    assert asked.days[-1].named == date(2026, 6, 1)


def test_it_is_free_on_the_last_day_of_the_minimum_term_and_stays_so() -> None:
    asked = leaving(premium(), numbers=["T-1"])
    assert (asked.free.named, asked.free.arrive_by) == (date(2025, 9, 30), date(2025, 8, 31))
    assert asked.owed_again is None
    told = [(step.first.named, step.last.named, step.first.free) for step in steps(asked.days)]
    assert told == [
        (date(2025, 7, 1), date(2025, 7, 31), False),
        (date(2025, 8, 1), date(2025, 8, 31), False),
        (date(2025, 9, 1), date(2025, 9, 29), False),
        (date(2025, 9, 30), date(2026, 6, 1), True),
    ]


def test_a_term_licence_is_free_on_its_last_day_alone_and_written_to_by_the_deadline() -> None:
    """10-9: by 2025-12-31 for a term to 2026-03-31 (I-10); from the day after, the next term is owed (14-3)."""
    asked = leaving(premium(), edr(), licence(LicenceType.TERM), numbers=["O-LIC"])
    assert asked.earliest == date(2025, 8, 30)
    assert (asked.free.named, asked.free.arrive_by) == (date(2026, 3, 31), date(2025, 12, 31))
    assert asked.free.ending == ("O-EDR", "O-LIC")
    assert asked.owed_again.named == date(2026, 4, 1)
    assert asked.day(date(2026, 3, 30)).arrive_by == date(2025, 12, 30)
    before, after = asked.day(date(2026, 3, 31)), asked.day(date(2026, 4, 1))
    assert (before.settlement_yen, after.settlement_yen) == (0, 100_000 * 12 - 3_333)


def test_a_letter_whose_end_rests_on_another_ground_of_its_day_has_to_be_in_time_all_the_same() -> None:
    """I-42, I-63: the first licence ends by 一般規程28-2 on the day the letter names for the second, and so does the operation by it."""
    second = licence(LicenceType.CUSTOMER, number="O-LIC2")
    other = notice("O-LIC2", "2025-06-01", "2025-08-31", Ground.GENERAL_28_2)
    asked = leaving(premium(), edr(), licence(), second, other, numbers=["O-LIC"], prices={**PRICES, "O-LIC2": 100})
    found = asked.ending(date(2025, 8, 31))
    assert {number: (end.after, end.ground) for number, end in found.items()} == {
        "O-EDR": ("O-LIC2", Ground.GENERAL_28_2),
        "O-LIC": ("O-EDR", Ground.GENERAL_28_2),
    }
    assert asked.day(date(2025, 8, 31)).arrive_by == date(2025, 8, 1)


def test_of_two_that_end_apart_the_letter_waits_for_the_longer_notice() -> None:
    """10-10, 12-1: thirty days would do for the module, and the licence takes ninety to the same day."""
    asked = leaving(premium(), module(), edr(), licence(LicenceType.TERM), numbers=["M-1", "O-LIC"])
    found = asked.day(date(2025, 10, 31))
    assert found.ending == ("M-1", "O-EDR", "O-LIC")
    assert (found.first_end, found.last_end, found.arrive_by) == (
        date(2025, 10, 31),
        date(2025, 10, 31),
        date(2025, 8, 2),
    )


def test_one_of_a_pair_that_the_other_ends_in_any_case_needs_no_time_of_its_own() -> None:
    """12-4, I-14, I-63: named for both, EDR運用 waits thirty days and brings the licence along."""
    asked = leaving(premium(), edr(), licence(LicenceType.TERM), numbers=["O-EDR", "O-LIC"])
    assert asked.earliest == date(2025, 7, 1)
    assert (asked.free.named, asked.free.arrive_by) == (date(2026, 3, 31), date(2026, 3, 1))


def test_what_ends_later_than_the_day_named_is_said_and_begins_a_row_of_its_own() -> None:
    asked = leaving(premium(), module(), edr(), licence(LicenceType.TERM), numbers=["M-1", "O-LIC"])
    first = asked.days[0]
    assert (first.named, first.first_end, first.last_end) == (date(2025, 7, 1), date(2025, 7, 1), date(2025, 8, 30))
    assert first.arrive_by == date(2025, 6, 1)
    assert date(2025, 8, 30) in [step.first.named for step in steps(asked.days)]


def test_what_has_ended_by_then_anyway_costs_nothing_more() -> None:
    """The tier ends on 2026-08-10 in any case, EDR with it: from then on the letter ends the module alone."""
    facts = [premium(), module(), edr(), licence(LicenceType.TERM), notice("T-1", "2025-05-01", "2026-08-10")]
    asked = leaving(*facts, numbers=["T-1", "M-1"])
    assert asked.free.named == date(2026, 3, 31)
    assert asked.owed_again.named == date(2026, 4, 1)
    later = leaving(*facts, numbers=["T-1", "M-1"], arrives="2026-04-01")
    assert (later.free.named, later.free.ending) == (date(2026, 8, 10), ("M-1",))
    assert leaving(*facts, numbers=["T-1"], arrives="2026-08-01").earliest is None
    far = leaving(premium(), module(), edr(), licence(LicenceType.TERM, starts="2025-06-01"), notice("T-1", "2025-05-01", "2027-01-10"), numbers=["T-1", "M-1"], arrives="2025-06-02")  # fmt: skip
    assert far.free.named == date(2026, 5, 31)


def test_a_day_after_the_year_is_found_where_nothing_of_it_is_free() -> None:
    asked = leaving(premium(), edr(starts="2026-05-15"), numbers=["T-1", "O-EDR"], arrives="2026-05-20")
    assert asked.free.named == date(2027, 5, 14)
    asked = leaving(premium(), edr(), licence(LicenceType.TERM), numbers=["O-LIC"], arrives="2026-01-01")
    assert (asked.days[-1].named, asked.free.named) == (date(2027, 1, 1), date(2027, 3, 31))


def test_after_the_days_asked_about_it_is_free_from_where_what_costs_ends_anyway() -> None:
    """The tier ends on 2026-09-10, and EDR運用 with it, whose year runs to 2026-12-31: named from then on, the letter ends the module alone."""
    facts = [premium(), module(), edr(starts="2026-01-01"), notice("T-1", "2025-05-01", "2026-09-10")]
    asked = leaving(*facts, numbers=["T-1", "M-1"], arrives="2026-02-01", days=100)
    assert not any(one.free for one in asked.days)
    assert (asked.free.named, asked.free.ending) == (date(2026, 9, 10), ("M-1",))


def test_what_has_not_begun_is_free_until_it_does() -> None:
    """I-16."""
    asked = leaving(premium(starts="2025-09-01"), numbers=["T-1"])
    assert (asked.free.named, asked.free.fees_yen) == (date(2025, 7, 1), 0)
    assert asked.owed_again.named == date(2025, 9, 1)


def test_without_a_price_nothing_is_free_and_it_is_said() -> None:
    asked = leaving(premium(), module(), numbers=["T-1", "M-1"], prices={"T-1": 300_000})
    assert asked.days[0].missing == ("M-1",)
    assert asked.free is None


def test_two_terms_that_end_on_two_days_are_free_on_none_for_both() -> None:
    facts = [
        premium(),
        edr(),
        licence(LicenceType.TERM),
        licence(LicenceType.TERM, number="O-LIC2", starts="2025-05-01"),
    ]
    asked = leaving(*facts, numbers=["O-LIC", "O-LIC2"], prices=PRICES | {"O-LIC2": 100})
    assert asked.free is None
