"""The tables that leave a page no room: they are looked at in English too, whose words are longer."""

from playwright.sync_api import Page, ViewportSize

from tests.browser.looking import out_of_shape, settled

TIGHT = 0.7
"""How much of its place a table needs in Japanese, at the least, where its English does not fit. Others were never seen to scroll."""
NEEDS = """() => Math.max(0, ...[...document.querySelectorAll('#content .results > table')].map(table => {
    const width = table.style.width, place = table.parentElement.clientWidth;
    table.style.width = 'min-content';
    const needed = table.offsetWidth / place;
    table.style.width = width;
    return needed;
}))"""
SIZES: tuple[ViewportSize, ...] = ({"width": 1366, "height": 900}, {"width": 1093, "height": 720})
"""A laptop, and the same a quarter larger."""


def is_tight(page: Page) -> bool:
    """Whether a table of the page, in a window of 1366 pixels, needs so much of its place that longer words may not fit."""
    return bool(page.evaluate(NEEDS) >= TIGHT)


def out_of_shape_in_english(page: Page, addresses: list[str]) -> dict[str, list[str]]:
    """What of those pages is out of shape in English, by address, for whoever is signed in on the page."""
    assert page.context.browser is not None
    base = "/".join(page.url.split("/")[:3])
    context = page.context.browser.new_context(
        locale="en-US", base_url=base, storage_state=page.context.storage_state()
    )
    english = context.new_page()
    found = {}
    for address in addresses:
        english.goto(address)
        settled(english)
        assert english.locator("html").get_attribute("lang") == "en"
        problems = []
        for size in SIZES:
            english.set_viewport_size(size)
            problems += [f"{size['width']}: {problem}" for problem in out_of_shape(english)]
        if problems:
            found[f"{address} in English"] = problems
    context.close()
    return found
