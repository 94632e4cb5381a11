"""Four eyes compare everybody who wrote: whoever drafted, edited, received or corrected it does not decide it."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from billing.models import MonthClosing, Proposal
from billing.operations import book_uploads, propose
from billing.operations.closing import ask_to_close
from contracts.models import Application, Asked, BookUpload, FactsRevision, Hand, ManagementUnit, PasswordSet
from contracts.operations import applications, returned, second
from contracts.operations.four_eyes import by_another, hands, is_another, lend_hand
from contracts.operations.refusal import Refused
from tests.contracts.applications.form import Desk, day, module, tier

pytestmark = pytest.mark.django_db
FORM = [tier(), module()]


def somebody(name: str) -> User:
    return User.objects.create_user(name, is_staff=True)


def refused(by: User, people: set[int]) -> bool:
    try:
        by_another(by, people, said="自分です")
    except Refused:
        assert not is_another(by, people)
        return True
    assert is_another(by, people)
    return False


def test_whoever_had_a_hand_is_not_another() -> None:
    own, other = somebody("own"), somebody("other")
    lend_hand("application", 7, by=own, did="draft")
    lend_hand("application", 7, by=own, did="draft")
    lend_hand("proposal", 7, by=other, did="propose")
    lend_hand("application", 8, by=other, did="draft")
    assert Hand.objects.count() == 3
    assert hands("application", 7) == {own.pk}
    assert hands("application", 7, [None, other.pk]) == {own.pk, other.pk}
    assert refused(own, hands("application", 7))
    assert not refused(other, hands("application", 7))


def test_whoever_set_the_password_of_a_hand_is_not_another() -> None:
    clerk, admin, third = somebody("clerk"), somebody("admin"), somebody("third")
    PasswordSet.objects.create(person=clerk, set_by=admin)
    assert refused(admin, {clerk.pk})
    assert not refused(admin, {third.pk})
    assert not refused(third, {clerk.pk})
    PasswordSet.objects.create(person=clerk, set_by=clerk)
    assert refused(admin, {clerk.pk})
    PasswordSet.objects.create(person=clerk, set_by=third)
    assert not refused(admin, {clerk.pk})
    assert refused(third, {clerk.pk})


def test_whoever_corrected_it_does_not_accept_it(desk: Desk) -> None:
    """Received, taken back to correct it, and sent in by somebody else."""
    desk.has()
    returned.reopen(desk.received(*FORM, by=desk.decides), on=day("2025-03-06"), by=desk.decides)
    application = applications.receive(Application.objects.get(), on=day("2025-03-06"), by=desk.enters)
    assert set(Hand.objects.values_list("person", "did")) >= {(desk.decides.pk, "correct"), (desk.enters.pk, "receive")}
    with pytest.raises(Refused, match="訂正"):
        desk.accept(application, by=desk.decides)


def test_whoever_set_the_password_of_whoever_entered_it_does_not_accept_it(desk: Desk) -> None:
    desk.has()
    application = desk.received(*FORM)
    PasswordSet.objects.create(person=desk.enters, set_by=desk.decides)
    with pytest.raises(Refused, match="パスワードを設定した人"):
        desk.accept(application, by=desk.decides)
    assert desk.accept(application, by=somebody("third")).state == "accepted"


def test_the_database_refuses_a_hand_as_well(desk: Desk) -> None:
    desk.has()
    draft = desk.drafted(*FORM, by=desk.decides)
    applications.receive(draft, on=day("2025-03-05"), by=desk.enters)
    own = {"state": "accepted", "accepted_on": day("2025-03-10"), "decided_by": desk.decides}
    with pytest.raises(IntegrityError, match="decided_by_another"), transaction.atomic():
        Application.objects.update(**own)
    with pytest.raises(IntegrityError, match="hand_only_added"), transaction.atomic():
        Hand.objects.all().delete()
    with pytest.raises(IntegrityError, match="hand_only_added"), transaction.atomic():
        Hand.objects.update(did="look")
    assert Application.objects.update(**own | {"decided_by": somebody("third")}) == 1


def test_settings_of_passwords_are_only_added() -> None:
    own = somebody("own")
    PasswordSet.objects.create(person=own, set_by=somebody("other"))
    for change in (lambda: PasswordSet.objects.update(set_by=own), PasswordSet.objects.all().delete):
        with pytest.raises(IntegrityError, match="password_set_only_added"), transaction.atomic():
            change()


def proposed(*people: User) -> Proposal:
    """A proposal that stands, asked for by the first, and computed on by the others."""
    revision = FactsRevision.current()
    proposal = Proposal.objects.create(
        month=date(2025, 4, 1), facts_revision=revision, proposed_by=people[0], state="done", result={"parked": []}
    )
    for person in people:
        lend_hand("proposal", proposal.pk, by=person, did="propose")
    return proposal


def test_whoever_went_on_with_a_proposal_does_not_close_on_it() -> None:
    one, two, three = somebody("one"), somebody("two"), somebody("three")
    proposal = proposed(one, two)
    for person in (one, two):
        with pytest.raises(Refused, match="提案した人"):
            ask_to_close(proposal, by=person)
        shared = {"proposal": proposal, "proposed_by": one, "four_eyes": True}
        with pytest.raises(IntegrityError), transaction.atomic():
            MonthClosing.objects.create(asked_by=person, **shared)
    assert ask_to_close(proposal, by=three).asked_by == three
    with pytest.raises(IntegrityError, match=r"decided_by_another|closing_stays"), transaction.atomic():
        MonthClosing.objects.update(asked_by=two)


def test_whoever_went_on_with_a_proposal_had_a_hand_in_it() -> None:
    one, two = somebody("one"), somebody("two")
    asked = [propose.ask_to_propose(date(2025, 4, 1), on=date(2025, 5, 1), by=person) for person in (one, two)]
    assert asked[0] == asked[1]
    assert hands("proposal", asked[0].pk) == {one.pk, two.pk}


def test_whoever_brought_a_book_or_said_how_it_is_read_does_not_take_it_in() -> None:
    brings, reads, sends, takes = (somebody(name) for name in ("brings", "reads", "sends", "takes"))
    shared = {"name": "a.xlsx", "size": 1, "sha256": "a", "state": "sent", "four_eyes": True, "result": {"mark": "m"}}
    upload = BookUpload.objects.create(brought_by=brings, sent_by=sends, **shared)
    lend_hand("book", upload.pk, by=reads, did="try")
    for person in (brings, reads, sends):
        with pytest.raises(Refused, match="取り込めません"):
            book_uploads.ask_to_take(upload, by=person, seen="m")
        with pytest.raises(IntegrityError), transaction.atomic():
            BookUpload.objects.update(state="taking", decided_by=person)
    assert book_uploads.ask_to_take(upload, by=takes, seen="m").decided_by == takes


def asked(by: User, unit: ManagementUnit, state: str = "waiting", decided_by: User | None = None) -> Asked:
    decided = {"decided_by": decided_by, "decided_on": date(2025, 4, 2), "reason": "理由"} if decided_by else {}
    values = {
        "screen": "s",
        "verb": "v",
        "row": "1",
        "subject": "x",
        "unit": unit,
        "form": "",
        "asked_on": date(2025, 4, 1),
    }
    return Asked.objects.create(asked_by=by, state=state, **values, **decided)


def test_whoever_asked_for_the_same_before_does_not_confirm_it(desk: Desk) -> None:
    """Sent back, and asked for anew by another: the first wrote it too. What was done meanwhile is over."""
    desk.has()
    unit = ManagementUnit.objects.get()
    one, two, three = somebody("one"), somebody("two"), somebody("three")
    asked(one, unit, "refused", three)
    waiting = asked(two, unit)
    for person in (one, two):
        with pytest.raises(Refused, match="依頼した人"):
            second.confirm(waiting, lambda: None, on=date(2025, 4, 3), by=person)
    second.confirm(waiting, lambda: None, on=date(2025, 4, 3), by=three)
    second.confirm(asked(three, unit), lambda: None, on=date(2025, 4, 3), by=one)


def test_whoever_set_the_password_of_whoever_asked_does_not_confirm(desk: Desk) -> None:
    desk.has()
    one, two = somebody("one"), somebody("two")
    PasswordSet.objects.create(person=one, set_by=two)
    with pytest.raises(Refused, match="パスワードを設定した人"):
        second.confirm(asked(one, ManagementUnit.objects.get()), lambda: None, on=date(2025, 4, 3), by=two)
