"""申込 from its draft to its end: who did what on which day, what is written, what is refused, and nothing half done."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from billing.models import ChargeLine
from billing.operations.close_month import close_month
from contracts import clock
from contracts.intake.book.stored import stored_rows
from contracts.models import (
    Application,
    Change,
    Consent,
    Entry,
    FactsRevision,
    LinkedServiceState,
    NumberSeries,
    Option,
    Price,
    Target,
    WorkItem,
)
from contracts.operations import applications as operations
from contracts.operations.applications import FactsChangedError, NotAcceptableError
from contracts.operations.consents import end_consent, record_consent
from contracts.operations.import_book import import_book
from contracts.operations.refusal import Refused
from contracts.terms.consents import Assent
from tests.contracts.applications.form import (
    ACCEPTED,
    CONSENT,
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
    tier,
    told_since,
    upgrade,
    worklist,
)
from tests.contracts.book import build as had
from tests.contracts.book.build import as_folder, stored, take
from tests.rewrite import rewrite

SOUND = [had.tier(), had.module()]
LINKED = [had.tier(), had.ips(), had.ips_service()]
FORM = [tier(), module()]


def refused(action, *arguments, **said):
    """The reason of an operation that must be refused, as (field, clause)."""
    with pytest.raises(Refused) as error:
        action(*arguments, **said)
    return error.value.reason


# States


def test_from_draft_to_acceptance(desk):
    """第10条第1項, 第13条: each step has its day and its person; acceptance concludes what was asked for."""
    desk.has()
    draft = desk.drafted(*FORM)
    assert (draft.number, draft.state, draft.version, draft.lines) == ("AP00000001", "draft", 1, FORM)
    assert (str(draft.applied_on), draft.received_on, draft.accepted_on) == ("2025-03-01", None, None)
    received = operations.receive(draft, on=day("2025-03-05"), by=desk.enters)
    assert (received.state, str(received.received_on), received.entered_by) == ("received", "2025-03-05", desk.enters)
    accepted = desk.accept(received)
    accepted.refresh_from_db()
    assert (accepted.state, str(accepted.accepted_on), accepted.decided_by) == ("accepted", ACCEPTED, desk.decides)
    assert list(accepted.targets.order_by("pk").values_list("number", "kind")) == [
        ("SOC00000001", "tier"),
        ("SOC00000002", "module"),
    ]
    assert [line["number"] for line in accepted.lines] == ["SOC00000001", "SOC00000002"]


@pytest.mark.parametrize(
    ("state", "close"),
    [
        pytest.param("received", "reject", id="the company does not accept"),
        pytest.param("received", "withdraw", id="the customer takes it back"),
        pytest.param("draft", "withdraw", id="a draft is given up"),
    ],
)
def test_ends_other_than_acceptance(desk, state, close):
    desk.has()
    application = desk.drafted(*FORM) if state == "draft" else desk.received(*FORM)
    closed = getattr(operations, close)(application, on=day("2025-03-20"), by=desk.decides, reason=" 見積の相違 ")
    closed.refresh_from_db()
    said = closed.state, str(closed.closed_on), closed.decided_by, closed.reason, closed.accepted_on
    assert said == (
        {"reject": "rejected", "withdraw": "withdrawn"}[close],
        "2025-03-20",
        desk.decides,
        "見積の相違",
        None,
    )
    assert Target.objects.count() == 0


def closing(name):
    return lambda desk, row: getattr(operations, name)(row, on=day("2025-03-20"), by=desk.decides, reason="理由")


VERBS = {
    "save": lambda desk, row: operations.save_draft(
        row, unit=row.unit, lines=FORM, applied_on=day("2025-03-01"), version=row.version, by=desk.enters
    ),
    "receive": lambda desk, row: operations.receive(row, on=day("2025-03-05"), by=desk.enters),
    "accept": lambda desk, row: desk.accept(row),
    "reject": closing("reject"),
    "withdraw": closing("withdraw"),
}
ALLOWED = {
    "draft": {"save", "receive", "withdraw"},
    "received": {"accept", "reject", "withdraw"},
    "accepted": set(),
    "rejected": set(),
    "withdrawn": set(),
}


def brought_to(desk, state):
    application = desk.drafted(*FORM)
    for name in {"draft": "", "received": "receive", "accepted": "receive accept", "rejected": "receive reject",
                 "withdrawn": "receive withdraw"}[state].split():  # fmt: skip
        VERBS[name](desk, application)
    return Application.objects.get(pk=application.pk)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", ALLOWED)
def test_what_each_state_allows(desk, state, verb):
    """What was decided stays decided; every other verb is refused and leaves the row as it was."""
    desk.has()
    application = brought_to(desk, state)
    before = Application.objects.filter(pk=application.pk).values().get()
    if verb in ALLOWED[state]:
        VERBS[verb](desk, application)
        return
    with pytest.raises(Refused):
        VERBS[verb](desk, application)
    assert Application.objects.filter(pk=application.pk).values().get() == before


def test_what_a_step_needs(desk):
    desk.has()
    empty = desk.drafted()
    assert refused(operations.receive, empty, on=day("2025-03-05"), by=desk.enters).clause == "10-1"
    draft = desk.drafted(*FORM, applied="2025-03-06")
    assert refused(operations.receive, draft, on=day("2025-03-05"), by=desk.enters).field == "on"
    received = desk.received(*FORM)
    for close in (operations.reject, operations.withdraw):
        assert refused(close, received, on=day("2025-03-20"), by=desk.decides, reason=" ").field == "reason"
    with pytest.raises(Refused) as early:
        desk.accept(received, on="2025-02-28")
    assert early.value.reason.field == "on"


def test_a_form_is_kept_as_it_is_filled_in(desk):
    """A draft may be wrong in every way; it is kept to the letter."""
    desk.has()
    wrong = [{"key": "#1", "verb": "contract", "category": "ゴールド", "billing_starts_on": "いつか"}, {"key": "#2"}]
    draft = desk.drafted(*wrong)
    assert Application.objects.get(pk=draft.pk).lines == wrong
    assert not operations.judge(draft, on=day(ACCEPTED)).acceptable


# Four eyes


def test_whoever_entered_it_does_not_accept_it(desk):
    desk.has()
    application = desk.received(*FORM)
    assert application.four_eyes
    with pytest.raises(Refused) as error:
        desk.accept(application, by=desk.enters)
    assert not isinstance(error.value, NotAcceptableError)
    assert desk.accept(application, by=desk.decides).state == "accepted"


def test_whoever_drafted_it_or_received_it_does_not_accept_it(desk):
    """Drafted by one and received by another: both wrote it, and a third person accepts it."""
    desk.has()
    draft = desk.drafted(*FORM, by=desk.decides)
    operations.receive(draft, on=day("2025-03-05"), by=desk.enters)
    for writer in (desk.enters, desk.decides):
        with pytest.raises(Refused, match="下書き"):
            desk.accept(draft, by=writer)
    third = User.objects.create_user("third")
    assert desk.accept(draft, by=third).state == "accepted"


def test_four_eyes_can_be_switched_off(desk, settings):
    settings.FOUR_EYES = False
    desk.has()
    application = desk.received(*FORM)
    assert not application.four_eyes
    assert desk.accept(application, by=desk.enters).decided_by == desk.enters


def test_what_was_received_under_four_eyes_stays_so(desk, settings):
    """Switching the setting off afterwards lets nobody accept their own."""
    desk.has()
    application = desk.received(*FORM)
    settings.FOUR_EYES = False
    with pytest.raises(Refused):
        desk.accept(application, by=desk.enters)


def test_the_database_keeps_four_eyes_too(desk):
    desk.has()
    application = desk.received(*FORM)
    own = {"state": "accepted", "accepted_on": day(ACCEPTED), "decided_by": desk.enters}
    for decided in (own, own | {"decided_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Application.objects.filter(pk=application.pk).update(**decided)
    assert Application.objects.filter(pk=application.pk).update(**own | {"decided_by": desk.decides}) == 1


# Facts that change, and people beside each other


def test_facts_that_changed_between_preview_and_acceptance(desk):
    """Somebody recorded something about the unit: the acceptance stops and says what."""
    desk.has(*LINKED)
    application = desk.received(upgrade(**CONSENT))
    seen, newest = operations.judge(application, on=day(ACCEPTED)).seen, operations.newest_entry()
    service = desk.unit().targets.get(number="M-IPS").contract.linked_service
    record_consent(
        service,
        assent=Assent.MODULE_CONSENT,
        given_on=day("2025-03-01"),
        given_by="甲",
        document="書",
        by=desk.enters,
        on=clock.today(),
    )
    with pytest.raises(FactsChangedError) as error:
        operations.accept(application, on=day(ACCEPTED), by=desk.decides, seen=seen, entries_seen=newest)
    assert [(entry.operation, entry.record, entry.subject) for entry in error.value.entries] == [
        ("consent", "consent", "S-1")
    ]
    application.refresh_from_db()
    assert application.state == "received"
    assert desk.accept(application).state == "accepted"


def test_what_concerns_other_units_changes_nothing_seen(desk):
    desk.has(*SOUND)
    application = desk.received(upgrade())
    seen = operations.judge(application, on=day(ACCEPTED)).seen
    desk.has(had.customer(), had.unit(), had.unit("U-2"), had.service("IIJセキュアMXサービス", "S-9"),
             had.tier(number="T-2", of="U-2", application="A-2"), had.module(number="M-2", of="U-2", application="A-2"))  # fmt: skip
    accepted = operations.accept(application, on=day(ACCEPTED), by=desk.decides, seen=seen)
    assert accepted.state == "accepted"


def test_what_became_unlawful_is_not_accepted(desk):
    desk.has(*LINKED)
    application = desk.received(upgrade(**CONSENT))
    service = desk.unit().targets.get(number="M-IPS").contract.linked_service
    rewrite(LinkedServiceState.objects.filter(linked_service=service), ends_on=day("2025-06-30"))
    with pytest.raises(NotAcceptableError) as error:
        desk.accept(application)
    assert {remark.clause for remark in error.value.remarks} == {"7-3"}
    assert Change.objects.count() == 0


def test_two_people_edit_the_same_draft(desk):
    """The one who saves second is told who was first; nothing is overwritten."""
    desk.has()
    draft = desk.drafted(tier())
    again = {"unit": draft.unit, "applied_on": day("2025-03-01"), "version": 1}
    first = operations.save_draft(draft, lines=FORM, by=desk.enters, **again)
    assert first.version == 2
    reason = refused(operations.save_draft, draft, lines=[premium()], by=desk.decides, **again)
    assert "enters" in reason.message
    assert Application.objects.get(pk=draft.pk).lines == FORM


def test_a_draft_changed_behind_ones_back_is_not_received(desk):
    desk.has()
    draft = desk.drafted(tier())
    stale = Application.objects.get(pk=draft.pk)
    operations.save_draft(draft, unit=draft.unit, lines=FORM, applied_on=day("2025-03-01"), version=1, by=desk.decides)
    with pytest.raises(Refused):
        operations.receive(stale, on=day("2025-03-05"), by=desk.enters)


def test_a_decision_overtaken_by_another(desk):
    desk.has()
    application = desk.received(*FORM)
    other = Application.objects.get(pk=application.pk)
    operations.withdraw(other, on=day("2025-03-20"), by=desk.enters, reason="取下げ")
    reason = refused(operations.reject, application, on=day("2025-03-20"), by=desk.decides, reason="拒絶")
    assert "取下げ" in reason.message


# Numbers


def test_no_number_is_given_twice(desk):
    """What a book brought, what was typed by hand, and what another form was given are all skipped."""
    desk.has(
        had.tier(number="SOC00000002"), had.module(number="SOC00000003"), had.customer(), had.unit(), had.unit("U-2")
    )
    desk.accepted(tier(), module(number="SOC00000004"), module("device_log", item="タイプ1", key="#3"), unit="U-2")
    numbers = Target.objects.filter(unit__code="U-2").order_by("number").values_list("number", flat=True)
    assert list(numbers) == ["SOC00000001", "SOC00000004", "SOC00000005"]
    desk.accepted(module("device_log", item="タイプ2"), unit="U-2")
    assert Target.objects.filter(number="SOC00000006").exists()


def test_a_number_typed_in_small_letters_or_full_width_is_the_same_number(desk):
    desk.has(had.customer(), had.unit())
    desk.accepted(tier(number="soc00000002"), module(number="ｍ-9"), option("on_site_report", "Ｓoc00000002"))
    assert set(Target.objects.values_list("number", flat=True)) == {"SOC00000002", "M-9", "OP00000001"}
    assert Option.objects.get().contract.target.number == "SOC00000002"


def test_a_number_typed_on_the_same_form_is_not_given_out(desk):
    desk.has()
    desk.accepted(tier(), module(number="SOC00000001"))
    kinds = dict(Target.objects.values_list("number", "kind"))
    assert kinds == {"SOC00000001": "module", "SOC00000002": "tier"}


def test_a_contract_may_have_typed_an_options_number(desk):
    desk.has()
    desk.accepted(tier(number="OP00000001"), module(), option("on_site_report", "#1"))
    assert Option.objects.get().target.number == "OP00000002"


def test_references_between_new_lines_follow_their_numbers(desk):
    desk.has()
    desk.accepted(
        premium(number=" 契約-1 "),
        module(),
        edr("#1"),
        licence(on="#1"),
        option("log_retention", "#2", retention_years="3"),
        licences("200", target="#9", key="#20"),
        quoted("#2", "monthly", "1000", "2025-04-01", "#21"),
    )
    options = Option.objects.order_by("target__number")
    assert list(options.values_list("target__number", "contract__target__number", "option")) == [
        ("OP00000001", "契約-1", "edr_operation"),
        ("OP00000002", "契約-1", "edr_licence"),
        ("OP00000003", "SOC00000001", "log_retention"),
    ]
    assert Change.objects.get().target.number == "OP00000002"
    assert Price.objects.get().target.number == "SOC00000001"
    lines = Application.objects.get().lines
    assert [(line.get("contract") or line.get("target")) for line in lines[2:]] == [
        *("契約-1", "契約-1", "SOC00000001", "OP00000002", "SOC00000001")
    ]


def test_an_acceptance_that_fails_leaves_no_gap(desk):
    desk.has()
    broken = desk.received(tier())
    with pytest.raises(NotAcceptableError):
        desk.accept(broken)
    assert not NumberSeries.objects.filter(prefix="SOC").exists()
    desk.accepted(*FORM)
    assert set(Target.objects.values_list("number", flat=True)) == {"SOC00000001", "SOC00000002"}


# One transaction


@pytest.mark.parametrize(
    "late",
    [
        *("accepted._write_consents", "accepted.FactsWriter.write"),
        *("applications.told", "applications.refresh_worklist", "applications.history.record_all"),
    ],
)
def test_nothing_is_left_where_a_late_step_fails(desk, monkeypatch, late):
    desk.has(*LINKED)
    application = desk.received(upgrade(**CONSENT), other_item(key="#2"), option("on_site_report", "T-1"))
    before, revision, entries = stored(), FactsRevision.current(), Entry.objects.count()
    row = Application.objects.filter(pk=application.pk).values().get()

    def fail(*_arguments, **_said):
        raise RuntimeError(late)

    monkeypatch.setattr(f"contracts.operations.{late}", fail)
    with pytest.raises(RuntimeError):
        desk.accept(application)
    assert (stored(), FactsRevision.current(), Entry.objects.count()) == (before, revision, entries)
    assert Application.objects.filter(pk=application.pk).values().get() == row


# What acceptance writes


def lines_of(month):
    close_month(date.fromisoformat(f"{month}-01"), on=date(2027, 1, 5), by="経理")
    rows = ChargeLine.objects.filter(month__month=f"{month}-01").order_by("target__number", "fee", "from_on")
    return [
        (number, fee, f"{first}", yen)
        for number, fee, first, yen in rows.values_list("target__number", "fee", "from_on", "amount_yen")
    ]


def test_the_initial_fee_is_charged_in_the_month_of_acceptance(desk):
    """第13条: due on the day of acceptance, the amount quoted; the monthly fee from 課金開始日."""
    desk.has()
    desk.accepted(
        tier(initial_yen="50,000", monthly_yen="300000", quotation="見積 1", number="T-1"),
        module(initial_yen="20000", monthly_yen="100000", number="M-1"),
    )
    assert lines_of("2025-03") == [
        ("M-1", "initial", ACCEPTED, 20_000),
        ("T-1", "initial", ACCEPTED, 50_000),
    ]
    assert lines_of("2025-04") == [
        ("M-1", "monthly", "2025-04-01", 100_000),
        ("T-1", "monthly", "2025-04-01", 300_000),
    ]


def test_the_one_time_fee_of_an_upgrade_is_charged_in_the_month_of_its_acceptance(desk):
    """第13条, 別紙2: accepted in April, effective in May; the new monthly fee from the change on."""
    desk.has(*SOUND, had.priced("T-1", 300_000), had.priced("M-1", 100_000))
    desk.accepted(
        upgrade(on="2025-05-16", one_time_yen="70000", monthly_yen="620000"), applied="2025-04-01", on="2025-04-20"
    )
    assert lines_of("2025-04") == [
        ("M-1", "monthly", "2025-04-01", 100_000),
        ("T-1", "monthly", "2025-04-01", 300_000),
        ("T-1", "one_time", "2025-04-20", 70_000),
    ]
    assert lines_of("2025-05") == [
        ("M-1", "monthly", "2025-05-01", 100_000),
        ("T-1", "monthly", "2025-05-01", 300_000 * 15 // 31),
        ("T-1", "monthly", "2025-05-16", 620_000 * 16 // 31),
    ]


@pytest.mark.parametrize("asks", ["contract", "change"])
def test_consents_are_written_with_their_evidence(desk, asks):
    """第17条第1項: day, person, document; and the tier states the day, so that a written book has it too."""
    desk.has(had.ips_service(), *([had.tier(), had.ips()] if asks == "change" else []))
    desk.accepted(*([upgrade(**CONSENT)] if asks == "change" else [premium(number="T-1", **CONSENT), ips()]))
    consent = Consent.objects.get()
    assert (consent.contract.target.number, consent.assent, str(consent.given_on), consent.ends_on) == (
        *("T-1", "own_premium_consent", "2025-02-01"),
        None,
    )
    assert (consent.given_by, consent.document) == ("見本 花子", "同意書 1")
    (written,) = [row for row in stored_rows("contracts") if row["number"] == "T-1"]
    assert str(written["premium_consent_on"]) == "2025-02-01"


def test_what_a_unit_linking_the_same_service_has_to_do_is_on_its_list(desk):
    """An item change moves the service of another unit too: its worklist is brought up to it in the same transaction."""
    desk.has(
        *LINKED, had.customer(), had.unit(), had.unit("U-2"),
        had.tier(number="T-2", of="U-2", application="A-2"), had.ips(number="M-2", of="U-2", application="A-2"),
        had.notice("M-2", "2025-03-15", "2025-04-20"), had.notice("T-2", "2025-03-15", "2025-04-20"),
    )  # fmt: skip
    before = worklist("U-2")
    desk.accepted(other_item(on="2025-05-01"))
    assert worklist("U-2") == before == []
    assert [state.item for state in LinkedServiceState.objects.order_by("from_on")] == ["IPS/タイプA", "IPS/タイプB"]


# History


def test_the_history_of_an_application(desk):
    desk.has(*LINKED)
    start = operations.newest_entry()
    draft = desk.drafted(upgrade(**CONSENT))
    operations.save_draft(
        draft, unit=draft.unit, lines=[upgrade(monthly_yen="9", **CONSENT), other_item(key="#2")],
        applied_on=day("2025-03-02"), version=1, by=desk.decides,
    )  # fmt: skip
    operations.receive(draft, on=day("2025-03-05"), by=desk.enters)
    desk.accept(draft, by=User.objects.create_user("third"))
    assert told_since(start) == [
        ("draft", "application", "AP00000001"),
        ("draft", "application", "AP00000001"),
        ("receive", "application", "AP00000001"),
        ("accept", "application", "AP00000001"),
        ("accept", "change", "T-1"),
        ("accept", "change", "M-IPS"),
        ("accept", "price", "T-1"),
        ("accept", "linked_service", "S-1"),
        ("accept", "consent", "T-1"),
    ]
    told = list(Entry.objects.filter(pk__gt=start).order_by("pk"))
    assert [entry.actor for entry in told[:4]] == ["enters", "decides", "enters", "third"]
    assert [entry.unit for entry in told] == [desk.unit()] * len(told)
    assert told[0].before is None
    assert [(e.before["state"], e.after["state"]) for e in told[1:4]] == [
        ("draft", "draft"),
        ("draft", "received"),
        ("received", "accepted"),
    ]
    assert (told[1].before["applied_on"], told[1].after["applied_on"]) == ("2025-03-01", "2025-03-02")
    assert (len(told[1].before["lines"]), len(told[1].after["lines"])) == (1, 2)
    assert (told[3].before["accepted_on"], told[3].after["accepted_on"]) == (None, ACCEPTED)
    assert {entry.reason for entry in told[4:]} == {"AP00000001"}
    assert (told[4].after["to"], told[6].after["amount_yen"]) == ("premium", 9)


@pytest.mark.parametrize("close", ["reject", "withdraw"])
def test_the_history_of_what_was_not_accepted(desk, close):
    desk.has()
    application = desk.received(*FORM)
    start = operations.newest_entry()
    getattr(operations, close)(application, on=day("2025-03-20"), by=desk.decides, reason="見積の相違")
    entry = Entry.objects.get(pk__gt=start)
    assert (entry.operation, entry.subject, entry.actor, entry.reason) == (
        *(close, application.number, "decides"),
        "見積の相違",
    )
    assert (entry.before["closed_on"], entry.after["closed_on"]) == (None, "2025-03-20")


def test_what_is_refused_is_not_told(desk):
    desk.has()
    application = desk.received(tier())
    start = operations.newest_entry()
    with pytest.raises(NotAcceptableError):
        desk.accept(application)
    assert told_since(start) == []


# Applications and books


def test_a_book_cannot_bring_facts_under_an_open_application(desk, tmp_path):
    """A number that waits for its decision here is not accepted by a book; nor is one that was rejected."""
    desk.has()
    waiting, rejected = desk.received(*FORM), desk.received(*FORM)
    operations.reject(rejected, on=day("2025-03-20"), by=desk.decides, reason="拒絶")
    for application in (waiting, rejected):
        rows = had.book(had.tier(application=application.number), had.module(application=application.number))
        answer = take(rows, tmp_path / application.number)
        assert answer.refused
        assert {(fault["sheet"], fault["column"]) for fault in answer.faults} == {("contracts", "application")}
    assert Target.objects.count() == 0


@pytest.mark.parametrize(
    ("of", "accepted", "column"),
    [
        pytest.param("U-1", "2025-03-11", "accepted_on", id="accepted on another day"),
        pytest.param("U-2", ACCEPTED, "application", id="of another unit"),
    ],
)
def test_a_book_cannot_say_otherwise_of_an_accepted_application(desk, tmp_path, of, accepted, column):
    """An application is for one unit and accepted on one day, whether or not the book names what it brought."""
    desk.has(had.customer(), had.unit(), had.unit("U-2"))
    number = desk.accepted(*FORM).number
    more = had.module(
        "個別ログ収集モジュール", item="タイプ1", number="M-9", of=of, application=number, accepted=accepted
    )
    tiers = [had.tier(of="U-2", application="A-2"), had.module(of="U-2", application="A-2")] if of == "U-2" else []
    answer = take(had.book(had.customer(), had.unit(), had.unit("U-2"), *tiers, more), tmp_path)
    assert {(fault["sheet"], fault["column"]) for fault in answer.faults} == {("contracts", column)}


def test_the_book_of_what_was_accepted_adds_nothing(desk, tmp_path):
    """What was accepted here is taken from a book as known."""
    desk.has(had.ips_service())
    desk.accepted(premium(number="T-1"), ips(number="M-1"))
    application = Application.objects.get().number
    agreed = {"application": application, "applied_on": "2025-03-01"}
    rows = had.book(
        had.premium("T-1", premium_consent_on="2025-02-01", **agreed),
        had.ips(number="M-1", **agreed),
        had.ips_service(),
    )
    taken = import_book(as_folder(rows, tmp_path / "again"), by="試験", on=clock.today())
    assert (taken.added, taken.known) == ({}, 5)


def test_a_received_application_waits_on_the_worklist_until_it_is_decided(desk):
    desk.has()
    application = desk.received(*FORM, on="2025-03-05")
    assert worklist() == [("application", application.number, "10-1", "2025-03-05", None)]
    desk.accept(application)
    assert [row[:3] for row in worklist()] == [("readiness", "SOC00000002", "8-1(2)")]
    assert WorkItem.objects.count() == 1


def test_ending_the_consent_that_an_application_brought(desk):
    desk.has(*LINKED)
    desk.accepted(upgrade(**CONSENT))
    end_consent(
        Consent.objects.get(),
        ends_on=day("2025-08-31"),
        document="撤回書",
        by=desk.enters,
        reason="撤回",
        on=clock.today(),
    )
    assert worklist() == [
        ("consent", "M-IPS", "7-4", "2025-09-01", None),
        ("consent", "T-1", "17-1", "2025-09-01", None),
    ]
