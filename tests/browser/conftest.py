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
from tests.browser.looking import complains, left

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PASSWORD = "only-in-this-test"


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


@pytest.fixture
def page(browser: Browser, service: None, live_server: Any) -> Iterator[Page]:
    """Signed in, in Japanese. Whatever the console complains of — a broken policy, a missing file — fails the test."""
    context = browser.new_context(locale="ja-JP", base_url=live_server.url, viewport={"width": 1400, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if complains(said, page) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/admin/")
    page.fill("#id_username", "chief")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_selector(".first-page")
    yield page
    left(context)
    assert complaints == []
