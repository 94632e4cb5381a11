"""A search, an application and a notice without a mouse: everything is reached by Tab, seen to be reached, and done by a key."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from contracts import clock
from contracts.models import Application, ManagementUnit, Notice
from contracts.operations.search_keys import remake_search_keys
from tests.browser.conftest import PASSWORD
from tests.browser.test_notice_journey import unit  # noqa: F401

pytestmark = pytest.mark.browser
MOST = 120
"""Keys to anything on a page."""
SEEN = """() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none';
}"""


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until what is wanted has the focus, and can be seen to have it."""
    for _key in range(MOST):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            assert page.evaluate(SEEN), f"{wanted} has the focus and does not show it"
            return
    raise AssertionError(f"{wanted} is not reached by Tab")


def down_to(page: Page, wanted: str) -> None:
    """Press the arrow down until the choice that has the focus is the one that is wanted."""
    for _key in range(MOST):
        if page.evaluate("document.activeElement.selectedOptions[0].textContent").strip() == wanted:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{wanted} is not among the choices")


def choose(page: Page, number: str, what: str) -> None:
    """Open the menu of a row of the unit's page, and follow one of its links."""
    tab_to(page, "tr:has(a[href]):has(td.field-number) details.choose summary:has(.quiet)")
    while number not in str(page.evaluate("document.activeElement.textContent")):
        tab_to(page, "details.choose summary")
    page.keyboard.press("Enter")
    for _key in range(MOST):
        page.keyboard.press("Tab")
        if str(page.evaluate("document.activeElement.textContent")).strip() == what:
            break
    page.keyboard.press("Enter")


@pytest.fixture
def at_desk(browser: Browser, live_server: Any, unit: ManagementUnit) -> Page:  # noqa: F811
    page = browser.new_context(
        locale="ja-JP", base_url=live_server.url, viewport={"width": 1366, "height": 768}
    ).new_page()
    page.goto("/admin/")
    tab_to(page, "#id_username")
    page.keyboard.type("sato")
    tab_to(page, "#id_password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".first-page")
    return page


def test_a_search(at_desk: Page) -> None:
    remake_search_keys()
    at_desk.keyboard.press("/")
    at_desk.keyboard.type("U-1")
    expect(at_desk.locator("#search-found a").first).to_be_visible()
    at_desk.keyboard.press("ArrowDown")
    assert at_desk.evaluate(SEEN)
    at_desk.keyboard.press("Enter")
    at_desk.wait_for_url("**/admin/contracts/managementunit/*/change/")


def test_an_application(at_desk: Page, unit: ManagementUnit) -> None:  # noqa: F811
    at_desk.goto(f"/admin/contracts/managementunit/{unit.pk}/change/")
    choose(at_desk, "M-1", "オプションの追加")
    at_desk.wait_for_url("**/application/new/**")
    tab_to(at_desk, "#line-1-option")
    down_to(at_desk, "ログ保管オプション")
    tab_to(at_desk, "#line-1-retention_years")
    at_desk.keyboard.type("1")
    tab_to(at_desk, "#line-1-initial_yen")
    at_desk.keyboard.type("10,000")
    tab_to(at_desk, "#line-1-monthly_yen")
    at_desk.keyboard.type("２０，０００")
    tab_to(at_desk, "button[name=save], button.default")
    at_desk.keyboard.press("Enter")
    at_desk.wait_for_url("**/application/*/change/")
    assert Application.objects.get(state="draft").lines[0]["retention_years"] == "1"
    for yen in ("10,000円", "20,000円"):
        expect(at_desk.locator("body")).to_contain_text(yen)


def test_a_notice(at_desk: Page, unit: ManagementUnit) -> None:  # noqa: F811
    at_desk.goto(f"/admin/contracts/managementunit/{unit.pk}/change/")
    choose(at_desk, "M-1", "解約通知")
    at_desk.wait_for_url("**/notice/of/**")
    tab_to(at_desk, "#id_arrived_on")
    at_desk.keyboard.press("Control+A")
    at_desk.keyboard.type(f"{clock.today():%Y/%m/%d}")
    tab_to(at_desk, "button.default")
    at_desk.keyboard.press("Enter")
    expect(at_desk.get_by_role("button", name="このとおり確定する")).to_be_visible()
    assert not Notice.objects.exists()
    for _key in range(MOST):
        at_desk.keyboard.press("Tab")
        if "このとおり確定する" in str(at_desk.evaluate("document.activeElement.textContent")):
            break
    assert at_desk.evaluate(SEEN)
    at_desk.keyboard.press("Enter")
    expect(at_desk.get_by_text("解約通知を受け付けました。")).to_be_visible()
    assert Notice.objects.get().target.number == "M-1"
