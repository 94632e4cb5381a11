"""Accepted facts put right on their pages: the form with its ground, what follows, who sees the buttons, what is then on record."""

from datetime import date

from django.contrib.auth.models import Group, User

from billing.models import ChargeLine
from billing.operations.close_month import close_month
from contracts.models import (
    Asked,
    BillingStart,
    Change,
    Consent,
    Contract,
    FactCorrection,
    LinkedService,
    LinkedServiceState,
    Option,
    Price,
)
from contracts.operations.consents import record_consent
from contracts.terms.consents import Assent
from tests.admin.conftest import signed_in
from tests.admin.corrections import (
    AGREED,
    SLIP,
    TODAY,
    address,
    of_licence,
    shown_and_done,
)


def test_a_change_put_right_shows_the_closed_months_and_the_yen(lead) -> None:
    page = address("change_correct", of_licence().pk)
    assert 'value="2000"' in lead.get(page).text
    given = {"to": 200, "effective_on": "2025-05-01", **AGREED}
    assert shown_and_done(lead, page, given) == [
        "変更（O-LIC）：変更後の数 2,000 → 200",
        "締め済みの2025-05、2025-06、2025-07に触れます。次に締める月（2025-08）に−540,000円の訂正明細が出ます。",
        "訂正の内訳：2025-05分 −180,000円、2025-06分 −180,000円、2025-07分 −180,000円",
        "このほか、次に締める月（2025-08）の月分の請求は−180,000円変わります。",
    ]
    row = FactCorrection.objects.get()
    text = lead.get(address("factcorrection_change", row.pk)).text
    for said in ("合意書 7", "注文書と違う", "契約者との合意", "営業責任者", "変更後の数 2,000 → 200"):
        assert said in text, said
    assert "O-LIC" in lead.get(address("factcorrection_changelist")).text
    told = lead.get(address("entry_changelist") + "?operation=correct").text
    assert "訂正の根拠 契約者との合意（I-50）" in told
    close_month(date(2025, 8, 1), on=date(2025, 12, 1), by="試験")
    assert sum(ChargeLine.objects.filter(fee="correction").values_list("amount_yen", flat=True)) == -540_000


def test_an_item_is_chosen_and_its_service_follows(lead) -> None:
    page = address("change_correct", Change.objects.standing().get(what="item").pk)
    assert "IPS/タイプC" in lead.get(page).text
    given = {"to": "IPS/タイプC", "effective_on": "2025-06-01", **SLIP}
    assert shown_and_done(lead, page, given)[:2] == [
        "変更（M-IPS）：変更後 IPS/タイプB → IPS/タイプC",
        "対応サービスの状態（S-1）：品目 IPS/タイプB → IPS/タイプC",
    ]


def test_what_the_unit_may_not_be_is_refused_with_every_reason(lead) -> None:
    page = address("change_correct", of_licence().pk)
    answer = lead.post(page, {"to": 50, "effective_on": "2025-05-01", **SLIP})
    for said in ("訂正すると利用資格を満たしません", "2025-05-01から：", "第10条第2項第8号"):
        assert said in answer.text, said
    assert answer.context["following"] is None
    answer = lead.post(page, {"to": 200, "effective_on": "2025-05-01", **AGREED, "document": ""})
    assert "合意を示す文書番号が必要です" in answer.text


def test_a_change_taken_back(lead) -> None:
    told = shown_and_done(lead, address("change_take-back", of_licence().pk), AGREED)
    assert told[0].startswith("変更（O-LIC）を取り消します：変更事項 ライセンス数")
    assert not Change.objects.standing().filter(what="quantity").exists()


def test_starts_put_right_together(lead) -> None:
    contract = Contract.objects.get(target__number="T-1")
    page = address("contract_correct-start", contract.pk)
    alone = lead.post(page, {"starts_on": "2025-05-01", **AGREED})
    assert "訂正すると利用資格を満たしません" in alone.text
    given = {"starts_on": "2025-04-16", "together": ["M-IPS", "O-EDR", "O-LIC"], **AGREED}
    told = shown_and_done(lead, page, given)
    assert told[0] == "課金開始日（T-1）：課金開始日 2025-04-01 → 2025-04-16"
    assert any("締め済みの2025-04に触れます" in sentence for sentence in told)
    assert set(BillingStart.objects.standing().values_list("starts_on", flat=True)) == {date(2025, 4, 16)}
    option_page = address("option_take-start-back", Option.objects.get(target__number="O-EDR").pk)
    shown_and_done(lead, option_page, {"together": ["T-1", "M-IPS", "O-LIC"], **AGREED})
    # Over a million yen of closed months: another lead confirms it.
    assert BillingStart.objects.standing().count() == 4
    confirming = address("asked_confirm", Asked.objects.get().pk)
    other = User.objects.create_user("別の責任者", is_staff=True)
    other.groups.set(Group.objects.filter(name="営業責任者"))
    client = signed_in(other)
    client.post(confirming, {"confirmed": "1", "seen": client.get(confirming, {"part": "whole"}).context["seen"]})
    assert not BillingStart.objects.standing().exists()


def test_a_fee_put_right_by_its_day(lead) -> None:
    row = Price.objects.standing().get(target__number="T-1", fee="monthly")
    given = {"amount_yen": 90_000, "from_on": "2025-04-01", "reference": "", "note": "", **SLIP}
    told = shown_and_done(lead, address("price_correct", row.pk), given)
    assert told[0] == "料金（T-1）：金額 100,000 → 90,000"
    initial = Price.objects.standing().get(target__number="T-1", fee="initial")
    text = lead.get(address("price_correct", initial.pk)).text
    assert "適用日" not in text.split('<form method="post"')[1].split("</form>")[0]


def test_a_state_and_its_holder_put_right(lead) -> None:
    service = LinkedService.objects.get()
    row = LinkedServiceState.objects.standing().get(item="IPS/タイプA")
    assert address("linkedservicestate_change", row.pk) in lead.get(address("linkedservice_change", service.pk)).text
    offer = f"{row.service}|{row.kind}|{row.item}"
    given = {"offer": offer, "holder": "株式会社別名義", "from_on": "2020-01-01", "ends_on": "", **AGREED}
    told = shown_and_done(lead, address("linkedservicestate_correct", row.pk), given)
    assert told[0] == "対応サービスの状態（S-1）：名義 C-1 → 株式会社別名義、記録日 — → 2025-08-10"
    assert any("第7条第3項" in sentence for sentence in told)
    last = LinkedServiceState.objects.standing().get(item="IPS/タイプB")
    told = shown_and_done(lead, address("linkedservicestate_take-back", last.pk), AGREED)
    assert any("第7条第5項" in sentence for sentence in told)


def test_a_consent_put_right(lead) -> None:
    person = User.objects.get(username="営業責任者")
    row = record_consent(
        LinkedService.objects.get(),
        assent=Assent.PREMIUM_CONSENT,
        given_on=date(2020, 1, 1),
        given_by="山田",
        document="同意 1",
        on=TODAY,
        by=person,
    )
    given = {"given_on": "2020-01-01", "given_by": "山田太郎", "evidence": "同意 1", "ends_on": "", **SLIP}
    told = shown_and_done(lead, address("consent_correct", row.pk), given)
    assert told[0] == "同意・前提（S-1）：同意した者 山田 → 山田太郎"
    row = Consent.objects.standing().get()
    shown_and_done(lead, address("consent_take-back", row.pk), SLIP)
    assert not Consent.objects.standing().exists()
