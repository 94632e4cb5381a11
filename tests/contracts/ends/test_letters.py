"""One letter that ends several contracts is one event: received, corrected and withdrawn as one, or for a selection (I-34)."""

import pytest

from contracts.models import Entry, ManagementUnit, Notice, WorkItem
from contracts.operations.letters import correct_letter, of_letter, receive_letter, withdraw_letter
from contracts.operations.refusal import Refused
from tests.contracts.book.build import customer, module, tier, unit
from tests.contracts.ends.desk import Desk, day

CLOUD, M365 = "クラウドログ収集モジュール", "個別ログ収集モジュール"


@pytest.fixture
def desk(db, tmp_path, django_user_model):
    desk = Desk(tmp_path, django_user_model)
    desk.has(tier(), module(CLOUD), module(M365, item="タイプ1", number="M-2", ready_on="2025-03-20"))
    desk.notice("T-1", "M-1", "M-2", arrived="2025-06-01")
    return desk


def letter(desk):
    return of_letter(desk.standing("M-1"))


def test_its_notices_are_one_letter(desk):
    assert [row.target.number for row in letter(desk)] == ["M-1", "M-2", "T-1"]
    assert desk.ends() == dict.fromkeys(["M-1", "M-2", "T-1"], "2025-07-01")
    desk.notice("M-1", arrived="2025-06-10", names="2025-06-15")
    assert len({row.letter for row in Notice.objects.all()}) == 2


def test_it_is_withdrawn_as_one(desk):
    withdraw_letter(letter(desk), on=day("2025-06-10"), document="同意 1", reason="", by=desk.by)
    assert desk.ends() == {}
    assert not Notice.objects.standing().exists()
    assert Entry.objects.filter(operation="withdraw_notice").count() == 3
    desk.days_go_by("2025-07-02")
    desk.nothing_more()


def test_it_is_corrected_as_one_and_stays_one_letter(desk):
    instead = desk.asked("M-1", arrived="2025-06-01", names="2025-09-30")
    rows = correct_letter(letter(desk), instead, on=day("2025-06-10"), document="同意 1", reason="", by=desk.by)
    assert desk.ends() == dict.fromkeys(["M-1", "M-2", "T-1"], "2025-09-30")
    assert [row.pk for row in letter(desk)] == sorted(
        (row.pk for row in rows), key=lambda pk: Notice.objects.get(pk=pk).target.number
    )
    replaced = Notice.objects.exclude(replaced_by=None)
    assert {(row.target_id, row.replaced_by.target_id) for row in replaced} == {
        (row.target_id, row.target_id) for row in rows
    }


def test_of_some_of_its_contracts_alone(desk):
    rows = [row for row in letter(desk) if row.target.number != "M-2"]
    withdraw_letter(rows, on=day("2025-06-10"), document="同意 1", reason="", by=desk.by)
    assert desk.ends() == {"M-2": "2025-07-01"}
    assert [row.target.number for row in of_letter(desk.standing("M-2"))] == ["M-2"]


def test_all_of_it_or_nothing(desk):
    rows = letter(desk)
    withdraw_letter(rows[:1], on=day("2025-06-10"), document="同意 1", reason="", by=desk.by)
    with pytest.raises(Refused, match="2025-06-10に撤回されています"):
        withdraw_letter(rows, on=day("2025-06-11"), document="同意 2", reason="", by=desk.by)
    assert Notice.objects.standing().count() == 2


def test_once_one_of_its_ends_has_come_a_reason_is_needed(desk):
    desk.days_go_by("2025-07-02")
    with pytest.raises(Refused) as refused:
        withdraw_letter(letter(desk), on=day("2025-07-05"), document="同意 1", reason=" ", by=desk.by)
    assert refused.value.reason.field == "reason"


def test_nothing_otherwise_is_refused(desk):
    instead = desk.asked("M-1", arrived="2025-06-01")
    with pytest.raises(Refused, match="同じ内容"):
        correct_letter(letter(desk), instead, on=day("2025-06-10"), document="同意 1", reason="", by=desk.by)


@pytest.fixture
def of_three(db, tmp_path, django_user_model):
    """Three units of a customer, and one of another, each with a tier and a module; a letter that ends five of the contracts."""
    desk = Desk(tmp_path, django_user_model)
    units = [("U-1", "C-1"), ("U-2", "C-1"), ("U-3", "C-1"), ("U-9", "C-2")]
    desk.has(
        *(customer(code) for code in ("C-1", "C-2")),
        *(unit(code, of) for code, of in units),
        *(tier(number=f"T-{code[2:]}", of=code, application=f"A-{code}") for code, _of in units),
        *(module(number=f"M-{code[2:]}", of=code, application=f"A-{code}") for code, _of in units),
    )
    return desk


FIVE = {"U-1": ("T-1", "M-1"), "U-2": ("M-2",), "U-3": ("T-3", "M-3")}
NUMBERS = ["M-1", "M-2", "M-3", "T-1", "T-3"]


def received(desk, said=FIVE, *, arrived="2025-06-01", **more):
    asked = {
        ManagementUnit.objects.get(code=code): desk.asked(*numbers, arrived=arrived, **more)
        for code, numbers in said.items()
    }
    return receive_letter(asked, on=day(arrived), by=desk.by)


def test_one_letter_ends_contracts_of_three_units(of_three):
    rows = received(of_three)
    assert len({row.letter for row in rows}) == 1
    assert of_three.ends() == dict.fromkeys(NUMBERS, "2025-07-01")
    in_order = ["M-1", "T-1", "M-2", "M-3", "T-3"]
    assert [row.target.number for row in of_letter(of_three.standing("M-2"))] == in_order
    assert {item.unit.code for item in WorkItem.objects.filter(kind="eligibility")} >= {"U-2"}
    of_three.days_go_by("2025-07-02")
    of_three.happened(*(("2025-07-01", number, "ended", "12-1") for number in NUMBERS))
    of_three.nothing_more()


def test_it_is_corrected_and_withdrawn_over_three_units(of_three):
    received(of_three)
    instead = of_three.asked("M-1", arrived="2025-06-01", names="2025-09-30")
    said = {"on": day("2025-06-10"), "document": "同意 1", "reason": "", "by": of_three.by}
    rows = correct_letter(of_letter(of_three.standing("T-3")), instead, **said)
    assert len(rows) == 5
    assert of_three.ends() == dict.fromkeys(NUMBERS, "2025-09-30")
    again = of_letter(of_three.standing("M-2"))
    assert [row.target.number for row in again] == ["M-1", "T-1", "M-2", "M-3", "T-3"]
    withdraw_letter(again, **{**said, "on": day("2025-06-12")})
    assert of_three.ends() == {}
    of_three.days_go_by("2025-10-01")
    of_three.nothing_more()


def test_some_units_alone_and_then_the_same_for_the_rest(of_three):
    """What says so already stays; where all of it does, nothing is put right."""
    received(of_three)
    instead = of_three.asked("M-2", arrived="2025-06-01", names="2025-08-31")
    said = {"on": day("2025-06-10"), "document": "同意 1", "reason": "", "by": of_three.by}
    correct_letter([of_three.standing("M-2")], instead, **said)
    assert of_three.ends() == dict.fromkeys(NUMBERS, "2025-07-01") | {"M-2": "2025-08-31"}
    assert len(correct_letter(of_letter(of_three.standing("M-1")), instead, **said)) == 4
    assert of_three.ends() == dict.fromkeys(NUMBERS, "2025-08-31")
    with pytest.raises(Refused, match="同じ内容"):
        correct_letter(of_letter(of_three.standing("M-1")), instead, **said)


@pytest.mark.parametrize("said", [{}, {"U-1": ("T-1",), "U-9": ("T-9",)}, {"U-1": ("T-1",), "U-2": ("T-3",)}])
def test_nothing_of_a_letter_is_taken_where_a_part_cannot_be(of_three, said):
    """No target, another customer's, or a contract that is not the unit's."""
    with pytest.raises(Refused) as refused:
        received(of_three, said)
    assert refused.value.reason.field == "targets"
    assert not Notice.objects.exists()
