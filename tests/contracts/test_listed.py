"""By what lists find a unit: its tier on a day, an upgrade counted from its day on, and whether all that it had is over."""

from dataclasses import replace
from datetime import date

import pytest

from contracts.judge.listed import Listed, listed
from contracts.judge.lookout import Lookout
from contracts.terms.catalog import Category
from contracts.terms.stays import Stay
from tests.terms.build import change, day, module, notice, tier, unit

UPGRADED = unit(tier(Category.BASIC), module(), change("T-1", "category", "advanced", "2025-07-01"))
# A notice that arrives on the 1st of May ends what it is of with the 31st.
ENDED = unit(tier(Category.BASIC), module(), notice("T-1", "2025-05-01"), notice("M-1", "2025-05-11"))


def found(of, on):
    lookout = Lookout(day(on))
    return (*listed(of, lookout), lookout.changes_on)


def test_an_upgrade_counts_from_its_day_on():
    assert found(UPGRADED, "2025-06-30") == ("basic", False, day("2025-07-01"))
    assert found(UPGRADED, "2025-07-01") == ("advanced", False, None)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2025-05-31", ("basic", False, day("2025-06-01"))),
        ("2025-06-01", ("", False, day("2025-06-11"))),
        ("2025-06-10", ("", False, day("2025-06-11"))),
        ("2025-06-11", ("", True, None)),
    ],
)
def test_it_has_ended_the_day_after_the_last_end(on, expected):
    assert found(ENDED, on) == expected


def test_what_has_left_is_over_from_the_day_on_which_it_left():
    moved = replace(ENDED, notices=ENDED.notices[:1], stays={"M-1": Stay(first=date.min, stop=day("2025-08-01"))})
    assert found(moved, "2025-07-31") == ("", False, day("2025-08-01"))
    assert found(moved, "2025-08-01") == ("", True, None)


def test_a_tier_that_has_not_begun_is_none_yet():
    begins = unit(tier(Category.PREMIUM, starts="2025-09-01"))
    assert found(begins, "2025-08-31") == ("", False, day("2025-09-01"))
    assert found(begins, "2025-09-01")[0] == "premium"


def test_a_unit_without_contracts_has_not_ended():
    assert listed(unit(), Lookout(day("2025-05-01"))) == Listed("", False)
