"""The menu, drawn once for all who see the same: each in their language, of what they may see, with the mark where they stand."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse, set_script_prefix

from contracts.templatetags.menu import menu
from tests.admin.conftest import CATALOGUE, list_of, signed_in

pytestmark = pytest.mark.django_db

MENU = re.compile(r'<nav class="sticky" id="nav-sidebar".*?</nav>', re.S)
MARKED = re.compile(r'<a (?:class="home" )?href="([^"]+)" aria-current="page"')


def menu_of(client: Client, address: str) -> str:
    found = MENU.search(client.get(address).text)
    assert found, address
    return found[0]


def test_each_screen_is_marked_on_its_own_page(chief: User) -> None:
    client = signed_in(chief)
    for _again in range(2):
        for address in (
            reverse("admin:index"),
            list_of("contracts.price"),
            list_of("billing.month"),
            reverse(CATALOGUE),
        ):
            assert MARKED.findall(menu_of(client, address)) == [address]


def test_each_language_has_its_own(chief: User) -> None:
    page = list_of("contracts.price")
    for _again in range(2):
        assert ">できることの一覧</a>" in menu_of(signed_in(chief), page)
        assert ">Who may do what</a>" in menu_of(signed_in(chief, "en"), page)


def test_what_somebody_may_see_is_theirs_from_the_next_page_on(chief: User, stranger: User) -> None:
    index, screen = reverse("admin:index"), list_of("contracts.price")
    assert screen in menu_of(signed_in(chief), index)
    assert screen not in menu_of(signed_in(stranger), index)
    stranger.user_permissions.add(Permission.objects.get(codename="view_price"))
    assert screen in menu_of(signed_in(stranger), index)
    assert list_of("billing.month") not in menu_of(signed_in(stranger), index)
    stranger.user_permissions.clear()
    assert screen not in menu_of(signed_in(stranger), index)


def test_a_site_below_an_address_has_its_own(chief: User, rf) -> None:
    request = rf.get("/")
    request.user = chief
    try:
        set_script_prefix("/below/")
        assert f'href="/below{list_of("contracts.price").removeprefix("/below")}"' in menu({"request": request})
    finally:
        set_script_prefix("/")
    assert f'href="{list_of("contracts.price")}"' in menu({"request": request})
