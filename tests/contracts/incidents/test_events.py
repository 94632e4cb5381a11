"""One event that struck several contracts: judged, claimed, granted or refused together or for a selection (第11条, 第15条)."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from contracts.models import Outage
from contracts.operations.claims import decide_fault, grant_claim, receive_claim, refuse_claim, together
from contracts.operations.corrections.kind import put_right, take_back
from contracts.operations.corrections.of_incidents import (
    BREACHES,
    OUTAGES,
    correct_decision,
    correct_notification,
)
from contracts.operations.incidents import of_event, record_notification, record_outage, record_uptime, restore_outage
from contracts.operations.refusal import Refused
from tests.contracts.book.build import book, customer, module, must_take, tier, unit
from tests.contracts.corrections.desk import agreed, slip

TODAY, NOW = date(2025, 8, 10), timezone.make_aware(datetime(2025, 8, 10, 12))


def at(text):
    return timezone.make_aware(datetime.fromisoformat(text))


@pytest.fixture
def by(db, django_user_model):
    return django_user_model.objects.create_superuser("責任者")


@pytest.fixture
def event(by, tmp_path):
    """An outage of two days in July that struck both units."""
    second = [
        customer(),
        unit(),
        unit("U-2"),
        tier(number="T-2", of="U-2", application="A-9"),
        module(number="M-2", of="U-2", application="A-9"),
    ]
    must_take(book(tier(), module(), *second), tmp_path)
    record_outage(known_at=at("2025-07-01T00:00"), restored_at=at("2025-07-03T00:00"), by=by, now=NOW)
    return of_event(Outage.objects.standing().order_by("pk")[0])


def numbers(rows):
    return [row.contract.target.number for row in rows]


def standing():
    rows = Outage.objects.standing().order_by("contract__target__number")
    return {row.contract.target.number: (row.fault, row.claimed_on, row.decision) for row in rows}


def test_together_or_for_a_selection(event, by):
    assert numbers(event) == ["M-1", "M-2", "T-1", "T-2"]
    said = {"on": TODAY, "by": by}
    rows = together(event, lambda row: decide_fault(row, fault="company", reason="障害", **said))
    rows = together(rows[:3], lambda row: receive_claim(row, claimed_on=date(2025, 7, 5), document="請求 1", **said))
    together(rows[:1], lambda row: grant_claim(row, **said))
    together(rows[1:], lambda row: refuse_claim(row, reason="取下げ", **said))
    claimed = date(2025, 7, 5)
    assert standing() == {
        "M-1": ("company", claimed, "granted"),
        "M-2": ("company", claimed, "refused"),
        "T-1": ("company", claimed, "refused"),
        "T-2": ("company", None, ""),
    }
    # Whatever is said of them, they stay one event.
    assert numbers(of_event(Outage.objects.standing().get(contract__target__number="T-2"))) == numbers(event)


def test_all_of_it_or_nothing_and_the_contract_is_named(event, by):
    said = {"on": TODAY, "by": by}
    together(event[:3], lambda row: receive_claim(row, claimed_on=date(2025, 7, 5), document="", **said))
    with pytest.raises(Refused, match=r"^T-1：請求は既に"):
        together([event[3], event[2]], lambda row: receive_claim(row, claimed_on=TODAY, document="", **said))
    assert standing()["T-2"] == ("", None, "")


def test_the_moments_of_an_event_put_right(event, by):
    """Known an hour sooner, of all its contracts at once."""
    said = {"ground": slip(), "on": TODAY, "by": by}
    put_right(OUTAGES, event, {"known_at": at("2025-06-30T23:00")}, **said)
    rows = Outage.objects.standing()
    assert set(rows.values_list("known_at", flat=True)) == {at("2025-06-30T23:00")}
    take_back(OUTAGES, list(rows), **said)
    assert not Outage.objects.standing().exists()


@pytest.mark.parametrize(
    ("says", "field"),
    [
        ({"known_at": at("2025-07-04T00:00")}, "restored_at"),
        ({"known_at": at("2025-03-01T00:00")}, "known_at"),
        ({"restored_at": at("2099-01-01T00:00")}, "restored_at"),
        ({"known_at": at("2099-01-01T00:00")}, "known_at"),
    ],
)
def test_moments_that_cannot_be_are_refused(event, by, says, field):
    with pytest.raises(Refused) as refused:
        put_right(OUTAGES, event[:1], says, ground=slip(), on=TODAY, by=by)
    assert (refused.value.reason.field, refused.value.reason.clause) == (field, "15-1")


def test_an_outage_is_not_moved_onto_another(event, by):
    record_outage(known_at=at("2025-06-01T00:00"), restored_at=None, numbers=["T-1"], by=by, now=NOW)
    second = Outage.objects.standing().get(known_at=at("2025-06-01T00:00"))
    with pytest.raises(Refused, match="同じ日時の利用不能"):
        put_right(OUTAGES, [second], {"known_at": at("2025-07-01T00:00")}, ground=slip(), on=TODAY, by=by)


@pytest.fixture
def granted(event, by):
    said = {"on": TODAY, "by": by}
    row = decide_fault(event[0], fault="company", reason="障害", **said)
    return grant_claim(receive_claim(row, claimed_on=date(2025, 7, 5), document="", **said), **said)


def decided(row, by, decision, fault="company", **said):
    said = {"fault_reason": "調査の結果", "ground": agreed(reason="再調査"), "on": TODAY, "by": by} | said
    return correct_decision([row], decision=decision, fault=fault, **said)[0].now


def test_a_decision_is_turned_about_with_its_reason(granted, by):
    row = decided(granted, by, "refused", fault="customer")
    assert (row.decision, row.fault, row.decision_reason) == ("refused", "customer", "再調査")
    assert (row.decided_by, row.decided_on) == ("責任者", TODAY)
    with pytest.raises(Refused, match="責に帰すべき事由ではない"):
        decided(row, by, "granted", fault="customer")
    row = decided(row, by, "granted")
    row = decided(row, by, "")
    assert (row.decision, row.decided_by, row.decided_on, row.decision_reason) == ("", "", None, "")


def test_what_has_lapsed_or_was_too_short_is_not_granted(granted, by):
    said = {"ground": slip(), "on": TODAY, "by": by}
    row = decided(granted, by, "refused")
    short = put_right(OUTAGES, [row], {"restored_at": at("2025-07-01T05:00")}, **said)[0].now
    with pytest.raises(Refused, match="24時間に満たない"):
        decided(short, by, "granted")
    longer = put_right(OUTAGES, [short], {"restored_at": at("2025-07-03T00:00")}, **said)[0].now
    with pytest.raises(Refused, match="発生した日から今日まで"):
        put_right(OUTAGES, [longer], {"claimed_on": date(2025, 6, 30)}, **said)
    with pytest.raises(Refused, match="24時間に満たない"):
        put_right(OUTAGES, [decided(longer, by, "granted")], {"restored_at": at("2025-07-01T05:00")}, **said)


def test_a_granted_outage_is_over(granted, by):
    with pytest.raises(Refused, match="復旧を記録するまで"):
        put_right(OUTAGES, [granted], {"restored_at": None}, ground=slip(), on=TODAY, by=by)


def test_a_claim_that_lapsed_is_not_granted_by_a_correction(event, by):
    late = {"on": date(2025, 12, 1), "by": by}
    row = receive_claim(event[0], claimed_on=date(2025, 11, 1), document="", **late)
    assert row.decision == "refused"
    with pytest.raises(Refused, match="2025-10-03を過ぎている"):
        decided(row, by, "granted", on=date(2025, 12, 1))
    # The claim had come in time: its day was a slip.
    row = put_right(OUTAGES, [row], {"claimed_on": date(2025, 10, 3)}, ground=slip(), **late)[0].now
    assert decided(row, by, "granted", on=date(2025, 12, 1)).decision == "granted"


def test_breaches_are_put_right(event, by):
    record_uptime(date(2025, 7, 1), 99, by=by, on=TODAY, numbers=["T-1", "T-2"])
    first, second = of_event(of_kind("uptime")[0])
    said = {"ground": slip(), "on": TODAY, "by": by}
    put_right(BREACHES, [first, second], {"measured_percent": 98}, **said)
    assert {row.measured_percent for row in of_kind("uptime")} == {98}
    with pytest.raises(Refused, match="違背ではありません"):
        put_right(BREACHES, of_kind("uptime"), {"measured_percent": 99.95}, **said)
    detected, notified = at("2025-07-01T10:00"), at("2025-07-01T10:30")
    row = record_notification("T-1", detected_at=detected, notified_at=notified, by=by, now=NOW)
    says = correct_notification(row, detected_at=at("2025-07-01T09:00"), notified_at=notified)
    row = put_right(BREACHES, [row], says, **said)[0].now
    assert row.occurred_at == at("2025-07-01T09:15")
    says = correct_notification(row, detected_at=at("2025-07-01T10:20"), notified_at=notified)
    with pytest.raises(Refused, match="15分以内"):
        put_right(BREACHES, [row], says, **said)


def of_kind(guarantee):
    from_all = BREACHES.model.objects.standing().filter(guarantee=guarantee)
    return list(from_all.order_by("contract__target__number"))


def test_an_open_event_is_restored_one_by_one(by, tmp_path):
    must_take(book(tier(), module()), tmp_path)
    record_outage(known_at=at("2025-07-01T00:00"), restored_at=None, by=by, now=NOW)
    first, second = of_event(Outage.objects.standing()[0])
    restore_outage(first, restored_at=at("2025-07-02T00:00"), by=by, now=NOW)
    assert len(of_event(second)) == 2
