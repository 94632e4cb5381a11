"""What happens to people, roles and log-ins is in the history, by whom; and the settings that a process started with."""

import pytest
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
