"""Days recorded once they are known: readiness (8-1), 課金開始日 (第5条, 第13条), setting changes (17-1) and telling of them (17-2)."""

import pytest

from contracts import clock
from contracts.intake.book.stored import stored_rows
from contracts.models import Contract, Entry, FactsRevision, LinkedService, Price, SettingChange, Target
from contracts.operations.applications import newest_entry
from contracts.operations.consents import end_consent, record_consent
from contracts.operations.readiness import NotEligibleError, broken_by_start, record_readiness, set_start
from contracts.operations.refusal import Refused
from contracts.operations.setting_changes import record_setting_change, tell_customer
from contracts.terms.consents import Assent
from tests.contracts.applications.form import (
    day,
    edr,
    ips,
    licence,
    module,
    moment,
    option,
    tier,
    told_since,
    worklist,
)
from tests.contracts.book import build as had
from tests.contracts.book.build import LONG_AGO, OTHER

SOUND = [had.tier(), had.module()]
PREMIUM = [had.premium(), had.ips(), had.ips_service()]
NOW = moment("2025-09-01 09:00")


def contract(number):
    return Contract.objects.get(target__number=number)


def target(number):
    return Target.objects.get(number=number)


def reason(action, *arguments, **said):
    with pytest.raises(Refused) as error:
        action(*arguments, **said)
    return error.value.reason.field, error.value.reason.clause


# Readiness


def test_readiness_is_recorded(desk):
    desk.has(*SOUND)
    start, revision = newest_entry(), FactsRevision.current()
    record_readiness(contract("M-1"), ready_on=day("2025-03-28"), by=desk.enters, reason="")
    assert contract("M-1").ready_on == day("2025-03-28")
    assert FactsRevision.current() == revision + 1
    entry = Entry.objects.get(pk__gt=start)
    assert (entry.operation, entry.record, entry.subject, entry.actor) == ("readiness", "contract", "M-1", "enters")
    assert (entry.before, entry.after) == ({"ready_on": None}, {"ready_on": "2025-03-28"})


def test_a_day_on_record_is_put_right_with_a_reason(desk):
    desk.has(had.tier(), had.module(ready_on="2025-03-28"))
    again = {"ready_on": day("2025-04-02"), "by": desk.enters}
    assert reason(record_readiness, contract("M-1"), reason=" ", **again) == ("reason", "8-1")
    assert contract("M-1").ready_on == day("2025-03-28")
    record_readiness(contract("M-1"), reason="記入の誤り", **again)
    entry = Entry.objects.order_by("pk").last()
    assert (entry.before, entry.after, entry.reason) == (
        {"ready_on": "2025-03-28"},
        {"ready_on": "2025-04-02"},
        "記入の誤り",
    )
    assert worklist() == [("readiness", "M-1", "8-1(2)", "2025-04-01", "2025-04-01")]


# 課金開始日


def test_a_start_is_decided(desk):
    desk.has(*SOUND, had.option("現地報告オプション", starts=""), had.price("O-1", "monthly", 9, "2025-03-10"))
    start = newest_entry()
    set_start(target("O-1"), starts_on=day("2025-06-01"), by=desk.enters, on=clock.today())
    assert target("O-1").billing_starts_on == day("2025-06-01")
    assert told_since(start) == [("start", "option", "O-1")]
    entry = Entry.objects.order_by("pk").last()
    assert (entry.before, entry.after) == ({"billing_starts_on": None}, {"billing_starts_on": "2025-06-01"})
    assert Price.objects.get().from_on == day("2025-03-10")


def test_a_start_before_the_price_takes_the_price_with_it(desk):
    """Quoted from the acceptance on; accepted on 2025-04-20, the report has been given since the 16th."""
    desk.has(*SOUND)
    lines = [option("on_site_report", "T-1", number="O-1", starts="", monthly_yen="500")]
    desk.accepted(*lines, applied="2025-04-10", on="2025-04-20")
    assert str(Price.objects.get().from_on) == "2025-04-20"
    start = newest_entry()
    set_start(target("O-1"), starts_on=day("2025-04-16"), by=desk.enters, on=clock.today())
    assert str(Price.objects.standing().get().from_on) == "2025-04-16"
    assert told_since(start) == [("start", "option", "O-1"), ("start", "price", "O-1")]


@pytest.mark.parametrize("starts", ["2025-04-01", "2025-03-31"])
def test_a_start_is_decided_once(desk, starts):
    desk.has(*SOUND)
    asked = {"starts_on": day(starts), "on": clock.today(), "by": desk.enters}
    assert reason(set_start, target("T-1"), **asked) == ("", "13")


def waiting(desk, *lines, stock=()):
    """A unit whose application was accepted without a day."""
    desk.has(*stock)
    desk.accepted(*[line | {"billing_starts_on": ""} for line in lines])


def test_starts_are_decided_one_by_one_in_any_order(desk):
    """7-1: neither the tier nor the module could start alone; nobody can decide two days at one stroke."""
    for unit, order in (("U-1", ("T", "M")), ("U-2", ("M", "T"))):
        desk.has(had.customer(), had.unit(), had.unit("U-2"))
        lines = [tier(number=f"T-{unit}", starts=""), module(number=f"M-{unit}", starts="", ready_on="2025-03-20")]
        desk.accepted(*lines, unit=unit)
        for kind in order:
            set_start(target(f"{kind}-{unit}"), starts_on=day("2025-06-01"), by=desk.enters, on=clock.today())
        assert worklist(unit) == []


def test_while_the_other_start_is_open_the_list_says_so(desk):
    waiting(desk, tier(number="T-1"), module(number="M-1", ready_on="2025-03-20"))
    set_start(target("T-1"), starts_on=day("2025-06-01"), by=desk.enters, on=clock.today())
    assert worklist() == [
        ("eligibility", "T-1", "7-1", "2025-06-01", None),
        ("start", "M-1", "13", "2025-03-10", None),
    ]


def test_an_edr_pair_starts_one_by_one_too(desk):
    waiting(desk, edr("T-1", number="O-1"), licence(on="T-1", number="O-2"), stock=[had.premium(), had.module()])
    for number in ("O-1", "O-2"):
        set_start(target(number), starts_on=day("2025-06-01"), by=desk.enters, on=clock.today())
    assert desk.facts().options[0].starts_on == desk.facts().options[1].starts_on == day("2025-06-01")


@pytest.mark.parametrize(
    ("starts", "clause"),
    [
        pytest.param("2025-04-30", "7-3", id="a day before the holder's consent"),
        pytest.param("2025-05-01", None, id="on its day"),
    ],
)
def test_a_start_at_which_the_unit_would_not_be_eligible(desk, starts, clause):
    stock = [*SOUND, had.ips_service(holder=OTHER, module_consent_on="2025-05-01")]
    waiting(desk, ips(number="M-2"), stock=stock)
    start = {"starts_on": day(starts), "by": desk.enters}
    if clause is None:
        set_start(target("M-2"), **start, on=clock.today())
        return
    with pytest.raises(NotEligibleError) as error:
        set_start(target("M-2"), **start, on=clock.today())
    assert (error.value.reason.field, error.value.reason.clause) == ("starts_on", clause)
    assert [finding.violation.targets for finding in error.value.findings] == [("M-2",)]
    assert target("M-2").billing_starts_on is None


def test_every_reason_is_given(desk):
    """A premium unit's module before any consent: the link, the settings and the customer's own."""
    service = had.ips_service(holder=OTHER, module_consent_on="2025-05-01", premium_consent_on="2025-05-01")
    standing = [had.premium(premium_consent_on="2025-05-01"), had.module(number="M-0")]
    waiting(desk, ips(number="M-1"), stock=[*standing, service])
    found = broken_by_start(target("M-1"), day("2025-04-01"))
    assert [finding.violation.clause for finding in found] == ["17-1", "7-3", "7-4"]
    assert broken_by_start(target("M-1"), day("2025-05-01")) == []


def test_a_consent_that_is_lost_by_the_start_is_missed(desk):
    """The holder withdrew before the service began: known without a day, it is refused on its day."""
    waiting(desk, ips(number="M-2"), stock=[*SOUND, had.ips_service(holder=OTHER, module_consent_on=LONG_AGO)])
    consent = record_consent(
        LinkedService.objects.get(), assent=Assent.MODULE_CONSENT, given_on=day(LONG_AGO), given_by="甲",
        document="書", by=desk.enters, on=clock.today(),
    )  # fmt: skip
    end_consent(consent, ends_on=day("2025-05-31"), document="撤回書", by=desk.enters, reason="撤回", on=clock.today())
    found = broken_by_start(target("M-2"), day("2025-06-01"))
    assert [(finding.violation.clause, str(finding.first)) for finding in found] == [("7-3", "2025-06-01")]


def test_what_is_broken_anyway_does_not_stand_against_a_start(desk):
    """The unit lacks a module since a notice ended it; the report option may start all the same."""
    desk.has(*SOUND, had.option("現地報告オプション", starts=""), had.notice("M-1", "2025-05-01"))
    set_start(target("O-1"), starts_on=day("2025-07-01"), by=desk.enters, on=clock.today())
    assert worklist()[0][:3] == ("eligibility", "T-1", "7-1")


# Setting changes


def changed(desk, number="M-IPS", at="2025-05-10 09:00", now=NOW):
    return record_setting_change(
        contract(number), what=" 規則の追加 ", why="攻撃の遮断", changed_at=moment(at), by=desk.enters, now=now
    )


def test_a_setting_change_is_recorded(desk):
    desk.has(*PREMIUM)
    start = newest_entry()
    change = changed(desk)
    change.refresh_from_db()
    assert (change.what, change.why, change.changed_by, change.told_at) == ("規則の追加", "攻撃の遮断", "enters", None)
    assert told_since(start) == [("setting_change", "setting_change", "M-IPS")]
    assert Entry.objects.order_by("pk").last().reason == "攻撃の遮断"


@pytest.mark.parametrize(
    ("facts", "number", "at"),
    [
        pytest.param(PREMIUM, "M-IPS", "2025-03-31 23:59", id="before the module is in use"),
        pytest.param([*PREMIUM, had.module()], "M-1", "2025-05-10 09:00", id="a module that links nothing"),
        pytest.param([had.tier(), *PREMIUM[1:]], "M-IPS", "2025-05-10 09:00", id="under アドバンスト"),
        pytest.param(PREMIUM, "T-1", "2025-05-10 09:00", id="the tier contract itself"),
    ],
)
def test_settings_are_not_changed_without_the_right_to(desk, facts, number, at):
    """17-1: プレミアム, a linking module in use, and the customer's consent, all on that day."""
    desk.has(*facts)
    assert reason(changed, desk, number, at) == ("changed_at", "17-1")
    assert SettingChange.objects.count() == 0


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        pytest.param("2025-04-30 23:59", False, id="the last minute before the upgrade"),
        pytest.param("2025-05-01 00:00", True, id="the first minute of the day of the upgrade"),
        pytest.param("2025-06-30 23:59", True, id="the last minute of the consent's last day (I-31)"),
        pytest.param("2025-07-01 00:00", False, id="the day after"),
    ],
)
def test_the_consent_is_needed_on_that_day(desk, at, allowed):
    """17-1, and a day is a day in Japan."""
    desk.has(had.premium(premium_consent_on="2025-03-10", starts="2025-05-01"),
             had.ips(starts="2025-05-01"), had.ips_service(premium_consent_on=LONG_AGO))  # fmt: skip
    consent = record_consent(
        contract("T-1"), assent=Assent.OWN_PREMIUM_CONSENT, given_on=day("2025-03-10"), given_by="甲",
        document="書", by=desk.enters, on=clock.today(),
    )  # fmt: skip
    end_consent(consent, ends_on=day("2025-06-30"), document="撤回書", by=desk.enters, reason="撤回", on=clock.today())
    if allowed:
        assert changed(desk, at=at).pk
    else:
        assert reason(changed, desk, at=at)[1] == "17-1"


def test_a_setting_is_not_changed_in_the_future(desk):
    desk.has(*PREMIUM)
    assert reason(changed, desk, at="2025-09-01 09:01") == ("changed_at", "17-2")
    assert changed(desk, at="2025-09-01 09:00").pk


def test_the_customer_is_told(desk):
    """17-2: when and how, by whom; once."""
    desk.has(*PREMIUM)
    change = changed(desk)
    start = newest_entry()
    told = {"told_at": moment("2025-05-10 09:00"), "how": " 電話 ", "by": desk.decides, "now": NOW}
    tell_customer(change, **told)
    change.refresh_from_db()
    assert (change.told_at, change.told_how, change.told_by) == (moment("2025-05-10 09:00"), "電話", "decides")
    assert told_since(start) == [("tell", "setting_change", "M-IPS")]
    entry = Entry.objects.order_by("pk").last()
    assert (entry.before["told_how"], entry.after["told_how"]) == ("", "電話")
    assert reason(tell_customer, change, **told) == ("", "17-2")


@pytest.mark.parametrize(
    "told_at",
    [
        pytest.param("2025-05-10 08:59", id="before it was changed"),
        pytest.param("2025-09-01 09:01", id="in the future"),
    ],
)
def test_when_a_customer_cannot_have_been_told(desk, told_at):
    desk.has(*PREMIUM)
    change = changed(desk)
    said = reason(tell_customer, change, told_at=moment(told_at), how="電話", by=desk.enters, now=NOW)
    assert said == ("told_at", "17-2")
    assert SettingChange.objects.get().told_at is None


# Consents as they are recorded


def test_a_recorded_consent_is_in_a_written_book_too(desk):
    """The day stands where the book states it, unless it states one already."""
    desk.has(had.tier("プレミアム"), had.module(), had.ips_service())
    own = {"given_by": "甲", "document": "書", "by": desk.enters}
    record_consent(
        contract("T-1"), assent=Assent.OWN_PREMIUM_CONSENT, given_on=day("2025-03-01"), **own, on=clock.today()
    )
    record_consent(
        contract("T-1"), assent=Assent.OWN_PREMIUM_CONSENT, given_on=day("2025-04-01"), **own, on=clock.today()
    )
    (written,) = [row for row in stored_rows("contracts") if row["number"] == "T-1"]
    assert written["premium_consent_on"] == day("2025-03-01")
    service = LinkedService.objects.get()
    record_consent(service, assent=Assent.MODULE_CONSENT, given_on=day("2025-03-02"), **own, on=clock.today())
    assert service.states.standing().get().module_consent_on == day("2025-03-02")


def test_a_consent_is_recorded_once_a_day_and_ended_once(desk):
    desk.has(*PREMIUM)
    facts = {
        "assent": Assent.OWN_PREMIUM_CONSENT,
        "given_on": day("2025-03-01"),
        "given_by": "甲",
        "document": "書",
        "on": clock.today(),
    }
    consent = record_consent(contract("T-1"), by=desk.enters, **facts)
    assert reason(record_consent, contract("T-1"), by=desk.enters, **facts) == ("given_on", "17-1")
    ending = {"document": "撤回書", "by": desk.enters, "reason": "撤回", "on": clock.today()}
    assert reason(end_consent, consent, ends_on=day("2025-02-28"), **ending) == ("ends_on", "17-1")
    end_consent(consent, ends_on=day("2025-03-01"), **ending)
    assert reason(end_consent, consent, ends_on=day("2025-03-01"), **ending) == ("", "17-1")
    entry = Entry.objects.order_by("pk").last()
    assert (entry.operation, entry.record, entry.subject, entry.reason) == ("end_consent", "consent", "T-1", "撤回")
    assert (entry.before["ends_on"], entry.after["ends_on"]) == (None, "2025-03-01")
