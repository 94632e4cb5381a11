"""Every page and every verb asks for its permission, as every role: found by walking the addresses, not by a list of them."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from contracts.admin.verbs import ActingAdmin
from tests.admin.conftest import signed_in
from tests.admin.walk import address_of, admin_names

pytestmark = pytest.mark.usefixtures("book")

ROLES = ["営業担当", "営業責任者", "経理", "監査", "管理者", ""]
"""The last has no role at all."""
# Django's own pages, for everybody who is signed in; and what only leads elsewhere.
OF_EVERYBODY = {
    *("index", "login", "logout", "password_change", "password_change_done", "jsi18n", "app_list"),
    *("view_on_site", "autocomplete"),
}
OTHERS = {
    "contracts_catalogue": "contracts.view_contract",
    "contracts_entry_csv": "contracts.view_entry",
    "contracts_application_new": "contracts.enter_application",
    "contracts_application_edit": "contracts.enter_application",
    "contracts_application_accept": "contracts.decide_application",
    "auth_user_password_change": "auth.change_user",
}
NOBODY = "nobody"


def needed(name: str) -> str:
    """The permission that a page of that name asks for, '' where everybody may."""
    if name in OF_EVERYBODY:
        return ""
    if name in OTHERS:
        return OTHERS[name]
    for model, screen in admin.site._registry.items():
        meta = model._meta
        prefix = f"{meta.app_label}_{meta.model_name}_"
        if not name.startswith(prefix):
            continue
        rest = name.removeprefix(prefix)
        if isinstance(screen, ActingAdmin):
            verbs = {verb.name: verb.permission for verb in (*screen.verbs, *screen.general_verbs)}
            if rest in verbs:
                return verbs[rest]
        if rest in ("changelist", "change", "history"):
            return f"{meta.app_label}.view_{meta.model_name}"
        if rest in ("add", "delete"):
            return f"auth.{rest}_{meta.model_name}" if meta.app_label == "auth" else NOBODY
    raise AssertionError(f"nobody has said which permission {name} asks for")


def person(role: str) -> User:
    user = User.objects.create_user(f"who is {role}", is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    return user


def test_the_walk_finds_the_pages() -> None:
    names = admin_names()
    assert len(names) > 100
    assert {"contracts_application_accept", "contracts_entry_csv", "contracts_consent_end"} <= set(names)


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize("role", ROLES)
def test_every_page_asks_for_its_permission(role: str) -> None:
    user = person(role)
    client = signed_in(user)
    wrong = []
    for name in admin_names():
        permission, address = needed(name), address_of(name)
        if not permission or not address:
            continue
        may = user.has_perm(permission)
        # A form posted empty writes nothing; whether it is looked at at all is what is asked here.
        for method in (client.get, client.post) if permission not in _READ_ONLY else (client.get,):
            refused = method(address).status_code == 403
            if refused == may:
                wrong.append((name, method.__name__, permission, may))
    assert wrong == []


_READ_ONLY = {f"{model._meta.app_label}.view_{model._meta.model_name}" for model in admin.site._registry}
"""Permissions to look: nothing is posted to those pages."""


@pytest.mark.usefixtures("one_of_each")
def test_the_auditor_sees_everything_and_changes_nothing() -> None:
    client = signed_in(person("監査"))
    for name in admin_names():
        permission, address = needed(name), address_of(name)
        if not address or permission == "" or permission.startswith("auth."):
            continue
        looks = permission.partition(".")[2].startswith("view_")
        assert (client.get(address).status_code == 403) is not looks, name
        if not name.endswith(("_changelist", "_csv", "_catalogue", "_history")):
            assert client.post(address, {"confirmed": "1"}).status_code == 403, name


@pytest.mark.usefixtures("one_of_each")
def test_who_is_not_signed_in_or_not_staff_is_sent_to_sign_in() -> None:
    outsider = signed_in(User.objects.create_user("outsider"))
    for name in admin_names():
        address = address_of(name)
        if not address or name in ("login", "logout", "jsi18n"):
            continue
        for client in (Client(), outsider):
            answer = client.get(address)
            assert answer.status_code == 302, name
            assert answer.headers["Location"].startswith("/admin/login/"), name


def test_only_a_superuser_makes_another() -> None:
    boss = signed_in(person("管理者"))
    other = User.objects.create_user("other", is_staff=True)
    page = reverse("admin:auth_user_change", args=[other.pk])
    assert 'name="is_superuser"' not in boss.get(page).text
    given = {"username": "other", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    given |= {"date_joined_0": "2026-11-01", "date_joined_1": "00:00:00"}
    boss.post(page, given)
    other.refresh_from_db()
    assert not other.is_superuser


@pytest.mark.parametrize(("language", "named"), [("ja", "営業責任者"), ("en", "Account manager lead")])
def test_roles_are_named_in_the_language_of_the_screen(chief: User, language: str, named: str) -> None:
    client = signed_in(chief, language)
    assert named in client.get(reverse("admin:auth_group_changelist")).text
    assert named in client.get(reverse("admin:auth_user_change", args=[chief.pk])).text
    page = client.get(reverse("admin:auth_group_change", args=[Group.objects.order_by("pk")[0].pk])).text
    assert "Can " not in page
    assert ("申込を承諾又は拒絶する" in page) is (language == "ja")
