"""Of the worklist what is told by mail, and to whom: what one looks after, has taken, is meant by or may decide."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from django.contrib.auth.models import Permission, User
from django.db.models import Q, QuerySet

from contracts.judge.coming import REMINDERS
from contracts.judge.kinds import ACTS, DECIDED_BY, Act, of_act
from contracts.models import Application, Asked, WorkItem
from contracts.operations.four_eyes import hands_by_number, passwords_set
from contracts.operations.second import askers

WEEK = timedelta(days=7)
AT_MOST = 100
"""Rows of decisions that mails tell of."""


def people() -> QuerySet[User]:
    """Who may get a mail: whoever looks after a unit, has taken a row, is meant by one or decides, is active and has an address."""
    told = User.objects.filter(
        Q(pk__in=WorkItem.objects.exclude(unit__account_manager=None).values("unit__account_manager"))
        | Q(pk__in=WorkItem.objects.exclude(taken_by=None).values("taken_by"))
        | Q(pk__in=WorkItem.objects.exclude(person=None).values("person"))
        | Q(pk__in=deciders(*DECIDED_BY.values()).values("pk"))
    )
    return told.filter(is_active=True).exclude(email="").order_by("pk")


def deciders(*permissions: str) -> QuerySet[User]:
    """Who has any of those permissions, by a role or by themselves."""
    named = Q(pk__in=())
    for app, _dot, code in (name.partition(".") for name in permissions):
        named |= Q(content_type__app_label=app, codename=code)
    allowed = Permission.objects.filter(named)
    return User.objects.filter(Q(groups__permissions__in=allowed) | Q(user_permissions__in=allowed)).distinct()


def falling_due(some: Iterable[User], on: date) -> QuerySet[WorkItem]:
    """The rows that those people look after, are meant by or have taken, and that are late or fall due within a week of the day."""
    wanted = list(some)
    own = Q(unit__account_manager__in=wanted, taken_by=None, person=None)
    own |= Q(person__in=wanted, taken_by=None) | Q(taken_by__in=wanted)
    standing = (Q(until_on=None) | Q(until_on__gte=on)) & (Q(shown_from=None) | Q(shown_from__lte=on))
    near = Q(kind="renewal") | Q(from_on=None) | Q(from_on__lte=on + WEEK)
    rows = WorkItem.objects.filter(own, standing, near, settled_on=None).exclude(kind__in=of_act(Act.DECISION))
    return rows.select_related("unit__customer").order_by("from_on", "pk")


def to_decide(some: Iterable[User]) -> Iterator[tuple[WorkItem, int]]:
    """What waits for a decision, with each of those people who may decide it: not who had a hand in it, or could have been one who had."""
    ids = [one.pk for one in some]
    may = {
        kind: list(deciders(permission).filter(pk__in=ids).values_list("pk", flat=True))
        for kind, permission in DECIDED_BY.items()
    }
    rows = WorkItem.objects.filter(kind__in=[kind for kind, found in may.items() if found], taken_by=None)
    waiting = list(rows.select_related("unit__customer").order_by("due_on", "pk")[:AT_MOST])
    others, able = _had_a_hand(waiting), _able(waiting, ids)
    for row in waiting:
        for pk in may[row.kind]:
            if pk not in others.get(row.pk, ()) and pk in able.get(row.pk, ids):
                yield row, pk


def _able(rows: Iterable[WorkItem], ids: Sequence[int]) -> dict[int, set[int]]:
    """By the number of a row that waits for a second person those who may do what was asked for; nothing where it was not said."""
    asked = {row.values.get("pk"): row.pk for row in rows if row.kind == "asked"}
    said = (
        Asked.objects.filter(pk__in=[pk for pk in asked if pk]).exclude(permission="").values_list("pk", "permission")
    )
    needed = {asked[f"{pk}"]: permission for pk, permission in said}
    who = {
        permission: set(deciders(permission).filter(pk__in=ids).values_list("pk", flat=True))
        for permission in set(needed.values())
    }
    return {row: who[permission] for row, permission in needed.items()}


def _had_a_hand(rows: Iterable[WorkItem]) -> dict[int, set[int]]:
    """By the number of a row the people who do not decide on it: those who had a hand in it, and whoever set their passwords last."""
    numbers = {row.pk: row.subject for row in rows if row.kind == "application"}
    applications = {
        one.number: one
        for one in Application.objects.filter(number__in=numbers.values(), state="received", four_eyes=True)
    }
    found: dict[int, set[int]] = {}
    of = hands_by_number("application", [one.pk for one in applications.values()])
    for pk, number in numbers.items():
        if one := applications.get(number):
            found[pk] = of.get(one.pk, set()) | ({one.entered_by_id} if one.entered_by_id else set())
    asked = {row.pk: row.values.get("pk") for row in rows if row.kind == "asked"}
    requests = {f"{one.pk}": one for one in Asked.objects.filter(pk__in=[pk for pk in asked.values() if pk])}
    found |= {pk: askers(requests[number]) for pk, number in asked.items() if number in requests}
    last = passwords_set({person for people in found.values() for person in people})
    return {pk: people | {last[one].set_by_id for one in people if one in last} for pk, people in found.items()}


def tells(row: WorkItem, last: date | None, on: date) -> bool:
    """Whether the mail of a day tells of the row, the last mail being of the day ``last``.

    Of a renewal it tells now and then, of what came of one's own in the first mail after the day, of all else every day.
    """
    if row.kind == "renewal":
        return _reminds(row, last, on)
    if ACTS[row.kind] is Act.OUTCOME and row.from_on is not None:
        return row.from_on < on and (last is None or last <= row.from_on)
    return True


def matters(rows: Iterable[WorkItem]) -> bool:
    """Whether there is anything to be done or heard: of what is only coming no mail is made."""
    return any(ACTS[row.kind] is not Act.NOTE for row in rows)


def _reminds(row: WorkItem, last: date | None, on: date) -> bool:
    """Whether a renewal is to be told of again: 90, 60 and 30 days before the deadline, and every day from the safe day on (I-33).

    A reminder whose day fell between the last mail and today is made up for.
    """
    if last is None or row.from_on is None or row.until_on is None or on >= row.from_on:
        return True
    return any(last < row.until_on - timedelta(days=days) <= on for days in REMINDERS)
