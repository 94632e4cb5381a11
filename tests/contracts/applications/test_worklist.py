"""作業一覧: every kind of row with its day and clause, going by itself when its cause is gone; notes and takers stay."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.operations.rehearse import rehearse
from contracts import clock
from contracts.judge.work import work_of
from contracts.models import Consent, Contract, Entry, LinkedService, ManagementUnit, Target, WorkItem
from contracts.operations import applications as operations
from contracts.operations.consents import end_consent, record_consent, units_of
from contracts.operations.readiness import record_readiness, set_start
from contracts.operations.register import register_state
from contracts.operations.returned import acknowledge
from contracts.operations.setting_changes import record_setting_change, tell_customer
from contracts.operations.work_by_hand import take
from contracts.operations.worklist import refresh_whole_worklist, refresh_worklist
from contracts.terms.consents import Assent
from contracts.terms.unit import ContradictionError
from tests.contracts.applications.form import day, module, moment, option, tier, worklist
from tests.contracts.book import build as had
from tests.contracts.book.build import LONG_AGO, OTHER
from tests.terms import build as terms

READY = {"ready_on": "2025-03-20"}
SOUND = [had.tier(), had.module(**READY)]
OF_ANOTHER = [had.tier(), had.ips(), had.ips_service(holder=OTHER, module_consent_on=LONG_AGO)]
PREMIUM = [had.premium(), had.ips(), had.ips_service()]
NOW = moment("2025-09-01 09:00")


def contract(number):
    return Contract.objects.get(target__number=number)


def recorded(desk, owner, assent, on=LONG_AGO):
    return record_consent(
        owner, assent=assent, given_on=day(on), given_by="甲", document="書 1", by=desk.enters, on=clock.today()
    )


def ended(desk, consent, on):
    return end_consent(consent, ends_on=day(on), document="撤回書", by=desk.enters, reason="撤回", on=clock.today())


def changed(desk, at="2025-05-10 09:00", what="規則の追加"):
    return record_setting_change(
        contract("M-IPS"), what=what, why="攻撃の遮断", changed_at=moment(at), by=desk.enters, now=NOW
    )


def test_a_sound_unit_has_nothing_to_do(desk):
    desk.has(*SOUND)
    assert worklist() == []


def test_an_application_that_waits(desk):
    """10-1: from its receipt until it is decided, whichever way."""
    desk.has(*SOUND)
    draft = desk.drafted(option("on_site_report", "T-1"))
    assert worklist() == []
    operations.receive(draft, on=day("2025-03-05"), by=desk.enters)
    assert worklist() == [("application", "AP00000001", "10-1", "2025-03-05", None)]
    operations.reject(draft, on=day("2025-03-06"), by=desk.decides, reason="理由")
    assert worklist() == [("rejected", "AP00000001", "10-1", "2025-03-06", None)]
    assert WorkItem.objects.get(kind="rejected").person == desk.enters
    acknowledge(draft, on=day("2025-03-07"), by=desk.enters)
    assert worklist() == []


def test_what_a_notice_breaks(desk):
    """I-09: on the list until mended, from the day on which the condition is broken."""
    desk.has(*SOUND, had.notice("M-1", "2025-05-01"))
    assert worklist() == [("eligibility", "T-1", "7-1", "2025-06-01", None)]
    assert WorkItem.objects.get().values["reading"] == "I-09"
    desk.accepted(module("device_log", item="タイプ1", starts="2025-06-11", **READY), on="2025-05-02")
    assert worklist() == [("eligibility", "T-1", "7-1", "2025-06-01", "2025-06-10")]
    desk.accepted(module("device_log", item="タイプ2", starts="2025-06-01", **READY), on="2025-05-02")
    assert worklist() == []


def test_an_item_that_no_longer_agrees(desk):
    """7-5: somebody registered another item of the service."""
    desk.has(had.tier(), had.ips(), had.ips_service())
    facts = {"code": "S-1", "service": "ips_ids", "kind": had.IPS_KIND, "holder": "C-1", "ends_on": None}
    register_state(item="IPS/タイプB", from_on=day("2025-09-01"), by=desk.enters, **facts, on=clock.today())
    assert worklist() == [("eligibility", "M-IPS", "7-5", "2025-09-01", None)]
    register_state(item="IPS/タイプA", from_on=day("2025-09-11"), by=desk.enters, **facts, on=clock.today())
    assert worklist() == [("eligibility", "M-IPS", "7-5", "2025-09-01", "2025-09-10")]


@pytest.mark.parametrize(
    ("assent", "clause", "facts"),
    [
        pytest.param(Assent.MODULE_CONSENT, "7-3", OF_ANOTHER, id="7-3"),
        pytest.param(
            Assent.PREMIUM_CONSENT,
            "7-4",
            [had.premium(), had.ips(), had.ips_service(holder=OTHER, module_consent_on=LONG_AGO, premium_consent_on=LONG_AGO)],
            id="7-4",
        ),
        pytest.param(
            Assent.BYPASS_OPTION,
            "7-6",
            [had.tier(), had.module("IIJセキュアWebゲートウェイ連携モジュール", item="タイプF", number="M-IPS", links="S-1"),
             had.service("IIJセキュアWebゲートウェイサービス", item="タイプF", bypass_option_on=LONG_AGO)],
            id="7-6",
        ),
        pytest.param(
            Assent.ADVANCED_SUPPORT,
            "7-7",
            [had.tier(), had.module("IIJマネージドWAF連携モジュール", item="タイプAS", number="M-IPS", links="S-1"),
             had.service("IIJマネージドWAFサービス", item="タイプAS", advanced_support_on=LONG_AGO)],
            id="7-7",
        ),
    ],
)  # fmt: skip
def test_a_consent_that_ends_and_is_given_again(desk, assent, clause, facts):
    """The losing unit comes onto the list from the day after the last (I-31); a later consent closes the row."""
    desk.has(*facts)
    service = LinkedService.objects.get()
    consent = recorded(desk, service, assent)
    assert worklist() == []
    ended(desk, consent, "2025-06-30")
    assert worklist() == [("consent", "M-IPS", clause, "2025-07-01", None)]
    recorded(desk, service, assent, "2025-08-01")
    assert worklist() == [("consent", "M-IPS", clause, "2025-07-01", "2025-07-31")]


def test_the_customers_own_consent_ends(desk):
    """17-1, and with it 7-4 for what the customer holds itself."""
    desk.has(*PREMIUM)
    consent = recorded(desk, contract("T-1"), Assent.OWN_PREMIUM_CONSENT)
    ended(desk, consent, "2025-06-30")
    lost = [("consent", "M-IPS", "7-4", "2025-07-01"), ("consent", "T-1", "17-1", "2025-07-01")]
    assert worklist() == [(*row, None) for row in lost]
    recorded(desk, contract("T-1"), Assent.OWN_PREMIUM_CONSENT, "2025-07-15")
    assert worklist() == [(*row, "2025-07-14") for row in lost]
    recorded(desk, contract("T-1"), Assent.OWN_PREMIUM_CONSENT, "2025-07-01")
    assert worklist() == []


def lost_by_ending(desk, consent, ends):
    """What units would lose by the end of a consent: the end in a rehearsal."""
    return rehearse(lambda: ended(desk, consent, ends), units_of(consent.linked_service or consent.contract)).lost


def two_units_on_one_service():
    return [
        *OF_ANOTHER, had.customer(), had.unit(), had.unit("U-2"), had.unit("U-3"),
        had.tier(number="T-2", of="U-2", application="A-2"),
        had.ips(number="M-2", of="U-2", application="A-2", starts="2025-10-01"),
        had.module(number="M-20", of="U-2", application="A-2", **READY),
        had.tier(number="T-3", of="U-3", application="A-3"),
        had.module(number="M-3", of="U-3", application="A-3", **READY),
    ]  # fmt: skip


def test_every_unit_that_loses_by_an_end_is_on_the_list(desk):
    """Two units link S-1: the one from the day after, the other from its start; the third does not link it."""
    desk.has(*two_units_on_one_service())
    consent = recorded(desk, LinkedService.objects.get(), Assent.MODULE_CONSENT)
    losses = [
        (loss.unit, loss.finding.violation.clause, str(loss.finding.first))
        for loss in lost_by_ending(desk, consent, "2025-06-30")
    ]
    assert losses == [("U-1", "7-3", "2025-07-01"), ("U-2", "7-3", "2025-10-01")]
    assert Consent.objects.get().ends_on is None
    ended(desk, consent, "2025-06-30")
    assert worklist("U-1") == [("consent", "M-IPS", "7-3", "2025-07-01", None)]
    assert worklist("U-2") == [("consent", "M-2", "7-3", "2025-10-01", None)]
    assert worklist("U-3") == []


def test_a_second_loss_of_the_same_kind_is_said_before_it_happens(desk):
    """Withdrawn once, given again, and to be withdrawn again: the first gap does not hide the second."""
    desk.has(*OF_ANOTHER)
    service = LinkedService.objects.get()
    ended(desk, recorded(desk, service, Assent.MODULE_CONSENT), "2025-06-30")
    again = recorded(desk, service, Assent.MODULE_CONSENT, "2025-08-01")
    losses = lost_by_ending(desk, again, "2025-12-31")
    assert [(loss.finding.violation.clause, str(loss.finding.first)) for loss in losses] == [("7-3", "2026-01-01")]
    ended(desk, again, "2025-12-31")
    assert worklist() == [
        ("consent", "M-IPS", "7-3", "2025-07-01", "2025-07-31"),
        ("consent", "M-IPS", "7-3", "2026-01-01", None),
    ]


@pytest.mark.parametrize(
    ("module_type", "item", "clause"),
    [
        pytest.param("個別ログ収集モジュール", "タイプ1", "8-1(1)", id="個別ログ収集"),
        pytest.param("クラウドログ収集モジュール", "", "8-1(2)", id="クラウドログ収集"),
    ],
)
def test_readiness_is_missing(desk, module_type, item, clause):
    """8-1: no day by the billing start; it is there by itself, and gone once the day is recorded."""
    desk.has(had.tier(), had.module(module_type, item=item))
    assert worklist() == [("readiness", "M-1", clause, "2025-04-01", None)]
    record_readiness(contract("M-1"), ready_on=day("2025-04-01"), by=desk.enters, reason="")
    assert worklist() == []


def test_readiness_of_microsoft_365(desk):
    desk.has(
        had.tier(), had.module("Microsoft 365ログ収集モジュール"), had.option("Microsoft 365ログ監視オプション", "M-1")
    )
    assert worklist() == [("readiness", "M-1", "8-1(3)", "2025-04-01", None)]


@pytest.mark.parametrize(
    ("ready", "row"),
    [
        pytest.param("2025-04-01", None, id="on the billing start: in time"),
        pytest.param("2025-04-02", ("2025-04-01", "2025-04-01"), id="a day late: missing on the first day"),
        pytest.param("2025-05-01", ("2025-04-01", "2025-04-30"), id="a month late: to the day before"),
    ],
)
def test_readiness_that_came_late(desk, ready, row):
    """8-1: on the day on which the network is ready it is not missing any more; what was missed stays told."""
    desk.has(had.tier(), had.module(ready_on=ready))
    assert worklist() == ([("readiness", "M-1", "8-1(2)", *row)] if row else [])


def test_readiness_ends_with_the_contract(desk):
    desk.has(had.tier(), had.module(), had.notice("M-1", "2025-05-01"), had.notice("T-1", "2025-05-01"))
    assert worklist() == [("readiness", "M-1", "8-1(2)", "2025-04-01", "2025-05-31")]


def test_what_never_started_needs_no_network(desk):
    desk.has(
        had.tier(starts="2025-08-01"), had.module(starts="2025-08-01"),
        had.notice("M-1", "2025-05-01"), had.notice("T-1", "2025-05-01"),
    )  # fmt: skip
    assert worklist() == []


def test_a_start_that_is_not_known(desk):
    """第13条: from the acceptance until the day is decided."""
    desk.has()
    desk.accepted(tier(starts="", number="T-1"), module(starts="", number="M-1", **READY))
    assert worklist() == [("start", "M-1", "13", "2025-03-10", None), ("start", "T-1", "13", "2025-03-10", None)]
    for number in ("T-1", "M-1"):
        set_start(Target.objects.get(number=number), starts_on=day("2025-04-01"), by=desk.enters, on=clock.today())
    assert worklist() == []


@pytest.mark.parametrize("hours", [24, 48])
def test_a_setting_change_the_customer_was_not_told_of(desk, settings, hours):
    """17-2: on the list until told; the internal target counts from the change."""
    settings.TOLD_WITHIN_HOURS = hours
    desk.has(*PREMIUM)
    change = changed(desk, at="2025-05-10 23:30")
    assert worklist() == [("untold", "M-IPS", "17-2", "2025-05-10", None)]
    assert WorkItem.objects.get().due_at == change.changed_at + timedelta(hours=hours)
    tell_customer(change, told_at=moment("2025-05-11 08:00"), how="電話", by=desk.enters, now=NOW)
    assert worklist() == []


def test_facts_that_contradict_each_other():
    """The database keeps such facts out; were they there, the list would say so instead of failing."""
    broken = terms.unit(terms.tier(), terms.module(), terms.notice("M-1", "2025-05-01", None, "company"))
    with pytest.raises(ContradictionError):
        terms.clauses(broken)
    found = work_of(broken, waiting=[], untold=[], within=timedelta(hours=24))
    assert [(work.kind, work.subject) for work in found] == [("contradiction", "M-1")]


# People on it


def told_about(item):
    row = WorkItem.objects.get(pk=item.pk)
    return row.taken_by, row.note


def test_who_took_a_row_and_the_note_stay(desk):
    """A refresh changes what the facts say of a row, and leaves what people said."""
    desk.has(*SOUND, had.notice("M-1", "2025-05-01"))
    item = WorkItem.objects.get()
    take(item, by=desk.decides, taken=True, note=" 顧客に連絡済み ")
    desk.accepted(module("device_log", item="タイプ1", starts="2025-06-11", **READY), on="2025-05-02")
    refresh_whole_worklist()
    assert WorkItem.objects.get(pk=item.pk).until_on == day("2025-06-10")
    assert told_about(item) == (desk.decides, "顧客に連絡済み")
    take(item, by=desk.enters, taken=False, note="返却")
    assert told_about(item) == (None, "返却")


def test_taking_a_row_is_told_in_the_history(desk):
    desk.has(*SOUND, had.notice("M-1", "2025-05-01"))
    take(WorkItem.objects.get(), by=desk.decides, taken=True, note="連絡済み")
    entry = Entry.objects.order_by("pk").last()
    assert (entry.operation, entry.record, entry.subject, entry.unit) == ("take", "work_item", "T-1", desk.unit())
    assert (entry.before, entry.after) == (
        {"taken_by": "", "note": ""},
        {"taken_by": "decides", "note": "連絡済み"},
    )


def test_a_note_stays_with_its_own_change(desk):
    """Two settings of one module changed on one day: telling of the first leaves the note on the second."""
    desk.has(*PREMIUM)
    first, second = changed(desk, what="規則の追加"), changed(desk, at="2025-05-10 10:00", what="規則の削除")
    items = {item.values["what"]: item for item in WorkItem.objects.all()}
    take(items["規則の追加"], by=desk.enters, taken=True, note="追加のこと")
    take(items["規則の削除"], by=desk.decides, taken=True, note="削除のこと")
    tell_customer(first, told_at=moment("2025-05-11 08:00"), how="電話", by=desk.enters, now=NOW)
    left = WorkItem.objects.get()
    assert (left.values["what"], left.note, left.taken_by) == ("規則の削除", "削除のこと", desk.decides)
    assert left.due_at == second.changed_at + timedelta(hours=24)


def test_a_refresh_changes_nothing_that_is_right(desk):
    """However often it runs, the rows are the same rows."""
    desk.has(*SOUND, had.notice("M-1", "2025-05-01"), had.option("現地報告オプション", starts=""))
    before = list(WorkItem.objects.order_by("pk").values())
    assert len(before) == 2
    assert refresh_whole_worklist() == 2
    assert list(WorkItem.objects.order_by("pk").values()) == before


def test_a_lost_row_comes_back(desk):
    """The list is what the facts come to: emptied by hand or left stale, the next refresh brings it up to them."""
    desk.has(*SOUND, had.notice("M-1", "2025-05-01"))
    right = worklist()
    WorkItem.objects.all().delete()
    WorkItem.objects.create(key="stale", kind="start", unit=desk.unit(), subject="T-404", clause="13", text="")
    refresh_worklist([desk.unit().pk])
    assert worklist() == right


# In sets


def many(count):
    """Units that each lack a day of readiness and are about to lose their tier."""
    facts = [had.customer()]
    for number in range(count):
        code, application = f"U-{number:03}", f"A-{number:03}"
        facts += [
            had.unit(code),
            had.tier(number=f"T-{number:03}", of=code, application=application),
            had.module(number=f"M-{number:03}", of=code, application=application),
            had.notice(f"T-{number:03}", "2025-05-01"),
        ]
    return facts


def test_a_book_fills_the_list(desk):
    desk.has(*many(3))
    for number in range(3):
        assert worklist(f"U-{number:03}") == [
            ("eligibility", f"M-{number:03}", "7-1", "2025-06-01", None),
            ("readiness", f"M-{number:03}", "8-1(2)", "2025-04-01", None),
        ]


def test_queries_do_not_grow_with_the_units(desk):
    desk.has(*many(25))
    counts = []
    for count in (2, 25):  # rows of one insert, on either database
        WorkItem.objects.all().delete()
        units = list(ManagementUnit.objects.order_by("pk").values_list("pk", flat=True)[:count])
        with CaptureQueriesContext(connection) as writing:
            assert refresh_worklist(units) == 2 * count
        with CaptureQueriesContext(connection) as reading:
            refresh_worklist(units)
        counts.append((len(writing), len(reading)))
    assert counts[0] == counts[1]
    # One of them locks the units, one keeps when they were looked at, one asks for what waits for a second person.
    assert max(counts[0]) <= 15


def test_units_beyond_a_slice_are_refreshed_too(desk, monkeypatch):
    desk.has(*many(5))
    WorkItem.objects.all().delete()
    monkeypatch.setattr("contracts.operations.worklist.UNITS_TOGETHER", 2)
    assert refresh_whole_worklist() == 10
    assert WorkItem.objects.count() == 10
