"""The verbs on the pages of records: each shows what would follow before it does it, and says kindly what it refuses."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from contracts.models import (
    Application,
    Consent,
    Contract,
    Customer,
    Entry,
    LinkedService,
    LinkedServiceState,
    ManagementUnit,
    SettingChange,
    Target,
    WorkItem,
)
from tests.admin.conftest import signed_in
from tests.contracts.history.past_the_guards import unguarded
from tests.rewrite import rewrite

EVIDENCE = {"given_by": "情報システム部 山田", "document": "同意書-0001"}


@pytest.fixture
def desk(chief: User) -> Client:
    return signed_in(chief)


@pytest.fixture
def unit(db: None) -> ManagementUnit:
    """An アドバンスト unit with an MX module that links a service of a third party, who consented on 2025-04-01."""
    customer = Customer.objects.create(code="C1", name="見本商事")
    unit = ManagementUnit.objects.create(code="U1", customer=customer, name="本社")
    service = LinkedService.objects.create(code="S1")
    LinkedServiceState.objects.create(linked_service=service, from_on=date(2025, 1, 1), service="mx", holder="第三者")
    Consent.objects.create(
        linked_service=service, assent="module_consent", given_on=date(2025, 4, 1), given_by="第三者", document="D-1"
    )
    day = date(2025, 4, 1)
    application = Application.objects.create(number="AP1", unit=unit, applied_on=day, accepted_on=day)
    for number, values in (
        ("T1", {"category": "advanced"}),
        ("M1", {"category": "module", "module_type": "mx", "linked_service": service}),
    ):
        kind = "tier" if number == "T1" else "module"
        target = Target.objects.create(
            number=number, kind=kind, unit=unit, application=application, billing_starts_on=day
        )
        Contract.objects.create(target=target, **values)
    return unit


def address(name: str, row: object = None) -> str:
    return reverse(f"admin:contracts_{name}", args=[row.pk] if row is not None else [])  # type: ignore[attr-defined]


def test_a_customer_a_unit_and_a_service_are_registered_one_after_the_other(desk: Client) -> None:
    assert desk.post(address("customer_register"), {"code": "C9", "name": "新しい契約者"}).status_code == 302
    customer = Customer.objects.get(code="C9")
    answer = desk.post(address("customer_register-unit", customer), {"code": "U9", "name": "支社"})
    unit = ManagementUnit.objects.get(code="U9")
    assert answer.headers["Location"] == address("managementunit_change", unit)
    assert unit.account_manager is not None
    offer = {"code": "S9", "offer": "waf||IIJマネージドWAFサービス", "holder": "C9", "from_on": "2026-04-01"}
    assert "選択" in desk.post(address("linkedservice_register"), offer).text
    offer["offer"] = "mx||"
    assert desk.post(address("linkedservice_register"), offer).status_code == 302
    assert LinkedServiceState.objects.get(linked_service__code="S9").service == "mx"
    assert list(Entry.objects.values_list("operation", "record", "subject")) == [
        ("register", "customer", "C9"),
        ("register", "unit", "U9"),
        ("register", "linked_service", "S9"),
    ]


def test_a_code_that_is_taken_is_refused_at_its_field(desk: Client, unit: ManagementUnit) -> None:
    text = desk.post(address("customer_register"), {"code": "C1", "name": "別の契約者"}).text
    assert "契約者コード「C1」は既に使われています" in text
    assert "別の契約者" in text
    assert Customer.objects.count() == 1


def test_the_end_of_a_consent_shows_who_loses_by_it_before_it_is_written(desk: Client, unit: ManagementUnit) -> None:
    consent = Consent.objects.get()
    given = {"ends_on": "2026-06-30", "document": "D-2", "reason": "申出"}
    text = desk.post(address("consent_end", consent), given).text
    assert "管理単位U1：2026-07-01から" in text
    assert "第7条第3項" in text
    assert Consent.objects.get().ends_on is None
    assert desk.post(address("consent_end", consent), {**given, "confirmed": "1"}).status_code == 302
    assert Consent.objects.standing().get().ends_on == date(2026, 6, 30)
    assert list(WorkItem.objects.filter(kind="consent").values_list("kind", "subject", "clause", "from_on")) == [
        ("consent", "M1", "7-3", date(2026, 7, 1))
    ]
    assert Entry.objects.get().before["ends_on"] is None


def test_a_consent_ends_once(desk: Client, unit: ManagementUnit) -> None:
    rewrite(Consent.objects.all(), ends_on=date(2026, 6, 30))
    answer = desk.get(address("consent_end", Consent.objects.standing().get()), follow=True)
    assert "今の状態ではできません" in answer.text


def test_a_new_consent_mends_what_the_end_of_the_old_one_broke(desk: Client, unit: ManagementUnit) -> None:
    desk.post(
        address("consent_end", Consent.objects.get()), {"ends_on": "2026-06-30", "document": "D-2", "confirmed": "1"}
    )
    assert WorkItem.objects.filter(kind="consent").count() == 1
    service = LinkedService.objects.get()
    given = {"assent": "module_consent", "given_on": "2026-07-01", **EVIDENCE}
    assert desk.post(address("linkedservice_record-consent", service), given).status_code == 302
    assert WorkItem.objects.filter(kind="consent").count() == 0
    assert "既に記録されています" in desk.post(address("linkedservice_record-consent", service), given).text


def test_a_consent_needs_its_evidence(desk: Client, unit: ManagementUnit) -> None:
    given = {"assent": "premium_consent", "given_on": "2026-07-01", "given_by": "", "document": ""}
    text = desk.post(address("linkedservice_record-consent", LinkedService.objects.get()), given).text
    assert text.count("このフィールドは必須です") == 2
    assert Consent.objects.count() == 1


def test_a_start_shows_its_minimum_term_and_is_decided_once(desk: Client, unit: ManagementUnit) -> None:
    Target.objects.filter(number="M1").update(billing_starts_on=None)
    contract = Contract.objects.get(target__number="M1")
    text = desk.post(address("contract_start", contract), {"starts_on": "2025-08-31"}).text
    assert "最低利用期間は2026-02-28までです（第5条" in text
    assert Target.objects.get(number="M1").billing_starts_on is None
    desk.post(address("contract_start", contract), {"starts_on": "2025-08-31", "confirmed": "1"})
    assert Target.objects.get(number="M1").billing_starts_on == date(2025, 8, 31)
    assert "今の状態ではできません" in desk.get(address("contract_start", contract), follow=True).text


def test_a_start_on_which_the_unit_would_not_be_eligible_is_refused(desk: Client, unit: ManagementUnit) -> None:
    Target.objects.filter(number="M1").update(billing_starts_on=None)
    contract = Contract.objects.get(target__number="M1")
    # The third party consented on 2025-04-01; the day before it had not (7-3), and there was no tier yet (7-1).
    text = desk.post(address("contract_start", contract), {"starts_on": "2025-03-31", "confirmed": "1"}).text
    assert "利用資格を満たしません" in text
    assert Target.objects.get(number="M1").billing_starts_on is None


def test_readiness_is_put_right_only_with_a_reason(desk: Client, unit: ManagementUnit) -> None:
    target = Target.objects.create(
        number="L1", kind="module", unit=unit, application=Application.objects.get(), billing_starts_on=date(2026, 4, 1)
    )
    contract = Contract.objects.create(target=target, category="module", module_type="cloud_log")
    assert desk.post(address("contract_ready", contract), {"ready_on": "2026-03-20"}).status_code == 302
    assert "理由が必要です" in desk.post(address("contract_ready", contract), {"ready_on": "2026-03-25"}).text
    given = {"ready_on": "2026-03-25", "reason": "書き間違い"}
    assert desk.post(address("contract_ready", contract), given).status_code == 302
    contract.refresh_from_db()
    assert contract.ready_on == date(2026, 3, 25)


def test_a_setting_is_changed_only_under_the_customers_consent(desk: Client, unit: ManagementUnit) -> None:
    contract = Contract.objects.get(target__number="M1")
    given = {"what": "遮断リスト", "why": "攻撃への対処", "changed_at": "2026-04-01T10:00"}
    text = desk.post(address("contract_record-setting-change", contract), given).text
    assert "特則についての契約者の同意がありません" in text
    assert "第17条第1項" in text
    tier = Contract.objects.get(target__number="T1").pk
    premium = f"UPDATE contracts_contract SET category = 'premium', premium_consent_on = '2026-04-01' WHERE target_id = {tier}"
    unguarded(["contracts_contract"], premium)
    assert desk.post(address("contract_record-setting-change", contract), given).status_code == 302
    assert WorkItem.objects.filter(kind="untold").count() == 1
    change = SettingChange.objects.get()
    early = {"told_at": "2026-04-01T09:59", "how": "電話"}
    assert "変更日時から現在までの間" in desk.post(address("settingchange_tell", change), early).text
    told = {"told_at": "2026-04-01T11:00", "how": "電話"}
    assert desk.post(address("settingchange_tell", change), told).status_code == 302
    assert WorkItem.objects.filter(kind="untold").count() == 0


def test_nobody_acts_without_the_permission(stranger: User, unit: ManagementUnit) -> None:
    client, contract = signed_in(stranger), Contract.objects.get(target__number="M1")
    for page in (
        address("customer_register"),
        address("customer_register-unit", Customer.objects.get()),
        address("linkedservice_register"),
        address("linkedservice_record-consent", LinkedService.objects.get()),
        address("consent_end", Consent.objects.get()),
        address("contract_start", contract),
        address("contract_record-setting-change", contract),
        address("managementunit_assign", unit),
    ):
        assert client.get(page).status_code == 403, page
        assert client.post(page, {}).status_code == 403, page


def test_only_a_page_of_ours_is_gone_back_to(desk: Client, unit: ManagementUnit) -> None:
    page = address("managementunit_assign", unit)
    assert desk.post(f"{page}?to=/admin/", {"to": ""}).headers["Location"] == "/admin/"
    answer = desk.post(f"{page}?to=https://elsewhere.example/", {"to": ""})
    assert answer.headers["Location"] == address("managementunit_change", unit)
