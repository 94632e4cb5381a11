"""Where people sit: windows of a browser that stay open from test to test, with nothing in them of those who sat there before.

A window of its own for each person and test costs the browser more than the pages that are looked at in it. What a window keeps is the
program of its pages, read and ready; what people leave (tabs, cookies, what pages store) goes with each test.
"""

from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.browser.answers import Answers
from tests.browser.looking import settled

PASSWORD = "only-in-this-test"
STAYS = "/healthz/live"
"""What the tab shows that keeps a window open: an answer without a script, for which no database is asked."""


class Desks:
    """The windows of one browser and one server: those that are free, by their size, and those at which somebody sits."""

    def __init__(self, browser: Browser, url: str, answers: Answers) -> None:
        self.url, self._browser, self.answers = url, browser, answers
        self._free: dict[tuple[int, int], list[BrowserContext]] = {}
        self._taken: list[tuple[tuple[int, int], BrowserContext]] = []

    def empty(self, width: int = 1400, height: int = 900) -> BrowserContext:
        """A window at which nobody is signed in, in Japanese; the pages opened in it are of that size, in CSS pixels."""
        free = self._free.setdefault((width, height), [])
        found = free.pop() if free else self._opened({"width": width, "height": height})
        self._taken.append(((width, height), found))
        return found

    def of(self, name: str, width: int = 1400, height: int = 900) -> Page:
        """A tab, still empty, of a window at which that person is signed in."""
        found = self.empty(width, height)
        with self.answers.none_beside():
            sign_in(found, name, self.url)
        return found.new_page()

    def tidy(self) -> None:
        """Everybody leaves. No answer to them is under way any more: the database is emptied next."""
        while self._taken:
            size, context = self._taken.pop()
            stays, *tabs = context.pages
            for tab in tabs:
                settled(tab)
                tab.close()
            stored = {"origin": self.url, "storageTypes": "all"}
            context.new_cdp_session(stays).send("Storage.clearDataForOrigin", stored)
            context.clear_cookies()
            self._free[size].append(context)
        self.answers.all_given()

    def _opened(self, size: ViewportSize) -> BrowserContext:
        found = self._browser.new_context(locale="ja-JP", base_url=self.url, viewport=size, color_scheme="light")
        found.new_page().goto(STAYS)
        return found


def sign_in(context: BrowserContext, name: str, url: str) -> None:
    """The person is signed in there as by the form of the log-in, which itself is looked at where logging in is what is tested."""
    person = Client()
    answer = person.post(reverse("admin:login"), {"username": name, "password": PASSWORD})
    assert answer.status_code == 302, f"{name} is not let in"
    context.add_cookies([{"name": kept.key, "value": kept.value, "url": url} for kept in person.cookies.values()])
