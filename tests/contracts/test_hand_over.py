"""Colleagues take over: all units of a person, or a selection, at once, each told in the history."""

import pytest
from django.urls import reverse

from contracts.models import Entry, ManagementUnit
from contracts.operations.refusal import Refused
from contracts.operations.register import hand_over
from tests.admin.conftest import signed_in
from tests.contracts.book.build import book, customer, must_take, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(django_user_model, tmp_path):
    """Two who look after units: the first after three, the second after one."""
    must_take(book(customer(), *(unit(f"U-{number}") for number in range(1, 5))), tmp_path)
    first, second = (django_user_model.objects.create_superuser(name) for name in ("佐藤", "鈴木"))
    ManagementUnit.objects.exclude(code="U-4").update(account_manager=first)
    ManagementUnit.objects.filter(code="U-4").update(account_manager=second)
    return first, second


def held(person):
    return list(ManagementUnit.objects.filter(account_manager=person).order_by("code").values_list("code", flat=True))


def test_all_of_them(people):
    first, second = people
    assert hand_over(first, to=second, by=second) == 3
    assert (held(first), held(second)) == ([], ["U-1", "U-2", "U-3", "U-4"])
    told = Entry.objects.filter(operation="assign").order_by("pk")
    assert [(entry.subject, entry.before, entry.after) for entry in told] == [
        (f"U-{number}", {"account_manager": "佐藤"}, {"account_manager": "鈴木"}) for number in (1, 2, 3)
    ]


def test_a_selection_and_nobody(people):
    first, _second = people
    assert hand_over(first, to=None, codes=["U-2", "U-1"], by=first) == 2
    assert (held(first), held(None)) == (["U-3"], ["U-1", "U-2"])


@pytest.mark.parametrize(
    ("said", "field"),
    [({"codes": ["U-4"]}, "codes"), ({"codes": ["U-1", "U-9"]}, "codes"), ({"counted": 2}, ""), ({"to": None}, None)],
)
def test_what_is_not_theirs_or_not_as_shown_is_refused(people, said, field):
    first, second = people
    if field is None:
        with pytest.raises(Refused):
            hand_over(first, to=first, by=first)
        return
    with pytest.raises(Refused) as refused:
        hand_over(first, to=second, by=first, **said)
    assert refused.value.reason.field == field
    assert held(first) == ["U-1", "U-2", "U-3"]


def test_the_page_names_the_units_first(people):
    first, second = people
    client, page = signed_in(first), reverse("admin:contracts_managementunit_hand-over")
    given = {"person": first.pk, "to": second.pk, "codes": "U-1、U-2"}
    shown = client.post(page, given)
    for said in ("管理単位2件の担当が佐藤から鈴木に変わります", "U-1 株式会社見本 本社", "U-2"):
        assert said in shown.text, said
    assert held(second) == ["U-4"]
    client.post(page, {**given, "confirmed": "1", "counted": shown.context["form"].data["counted"]})
    assert held(second) == ["U-1", "U-2", "U-4"]
