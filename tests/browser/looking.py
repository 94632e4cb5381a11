"""What keeps people from a screen, as axe finds it; and what a screen's console complains of, axe itself left out."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

GRAVE = {"serious", "critical"}
AXE = Axe()
# What a rule finds is as grave as the rule. Those that say the least are not asked, nor what axe leaves out by itself.
RULES = """grave => axe._audit.rules
    .filter(rule => grave.includes(rule.impact) && rule.enabled && !rule.tags.includes('experimental'))
    .map(rule => rule.id)"""
STILL = """Promise.all(document.getAnimations()
    .filter(one => one.effect.getComputedTiming().endTime !== Infinity)
    .map(one => one.finished.catch(() => null))).then(() => null)"""


LOOKED_AT: set[Page] = set()
"""Pages that axe is looking at: it styles what it measures, and the policy that forbids that complains of axe alone."""


def grave(page: Page, *rules: str) -> list[str]:
    """What axe finds on the page that is serious or worse, by those rules, or by all."""
    # A colour on its way from one to the other is neither.
    page.evaluate(STILL)
    LOOKED_AT.add(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    # What holds is not told: telling of each element costs as much as looking at it. And no stylesheet is fetched again: none of
    # those rules reads one.
    asked = list(rules) or page.evaluate(RULES, sorted(GRAVE))
    wanted = {"resultTypes": ["violations"], "preload": False, "runOnly": asked}
    found = page.evaluate("wanted => axe.run(wanted).then(found => found.violations)", wanted)
    page.evaluate("0")  # what was complained of meanwhile has arrived by now
    LOOKED_AT.discard(page)
    return [f"{v['impact']} {v['id']}: {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in GRAVE]


def complains(said: ConsoleMessage, page: Page) -> bool:
    """Whether a console complains of the page."""
    return said.type in {"error", "warning"} and page not in LOOKED_AT
