"""Nothing serious keeps anybody from a screen: axe looks at each, in Japanese and in English, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

GRAVE = {"serious", "critical"}


LOOKED_AT: set[Page] = set()
"""Pages that axe is looking at: it styles what it measures, and the policy that forbids that complains of axe alone."""


def grave(page: Page) -> list[str]:
    """What axe finds on the page that is serious or worse."""
    LOOKED_AT.add(page)
    found = Axe().run(page).response["violations"]
    page.evaluate("0")  # what was complained of meanwhile has arrived by now
    LOOKED_AT.discard(page)
    return [f"{v['impact']} {v['id']}: {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in GRAVE]


def screens() -> list[str]:
    """Every list of the admin, its index, the catalogue, and the verbs of lists."""
    lists = []
    for model, screen in admin.site._registry.items():
        meta = model._meta
        lists.append(reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"))
        lists += [
            reverse(f"admin:{meta.app_label}_{meta.model_name}_{verb.name}")
            for verb in getattr(screen, "general_verbs", ())
        ]
    return [reverse("admin:index"), reverse("admin:contracts_catalogue"), *lists]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_list(page: Page, theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    found = {}
    for address in screens():
        page.goto(address)
        if problems := grave(page):
            found[address] = problems
    assert found == {}
