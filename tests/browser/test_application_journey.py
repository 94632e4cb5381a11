"""An application's life as people live it: entered, checked, mended and received by one, accepted by another, and upgraded."""

import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from playwright.sync_api import Page, expect
from pytest_django import Settings

from contracts import clock
from contracts.models import (
    Application,
    Change,
    Consent,
    Contract,
    Customer,
    LinkedService,
    LinkedServiceState,
    ManagementUnit,
    Option,
    Price,
    Target,
)
from tests.browser.desks import PASSWORD, Desks
from tests.browser.looking import complains, grave, settled
from tests.rewrite import rewrite

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("CSOC_PICTURES", "")
"""A folder for a picture of every screen on the way, for whoever wants to look at them."""

SignIn = Callable[[str], Page]


@pytest.fixture
def people(transactional_db: None, settings: Settings) -> None:
    """One who enters applications, one who accepts them."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    enters = Permission.objects.filter(
        content_type__app_label__in=["contracts", "billing"], codename__startswith="view_"
    )
    for name in ("tanaka", "suzuki"):
        user = User.objects.create_user(name, password=PASSWORD, is_staff=True)
        user.user_permissions.set(enters)
        codes = [
            "enter_application",
            "add_consent",
            "change_consent",
            "add_customer",
            "add_managementunit",
            "add_linkedservicestate",
        ]
        codes += ["change_workitem", "change_contract"]
        codes += ["decide_application"] if name == "suzuki" else []
        user.user_permissions.add(*Permission.objects.filter(codename__in=codes))


@pytest.fixture
def sign_in(desks: Desks, people: None) -> Iterator[SignIn]:
    """Signs a person in, in Japanese. Whatever a console complains of fails the test."""
    pages, complaints = [], []

    def come_in(name: str) -> Page:
        page = desks.of(name)
        pages.append(page)
        page.on("console", lambda said: complaints.append(said.text) if complains(said, page) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/admin/")
        page.wait_for_selector(".first-page")
        return page

    yield come_in
    for page in pages:
        settled(page)
    assert "\n".join(complaints) == ""


def look(page: Page, name: str) -> None:
    """Nothing serious keeps anybody from this screen; and a picture of it, where one is asked for."""
    assert grave(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= 1400, name
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def fill(page: Page, line: int, **fields: str) -> None:
    """Fill the fields of a line in the order given, as a person would."""
    for name, value in fields.items():
        field = page.locator(f"#line-{line}-{name}")
        expect(field).to_be_visible()
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def add(page: Page, line: int, **fields: str) -> None:
    """Add a line, unless the form has it already, and fill it."""
    if page.locator(f"#line-{line}").count() == 0:
        page.click("#add-line")
    fill(page, line, **fields)


def verdict(page: Page, words: str) -> None:
    """Wait until the panel says so."""
    expect(page.locator("#judgement .verdict")).to_contain_text(words)


def submit(page: Page, name: str) -> None:
    """Press a button of the page's own form."""
    page.locator("#content-main").get_by_role("button", name=name, exact=True).click()


def first_of_next_month() -> date:
    return (clock.today().replace(day=1) + timedelta(days=32)).replace(day=1)


def evidence(page: Page, assent: str, day: str) -> None:
    page.get_by_role("link", name="同意・前提を記録").click()
    page.select_option("#id_assent", assent)
    page.fill("#id_given_on", day)
    page.fill("#id_given_by", "情報システム部 山田")
    page.fill("#id_document", f"同意書-{assent}")
    look(page, f"02-{assent}")
    submit(page, "同意・前提を記録")
    expect(page.locator(".messagelist")).to_contain_text("記録しました")


def registered(page: Page) -> None:
    """A new customer with a unit, and the service to be linked with what it has to have (7-4, 7-6)."""
    page.goto("/admin/contracts/customer/")
    page.get_by_role("link", name="契約者を登録").click()
    page.fill("#id_code", "C100")
    page.fill("#id_name", "霞ヶ関電機株式会社")
    submit(page, "契約者を登録")
    page.get_by_role("link", name="管理単位を登録").click()
    page.fill("#id_code", "U100")
    page.fill("#id_name", "本社")
    look(page, "01-管理単位を登録")
    submit(page, "管理単位を登録")
    page.goto("/admin/contracts/linkedservice/register/")
    page.fill("#id_code", "S100")
    page.select_option("#id_offer", "swg||タイプF")
    page.fill("#id_holder", "C100")
    page.fill("#id_from_on", "2026-04-01")
    submit(page, "対応サービスを登録")
    evidence(page, "premium_consent", "2026-04-01")
    evidence(page, "bypass_option", "2026-04-01")


def test_a_premium_unit_is_applied_for_checked_mended_and_accepted_by_another(sign_in: SignIn) -> None:
    tanaka, start = sign_in("tanaka"), first_of_next_month().isoformat()
    registered(tanaka)
    unit = ManagementUnit.objects.get(code="U100")
    tanaka.goto(f"/admin/contracts/managementunit/{unit.pk}/change/")
    look(tanaka, "03-管理単位")
    tanaka.get_by_role("link", name="申込を入力").click()
    fill(tanaka, 1, verb="contract", category="premium", billing_starts_on=start)
    fill(tanaka, 1, initial_yen="480000", monthly_yen="480000", quotation="見積-2026-11")
    module = {"category": "module", "module_type": "swg", "item": "タイプF", "linked_service": "S100"}
    add(tanaka, 2, verb="contract", **module, billing_starts_on=start, initial_yen="100000", monthly_yen="150000")
    add(tanaka, 3, verb="contract", category="module", module_type="m365_log", billing_starts_on=start)
    add(tanaka, 4, verb="option", contract="#1", option="edr_operation", billing_starts_on=start)
    verdict(tanaka, "承諾できません")
    panel = tanaka.locator("#judgement")
    for clause in ("第7条第10項", "第7条第12項", "第17条第1項"):
        expect(panel.locator(".against")).to_contain_text(clause)
    look(tanaka, "04-申込-指摘")

    fill(tanaka, 1, premium_consent_on="2026-11-01", consent_given_by="代表 鈴木", consent_document="特則同意書-1")
    add(tanaka, 5, verb="option", contract="#3", option="m365_log_monitoring", billing_starts_on=start)
    licence = {"option": "edr_licence", "licence_type": "mssp", "product": "insight", "quantity": "99"}
    add(tanaka, 6, verb="option", contract="#1", **licence, billing_starts_on=start, monthly_yen="900")
    expect(panel.locator(".against li")).to_have_count(1)
    expect(panel.locator(".against")).to_contain_text("第10条第2項第8号")
    fill(tanaka, 6, quantity="100")
    verdict(tanaka, "承諾できます")
    expect(panel.locator(".todos")).to_contain_text("第8条第1項第3号")
    look(tanaka, "05-申込-承諾できる")
    submit(tanaka, "下書き保存")
    tanaka.get_by_role("link", name="編集").click()
    verdict(tanaka, "承諾できます")
    submit(tanaka, "受付")
    expect(tanaka.locator(".messagelist")).to_contain_text("受け付けました")
    look(tanaka, "06-申込-受付済み")

    suzuki = sign_in("suzuki")
    look(suzuki, "07-ホーム")
    application = Application.objects.get()
    suzuki.goto(f"/admin/contracts/application/{application.pk}/change/")
    suzuki.get_by_role("link", name="承諾", exact=True).click()
    expect(suzuki.locator(".accept")).to_contain_text("承諾できます")
    look(suzuki, "08-承諾")
    submit(suzuki, "承諾する")
    expect(suzuki.locator(".messagelist")).to_contain_text("承諾しました")
    look(suzuki, "09-申込-承諾済み")
    suzuki.goto(f"/admin/contracts/managementunit/{unit.pk}/change/?on={start}")
    expect(suzuki.locator(".eligibility .verdict").first).to_contain_text("すべて満たしています")
    look(suzuki, "10-管理単位-承諾後")

    # And nothing more.
    application.refresh_from_db()
    assert (application.state, str(application.entered_by), str(application.decided_by)) == (
        "accepted",
        "tanaka",
        "suzuki",
    )
    assert sorted(Contract.objects.values_list("category", "module_type", "item")) == [
        ("module", "m365_log", ""),
        ("module", "swg", "タイプF"),
        ("premium", "", ""),
    ]
    assert sorted(Option.objects.values_list("option", "quantity")) == [
        ("edr_licence", 100),
        ("edr_operation", None),
        ("m365_log_monitoring", None),
    ]
    assert Price.objects.count() == 5
    assert sorted(Consent.objects.values_list("assent", "document")) == [
        ("bypass_option", "同意書-bypass_option"),
        ("own_premium_consent", "特則同意書-1"),
        ("premium_consent", "同意書-premium_consent"),
    ]


@pytest.fixture
def advanced(people: None) -> ManagementUnit:
    """An アドバンスト unit since 2026-04-01, with an MX module on a service of its own."""
    day = date(2026, 4, 1)
    customer = Customer.objects.create(code="C200", name="青葉精機株式会社")
    unit = ManagementUnit.objects.create(code="U200", customer=customer, name="研究所")
    service = LinkedService.objects.create(code="S200")
    LinkedServiceState.objects.create(linked_service=service, from_on=day, service="mx", holder="C200")
    application = Application.objects.create(number="AP200", unit=unit, applied_on=day, accepted_on=day)
    for number, values in (
        ("SOC200", {"category": "advanced"}),
        ("SOC201", {"category": "module", "module_type": "mx", "linked_service": service}),
    ):
        kind = "module" if "module_type" in values else "tier"
        target = Target.objects.create(
            number=number, kind=kind, unit=unit, application=application, billing_starts_on=day
        )
        Contract.objects.create(target=target, **values)
    return unit


def test_an_advanced_unit_is_upgraded_by_keyboard_alone(sign_in: SignIn, advanced: ManagementUnit) -> None:
    tanaka, day = sign_in("tanaka"), first_of_next_month().isoformat()
    tanaka.goto(f"/admin/contracts/application/new/{advanced.pk}/")
    tanaka.focus("#line-1-verb")
    tanaka.keyboard.press("ArrowDown")
    while tanaka.input_value("#line-1-verb") != "category":
        tanaka.keyboard.press("ArrowDown")
    tanaka.keyboard.press("Tab")
    for _step in range(10):
        if tanaka.evaluate("document.activeElement.dataset.field") == "target":
            break
        tanaka.keyboard.press("Tab")
    tanaka.keyboard.type("SOC200")
    assert tanaka.input_value("#line-1-target") == "SOC200"
    fill(tanaka, 1, to_category="premium", effective_on=day, one_time_yen="50000", monthly_yen="480000")
    verdict(tanaka, "承諾できません（2件）")
    expect(tanaka.locator("#judgement .against")).to_contain_text("第7条第4項")
    expect(tanaka.locator("#judgement .against")).to_contain_text("第17条第1項")
    # The customer's own consent will do for the service it holds itself (7-4).
    fill(tanaka, 1, premium_consent_on="2026-11-01", consent_given_by="代表 佐藤", consent_document="特則同意書-2")
    verdict(tanaka, "承諾できます")
    expect(tanaka.locator("#judgement .outcomes")).to_contain_text("アドバンスト → プレミアム")
    look(tanaka, "11-申込-アップグレード")
    submit(tanaka, "受付")
    application = Application.objects.get(state="received")
    assert tanaka.request.get(f"/admin/contracts/application/{application.pk}/accept/").status == 403

    suzuki = sign_in("suzuki")
    suzuki.goto(f"/admin/contracts/application/{application.pk}/accept/")
    submit(suzuki, "承諾する")
    expect(suzuki.locator(".messagelist")).to_contain_text("承諾しました")
    suzuki.goto(f"/admin/contracts/managementunit/{advanced.pk}/change/?on={day}")
    expect(suzuki.locator("table.targets").first).to_contain_text("プレミアム")
    look(suzuki, "12-管理単位-アップグレード後")
    assert list(Change.objects.values_list("what", "to_name")) == [("category", "premium")]
    assert list(Price.objects.order_by("fee").values_list("fee", "amount_yen", "from_on")) == [
        ("monthly", 480_000, date.fromisoformat(day)),
        ("one_time", 50_000, clock.today()),
    ]


def test_a_consent_that_ends_is_on_the_worklist_until_it_is_mended(sign_in: SignIn, advanced: ManagementUnit) -> None:
    rewrite(LinkedServiceState.objects.all(), holder="関連会社テクノ株式会社")
    service = LinkedService.objects.get()
    given = {"given_on": date(2026, 4, 1), "given_by": "関連会社テクノ株式会社", "document": "同意書-7"}
    consent = Consent.objects.create(linked_service=service, assent="module_consent", **given)
    tanaka = sign_in("tanaka")
    tanaka.goto(f"/admin/contracts/consent/{consent.pk}/change/")
    tanaka.get_by_role("link", name="終了を記録").click()
    tanaka.fill("#id_ends_on", "2027-03-31")
    tanaka.fill("#id_document", "解除通知-3")
    submit(tanaka, "終了を記録")
    expect(tanaka.locator(".following")).to_contain_text("管理単位U200：2027-04-01から")
    expect(tanaka.locator(".following")).to_contain_text("第7条第3項")
    look(tanaka, "13-同意の終了")
    submit(tanaka, "確定する")
    tanaka.goto("/admin/?whose=all")
    row = tanaka.locator(".worklist tr", has_text="第7条第3項")
    expect(row).to_contain_text("2027-04-01")
    row.get_by_role("button", name="引き受ける").click()
    expect(tanaka.locator(".worklist tr", has_text="第7条第3項")).to_contain_text("tanaka")
    look(tanaka, "14-作業一覧")
    tanaka.locator(".worklist tr", has_text="第7条第3項").locator(".what p a").click()
    expect(tanaka.locator("h1")).to_contain_text("S200")
    tanaka.get_by_role("link", name="同意・前提を記録").click()
    tanaka.fill("#id_given_on", "2027-04-01")
    tanaka.fill("#id_given_by", "関連会社テクノ株式会社")
    tanaka.fill("#id_document", "同意書-8")
    submit(tanaka, "同意・前提を記録")
    tanaka.goto("/admin/?whose=all")
    expect(tanaka.locator(".worklist tr", has_text="第7条第3項")).to_have_count(0)
