"""Every page answers, in both languages, quickly and cleanly."""

import re
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.models import Contract
from tests.admin.conftest import SCREENS, every_page, list_of, page_of, signed_in
from tests.admin.walk import address_of

pytestmark = pytest.mark.usefixtures("book")

AT_MOST_QUERIES = 12
LATE = {"contracts_customer_change": 12, "contracts_managementunit_change": 12, "contracts_asked_confirm": 73}
"""What comes with the late part of a page: the next bill, which is what the close computes, with what came late of closed months; and
what the confirmation of another's verb would bring, which is the verb rehearsed: two thirds of its queries are the verb's own."""
ENGLISH = re.compile(
    r"\b(Home|Search|Filter|Select|View|Change|Add|Delete|Can|Log out|History|Save|Yes|No|All|Any|None|results?)\b"
)


class Page(HTMLParser):
    """What a page must not have, and its selects' sizes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.options: list[int] = []
        self.text: list[str] = []
        self.silent = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.inline += [f"{tag} {name}" for name in names if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in names and names.get("type") != "application/json"):
            self.inline.append(tag)
        if tag == "select":
            self.options.append(0)
        if tag == "option":
            self.options[-1] += 1
        self.silent = tag in {"script", "style"} or names.get("lang") == "en"

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.silent = False


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_answers(chief: User, language: str) -> None:
    client = signed_in(chief, language)
    for address in every_page():
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert f'<html lang="{language}"' in answer.text
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        page = Page(answer.text)
        assert page.inline == [], address
        assert max(page.options, default=0) <= 70, address
        assert "None" not in page.text, address
        # Words of Django's interface, which its Japanese catalogue replaces.
        assert language == "en" or ENGLISH.findall(" ".join(page.text)) == [], address


def test_who_may_only_view_sees_every_page(viewer: User) -> None:
    client = signed_in(viewer)
    assert {client.get(address).status_code for address in every_page()} == {200}


def test_english_pages_speak_english(chief: User) -> None:
    text = signed_in(chief, "en").get(list_of("contracts.contract")).text
    assert "Minimum term ends on" in text
    assert "最低利用期間満了日" not in text


@pytest.fixture(autouse=True)
def known_types(db: None) -> None:
    """A process asks once for each of Django's content types."""
    ContentType.objects.get_for_models(*apps.get_models())


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize("screen", LATE)
def test_the_late_part_of_a_page_has_its_own_bound(chief: User, screen: str) -> None:
    client, address = signed_in(chief), address_of(screen)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address, {"part": "late"}).status_code == 200
    assert len(queries) <= LATE[screen]


@pytest.mark.parametrize("screen", SCREENS)
def test_a_list_and_a_page_take_few_queries(chief: User, screen: str) -> None:
    client = signed_in(chief)
    for address in (list_of(screen), page_of(screen), list_of(screen) + "?q=U519"):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        assert len(queries) <= AT_MOST_QUERIES, (address, [query["sql"][:90] for query in queries])


@pytest.mark.parametrize(
    "screen", ["contracts.contract", "contracts.option", "contracts.linkedservice", "billing.chargeline"]
)
def test_queries_do_not_grow_with_rows(chief: User, screen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(chief)
    narrowed = "?month=2025-04" if screen == "billing.chargeline" else ""
    taken = []
    for rows in (3, 30):
        monkeypatch.setattr("contracts.admin.kit.base.FactAdmin.list_per_page", rows)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(list_of(screen) + narrowed).text.count("<tr>") == rows + 1
        taken.append(len(queries))
    assert taken[0] == taken[1]


def test_no_count_reads_further_than_the_cap(chief: User) -> None:
    with CaptureQueriesContext(connection) as queries:
        signed_in(chief).get(list_of("contracts.contract"))
    counts = [query["sql"] for query in queries if "COUNT(" in query["sql"]]
    assert counts
    assert all("LIMIT 10000" in sql for sql in counts)


def test_a_count_at_the_cap_says_so(chief: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contracts.admin.kit.base.CappedPaginator.count", 10_000)
    assert "10,000件以上" in signed_in(chief).get(list_of("contracts.contract")).text


def test_switching_the_language(chief: User) -> None:
    client = signed_in(chief)
    address = list_of("contracts.contract")
    answer = client.post(reverse("set_language"), {"language": "en", "next": address}, follow=True)
    assert '<html lang="en"' in answer.text
    assert answer.redirect_chain == [(address, 302)]


def test_the_sample_is_large_enough_to_mean_something() -> None:
    assert Contract.objects.count() > 100
