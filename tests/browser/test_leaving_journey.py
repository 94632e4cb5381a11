"""What leaving costs, asked by whoever looks after the unit: counted in clicks and pages, by pointer, keyboard and on paper."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import Page, expect
from pytest_django import Settings

from contracts import clock
from contracts.models import ManagementUnit, Notice
from contracts.terms.days import month_of, previous_month
from tests.browser.desks import PASSWORD, Desks
from tests.browser.looking import complains, grave, settled
from tests.contracts.book.build import book, edr, licence, module, must_take, premium, priced

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("CSOC_PICTURES", "")


@pytest.fixture
def unit(transactional_db: None, settings: Settings, tmp_path: Path) -> ManagementUnit:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    start = previous_month(previous_month(month_of(clock.today()))).isoformat()
    facts = [premium(starts=start), module(starts=start), edr(starts=start), licence("期間ライセンス", starts=start)]
    for number, yen in (("T-1", 300_000), ("M-1", 100_000), ("O-EDR", 50_000), ("O-LIC", 100)):
        facts += priced(number, yen, from_on=start)
    must_take(book(*facts), tmp_path)
    person = User.objects.create_user("sato", password=PASSWORD, is_staff=True)
    person.groups.set(Group.objects.filter(name="営業責任者"))
    ManagementUnit.objects.update(account_manager=person)
    return ManagementUnit.objects.get()


@pytest.fixture
def page(desks: Desks, unit: ManagementUnit) -> Iterator[Page]:
    """Signed in, on the unit's page; what the console complains of fails the test."""
    page = desks.of("sato", 1366)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if complains(said, page) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"/admin/contracts/managementunit/{unit.pk}/change/")
    yield page
    settled(page)
    assert complaints == []


def looked(page: Page, name: str) -> None:
    """Nothing serious keeps anybody from the screen, nothing sticks out of it; a picture of it, where somebody wants one."""
    assert grave(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"leaving-{name}.png", full_page=True)


def test_three_answers_in_one_click_and_one_page(page: Page, unit: ManagementUnit) -> None:
    """What does leaving today cost; when is it free; by when has the letter to arrive."""
    clicks, pages = 0, []
    page.on("framenavigated", lambda frame: pages.append(frame.url))
    page.get_by_role("link", name="解約・変更の見通し").click()
    clicks += 1
    figures = page.get_by_role("region", name="答え")
    expect(figures).to_contain_text("その日の解除調定金")
    expect(figures).to_contain_text("解除調定金なしで終えられる最初の日")
    expect(figures).to_contain_text("そのために通知が届く期限")
    expect(figures).to_contain_text(f"{clock.today() + timedelta(days=30)}")
    assert clicks <= 2
    assert len(pages) <= 1
    looked(page, "answer")
    page.emulate_media(color_scheme="dark")
    looked(page, "answer-dark")


def test_the_curve_speaks_by_pointer_and_by_keyboard_and_leads_to_its_day(page: Page, unit: ManagementUnit) -> None:
    page.goto(f"/admin/contracts/notice/of/{unit.pk}/leaving/?target=M-1")
    earliest = clock.today() + timedelta(days=30)
    chart, said = page.get_by_role("slider"), page.locator(".curve output")
    chart.focus()
    expect(said).to_contain_text(f"{earliest}：解除調定金")
    for _press in range(3):
        page.keyboard.press("ArrowRight")
    expect(said).to_contain_text(f"{earliest + timedelta(days=3)}：解除調定金")
    assert chart.get_attribute("aria-valuetext") == said.inner_text()
    page.keyboard.press("End")
    expect(said).to_contain_text(f"{clock.today() + timedelta(days=365)}：解除調定金 0円")
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 60)
    expect(said).not_to_contain_text(f"{clock.today() + timedelta(days=365)}")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**on=*")
    expect(page.locator("#day")).to_contain_text(f"{earliest + timedelta(days=1)}を指定した場合")
    page.get_by_role("link", name="この内容で解約通知を受け付ける").click()
    expect(page.get_by_role("checkbox", name="M-1")).to_be_checked()
    expect(page.get_by_label("指定日")).to_have_value(f"{earliest + timedelta(days=1)}")
    assert Notice.objects.count() == 0


def test_on_paper_it_says_whose_it_is_and_leaves_out_what_can_be_pressed(page: Page, unit: ManagementUnit) -> None:
    page.goto(f"/admin/contracts/notice/of/{unit.pk}/leaving/")
    expect(page.get_by_role("button", name="印刷")).to_be_visible()
    page.emulate_media(media="print")
    paper = page.locator(".paper")
    expect(paper).to_be_visible()
    expect(paper).to_contain_text("株式会社見本")
    expect(paper).to_contain_text(f"U-1-{clock.today():%Y%m%d}-")
    expect(page.get_by_role("button", name="見通しを出す")).to_be_hidden()
    expect(page.get_by_role("link", name="変更の見通し")).to_be_hidden()


def test_a_change_is_asked_about_and_led_on_to_its_application(page: Page, unit: ManagementUnit) -> None:
    page.goto(f"/admin/contracts/notice/of/{unit.pk}/changing/")
    page.get_by_label("変えるもの").select_option(label="O-LIC ライセンス数を変える（今は1,000）")
    page.get_by_label("ライセンス数・年数").fill("1200")
    page.get_by_role("button", name="見通しを出す").click()
    expect(page.get_by_text("承諾できます")).to_be_visible()
    expect(page.locator(".bills tbody tr")).to_have_count(3)
    looked(page, "changing")
    page.get_by_role("link", name="この内容で申込を入力").click()
    count = page.locator(".line").first.get_by_label("変更後のライセンス数")
    expect(count).to_have_value("1200")
    expect(page.locator("#judgement .bills tbody tr")).to_have_count(3)
    count.fill("1300")
    page.get_by_role("button", name="これからの請求を計算する").click()
    expect(page.locator("#judgement .bills tbody tr").last).to_contain_text("+30,000")
    looked(page, "form-with-bills")
