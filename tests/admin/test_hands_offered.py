"""What the hands refuse is offered to nobody who had one: not by the first page, a button, a mail; and whoever is offered it may do it."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from billing.admin.month.now import month_now
from billing.models import Proposal
from billing.operations.book_uploads import keep
from billing.operations.close_month import close_month
from billing.operations.propose import propose_month
from contracts.models import (
    Application,
    Asked,
    BookUpload,
    Contract,
    FactsRevision,
    ManagementUnit,
    PasswordSet,
    RightsChange,
    WorkItem,
)
from contracts.operations import four_eyes, rights, second
from contracts.operations.applications import receive, save_draft
from contracts.operations.four_eyes import HadAHandError, lend_hand
from contracts.operations.told_by_mail import to_decide
from tests.admin.conftest import signed_in
from tests.contracts.book.build import book, module, must_take, priced, tier
from tests.worlds import world

DAY = date(2025, 8, 10)
NOON = datetime(2025, 8, 10, 12, tzinfo=ZoneInfo("Asia/Tokyo"))
ROOT = Path(__file__).resolve().parents[2]

FIRST, LAST, HELPER, THIRD = "first", "last", "helper", "third"
"""Who began, who handed in, who set the password of whoever handed in, and who had no hand in anything."""
HANDS: dict[str, set[str]] = {
    "application": {FIRST, LAST, HELPER},
    "asked": {FIRST, LAST, HELPER},
    "proposal": {LAST, HELPER},
    "bookupload": {FIRST, LAST, HELPER},
    "rightschange": {LAST, HELPER, FIRST},
}
"""Of each record, those who do not decide on it."""
DECIDES = {
    "application": "accept",
    "asked": "confirm",
    "proposal": "close",
    "bookupload": "take",
    "rightschange": "grant",
}


def _made() -> None:
    with time_machine.travel(NOON, tick=False), TemporaryDirectory() as folder:
        must_take(book(tier(), module(), *priced("M-1", 100_000), *priced("T-1", 100_000)), Path(folder))
        people = {name: User.objects.create_superuser(name, f"{name}@example.com") for name in HANDS["application"]}
        User.objects.create_superuser(THIRD, "third@example.com")
        first, last, helper = (people[name] for name in (FIRST, LAST, HELPER))
        # Set by a third before, and chosen by its person since: whoever set it last of the others could have been that person.
        for by in (first, helper, last):
            PasswordSet.objects.create(person=last, set_by=by)
        PasswordSet.objects.create(person=helper, set_by=last)
        PasswordSet.objects.create(person=helper, set_by=first)
        _application(first, last)
        _asked(first, last)
        close_month(date(2025, 6, 1), on=DAY, by="試験")
        propose_month(date(2025, 7, 1), on=DAY, by=last)
        upload = keep("台帳.csv", [b"x"], by=last)
        lend_hand("book", upload.pk, by=first, did="try")  # how a list is read was said by another
        result = {"status": "checked", "mark": "m", "rows": [], "known": 0, "warnings": [], "untold_warnings": 0}
        result |= {"faults": [], "untold": 0, "notes": [], "listed": None}
        BookUpload.objects.filter(pk=upload.pk).update(state="sent", sent_by=last, four_eyes=True, result=result)
        role = Group.objects.get(name="監査")
        role.user_set.add(first)
        rights.ask_of_role(role, gives=["auth.view_user"], takes=[], because="監査のため", by=last)


def _application(first: User, last: User) -> None:
    line = {"key": "#1", "verb": "contract", "category": "basic"}
    unit = ManagementUnit.objects.get(code="U-1")
    draft = save_draft(None, unit=unit, lines=[line], applied_on=DAY, version=0, by=first)
    receive(draft, on=DAY, by=last, reason="契約者の依頼")


def _asked(first: User, last: User) -> None:
    contract = Contract.objects.get(target__number="M-1")
    said = {"screen": "contracts.contract", "verb": "quote", "row": str(contract.pk), "subject": "M-1", "shown": ["x"]}
    form = "fee=monthly&amount_yen=131000&from_on=2025-07-16&reference=Q-1&note="
    asked = second.ask(**said, unit_id=contract.target.unit_id, form=form, on=DAY, by=first)
    second.send_back(asked, reason="額が違う", on=DAY, by=last)
    second.ask(**said, unit_id=contract.target.unit_id, form=form, on=DAY, by=last)


hands = world("hands in everything", _made)
pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was refused since for a hand."""
    found: list[str] = []
    whole = HadAHandError.__init__

    def told(self: HadAHandError, message: str, *args: Any, **said: Any) -> None:
        found.append(message)
        whole(self, message, *args, **said)

    monkeypatch.setattr(HadAHandError, "__init__", told)
    return found


ROWS = {
    "application": Application.objects.filter(state="received"),
    "asked": Asked.objects.filter(state="waiting"),
    "proposal": Proposal.objects.all(),
    "bookupload": BookUpload.objects.all(),
    "rightschange": RightsChange.objects.all(),
}
PEOPLE = (FIRST, LAST, HELPER, THIRD)


def person(name: str) -> User:
    return User.objects.get(username=name)


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("record", DECIDES)
def test_a_button_is_there_for_whom_the_hands_accept_and_nobody_else(
    record: str, name: str, refused: list[str]
) -> None:
    row = ROWS[record].all().get()
    app, model = row._meta.app_label, row._meta.model_name
    client = signed_in(person(name))
    page = client.get(reverse(f"admin:{app}_{model}_change", args=[row.pk]))
    addresses = [button["address"] for button in page.context["buttons"]]
    decision = reverse(f"admin:{app}_{model}_{DECIDES[record]}", args=[row.pk])
    assert (decision in addresses) is (name not in HANDS[record])
    # Whatever else is offered is not refused for a hand either.
    for address in addresses:
        with transaction.atomic():
            client.post(address, {"confirmed": "1", "on": f"{DAY}", "reason": "理由", "mark": "m"})
            transaction.set_rollback(True)
    assert refused == []
    with transaction.atomic():
        client.post(decision, {"confirmed": "1", "on": f"{DAY}", "mark": "m", "judged_on": f"{DAY}"})
        transaction.set_rollback(True)
    assert bool(refused) is (name in HANDS[record]), "whom it is not offered it is refused"


@pytest.mark.parametrize("name", PEOPLE)
def test_a_proposal_tells_whom_it_does_not_let_close_who_does(name: str) -> None:
    [proposal] = Proposal.objects.all()
    page = signed_in(person(name)).get(reverse("admin:billing_proposal_change", args=[proposal.pk]))
    told = "提案した人は締められません。別の人が締めます。締められる人：first、third"
    assert page.context["who_closes"] == (told if name in HANDS["proposal"] else "")
    assert (told in page.text) is (name in HANDS["proposal"])


def test_a_proposal_tells_whom_it_needs_to_be_closed() -> None:
    [proposal] = Proposal.objects.all()
    reader = User.objects.create_user("reader", is_staff=True)
    reader.groups.add(Group.objects.get(name="監査"))
    for name in ("k1", "k2", "k3", "left", "elsewhere"):
        one = User.objects.create_user(name, is_staff=name != "elsewhere", is_active=name != "left")
        one.groups.add(Group.objects.get(name="経理"))
    address = reverse("admin:billing_proposal_change", args=[proposal.pk])
    told = signed_in(reader).get(address).context["who_closes"]
    assert told == "締めるには、月を締める権限が必要です。締められる人：first、k1、k2、k3、third"
    person(FIRST).groups.add(Group.objects.get(name="経理"))
    User.objects.create_superuser("z")
    told = signed_in(reader).get(address).context["who_closes"]
    assert told.endswith("first、k1、k2、k3、third、ほか1人")
    User.objects.exclude(username__in=[LAST, HELPER, "reader"]).update(is_active=False)
    told = signed_in(person(LAST)).get(address).context["who_closes"]
    assert told.endswith("締められる人がほかにいません。権限を持つ人を加えるよう、管理者に頼んでください。")
    FactsRevision.objects.update(revision=F("revision") + 1)
    assert signed_in(person(LAST)).get(address).context["who_closes"] == "", "it has to be proposed anew first"


def test_without_four_eyes_whoever_has_the_right_closes(settings: Any) -> None:
    settings.FOUR_EYES = False
    [proposal] = Proposal.objects.all()
    address = reverse("admin:billing_proposal_change", args=[proposal.pk])
    assert signed_in(person(LAST)).get(address).context["who_closes"] == ""
    reader = User.objects.create_user("reader", is_staff=True)
    reader.groups.add(Group.objects.get(name="監査"))
    told = signed_in(reader).get(address).context["who_closes"]
    assert told.endswith("締められる人：first、helper、last、third")


@pytest.mark.parametrize("name", PEOPLE)
def test_the_first_page_has_for_each_what_they_may_decide(name: str) -> None:
    page = signed_in(person(name)).get(reverse("admin:index"), {"whose": "all"})
    kinds = {group.kind for group in page.context["desk"].decisions}
    assert kinds == {kind for kind in ("application", "asked") if name not in HANDS[kind]}
    assert bool(page.context["books"]) is (name not in HANDS["bookupload"])
    [step] = [step for step in month_now(person(name), today=DAY) if step.said.startswith("2025-07")]
    assert ("別の人が締めます" in step.said) is (name in HANDS["proposal"])


@pytest.mark.parametrize("name", PEOPLE)
def test_the_calendar_has_no_more_than_the_first_page(name: str) -> None:
    page = signed_in(person(name)).get(reverse("admin:contracts_workitem_calendar"), {"whose": "all"})
    shown = "の依頼（2025-08-10）" in page.text
    assert not shown or name not in HANDS["asked"]


def test_a_mail_tells_of_what_its_reader_may_decide() -> None:
    people = list(User.objects.filter(username__in=PEOPLE))
    group = Group.objects.get(name="管理者")
    for one in people:
        one.groups.add(group)
    names = {one.pk: one.username for one in people}
    told = {(row.kind, names[pk]) for row, pk in to_decide(people)}
    assert told == {(kind, THIRD) for kind in ("application", "asked")}


def test_without_four_eyes_only_what_was_asked_for_with_them_still_needs_another(settings: Any) -> None:
    settings.FOUR_EYES = False
    page = signed_in(person(LAST)).get(reverse("admin:index"), {"whose": "all"})
    assert {group.kind for group in page.context["desk"].decisions} == set()
    [step] = [step for step in month_now(person(LAST), today=DAY) if step.said.startswith("2025-07")]
    assert "別の人が締めます" not in step.said, "a close is stamped when it is asked for"


def test_every_rule_of_another_person_is_looked_at_here() -> None:
    """Whoever asks for another person in one more place adds its record above."""
    asking = {
        path.stem
        for app in ("contracts", "billing")
        for path in (ROOT / app / "operations").rglob("*.py")
        if "by_another(" in path.read_text(encoding="utf-8") and path.stem != four_eyes.__name__.split(".")[-1]
    }
    asking -= {"passwords"}  # set_by_another
    assert asking == {"applications", "second", "closing", "book_uploads", "rights"}
    assert len(asking) == len(DECIDES)
    assert all(row.model in admin.site._registry for row in ROWS.values())


def test_a_mail_tells_only_whom_the_verb_itself_is_open_to() -> None:
    """Who may confirm, and not what was asked for, would be led to a page that refuses them."""
    confirms, both = (User.objects.create_user(name, f"{name}@example.com", is_staff=True) for name in ("may", "both"))
    needed = ("contracts.confirm_asked", "contracts.add_price")
    for one, names in ((confirms, needed[:1]), (both, needed)):
        codes = [name.split(".")[1] for name in names]
        one.user_permissions.set(Permission.objects.filter(content_type__app_label="contracts", codename__in=codes))
    waiting = Asked.objects.get(state="waiting")
    told = {pk for row, pk in to_decide([confirms, both]) if row.kind == "asked"}
    assert told == {confirms.pk, both.pk}, "of what was asked for before it was kept who may"
    said = {name: getattr(waiting, name) for name in ("screen", "verb", "subject", "unit_id", "form", "shown")}
    second.ask(**said, row="0", on=DAY, by=person(FIRST), permission=needed[1])
    waiting = Asked.objects.filter(state="waiting").latest("pk")
    [row] = [row for row in WorkItem.objects.filter(kind="asked") if row.values.get("pk") == f"{waiting.pk}"]
    told = {pk for one, pk in to_decide([confirms, both]) if one.pk == row.pk}
    assert told == {both.pk}
