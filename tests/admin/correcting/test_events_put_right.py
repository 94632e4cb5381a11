"""What one event or one letter did to several contracts is put right together, or for one alone; who is offered it."""

from datetime import date, datetime

import pytest
from django.contrib.auth.models import User

from contracts.models import (
    Contract,
    Notice,
    Outage,
    Price,
)
from contracts.operations.incidents import of_event, record_outage
from contracts.operations.notices import NoticeAsked, receive_notice
from tests.admin.corrections import (
    AGREED,
    SLIP,
    TODAY,
    TOKYO,
    address,
    of_licence,
    of_role,
    shown_and_done,
)


@pytest.fixture
def event(lead):
    """An outage of two days in July of all contracts, the tier's claim granted."""
    by, now = User.objects.get(username="営業責任者"), datetime(2025, 8, 10, 11, tzinfo=TOKYO)
    known, over = (datetime(2025, 7, day, tzinfo=TOKYO) for day in (1, 3))
    record_outage(known_at=known, restored_at=over, fault="company", fault_reason="障害", by=by, now=now)
    return of_event(Outage.objects.standing()[0])


def test_an_event_is_claimed_granted_and_put_right_together(lead, event) -> None:
    module_row, tier_row = event
    text = lead.get(address("outage_receive-claim", tier_row.pk)).text
    assert "M-IPS 株式会社見本 本社（請求の期限：2025-10-03）" in text
    claim = {"claimed_on": "2025-07-20", "document": "請求 1", "together": [str(module_row.contract_id)]}
    told = shown_and_done(lead, address("outage_receive-claim", tier_row.pk), claim)
    assert told == [
        "2件の契約について行います。",
        "T-1 株式会社見本 本社（請求の期限：2025-10-03）",
        "M-IPS 株式会社見本 本社（請求の期限：2025-10-03）",
    ]
    rows = of_event(Outage.objects.standing()[0])
    grant = {"reason": "", "together": [str(rows[0].contract_id)]}
    told = shown_and_done(lead, address("outage_grant", rows[1].pk), grant)
    # Two days of a fee of 100,000 each.
    assert told[3:6] == ["T-1：6,666円", "M-IPS：6,666円", "減額の合計：13,332円"]
    assert any("締め済みの2025-07に触れます" in sentence for sentence in told)
    rows = of_event(Outage.objects.standing()[0])
    assert {row.decision for row in rows} == {"granted"}
    moments = {"known_at": "2025-07-01T00:00", "restored_at": "2025-07-02T00:00"}
    given = {**moments, "together": [str(rows[1].contract_id)], **SLIP}
    told = shown_and_done(lead, address("outage_correct", rows[0].pk), given)
    assert told[0] == "利用不能（M-IPS）：復旧日時 2025-07-03 00:00 → 2025-07-02 00:00"
    rows = of_event(Outage.objects.standing()[0])
    given = {"decision": "refused", "fault": "customer", "fault_reason": "設定の誤り", **AGREED}
    given["together"] = [str(rows[1].contract_id)]
    told = shown_and_done(lead, address("outage_correct-decision", rows[0].pk), given)
    assert "認否 認めた → 認めない" in told[0]
    assert {row.decision for row in Outage.objects.standing()} == {"refused"}
    row = Outage.objects.standing().order_by("pk")[0]
    shown_and_done(lead, address("outage_take-back", row.pk), SLIP)
    assert Outage.objects.standing().count() == 1


def test_one_of_an_event_alone(lead, event) -> None:
    given = {"claimed_on": "2025-07-20", "document": "請求 1"}
    assert lead.post(address("outage_receive-claim", event[0].pk), given).status_code == 302
    assert Outage.objects.standing().filter(claimed_on=None).count() == 1


def test_a_letter_is_withdrawn_and_corrected_as_one(lead) -> None:
    unit = Contract.objects.get(target__number="T-1").target.unit
    by = User.objects.get(username="営業責任者")
    receive_notice(unit, NoticeAsked(("T-1", "M-IPS"), date(2025, 8, 1)), on=TODAY, by=by)
    row = Notice.objects.get(target__number="T-1")
    page = address("notice_correct", row.pk)
    text = lead.get(page).text
    assert "同じ通知書による対象" in text
    assert "checked" in text
    given = {"arrived_on": "2025-08-01", "when": "named", "requested_for": "2025-10-31", "ground": "notice"}
    given |= {"reference": "", "document": "同意 1", "reason": "", "together": ["M-IPS"]}
    shown = lead.post(page, given)
    lead.post(page, {**given, "confirmed": "1", "seen": shown.context["plan"]["seen"]})
    standing = Notice.objects.standing()
    assert set(standing.values_list("requested_for", flat=True)) == {date(2025, 10, 31)}
    row = standing.get(target__number="T-1")
    page, given = address("notice_withdraw", row.pk), {"document": "同意 2", "reason": ""}
    shown = lead.post(page, given)
    lead.post(page, {**given, "confirmed": "1", "seen": shown.context["plan"]["seen"]})
    assert [row.target.number for row in Notice.objects.standing()] == ["M-IPS"]


def test_the_buttons_are_for_leads_and_for_what_one_recorded(unit) -> None:
    clerk, lead = of_role("営業担当"), of_role("営業責任者")
    row = of_licence()
    for client, there in ((clerk, False), (lead, True)):
        assert (address("change_correct", row.pk) in client.get(address("change_change", row.pk)).text) is there
    refused = clerk.post(address("change_correct", row.pk), {"to": 200, "effective_on": "2025-05-01", **AGREED})
    assert "責任者が行います" in refused.text
    refused = clerk.post(address("change_correct", row.pk), {"to": 200, "effective_on": "2025-05-01", **SLIP})
    assert "自分が今日記録したものではありません" in refused.text
    contract = Contract.objects.get(target__number="T-1")
    quote = {"fee": "one_time", "amount_yen": 5_000, "from_on": "2025-08-10", "reference": "Q", "note": ""}
    page = address("contract_quote", contract.pk)
    clerk.post(page, {**quote, "confirmed": "1", "seen": clerk.post(page, quote).context["seen"]})
    price = Price.objects.standing().get(fee="one_time")
    assert address("price_correct", price.pk) in clerk.get(address("price_change", price.pk)).text
    given = {"amount_yen": 6_000, "from_on": "2025-08-10", "reference": "Q", "note": "", **SLIP}
    shown_and_done(clerk, address("price_correct", price.pk), given)
    assert Price.objects.standing().get(fee="one_time").amount_yen == 6_000
