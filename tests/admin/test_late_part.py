"""The late part of a page: a piece for every place that the page keeps, the same as on the whole page, and nothing for who may not see it."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from contracts.models import Customer, ManagementUnit
from tests.admin.conftest import page_of, signed_in

pytestmark = pytest.mark.usefixtures("book")
SCREENS = ("contracts.customer", "contracts.managementunit")
BILLS = "前回の請求と次回の請求"


def address(screen: str) -> str:
    row = {"contracts.customer": Customer, "contracts.managementunit": ManagementUnit}[screen].objects.order_by("pk")[0]
    return page_of(screen, row.pk)


def pieces(text: str) -> set[str]:
    return set(re.findall(r'data-late="([^"]+)"', text))


def may(*names: str) -> Client:
    user = User.objects.create_user("seen", is_staff=True)
    user.user_permissions.set(_permissions(*names))
    return signed_in(user)


def _permissions(*names: str):  # type: ignore[no-untyped-def]
    permissions = User.user_permissions.field.related_model.objects
    return permissions.filter(codename__in=names)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_piece_comes_for_every_place(chief: User, screen: str) -> None:
    client = signed_in(chief)
    first, late = (client.get(address(screen), asked).text for asked in ({}, {"part": "late"}))
    assert pieces(first) == pieces(late) >= {"figures", "bills"}
    assert "two-bills" in late
    assert "two-bills" not in first
    assert "<html" not in late


@pytest.mark.parametrize("screen", SCREENS)
def test_whoever_has_no_script_has_it_all_at_once(chief: User, screen: str) -> None:
    client = signed_in(chief)
    whole = client.get(address(screen), {"part": "whole"})
    assert pieces(whole.text) == set()
    assert whole.context["bills"] == client.get(address(screen), {"part": "late"}).context["bills"]


@pytest.mark.parametrize("screen", SCREENS)
def test_the_parts_are_told_as_of_the_same_days(chief: User, screen: str) -> None:
    days = {"on": "2025-03-15", "known": "2026-01-05"}
    text = signed_in(chief).get(address(screen), days).text
    (asked,) = set(re.findall(r'data-late-part="([^"]+)"', text))
    assert "on=2025-03-15" in asked
    assert "known=2026-01-05" in asked
    assert "part=late" in asked


@pytest.mark.parametrize("asked", ["", "late", "whole", "LATE", "nothing"])
@pytest.mark.parametrize("screen", SCREENS)
def test_who_may_not_see_yen_gets_none_in_any_part(screen: str, asked: str) -> None:
    client = may("view_customer", "view_managementunit")
    text = client.get(address(screen), {"part": asked}).text
    assert BILLS not in text
    assert "two-bills" not in text


def test_who_may_not_see_units_gets_no_late_part() -> None:
    client = may("view_customer", "view_invoice", "view_chargeline")
    text = client.get(address("contracts.customer"), {"part": "late"}).text
    assert "two-bills" not in text
    assert "請求書" not in text


def test_a_stranger_gets_no_part(stranger: User) -> None:
    assert {signed_in(stranger).get(address(one), {"part": "late"}).status_code for one in SCREENS} == {403}
