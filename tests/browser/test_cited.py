"""A clause's own words beside every place that cites it: by mouse, by keys alone, in what a script draws later, in English."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from contracts.models import ManagementUnit
from tests.browser.looking import grave

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("CSOC_PICTURES", "")


def looked(page: Page, name: str) -> None:
    assert grave(page) == []
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"cited-{name}.png")


def opened(page: Page) -> str:
    words = page.get_by_role("dialog", name="条項の本文")
    expect(words).to_be_visible()
    expect(words.locator(".words p").first).to_be_visible()
    return words.inner_text()


def test_a_clause_opens_its_words_and_goes_again(page: Page) -> None:
    page.goto("/admin/contracts/contract/catalogue/")
    cited = page.get_by_role("button", name="第15条第2項", exact=True).first
    cited.click()
    text = opened(page)
    assert "第15条（料金の減額）" in text
    assert "翌月15日までに" in text
    assert "2025-04-01の版" in text
    looked(page, "clause")
    page.get_by_role("button", name="閉じる").click()
    expect(page.get_by_role("dialog", name="条項の本文")).to_be_hidden()
    expect(cited).to_be_focused()


def test_by_keys_alone(page: Page) -> None:
    page.goto("/admin/contracts/contract/catalogue/")
    cited = page.get_by_role("button", name="第12条第1項", exact=True).first
    cited.focus()
    page.keyboard.press("Enter")
    assert "30日を経過する日" in opened(page)
    expect(page.get_by_role("button", name="閉じる")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="条項の本文")).to_be_hidden()
    expect(cited).to_be_focused()
    page.keyboard.press("Space")
    assert "30日を経過する日" in opened(page)


def test_a_reading_opens_its_sentence_and_the_general_terms_say_that_they_are_not_here(page: Page) -> None:
    page.goto("/admin/contracts/contract/readings/")
    page.get_by_role("button", name="I-38").first.click()
    words = page.get_by_role("dialog", name="条項の本文")
    expect(words).to_contain_text("利用不能時間は一つの状態の時間である")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="一般規程第28条第2項").first.click()
    expect(words).to_contain_text("一般規程の本文は、このシステムにありません。")


def test_what_a_script_draws_later_cites_too(page: Page) -> None:
    unit = ManagementUnit.objects.get()
    page.goto(f"/admin/contracts/application/new/{unit.pk}/")
    page.goto(f"/admin/contracts/managementunit/{unit.pk}/change/")
    page.evaluate(
        "document.getElementById('content').insertAdjacentHTML('beforeend', '<p id=later>理由は別紙4第1項、I-19です（第13条）。</p>')"
    )
    later = page.locator("#later")
    expect(later.get_by_role("button")).to_have_count(3)
    expect(later).to_have_text("理由は別紙4第1項、I-19です（第13条）。")
    # No line ends with a bracket that opens, or begins with one that closes.
    expect(later.locator(".unbroken")).to_have_text(["別紙4第1項、", "（第13条）。"])
    later.get_by_role("button", name="別紙4第1項").click()
    assert "月額費用の30分の1" in opened(page)


def test_links_buttons_and_fields_stay_as_they_are(page: Page) -> None:
    page.goto("/admin/")
    page.evaluate(
        "document.getElementById('content').insertAdjacentHTML('beforeend',"
        ' \'<p id=later><a href="#">第5条</a> <label>第6条 <select><option>第7条</option></select></label>'
        " 民法第143条 第2条のこと</p>')"
    )
    expect(page.locator("#later").get_by_role("button")).to_have_text(["第2条"])


def test_in_english_the_words_stay_japanese(page: Page) -> None:
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": page.url}])
    page.goto("/admin/contracts/contract/catalogue/")
    page.get_by_role("button", name="Art. 12, para. 1", exact=True).first.click()
    words = page.get_by_role("dialog", name="The clause's own words")
    expect(words).to_contain_text("30日を経過する日")
    assert words.locator(".words").get_attribute("lang") == "ja"
    looked(page, "english")
