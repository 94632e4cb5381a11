"""Nothing serious keeps anybody from a screen: axe looks at each, in Japanese and in English, light and dark."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page

from billing.models import Month
from contracts import clock
from contracts.clock import now
from contracts.operations.import_book import import_book
from tests.admin.walk import add_one_of_each, address_of, admin_names
from tests.browser.in_english import SIZES, is_tight, out_of_shape_in_english
from tests.browser.looking import AXE, CONTRAST, FRAME, LINK, grave, out_of_shape, settled
from tests.conftest import SAMPLE
from tests.turns import share

pytestmark = pytest.mark.browser

# Pages that only lead elsewhere, or are none: signing out, a file, a redirect.
NO_PAGES = ("logout", "login", "jsi18n", "autocomplete", "_csv", "_export", "_history", "_add", "_delete", "_edit")
NO_PAGES += ("_template", "_marked", "_file", "_print", "_pdf", "_print-all", "_zip-all")
# Lists as files; the book is asked for on a page of its own.
NO_PAGES += tuple(f"contracts_{name}_out" for name in ("contract", "option", "managementunit", "application", "notice"))


@pytest.fixture
def sample(service: None) -> None:
    """Real rows of every kind: the sample book, and what it has none of."""
    import_book(SAMPLE, by="試験", on=clock.today())
    Month.objects.update(closed_at=now(), closed_by="chief")
    add_one_of_each(User.objects.get(username="chief"))


# Beside the admin's own: what logging in twice over shows, and the search.
BESIDE = ("search", "account_reauthenticate", "mfa_index", "mfa_activate_totp")


def screens() -> list[str]:
    """Every list, every record's page and every verb's page of the admin, found by walking; and what stands beside it."""
    found = {name: address_of(name, must=False) for name in admin_names() if not name.endswith(NO_PAGES)}
    return [address for address in found.values() if address] + [reverse(name) for name in BESIDE]


PARTS = 2
"""The screens are looked at in parts, which several processes can share."""


BROKEN = {
    "image-alt": "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='>",
    "label": "<input name='unsaid'>",
    "color-contrast": "<p id='faint'>読めない</p>",
    "link-name": "<a href='/admin/'></a>",
    "link-in-text-block": "<p>長い文のなかにあって周りと同じに見える<a id='lost' href='/admin/'>道</a>は、だれも見つけない。</p>",
    "td-headers-attr": "<table><tr><th id='a'>a</th><td headers='b'>1</td></tr></table>",
}


def test_what_is_grave_is_found(page: Page) -> None:
    """The looking itself: it finds what is serious or critical, and nothing where nothing is."""
    page.goto("/admin/")
    assert grave(page, known=set()) == []
    page.evaluate(
        "html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", "".join(BROKEN.values())
    )
    # A style by its attribute is what the policy refuses.
    page.evaluate("Object.assign(document.querySelector('#faint').style, {color: '#999', background: '#aaa'})")
    page.evaluate("Object.assign(document.querySelector('#lost').style, {color: '#444', textDecoration: 'none'})")
    assert {problem.split(":")[0].split(" ")[1] for problem in grave(page, known=set())} == set(BROKEN)


def test_words_that_look_alike_are_looked_at_once(page: Page) -> None:
    """Whatever the words are; other colours, sizes, what lies beneath them and what it is seen through are others."""
    known: set[str] = set()
    page.goto("/admin/")
    assert grave(page, CONTRAST, known=known) == []
    assert known

    def found(words: str, **style: str) -> list[str]:
        put = """([words, style]) => {
            const under = document.createElement('div'), one = document.createElement('p');
            one.textContent = words;
            under.append(one);
            document.querySelector('main').append(under);
            for (const [name, value] of Object.entries(style)) {
                (name.startsWith('under') ? under : one).style[name.replace('under', '')] = value;
            }
        }"""
        page.evaluate(put, [words, style])
        return grave(page, CONTRAST, known=known)

    faint = {"color": "#999", "underbackground": "#aaa"}
    assert "読めない" in found("読めない", **faint)[0]
    assert found("同じ", **faint) == []
    assert "他の色" in found("他の色", **faint | {"color": "#888"})[0]
    assert "大きさ" in found("大きさ", **faint, fontSize="15px")[0]
    assert "下の色" in found("下の色", **faint | {"underbackground": "#bbb"})[0]
    assert "薄い" in found("薄い", **faint, underopacity="0.9")[0]
    assert found("読める", color="#000", underbackground="#fff") == []


def test_links_that_look_alike_among_their_words_are_looked_at_once(page: Page) -> None:
    """However the link is drawn, and the block around it: another of either is another look."""
    known: set[str] = set()
    page.goto("/admin/")

    def found(link: str, *, within: dict[str, str] | None = None, among: str = "の周りの語", **style: str) -> list[str]:
        put = """([words, among, style, within]) => {
            const block = document.createElement('div'), one = document.createElement('a');
            one.href = '/admin/';
            one.textContent = words;
            block.append(among, one, among);
            document.querySelector('main').append(block);
            Object.assign(block.style, {color: '#333', background: '#fff'}, within);
            Object.assign(one.style, style);
        }"""
        page.evaluate(put, [link, among, style, within or {}])
        return grave(page, LINK, known=known)

    lost = {"color": "#444", "textDecoration": "none", "fontWeight": "inherit"}
    assert found("単独", among="", **lost) == []
    assert "見えない" in found("見えない", **lost)[0]
    assert found("同じ", **lost) == []
    assert "他の色" in found("他の色", **lost | {"color": "#222"})[0]
    assert "他の文" in found("他の文", within={"color": "#111"}, **lost)[0]
    assert "他の地" in found("他の地", within={"background": "#eee"}, **lost)[0]
    assert found("下線", **lost | {"textDecoration": "underline"}) == []
    assert found("太字", **lost | {"fontWeight": "900"}) == []


OUT = {
    "wider than the window": "<p id='wide'>横</p>",
    "cut": "<div id='cut'><p>端で切れる</p></div>",
    "scrolls sideways": "<div id='sideways'><p>右へ続く</p></div>",
    "broken or raw: SPAN": "<p class='broken'>日は2026-11-26</p>",
    "broken or raw: P raw": "<p class='raw'>swg||タイプF</p>",
    "broken or raw: P none": "<p class='none'>担当 None</p>",
    "broken or raw: P unsaid": "<p class='unsaid'>%(count)s件</p>",
    "a colon after a label": "<label for='side'>名称:</label><input id='side'>",
    "under the help": "<div class='object-tools'><a href='/admin/'>履歴</a></div>",
}


def test_what_is_out_of_shape_is_found(page: Page) -> None:
    """The looking itself: it finds what does not fit, and nothing where all does."""
    page.set_viewport_size({"width": 1366, "height": 900})
    page.goto("/admin/")
    assert out_of_shape(page) == []
    page.evaluate(
        "html => document.querySelector('#content').insertAdjacentHTML('beforeend', html)", "".join(OUT.values())
    )
    page.evaluate("""() => {
        const put = (what, style) => Object.assign(document.querySelector(what).style, style);
        put('#wide', {width: '3000px'});
        put('#cut', {overflow: 'hidden', width: '2em'});
        put('#cut p', {width: '9em'});
        put('#sideways', {overflow: 'auto', width: '2em'});
        put('#sideways p', {width: '9em'});
        put('.broken', {width: '4em', whiteSpace: 'normal'});
        for (const one of document.querySelectorAll('.broken .unbroken')) one.style.whiteSpace = 'normal';
        const help = document.querySelector('.screen-help').getBoundingClientRect();
        put('.object-tools a', {position: 'fixed', left: `${help.left}px`, top: `${help.top}px`});
    }""")
    found = out_of_shape(page)
    assert [what for what in OUT if not any(what in said for said in found)] == []


LAPTOP, LARGER = SIZES
"""A laptop's window; and with everything in it a quarter larger, as many set their browser."""


def looked_at(page: Page, frame: Sequence[str], tight: list[str], *, back: bool) -> list[str]:
    """What is wrong with a page: in a laptop's window light and dark, and a quarter larger; or the same ``back`` from there."""

    def light() -> list[str]:
        page.emulate_media(color_scheme="light")
        tight.extend([urlsplit(page.url).path] * is_tight(page))
        return grave(page, without=frame) + out_of_shape(page)

    def dark() -> list[str]:
        # The themes differ in their colours alone: the same page, its colours changed.
        page.set_viewport_size(LAPTOP)
        page.emulate_media(color_scheme="dark")
        return [f"dark: {problem}" for problem in grave(page, CONTRAST, without=frame)]

    def larger() -> list[str]:
        page.set_viewport_size(LARGER)
        return [f"125 %: {problem}" for problem in out_of_shape(page)]

    looks = (light, dark, larger)
    return [problem for look in (reversed(looks) if back else looks) for problem in look()]


@pytest.mark.parametrize("part", range(PARTS))
def test_every_screen(sample: None, unpainted: Page, part: int) -> None:
    found = {}
    tight: list[str] = []
    unpainted.set_viewport_size(LAPTOP)
    unpainted.add_init_script(AXE.axe_script)
    frame: tuple[str, ...] = ()
    back = False
    for address in share(screens())[part::PARTS]:
        answer = unpainted.goto(address)
        assert answer is not None
        if answer.status != 200:
            continue
        settled(unpainted)
        if problems := looked_at(unpainted, frame, tight, back=back):
            found[address] = problems
        # What stands around every page was looked at around the first.
        frame = FRAME
        # Each begins as the one before it ended: the theme and the window are changed once for a page.
        back = not back
    found |= out_of_shape_in_english(unpainted, tight)
    assert found == {}, "\n".join(f"{address} {problem}" for address, problems in found.items() for problem in problems)
