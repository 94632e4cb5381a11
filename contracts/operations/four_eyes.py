"""二人での確認: one rule for all that is decided by another — whoever had a hand in it does not decide it.

A hand is a draft, an edit, a receipt, a correction, a request. Whoever set the password of one of them could have been that person,
and does not decide either, until a third person has set it anew.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from contracts.models import Application, BookUpload, Hand, PasswordSet
from contracts.operations.refusal import Refused


class HadAHandError(Refused):
    """Whoever decides had a hand in it, or could have been one of those who had."""


def lend_hand(record: str, number: int, *, by: User, did: str) -> None:
    """Keep that the person had a hand in a record: ``did`` what. Kept once, however often it is done."""
    Hand.objects.get_or_create(record=record, number=number, person=by, did=did)


def hands(record: str, number: int, besides: Iterable[int | None] = ()) -> set[int]:
    """The ids of everybody who had a hand in a record; ``besides``: those that its own columns name."""
    found = set(Hand.objects.filter(record=record, number=number).values_list("person_id", flat=True))
    return found | {pk for pk in besides if pk is not None}


def hands_by_number(record: str, numbers: Iterable[int]) -> dict[int, set[int]]:
    """By the number of a record of that kind, the ids of everybody who had a hand in it."""
    found: dict[int, set[int]] = {}
    for number, person in Hand.objects.filter(record=record, number__in=numbers).values_list("number", "person_id"):
        found.setdefault(number, set()).add(person)
    return found


def is_another(by: User, of: Iterable[int]) -> bool:
    """Whether the person is none of them, and could have been none of them by a password."""
    people = set(of)
    return by.pk not in people and not _could_have_been(by, people)


def selves(of: Iterable[int]) -> set[int]:
    """The ids of those people, and of whoever could have been one of them by a password: none of them is another."""
    people = set(of)
    return people | {row.set_by_id for row in passwords_set(people).values()}


def by_another(by: User, of: Iterable[int], *, said: str) -> None:
    """Raises HadAHandError with the sentence ``said`` for one of those people, and for whoever set a password of theirs."""
    people = set(of)
    if by.pk in people:
        raise HadAHandError(said)
    names = _could_have_been(by, people)
    if names:
        sentence = _(
            "%(names)sのパスワードを設定した人は、その人が関わったものを決定できません。別の人が決定してください。"
        )
        raise HadAHandError(sentence % {"names": _("、").join(names)})


def among_selves(by: User, column: str) -> Q:
    """The condition that a column names the person, or somebody whom they could have been by a password: of a query, none of its own."""
    last = PasswordSet.objects.filter(person=OuterRef("person")).exclude(set_by=F("person")).order_by("-pk")
    set_last = PasswordSet.objects.filter(set_by=by).exclude(person=by)
    set_last = set_last.annotate(last=Subquery(last.values("set_by")[:1])).filter(last=by.pk)
    return Q(**{column: by}) | Q(**{f"{column}__in": set_last.values("person")})


def applications_not_for(by: User) -> QuerySet[Application]:
    """The received applications on which the person does not decide, since they or a self of theirs had a hand in them."""
    had = _had_a_hand("application", by)
    return Application.objects.filter(among_selves(by, "entered_by") | Q(pk__in=had), state="received", four_eyes=True)


def books_not_for(by: User) -> QuerySet[BookUpload]:
    """The books sent that the person does not take in, since they or a self of theirs had a hand in them."""
    named = among_selves(by, "brought_by") | among_selves(by, "sent_by")
    return BookUpload.objects.filter(named | Q(pk__in=_had_a_hand("book", by)), state="sent", four_eyes=True)


def _had_a_hand(record: str, by: User) -> QuerySet[Hand, Any]:
    return Hand.objects.filter(among_selves(by, "person"), record=record).values("number")


def _could_have_been(by: User, people: set[int]) -> list[str]:
    """The log-ins of those whose password the person set, as the last one beside themselves."""
    return sorted(row.person.username for row in passwords_set(people).values() if row.set_by_id == by.pk)


def passwords_set(people: Iterable[int]) -> dict[int, PasswordSet]:
    """By the ids of those people, the last time that another set their password: where one ever did."""
    rows = PasswordSet.objects.filter(person__in=set(people)).exclude(set_by=F("person")).select_related("person")
    return {row.person_id: row for row in rows.order_by("pk")}
