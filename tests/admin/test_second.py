"""What touches closed months or gives money up is asked for by one person and confirmed by another, on what it then would bring."""

from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from billing.models import ChargeLine
from billing.operations.close_month import close_month
from contracts.models import Asked, Contract, Entry, Price, WorkItem
from tests.admin.conftest import signed_in
from tests.contracts.book.build import book, module, must_take, priced, tier
from tests.worlds import world

LATE = {"fee": "monthly", "amount_yen": 131_000, "from_on": "2025-07-16", "reference": "見積 3", "note": ""}


NOON = time_machine.travel(datetime(2025, 8, 10, 12, tzinfo=ZoneInfo("Asia/Tokyo")), tick=False)


@pytest.fixture(autouse=True)
def in_august():
    with NOON:
        yield


def of_role(role: str, name: str) -> Client:
    user = User.objects.create_user(name, is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    return signed_in(user)


def _four_months() -> None:
    with NOON, TemporaryDirectory() as folder:
        must_take(book(tier(), module(), *priced("T-1", 300_000), *priced("M-1", 100_000)), Path(folder))
        for month in (4, 5, 6, 7):
            close_month(date(2025, month, 1), on=date(2025, 12, 1), by="試験")


four_months = world("a tier and its module, four months closed", _four_months)


@pytest.fixture
def clerk(four_months: None) -> Client:
    return of_role("営業担当", "担当")


@pytest.fixture
def lead(clerk) -> Client:
    return of_role("営業責任者", "責任者")


def asked_by(client: Client) -> Asked:
    page = reverse("admin:contracts_contract_quote", args=[Contract.objects.get(target__number="M-1").pk])
    shown = client.post(page, LATE)
    answer = client.post(page, {**LATE, "confirmed": "1", "seen": shown.context["seen"]}, follow=True)
    assert "別の人が確定するまで、何も起こりません" in answer.text
    return Asked.objects.get()


def page(name: str, asked: Asked) -> str:
    return reverse(f"admin:contracts_asked_{name}", args=[asked.pk])


def confirm(client: Client, asked: Asked):
    shown = client.get(page("confirm", asked), {"part": "whole"})
    seen = shown.context["seen"] if shown.context else ""
    return shown, client.post(page("confirm", asked), {"confirmed": "1", "seen": seen})


def late_prices():
    return Price.objects.standing().filter(from_on=date(2025, 7, 16))


def test_a_late_price_is_registered_once_another_confirms(clerk, lead):
    asked = asked_by(clerk)
    assert not late_prices().exists()
    assert asked.permission == "contracts.decide_correction"
    assert asked.shown == [
        "締め済みの2025-07に触れます。次に締める月（2025-08）に+15,999円の訂正明細が出ます。",
        "このほか、次に締める月（2025-08）の月分の請求は+31,000円変わります。",
    ]
    item = WorkItem.objects.get(kind="asked")
    assert page("confirm", asked) in lead.get(reverse("admin:index")).text
    assert f'"{page("confirm", asked)}"' not in clerk.get(reverse("admin:index")).text, "who asked cannot confirm"
    shown, answer = confirm(lead, asked)
    for said in ("担当の依頼（2025-08-10）：M-1の「料金を登録」", "適用日 2025-07-16", "+15,999円の訂正明細"):
        assert said in shown.text, said
    assert answer.status_code == 302
    assert late_prices().get().recorded_by == "責任者"
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by.username) == ("done", "責任者")
    assert not WorkItem.objects.filter(pk=item.pk).exists()
    close_month(date(2025, 8, 1), on=date(2025, 12, 1), by="試験")
    assert ChargeLine.objects.get(fee="correction").amount_yen == 15_999  # each run of days is floored (I-04)


def test_what_a_confirmation_brings_comes_after_its_page(clerk, lead):
    asked = asked_by(clerk)
    address = page("confirm", asked)
    first, late = lead.get(address), lead.get(address, {"part": "late"})
    assert f'data-late="following" data-late-part="{address}?part=late"' in first.text
    assert f'href="{address}?part=whole"' in first.text
    assert "confirmed" not in first.text
    assert "+15,999円の訂正明細" in late.text
    assert 'name="confirmed"' in late.text
    assert "<html" not in late.text
    lead.post(address, {"confirmed": "1", "seen": late.context["seen"]})
    assert late_prices().exists()


def test_why_it_cannot_be_confirmed_comes_after_the_page_too(lead):
    asked = asked_by(lead)
    late = lead.get(page("confirm", asked), {"part": "late"}).text
    assert "依頼した人は確認できません" in late
    assert "confirmed" not in late


def test_whoever_asked_does_not_confirm(lead):
    asked = asked_by(lead)
    assert page("confirm", asked) not in lead.get(page("change", asked)).text
    shown = lead.get(page("confirm", asked), {"part": "whole"})
    assert "依頼した人は確認できません" in shown.text
    lead.post(page("confirm", asked), {"confirmed": "1"})
    assert not late_prices().exists()


def test_another_clerk_does_not_confirm(clerk):
    asked = asked_by(clerk)
    other = of_role("営業担当", "別の担当")
    assert page("confirm", asked) not in other.get(page("change", asked)).text
    assert other.post(page("confirm", asked), {"go": "on"}).status_code == 403
    assert other.post(page("send-back", asked), {"reason": "x"}).status_code == 403
    # Finance confirms what finance asks for, not a price of the sales.
    finance = of_role("経理", "経理")
    assert page("confirm", asked) not in finance.get(page("change", asked)).text
    assert "確認する権限がありません" in finance.post(page("confirm", asked), {"go": "on"}).text
    assert "確認する権限がありません" in finance.post(page("send-back", asked), {"reason": "x"}).text
    assert not late_prices().exists()


def test_it_goes_back_with_the_reason(clerk, lead):
    asked = asked_by(clerk)
    lead.post(page("send-back", asked), {"reason": "金額が違う"})
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == ("refused", "金額が違う")
    assert "金額が違う" in clerk.get(page("change", asked)).text
    assert Entry.objects.filter(operation="hand_back", reason="金額が違う").exists()
    assert lead.get(page("confirm", asked)).status_code == 302
    assert not late_prices().exists()


def test_the_same_is_not_asked_for_twice(clerk):
    asked_by(clerk)
    address = reverse("admin:contracts_contract_quote", args=[Contract.objects.get(target__number="M-1").pk])
    shown = clerk.post(address, LATE)
    again = clerk.post(address, {**LATE, "confirmed": "1", "seen": shown.context["seen"]})
    assert "既に確認を待っています" in again.text
    assert Asked.objects.count() == 1


def test_what_changed_meanwhile_is_shown_again(clerk, lead):
    asked = asked_by(clerk)
    seen = lead.post(page("confirm", asked), {"go": "on"}).context["seen"]
    close_month(date(2025, 8, 1), on=date(2025, 12, 1), by="試験")
    again = lead.post(page("confirm", asked), {"confirmed": "1", "seen": seen})
    assert "表示した後に事実が変わりました" in again.text
    assert not late_prices().exists()


def test_a_price_of_an_open_month_needs_nobody_else(clerk):
    address = reverse("admin:contracts_contract_quote", args=[Contract.objects.get(target__number="M-1").pk])
    early = {**LATE, "from_on": "2025-08-16"}
    shown = clerk.post(address, early)
    clerk.post(address, {**early, "confirmed": "1", "seen": shown.context["seen"]})
    assert Price.objects.standing().filter(from_on=date(2025, 8, 16)).exists()
    assert not Asked.objects.exists()


def test_without_four_eyes_it_is_done_at_once(clerk, settings):
    settings.FOUR_EYES = False
    address = reverse("admin:contracts_contract_quote", args=[Contract.objects.get(target__number="M-1").pk])
    shown = clerk.post(address, LATE)
    clerk.post(address, {**LATE, "confirmed": "1", "seen": shown.context["seen"]})
    assert late_prices().exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE contracts_asked SET form = 'x'",
        "UPDATE contracts_asked SET asked_by_id = NULL",
        "UPDATE contracts_asked SET state = 'done', decided_by_id = asked_by_id, decided_on = '2025-08-10'",
        "UPDATE contracts_asked SET state = 'done'",
    ],
)
def test_the_database_holds_it(clerk, statement):
    asked_by(clerk)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
