"""A log-in by the company's sign-on, from the button to the first page, with a sign-on that is really asked over HTTP."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.test import Client

from contracts.models import Entry
from csoc_admin.log_in import BY_COMPANY, HOW
from tests.wiring.sign_on import CLIENT, SECRET, SignOn

pytestmark = pytest.mark.django_db
BEGIN, HOME = "/admin/account/company/oidc/company/login/", "/admin/"


@pytest.fixture(scope="module")
def server() -> Iterator[SignOn]:
    server = SignOn()
    yield server
    server.close()


@pytest.fixture
def sign_on(server: SignOn, settings: Any) -> SignOn:
    server.claims, server.bent = {"sub": "s-1", "preferred_username": "keiri"}, {}
    app = settings.OIDC_APP | {"client_id": CLIENT, "secret": SECRET, "settings": {"server_url": server.url}}
    settings.OIDC_URL = server.url
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    return server


def person(name: str = "keiri", **more: Any) -> User:
    return User.objects.create_user(name, **{"is_staff": True, **more})


def came_back(client: Client, sign_on: SignOn) -> Any:
    """The button, the sign-on, and the way back."""
    sent = client.get(BEGIN)
    assert sent.status_code == 302
    assert sent.headers["Location"].startswith(f"{sign_on.url}/authorize?")
    back = urlsplit(sign_on.authorized(sent.headers["Location"]))
    return client.get(f"{back.path}?{back.query}")


def inside(client: Client) -> bool:
    return client.get(HOME).status_code == 200


def test_whom_the_company_knows_is_in_and_it_is_told(sign_on: SignOn) -> None:
    user, client = person(is_superuser=True), Client()
    answer = came_back(client, sign_on)
    assert (answer.status_code, answer.headers["Location"]) == (302, HOME)
    assert inside(client)
    assert client.session[HOW] == BY_COMPANY
    assert client.session["_auth_user_id"] == str(user.pk)
    assert Entry.objects.filter(operation="log_in", subject="keiri").count() == 1
    assert "/token" in sign_on.asked
    # And once more, as the account that is known by now.
    again = Client()
    came_back(again, sign_on)
    assert inside(again)
    assert SocialAccount.objects.filter(user=user).count() == 1


@pytest.mark.parametrize("claims", [{"sub": "s-2", "preferred_username": "stranger"}, {"sub": "s-2"}])
def test_whom_nobody_here_knows_is_turned_away(sign_on: SignOn, claims: dict[str, str]) -> None:
    person()
    sign_on.claims = claims
    client = Client()
    assert came_back(client, sign_on).status_code == 403
    assert not inside(client)
    assert User.objects.count() == 1


def test_who_was_switched_off_is_turned_away(sign_on: SignOn) -> None:
    person(is_active=False)
    client = Client()
    assert came_back(client, sign_on).status_code == 403
    assert not inside(client)


def test_another_account_is_not_the_person_of_the_first(sign_on: SignOn) -> None:
    """The company says that the account of one is another by name today."""
    person(), person("other")
    came_back(Client(), sign_on)
    sign_on.claims["preferred_username"] = "other"
    client = Client()
    assert came_back(client, sign_on).status_code == 403
    assert not inside(client)


@pytest.mark.parametrize(
    "bent",
    [
        pytest.param({"state": "another"}, id="the answer to somebody else's question"),
        pytest.param({"token": {"aud": "somebody-else"}}, id="meant for another"),
        pytest.param({"token": {"iss": "https://elsewhere.example.jp"}}, id="of another issuer"),
        pytest.param({"token": {"exp": int(time.time()) - 3600}}, id="over"),
    ],
)
def test_what_is_not_of_the_sign_on_lets_nobody_in(sign_on: SignOn, bent: dict[str, Any]) -> None:
    person()
    sign_on.bent = bent
    client = Client()
    answer = came_back(client, sign_on)
    assert answer.status_code < 500
    assert not inside(client)
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("path", ["http://127.0.0.1:9", "/nothing-here"])
def test_a_sign_on_that_is_away_is_said(settings: Any, sign_on: SignOn, path: str) -> None:
    """Nobody listens there, or what answers is none."""
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    address = path if path.startswith("http") else f"{sign_on.url}{path}/.well-known/openid-configuration"
    app["settings"] = {"server_url": address}
    answer = Client(raise_request_exception=False).get(BEGIN)
    assert answer.status_code == 503
    assert "社内認証が応答しません" in answer.text
