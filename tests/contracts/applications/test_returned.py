"""差戻し, 決定前の訂正 and 拒絶の確認: what was received comes back as it was, is told to whom it concerns, and is received again."""

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction

from contracts.models import Application, Digest, Entry, WorkItem
from contracts.operations import applications as operations
from contracts.operations.digest import compose, falling_due
from contracts.operations.refusal import Refused
from contracts.operations.returned import acknowledge, reopen, send_back
from tests.contracts.applications.form import day, module, option, tier, worklist

pytestmark = pytest.mark.django_db

FORM = [tier(), module()]
ON = "2025-03-06"


@pytest.fixture
def received(desk):
    desk.has()
    return desk.received(*FORM)


def again(application, lines=FORM, by=None, on="2025-03-07"):
    saved = operations.save_draft(
        application,
        unit=application.unit,
        lines=lines,
        applied_on=day("2025-03-01"),
        version=application.version,
        by=by,
    )
    return operations.receive(saved, on=day(on), by=by)


def test_sent_back_with_a_word_to_whoever_entered_it(desk, received):
    number = received.number
    send_back(received, on=day(ON), by=desk.decides, reason="  課金開始日を確かめてください ")
    received = Application.objects.get(pk=received.pk)
    assert (received.state, received.number, received.received_on) == ("draft", number, None)
    assert (received.returned, received.returned_by) == ("sent_back", desk.decides)
    assert (str(received.returned_on), received.returned_because) == (ON, "課金開始日を確かめてください")
    assert worklist() == [("returned", number, "10-1", ON, None)]
    row = WorkItem.objects.get()
    assert (row.person, row.values["why"]) == (desk.enters, "課金開始日を確かめてください")
    assert received.lines == FORM


def test_what_is_received_again_waits_and_keeps_its_earlier_version(desk, received):
    send_back(received, on=day(ON), by=desk.decides, reason="開始日")
    changed = [tier(starts="2025-05-01"), module(starts="2025-05-01")]
    again(received, changed, by=desk.enters)
    assert worklist() == [("application", received.number, "10-1", "2025-03-07", None)]
    told = Entry.objects.filter(record="application").order_by("pk")
    assert list(told.values_list("operation", "actor")) == [
        *(
            ("draft", "enters"),
            ("receive", "enters"),
            ("send_back", "decides"),
            ("draft", "enters"),
            ("receive", "enters"),
        ),
    ]
    first, second = [entry.after["lines"] for entry in told.filter(operation="receive")]
    assert (first, second) == (FORM, changed)
    assert told.get(operation="send_back").reason == "開始日"
    accepted = desk.accept(received)
    assert (accepted.state, accepted.returned_because) == ("accepted", "開始日")


def test_a_word_is_needed_to_send_back(desk, received):
    with pytest.raises(Refused) as error:
        send_back(received, on=day(ON), by=desk.decides, reason=" ")
    assert error.value.reason.field == "reason"
    received.refresh_from_db()
    assert received.state == "received"


def test_only_whoever_entered_it_reopens_it(desk, received):
    with pytest.raises(Refused):
        reopen(received, on=day(ON), by=desk.decides)
    reopen(received, on=day(ON), by=desk.enters)
    received.refresh_from_db()
    assert (received.state, received.returned, received.returned_by) == ("draft", "reopened", desk.enters)
    assert worklist() == [], "one's own correction is nobody's work"
    again(received, by=desk.enters)
    assert desk.accept(received).state == "accepted"


@pytest.mark.parametrize("state", ["draft", "accepted", "rejected", "withdrawn"])
def test_only_what_was_received_comes_back(desk, state):
    desk.has()
    application = desk.drafted(*FORM) if state == "draft" else desk.received(*FORM)
    if state == "accepted":
        desk.accept(application)
    elif state != "draft":
        close = operations.reject if state == "rejected" else operations.withdraw
        close(application, on=day(ON), by=desk.decides, reason="理由")
    for back in (lambda: send_back(application, on=day(ON), by=desk.decides, reason="理由"),
                 lambda: reopen(application, on=day(ON), by=desk.enters)):  # fmt: skip
        with pytest.raises(Refused):
            back()
    assert Application.objects.get().state == state


def test_what_was_sent_back_meanwhile_is_not_accepted(desk, received):
    seen = operations.judge(received, on=day("2025-03-10")).seen
    stale = Application.objects.get(pk=received.pk)
    send_back(received, on=day(ON), by=desk.decides, reason="理由")
    with pytest.raises(Refused) as error:
        operations.accept(stale, on=day("2025-03-10"), by=desk.decides, seen=seen)
    assert "差戻し" in error.value.reason.message
    again(received, by=desk.enters)
    with pytest.raises(Refused):
        operations.accept(stale, on=day("2025-03-10"), by=desk.decides, seen=seen)


def test_a_rejection_is_told_until_whoever_entered_it_took_note(desk, received):
    operations.reject(received, on=day(ON), by=desk.decides, reason="与信")
    row = WorkItem.objects.get(kind="rejected")
    assert (row.person, row.subject, row.values["why"]) == (desk.enters, received.number, "与信")
    with pytest.raises(Refused):
        acknowledge(received, on=day(ON), by=desk.decides)
    acknowledge(received, on=day("2025-03-08"), by=desk.enters)
    assert not WorkItem.objects.filter(kind="rejected").exists()
    assert str(Application.objects.get().acknowledged_on) == "2025-03-08"


def test_the_digest_tells_whoever_entered_it_and_nobody_else(desk, received):
    manager = User.objects.create_user("manager", email="manager@example.jp")
    User.objects.filter(pk=desk.enters.pk).update(email="enters@example.jp")
    unit = desk.unit()
    unit.account_manager = manager
    unit.save()
    send_back(received, on=day(ON), by=desk.decides, reason="開始日を直してください")
    assert list(falling_due([manager], day(ON))) == [], "whoever looks after the unit is not meant"
    compose(day(ON), 0)
    mail = Digest.objects.get()
    assert mail.person == desk.enters
    assert "差し戻されました" in mail.body
    assert "開始日を直してください" in mail.body


def test_what_the_judgement_refuses_is_received_for_a_word_only(desk):
    desk.has()
    draft = desk.drafted(option("edr_operation", "#1"), tier())
    with pytest.raises(Refused) as error:
        operations.receive(draft, on=day("2025-03-05"), by=desk.enters)
    assert (error.value.reason.field, bool(error.value.reason.clause)) == ("reason", True)
    received = operations.receive(draft, on=day("2025-03-05"), by=desk.enters, reason="契約者が急ぐため")
    assert received.received_because == "契約者が急ぐため"
    sound = operations.receive(desk.drafted(*FORM), on=day("2025-03-05"), by=desk.enters, reason="備考")
    assert sound.received_because == "", "a remark is no word why"
    assert Entry.objects.filter(operation="receive").latest("pk").reason == "備考"


BACK = (
    "state = 'draft', received_on = NULL, version = version + 1, returned = 'sent_back', returned_on = '2025-03-06', "
    "returned_because = '理由', returned_by_id = {decides}"
)


def run(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_lets_it_back_whole(desk, received):
    run(f"UPDATE contracts_application SET {BACK.format(decides=desk.decides.pk)}")
    assert Application.objects.get().state == "draft"


@pytest.mark.parametrize(
    "other",
    [
        ("version = version + 1", "version = version"),
        ("received_on = NULL", "received_on = received_on"),
        ("returned = 'sent_back'", "returned = ''"),
        ("returned = 'sent_back'", "returned = 'reopened'"),
        ("returned_on = '2025-03-06'", "returned_on = NULL"),
        ("returned_because = '理由'", "returned_because = ''"),
        ("returned_by_id = {decides}", "returned_by_id = NULL"),
        ("version = version + 1", "version = version + 1, lines = '[]'"),
        ("version = version + 1", "version = version + 1, entered_by_id = {decides}"),
        ("version = version + 1", "version = version + 1, four_eyes = false"),
    ],
)
def test_the_database_refuses_any_other_way_back(desk, received, other):
    statement = BACK.replace(*other).format(decides=desk.decides.pk)
    with pytest.raises(DatabaseError):
        run(f"UPDATE contracts_application SET {statement}")
    assert Application.objects.get().state == "received"


@pytest.mark.parametrize(
    "change",
    [
        "received_because = '別の理由'",
        "returned = 'sent_back', returned_on = '2025-03-06', returned_by_id = {decides}, returned_because = '理由'",
        "acknowledged_on = '2025-03-06'",
    ],
)
def test_what_was_received_tells_nothing_else(desk, received, change):
    with pytest.raises(DatabaseError):
        run(f"UPDATE contracts_application SET {change.format(decides=desk.decides.pk)}")


def test_a_draft_is_decided_by_no_statement(desk):
    desk.has()
    desk.drafted(*FORM)
    for state in (
        "state = 'accepted', accepted_on = '2025-03-10'",
        "state = 'rejected', closed_on = '2025-03-10', reason = '理'",
    ):
        with pytest.raises(DatabaseError):
            run(f"UPDATE contracts_application SET {state}")
