"""A form beside what is there: cells, references, numbers, what stands already, other units, the past, what it mends."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts import clock
from contracts.judge.prospect import outcomes, todos
from contracts.models import Price
from contracts.operations.consents import end_consent, record_consent
from contracts.operations.register import register_state
from contracts.terms.consents import Assent
from tests.contracts.applications.form import (
    ACCEPTED,
    CONSENT,
    IPS_KIND,
    day,
    edr,
    ips,
    licence,
    licences,
    module,
    option,
    other_item,
    premium,
    quoted,
    refusals,
    said,
    tier,
    upgrade,
)
from tests.contracts.book import build as had
from tests.contracts.book.build import LONG_AGO, OTHER

SOUND = [had.tier(), had.module()]
LINKED = [had.tier(), had.ips(), had.ips_service()]
LICENSED = [had.premium(), had.module(), had.edr(), had.licence()]


@pytest.mark.parametrize(
    ("line", "place"),
    [
        pytest.param(module(starts="4月1日"), ("", "#2", "billing_starts_on"), id="no day"),
        pytest.param(module(starts="2025-02-29"), ("", "#2", "billing_starts_on"), id="a day that is not there"),
        pytest.param(module(ready_on="1999-01-01"), ("", "#2", "ready_on"), id="a day before all terms"),
        pytest.param(module(initial_yen="十万"), ("", "#2", "initial_yen"), id="no amount"),
        pytest.param(module(monthly_yen="-1"), ("", "#2", "monthly_yen"), id="less than nothing"),
        pytest.param(module(monthly_yen="10000000001"), ("", "#2", "monthly_yen"), id="a slip of the keyboard"),
        pytest.param(module(monthly_yen="1", quotation="あ" * 256), ("", "#2", "quotation"), id="too long a quotation"),
        pytest.param(module(number="N" * 65), ("", "#2", "number"), id="too long a number"),
        pytest.param(module("架空"), ("2", "#2", "module_type"), id="no module type of the terms"),
        pytest.param(module(""), ("2", "#2", "module_type"), id="no module type"),
        pytest.param({"key": "#2", "verb": "contract"}, ("", "#2", "category"), id="a contract for nothing"),
        pytest.param(option("", "T-1"), ("", "#3", "option"), id="no option"),
        pytest.param(option("on_site_report", ""), ("", "#3", "contract"), id="an option on nothing"),
        pytest.param(licence(quantity="たくさん", on="T-1"), ("", "#9", "quantity"), id="no quantity"),
        pytest.param(upgrade(on=""), ("", "#1", "effective_on"), id="a change on no day"),
        pytest.param(upgrade(""), ("", "#1", "to_category"), id="a change to nothing"),
        pytest.param(upgrade(one_time_yen="1.5"), ("", "#1", "one_time_yen"), id="half a yen"),
        pytest.param(licences("0"), ("10-2(8)", "#1", "to_quantity"), id="no licences at all"),
        pytest.param(quoted("T-1", "monthly", ""), ("", "#1", "amount_yen"), id="a price of no amount"),
        pytest.param(quoted("T-1", "", "1"), ("", "#1", "fee"), id="a price of no fee"),
        pytest.param(quoted("T-1", "monthly", "1"), ("13", "#1", "from_on"), id="a monthly price from no day"),
    ],
)
def test_faults_of_cells(desk, line, place):
    """Said at the field in which they were typed."""
    desk.has(*LICENSED)
    judgement = desk.judged(line)
    assert place in refusals(judgement)
    assert not judgement.acceptable


def test_the_field_of_a_price_is_the_one_in_which_it_was_typed(desk):
    """The row of a price has an amount and a day; on the form they are 月額費用 and 変更日."""
    desk.has(*SOUND)
    found = refusals(desk.judged(upgrade(on="2025-05-99", monthly_yen="一万", quotation="x" * 300)))
    assert found == {
        ("", "#1", "effective_on"),
        ("", "#1", "monthly_yen"),
        ("", "#1", "quotation"),
    }


def test_one_application_asks_for_something(desk):
    desk.has(*SOUND)
    assert not desk.judged().acceptable
    assert not desk.judged({"key": "#1", "verb": ""}).acceptable
    assert desk.judged(upgrade()).acceptable


@pytest.mark.parametrize(
    ("line", "field"),
    [
        pytest.param(upgrade(target="T-2"), "target", id="a category change of another unit's tier"),
        pytest.param(quoted("T-2", "monthly", "1", "2025-05-01"), "target", id="a price of another unit's"),
        pytest.param(option("on_site_report", "T-2"), "contract", id="an option on another unit's tier"),
        pytest.param(option("on_site_report", "T-404"), "contract", id="an option on nothing there is"),
        pytest.param(option("on_site_report", "#7"), "contract", id="an option on a line that is not there"),
    ],
)
def test_what_a_line_names_is_of_the_same_unit(desk, line, field):
    desk.has(
        *SOUND, had.customer(), had.unit(), had.unit("U-2"),
        had.tier(number="T-2", of="U-2", application="A-2"), had.module(number="M-2", of="U-2", application="A-2"),
    )  # fmt: skip
    judgement = desk.judged(line)
    assert refusals(judgement) == {("", line["key"], field)}
    assert said(judgement.refused[0]).endswith("はこの管理単位にありません")


def test_an_option_stands_on_a_new_contract_by_its_line(desk):
    """By the line's key, whether a number was typed there or is given out later."""
    desk.has()
    for number in ("", "SOC-9"):
        judgement = desk.judged(tier(number=number), module(), option("on_site_report", "#1"))
        assert refusals(judgement) == set()
        assert judgement.after.options[0].contract == (number or "#1")


def test_a_change_and_a_price_name_a_new_target_by_its_line(desk):
    desk.has()
    later = quoted("#9", "monthly", "300", "2025-10-01", "#10")
    judgement = desk.judged(premium(), edr(), licence(number="OP-9"), licences("150", target="#9", key="#11"), later)
    assert refusals(judgement) == set()
    assert [change.target for change in judgement.after.changes] == ["OP-9"]
    assert [row.values["target"] for row in judgement.merged.new["prices"]] == ["OP-9"]


@pytest.mark.parametrize("typed", ["T-1", " T-1 "], ids=["as it is", "with blanks around it"])
def test_a_number_that_is_taken(desk, typed):
    desk.has(*SOUND)
    assert refusals(desk.judged(module("device_log", item="タイプ1", number=typed))) == {("", "#2", "number")}


def test_a_number_typed_twice_on_one_form(desk):
    desk.has()
    form = [tier(number="N-1"), module(number="N-2"), option("on_site_report", number="N-1")]
    assert ("", "#3", "number") in refusals(desk.judged(*form))


def test_a_change_twice_on_one_day(desk):
    """変更 of one thing of one target once a day on one form; one more of another application is taken (I-53)."""
    desk.has(*LICENSED, had.change("O-LIC", "quantity", 150, "2025-05-01"))
    assert refusals(desk.judged(licences("200", on="2025-05-01"))) == set()
    twice = desk.judged(licences("200", on="2025-06-01"), licences("300", on="2025-06-01", key="#2"))
    assert refusals(twice) == {("", "#2", "effective_on")}
    other_days = desk.judged(licences("200", on="2025-06-01"), licences("300", on="2025-06-02", key="#2"))
    assert refusals(other_days) == set()


@pytest.mark.parametrize(
    ("lines", "refused"),
    [
        pytest.param([quoted("T-1", "monthly", "1", "2025-04-01")], {("13", "#1", "from_on")}, id="monthly, that day"),
        pytest.param([quoted("T-1", "monthly", "1", "2025-04-02")], set(), id="monthly, another day"),
        pytest.param([quoted("T-1", "initial", "1")], {("13", "#1", "from_on")}, id="a second initial fee"),
        pytest.param(
            [quoted("T-1", "initial", "1", "2025-09-01")], {("13", "#1", "from_on")}, id="nor one from a later day"
        ),
        pytest.param(
            [quoted("M-1", "monthly", "1", "2025-09-01"), quoted("M-1", "monthly", "2", "2025-09-01", "#2")],
            {("13", "#2", "from_on")},
            id="twice on the form",
        ),
        pytest.param(
            [quoted("M-1", "initial", "1"), quoted("M-1", "initial", "1", key="#2")],
            {("13", "#2", "from_on")},
            id="two initial fees on the form",
        ),
        pytest.param(
            [upgrade(on="2025-04-01", monthly_yen="5")], {("13", "#1", "effective_on")}, id="with a change, that day"
        ),
        pytest.param(
            [upgrade(on="2025-06-01", monthly_yen="5"), quoted("T-1", "monthly", "6", "2025-06-01", "#2")],
            {("13", "#2", "from_on")},
            id="with a change on the form",
        ),
    ],
)
def test_a_price_twice(desk, lines, refused):
    """第13条: one price of one fee from a day on, one initial fee."""
    desk.has(*SOUND, had.priced("T-1", 300_000, 50_000))
    assert refusals(desk.judged(*lines)) == refused


def test_a_target_is_changed_within_its_life(desk):
    """9-1, 10-2: after a notice the target's last day is 2025-10-01 (12-1, I-02)."""
    desk.has(*SOUND, had.notice("T-1", "2025-09-01"), had.notice("M-1", "2025-09-01"))
    assert refusals(desk.judged(upgrade(on="2025-10-01"), on="2025-09-02")) == set()
    assert refusals(desk.judged(upgrade(on="2025-10-02"), on="2025-09-02")) == {("9-1", "#1", "effective_on")}
    late = option("cloud_log_monitoring", "M-1", starts="2025-10-02")
    assert ("10-2", "#3", "contract") in refusals(desk.judged(late, on="2025-09-02"))


def test_accepted_before_it_was_applied_for(desk):
    desk.has()
    found = refusals(desk.judged(tier(), module(), applied="2025-03-02", on="2025-03-01"))
    assert found == {("", "#1", "accepted_on"), ("", "#2", "accepted_on")}


# Consents that lines bring (17-1)


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        pytest.param({"premium_consent_on": "2025-02-01"}, {"consent_given_by", "consent_document"}, id="a day alone"),
        pytest.param(
            {"consent_document": "同意書 1"}, {"consent_given_by", "premium_consent_on"}, id="a document alone"
        ),
        pytest.param(CONSENT | {"consent_given_by": " "}, {"consent_given_by"}, id="by nobody"),
        pytest.param(CONSENT | {"premium_consent_on": "2月1日"}, {"premium_consent_on"}, id="on no day"),
        pytest.param(
            CONSENT | {"premium_consent_on": "20250231"}, {"premium_consent_on"}, id="a day that there is not"
        ),
        pytest.param(CONSENT, set(), id="whole"),
        pytest.param({}, set(), id="none: without linking modules none is needed"),
    ],
)
@pytest.mark.parametrize("asks", ["contract", "change"])
def test_a_consent_is_brought_with_its_evidence(desk, asks, given, fields):
    """Day, person and document: whole or not at all, for a new プレミアム contract as for an upgrade."""
    desk.has(*(SOUND if asks == "change" else []))
    lines = [upgrade(**given)] if asks == "change" else [tier("premium", **given), module()]
    assert {field for _clause, _line, field in refusals(desk.judged(*lines))} == fields


def test_a_consent_of_that_day_is_on_record_already(desk):
    desk.has(*SOUND)
    of_day = {"given_on": day("2025-02-01"), "given_by": "見本 花子", "document": "同意書 0"}
    tier_contract = desk.unit().targets.get(number="T-1").contract
    record_consent(tier_contract, assent=Assent.OWN_PREMIUM_CONSENT, by=desk.enters, **of_day, on=clock.today())
    assert refusals(desk.judged(upgrade(**CONSENT))) == {("17-1", "#1", "premium_consent_on")}
    assert desk.judged(upgrade()).acceptable
    assert desk.judged(upgrade(**CONSENT | {"premium_consent_on": "2025-02-02"})).acceptable


def test_a_consent_is_brought_once(desk):
    desk.has(had.tier("ベーシック"), had.module("Microsoft 365ログ収集モジュール"),
             had.option("Microsoft 365ログ監視オプション", "M-1"))  # fmt: skip
    form = [upgrade("advanced", **CONSENT), upgrade("premium", on="2025-06-01", key="#2", **CONSENT)]
    assert refusals(desk.judged(*form)) == {("17-1", "#2", "premium_consent_on")}


# The linked service's item, and who else links it (9-1(2), I-32)


def test_an_item_change_writes_the_linked_services_new_state(desk):
    desk.has(*LINKED)
    judgement = desk.judged(other_item("IPS/タイプB", on="2025-05-01"))
    assert judgement.acceptable
    (row,) = judgement.merged.new["linked_services"]
    assert (row.values["code"], str(row.values["from_on"]), row.values["item"]) == ("S-1", "2025-05-01", "IPS/タイプB")
    assert [state.item for state in judgement.after.linked["S-1"]] == ["IPS/タイプA", "IPS/タイプB"]


def test_an_item_change_of_a_module_on_the_same_form(desk):
    """Concluded and changed in one application: the service's state follows the new module too."""
    desk.has(had.ips_service())
    judgement = desk.judged(tier(), ips(), other_item("IPS／タイプ B", on="2025-05-01", target="#2", key="#3"))
    assert refusals(judgement) == set()
    assert judgement.after.changes[0].to == "IPS/タイプB"
    assert [state.item for state in judgement.after.linked["S-1"]] == ["IPS/タイプA", "IPS/タイプB"]


def test_the_state_of_that_day_is_left_as_it_is(desk):
    """The service is to be タイプC from September on, which the unit's module is not: the change mends it."""
    desk.has(*LINKED)
    register_state(
        **{"code": "S-1", "service": "ips_ids", "kind": IPS_KIND, "item": "IPS/タイプC", "holder": "C-1"},
        **{"from_on": day("2025-09-01"), "ends_on": None, "by": desk.enters},
        on=clock.today(),
    )
    other = desk.judged(upgrade(**CONSENT))
    # What became known after the module was accepted only warns, and does not stand against another application (I-28).
    assert refusals(other) == set()
    assert {(remark.clause, remark.field) for remark in other.remarks if not remark.refused} >= {("7-5", "item")}
    assert refusals(desk.judged(other_item("IPS/タイプB", on="2025-09-01"))) == {("7-5", "#1", "item")}
    mending = desk.judged(other_item("IPS/タイプC", on="2025-09-01"))
    assert mending.acceptable
    assert mending.merged.new["linked_services"] == []


def test_a_later_state_is_judged_too(desk):
    """The change is for May; the service goes back to タイプA in July, and the module does not."""
    desk.has(*LINKED)
    judgement = desk.judged(other_item("IPS/タイプB", on="2025-05-01"))
    assert judgement.acceptable
    desk.accepted(other_item("IPS/タイプB", on="2025-07-01"))
    assert refusals(desk.judged(other_item("IDS/タイプA", on="2025-05-01"))) == set()
    back = desk.judged(other_item("IPS/タイプB", on="2025-05-01"))
    assert ("9-1(2)", "#1", "to") in refusals(back)


def test_a_unit_that_links_the_same_service_is_judged_too(desk):
    """Two units link S-1: what the one's change does to the service would break the other (7-5)."""
    desk.has(
        *LINKED, had.customer(), had.unit(), had.unit("U-2"),
        had.tier(number="T-2", of="U-2", application="A-2"),
        had.ips(number="M-2", of="U-2", application="A-2"),
    )  # fmt: skip
    judgement = desk.judged(other_item())
    assert refusals(judgement) == {("7-5", "", "item")}
    (remark,) = judgement.refused
    assert remark.violation.targets == ("M-2",)
    assert str(remark.first) == "2025-05-01"


def test_a_unit_that_lacked_something_before_does_not_refuse_anothers(desk):
    """U-2 is broken already, and the change leaves it as broken as it was."""
    desk.has(
        *LINKED, had.customer(), had.unit(), had.unit("U-2"), had.notice("M-2", "2025-03-15", "2025-04-20"),
        had.tier(number="T-2", of="U-2", application="A-2"),
        had.ips(number="M-2", of="U-2", application="A-2"),
    )  # fmt: skip
    assert refusals(desk.judged(other_item())) == set()


# What was, and what mends (I-28, I-30)


def consenting_service(desk, *records):
    """A service that another holds; its consents with their last days."""
    service = desk.unit().targets.get(number="M-IPS").contract.linked_service
    for given_on, ends_on in records:
        consent = record_consent(
            service,
            assent=Assent.MODULE_CONSENT,
            given_on=day(given_on),
            given_by="別の人",
            document="書",
            by=desk.enters,
            on=clock.today(),
        )
        if ends_on:
            end_consent(
                consent, ends_on=day(ends_on), document="撤回書", by=desk.enters, reason="撤回", on=clock.today()
            )


OF_ANOTHER = [had.tier(), had.ips(), had.ips_service(holder=OTHER, module_consent_on=LONG_AGO)]


def test_a_violation_wholly_in_the_past_does_not_refuse(desk):
    """I-30: nobody can mend a day that is past."""
    desk.has(*OF_ANOTHER)
    consenting_service(desk, (LONG_AGO, "2025-05-31"), ("2025-07-01", None))
    report = option("on_site_report", "T-1", starts="2025-09-01")
    assert refusals(desk.judged(report, on="2025-07-01")) == set()
    # Accepted on the last day of the gap, it would be accepted into a unit that is not eligible.
    assert refusals(desk.judged(report, on="2025-06-30")) == {("7-3", "", "linked_service")}


def test_a_violation_that_runs_on_refuses_whatever_is_asked(desk):
    desk.has(*OF_ANOTHER)
    consenting_service(desk, (LONG_AGO, "2025-05-31"))
    report = option("on_site_report", "T-1", starts="2025-09-01")
    assert refusals(desk.judged(report, on="2025-07-01")) == {("7-3", "", "linked_service")}


def test_what_the_form_itself_brings_is_refused_in_the_past_too(desk):
    """I-30: a start of long ago without its licence, mended since: the application is what breaks those days."""
    desk.has(*SOUND)
    form = [upgrade(on="2025-04-01"), edr("T-1", starts="2025-04-01"), licence(on="T-1", starts="2025-05-01")]
    assert refusals(desk.judged(*form, on="2025-12-01")) == {("7-12", "#8", "option")}


def test_days_that_were_broken_before_do_not_excuse_others(desk):
    """I-30: S-1 was of another item in June; the form would break the same condition in April, which is its own doing."""
    desk.has(*LINKED)
    for item, from_on in (("A", "2025-04-10"), ("A", "2025-05-01"), ("C", "2025-06-01"), ("A", "2025-07-01")):
        register_state(
            **{"code": "S-1", "service": "ips_ids", "kind": IPS_KIND, "item": f"IPS/タイプ{item}", "holder": "C-1"},
            **{"from_on": day(from_on), "ends_on": None, "by": desk.enters},
            on=clock.today(),
        )
    assert refusals(desk.judged(upgrade(**CONSENT), on="2025-12-01")) == set()
    form = [other_item("IPS/タイプB", on="2025-04-10"), other_item("IPS/タイプA", on="2025-05-01", key="#2")]
    broken = [(str(r.first), str(r.last)) for r in desk.judged(*form, on="2025-12-01").refused if r.clause == "7-5"]
    assert broken == [("2025-04-10", "2025-04-30")]


def test_an_application_that_mends_a_broken_unit_is_acceptable(desk):
    """The notice ended the last module (7-1); a new one mends it."""
    desk.has(*SOUND, had.notice("M-1", "2025-05-01"))
    assert refusals(desk.judged(module("device_log", item="タイプ1", starts="2025-06-01"), on="2025-05-02")) == set()
    late = desk.judged(module("device_log", item="タイプ1", starts="2025-06-02"), on="2025-05-02")
    assert refusals(late) == set()
    assert [(r.clause, str(r.first), str(r.last)) for r in late.remarks] == [("7-1", "2025-06-01", "2025-06-01")]


def test_what_a_notice_breaks_only_warns(desk):
    """I-09: the remark is there, and does not stand against acceptance."""
    desk.has(*SOUND, had.notice("M-1", "2025-05-01"))
    judgement = desk.judged(quoted("T-1", "monthly", "1", "2025-06-01"), on="2025-05-02")
    assert [(r.clause, r.refused, str(r.first)) for r in judgement.remarks] == [("7-1", False, "2025-06-01")]
    assert judgement.acceptable


def test_an_application_into_what_a_notice_broke_is_refused(desk):
    """I-28: who applies with the notice at hand applies for what results."""
    desk.has(*SOUND, had.notice("T-1", "2025-05-01"), had.notice("M-1", "2025-05-01"))
    form = [module("device_log", item="タイプ1", starts="2025-05-10")]
    assert refusals(desk.judged(*form, on="2025-05-02")) == {("7-1", "#2", "category")}


def test_the_line_that_is_wrong_is_named_not_one_that_only_quotes(desk):
    """A price and a change of the same target: what the change breaks stands with the change."""
    desk.has(had.premium(), had.module())
    form = [quoted("T-1", "monthly", "1", "2025-06-01", "#1"), upgrade("advanced", key="#2")]
    assert refusals(desk.judged(*form)) == {("9-1(1)", "#2", "to")}


def test_of_two_changes_of_one_target_the_wrong_one_is_named(desk):
    desk.has(*LICENSED)
    form = [licences("200", on="2025-05-01"), upgrade("advanced", key="#2"), upgrade("premium", "2025-07-01", key="#3")]
    assert {line for clause, line, _f in refusals(desk.judged(*form)) if clause == "9-1(1)"} == {"#2"}


# What acceptance would do


def test_what_would_come_of_it(desk):
    """第5条, 第13条: starts, minimum terms, fees with their first due days."""
    desk.has(*SOUND)
    judgement = desk.judged(
        upgrade(on="2025-05-01", one_time_yen="10000", monthly_yen="500000"),
        edr("T-1", starts="2025-05-01", initial_yen="30000"),
        licence("term", "1000", on="T-1", starts="2025-08-31", monthly_yen="500"),
        edr("T-1", "#10", starts="2025-08-31"),
    )
    found = {
        (o.sheet, o.number, str(o.from_on), str(o.committed_until), o.clause): [
            (fee.fee, fee.amount_yen, str(fee.due_on)) for fee in o.fees
        ]
        for o in outcomes(judgement, accepted_on=day(ACCEPTED))
    }
    assert found == {
        ("options", "#8", "2025-05-01", "2026-04-30", "10-8"): [("initial", 30000, ACCEPTED)],
        ("options", "#9", "2025-08-31", "2026-08-30", "10-9"): [("monthly", 500, "2025-08-31")],
        ("options", "#10", "2025-08-31", "2026-08-30", "10-8"): [],
        ("changes", "T-1", "2025-05-01", "None", "9-1(1)"): [
            ("one_time", 10000, ACCEPTED),
            ("monthly", 500000, "2025-05-01"),
        ],
    }


def test_what_stays_to_be_done(desk):
    """第8条第1項, 第13条: no start, no price, no readiness do not refuse; they are said."""
    desk.has()
    judgement = desk.judged(tier(starts="", initial_yen="1"), module(starts="", monthly_yen="1"))
    assert judgement.acceptable
    assert [(todo.number, todo.clause) for todo in todos(judgement)] == [
        ("#1", "13"),
        ("#1", "13"),
        ("#2", "13"),
        ("#2", "13"),
        ("#2", "8-1(2)"),
    ]


# Queries


@pytest.mark.parametrize("standing", [False, True], ids=["a new unit", "a unit of many contracts"])
def test_queries_do_not_grow_with_the_lines(desk, standing):
    if standing:
        desk.has(*LINKED, had.priced("T-1", 1, 1))
        few = [upgrade(monthly_yen="2", **CONSENT), other_item(key="#2"), option("on_site_report", "T-1", "#3")]
        more = [quoted("T-1", "monthly", "1", f"2026-01-{number:02}", f"#p{number}") for number in range(1, 29)]
        more += [option("log_retention", "M-IPS", f"#o{number}", retention_years="1") for number in range(10)]
    else:
        desk.has(had.ips_service())
        few = [premium(), ips()]
        more = [quoted("#1", "monthly", "1", f"2026-01-{number:02}", f"#p{number}") for number in range(1, 29)]
        more += [option("log_retention", "#2", f"#o{number}", retention_years="1") for number in range(10)]
    counts = []
    for form in (few, (few + more)[:40]):
        with CaptureQueriesContext(connection) as queries:
            judgement = desk.judged(*form)
        assert judgement.acceptable
        counts.append(len(queries) - 1)  # the desk asks for the unit
    assert len(few + more) >= 40
    assert counts[0] == counts[1] <= 15
    assert Price.objects.count() == (2 if standing else 0)
