"""The search as a person uses it: a key, a few letters, Enter; and a day with its calendar."""

import pytest
from playwright.sync_api import Page, expect

from contracts.models import ManagementUnit
from contracts.operations.search_keys import remake_search_keys
from tests.browser.looking import grave

pytestmark = pytest.mark.browser


def test_a_key_a_few_letters_and_enter(page: Page) -> None:
    remake_search_keys()
    page.goto("/admin/contracts/contract/")
    page.keyboard.press("/")
    expect(page.locator("#search-term")).to_be_focused()
    page.keyboard.type("ﾐﾎﾝ")
    expect(page.locator("#search-found")).to_contain_text("見つかりません")
    page.fill("#search-term", "見本 商事㈱")
    expect(page.locator("#search-found a").first).to_contain_text("見本商事株式会社")
    assert grave(page) == []
    page.keyboard.press("ArrowDown")
    expect(page.locator("#search-found a").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/contracts/customer/*/change/")


def test_escape_leaves_and_a_slash_that_is_typed_stays_one(page: Page) -> None:
    remake_search_keys()
    page.goto("/admin/contracts/contract/")
    page.fill("#searchbar", "")
    page.locator("#searchbar").press_sequentially("a/b")
    expect(page.locator("#searchbar")).to_have_value("a/b")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    page.keyboard.type("SOC2")
    expect(page.locator("#search-found")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#search-found")).to_be_hidden()


def test_a_day_is_text_that_is_tidied_and_has_a_calendar(page: Page) -> None:
    unit = ManagementUnit.objects.get()
    page.goto(f"/admin/contracts/notice/of/{unit.pk}/")
    day = page.locator("#id_arrived_on")
    day.fill("２０２５/4/1")
    day.blur()
    expect(day).to_have_value("2025-04-01")
    expect(page.locator(".field-arrived_on button.calendar")).to_be_visible()
    assert grave(page) == []
