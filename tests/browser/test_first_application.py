"""A new customer's first application, counted: clicks, pages and fields from the first page to the acceptance."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from contracts.models import Application, Consent, Contract, Customer, LinkedServiceState, Option, Price
from tests.browser.test_application_journey import first_of_next_month, look, people, sign_in, verdict

__all__ = ["people", "sign_in"]

pytestmark = pytest.mark.browser

BEFORE = {"clicks": 21, "pages": 16, "fields": 55}
"""What it took before: the start day typed six times, five registrations on pages of their own, each line begun by three selects."""
WANTED = {"clicks": 11, "pages": 6, "fields": 27}


class Hand:
    """A person at a page: what they click and fill in is counted, and every page that opens after the first."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks, self.fields, self.pages = page, 0, 0, 0

    def click(self, role: Any, name: str, *, leads_on: bool = True) -> None:
        self.clicks += 1
        self.pages += leads_on
        self.page.locator("#content").get_by_role(role, name=name, exact=True).first.click()

    def fill(self, field: str, value: str) -> None:
        self.fields += 1
        found = self.page.locator(f"#{field}")
        expect(found).to_be_visible()
        if found.evaluate("field => field.tagName") == "SELECT":
            found.select_option(value)
        elif found.get_attribute("type") == "checkbox":
            found.check()
        else:
            found.fill(value)

    def add(self, label: str) -> None:
        """One choice begins a line."""
        self.fields += 1
        self.page.locator("#add-kind").select_option(label=label)


def test_a_first_application_takes_half_of_what_it_took(sign_in: Callable[[str], Page]) -> None:
    start = first_of_next_month().isoformat()
    tanaka = Hand(sign_in("tanaka"))
    tanaka.click("link", "新しい契約者の申込を始める")
    for field, value in {
        "id_code": "C100",
        "id_name": "霞ヶ関電機株式会社",
        "id_service_code": "S100",
        "id_offer": "swg||タイプF",
        "id_service_from": "2026-04-01",
        "id_assents_2": "",
        "id_given_by": "情報システム部 山田",
        "id_document": "同意書-1",
    }.items():
        tanaka.fill(field, value)
    look(tanaka.page, "30-新しい契約者")
    tanaka.click("button", "新しい契約者の申込を始める")
    expect(tanaka.page.locator("h1")).to_contain_text("新しい申込")
    tanaka.fill("id_starts_on", start)
    tanaka.add("プレミアム")
    consent = {"premium_consent_on": "2026-11-01", "consent_given_by": "代表 鈴木", "consent_document": "特則同意書-1"}
    fees = {"initial_yen": "480000", "monthly_yen": "480000", "quotation": "見積-2026-11"}
    for field, value in (consent | fees).items():
        tanaka.fill(f"line-1-{field}", value)
    tanaka.add("IIJセキュアWebゲートウェイ連携モジュール")
    expect(tanaka.page.locator("#line-2-linked_service")).to_have_value("S100")
    expect(tanaka.page.locator("#line-2-item")).to_have_value("タイプF")
    for field, value in {"initial_yen": "100000", "monthly_yen": "150000"}.items():
        tanaka.fill(f"line-2-{field}", value)
    tanaka.add("Microsoft 365ログ収集モジュール")
    tanaka.add("EDR運用オプション")
    expect(tanaka.page.locator("#line-4-contract")).to_have_value("#1")
    look(tanaka.page, "31-申込-直すには")
    tanaka.click("button", "この行を加える：新しいオプション Microsoft 365ログ監視オプション", leads_on=False)
    expect(tanaka.page.locator("#line-5-contract")).to_have_value("#3")
    tanaka.click("button", "この行を加える：新しいオプション EDRライセンス", leads_on=False)
    for field, value in {"licence_type": "mssp", "product": "insight", "quantity": "100", "monthly_yen": "900"}.items():
        tanaka.fill(f"line-6-{field}", value)
    verdict(tanaka.page, "承諾できます")
    expect(tanaka.page.locator("#judgement .outcomes")).to_contain_text("900円 × 100ライセンス = 月額90,000円")
    look(tanaka.page, "32-申込-承諾できる")
    tanaka.click("button", "受付")
    expect(tanaka.page.locator(".messagelist")).to_contain_text("受け付けました")

    suzuki = Hand(sign_in("suzuki"))
    suzuki.click("link", f"申込が決定を待っています（受付{Application.objects.get().received_on}）")
    look(suzuki.page, "33-承諾")
    suzuki.clicks, suzuki.pages = suzuki.clicks + 1, suzuki.pages + 1
    suzuki.page.get_by_role("button", name="承諾する").click()
    expect(suzuki.page.locator(".messagelist")).to_contain_text("承諾しました")

    taken = {name: getattr(tanaka, name) + getattr(suzuki, name) for name in WANTED}
    assert taken == {"clicks": 7, "pages": 5, "fields": 25}
    assert all(taken[name] <= WANTED[name] for name in WANTED)
    assert all(taken[name] * 2 <= BEFORE[name] for name in BEFORE)

    # And all of it is there.
    assert Customer.objects.get().code == "C100"
    assert LinkedServiceState.objects.standing().get().holder == "C100"
    assert sorted(Contract.objects.values_list("category", "module_type", "item", "target__unit__code")) == [
        ("module", "m365_log", "", "C100-1"),
        ("module", "swg", "タイプF", "C100-1"),
        ("premium", "", "", "C100-1"),
    ]
    assert sorted(Option.objects.values_list("option", "contract__module_type")) == [
        ("edr_licence", ""),
        ("edr_operation", ""),
        ("m365_log_monitoring", "m365_log"),
    ]
    starts = set(Contract.objects.values_list("target__billing_starts_on", flat=True))
    starts |= set(Option.objects.values_list("target__billing_starts_on", flat=True))
    assert starts == {first_of_next_month()}
    assert Price.objects.count() == 5
    assert sorted(Consent.objects.values_list("assent", "document")) == [
        ("bypass_option", "同意書-1"),
        ("own_premium_consent", "特則同意書-1"),
    ]
