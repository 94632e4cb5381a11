"""A lost second factor is removed by a command: asked for by another, told in the history; and what of log-ins there was ends."""

from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.urls import reverse

from contracts.models import Entry
from tests.admin.conftest import signed_in

pytestmark = pytest.mark.django_db
INDEX = reverse("admin:index")


@pytest.fixture
def lost() -> User:
    person = User.objects.create_superuser("keiri", password="an-honest-word-7")
    TOTP.activate(person, generate_totp_secret())
    Authenticator.objects.create(user=person, type="webauthn", data={})
    return person


@pytest.fixture
def other() -> User:
    other = User.objects.create_user("kanri", is_staff=True)
    TOTP.activate(other, generate_totp_secret())
    return other


def removed(**said: Any) -> str:
    out = StringIO()
    call_command("remove_second_factor", "keiri", **{"by": "kanri", "reason": "電話の紛失", **said}, stdout=out)
    return out.getvalue()


def test_it_goes_with_the_log_ins_and_is_told(lost: User, other: User) -> None:
    client, another = signed_in(lost), signed_in(User.objects.create_superuser("chief"))
    assert client.get(INDEX).status_code == 200
    assert "「keiri」の第二要素を外しました（2件）" in removed()
    assert list(Authenticator.objects.values_list("user__username", flat=True)) == ["kanri"], "nobody else's"
    assert client.get(INDEX).status_code == 302
    assert another.get(INDEX).status_code == 200
    told = Entry.objects.get(operation="change_person")
    assert (told.actor, told.subject, told.reason) == ("kanri", "keiri", "電話の紛失")
    assert (told.before, told.after) == ({"second_factors": ["totp", "webauthn"]}, {"second_factors": []})


@pytest.mark.usefixtures("lost", "other")
@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"by": "keiri"}, "別の人が依頼"),
        ({"by": "nobody"}, "「nobody」の利用者はいません"),
        ({"reason": " "}, "理由が必要"),
    ],
)
def test_it_stays_where_it_is_not_for_whoever_asks(said: dict[str, str], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        removed(**said)
    assert Authenticator.objects.count() == 3
    assert not Entry.objects.exists()


@pytest.mark.parametrize("gone", ["is_active", "is_staff"])
def test_who_is_at_work_here_no_more_asks_for_nothing(lost: User, other: User, gone: str) -> None:
    User.objects.filter(pk=other.pk).update(**{gone: False})
    with pytest.raises(CommandError, match="ログインできる利用者ではありません"):
        removed()
    assert Authenticator.objects.filter(user=lost).count() == 2


def test_who_has_none_is_said(lost: User, other: User) -> None:
    removed()
    with pytest.raises(CommandError, match="第二要素はありません"):
        removed()
    assert Entry.objects.count() == 1
