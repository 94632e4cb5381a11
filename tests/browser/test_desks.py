"""The windows themselves: whoever sits down at one finds nothing of those who sat there before."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.desks import Desks

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("service")]
LEAVES = """() => {
    [localStorage.one, sessionStorage.two, document.cookie] = [1, 2, 'three=3'];
    return new Promise(left => { indexedDB.open('four').onsuccess = () => left(null); });
}"""
FINDS = """() => indexedDB.databases().then(
    found => [localStorage.one, sessionStorage.two, document.cookie.includes('three'), found.length])"""
NOTHING: list[Any] = [None, None, False, 0]


def test_nothing_is_left_to_whoever_comes_next(desks: Desks) -> None:
    page = desks.of("chief")
    page.goto("/admin/")
    page.evaluate(LEAVES)
    assert page.evaluate(FINDS) == ["1", "2", True, 1]
    window = page.context
    desks.tidy()
    assert page.is_closed()
    again = desks.empty()
    assert again is window
    page = again.new_page()
    page.goto("/admin/")
    expect(page.locator("#id_username")).to_be_visible()
    assert page.evaluate(FINDS) == NOTHING


def test_two_people_sit_at_two_windows(desks: Desks) -> None:
    page = desks.of("chief")
    other = desks.empty().new_page()
    assert other.context is not page.context
    other.goto("/admin/")
    expect(other.locator("#id_username")).to_be_visible()
