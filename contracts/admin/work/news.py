"""昨日からの変更: what others have done since yesterday, in words of the history — to one's own units, or to all for whoever has none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.http import urlencode

from contracts.admin.kit.columns import minute, who_said
from contracts.facts.moments import start_of
from contracts.models import Entry

READ = 200
"""Entries that are read; of a busier day the newest."""
SHOWN = 8
"""Lines that are shown."""

OF_NO_INTEREST = ("take", "settle", "unsettle", "draft", "export", "run_again", "resend", "acknowledge", "move_end")
"""Operations that change nothing of what was agreed, or that another entry beside them tells of."""
OF_THE_DOOR = ("log_in", "log_in_failed", "log_out", "own_password", "begin")
"""Who came and went, and with which settings a process began: changes nothing, and would push what did off the page."""


OF_MANY = ("import", "take_book", "take_effect", "undo_effect", "close", "issue", "abolish", "assign")
"""Operations that are done to many units at once: they are told in one line."""


@dataclass(slots=True)
class Told:
    """What one person did of one kind to one unit: how often, the first of the numbers, and when last."""

    actor: str
    operation: str
    unit: Any
    at: datetime
    subjects: list[str]
    address: str

    @property
    def when(self) -> str | None:
        """The moment in Japan."""
        return minute(self.at)

    @property
    def others(self) -> int:
        """How many numbers beside the first."""
        return len(self.subjects) - 1


def news(person: User, *, today: date, units: Sequence[int]) -> list[Told]:
    """The newest first; one query. ``units``: the ids of the person's own; none: those of everybody."""
    since = start_of(today - timedelta(days=1))
    first = (
        Entry.objects.filter(at__gte=since).order_by("at").values("pk")[:1]
    )  # entries are numbered as they are written
    rows = (
        Entry.objects.filter(pk__gte=first, at__gte=since)
        .exclude(actor=str(person))
        .exclude(operation__in=OF_NO_INTEREST + OF_THE_DOOR)
    )
    if units:
        rows = rows.filter(unit__in=units)
    return together(rows.select_related("unit__customer").order_by("-pk")[:READ])[:SHOWN]


def together(rows: Iterable[Entry]) -> list[Told]:
    """The entries of one person, operation and unit as one line."""
    found: dict[tuple[Any, ...], Told] = {}
    for row in rows:
        of_unit = row.operation not in OF_MANY
        key = (row.actor, row.operation, row.unit_id if of_unit else None)
        if key not in found:
            said = (row.get_operation_display(), row.unit if of_unit else None, row.at)
            found[key] = Told(who_said(row.actor) or "", *said, [], _history(row))
        if row.subject not in found[key].subjects:
            found[key].subjects.append(row.subject)
    return list(found.values())


def _history(row: Entry) -> str:
    """The history of the unit; of what was done to many at once all of it; of the number where it is of no unit."""
    query = {"unit": row.unit.code} if row.unit else {"subject": row.subject}
    if row.operation in OF_MANY:
        query = {"actor": row.actor}
    return f"{reverse('admin:contracts_entry_changelist')}?{urlencode({**query, 'operation__exact': row.operation})}"
