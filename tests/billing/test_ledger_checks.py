"""台帳の検査 asked for on screen: done once in the background, what was found kept; killed it checks anew."""

from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from billing.models import KeptSums, LedgerCheck, Month
from billing.operations import ask_ledger_check as operation
from billing.operations.ask_ledger_check import FAULTS_KEPT, ask_for_check, carry_out_check
from billing.operations.kept_sums import fees_of
from tests.admin.conftest import signed_in
from tests.billing.ledger import close
from tests.contracts.book.build import must_take, priced, sound

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance(tmp_path: Path) -> User:
    must_take(sound(*priced("T-1", 300_000), *priced("M-1", 100_000)), tmp_path)
    close("2025-04", until="2025-05")
    user = User.objects.create_user("keiri", is_staff=True)
    user.groups.set(Group.objects.filter(name="経理"))
    return user


def checked(by: User, *, recompute: bool = False) -> LedgerCheck:
    row = ask_for_check(recompute=recompute, by=by)
    assert carry_out_check(row.pk) in ("sound", "faulty", "failed")
    row.refresh_from_db()
    return row


@pytest.mark.parametrize("recompute", [False, True])
def test_a_sound_ledger_is_said_to_be_sound(finance: User, recompute: bool) -> None:
    row = checked(finance, recompute=recompute)
    assert (row.state, row.fault_count, row.faults, row.months) == ("sound", 0, [], 2)
    assert row.lines == sum(Month.objects.values_list("line_count", flat=True))
    assert row.ended_at is not None


def test_what_is_wrong_is_kept_in_sentences(finance: User) -> None:
    fees_of(Month.objects.get(month=date(2025, 4, 1)))
    KeptSums.objects.update(sums=[["monthly", "", 1, 1]])
    row = checked(finance)
    assert (row.state, row.fault_count) == ("faulty", 1)
    assert "取り置いた費目ごとの合計" in row.faults[0]
    page = signed_in(finance).get(reverse("admin:billing_ledgercheck_change", args=[row.pk])).text
    assert "取り置いた費目ごとの合計" in page


def test_of_very_many_faults_the_first_are_kept(finance: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operation, "check_ledger", lambda **_asked: (f"誤り{number}" for number in range(10**6)))
    row = checked(finance)
    assert (row.fault_count, len(row.faults)) == (operation.FAULTS_COUNTED, FAULTS_KEPT)


def test_one_that_fails_says_why_and_one_that_is_done_stays(finance: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_asked: object) -> None:
        raise OSError("ディスクがいっぱい")

    with monkeypatch.context() as broken:
        broken.setattr(operation, "check_ledger", fails)
        row = checked(finance)
    assert row.state == "failed"
    assert "ディスクがいっぱい" in row.error
    assert carry_out_check(row.pk) == "failed", "it is asked for anew"


def test_one_that_was_killed_is_gone_on_with(finance: User) -> None:
    row = ask_for_check(recompute=False, by=finance)
    LedgerCheck.objects.filter(pk=row.pk).update(state="running")
    assert ask_for_check(recompute=False, by=finance) == row
    assert ask_for_check(recompute=True, by=finance) != row
    assert carry_out_check(row.pk) == "sound"


def test_by_its_button(finance: User, django_capture_on_commit_callbacks) -> None:
    client = signed_in(finance)
    address = reverse("admin:billing_ledgercheck_check")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, {"recompute": "on", "confirmed": "1"})
    row = LedgerCheck.objects.get()
    assert (row.state, row.recompute, row.asked_by) == ("sound", True, finance)
    nobody = User.objects.create_user("clerk", is_staff=True)
    nobody.groups.set(Group.objects.filter(name="営業担当"))
    assert signed_in(nobody).get(address).status_code == 403
