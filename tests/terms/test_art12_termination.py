"""第12条（解除の効力が生ずる日）, 第10条第10項: the day each target ends, and what ends with what."""

import pytest

from contracts.terms.art12_termination import contract_effect, ends
from contracts.terms.catalog import LicenceType, ModuleType, OptionType
from contracts.terms.unit import ContradictionError, Ground
from tests.terms.build import day, edr, licence, module, notice, option, premium, tier, unit

CLOUD = [tier(), module(number="M-1"), option(OptionType.CLOUD_LOG_MONITORING, "M-1", "O-MON")]
M365 = [tier(), module(ModuleType.M365_LOG, number="M-1"), option(OptionType.M365_LOG_MONITORING, "M-1", "O-MON")]
DEVICE = [
    tier(),
    module(ModuleType.DEVICE_LOG, item="タイプ1", number="M-1"),
    option(OptionType.DEVICE_LOG_MONITORING, "M-1", "O-MON"),
]
EDR_TERM = [premium(), edr(), licence(LicenceType.TERM)]
EDR_MSSP = [premium(), edr(), licence(LicenceType.MSSP)]


def ending(facts, *notices):
    """Each target that ends: its last day, the clause, the readings."""
    return {number: (str(e.on), e.clause, e.readings) for number, e in ends(unit(*facts, *notices)).items()}


def days_of(facts, *notices):
    """Each target that ends, and its last day."""
    return {number: on for number, (on, *_) in ending(facts, *notices).items()}


@pytest.mark.parametrize(
    ("arrived", "names", "effect"),
    [
        pytest.param("2025-04-01", None, "2025-05-01", id="arrival + 30 days (I-02)"),
        pytest.param("2025-04-01", "2025-04-30", "2025-05-01", id="a day named too early"),
        pytest.param("2025-04-01", "2025-06-30", "2025-06-30", id="a later day named"),
    ],
)
def test_a_contract_ends_thirty_days_after_the_notice_or_later(arrived, names, effect):
    found = contract_effect(day(arrived), day(names))
    assert (found.on, found.clause) == (day(effect), "12-1")


def test_without_notices_nothing_ends():
    assert ends(unit(*CLOUD)) == {}


def test_of_two_notices_the_earlier_effect_counts():
    late_but_earlier = [notice("M-1", "2025-05-01", "2025-12-31"), notice("M-1", "2025-06-01", "2025-08-31")]
    assert ending(DEVICE, *late_but_earlier)["M-1"] == ("2025-08-31", "12-1", ("I-15",))
    assert days_of(DEVICE, *reversed(late_but_earlier))["M-1"] == "2025-08-31"


def test_notices_that_arrive_together_end_each_what_they_name_on_its_own_day():
    facts = [*DEVICE, module(ModuleType.DEVICE_LOG, item="タイプ1", number="M-2")]
    apart = [notice("M-1", "2025-05-01", "2025-08-31"), notice("M-2", "2025-05-01", "2025-12-31")]
    assert days_of(facts, *apart) == {"M-1": "2025-08-31", "O-MON": "2025-08-31", "M-2": "2025-12-31"}
    grounds = [
        notice("M-1", "2025-05-01", "2025-05-10"),
        notice("M-2", "2025-05-01", "2025-05-10", Ground.GENERAL_28_2),
    ]
    found = ending(facts, *grounds)
    assert found["M-1"][:2] == ("2025-05-31", "12-1")
    assert found["M-2"][0] == "2025-05-10"
    together = [notice("M-2", "2025-05-01", "2025-08-31"), notice("O-MON", "2025-05-01", "2025-08-31")]
    clauses = {number: clause for number, (_on, clause, _readings) in ending(facts, *together).items()}
    assert clauses == {"M-2": "12-1", "O-MON": "10-10"}


def test_an_option_ends_with_its_contract():
    found = ending(DEVICE, notice("M-1", "2025-05-01"))
    assert found == {"M-1": ("2025-05-31", "12-1", ()), "O-MON": ("2025-05-31", "10-2", ("I-15",))}


def test_a_device_log_module_stays_when_its_monitoring_ends():
    assert days_of(DEVICE, notice("O-MON", "2025-05-01")) == {"O-MON": "2025-05-31"}


def test_modules_stay_when_the_tier_ends():
    # I-15: no rule ends them; they are reported (I-09).
    assert days_of(CLOUD, notice("T-1", "2025-05-01")) == {"T-1": "2025-05-31"}


@pytest.mark.parametrize(
    ("facts", "clause", "option_readings"),
    [
        pytest.param(CLOUD, "12-2", (), id="12-2"),
        pytest.param(M365, "12-3", ("I-13",), id="12-3, the slip read as I-13"),
    ],
)
def test_a_log_module_and_its_monitoring_end_together_both_ways(facts, clause, option_readings):
    assert ending(facts, notice("M-1", "2025-05-01")) == {
        "M-1": ("2025-05-31", "12-1", ()),
        "O-MON": ("2025-05-31", clause, option_readings),
    }
    assert ending(facts, notice("O-MON", "2025-05-01")) == {
        "O-MON": ("2025-05-31", "10-10", ()),
        "M-1": ("2025-05-31", clause, ("I-14",)),
    }


@pytest.mark.parametrize(
    ("first", "second"),
    [pytest.param("M-1", "O-MON", id="module first"), pytest.param("O-MON", "M-1", id="option first")],
)
@pytest.mark.parametrize("facts", [pytest.param(CLOUD, id="12-2"), pytest.param(M365, id="12-3")])
def test_a_pair_ends_on_the_day_of_the_first_though_the_other_names_a_later(facts, first, second):
    notices = notice(first, "2025-05-01"), notice(second, "2025-05-01", "2025-12-31")
    assert days_of(facts, *notices) == {first: "2025-05-31", second: "2025-05-31"}


def test_an_edr_operation_at_thirty_days_takes_a_ninety_day_term_licence_with_it():
    # I-14
    both = notice("O-EDR", "2025-06-01"), notice("O-LIC", "2025-06-01")
    assert ending(EDR_TERM, *both) == {
        "O-EDR": ("2025-07-01", "10-10", ()),
        "O-LIC": ("2025-07-01", "12-4", ("I-14",)),
    }
    assert days_of(EDR_TERM, notice("O-EDR", "2025-06-01")) == {"O-EDR": "2025-07-01", "O-LIC": "2025-07-01"}


def test_a_term_licence_takes_the_operation_with_it_at_ninety_days():
    assert ending(EDR_TERM, notice("O-LIC", "2025-06-01")) == {
        "O-LIC": ("2025-08-30", "10-10", ()),
        "O-EDR": ("2025-08-30", "12-4", ("I-14",)),
    }


def test_an_end_passes_from_an_option_through_its_pair_to_what_is_attached():
    kept = option(OptionType.LOG_RETENTION, "M-1", "O-KEEP", years=3)
    found = ends(unit(*CLOUD, kept, notice("O-MON", "2025-05-01")))
    assert {number: str(e.on) for number, e in found.items()} == dict.fromkeys(("O-MON", "M-1", "O-KEEP"), "2025-05-31")
    assert (found["M-1"].after, found["O-KEEP"].after, found["O-MON"].after) == ("O-MON", "M-1", "")
    assert found["O-KEEP"].notice.target == "O-MON"


def test_the_premium_contract_takes_both_edr_options_with_it():
    assert days_of(EDR_MSSP, notice("T-1", "2025-05-01")) == dict.fromkeys(("T-1", "O-EDR", "O-LIC"), "2025-05-31")


SECOND_LICENCE = licence(LicenceType.CUSTOMER, number="O-LIC2")


def test_an_operation_goes_on_with_another_licence():
    # I-24
    assert days_of([*EDR_MSSP, SECOND_LICENCE], notice("O-LIC", "2025-05-01")) == {"O-LIC": "2025-05-31"}


@pytest.mark.parametrize(
    ("starts", "goes_on"),
    [
        pytest.param("2025-06-01", True, id="the next licence begins the day after"),
        pytest.param("2025-06-02", False, id="a day without any licence"),
        pytest.param(None, False, id="the next licence has no day yet"),
    ],
)
def test_an_operation_goes_on_only_without_a_gap(starts, goes_on):
    facts = [*EDR_MSSP, licence(LicenceType.CUSTOMER, number="O-LIC2", starts=starts)]
    assert ("O-EDR" not in days_of(facts, notice("O-LIC", "2025-05-01"))) is goes_on


@pytest.mark.parametrize(
    "named", [pytest.param(True, id="by a letter of its own"), pytest.param(False, id="with its contract")]
)
def test_an_operation_that_has_not_begun_ends_with_the_licence_that_ends_last(named):
    # I-74: which letter named the end of the second licence first does not matter.
    facts = [premium(), edr(), licence(), licence(LicenceType.CUSTOMER, number="O-LIC2", starts="2025-01-10")]
    first = notice("O-LIC2", "2025-01-20", "2025-01-20", Ground.GENERAL_28_2)
    letters = [notice("T-1", "2025-01-15"), *([notice("O-LIC", "2025-01-15")] if named else [])]
    assert days_of(facts, first, *letters) == {
        "O-LIC2": "2025-01-20",
        **dict.fromkeys(("T-1", "O-LIC", "O-EDR"), "2025-02-14"),
    }


def test_a_licence_in_service_is_not_ended_before_an_operation_that_has_not_begun():
    # I-74
    second = licence(LicenceType.CUSTOMER, number="O-LIC2", starts="2025-01-10")
    first = notice("O-LIC", "2025-01-20", "2025-01-20", Ground.COMPANY)
    found = days_of([premium(), edr(), licence(), second], first, notice("O-LIC2", "2025-02-01"))
    assert found == {"O-LIC": "2025-01-20", "O-LIC2": "2025-03-03", "O-EDR": "2025-03-03"}


def test_the_operation_ends_with_the_last_of_two_licences():
    notices = notice("O-LIC", "2025-05-01"), notice("O-LIC2", "2025-06-01")
    assert days_of([*EDR_MSSP, SECOND_LICENCE], *notices) == {
        "O-LIC": "2025-05-31",
        "O-LIC2": "2025-07-01",
        "O-EDR": "2025-07-01",
    }


def test_two_licences_that_end_on_one_day_take_the_operation_with_them():
    notices = notice("O-LIC", "2025-05-01"), notice("O-LIC2", "2025-05-01")
    assert days_of([*EDR_MSSP, SECOND_LICENCE], *notices)["O-EDR"] == "2025-05-31"


def test_a_pair_applied_for_anew_is_not_ended_by_the_old_one():
    anew = edr(number="O-EDR2", starts="2025-09-01"), licence(number="O-LIC2", starts="2025-09-01")
    found = days_of([*EDR_MSSP, *anew], notice("O-LIC", "2025-05-01"), notice("O-EDR", "2025-05-01"))
    assert found == {"O-LIC": "2025-05-31", "O-EDR": "2025-05-31"}


@pytest.mark.parametrize(
    ("ground", "clause"),
    [
        pytest.param(Ground.GENERAL_28_2, "一般規程28-2", id="一般規程第28条第2項"),
        pytest.param(Ground.GENERAL_28_3, "一般規程28-3", id="一般規程第28条第3項"),
        pytest.param(Ground.COMPANY, "", id="the company's termination"),
        pytest.param(Ground.ABOLISHED, "10-11", id="abolition"),
    ],
)
def test_other_grounds_end_on_the_day_named(ground, clause):
    found = ends(unit(*EDR_MSSP, notice("O-EDR", "2025-06-01", "2025-06-10", ground)))
    assert (str(found["O-EDR"].on), found["O-EDR"].clause) == ("2025-06-10", clause)
    # The ground at the root stays with what ends along.
    assert (str(found["O-LIC"].on), found["O-LIC"].clause, found["O-LIC"].ground) == ("2025-06-10", "12-4", ground)


def test_another_ground_must_name_a_day():
    with pytest.raises(ContradictionError, match="指定日") as told:
        ends(unit(*CLOUD, notice("M-1", "2025-05-01", None, Ground.COMPANY)))
    assert told.value.number == "M-1"


def test_an_end_before_the_billing_start_is_an_end():
    # I-16
    assert days_of(DEVICE, notice("M-1", "2025-01-10")) == {"M-1": "2025-02-09", "O-MON": "2025-02-09"}


def test_an_operation_goes_on_for_a_single_day_with_the_other_licence():
    notices = notice("O-LIC", "2025-05-01"), notice("O-LIC2", "2025-05-02")
    assert days_of([*EDR_MSSP, SECOND_LICENCE], *notices)["O-EDR"] == "2025-06-01"


GROUNDS = [Ground.GENERAL_28_2, Ground.GENERAL_28_3, Ground.ABOLISHED, Ground.COMPANY, Ground.NOTICE]
"""I-42: which of two grounds on one day counts, the most sparing first."""


def on_ground(target, ground, arrived="2025-05-01"):
    """A notice on that ground that ends its target on 2025-05-31."""
    return notice(target, arrived if ground is not Ground.NOTICE else "2025-05-01", "2025-05-31", ground)


@pytest.mark.parametrize("arrived", ["2025-04-20", "2025-05-01", "2025-05-02"])
@pytest.mark.parametrize(
    ("one", "other"), [(one, other) for at, one in enumerate(GROUNDS) for other in GROUNDS[at + 1 :]]
)
def test_of_two_grounds_on_one_day_the_one_that_spares_counts(one, other, arrived):
    # I-42, whichever arrived first.
    found = ends(unit(*DEVICE, on_ground("M-1", one, arrived), on_ground("M-1", other)))
    assert (found["M-1"].ground, found["M-1"].on, found["M-1"].readings) == (one, day("2025-05-31"), ("I-42",))
    assert found["O-MON"].ground is one


@pytest.mark.parametrize("arrived", ["2025-04-20", "2025-05-01", "2025-05-02"])
@pytest.mark.parametrize(
    ("one", "other"), [(one, other) for at, one in enumerate(GROUNDS) for other in GROUNDS[at + 1 :]]
)
@pytest.mark.parametrize(("first", "second"), [("O-EDR", "O-LIC"), ("O-LIC", "O-EDR")])
def test_a_sparing_ground_that_comes_with_another_targets_end_counts_too(one, other, first, second, arrived):
    # I-42, 12-4: both end on the same day by grounds of their own.
    found = ends(unit(*EDR_MSSP, on_ground(first, one, arrived), on_ground(second, other)))
    assert {number: (end.ground, end.on) for number, end in found.items()} == {
        first: (one, day("2025-05-31")),
        second: (one, day("2025-05-31")),
    }
    assert (found[first].after, found[second].after) == ("", first)
    assert "I-42" in found[second].readings


def test_a_sparing_ground_on_a_later_day_does_not_count():
    # I-15: the earlier effect.
    sparing = notice("M-1", "2025-04-01", "2025-06-01", Ground.GENERAL_28_2)
    assert ends(unit(*DEVICE, sparing, notice("M-1", "2025-05-01")))["M-1"].ground is Ground.NOTICE


def test_an_option_that_ends_with_its_contract_takes_the_ground_that_spares():
    # I-42: 10-2 on the day of the option's own notice.
    found = ends(unit(*DEVICE, on_ground("M-1", Ground.GENERAL_28_3), on_ground("O-MON", Ground.NOTICE)))
    assert (found["O-MON"].ground, found["O-MON"].after) == (Ground.GENERAL_28_3, "M-1")


def test_an_option_keeps_its_own_ground_where_it_spares_more_than_its_contracts():
    # I-42
    found = ends(unit(*DEVICE, on_ground("M-1", Ground.NOTICE), on_ground("O-MON", Ground.GENERAL_28_3)))
    assert (found["O-MON"].ground, found["O-MON"].after) == (Ground.GENERAL_28_3, "")
    assert (found["O-MON"].readings, found["M-1"].readings) == (("I-42",), ())
