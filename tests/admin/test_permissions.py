"""Nothing is written through these screens, and nobody sees what they may not."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from tests.admin.conftest import CATALOGUE, SCREENS, list_of, page_of, signed_in

pytestmark = pytest.mark.usefixtures("book")


@pytest.mark.parametrize("screen", SCREENS)
def test_not_even_a_superuser_writes(chief: User, screen: str) -> None:
    client, before = signed_in(chief), apps.get_model(screen).objects.count()
    page = page_of(screen)
    for address in (page, page.removesuffix("change/") + "delete/", list_of(screen) + "add/"):
        assert client.post(address, {"post": "yes"}).status_code == 403, address
    assert client.get(list_of(screen) + "add/").status_code == 403
    client.post(list_of(screen), {"action": "delete_selected", "_selected_action": "1", "post": "yes"})
    assert apps.get_model(screen).objects.count() == before


@pytest.mark.parametrize("screen", SCREENS)
def test_staff_without_permission_is_refused(stranger: User, screen: str) -> None:
    client = signed_in(stranger)
    row = page_of(screen).removesuffix("change/")
    for address in (list_of(screen), row + "change/", row + "history/", row + "delete/"):
        assert client.get(address).status_code == 403, address


def test_the_catalogue_asks_for_a_permission(stranger: User) -> None:
    assert signed_in(stranger).get(reverse(CATALOGUE)).status_code == 403
    stranger.user_permissions.add(Permission.objects.get(codename="view_contract"))
    assert signed_in(stranger).get(reverse(CATALOGUE)).status_code == 200


def test_whoever_is_not_signed_in_is_sent_to_sign_in() -> None:
    for address in (reverse("admin:index"), reverse(CATALOGUE), *map(list_of, SCREENS), *map(page_of, SCREENS)):
        assert Client().get(address).headers["Location"].startswith("/admin/login/")


def test_the_menu_names_only_what_may_be_seen(stranger: User) -> None:
    text = signed_in(stranger).get(reverse("admin:index")).text
    assert not [screen for screen in SCREENS if list_of(screen) in text]
    assert reverse(CATALOGUE) not in text


def test_a_page_leaves_out_tables_that_may_not_be_seen(stranger: User) -> None:
    stranger.user_permissions.add(Permission.objects.get(codename="view_contract"))
    text = signed_in(stranger).get(page_of("contracts.contract")).text
    assert "通信環境準備完了日" in text
    assert "月額費用" not in text
