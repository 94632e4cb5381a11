"""第15条: until when a claim may come, who decides on it, and what it then takes off the bill."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import override_settings

from billing.models import ChargeLine
from contracts.models import Breach, Entry, FactsRevision, Outage, WorkItem
from contracts.operations.corrections.ground import Basis, Ground
from contracts.operations.corrections.kind import take_back
from contracts.operations.corrections.of_incidents import kind_of
from contracts.operations.refusal import Refused
from contracts.operations.work_by_hand import take
from tests.contracts.book.build import book, breach, ips, ips_service, outage, priced, sound, tier
from tests.contracts.incidents.desk import day, moment
from tests.rewrite import rewrite

PRICED = [*priced("T-1", 300_000), *priced("M-1", 100_000)]


def reductions(first, last):
    """Close the months and tell what they reduce: (month, target, fee, yen)."""
    with override_settings(REHEARSAL=True):
        call_command("close_month", first, "--until", last, "--on", "2027-01-01", stdout=StringIO(), stderr=StringIO())
    lines = ChargeLine.objects.filter(fee__in=["outage", "sla"]).order_by("month__month", "pk")
    rows = lines.values_list("month__month", "target__number", "fee", "amount_yen")
    return [(f"{month:%Y-%m}", *rest) for month, *rest in rows]


@pytest.mark.parametrize(
    ("restored", "claimed", "stands"),
    [
        pytest.param("2025-05-13", "2025-08-13", "granted", id="15-1: three months from the day after restoration, in time on the last day"),
        pytest.param("2025-05-13", "2025-08-14", "lapsed", id="15-1: a day after the deadline the right is lost"),
        pytest.param("2025-11-30", "2026-02-28", "granted", id="I-02: February has no 30th, its last day is in time"),
        pytest.param("2025-11-30", "2026-03-01", "lapsed", id="I-02: the day after February's end is late"),
        pytest.param("2025-08-31", "2025-11-30", "granted", id="I-02: November has no 31st, its last day is in time"),
        pytest.param("2025-08-31", "2025-12-01", "lapsed", id="I-02: the day after November's end is late"),
    ],
)  # fmt: skip
def test_the_claim_of_an_outage(restored, claimed, stands, desk):
    desk.has(sound(*PRICED))
    began = datetime.fromisoformat(f"{restored} 12:00") - timedelta(hours=48)
    row = desk.claim(desk.outage(f"{began:%Y-%m-%d %H:%M}", f"{restored} 12:00", "T-1"), claimed)
    if stands == "granted":
        desk.grant(row)
    else:
        assert (row.decision, row.decided_by) == ("refused", "受付")
        assert "期限" in row.decision_reason
        with pytest.raises(Refused):
            desk.grant(row)
    assert desk.standing(row, claimed) == stands


@pytest.mark.parametrize(
    ("detected", "claimed", "stands"),
    [
        pytest.param("2025-05-02 10:00", "2025-06-15", "granted", id="15-2: the 15th of the next month is in time"),
        pytest.param("2025-05-02 10:00", "2025-06-16", "lapsed", id="15-2: the 16th is late"),
        pytest.param("2025-12-31 10:00", "2026-01-15", "granted", id="15-2: December's is claimed by 15 January"),
        pytest.param("2025-05-31 23:44", "2025-06-16", "lapsed", id="15-2: broken on 31 May 23:59, a breach of May"),
        pytest.param("2025-05-31 23:50", "2025-07-15", "granted", id="15-2: broken on 1 June 00:05, a breach of June"),
    ],
)
def test_the_claim_of_a_breach(detected, claimed, stands, desk):
    desk.has(sound(*PRICED))
    at = datetime.fromisoformat(detected) + timedelta(hours=1)
    row = desk.fault(desk.late("T-1", detected, f"{at:%Y-%m-%d %H:%M}"), "company")
    row = desk.claim(row, claimed)
    if stands == "granted":
        desk.grant(row)
    assert desk.standing(row, claimed) == stands


def test_an_unclaimed_right_lapses_by_itself(desk):
    desk.has(sound(*PRICED))
    row = desk.outage("2025-05-10 10:00", "2025-05-13 10:00", "T-1")
    assert [desk.standing(row, on) for on in ("2025-08-13", "2025-08-14")] == ["unclaimed", "lapsed"]


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        pytest.param("grant", [("2025-06", "T-1", "outage", -30_000)], id="granted: in the month of the claim"),
        pytest.param("nothing", [], id="claimed and not decided: nothing"),
        pytest.param("refuse", [], id="refused: nothing"),
    ],
)
def test_only_what_was_granted_is_reduced(done, expected, desk):
    desk.has(sound(*PRICED))
    row = desk.claim(desk.outage("2025-05-10 10:00", "2025-05-13 10:00", "T-1"), "2025-06-02")
    if done != "nothing":
        getattr(desk, done)(row)
    assert reductions("2025-04", "2025-07") == expected


@pytest.mark.parametrize("fault", ["customer", "not_company"])
def test_nothing_is_granted_where_11_2_excuses(fault, desk):
    desk.has(sound(*PRICED))
    row = desk.claim(desk.fault(desk.outage("2025-05-10 10:00", "2025-05-13 10:00", "T-1"), fault), "2025-06-02")
    with pytest.raises(Refused) as refused:
        desk.grant(row)
    assert refused.value.reason.clause == "11-2"
    desk.refuse(row)
    assert reductions("2025-04", "2025-07") == []


@pytest.mark.parametrize("fault", ["customer", "not_company"])
def test_a_claim_of_the_book_is_none_where_11_2_excuses(fault, desk):
    """What somebody decided weighs more than the book, whichever came first."""
    desk.has(sound(*PRICED, outage("T-1", "2025-05-10 10:00", "2025-05-13 10:00", "2025-06-02")))
    rewrite(Outage.objects.all(), fault=fault, fault_reason="調査の結果")
    assert reductions("2025-04", "2025-07") == []


def test_a_book_claim_counts_as_granted(desk):
    desk.has(sound(*PRICED, breach("M-1", "2025-05-20 01:00", "2025-06-15")))
    row = Breach.objects.get()
    assert desk.standing(row, "2025-07-01") == "granted"
    with pytest.raises(Refused):
        desk.fault(row, "customer")
    assert reductions("2025-04", "2025-07") == [("2025-06", "M-1", "sla", -10_000)]


def test_a_claim_for_a_row_of_the_book_waits_for_its_decision(desk):
    """A book's row without a claim, claimed on the screen: it must not count as granted by the book."""
    desk.has(sound(*PRICED, outage("T-1", "2025-05-10 10:00", "2025-05-13 10:00")))
    row = desk.claim(Outage.objects.get(), "2025-06-02")
    assert desk.standing(row, "2025-06-02") == "claimed"
    assert reductions("2025-04", "2025-07") == []


def test_a_fault_has_to_be_decided_first_and_with_a_reason(desk):
    desk.has(sound(*PRICED))
    row = desk.claim(desk.outage("2025-05-10 10:00", "2025-05-13 10:00", "T-1", fault=""), "2025-06-02")
    with pytest.raises(Refused, match="先に帰責"):
        desk.grant(row)
    with pytest.raises(Refused, match="理由"):
        desk.fault(row, "company", reason=" ")
    desk.grant(desk.fault(row, "company"))
    with pytest.raises(Refused, match="帰責は変えられません"):
        desk.fault(row, "customer")


def test_less_than_24_hours_gives_no_right(desk):
    desk.has(sound(*PRICED))
    row = desk.outage("2025-05-10 10:00", "2025-05-11 09:59", "T-1")
    assert desk.standing(row, "2025-06-02") == "too_short"
    with pytest.raises(Refused, match="24時間"):
        desk.grant(desk.claim(row, "2025-06-02"))


SHORT, TOUCHING = ("2025-05-10 10:00", "2025-05-10 22:00"), ("2025-05-10 22:00", "2025-05-11 10:00")


def test_two_short_records_of_one_state_are_granted_together(desk):
    """I-38: twelve hours each, and they touch: one state of 24 hours, a thirtieth once both are granted."""
    desk.has(sound(*PRICED))
    first, second = (desk.outage(*moments, "T-1") for moments in (SHORT, TOUCHING))
    assert [desk.standing(row, "2025-06-02") for row in (first, second)] == ["unclaimed", "unclaimed"]
    assert len(desk.list("2025-08-10")) == 2, "both are asked for"
    first = desk.claim(first, "2025-06-02")
    with pytest.raises(Refused, match="2025-05-10 10:00〜2025-05-10 22:00"):
        desk.grant(first)
    second = desk.claim(second, "2025-06-03")
    desk.grant(first)
    desk.grant(second)
    assert reductions("2025-04", "2025-07") == [("2025-06", "T-1", "outage", -10_000)]


def test_a_short_record_does_not_lean_on_one_that_gives_nothing(desk):
    """11-2, I-38: hours that are excused or whose claim was refused are of no state that can be claimed."""
    desk.has(sound(*PRICED))
    first = desk.claim(desk.outage(*SHORT, "T-1"), "2025-06-02")
    second = desk.outage(*TOUCHING, "T-1", fault="customer")
    assert desk.standing(first, "2025-06-02") == "claimed"
    with pytest.raises(Refused, match="24時間"):
        desk.grant(first)
    desk.refuse(desk.claim(desk.fault(second, "company"), "2025-06-03"))
    with pytest.raises(Refused, match="24時間"):
        desk.grant(first)


def test_records_apart_are_states_of_their_own(desk):
    desk.has(sound(*PRICED))
    first = desk.claim(desk.outage(*SHORT, "T-1"), "2025-06-02")
    desk.claim(desk.outage("2025-05-10 22:01", "2025-05-11 21:00", "T-1"), "2025-06-02")
    with pytest.raises(Refused, match="24時間"):
        desk.grant(first)


def test_an_outage_is_claimed_while_it_lasts_and_decided_once_it_is_over(desk):
    """I-37: the claim stands from its day on; what it comes to is not known before the restoration."""
    desk.has(sound(*PRICED))
    row = desk.claim(desk.outage("2025-05-10 10:00", None, "T-1"), "2025-05-11")
    assert f"{row.claimed_on}" == "2025-05-11"
    for decide in (desk.grant, desk.refuse):
        with pytest.raises(Refused, match="復旧を記録するまで"):
            decide(row)
    with pytest.raises(Refused, match="覚知日時から"):
        desk.restored(row, "2025-05-10 09:59")
    assert desk.grant(desk.restored(row, "2025-05-13 10:00")).decision == "granted"


def test_every_step_is_in_the_history(desk):
    desk.has(sound(*PRICED))
    row = desk.outage("2025-05-10 10:00", None, "T-1", fault="")
    desk.grant(desk.claim(desk.fault(desk.restored(row, "2025-05-13 10:00"), "company"), "2025-06-02"))
    told = Entry.objects.filter(record="outage", subject="T-1").exclude(operation="import").order_by("pk")
    steps = ["record_outage", "restore", "decide_fault", "receive_claim", "grant_claim"]
    assert list(told.values_list("operation", flat=True)) == steps


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"fault": "customer"}, id="a fault without a reason"),
        pytest.param({"decision": "granted", "decided_on": "2025-06-01", "decided_by": "甲"}, id="granted without a claim"),
        pytest.param({"claimed_on": "2025-06-01", "decision": "granted", "decided_on": "2025-06-01", "fault": "company", "fault_reason": "甲"}, id="granted by nobody"),
        pytest.param({"claimed_on": "2025-06-01", "decision": "refused", "decided_on": "2025-06-01", "decided_by": "甲"}, id="refused without a reason"),
        pytest.param({"claimed_on": "2025-06-01", "decision": "granted", "decided_on": "2025-06-01", "decided_by": "甲", "fault": "customer", "fault_reason": "甲"}, id="granted though the customer is at fault"),
        pytest.param({"restored_at": None, "claimed_on": "2025-06-01"}, id="claimed while it lasts"),
    ],
)  # fmt: skip
def test_the_database_refuses(wrong, desk):
    desk.has(sound(*PRICED))
    row = desk.outage("2025-05-10 10:00", "2025-05-13 10:00", "T-1", fault="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Outage.objects.filter(pk=row.pk).update(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"guarantee": "uptime", "measured_percent": "99.90"}, id="別紙1-1: 99.90 % is kept"),
        pytest.param({"guarantee": "notification", "measured_percent": "99.00"}, id="稼働率 of a notification"),
        pytest.param({"detected_at": "2025-05-02 10:00", "notified_at": "2025-05-02 10:15"}, id="別紙1-2: within 15 minutes"),
        pytest.param({"detected_at": "2025-05-02 10:00"}, id="detected, and no moment of notification"),
    ],
)  # fmt: skip
def test_the_database_refuses_a_breach_that_is_none(wrong, desk):
    desk.has(sound(*PRICED))
    row = desk.late("T-1", "2025-05-02 10:00", "2025-05-02 10:16")
    values = {name: moment(value) if name.endswith("_at") else value for name, value in wrong.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Breach.objects.filter(pk=row.pk).update(**{"detected_at": None, "notified_at": None} | values)


def test_basic_has_no_guarantee_but_its_module_has(desk):
    """11-1, I-21."""
    desk.has(book(tier("ベーシック"), ips(number="M-1"), ips_service(), *PRICED))
    with pytest.raises(Refused) as refused:
        desk.late("T-1", "2025-05-02 10:00", "2025-05-02 11:00")
    assert refused.value.reason.clause == "11-1"
    assert desk.late("M-1", "2025-05-02 10:00", "2025-05-02 11:00").pk


@pytest.mark.parametrize(
    ("notified", "kept"),
    [pytest.param("10:15", True, id="別紙1-2: after 15 minutes"), pytest.param("10:16", False, id="after 16 minutes")],
)
def test_fifteen_minutes(notified, kept, desk):
    desk.has(sound(*PRICED))
    if kept:
        with pytest.raises(Refused, match="15分以内"):
            desk.late("T-1", "2025-05-02 10:00", f"2025-05-02 {notified}")
    else:
        assert desk.late("T-1", "2025-05-02 10:00", f"2025-05-02 {notified}").occurred_at == moment("2025-05-02 10:15")


def test_what_waits_is_on_the_worklist(desk):
    desk.has(sound(*PRICED))
    row = desk.outage("2025-05-10 10:00", "2025-05-13 10:00", "T-1", fault="")
    assert desk.list("2025-08-05") == []
    unclaimed = [("T-1", "15-1", "2025-08-06", "2025-08-13")]
    assert [desk.list(on) for on in ("2025-08-06", "2025-08-13", "2025-08-14")] == [unclaimed, unclaimed, []]
    row = desk.claim(row, "2025-08-10")
    both = [("T-1", "11-2", "2025-08-10", "None"), ("T-1", "15-1", "2025-08-10", "None")]
    assert desk.list("2026-08-10") == both
    row = desk.fault(row, "company")
    assert desk.list("2025-08-10") == both[1:]
    desk.grant(row)
    assert desk.list("2025-08-10") == []


CLAIMS = ("claim", "claim_due")


def claim_notes():
    """What people keep on the claims of the list: the note and who took it, by what is to do."""
    return {
        item.key.rsplit("|", 1)[1]: (item.note, str(item.taken_by or ""))
        for item in WorkItem.objects.filter(kind__in=CLAIMS)
    }


def test_a_note_on_a_claim_stays_whatever_is_said_of_the_outage(desk):
    """Every word on an incident is another row; the work it brings is the same."""
    desk.has(sound(*PRICED))
    with time_machine.travel("2025-08-10T03:00:00+00:00"):
        row = desk.outage("2025-05-10 10:00", "2025-05-13 10:00", "T-1", fault="")
        assert claim_notes() == {"claim_has_not_come": ("", "")}
        take(WorkItem.objects.get(kind="claim_due"), by=desk.by, taken=True, note="連絡済み")
        row = desk.fault(row, "company")
        assert claim_notes() == {"claim_has_not_come": ("連絡済み", "受付")}
        row = desk.claim(row, "2025-08-10")
        assert claim_notes() == {"claim_undecided": ("", "")}
        take(WorkItem.objects.get(kind="claim"), by=desk.by, taken=True, note="調査中")
        row = desk.fault(row, "company", reason="調査の続き")
        assert claim_notes() == {"claim_undecided": ("調査中", "受付")}
        desk.grant(row, on="2025-08-10")
        assert claim_notes() == {}


def test_a_note_on_a_claim_stays_when_the_outage_is_over(desk):
    """I-37: claimed while it lasted, and a second of the contract beside it: each keeps its own notes."""
    desk.has(sound(*PRICED))
    with time_machine.travel("2025-05-20T03:00:00+00:00"):
        other = desk.outage("2025-05-01 10:00", "2025-05-03 10:00", "T-1")
        desk.claim(other, "2025-05-19")
        row = desk.claim(desk.outage("2025-05-10 10:00", None, "T-1"), "2025-05-11")
        assert [item.key.count("202505011000") for item in WorkItem.objects.filter(kind__in=CLAIMS)] == [1]
        take(WorkItem.objects.get(kind="claim"), by=desk.by, note="先の障害")
        row = desk.restored(row, "2025-05-13 10:00")
        take(WorkItem.objects.get(kind="claim", key__contains="202505101000"), by=desk.by, note="後の障害")
        desk.fault(row, "company", reason="調査の続き")
        kept = WorkItem.objects.filter(kind__in=CLAIMS).order_by("key").values_list("note", flat=True)
        assert list(kept) == ["先の障害", "後の障害"]


@pytest.mark.parametrize(
    ("kind", "what"),
    [(kind, what) for kind in ("outage", "breach") for what in ("fault", "claim", "grant", "refuse")]
    + [("outage", "restored")],
)
def test_nothing_is_done_about_a_record_that_somebody_took_back_meanwhile(kind, what, desk):
    desk.has(sound(*PRICED))
    of_breach = kind == "breach"
    if of_breach:
        row = desk.late("T-1", "2025-05-01 12:00", "2025-05-01 14:00")
    else:
        row = desk.outage("2025-05-01 12:00", None if what == "restored" else "2025-05-03 12:00", "T-1")
    if what in ("grant", "refuse"):
        row = desk.claim(row, "2025-05-04")
    ground = Ground(basis=Basis.SLIP, reason="別の顧客の記録", leads=True)
    take_back(kind_of(row), [row], ground=ground, on=day("2025-05-05"), by=desk.by)
    revision = FactsRevision.current()
    said = {
        "fault": lambda: desk.fault(row, "customer"),
        "claim": lambda: desk.claim(row, "2025-05-04"),
        "grant": lambda: desk.grant(row),
        "refuse": lambda: desk.refuse(row),
        "restored": lambda: desk.restored(row, "2025-05-03 12:00"),
    }
    with pytest.raises(Refused, match="2025-05-05に取り消され") as refused:
        said[what]()
    assert refused.value.reason.clause == ("15-2" if of_breach else "15-1")
    assert FactsRevision.current() == revision
