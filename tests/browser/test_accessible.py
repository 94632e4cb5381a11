"""Nothing serious keeps anybody from a screen: axe looks at each, in Japanese and in English, light and dark."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page

from billing.models import Month
from contracts import clock
from contracts.clock import now
from contracts.operations.import_book import import_book
from tests.admin.walk import add_one_of_each, address_of, admin_names
from tests.browser.looking import grave
from tests.conftest import SAMPLE

pytestmark = pytest.mark.browser

# Pages that only lead elsewhere, or are none: signing out, a file, a redirect.
NO_PAGES = ("logout", "login", "jsi18n", "autocomplete", "_csv", "_export", "_history", "_add", "_delete", "_edit")
NO_PAGES += ("_template", "_marked", "_file")
# Lists as files; the book is asked for on a page of its own.
NO_PAGES += tuple(f"contracts_{name}_out" for name in ("contract", "option", "managementunit", "application", "notice"))


@pytest.fixture
def sample(service: None) -> None:
    """Real rows of every kind: the sample book, and what it has none of."""
    import_book(SAMPLE, by="試験", on=clock.today())
    Month.objects.update(closed_at=now(), closed_by="chief")
    add_one_of_each(User.objects.get(username="chief"))


def screens() -> list[str]:
    """Every list, every record's page and every verb's page of the admin, found by walking."""
    found = {name: address_of(name, must=False) for name in admin_names() if not name.endswith(NO_PAGES)}
    return [address for address in found.values() if address]


PARTS = 2
"""The screens are looked at in parts, which several processes can share."""


BROKEN = {
    "image-alt": "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='>",
    "label": "<input name='unsaid'>",
    "color-contrast": "<p id='faint'>読めない</p>",
    "link-name": "<a href='/admin/'></a>",
    "td-headers-attr": "<table><tr><th id='a'>a</th><td headers='b'>1</td></tr></table>",
}


def test_what_is_grave_is_found(page: Page) -> None:
    """The looking itself: it finds what is serious or critical, and nothing where nothing is."""
    page.goto("/admin/")
    assert grave(page) == []
    page.evaluate(
        "html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", "".join(BROKEN.values())
    )
    # A style by its attribute is what the policy refuses.
    page.evaluate("Object.assign(document.querySelector('#faint').style, {color: '#999', background: '#aaa'})")
    assert {problem.split(":")[0].split(" ")[1] for problem in grave(page)} == set(BROKEN)


@pytest.mark.parametrize("part", range(PARTS))
def test_every_screen(sample: None, page: Page, part: int) -> None:
    found = {}
    for address in screens()[part::PARTS]:
        page.emulate_media(color_scheme="light")
        answer = page.goto(address)
        assert answer is not None
        if answer.status != 200:
            continue
        problems = grave(page)
        # The themes differ in their colours alone: the same page, its colours changed.
        page.emulate_media(color_scheme="dark")
        page.evaluate("document.getAnimations().forEach(changing => changing.finish())")
        if problems := problems + [f"dark: {problem}" for problem in grave(page, "color-contrast")]:
            found[address] = problems
    assert found == {}, "\n".join(f"{address} {problem}" for address, problems in found.items() for problem in problems)
