"""Lives: what lies outside one is refused, unless the end became known only after it was accepted (9-1, 10-2, 10-11, 12-1, I-28, I-43)."""

from dataclasses import replace

import pytest

from contracts.terms.catalog import OptionType
from contracts.terms.lives import abolition_of
from contracts.terms.timeline import judge
from contracts.terms.unit import Abolished, Ground
from tests.terms.build import change, day, edr, licence, module, notice, option, premium, tier, unit

WHOLE = (tier(), module())
ENDING = (notice("T-1", "2025-05-01", "2025-10-31"), notice("M-1", "2025-05-01", "2025-10-31"))


def found(facts, *codes):
    """(code, first day, refused) of the findings with those codes."""
    return [(f.violation.code, str(f.first), f.refused) for f in judge(facts) if f.violation.code in codes]


@pytest.mark.parametrize(
    ("on", "broken"),
    [
        pytest.param("2025-03-31", [("change_before_start", "2025-03-31", True)], id="the day before"),
        pytest.param("2025-04-01", [], id="the start"),
    ],
)
def test_a_change_does_not_come_before_the_start(on, broken):
    facts = unit(premium(), module(), change("T-1", "category", "premium", on))
    assert found(facts, "change_before_start", "change_after_end") == broken


@pytest.mark.parametrize(
    ("on", "accepted", "broken"),
    [
        pytest.param("2025-10-31", "2025-06-06", False, id="the last day"),
        pytest.param("2025-11-01", "2025-06-06", True, id="the day after it"),
        pytest.param("2025-11-01", "2025-05-01", True, id="accepted as the notice arrived"),
        pytest.param("2025-11-01", "2025-04-30", False, id="accepted before it arrived"),
    ],
)
def test_a_change_does_not_come_after_an_end_that_was_known(on, accepted, broken):
    facts = unit(*WHOLE, *ENDING, change("T-1", "category", "premium", on, accepted=accepted))
    assert bool(found(facts, "change_after_end")) is broken


@pytest.mark.parametrize("ground", [Ground.GENERAL_28_2, Ground.GENERAL_28_3, Ground.COMPANY])
def test_other_grounds_end_a_life_alike(ground):
    ended = notice("T-1", "2025-05-01", "2025-05-10", ground)
    late = change("T-1", "category", "premium", "2025-05-11", accepted="2025-05-01")
    assert found(unit(*WHOLE, ended, late), "change_after_end") == [("change_after_end", "2025-05-11", True)]


def test_a_change_of_an_option_after_its_end_is_only_said():
    """It owes no fee (別紙2-3), and comes to nothing."""
    kept = option(OptionType.LOG_RETENTION, "M-1", "O-KEEP", years=1)
    late = change("O-KEEP", "retention_years", 3, "2025-11-01", accepted="2025-06-06")
    assert found(unit(*WHOLE, kept, *ENDING, late), "change_after_end") == [("change_after_end", "2025-11-01", False)]


@pytest.mark.parametrize(
    ("starts", "accepted", "broken"),
    [
        pytest.param("2025-10-31", "2025-06-05", False, id="on the last day"),
        pytest.param("2025-11-01", "2025-06-05", True, id="the day after it"),
        pytest.param(None, "2025-06-05", True, id="on a day not known yet"),
        pytest.param("2025-11-01", "2025-04-30", False, id="accepted before the notice arrived"),
    ],
)
def test_an_option_begins_while_its_contract_stands(starts, accepted, broken):
    facts = unit(*WHOLE, *ENDING, option(OptionType.ON_SITE_REPORT, starts=starts, accepted=accepted))
    assert found(facts, "option_after_contracts_end") == (
        [("option_after_contracts_end", "2025-11-01", True)] if broken else []
    )


@pytest.mark.parametrize(("arrived", "broken"), [("2025-03-09", True), ("2025-03-10", False)])
def test_a_notice_arrives_once_its_target_is_agreed(arrived, broken):
    report = option(OptionType.ON_SITE_REPORT, accepted="2025-03-10")
    facts = unit(*WHOLE, report, notice("O-1", arrived))
    assert bool(found(facts, "notice_before_acceptance")) is broken


def test_an_abolition_is_announced_to_what_was_agreed_in_between_too():
    told = notice("O-EDR", "2025-03-01", "2025-09-30", Ground.ABOLISHED)
    facts = unit(premium(), module(), edr(accepted="2025-03-10"), licence(accepted="2025-03-10"), told)
    assert found(facts, "notice_before_acceptance") == []


ABOLISHED = Abolished(ends_on=day("2025-09-30"), announced_on=day("2025-05-01"), declared_on=day("2025-05-10"))


def pair(accepted, *more):
    options = (edr(accepted=accepted, starts="2025-06-01"), licence(accepted=accepted, starts="2025-06-01"))
    return replace(unit(premium(), module(), *options, *more), abolitions=(ABOLISHED,))


@pytest.mark.parametrize(
    ("accepted", "refused"),
    [
        pytest.param("2025-05-09", 0, id="before it was declared"),
        pytest.param("2025-05-10", 2, id="on the day of the declaration"),
        pytest.param("2025-07-01", 2, id="after it"),
    ],
)
def test_what_is_accepted_after_the_declaration_does_not_outlive_it(accepted, refused):
    assert found(pair(accepted), "abolished") == [("abolished", "2025-09-30", True)] * refused
    assert {f.violation.reading for f in judge(pair(accepted)) if f.violation.clause == "10-11"} <= {"I-43"}


@pytest.mark.parametrize(("ends", "refused"), [("2025-09-29", 0), ("2025-09-30", 2)])
def test_what_ends_before_the_day_may_begin(ends, refused):
    facts = pair("2025-06-01", notice("O-EDR", "2025-06-01", ends))
    assert len(found(facts, "abolished")) == refused


def test_what_was_agreed_before_ends_with_the_others():
    facts = pair("2025-05-09")
    assert [abolition_of(each, facts) for each in facts.options] == [ABOLISHED, ABOLISHED]
    later = pair("2025-05-10")
    assert [abolition_of(each, later) for each in later.options] == [None, None]
    sooner = pair("2025-05-09", notice("O-EDR", "2025-06-01", "2025-08-31"))
    assert [abolition_of(each, sooner) for each in sooner.options] == [None, None]
