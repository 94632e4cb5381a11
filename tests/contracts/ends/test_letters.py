"""One letter that ends several contracts is one event: received, corrected and withdrawn as one, or for a selection (I-34)."""

import pytest

from contracts.models import Entry, Notice
from contracts.operations.notices import correct_letter, of_letter, withdraw_letter
from contracts.operations.refusal import Refused
from tests.contracts.book.build import module, tier
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
