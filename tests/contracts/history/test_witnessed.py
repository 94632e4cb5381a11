"""What happens to people, roles and log-ins is in the history, by whom; and the settings that a process started with."""

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from contracts.models import Entry, RightsChange
from contracts.operations import witnessed
from csoc_admin import seen_settings
from csoc_admin.logs import current_command
from tests.admin.conftest import signed_in

pytestmark = pytest.mark.django_db
WORD = "とても長い合言葉 2026"


@pytest.fixture
def chief():
    return User.objects.create_superuser("chief", password=WORD)


@pytest.fixture
def second():
    return User.objects.create_superuser("second", password=WORD)


def told():
    return list(Entry.objects.order_by("pk").values_list("operation", "record", "subject", "actor"))


def log_in(name, word):
    client = Client()
    client.post(reverse("admin:login"), {"username": name, "password": word})
    return client


def test_log_ins_failed_ones_and_log_outs(chief):
    log_in("chief", "wrong")
    log_in("my-secret-typed-here", "wrong")
    client = log_in("chief", WORD)
    client.post(reverse("admin:logout"))
    assert told() == [
        ("log_in_failed", "login", "chief", "—"),
        ("log_in_failed", "login", "my…", "—"),
        ("log_in", "login", "chief", "chief"),
        ("log_out", "login", "chief", "chief"),
    ]
    assert Entry.objects.first().after == {"address": "127.0.0.1"}


def decided(asks, decides, name, whose, **given):
    """A change of rights asked for by one and granted by another, on their screens."""
    asked = {**given, name: whose.pk, "because": "異動", "confirmed": "1"}
    asks.post(reverse(f"admin:contracts_rightschange_ask-{name}"), asked)
    address = reverse("admin:contracts_rightschange_grant", args=[RightsChange.objects.get().pk])
    decides.post(address, {"confirmed": "1"})


def test_a_person_their_roles_and_password(chief, second):
    client = signed_in(chief)
    client.post(reverse("admin:auth_user_add"), {"username": "new", "password1": WORD, "password2": WORD})
    person = User.objects.get(username="new")
    client.post(reverse("admin:auth_user_change", args=[person.pk]), {"last_name": "新", "is_active": "on"})
    client.post(
        reverse("admin:auth_user_password_change", args=[person.pk]), {"password1": f"{WORD}!", "password2": f"{WORD}!"}
    )
    role = Group.objects.get(name="経理")
    decided(client, signed_in(second), "person", person, give_roles=[role.pk])
    operations = [(operation, subject, actor) for operation, _kind, subject, actor in told()]
    for operation in ("register", "change_person", "set_password"):
        assert (operation, "new", "chief") in operations
    rights = Entry.objects.get(operation="change_person", after__has_key="groups")
    assert (rights.before["groups"], rights.after["groups"]) == ([], ["経理"])
    assert (rights.subject, rights.actor) == ("new", "second")
    assert "password" not in str(list(Entry.objects.values_list("before", "after")))


def code(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_ones_own_second_factor_and_recovery_codes(chief):
    """Set up, made anew and removed on one's own pages: each told, by whom, and what the person has then."""
    factors = "/admin/account/factors/"
    client = log_in("chief", WORD)
    client.post("/admin/account/reauthenticate/", {"password": WORD})
    client.get(f"{factors}totp/activate/")
    assert client.post(f"{factors}totp/activate/", {"code": "000000"}).status_code == 200
    secret = client.session["mfa.totp.secret"]
    assert client.post(f"{factors}totp/activate/", {"code": code(secret)}).status_code == 302
    assert client.post(f"{factors}recovery-codes/generate/").status_code == 302
    assert client.post(f"{factors}totp/deactivate/").status_code == 302
    entries = Entry.objects.filter(operation="change_person").order_by("pk")
    assert {(one.record, one.subject, one.actor) for one in entries} == {("person", "chief", "chief")}
    both = ["recovery_codes", "totp"]
    assert [(one.before["second_factors"], one.after["second_factors"]) for one in entries] == [
        ([], ["totp"]),
        (["totp"], both),
        (both, ["totp"]),  # codes are made anew: the old ones go
        (["totp"], both),
        (both, ["recovery_codes"]),
        (["recovery_codes"], []),
    ]
    assert secret not in str(list(Entry.objects.values_list("before", "after", "reason")))
    page = client.get(reverse("admin:contracts_entry_changelist")).text
    assert all(word in page for word in ("第二要素", "認証アプリ", "リカバリーコード"))


def test_a_second_factor_that_is_used_is_a_log_in_and_no_change(chief):
    secret = generate_totp_secret()
    TOTP.activate(chief, secret)
    client = log_in("chief", WORD)
    client.post("/admin/account/factors/authenticate/", {"code": code(secret)})
    assert told() == [("log_in", "login", "chief", "chief")]


def test_a_password_is_told_once(chief, second):
    """Whoever sets it tells it, and what listens to changes of people does not tell it once more."""
    other = User.objects.create_user("other", is_staff=True, password=WORD)
    another = {"password1": f"{WORD}!", "password2": f"{WORD}!", "set_usable_password": "true"}
    signed_in(chief).post(reverse("admin:auth_user_password_change", args=[other.pk]), another)
    own = {"old_password": WORD, "new_password1": f"{WORD}?", "new_password2": f"{WORD}?"}
    assert signed_in(second).post(reverse("admin:password_change"), own).status_code == 302
    second.refresh_from_db()
    assert second.check_password(f"{WORD}?")
    assert told() == [("set_password", "password", "other", "chief"), ("own_password", "password", "second", "second")]


def test_a_password_set_by_a_command_is_told(chief):
    token = current_command.set("changepassword")
    try:
        chief.set_password(f"{WORD}!")
        chief.save()
    finally:
        current_command.reset(token)
    assert told() == [("set_password", "person", "chief", "manage.py changepassword")]


def test_a_person_who_is_removed(chief):
    """One on whom nothing rests; who set whose password does, and stays."""
    person = User.objects.create_user("unused")
    address = reverse("admin:auth_user_delete", args=[person.pk])
    assert signed_in(chief).post(address, {"post": "yes"}).status_code == 302
    assert told() == [("remove", "person", "unused", "chief")]


def test_a_role_and_what_it_may(chief, second):
    role = Group.objects.get(name="監査")
    kept = list(role.permissions.order_by("pk").values_list("pk", flat=True))
    decided(signed_in(chief), signed_in(second), "role", role, takes=kept[-1:])
    entry = Entry.objects.get(operation="change_role")
    assert (entry.record, entry.subject, entry.actor) == ("role", "監査", "second")
    assert len(entry.before["permissions"]) == len(entry.after["permissions"]) + 1 == len(kept)


def test_a_command_is_named_and_what_nobody_does_is_not_told():
    User.objects.create_user("quiet")
    assert told() == []
    token = current_command.set("createsuperuser")
    try:
        User.objects.create_superuser("loud", password=WORD)
    finally:
        current_command.reset(token)
    assert told() == [("register", "person", "loud", "manage.py createsuperuser")]


def test_settings_are_told_once_and_again_when_they_changed(settings):
    seen_settings.tell("web")
    seen_settings.tell("worker")
    settings.FOUR_EYES = not settings.FOUR_EYES
    seen_settings.tell("web")
    first, second = Entry.objects.order_by("pk")
    assert first.after["FOUR_EYES"] is not second.after["FOUR_EYES"]
    assert second.before == {"FOUR_EYES": first.after["FOUR_EYES"]}
    assert settings.SECRET_KEY not in str(first.after)


def test_a_database_without_tables_keeps_nobody_from_starting(monkeypatch):
    def away(*_args, **_values):
        raise witnessed.DatabaseError

    monkeypatch.setattr(witnessed.history, "record", away)
    seen_settings.tell("web")
    assert told() == []
