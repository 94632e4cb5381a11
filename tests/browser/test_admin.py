"""A round through the admin as a person makes it."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_from_the_index_to_a_contract_and_its_lines(page: Page) -> None:
    expect(page.locator("h1")).to_have_text("ホーム")
    page.locator("#nav-sidebar").get_by_role("link", name="顧客", exact=True).click()
    page.locator("#nav-sidebar").get_by_role("link", name="契約", exact=True).click()
    expect(page.locator("#result_list tbody tr")).to_have_count(3)
    page.fill("#searchbar", "SOC2")
    page.press("#searchbar", "Enter")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.get_by_role("link", name="SOC2").click()
    expect(page.locator("h1")).to_contain_text("SOC2")
    expect(page.locator(".related", has_text="料金")).to_contain_text("200,000")
    page.get_by_role("link", name="この対象の料金明細").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    expect(page.locator("#result_list")).to_contain_text("第13条第1項")


def test_from_a_month_to_its_lines(page: Page) -> None:
    page.locator("#nav-sidebar").get_by_role("link", name="月次", exact=True).click()
    page.locator("#nav-sidebar").get_by_role("link", name="締めた月", exact=True).click()
    page.get_by_role("link", name="2025-04").click()
    expect(page.locator("table.small")).to_contain_text("600,000")
    page.get_by_role("link", name="初期費用").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(3)


def test_amounts_line_up_on_the_right(page: Page) -> None:
    page.goto("/admin/billing/chargeline/")
    for cell in (".field-amount_yen_number", ".field-unit_price_yen_number", ".column-amount_yen_number"):
        assert page.locator(cell).first.evaluate("cell => getComputedStyle(cell).textAlign") == "right"


def test_dark_and_light(page: Page) -> None:
    page.goto("/admin/contracts/contract/")
    found = {}
    for _step in range(3):
        page.locator(".theme-toggle:visible").first.click()
        theme = page.locator("html").get_attribute("data-theme")
        found[theme] = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert set(found) == {"auto", "light", "dark"}
    assert found["light"] != found["dark"]


def test_where_no_theme_is_chosen_the_systems_counts(page: Page) -> None:
    found = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto("/admin/")
        found[scheme] = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert found["light"] != found["dark"]


def test_switching_to_english_and_back(page: Page) -> None:
    page.goto("/admin/contracts/contract/?q=SOC")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#result_list")).to_contain_text("Minimum term ends on")
    assert page.url.endswith("/admin/contracts/contract/?q=SOC")
    page.get_by_role("button", name="日本語").click()
    expect(page.locator("#result_list")).to_contain_text("最低利用期間満了日")


def test_the_page_is_no_wider_than_the_window(page: Page) -> None:
    for address in (
        "/admin/",
        "/admin/contracts/contract/",
        "/admin/billing/chargeline/",
        "/admin/contracts/contract/catalogue/",
    ):
        page.goto(address)
        for width in (1400, 1024, 480):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
