"""Incidents on their screens: recorded for all concerned with the count shown first, claimed, and decided by those who may."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from contracts.models import Breach, Contract, Outage
from tests.admin.conftest import signed_in

pytestmark = pytest.mark.usefixtures("book")


def client_of(role: str) -> Client:
    user = User.objects.create_user(role, is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    return signed_in(user)


def address(name: str, *of: int) -> str:
    return reverse(f"admin:contracts_{name}", args=of)


def recorded(client: Client, restored: str = "2025-05-03T00:00") -> Outage:
    """An outage of the first contract in service, recorded by the form."""
    contract = Contract.objects.filter(target__billing_starts_on__lte="2025-04-01", target__ends_on=None).order_by("pk")
    number = contract[0].target.number
    given = {"known_at": "2025-05-01T00:00", "restored_at": restored, "numbers": number}
    client.post(address("outage_record"), given | {"counted": "1", "confirmed": "1"})
    return Outage.objects.get(source="recorded")


def test_an_event_is_recorded_for_all_with_the_count_shown_first() -> None:
    client = client_of("営業担当")
    given = {"known_at": "2025-05-01T00:00", "restored_at": "2025-05-03T00:00", "kinds": ["cloud_log", "premium"]}
    shown = client.post(address("outage_record"), given)
    counted = shown.context["form"].data["counted"]
    assert f"{counted}件の契約に記録します" in shown.text
    assert "クラウドログ収集モジュール" in shown.text
    assert not Outage.objects.filter(source="recorded").exists()
    client.post(address("outage_record"), given | {"counted": counted, "confirmed": "1"})
    rows = Outage.objects.filter(source="recorded").select_related("contract")
    assert len(rows) == int(counted) > 3
    assert {row.contract.module_type or row.contract.category for row in rows} <= {"cloud_log", "premium"}


def test_a_number_out_of_service_is_refused_before_anything_is_shown() -> None:
    answer = client_of("営業担当").post(address("outage_record"), {"known_at": "2025-05-01T00:00", "numbers": "X-9"})
    assert "その日に利用中の契約ではありません：X-9" in answer.text
    assert "confirmed" not in answer.text


def test_a_claim_is_received_by_sales_and_granted_by_finance() -> None:
    sales, finance = client_of("営業担当"), client_of("経理")
    row = recorded(sales)
    page = address("outage_change", row.pk)
    fault = {"fault": "company", "fault_reason": "基盤の障害"}
    sales.post(address("outage_decide-fault", row.pk), fault)
    sales.post(address("outage_receive-claim", row.pk), {"claimed_on": "2025-08-03", "document": "請求 1"})
    told = sales.get(page).text
    for said in ("2025-08-03", "2025-07-27", "請求済み・未決定", "請求 1", "30 =", "第15条第1項", "限度です"):
        assert said in told, said
    grant = address("outage_grant", row.pk)
    assert grant not in told
    assert sales.post(grant, {"confirmed": "1"}).status_code == 403
    assert "2025-08の請求で" in finance.post(grant, {"reason": ""}).text
    finance.post(grant, {"confirmed": "1"})
    row.refresh_from_db()
    assert (row.decision, row.decided_by) == ("granted", "経理")
    assert "認めた" in finance.get(page).text


def test_a_claim_after_the_deadline_is_on_record_as_lapsed() -> None:
    sales = client_of("営業担当")
    row = recorded(sales)
    sales.post(address("outage_receive-claim", row.pk), {"claimed_on": "2025-08-04"})
    told = sales.get(address("outage_change", row.pk)).text
    assert "失効" in told
    assert "請求の期限2025-08-03を過ぎている" in told
    assert "減額はありません" in told


def test_more_than_a_month_is_flagged() -> None:
    """I-22: 31 units in May."""
    sales = client_of("営業担当")
    row = recorded(sales, "2025-06-01T00:00")
    sales.post(address("outage_receive-claim", row.pk), {"claimed_on": "2025-06-10"})
    assert "1か月の月額を超えています" in sales.get(address("outage_change", row.pk)).text


def test_a_month_s_uptime_makes_breaches_and_none_for_basic() -> None:
    sales = client_of("営業責任者")
    given = {"month": "2025-05", "percent": "99.85"}
    shown = sales.post(address("breach_record-uptime"), given)
    counted = shown.context["form"].data["counted"]
    sales.post(address("breach_record-uptime"), given | {"counted": counted, "confirmed": "1"})
    rows = Breach.objects.filter(source="recorded").select_related("contract")
    assert len(rows) == int(counted) > 10
    assert "99.85" in sales.get(address("breach_change", rows[0].pk)).text
    tiers = {row.contract.category for row in rows}
    assert tiers <= {"premium", "advanced", "module"}
