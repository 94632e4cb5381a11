"""A real Chromium, and a server with a few contracts and one open month."""

import os
import shutil
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import Settings

from billing.models import ChargeLine, Month
from billing.operations import roles
from contracts.models import Application, Contract, Customer, ManagementUnit, Price, Target
from tests.browser.desks import PASSWORD, Desks
from tests.browser.looking import complains, settled

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The browser, first without the frame of a window around its pages: that costs as much as the pages do."""
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    # One process for all tabs of a window: what it has read of the program of our pages, the next tab has too.
    "--process-per-site",
)


def make_roles() -> None:
    """The groups made after every migrate: a test that commits empties them, and the next one needs them again."""
    roles.make_roles(using="default")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"no Chromium here: none of {', '.join(NAMES)} is on the path")
    # Playwright runs a loop of its own in this thread; Django takes that for asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def service(transactional_db: None, settings: Settings) -> None:
    """One customer with three contracts, their prices, and the lines of an open month."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    User.objects.create_superuser("chief", password=PASSWORD)
    customer = Customer.objects.create(code="C1", name="見本商事株式会社")
    unit = ManagementUnit.objects.create(code="U1", customer=customer, name="本社")
    application = Application.objects.create(
        number="AP1", unit=unit, applied_on=date(2025, 4, 1), accepted_on=date(2025, 4, 5)
    )
    month = Month.objects.create(month=date(2025, 4, 1), facts_revision=1, line_count=3, total_yen=600_000)
    for number in (1, 2, 3):
        target = Target.objects.create(
            number=f"SOC{number}",
            kind="module",
            unit=unit,
            application=application,
            billing_starts_on=date(2025, 4, 10),
        )
        Contract.objects.create(target=target, category="module", module_type="cloud_log")
        Price.objects.create(target=target, fee="initial", amount_yen=200_000)
        ChargeLine.objects.create(
            month=month, customer=customer, unit=unit, target=target, fee="initial", from_on=date(2025, 4, 5),
            to_on=date(2025, 4, 5), quantity=1, unit_price_yen=200_000, amount_yen=200_000, tax_category="taxable",
            clause="13-1", basis="初期費用 200,000円", cause="AP1", policy="2019-10",
        )  # fmt: skip


@pytest.fixture(scope="session")
def windows(browser: Browser, live_server: Any) -> Desks:
    """The windows that stay open from test to test."""
    return Desks(browser, live_server.url)


@pytest.fixture
def desks(windows: Desks, transactional_db: None) -> Iterator[Desks]:
    """Where the people of a test sit, and are gone before the database is emptied."""
    yield windows
    windows.tidy()


@pytest.fixture
def page(desks: Desks, service: None) -> Iterator[Page]:
    """Signed in, in Japanese. Whatever the console complains of — a broken policy, a missing file — fails the test."""
    page = desks.of("chief")
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if complains(said, page) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/admin/")
    page.wait_for_selector(".first-page")
    yield page
    settled(page)
    assert complaints == []
