"""Colleagues take over: all units of a person, or a selection, at once or from a day on, each told in the history."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from contracts import clock
from contracts.models import Entry, HandOver, ManagementUnit
from contracts.operations.hand_over import hand_over, take_back, waiting_for
from contracts.operations.jobs import run
from contracts.operations.refusal import Refused
from tests.admin.conftest import signed_in
from tests.contracts.book.build import book, customer, must_take, unit

pytestmark = pytest.mark.django_db
TODAY, MONDAY = date(2026, 3, 25), date(2026, 3, 30)
AT_ONCE = {"from_on": TODAY, "on": TODAY}
LATER = {"from_on": MONDAY, "on": TODAY}


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
    assert len(hand_over(first, to=second, by=second, **AT_ONCE).handed) == 3
    assert (held(first), held(second)) == ([], ["U-1", "U-2", "U-3", "U-4"])
    told = Entry.objects.filter(operation="assign").order_by("pk")
    assert [(entry.subject, entry.before, entry.after) for entry in told] == [
        (f"U-{number}", {"account_manager": "佐藤"}, {"account_manager": "鈴木"}) for number in (1, 2, 3)
    ]


def test_a_selection_and_nobody(people):
    first, _second = people
    assert hand_over(first, to=None, codes=["U-2", "U-1"], by=first, **AT_ONCE).handed == ["U-1", "U-2"]
    assert (held(first), held(None)) == (["U-3"], ["U-1", "U-2"])


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"codes": ["U-4"]}, "codes"),
        ({"codes": ["U-1", "U-9"]}, "codes"),
        ({"counted": 2}, ""),
        ({"to": None}, None),
        ({"from_on": date(2026, 3, 24)}, "from_on"),
    ],
)
def test_what_is_not_theirs_or_not_as_shown_is_refused(people, said, field):
    first, second = people
    if field is None:
        with pytest.raises(Refused):
            hand_over(first, to=first, by=first, **AT_ONCE)
        return
    with pytest.raises(Refused) as refused:
        hand_over(first, to=second, by=first, **{**AT_ONCE, **said})
    assert refused.value.reason.field == field
    assert held(first) == ["U-1", "U-2", "U-3"]


def test_the_page_names_the_units_first(people):
    first, second = people
    client, page = signed_in(first), reverse("admin:contracts_managementunit_hand-over")
    given = {"person": first.pk, "to": second.pk, "codes": "U-1、U-2", "from_on": clock.today().isoformat()}
    shown = client.post(page, given)
    for said in ("管理単位2件の担当が佐藤から鈴木に変わります", "U-1 株式会社見本 本社", "U-2"):
        assert said in shown.text, said
    assert held(second) == ["U-4"]
    client.post(page, {**given, "confirmed": "1", "counted": shown.context["form"].data["counted"]})
    assert held(second) == ["U-1", "U-2", "U-4"]


def test_units_are_handed_to_those_who_can_look_after_them(people, django_user_model):
    first, second = people
    for name, role in (("経理の人", "経理"), ("営業の人", "営業担当")):
        person = django_user_model.objects.create_user(name, is_staff=True)
        person.groups.set(Group.objects.filter(name=role))
    form = signed_in(first).get(reverse("admin:contracts_managementunit_hand-over")).context["form"]
    assert [person.username for person in form.fields["person"].queryset] == ["佐藤", "鈴木"]
    assert {person.username for person in form.fields["to"].queryset} == {"佐藤", "鈴木", "営業の人"}
    # Whoever looks after a unit today stays a choice on its page.
    unit = ManagementUnit.objects.get(code="U-4")
    second.is_active = False
    second.save()
    form = signed_in(first).get(reverse("admin:contracts_managementunit_assign", args=[unit.pk])).context["form"]
    assert {person.username for person in form.fields["to"].queryset} == {"佐藤", "鈴木", "営業の人"}


def test_from_a_day_on(people):
    """Seen beforehand; carried out in the morning of the day, or of the next that has one; once."""
    first, second = people
    row = hand_over(first, to=second, codes=["U-2", "U-1"], by=first, **LATER)
    assert (row.state, row.codes, held(second)) == ("waiting", ["U-1", "U-2"], ["U-4"])
    assert [waiting_for(unit) for unit in ManagementUnit.objects.order_by("code")] == [[row], [row], [], []]
    assert run("dated", MONDAY - timedelta(1)).count == 0
    assert held(second) == ["U-4"]
    assert run("dated", MONDAY + timedelta(2)).count == 2
    assert run("dated", MONDAY + timedelta(3)).count == 0
    row.refresh_from_db()
    assert (row.state, row.handed, row.closed_on, row.closed_by) == (
        "done",
        ["U-1", "U-2"],
        date(2026, 4, 1),
        "システム",
    )
    assert (held(first), held(second)) == (["U-3"], ["U-1", "U-2", "U-4"])
    told = list(Entry.objects.exclude(operation="import").order_by("pk").values_list("operation", "subject"))
    assert told == [("plan_hand_over", "佐藤"), ("assign", "U-1"), ("assign", "U-2")]


def test_all_that_the_person_has_on_the_day(people):
    """A unit that came to them meanwhile goes too; one that went to somebody else stays there."""
    first, second = people
    hand_over(first, to=second, by=first, **LATER)
    ManagementUnit.objects.filter(code="U-4").update(account_manager=first)
    ManagementUnit.objects.filter(code="U-1").update(account_manager=None)
    run("dated", MONDAY)
    assert (held(first), held(second), held(None)) == ([], ["U-2", "U-3", "U-4"], ["U-1"])


def test_taken_back_before_its_day_and_planned_again(people):
    first, second = people
    row = take_back(hand_over(first, to=second, by=first, **LATER), on=TODAY, by=second)
    assert (row.state, row.closed_by) == ("taken_back", "鈴木")
    with pytest.raises(Refused):
        take_back(row, on=TODAY, by=second)
    assert run("dated", MONDAY).count == 0
    assert held(second) == ["U-4"]
    again = hand_over(first, to=None, codes=["U-3"], by=first, from_on=MONDAY, on=MONDAY)
    assert (again.state, held(None)) == ("done", ["U-3"])
    with pytest.raises(Refused):
        take_back(again, on=MONDAY, by=second)


def test_the_page_of_a_unit_says_what_is_planned(people):
    first, second = people
    client, on = signed_in(first), clock.today() + timedelta(3)
    page = reverse("admin:contracts_managementunit_hand-over")
    given = {
        "person": first.pk,
        "to": second.pk,
        "codes": "U-1",
        "from_on": on.isoformat(),
        "confirmed": "1",
        "counted": 1,
    }
    client.post(page, given)
    unit = ManagementUnit.objects.get(code="U-1")
    assert f"{on}に佐藤から鈴木へ" in client.get(reverse("admin:contracts_managementunit_change", args=[unit.pk])).text
    row = HandOver.objects.get()
    assert "U-1" in client.get(reverse("admin:contracts_handover_changelist")).text
    client.post(reverse("admin:contracts_handover_take-back", args=[row.pk]), {"confirmed": "1"})
    row.refresh_from_db()
    assert row.state == "taken_back"
