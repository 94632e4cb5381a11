"""What keeps people from a screen, as axe finds it; and what a screen's console complains of, axe itself left out."""

from collections.abc import Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, expect

GRAVE = {"serious", "critical"}
AXE = Axe()
# What a rule finds is as grave as the rule. Those that say the least are not asked, nor what axe leaves out by itself.
RULES = """grave => axe._audit.rules
    .filter(rule => grave.includes(rule.impact) && rule.enabled && !rule.tags.includes('experimental'))
    .map(rule => rule.id)"""
STILL = """async () => {
    for (let waits = 0; waits < 500 && document.querySelector('[aria-busy="true"]'); waits++) await new Promise(done => setTimeout(done, 20));
    for (const one of document.getAnimations()) if (one.effect.getComputedTiming().endTime !== Infinity) one.finish();
}"""
"""What is being computed has come, and no colour is on its way to another."""


OUT_OF_SHAPE = r"""() => {
    const found = [];
    const told = (what, one) => found.push(`${what}: ${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 40)}`);
    const page = document.documentElement;
    if (page.scrollWidth > page.clientWidth + 1) found.push(`the page is wider than the window: ${page.scrollWidth}`);
    for (const one of document.querySelectorAll('#content *')) {
        const style = getComputedStyle(one);
        const fits = one.scrollWidth <= one.clientWidth + 1 || style.overflowX !== 'hidden' || style.position === 'absolute';
        if (!fits && one.clientWidth && style.textOverflow !== 'ellipsis' && !one.closest('svg, option')) told('cut', one);
        const sideways = one.scrollWidth > one.clientWidth + 1 && one.clientWidth && /auto|scroll/.test(style.overflowX);
        if (sideways && style.position !== 'absolute') told('scrolls sideways', one);
    }
    const tops = (text, from, upTo) => {
        const range = document.createRange();
        range.setStart(text, from);
        range.setEnd(text, upTo);
        return new Set([...range.getClientRects()].filter(box => box.width).map(box => Math.round(box.top))).size;
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode, around = text.parentElement;
        if (around.closest('script, style, svg, option, textarea')) continue;
        for (const said of text.data.matchAll(/\d{4}-\d\d-\d\d|\d[\d,]{4,}円|9999-|\|\||\b(None|True|False)\b|%\(\w+\)|\{\w*\}/g)) {
            const lines = tops(text, said.index, said.index + said[0].length);
            if (/^(9999|[|NTF%{])/.test(said[0]) ? lines : lines > 1) told('broken or raw', around);
        }
    }
    for (const label of document.querySelectorAll('label, .label')) {
        if (/[:：]\s*$/.test(label.textContent)) told('a colon after a label', label);
    }
    const help = document.querySelector('.screen-help')?.getBoundingClientRect();
    for (const one of document.querySelectorAll('.object-tools a')) {
        const box = one.getBoundingClientRect();
        const over = help && box.right > help.left && box.left < help.right && box.top < help.bottom && box.bottom > help.top;
        if (over) told('under the help', one);
    }
    return found;
}"""
"""What does not fit a window: a page wider than it, a table to be scrolled sideways, words that are cut, a day or an amount over two lines; and what only a program reads."""


def out_of_shape(page: Page) -> list[str]:
    """What on the page is cut, broken over two lines, hidden under something else, or written for a program alone."""
    found: list[str] = page.evaluate(OUT_OF_SHAPE)
    return found


REPEATED = "tbody tr:nth-child(n+7)"
"""Rows made as those above them: a list of a hundred rows is looked at in six."""
FRAME = ("#header", "#nav-sidebar")
"""What stands around every page of the admin."""

LOOKED_AT: set[Page] = set()
"""Pages that axe is looking at: it styles what it measures, and the policy that forbids that complains of axe alone."""


CONTRAST, LINK = "color-contrast", "link-in-text-block"
"""Whether words can be told from what lies beneath them, and a link from the words around it: that takes as long as all other rules together."""
LOOKS = r"""
const grounds = new Map();
const ground = one => {
    if (!one) return '';
    if (!grounds.has(one)) {
        const {backgroundColor, backgroundImage, opacity} = getComputedStyle(one);
        const clear = [backgroundColor, backgroundImage, opacity].filter(said => !['rgba(0, 0, 0, 0)', 'none', '1'].includes(said));
        const last = /^rgb\(/.test(backgroundColor) && backgroundImage === 'none' && opacity === '1';
        grounds.set(one, clear.join('|') + '/' + (last ? '' : ground(one.parentElement)));
    }
    return grounds.get(one);
};
const control = one => /^(INPUT|SELECT|TEXTAREA|BUTTON)$/.test(one.tagName) ? one.tagName : '';
const says = one => control(one) || [...one.childNodes].some(text => text.nodeType === Node.TEXT_NODE && text.data.trim());
const words = one => {
    const style = getComputedStyle(one);
    const off = one.closest(':disabled, [aria-disabled=true]') ? 'off' : '';
    return [control(one), off, style.color, style.fontSize, style.fontWeight, style.textShadow, ground(one)].join('|');
};
const drawn = one => {
    const style = getComputedStyle(one), sides = ['Top', 'Right', 'Bottom', 'Left'].map(side => style[`border${side}`]);
    const more = ['::before', '::after'].map(where => getComputedStyle(one, where).content);
    return [words(one), style.font, style.textDecoration, style.outline, style.display, ...sides, ...more].join('|');
};
const within = link => {
    let block = link.parentElement;
    while (block && /^(inline|contents)/.test(getComputedStyle(block).display)) block = block.parentElement;
    return block ? drawn(block) : '';
};
const looks = {
    'color-contrast': one => says(one) ? words(one) : null,
    'link-in-text-block': one => `${drawn(one)} in ${within(one)}`,
};
"""
"""How words look, by the rule: their colours, sizes and lines, and what lies beneath them; of a link, the block that it stands in too."""
ANEW = """([known, without]) => {%s
    const seen = new Set(known), anew = new Set();
    for (const one of document.body.querySelectorAll('*')) {
        const way = says(one) && `color-contrast ${words(one)}`;
        if (way && !seen.has(way) && !anew.has(way) && one.getClientRects().length && !one.closest(without)) anew.add(way);
    }
    return [...anew];
}""".replace("%s", LOOKS)
"""The ways in which words of the page look and none did before."""
RUN = """([where, wanted, known]) => {%s
    const seen = new Set(known), anew = [];
    for (const rule of axe._audit.rules) {
        if (!(rule.id in looks) || !wanted.runOnly.includes(rule.id)) continue;
        const concerns = rule.concerns = rule.concerns ?? rule.matches;
        rule.matches = (node, ...more) => {
            const found = looks[rule.id](node), way = `${rule.id} ${found}`;
            if (found === null || seen.has(way) || !concerns.call(rule, node, ...more)) return false;
            seen.add(way);
            anew.push(way);
            return true;
        };
    }
    return axe.run(where, wanted).then(found => [found.violations, anew]);
}""".replace("%s", LOOKS)
"""Runs axe; of words that look alike one is looked at, and none of those that look as some did before."""
ASKED: list[str] = []
"""Those rules, once axe has been asked for them."""
KNOWN: set[str] = set()
"""How words looked on all pages before, in light and dark: their colours are part of it."""


def grave(page: Page, *rules: str, without: Sequence[str] = (), known: set[str] = KNOWN) -> list[str]:
    """What axe finds on the page that is serious or worse, by those rules, or by all; what lies ``without`` is looked at elsewhere.

    ``known``: how words looked on the pages before. Whether they can be told from what lies around them hangs on that alone.
    """
    page.evaluate(STILL)
    away = [REPEATED, *without]
    ways = page.evaluate(ANEW, [sorted(known), ", ".join(away)]) if rules == (CONTRAST,) else []
    if rules == (CONTRAST,) and not ways:
        return []
    LOOKED_AT.add(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    # What holds is not told: telling of each element costs as much as looking at it. And no stylesheet is fetched again: none of
    # those rules reads one.
    asked = list(rules) or ASKED or page.evaluate(RULES, sorted(GRAVE))
    ASKED[:] = ASKED if rules else asked
    wanted = {"resultTypes": ["violations"], "preload": False, "runOnly": asked}
    found, anew = page.evaluate(RUN, [{"exclude": away}, wanted, sorted(known)])
    known.update(anew, ways)
    page.evaluate("0")  # what was complained of meanwhile has arrived by now
    LOOKED_AT.discard(page)
    return [f"{v['impact']} {v['id']}: {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in GRAVE]


def complains(said: ConsoleMessage, page: Page) -> bool:
    """Whether a console complains of the page."""
    return said.type in {"error", "warning"} and page not in LOOKED_AT


def settled(page: Page) -> None:
    """Wait for what the page computes after it has come."""
    expect(page.locator("[data-late][aria-busy]")).to_have_count(0, timeout=30_000)
