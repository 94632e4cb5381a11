"""Of the worklist what is told by mail, and to whom: what one looks after, has taken, is meant by or may decide."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.contrib.auth.models import Permission, User
from django.db.models import Q, QuerySet

from contracts.judge.coming import REMINDERS
from contracts.judge.kinds import ACTS, DECIDED_BY, Act, of_act
from contracts.models import WorkItem

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
    """Who has any of those permissions of contracts, by a role or by themselves."""
    codes = [name.split(".")[1] for name in permissions]
    allowed = Permission.objects.filter(content_type__app_label="contracts", codename__in=codes)
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
    """What waits for a decision, with each of those people who may decide it: not who asked for it or entered it."""
    ids = [one.pk for one in some]
    may = {
        kind: list(deciders(permission).filter(pk__in=ids).values_list("pk", "username"))
        for kind, permission in DECIDED_BY.items()
    }
    rows = WorkItem.objects.filter(kind__in=[kind for kind, found in may.items() if found], taken_by=None)
    for row in rows.select_related("unit__customer").order_by("due_on", "pk")[:AT_MOST]:
        for pk, username in may[row.kind]:
            if username != row.values.get("who"):
                yield row, pk


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
