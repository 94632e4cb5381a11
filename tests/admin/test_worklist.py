"""The worklist on the first page: by day, for the right person, leading to where each thing can be settled."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contracts import clock
from contracts.admin.work.desk import AT_MOST, LINES, Line, of_person
from contracts.admin.work.worklist import standing
from contracts.models import Customer, Entry, ManagementUnit, WorkItem
from contracts.operations.refusal import Refused
from contracts.operations.work_by_hand import take
from tests.admin.conftest import signed_in

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
TODAY = NOW.date()


@pytest.fixture
def clerk(db: None) -> User:
    user = User.objects.create_user("clerk", is_staff=True)
    codes = ["view_workitem", "change_workitem", "view_managementunit"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    return user


@pytest.fixture
def unit(db: None, clerk: User) -> ManagementUnit:
    customer = Customer.objects.create(code="C1", name="見本商事")
    return ManagementUnit.objects.create(code="U1", customer=customer, name="本社", account_manager=clerk)


def item(unit: ManagementUnit, key: str, *, kind: str = "eligibility", **values: object) -> WorkItem:
    given = {"subject": "T1", "clause": "7-2", "text": "課金開始日が未定です", **values}
    due_at = given.get("due_at")
    due_on = timezone.localdate(due_at) if isinstance(due_at, datetime) else given.get("from_on")
    return WorkItem.objects.create(key=key, kind=kind, unit=unit, due_on=due_on, **given)


def lines(client: Client, whose: str = "") -> list[Line]:
    """The lines of the first page, whatever their kind."""
    desk = client.get(reverse("admin:index"), {"whose": whose} if whose else {}).context["desk"]
    return [line for group in (*desk.decisions, *desk.tasks) for line in group.lines]


def shown(client: Client, whose: str = "") -> dict[str, list[int]]:
    """The rows by how pressing they are."""
    found: dict[str, list[int]] = {}
    for line in lines(client, whose):
        found.setdefault(line.tone, []).extend(row["pk"] for row in line.rows)
    return found


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("values", "section"),
    [
        pytest.param({"from_on": TODAY - timedelta(1)}, "overdue", id="since yesterday"),
        pytest.param({"from_on": TODAY}, "today", id="from today on"),
        pytest.param({"from_on": TODAY + timedelta(1)}, "week", id="from tomorrow on"),
        pytest.param({"from_on": TODAY + timedelta(7)}, "week", id="in a week"),
        pytest.param({"from_on": TODAY + timedelta(8)}, "later", id="in more than a week"),
        pytest.param({}, "later", id="on no day known"),
        pytest.param({"from_on": TODAY - timedelta(9), "until_on": TODAY}, "overdue", id="over after today"),
        pytest.param(
            {"from_on": TODAY - timedelta(9), "until_on": TODAY - timedelta(1)}, "", id="over since yesterday"
        ),
        pytest.param({"shown_from": TODAY, "from_on": TODAY + timedelta(30)}, "later", id="shown from today on"),
        pytest.param({"shown_from": TODAY + timedelta(1), "from_on": TODAY + timedelta(30)}, "", id="not shown yet"),
        pytest.param({"due_at": NOW + timedelta(hours=14, minutes=-1)}, "today", id="due in the last minute of today"),
        pytest.param({"due_at": NOW + timedelta(hours=14)}, "week", id="due at midnight in Japan"),
        pytest.param({"due_at": NOW - timedelta(hours=11)}, "overdue", id="due yesterday"),
        pytest.param({"due_at": NOW - timedelta(minutes=1)}, "overdue", id="due a minute ago"),
        pytest.param({"due_at": NOW}, "today", id="due this minute"),
    ],
)
def test_a_row_stands_under_its_day(unit: ManagementUnit, clerk: User, values: dict[str, object], section: str) -> None:
    kind = str(values.pop("kind", "eligibility"))
    row = item(unit, "1", kind=kind, **values)
    assert shown(signed_in(clerk)) == ({section: [row.pk]} if section else {})


@time_machine.travel(NOW, tick=False)
def test_everybody_sees_their_own_and_nobodys(unit: ManagementUnit, clerk: User, chief: User) -> None:
    nobodys = ManagementUnit.objects.create(code="U2", customer=unit.customer, name="支社")
    others = ManagementUnit.objects.create(code="U3", customer=unit.customer, name="工場", account_manager=chief)
    own, free, foreign = item(unit, "1"), item(nobodys, "2"), item(others, "3")
    taken, gone = item(others, "4", taken_by=clerk), item(nobodys, "5", taken_by=chief)
    client = signed_in(clerk)
    assert shown(client) == {"later": [own.pk, free.pk, taken.pk]}
    assert shown(client, "taken") == {"later": [taken.pk]}
    assert shown(client, "all") == {"later": [own.pk, free.pk, foreign.pk, taken.pk, gone.pk]}


def act(client: Client, row: WorkItem, verb: str, **values: str) -> HttpResponse:
    """A button of the row pressed, on the first page."""
    address = reverse(f"admin:contracts_workitem_{verb}", args=[row.pk])
    return client.post(f"{address}?to=/admin/", {"csrfmiddlewaretoken": "x", **values})


@time_machine.travel(NOW, tick=False)
def test_a_row_is_taken_and_given_back_with_one_press(unit: ManagementUnit, clerk: User) -> None:
    row = item(unit, "1", note="電話した")
    client = signed_in(clerk)
    assert act(client, row, "take").headers["Location"] == "/admin/"
    row.refresh_from_db()
    assert (row.taken_by, row.note) == (clerk, "電話した")
    text = client.get(reverse("admin:index")).text
    assert "引受けを戻す" in text
    assert "引き受ける" not in text
    act(client, row, "give-back")
    row.refresh_from_db()
    assert (row.taken_by, row.note) == (None, "電話した")
    assert [entry.after for entry in Entry.objects.order_by("pk")] == [
        {"taken_by": "clerk", "note": "電話した"},
        {"taken_by": "", "note": "電話した"},
    ]


@time_machine.travel(NOW, tick=False)
def test_a_note_leaves_who_took_the_row(unit: ManagementUnit, clerk: User, chief: User) -> None:
    row = item(unit, "1", taken_by=chief)
    act(signed_in(clerk), row, "note", note="先方から電話がありました")
    row.refresh_from_db()
    assert (row.taken_by, row.note) == (chief, "先方から電話がありました")
    act(signed_in(clerk), row, "note", note="")
    row.refresh_from_db()
    assert (row.taken_by, row.note) == (chief, "")


@time_machine.travel(NOW, tick=False)
def test_nobody_takes_what_another_has(unit: ManagementUnit, clerk: User, chief: User) -> None:
    """A page that is open since before says that the row is free."""
    row = item(unit, "1", taken_by=chief)
    client = signed_in(clerk)
    act(client, row, "take")
    row.refresh_from_db()
    assert row.taken_by == chief
    assert not Entry.objects.exists()
    text = client.get(reverse("admin:index"), {"whose": "all"}).text
    assert "「引き受ける」は、今の状態ではできません。" in text
    assert "引受けを戻す" not in text
    with pytest.raises(Refused):
        take(row, by=clerk, taken=True)


def test_who_may_not_see_it_has_the_menu_alone(unit: ManagementUnit, stranger: User) -> None:
    item(unit, "1")
    answer = signed_in(stranger).get(reverse("admin:index"))
    assert answer.status_code == 200
    assert "作業一覧" not in answer.text


def test_who_may_only_look_takes_nothing(unit: ManagementUnit, viewer: User) -> None:
    row = item(unit, "1")
    for verb in ("take", "give-back", "note"):
        address = reverse(f"admin:contracts_workitem_{verb}", args=[row.pk])
        assert address not in signed_in(viewer).get(reverse("admin:index")).text
        assert act(signed_in(viewer), row, verb).status_code == 403


@pytest.mark.parametrize("rows", [2, 90])
def test_the_first_page_takes_few_queries(unit: ManagementUnit, clerk: User, rows: int) -> None:
    for number in range(rows):
        day = TODAY + timedelta(days=number % 20 - 5)
        item(unit, str(number), kind=("consent", "start", "readiness")[number % 3], from_on=day, values={"code": "S1"})
    client = signed_in(clerk)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse("admin:index")).status_code == 200
    assert len(queries) <= 12, [query["sql"][:80] for query in queries]


@time_machine.travel(NOW, tick=False)
def test_one_line_a_unit_kind_and_day(unit: ManagementUnit, clerk: User) -> None:
    """What is said of several contracts is said once; what is at stake in them is added, of each contract once."""
    first = item(unit, "1", subject="T1", kind="price", from_on=TODAY, stake_yen=100_000)
    item(unit, "2", subject="T2", kind="price", from_on=TODAY, stake_yen=20_000)
    item(unit, "3", subject="T2", kind="price", from_on=TODAY, stake_yen=20_000, text="料金据置")
    item(unit, "4", subject="T1", kind="price", from_on=TODAY + timedelta(1), stake_yen=None)
    item(unit, "5", subject="T1", kind="start", from_on=TODAY)
    found = lines(signed_in(clerk))
    assert [(line.first["code"], len(line.rows), len(line.said), line.yen) for line in found] == [
        ("price", 3, 2, 120_000),
        ("price", 1, 1, None),
        ("start", 1, 1, None),
    ]
    act(signed_in(clerk), first, "take")
    assert list(WorkItem.objects.filter(taken_by=clerk).values_list("key", flat=True).order_by("key")) == [
        "1",
        "2",
        "3",
    ]


@time_machine.travel(NOW, tick=False)
def test_of_many_lines_the_first_are_shown_and_of_one_kind_all(unit: ManagementUnit, clerk: User) -> None:
    for number in range(AT_MOST + 1):
        item(unit, str(number), from_on=TODAY - timedelta(days=number))
    answer = signed_in(clerk).get(reverse("admin:index"))
    group = answer.context["desk"].tasks[0]
    left_out = AT_MOST - LINES
    assert (len(group.shown), group.left_out, answer.context["desk"].more) == (LINES, left_out, True)
    assert f"ほか{left_out}行" in answer.text
    assert "ほかにもあります。" in answer.text
    whole = signed_in(clerk).get(reverse("admin:index"), {"kind": "eligibility"}).context["desk"].tasks[0]
    assert (len(whole.shown), whole.left_out) == (AT_MOST, 0)
    assert signed_in(clerk).get(reverse("admin:index"), {"kind": "start"}).context["desk"].tasks == []


def test_what_is_meant_for_one_is_on_nobody_elses_list(unit: ManagementUnit, clerk: User, chief: User) -> None:
    """Sent back or rejected: whoever entered it sees it, not whoever looks after the unit."""
    entered = User.objects.create_user("entered", is_staff=True)
    entered.user_permissions.set(clerk.user_permissions.all())
    row = item(unit, "a", kind="returned", person=entered)
    assert list(of_person(standing(clock.today()), clerk, "own")) == []
    assert list(of_person(standing(clock.today()), entered, "own")) == [row]
    assert list(of_person(standing(clock.today()), clerk, "all")) == [row]


def test_whoever_decides_has_what_waits_for_a_decision(unit: ManagementUnit, clerk: User) -> None:
    lead = User.objects.create_user("lead", is_staff=True)
    waiting, _other = item(unit, "a", kind="application"), item(unit, "b")
    assert list(of_person(standing(clock.today()), lead, "own")) == []
    lead.user_permissions.add(Permission.objects.get(codename="decide_application"))
    lead = User.objects.get(pk=lead.pk)
    assert list(of_person(standing(clock.today()), lead, "own")) == [waiting]
    WorkItem.objects.update(taken_by=clerk)
    assert list(of_person(standing(clock.today()), lead, "own")) == [], "a colleague has taken it"
