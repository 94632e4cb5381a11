"""A passkey: set up and asked for in a real browser, whose authenticator is one of its own; who has none of it stays outside."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings

from tests.browser.desks import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
FACTORS = "/admin/account/factors/"
WAIT = 20_000
OF_ITS_OWN = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def chief(settings: Settings) -> User:
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.STORAGES = settings.STORAGES | plain
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # the server of the tests speaks no HTTPS
    return User.objects.create_superuser("chief", password=PASSWORD)


def with_authenticator(page: Page) -> Any:
    """The browser has a passkey device of its own."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    device = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": OF_ITS_OWN})
    return cdp, device["authenticatorId"]


def log_in(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/login/")
    page.fill("#id_username", "chief")
    page.fill("#id_password", PASSWORD)
    page.click("#login-form [type=submit]")
    page.wait_for_load_state()


def test_a_passkey_is_set_up_and_asked_for(browser: Browser, live_server: Any, chief: User) -> None:
    context: BrowserContext = browser.new_context(locale="ja-JP")
    page = context.new_page()
    page.set_default_timeout(WAIT)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    cdp, device = with_authenticator(page)
    log_in(page, live_server.url)
    page.goto(f"{live_server.url}{FACTORS}webauthn/add/")
    if "reauthenticate" in page.url:  # who sets up another factor is asked once more who they are
        page.fill("#id_password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "reauthenticate" not in url)  # and is loaded: its script hears the button
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: not url.endswith("/webauthn/add/"))
    assert Authenticator.objects.filter(user=chief, type="webauthn").count() == 1
    assert len(cdp.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]) == 1
    assert said == [], "the content security policy lets it work"
    # Somebody else, who knows the password and has not the device.
    other = browser.new_context(locale="ja-JP").new_page()
    other.set_default_timeout(WAIT)
    with_authenticator(other)
    log_in(other, live_server.url)
    expect(other).to_have_url(f"{live_server.url}{FACTORS}authenticate/")
    other.goto(f"{live_server.url}/admin/")
    expect(other.locator("#id_password")).to_be_visible(timeout=WAIT)
    other.context.close()
    # Who has it.
    context.clear_cookies()
    log_in(page, live_server.url)
    expect(page).to_have_url(f"{live_server.url}{FACTORS}authenticate/")
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url(f"{live_server.url}/admin/")
    expect(page.locator("#user-tools")).to_contain_text("chief", timeout=WAIT)
    context.close()
