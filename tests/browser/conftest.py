"""A real Chromium, and a server with a few contracts and one open month."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import Settings

from billing.models import ChargeLine, Month
from contracts.models import Application, Contract, Customer, ManagementUnit, Price, Target
from tests.browser.answers import Answers
from tests.browser.desks import PASSWORD, Desks
from tests.browser.looking import complains, settled
from tests.worlds import with_another_connection

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The browser, first without the frame of a window around its pages: that costs as much as the pages do."""
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    # One process for all tabs of a window: what it has read of the program of our pages, the next tab has too.
    "--process-per-site",
)
UNPAINTED = "--disable-threaded-compositing"
"""Without a compositor no frame is made: neither a click nor a picture of a page comes to an end. A third of what a page takes."""


@pytest.fixture(scope="session")
def answers(django_db_setup: None, live_server: Any) -> Answers:
    """What the server answers. It ends once its last connection has, and those to the database with it, before that goes."""
    server = live_server.thread.httpd
    server.daemon_threads = False
    found = Answers(server.get_app(), in_turn=connection.vendor == "sqlite" and connection.is_in_memory_db())
    server.set_app(found)
    return found


@pytest.fixture(scope="session")
def launched(answers: Answers, django_db_blocker: Any) -> Iterator[Callable[..., Browser]]:
    """Launches the browser, with more flags. Each ends before the server does."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"no Chromium here: none of {', '.join(NAMES)} is on the path")
    # Playwright runs a loop of its own in this thread; Django takes that for asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    # From here on the thread's connection is another than before: it belongs to the loop.
    with with_another_connection(sync_playwright(), django_db_blocker) as playwright:
        running: list[Browser] = []

        def launch(*more: str) -> Browser:
            running.append(playwright.chromium.launch(executable_path=path, args=[*FLAGS, *more]))
            return running[-1]

        with connection.execute_wrapper(answers.query_of_the_test):
            yield launch
        for browser in running:
            browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def browser(launched: Callable[..., Browser]) -> Browser:
    """The one at which people sit."""
    return launched()


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
def windows(browser: Browser, live_server: Any, answers: Answers) -> Desks:
    """The windows that stay open from test to test."""
    return Desks(browser, live_server.url, answers)


@pytest.fixture
def desks(windows: Desks, transactional_db: None) -> Iterator[Desks]:
    """Where the people of a test sit, and are gone before the database is emptied."""
    yield windows
    windows.tidy()


@contextmanager
def at_first_page(desks: Desks) -> Iterator[Page]:
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


@pytest.fixture
def page(desks: Desks, service: None) -> Iterator[Page]:
    """At the first page, signed in."""
    with at_first_page(desks) as page:
        yield page


@pytest.fixture(scope="session")
def unpainted_windows(launched: Callable[..., Browser], live_server: Any, answers: Answers) -> Desks:
    return Desks(launched(UNPAINTED), live_server.url, answers)


@pytest.fixture
def unpainted(unpainted_windows: Desks, service: None) -> Iterator[Page]:
    """The same in a browser that lays its pages out and never paints them, for whoever asks what is where and in which colour."""
    with at_first_page(unpainted_windows) as page:
        yield page
    unpainted_windows.tidy()
