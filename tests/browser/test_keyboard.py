"""Work without a mouse: everything is reached by Tab, seen to be reached, and done by a key; what was left is come back to."""

import pytest
from playwright.sync_api import Page, expect

from contracts import clock
from contracts.models import Application, ManagementUnit, Notice, WorkItem
from contracts.operations.search_keys import remake_search_keys
from contracts.operations.worklist import refresh_whole_worklist
from tests.browser.desks import PASSWORD, Desks
from tests.browser.looking import settled
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
def at_desk(desks: Desks, unit: ManagementUnit) -> Page:  # noqa: F811
    page = desks.of("sato", 1366, 768)
    page.goto("/admin/")
    page.wait_for_selector(".first-page")
    return page


def test_logging_in(desks: Desks, unit: ManagementUnit) -> None:  # noqa: F811
    page = desks.empty(1366, 768).new_page()
    page.goto("/admin/")
    tab_to(page, "#id_username")
    page.keyboard.type("sato")
    tab_to(page, "#id_password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".first-page")


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


VERBS = "#content .verbs a[href], #content details.choose a[href]"
FOCUSED = "wanted => document.activeElement.matches(wanted)"
HREF = "document.activeElement.href"


def walked(page: Page, menu: str = "details.choose > summary") -> set[str]:
    """Where the verbs of a page lead that Tab reaches: those of its menus by Enter and the arrows; Escape leads back to the menu."""
    found: set[str] = set()
    for _key in range(2 * MOST):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        assert page.evaluate(SEEN), page.evaluate("document.activeElement.outerHTML")
        if page.evaluate(FOCUSED, VERBS):
            found.add(page.evaluate(HREF))
        elif page.evaluate(FOCUSED, menu):
            found |= of_menu(page)
            assert page.evaluate(FOCUSED, menu)
            assert page.locator("details.choose[open]").count() == 0
    return found


def of_menu(page: Page) -> set[str]:
    """Open the menu that has the focus, go through its links and leave it."""
    found = set()
    page.keyboard.press("Enter")
    for _link in range(page.locator("details.choose[open] a").count()):
        page.keyboard.press("ArrowDown")
        assert page.evaluate(SEEN)
        found.add(page.evaluate(HREF))
    page.keyboard.press("Escape")
    return found


def test_every_verb_of_a_unit_and_of_a_customer(at_desk: Page, unit: ManagementUnit) -> None:  # noqa: F811
    pages = (f"managementunit/{unit.pk}", f"customer/{unit.customer_id}")
    for address in pages:
        at_desk.goto(f"/admin/contracts/{address}/change/")
        settled(at_desk)
        there = set(at_desk.evaluate("verbs => [...document.querySelectorAll(verbs)].map(one => one.href)", VERBS))
        assert len(there) > 5
        assert walked(at_desk) == there, address


def test_a_menu_shuts_where_tab_leaves_it_and_the_help_by_escape(at_desk: Page, unit: ManagementUnit) -> None:  # noqa: F811
    at_desk.goto(f"/admin/contracts/managementunit/{unit.pk}/change/")
    tab_to(at_desk, ".verbs details.others > summary")
    at_desk.keyboard.press("ArrowDown")
    assert at_desk.evaluate(FOCUSED, ".verbs details.others a")
    at_desk.keyboard.press("ArrowUp")
    at_desk.keyboard.press("Shift+Tab")
    expect(at_desk.locator("details.choose[open]")).to_have_count(0)
    at_desk.locator(".screen-help summary").focus()
    at_desk.keyboard.press("Enter")
    expect(at_desk.locator(".screen-help [role=note]")).to_be_visible()
    at_desk.keyboard.press("Escape")
    expect(at_desk.locator(".screen-help [role=note]")).to_be_hidden()
    assert at_desk.evaluate(FOCUSED, ".screen-help summary")


def test_a_row_of_work_is_taken_and_given_back_where_one_stands(at_desk: Page) -> None:
    refresh_whole_worklist()
    at_desk.goto("/admin/")
    tab_to(at_desk, ".acts button")
    at_desk.keyboard.press("Enter")
    expect(at_desk.get_by_role("button", name="引受けを戻す")).to_be_visible()
    taken = WorkItem.objects.exclude(taken_by=None).get()
    at_desk.keyboard.press("Tab")
    assert at_desk.evaluate(FOCUSED, f"#work-{taken.pk} button")
    at_desk.keyboard.press("Enter")
    expect(at_desk.get_by_role("button", name="引受けを戻す")).to_have_count(0)
    assert not WorkItem.objects.exclude(taken_by=None).exists()


def test_a_list_is_narrowed_sorted_and_opened(at_desk: Page) -> None:
    at_desk.goto("/admin/contracts/contract/")
    tab_to(at_desk, "#changelist-filter details:not([open]) > summary")
    at_desk.keyboard.press("Enter")
    at_desk.keyboard.press("Tab")
    assert at_desk.evaluate(FOCUSED, "#changelist-filter details[open] a")
    tab_to(at_desk, "#searchbar")
    at_desk.keyboard.type("M-1")
    at_desk.keyboard.press("Enter")
    at_desk.wait_for_url("**q=M-1**")
    tab_to(at_desk, "#result_list tbody a")
    at_desk.keyboard.press("Enter")
    at_desk.wait_for_url("**/contracts/contract/*/change/**")
