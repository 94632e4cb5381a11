"""Logging in: locked after failures, passwords compared as people read them, second factors, the company's sign-on, named proxies."""

from types import SimpleNamespace
from typing import Any

import pytest
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory

from csoc_admin.log_in import BY_PROXY, HOW, Company

pytestmark = pytest.mark.django_db
WORD = "an-honest-word-7"
LOGIN, HOME, FACTORS = "/admin/login/", "/admin/", "/admin/account/factors/"


def person(name: str = "keiri", role: str = "", **more: Any) -> User:
    user = User.objects.create_user(name, password=WORD, **{"is_staff": True, **more})
    user.groups.set(Group.objects.filter(name=role))
    return user


def log_in(client: Client, name: str = "keiri", word: str = WORD, **more: Any) -> Any:
    return client.post(LOGIN, {"username": name, "password": word}, **more)


def inside(client: Client) -> bool:
    return client.get(HOME).status_code == 200


# Failures


def test_who_fails_too_often_waits_and_nobody_else_does(settings: Any) -> None:
    person(), person("other")
    client = Client()
    for _attempt in range(settings.AXES_FAILURE_LIMIT - 1):
        assert log_in(client, word="wrong").status_code == 200
    assert log_in(client, word="wrong").status_code == 429
    locked = log_in(client)
    assert locked.status_code == 429
    assert "しばらくログインできません" in locked.text
    assert locked.headers["Retry-After"] == "900"
    assert not inside(client)
    assert log_in(Client(), "other").status_code == 302
    assert log_in(Client(), REMOTE_ADDR="10.0.0.9").status_code == 302


def test_a_log_in_that_is_right_forgets_the_failures(settings: Any) -> None:
    person()
    for _round in range(3):
        for _attempt in range(settings.AXES_FAILURE_LIMIT - 1):
            log_in(Client(), word="wrong")
        assert log_in(Client()).status_code == 302


def test_a_name_that_nobody_has_is_locked_as_well(settings: Any) -> None:
    """Whoever guesses learns nothing of which names there are."""
    for _attempt in range(settings.AXES_FAILURE_LIMIT - 1):
        assert log_in(Client(), "nobody", "wrong").status_code == 200
    assert log_in(Client(), "nobody", "wrong").status_code == 429


def test_who_is_no_staff_or_switched_off_does_not_come_in() -> None:
    person("out", is_staff=False), person("gone", is_active=False)
    for name in ("out", "gone"):
        client = Client()
        assert log_in(client, name).status_code == 200
        assert not inside(client)


# Passwords


@pytest.mark.parametrize(
    "word",
    [
        *(
            "short-11-cc",
            "123456789012",
            "１２３４５６７８９０１２",
            "1234 5678 9012",
            "TeleCharGement",
            "ｑｗｅｒｔｙ１２３４５６",
        ),
        *("ＴＥＬＥＣＨＡＲＧＥＭＥＮＴ", "keiri-tantousha", "ＫＥＩＲＩ－ＴＡＮＴＯＵＳＨＡ"),
    ],
)
def test_a_password_that_is_guessed_is_refused(word: str) -> None:
    user = User(username="keiri-tantousha")
    with pytest.raises(ValidationError):
        validate_password(word, user)


@pytest.mark.parametrize("word", [WORD, "十二文字以上の長い合い言葉です", "x7-correct-horse"])
def test_a_password_that_is_not_guessed_is_taken(word: str) -> None:
    validate_password(word, User(username="keiri"))


# Second factors


def code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def with_factor(user: User) -> str:
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def test_who_has_a_second_factor_is_asked_for_it() -> None:
    secret = with_factor(person())
    client = Client()
    asked = log_in(client)
    assert asked.headers["Location"] == f"{FACTORS}authenticate/"
    page = client.get(asked.headers["Location"])
    assert page.status_code == 200
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert not inside(client)
    client.post(f"{FACTORS}authenticate/", {"code": "000000"})
    assert not inside(client)
    client.post(f"{FACTORS}authenticate/", {"code": code(secret)})
    assert inside(client)


@pytest.mark.parametrize(("roles", "asked"), [(["経理"], True), (["*"], True), (["監査"], False), ([], False)])
def test_a_second_factor_is_demanded_by_role(settings: Any, roles: list[str], asked: bool) -> None:
    settings.SECOND_FACTOR_ROLES = roles
    user = person(role="経理")
    client = Client()
    log_in(client)
    assert inside(client) is not asked
    if asked:
        assert client.get("/admin/contracts/customer/").headers["Location"] == FACTORS
        assert client.get(FACTORS, follow=True).status_code == 200
        with_factor(user)
        assert inside(client)


def test_a_superuser_needs_one_wherever_any_role_does(settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = ["監査"]
    person(is_superuser=True)
    client = Client()
    log_in(client)
    assert not inside(client)


def test_the_pages_of_second_factors_are_of_our_own_frame() -> None:
    person()
    client = Client()
    log_in(client)
    for page in ("", "totp/activate/", "webauthn/add/"):
        answer = client.get(f"{FACTORS}{page}", follow=True)
        assert answer.status_code == 200, page
        assert "contracts/shell.css" in answer.text
        assert "style=" not in answer.text.partition("<main")[2], page
    assert Authenticator.objects.count() == 0


@pytest.mark.parametrize(
    "address", ["signup/", "email/", "password/reset/", "password/set/", "company/signup/", "company/"]
)
def test_nobody_registers_themselves(address: str) -> None:
    assert Client().get(f"/admin/account/{address}").status_code in (302, 404)
    assert Client().get(f"/admin/account/{address}", follow=True).redirect_chain[-1:] in (
        [],
        [(f"/admin/login/?next=/admin/account/{address}", 302)],
    )


# A proxy that is named


@pytest.fixture
def proxy(settings: Any) -> None:
    settings.REMOTE_USER_HEADER, settings.TRUSTED_PROXIES = "X-Remote-User", ["10.1.2.3"]


def by(client: Client, name: str, address: str = "10.1.2.3") -> Any:
    return client.get(HOME, headers={"X-Remote-User": name}, REMOTE_ADDR=address)


@pytest.mark.usefixtures("proxy")
def test_whom_a_named_proxy_names_is_in() -> None:
    person()
    client = Client()
    assert by(client, "keiri").status_code == 200
    assert client.session[HOW] == BY_PROXY
    assert by(client, "").status_code == 302, "gone as soon as the proxy names nobody"


@pytest.mark.usefixtures("proxy")
def test_from_any_other_address_the_header_is_nothing() -> None:
    person()
    assert by(Client(), "keiri", "10.9.9.9").status_code == 302
    client = Client()
    by(client, "keiri")
    assert by(client, "keiri", "10.9.9.9").status_code == 302


@pytest.mark.usefixtures("proxy")
@pytest.mark.parametrize("more", [{"is_active": False}, {"is_staff": False}])
def test_whom_this_office_does_not_know_is_turned_away(more: dict[str, bool]) -> None:
    person("gone", **more)
    assert by(Client(), "gone").status_code == 403
    assert by(Client(), "stranger").status_code == 403
    assert User.objects.count() == 1


@pytest.mark.usefixtures("proxy")
def test_another_name_is_another_person() -> None:
    person(), person("other")
    client = Client()
    by(client, "keiri")
    assert by(client, "other").context["user"].username == "other"


def test_without_the_setting_the_header_is_nothing() -> None:
    person()
    assert by(Client(), "keiri").status_code == 302


# The company's sign-on


def named(name: str, *, of: User | None = None) -> tuple[Any, Any]:
    request = RequestFactory().get("/")
    request.session, request.user = SessionStore(), User()
    connected: list[User] = []
    login = SimpleNamespace(
        account=SimpleNamespace(extra_data={"userinfo": {"preferred_username": name}, "email": "keiri@example.jp"}),
        is_existing=of is not None,
        user=of,
        connect=lambda request, person: connected.append(person),
        connected=connected,
    )
    return request, login


def test_whom_the_company_names_is_connected_to_the_person_of_that_log_in() -> None:
    user = person()
    request, login = named("keiri")
    Company().pre_social_login(request, login)
    assert login.connected == [user]


@pytest.mark.parametrize("name", ["stranger", "gone", "", "KEIRI"])
def test_whom_it_names_and_nobody_here_knows_is_turned_away(name: str) -> None:
    person(), person("gone", is_active=False)
    with pytest.raises(ImmediateHttpResponse) as turned:
        Company().pre_social_login(*named(name))
    assert turned.value.response.status_code == 403


def test_an_account_of_the_company_stays_with_its_person() -> None:
    """Connected before to one, and named otherwise today: it is nobody's."""
    person(), person("other")
    with pytest.raises(ImmediateHttpResponse):
        Company().pre_social_login(*named("other", of=User.objects.get(username="keiri")))


def test_its_button_is_there_where_it_is_set(settings: Any) -> None:
    assert "社内認証" not in Client().get(LOGIN).text
    settings.OIDC_URL = "https://login.example.jp"
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [settings.OIDC_APP]}}
    assert "社内認証でログインする" in Client().get(LOGIN).text
