"""Nothing typed is lost and nothing is made twice: the double click, the log-in that ran out, the log-in elsewhere, the closed tab."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, WebError, expect

from contracts.models import Application, Customer, ManagementUnit
from tests.browser import desks as at
from tests.browser.desks import PASSWORD, Desks
from tests.browser.looking import complains, grave
from tests.browser.test_application_journey import fill, first_of_next_month, look, people, submit, verdict

__all__ = ["people"]

pytestmark = pytest.mark.browser


def sign_in(page: Page, name: str = "tanaka") -> None:
    page.fill("#id_username", name)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")


@pytest.fixture
def unit(people: None) -> ManagementUnit:
    customer = Customer.objects.create(code="C300", name="桜川物流株式会社")
    return ManagementUnit.objects.create(code="U300", customer=customer, name="本社")


@pytest.fixture
def context(desks: Desks, unit: ManagementUnit) -> Iterator[BrowserContext]:
    """One person's browser, in which any tab may be opened and closed."""
    complaints: list[str] = []

    def says(said: ConsoleMessage) -> None:
        if said.page and complains(said, said.page):
            complaints.append(said.text)

    def fails(error: WebError) -> None:
        complaints.append(str(error.error))

    found = desks.empty(1366)
    at.sign_in(found, "tanaka", desks.url)
    found.on("console", says)
    found.on("weberror", fails)
    yield found
    desks.tidy()
    found.remove_listener("console", says)
    found.remove_listener("weberror", fails)
    # A judgement asked for without a session is refused, and the browser says so.
    assert [
        said
        for said in complaints
        if "the server responded with a status of 4" not in said and "Failed to fetch" not in said
    ] == []


def typed_in(page: Page, unit: ManagementUnit) -> None:
    page.goto(f"/admin/contracts/application/new/{unit.pk}/")
    page.fill("#id_starts_on", first_of_next_month().isoformat())
    fill(
        page, 1, verb="contract", category="advanced", initial_yen="300000", monthly_yen="310000", quotation="見積-300"
    )
    page.click("#add-line")
    fill(page, 2, verb="contract", category="module", module_type="cloud_log", monthly_yen="120000")
    page.click("#add-line")
    fill(page, 3, verb="option", contract="#2", option="log_retention", retention_years="3")
    verdict(page, "承諾できます")


def there(page: Page) -> None:
    """All that was typed is in the form."""
    expect(page.locator("#line-1-quotation")).to_have_value("見積-300")
    expect(page.locator("#line-2-module_type")).to_have_value("cloud_log")
    expect(page.locator("#line-3-contract")).to_have_value("#2")
    expect(page.locator("#line-3-retention_years")).to_have_value("3")
    expect(page.locator("#id_starts_on")).to_have_value(first_of_next_month().isoformat())
    verdict(page, "承諾できます")


def test_a_double_click_makes_one_application(context: BrowserContext, unit: ManagementUnit) -> None:
    page = context.new_page()
    typed_in(page, unit)
    look(page, "20-申込-合計")
    page.locator("#content-main").get_by_role("button", name="受付", exact=True).dblclick()
    page.wait_for_url("**/change/")
    assert Application.objects.count() == 1
    assert Application.objects.get().state == "received"
    page.goto(f"/admin/contracts/application/new/{unit.pk}/")
    expect(page.locator(".kept-note")).to_have_count(0)
    expect(page.locator("#line-1-verb")).to_have_value("")


TWICE = """async (form) => {
  const send = () => {
    const body = new FormData(form);
    body.set("receive", "1");
    return fetch(window.location.href, { method: "POST", body }).then(async (answer) => [answer.url, await answer.text()]);
  };
  return Promise.all([send(), send()]);
}"""
"""The form of the page, sent twice at the same moment; where each led, and what was said there."""


@pytest.mark.postgres  # SQLite in memory has one connection for all threads of the server
def test_two_submissions_under_way_lead_to_the_same_application(context: BrowserContext, unit: ManagementUnit) -> None:
    page = context.new_page()
    typed_in(page, unit)
    answers = page.locator("#application-form").evaluate(TWICE)
    application = Application.objects.get()
    assert {address.partition("/admin/")[2] for address, _text in answers} == {
        f"contracts/application/{application.pk}/change/"
    }
    # Of the two cookies in which each is told what it came to, the later stays: that the second is told is held where they are apart.
    assert len(answers) == 2


def test_a_log_in_that_ran_out_leads_back_to_the_form_as_it_was(context: BrowserContext, unit: ManagementUnit) -> None:
    page = context.new_page()
    typed_in(page, unit)
    Session.objects.all().delete()
    submit(page, "下書き保存")
    expect(page.locator("body")).to_contain_text("ログインが切れています")
    assert grave(page) == []
    sign_in(page)
    expect(page.locator(".kept-note")).to_contain_text("記録していない入力を復元しました")
    there(page)
    look(page, "21-申込-復元")
    submit(page, "下書き保存")
    expect(page.locator(".messagelist")).to_contain_text("下書きに保存しました")
    assert [len(lines) for lines in Application.objects.values_list("lines", flat=True)] == [3]
    page.goto(f"/admin/contracts/application/new/{unit.pk}/")
    expect(page.locator(".kept-note")).to_have_count(0)


def test_a_file_is_to_be_chosen_again_and_is_called_by_its_name(context: BrowserContext, tmp_path: Path) -> None:
    brings = Permission.objects.filter(codename__in=["add_bookupload", "view_bookupload"])
    User.objects.get(username="tanaka").user_permissions.add(*brings)
    file = tmp_path / "新しい台帳.csv"
    file.write_text("契約番号,顧客名\n", encoding="utf-8")
    page = context.new_page()
    page.goto(reverse("admin:contracts_bookupload_bring"))
    page.set_input_files("input[type=file]", file)
    Session.objects.all().delete()
    page.locator("#content-main").get_by_role("button", name="台帳を持ち込む").click()
    expect(page.locator("body")).to_contain_text("ログインが切れています")
    sign_in(page)
    expect(page.locator(".kept-note")).to_contain_text("ファイル（新しい台帳.csv）は、もう一度選んでください。")
    page.set_input_files("input[type=file]", file)
    page.locator("#content-main").get_by_role("button", name="台帳を持ち込む").click()
    expect(page.locator(".messagelist")).to_be_visible()
    page.goto(reverse("admin:contracts_bookupload_bring"))
    expect(page.locator(".kept-note")).to_have_count(0)


def test_a_log_in_elsewhere_loses_nothing(context: BrowserContext, unit: ManagementUnit) -> None:
    page = context.new_page()
    typed_in(page, unit)
    Session.objects.all().delete()
    other = context.new_page()
    other.goto("/admin/")
    sign_in(other)
    other.wait_for_selector(".first-page")
    submit(page, "受付")
    expect(page.locator(".messagelist")).to_contain_text("別の画面でログインし直されています")
    there(page)
    submit(page, "受付")
    expect(page.locator(".messagelist")).to_contain_text("受け付けました")
    assert Application.objects.count() == 1


def test_a_closed_tab_loses_nothing_and_can_be_thrown_away(context: BrowserContext, unit: ManagementUnit) -> None:
    page = context.new_page()
    typed_in(page, unit)
    page.close()
    again = context.new_page()
    again.goto(f"/admin/contracts/application/new/{unit.pk}/")
    there(again)
    again.get_by_role("button", name="捨てて開き直す").click()
    expect(again.locator(".kept-note")).to_have_count(0)
    expect(again.locator("#line-1-verb")).to_have_value("")
    again.reload()
    expect(again.locator(".kept-note")).to_have_count(0)


def test_another_person_in_the_same_browser_sees_nothing_of_it(context: BrowserContext, unit: ManagementUnit) -> None:
    page = context.new_page()
    typed_in(page, unit)
    page.close()
    context.clear_cookies()
    again = context.new_page()
    again.goto("/admin/")
    sign_in(again, "suzuki")
    again.wait_for_selector(".first-page")
    again.goto(f"/admin/contracts/application/new/{unit.pk}/")
    expect(again.locator(".kept-note")).to_have_count(0)


def test_a_colleague_who_was_faster_is_told_and_nothing_is_lost(context: BrowserContext, unit: ManagementUnit) -> None:
    page = context.new_page()
    typed_in(page, unit)
    submit(page, "下書き保存")
    application = Application.objects.get()
    page.goto(f"/admin/contracts/application/{application.pk}/edit/")
    page.fill("#line-1-quotation", "見積-301")
    Application.objects.update(version=application.version + 1, entered_by=User.objects.get(username="suzuki"))
    page.close()
    again = context.new_page()
    again.goto(f"/admin/contracts/application/{application.pk}/edit/")
    expect(again.locator("#line-1-quotation")).to_have_value("見積-301")
    submit(again, "下書き保存")
    expect(again.locator(".refused").first).to_contain_text("他の人が先にこの申込を変更しました")
    expect(again.locator("#line-1-quotation")).to_have_value("見積-301")


def test_a_form_of_a_verb_is_kept_too(context: BrowserContext, unit: ManagementUnit) -> None:
    page = context.new_page()
    page.goto("/admin/contracts/customer/")
    tanaka = User.objects.get(username="tanaka")
    assert tanaka.has_perm("contracts.add_customer")
    page.goto("/admin/contracts/customer/register/")
    page.fill("#id_code", "C301")
    page.fill("#id_name", "若葉化学株式会社")
    Session.objects.all().delete()
    submit(page, "契約者を登録")
    sign_in(page)
    expect(page.locator("#id_name")).to_have_value("若葉化学株式会社")
    submit(page, "契約者を登録")
    expect(page.locator(".messagelist")).to_contain_text("登録しました")
    assert Customer.objects.filter(code="C301").count() == 1
