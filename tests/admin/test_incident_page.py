"""Incidents on their screens: recorded for all concerned with the count shown first, claimed, and decided by those who may."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from billing.admin.incident.columns import STANDINGS
from billing.admin.incident.filters import ClaimFilter
from billing.admin.incident.would import stands
from contracts.models import Breach, Contract, Outage
from contracts.operations.claims import grant_claim, receive_claim, refuse_claim
from contracts.operations.incidents import record_outage, record_uptime
from tests.admin.conftest import signed_in
from tests.admin.corrections import TOKYO

pytestmark = pytest.mark.usefixtures("book")


def client_of(role: str) -> Client:
    user = User.objects.create_user(role, is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    return signed_in(user)


def address(name: str, *of: int) -> str:
    return reverse(f"admin:contracts_{name}", args=of)


def now(row: Outage) -> Outage:
    """The record that stands in the place of a row."""
    while row.replaced_by is not None:
        row = row.replaced_by
    return row


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
    first = row = recorded(sales)
    fault = {"fault": "company", "fault_reason": "基盤の障害"}
    sales.post(address("outage_decide-fault", row.pk), fault)
    # Asked of the row that was replaced meanwhile, it is done to the one that stands.
    sales.post(address("outage_receive-claim", row.pk), {"claimed_on": "2025-08-03", "document": "請求 1"})
    row = now(Outage.objects.get(pk=row.pk))
    page = address("outage_change", row.pk)
    told = sales.get(page).text
    for said in ("2025-08-03", "2025-07-27", "請求済み・未決定", "請求 1", "30 =", "第15条第1項", "限度です"):
        assert said in told, said
    grant = address("outage_grant", row.pk)
    assert grant not in told
    assert sales.post(grant, {"confirmed": "1"}).status_code == 403
    assert "2025-08の請求で" in finance.post(grant, {"reason": ""}).text
    finance.post(grant, {"confirmed": "1"})
    decided = now(Outage.objects.get(pk=row.pk))
    assert (decided.decision, decided.decided_by) == ("granted", "経理")
    told = finance.get(address("outage_change", decided.pk)).text
    for said in ("認めた", "これまでの記録", address("outage_change", first.pk)):
        assert said in told, said
    old = finance.get(address("outage_change", first.pk)).text
    for said in ("置き換えられています", "営業担当", address("outage_change", decided.pk)):
        assert said in old, said
    assert address("outage_refuse", first.pk) not in old
    assert finance.get(grant).headers["Location"] == address("outage_grant", decided.pk)


def test_a_claim_is_granted_once_the_fault_is_decided_and_only_a_decision_is_put_right() -> None:
    lead = client_of("営業責任者")
    row = recorded(lead)
    lead.post(address("outage_receive-claim", row.pk), {"claimed_on": "2025-08-03"})
    row = now(Outage.objects.get(pk=row.pk))

    def offered(row: Outage) -> dict[str, tuple[str, str]]:
        buttons = lead.get(address("outage_change", row.pk)).context["buttons"]
        return {str(one["label"]): (one["weight"], str(one["why_not"])) for one in buttons}

    found = offered(row)
    assert found["認める"] == ("main", "先に帰責を決めてください。")
    assert found["帰責を決める"] == ("main", "")
    assert "認否を訂正" not in found
    told = lead.get(address("outage_change", row.pk)).text
    assert f'href="{address("outage_grant", row.pk)}"' not in told
    assert "先に帰責を決めてください" in told
    lead.post(address("outage_decide-fault", row.pk), {"fault": "company", "fault_reason": "基盤の障害"})
    row = now(Outage.objects.get(pk=row.pk))
    found = offered(row)
    assert found["認める"] == ("main", "")
    assert found["帰責を決める"] == ("", "")
    for fault, why_not in (("customer", "当社の責に帰すべき事由ではないため、認められません。"), ("company", "")):
        lead.post(address("outage_decide-fault", row.pk), {"fault": fault, "fault_reason": "確かめた"})
        row = now(Outage.objects.get(pk=row.pk))
        assert offered(row)["認める"] == ("main", why_not)
    assert f'href="{address("outage_grant", row.pk)}"' in lead.get(address("outage_change", row.pk)).text
    assert "認めた場合の減額" in lead.get(address("outage_change", row.pk)).text
    lead.post(address("outage_grant", row.pk), {"confirmed": "1"})
    granted = lead.get(address("outage_change", now(Outage.objects.get(pk=row.pk)).pk)).text
    assert "認めた減額" in granted
    assert "認めた場合の減額" not in granted
    assert "認否を訂正" in offered(now(Outage.objects.get(pk=row.pk)))


def test_a_claim_that_the_book_brought_was_granted() -> None:
    """Where the book comes from: it is said of it as of those that are decided here."""
    row = Outage.objects.get(source="", contract__target__number="SOC51900090")
    told = client_of("監査").get(address("outage_change", row.pk)).text
    assert "認めた減額" in told
    assert "認めた場合の減額" not in told


TODAY = datetime(2025, 9, 10, 9, tzinfo=TOKYO)


def outages(lead: User) -> None:
    """Days apart, so that none is another's state but the two halves; claimed, and decided, in every way."""
    on = TODAY.date()
    contracts = Contract.objects.filter(target__billing_starts_on__lte="2025-04-01", target__ends_on=None).order_by(
        "pk"
    )
    numbers = [contract.target.number for contract in contracts[:2]]

    def lasted(began: datetime, hours: int | None, fault: str = "", at: int = 0) -> Outage:
        over = began + timedelta(hours=hours) if hours else None
        record_outage(
            known_at=began, restored_at=over, numbers=[numbers[at]], fault=fault, fault_reason=fault, by=lead, now=TODAY
        )
        return Outage.objects.latest("pk")

    def claimed(row: Outage) -> Outage:
        receive_claim(row, claimed_on=on, document="", on=on, by=lead)
        return now(Outage.objects.get(pk=row.pk))

    lasted(TODAY - timedelta(hours=3), None)
    lasted(TODAY - timedelta(days=9), 5)
    lasted(TODAY - timedelta(days=12), 30)
    lasted(TODAY - timedelta(days=15), 30, "customer")
    claimed(lasted(TODAY - timedelta(days=20), 30, "company"))
    grant_claim(claimed(lasted(TODAY - timedelta(days=30), 30, "company")), on=on, by=lead)
    refuse_claim(claimed(lasted(TODAY - timedelta(days=40), 30, "company")), reason="別の原因", on=on, by=lead)
    # On the last day: it was over an hour after midnight in Japan.
    claimed(lasted(datetime(2025, 6, 8, 19, tzinfo=TOKYO), 30, "company"))
    # Too late to be claimed; claimed too late; and two halves of one state.
    lasted(TODAY - timedelta(days=140), 30)
    claimed(lasted(TODAY - timedelta(days=130), 30, "company"))
    lasted(TODAY - timedelta(days=60), 14, at=1)
    lasted(TODAY - timedelta(days=60) + timedelta(hours=13), 14, at=1)


def breaches(lead: User) -> None:
    """Waiting for a claim, nobody's fault, lapsed and claimed."""
    on = TODAY.date()
    first, second, *_more = (
        Contract.objects.order_by("pk").filter(module_type="cloud_log").values_list("target__number", flat=True)
    )
    for month, fault, number in ((6, "customer", first), (7, "company", first), (8, "company", first), (8, "", second)):
        said = {"fault": fault, "fault_reason": fault, "by": lead, "on": on}
        record_uptime(date(2025, month, 1), Decimal(99), numbers=[number], **said)
    claimed = Breach.objects.get(contract__target__number=first, occurred_at__month=8, source="recorded")
    receive_claim(claimed, claimed_on=on, document="", on=on, by=lead)


@pytest.mark.parametrize("kind", ["outage", "breach"])
def test_a_list_is_narrowed_by_what_its_column_says(kind: str) -> None:
    """Every record is found under its own word and under no other: what a book brought too, and what was claimed too late."""
    with time_machine.travel(TODAY, tick=False):
        client = client_of("営業責任者")
        lead = User.objects.get(username="営業責任者")
        {"outage": outages, "breach": breaches}[kind](lead)
        page = address(f"{kind}_changelist")
        everything = client.get(page).context["cl"]
        said = {row.pk: STANDINGS[stands(row)] for row in everything.result_list}
        assert len(said) == everything.result_count
        (narrows,) = [one for one in everything.filter_specs if isinstance(one, ClaimFilter)]
        found = {
            word: {row.pk for row in client.get(page, {"claim": name}).context["cl"].result_list}
            for name, word in narrows.lookup_choices
        }
        assert found == {word: {pk for pk, of in said.items() if of == word} for word in found}
        assert sum(map(len, found.values())) == len(said)
        assert sum(map(bool, found.values())) == {"outage": 8, "breach": 5}[kind]
        assert client.get(page, {"claim": "なし"}).context["cl"].result_count == len(said)


def test_the_records_of_an_event_show_each_other() -> None:
    client = client_of("営業担当")
    alone = recorded(client)
    assert "同じ事象の契約" not in client.get(address("outage_change", alone.pk)).text
    served = Contract.objects.filter(target__billing_starts_on__lte="2025-04-01", target__ends_on=None).order_by("pk")
    numbers = " ".join(contract.target.number for contract in served[1:3])
    asked = client.get(address("outage_record"), {"numbers": numbers})
    assert asked.context["form"]["numbers"].value() == numbers
    given = {"known_at": "2025-06-01T00:00", "numbers": numbers, "counted": "2", "confirmed": "1"}
    client.post(address("outage_record"), given)
    first, second = Outage.objects.filter(source="recorded", known_at__month__gte=5).exclude(pk=alone.pk)
    told = client.get(address("outage_change", first.pk)).text
    assert "同じ事象の契約" in told
    assert address("outage_change", second.pk) in told
    assert address("outage_change", alone.pk) not in told


def test_a_claim_after_the_deadline_is_on_record_as_lapsed() -> None:
    sales = client_of("営業担当")
    row = recorded(sales)
    sales.post(address("outage_receive-claim", row.pk), {"claimed_on": "2025-08-04"})
    told = sales.get(address("outage_change", now(Outage.objects.get(pk=row.pk)).pk)).text
    assert "失効" in told
    assert "請求の期限2025-08-03を過ぎている" in told
    assert "減額はありません" in told


def test_more_than_a_month_is_flagged() -> None:
    """I-22: 31 units in May."""
    sales = client_of("営業担当")
    row = recorded(sales, "2025-06-01T00:00")
    sales.post(address("outage_receive-claim", row.pk), {"claimed_on": "2025-06-10"})
    row = now(Outage.objects.get(pk=row.pk))
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
