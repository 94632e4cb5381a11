"""A unit judged on every day: what is in force, what is refused, what only warns (I-09, I-27, I-28)."""

import pytest

from contracts.terms.art07_eligibility import violations
from contracts.terms.catalog import Category, LicenceType, ModuleType, OptionType, Service
from contracts.terms.days import NOT_YET_KNOWN
from contracts.terms.timeline import Timeline, judge
from contracts.terms.unit import ContradictionError, Ground, What
from tests.terms.build import (
    OTHER,
    change,
    day,
    edr,
    ips,
    ips_service,
    licence,
    module,
    notice,
    option,
    premium,
    service,
    tier,
    unit,
)

CLOUD = [tier(), module()]


def found(*facts):
    """(clause, first day, last day, refused or warned) of every finding."""
    return [
        (f.violation.clause, str(f.first), f.last and str(f.last), "refused" if f.refused else "warned")
        for f in judge(unit(*facts))
    ]


def test_a_lawful_unit_has_nothing_found():
    assert found(*CLOUD) == []
    assert found() == []


def test_the_end_day_is_still_served():
    # I-03
    timeline = Timeline(unit(*CLOUD, notice("M-1", "2025-05-01")))
    contract = timeline.unit.contracts[1]
    assert [timeline.serves(contract, day(on)) for on in ("2025-03-31", "2025-04-01", "2025-05-31", "2025-06-01")] == [
        False,
        True,
        True,
        False,
    ]


def test_values_count_from_the_day_of_their_change():
    timeline = Timeline(
        unit(
            tier(Category.BASIC),
            option(OptionType.LOG_RETENTION, "M-1", years=1),
            licence(LicenceType.MSSP, 100),
            change("T-1", "category", "advanced", "2025-07-01"),
            change("O-1", "retention_years", 3, "2025-07-01"),
            change("O-LIC", "quantity", 150, "2025-07-01"),
        )
    )
    (contract,), (kept, licences) = timeline.unit.contracts, timeline.unit.options
    for on, expected in (("2025-06-30", ("basic", 1, 100)), ("2025-07-01", ("advanced", 3, 150))):
        values = (
            timeline.value(contract, What.CATEGORY, day(on)),
            timeline.value(kept, What.RETENTION_YEARS, day(on)),
            timeline.value(licences, What.QUANTITY, day(on)),
        )
        assert values == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(
            [tier(), module(starts="2025-05-01")],
            [("7-1", "2025-04-01", "2025-04-30", "refused")],
            id="the tier begins a month before its only module",
        ),
        pytest.param(
            [tier(starts="2025-05-01"), module()],
            [("7-1", "2025-04-01", "2025-04-30", "refused")],
            id="the module begins a month before its tier",
        ),
        pytest.param(
            [tier(), module(starts=None)],
            [("7-1", "2025-04-01", str(NOT_YET_KNOWN - (day("2025-04-02") - day("2025-04-01"))), "refused")],
            id="the module has no day yet, so no day is known that mends it",
        ),
        pytest.param([tier(starts=None), module(starts=None)], [], id="nothing has a day yet, but all fits"),
        pytest.param(
            [tier(Category.BASIC, starts=None), module(starts=None)],
            [("7-2", str(NOT_YET_KNOWN), None, "refused")],
            id="nothing has a day yet, and it will not fit",
        ),
        pytest.param(
            [tier(Category.BASIC), module(), change("T-1", "category", "advanced", "2025-06-01")],
            [("7-2", "2025-04-01", "2025-05-31", "refused")],
            id="until an upgrade mends it",
        ),
        pytest.param(
            [tier(), ips(), ips_service(holder=OTHER, module_consent_on="2025-05-01")],
            [("7-3", "2025-04-01", "2025-04-30", "refused")],
            id="until a consent mends it",
        ),
        pytest.param(
            [premium(), edr(), licence(LicenceType.MSSP, 100), change("O-LIC", "quantity", 99, "2025-06-01")],
            [("10-2(8)", "2025-06-01", None, "refused")],
            id="too few licences after a change",
        ),
    ],
)
def test_an_application_is_refused_for_any_day(facts, expected):
    assert found(*facts) == expected


def test_an_upgrade_to_premium_asks_for_consents_from_its_day():
    upgrade = change("T-1", "category", "premium", "2025-07-01")
    assert found(tier(), ips(), ips_service(), upgrade) == [
        ("17-1", "2025-07-01", None, "refused"),
        ("7-4", "2025-07-01", None, "refused"),
    ]
    assert found(tier(consented="2025-07-01"), ips(), ips_service(), upgrade) == []
    assert found(tier(consented="2025-07-02"), ips(), ips_service(), upgrade) == [
        ("17-1", "2025-07-01", "2025-07-01", "refused"),
        ("7-4", "2025-07-01", "2025-07-01", "refused"),
    ]


def test_a_change_the_terms_do_not_allow_is_found_with_the_change():
    downgrade = change("T-1", "category", "basic", "2025-07-01")
    findings = judge(unit(*CLOUD, downgrade))
    assert {f.violation.clause: f.change for f in findings} == {"7-2": None, "9-1(1)": downgrade}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(
            [*CLOUD, notice("T-1", "2025-05-01")],
            [("7-1", "2025-06-01", None, "warned")],
            id="the tier ends while its module stays",
        ),
        pytest.param(
            [*CLOUD, notice("M-1", "2025-05-01")],
            [("7-1", "2025-06-01", None, "warned")],
            id="the last module ends",
        ),
        pytest.param(
            [
                tier(),
                module(ModuleType.DEVICE_LOG, item="タイプ1"),
                module(number="M-2"),
                option(OptionType.DEVICE_LOG_MONITORING, "M-1"),
                notice("M-1", "2025-05-01"),
            ],
            [],
            id="an option that ends with its contract splits nothing",
        ),
        pytest.param(
            [
                premium(),
                module(),
                edr(),
                licence(),
                option(OptionType.LOG_RETENTION, "T-1", "O-KEEP", years=1),
                notice("O-EDR", "2025-05-01"),
            ],
            [("10-2(5)", "2025-06-01", None, "warned")],
            id="EDR運用 ends while ログ保管 keeps its logs",
        ),
        pytest.param(
            [*CLOUD, notice("T-1", "2025-05-01", "2025-06-10", Ground.COMPANY)],
            [("7-1", "2025-06-11", None, "warned")],
            id="the company's termination breaks it as a notice does",
        ),
        pytest.param(
            [*CLOUD, notice("T-1", "2025-05-01"), notice("M-1", "2025-05-10")],
            [("7-1", "2025-06-01", "2025-06-09", "warned")],
            id="until the module ends too",
        ),
    ],
)
def test_a_notice_only_warns(facts, expected):
    # I-09
    assert found(*facts) == expected


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        pytest.param("2025-04-30", "warned", id="accepted before the notice: the notice broke it"),
        pytest.param("2025-05-01", "warned", id="accepted on the day the notice arrived: the notice broke it"),
        pytest.param("2025-05-02", "refused", id="accepted with the notice at hand: refused"),
    ],
)
def test_who_broke_it_goes_by_what_was_known_at_acceptance(accepted, expected):
    # I-28: the tier ends on 2025-05-31; another module begins on 2025-06-01.
    added = module(ModuleType.DEVICE_LOG, item="タイプ1", number="M-2", accepted=accepted, starts="2025-06-01")
    findings = {f.violation.targets[0]: f for f in judge(unit(*CLOUD, added, notice("T-1", "2025-05-01")))}
    assert not findings["M-1"].refused
    assert findings["M-2"].refused is (expected == "refused")


def test_a_day_is_judged_twice_however_much_is_wrong_on_it(monkeypatch):
    """As it is, and as it was known: not again for each contract that breaks something on it."""
    judged = []
    monkeypatch.setattr("contracts.terms.timeline.violations", lambda on: judged.append(on.day) or violations(on))
    wrong = [module(ModuleType.DEVICE_LOG, item="タイプ1", number=f"M-{n}") for n in range(2, 12)]
    assert len(judge(unit(*CLOUD, *wrong, notice("T-1", "2025-05-01")))) > 10
    assert max(map(judged.count, judged)) <= 2


def test_a_change_accepted_after_a_notice_is_judged_with_it():
    # I-28: the tier's end on 2025-05-31 was known when more licences were accepted for a day after it.
    facts = [premium(), module(), edr(), licence(), notice("M-1", "2025-05-01")]
    assert found(*facts) == []
    few = change("O-LIC", "quantity", 99, "2025-06-15", accepted="2025-06-01")
    assert found(*facts, few) == [("10-2(8)", "2025-06-15", None, "refused")]


def test_a_new_tier_must_wait_for_the_last_day_of_the_old():
    facts = [*CLOUD, notice("T-1", "2025-05-01")]
    after = tier(number="T-2", accepted="2025-05-10", starts="2025-06-01")
    overlapping = tier(number="T-2", accepted="2025-05-10", starts="2025-05-31")
    assert found(*facts, after) == []
    assert found(*facts, overlapping) == [
        ("6-1", "2025-05-31", "2025-05-31", "refused"),
        ("7-1", "2025-05-31", "2025-05-31", "refused"),
    ]


@pytest.mark.parametrize(
    ("facts", "clause", "first"),
    [
        pytest.param([tier(), ips(), ips_service(ends="2025-06-30")], "7-3", "2025-07-01", id="the service ends"),
        pytest.param(
            [tier(), ips(), ips_service(), ips_service("IPS/タイプB", from_on="2025-07-01")],
            "7-5",
            "2025-07-01",
            id="the service's item changes, the module's does not",
        ),
        pytest.param(
            [
                tier(),
                module(ModuleType.SWG, item="タイプF", links="S-1"),
                service(Service.SWG, item="タイプF", bypass_option_on="2025-01-01"),
                service(
                    Service.SWG, item="タイプF", holder=OTHER, from_on="2025-07-01", module_consent_on="2025-06-01"
                ),
            ],
            "7-6",
            "2025-07-01",
            id="the service passes to a holder without the bypass option",
        ),
    ],
)
def test_what_a_module_leans_on_is_a_fact_like_any_other(facts, clause, first):
    # I-27
    assert found(*facts) == [(clause, first, None, "refused")]


def test_facts_that_cannot_all_be_true_are_told():
    with pytest.raises(ContradictionError):
        judge(unit(*CLOUD, notice("M-1", "2025-05-01", None, Ground.ABOLISHED)))


def test_a_pair_split_in_no_way_is_lawful_to_its_last_day():
    assert found(premium(), module(), edr(), licence(), notice("O-EDR", "2025-05-01")) == []


def test_an_edr_only_unit_that_loses_edr_is_warned_of():
    assert found(premium(), edr(), licence(), notice("O-EDR", "2025-05-01")) == [("7-1", "2025-06-01", None, "warned")]


def test_a_contract_ended_before_it_began_never_counts():
    # I-16
    facts = [*CLOUD, module(number="M-2", starts="2025-09-01"), notice("M-2", "2025-05-01")]
    assert found(*facts) == []


def test_days_of_change_begin_with_the_first_start():
    timeline = Timeline(unit(tier(consented="2020-05-05"), ips(), ips_service(ends="2025-06-30")))
    assert [str(on) for on in timeline.days_of_change()] == ["2025-04-01", "2025-07-01"]


def test_what_a_holder_agreed_to_stands_on_when_the_item_changes():
    # I-29
    agreed = {"holder": OTHER, "module_consent_on": "2025-01-01", "premium_consent_on": "2025-01-01"}
    facts = [
        premium(),
        module(ModuleType.SWG, item="タイプF", links="S-1"),
        service(Service.SWG, item="タイプF", bypass_option_on="2025-01-01", **agreed),
        change("M-1", "item", "タイプV", "2025-07-01"),
    ]
    assert found(*facts, service(Service.SWG, item="タイプV", holder=OTHER, from_on="2025-07-01")) == []
    other = service(Service.SWG, item="タイプV", holder="もう一社", from_on="2025-07-01")
    assert {clause for clause, *_ in found(*facts, other)} == {"7-3", "7-4", "7-6"}


def test_a_change_is_not_blamed_for_what_a_notice_had_broken_anyway():
    # I-28: the tier's end on 2025-05-31 leaves both modules alone, whether or not the item of one changes later.
    facts = [
        tier(),
        ips(links="S-2"),
        ips_service(code="S-2"),
        module(ModuleType.SWG, item="タイプF", number="M-SWG", links="S-1"),
        service(Service.SWG, item="タイプF", bypass_option_on="2025-01-01"),
        service(Service.SWG, item="タイプV", from_on="2025-07-01"),
        change("M-SWG", "item", "タイプV", "2025-07-01", accepted="2025-05-10"),
        notice("T-1", "2025-05-01"),
    ]
    assert {
        (f.violation.targets[0], str(f.first), f.refused) for f in judge(unit(*facts)) if f.violation.clause == "7-1"
    } == {
        ("M-IPS", "2025-06-01", False),
        ("M-SWG", "2025-06-01", False),
        ("M-SWG", "2025-07-01", False),
    }


def test_the_advanced_support_option_stands_on_when_the_item_changes():
    # I-29
    facts = [
        tier(),
        module(ModuleType.WAF, item="タイプA:10Mbps", links="S-1"),
        service(Service.WAF, item="タイプA:10Mbps", advanced_support_on="2025-01-01"),
        service(Service.WAF, item="タイプAS", from_on="2025-07-01"),
        change("M-1", "item", "タイプAS", "2025-07-01"),
    ]
    assert found(*facts) == []
