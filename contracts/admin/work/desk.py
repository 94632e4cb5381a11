"""The first page's work: what waits for one's decision, what is to do, what came of one's own, and what is coming — for one person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from contracts.admin.work.asked import waiting_for
from contracts.admin.work.worklist import on_the_day, shown
from contracts.judge.kinds import ACTS, DECIDED_BY, Act, of_act
from contracts.models import ManagementUnit, WorkItem
from contracts.operations.four_eyes import applications_not_for

AT_MOST = 200
"""Rows that the first page reads; whoever has more is led to the whole list."""
LINES = 12
"""Lines of a kind that are shown at once; a link leads to the others."""
UNITS = 300
"""Units of one person, and of nobody, whose work the first page knows."""
SOON = timedelta(days=14)
"""How far ahead the first page tells of what is coming by itself."""

OWN, ALL, TAKEN = "own", "all", "taken"

WORKS = "contracts.change_workitem"

TONES = {"overdue": 0, "today": 1, "week": 2, "later": 3}


@dataclass(slots=True)
class Said:
    """A sentence of a line, and the rows of which it is said."""

    sentence: str
    clause: str
    reading: str
    rows: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Line:
    """What of one kind is to be done for one unit by one day."""

    rows: list[dict[str, Any]]
    tone: str

    @property
    def first(self) -> dict[str, Any]:
        """The row whose unit, day and taker are those of the line."""
        return self.rows[0]

    @property
    def said(self) -> list[Said]:
        """What is said, each sentence once."""
        found: dict[tuple[str, str, str], Said] = {}
        for row in self.rows:
            key = (row["sentence"], row["clause"], row["reading"])
            found.setdefault(key, Said(*key)).rows.append(row)
        return list(found.values())

    @property
    def yen(self) -> int | None:
        """What is at stake in all of the line, each contract's once; None where nothing is known."""
        yen = {row["subject"]: row["yen"] for row in self.rows if row["yen"] is not None}
        return sum(yen.values()) if yen else None


@dataclass(slots=True)
class Group:
    """The lines of one kind, the earliest first."""

    kind: str
    heading: str
    lines: list[Line]
    whole: bool = False

    @property
    def shown(self) -> list[Line]:
        """The lines that are shown at once."""
        return self.lines if self.whole else self.lines[:LINES]

    @property
    def left_out(self) -> int:
        """How many others there are."""
        return len(self.lines) - len(self.shown)

    @property
    def late(self) -> int:
        """How many lines are past their day."""
        return sum(line.tone == "overdue" for line in self.lines)

    @property
    def yen(self) -> int:
        """What is at stake in all of them."""
        return sum(line.yen or 0 for line in self.lines)

    @property
    def a_year(self) -> bool:
        """Whether what is at stake is a year's."""
        return bool(self.lines[0].first["a_year"])


@dataclass(frozen=True, slots=True)
class Desk:
    """What one person has before them."""

    decisions: Sequence[Group]
    tasks: Sequence[Group]
    outcomes: Sequence[dict[str, Any]]
    coming: Sequence[dict[str, Any]]
    more: bool

    @property
    def next_application(self) -> dict[str, Any] | None:
        """Of the applications that wait for the person's decision the first: it is opened where it is listed."""
        return next((group.lines[0].first for group in self.decisions if group.kind == "application"), None)

    @property
    def count(self) -> int:
        """How many lines are to be decided or done."""
        return sum(len(group.lines) for group in (*self.decisions, *self.tasks))

    @property
    def late(self) -> int:
        """How many of them are past their day."""
        return sum(group.late for group in (*self.decisions, *self.tasks))


def to_decide(person: User) -> Q:
    """The rows that the person may decide: not what they, or who they could have been, had a hand in (contracts.operations.four_eyes)."""
    found = Q(pk__in=())
    for kind, permission in DECIDED_BY.items():
        if person.has_perm(permission):
            found |= Q(kind=kind) & _not_own(kind, person)
    return found


def _not_own(kind: str, person: User) -> Q:
    if kind == "application":
        return ~Q(subject__in=applications_not_for(person).values("number"))
    if kind == "asked":
        numbered = waiting_for(person).annotate(number=Cast("pk", CharField()))
        return Q(Exists(numbered.filter(number=OuterRef("said_pk"))))
    return Q()


def own_units(person: User) -> list[int]:
    """The ids of the units that a person looks after, of very many the first."""
    return list(
        ManagementUnit.objects.filter(account_manager=person).order_by("pk").values_list("pk", flat=True)[:UNITS]
    )


def free_units() -> list[int]:
    """The ids of units that nobody looks after, of very many the first."""
    return list(ManagementUnit.objects.filter(account_manager=None).order_by("pk").values_list("pk", flat=True)[:UNITS])


def of_person(
    rows: QuerySet[WorkItem], person: User, whose: str, *, own: Sequence[int] | None = None
) -> QuerySet[WorkItem]:
    """Of rows those for the person: what they may decide; of tasks those of their units and of nobody's, and what is meant for them
    or what they have taken. ``whose``: or all that anybody has to do; or only what they have taken.

    ``own``: the ids of the person's units, where they are known. Each part of the condition is answered by an index of the rows
    themselves, so that what is asked does not grow with the house.
    """
    if whose == TAKEN:
        return rows.filter(taken_by=person)
    decides = to_decide(person)
    others = ~Q(kind__in=list(DECIDED_BY))
    if whose == ALL:
        return rows.filter(decides | others)
    units = others & Q(person=None, unit__in=own_units(person) if own is None else own)
    if person.has_perm(WORKS):
        units |= others & Q(person=None, unit__in=free_units(), taken_by=None)
    free = Q(taken_by=None) | Q(taken_by=person)
    return rows.filter(decides & free | units | others & Q(person=person) | Q(taken_by=person))


def desk_of(person: User, *, whose: str, today: date, own: Sequence[int] | None = None, kind: str = "") -> Desk:
    """Everything of the first page's work, by one query of its rows. ``kind``: of one kind alone, all of its lines."""
    soon = Q(kind__in=of_act(Act.NOTE), from_on__lte=today + SOON)
    now = ~Q(kind__in=of_act(Act.NOTE)) & (Q(shown_from=None) | Q(shown_from__lte=today))
    rows = of_person(on_the_day(today).filter(now | soon, settled_on=None), person, whose, own=own)
    if kind:
        rows = rows.filter(kind=kind)
    items = list(rows[: AT_MOST + 1])
    drawn = shown(items[:AT_MOST], today=today, decides=True)
    by_act: dict[Act, list[dict[str, Any]]] = {act: [row for row in drawn if row["act"] is act] for act in Act}
    return Desk(
        groups(by_act[Act.DECISION], today, whole=bool(kind)),
        groups(by_act[Act.TASK], today, whole=bool(kind)),
        by_act[Act.OUTCOME],
        by_act[Act.NOTE],
        len(items) > AT_MOST,
    )


def groups(rows: Iterable[dict[str, Any]], today: date, *, whole: bool = False) -> list[Group]:
    """The rows by kind, one line a unit, day and taker; the kinds with the most pressing line first. ``whole``: no line is left out."""
    lines: dict[tuple[Any, ...], Line] = {}
    for row in rows:
        key = (row["code"], row["unit"].pk, row["due_on"], row["taken_by"] and row["taken_by"].pk)
        if key in lines:
            lines[key].rows.append(row)
        else:
            lines[key] = Line([row], tone_of(row, today))
    found: dict[str, Group] = {}
    for (kind, *_rest), line in lines.items():
        found.setdefault(kind, Group(kind, str(line.first["kind"]), [], whole)).lines.append(line)
    order = list(ACTS)
    return sorted(
        found.values(), key=lambda group: (min(TONES[line.tone] for line in group.lines), order.index(group.kind))
    )


def tone_of(row: dict[str, Any], today: date) -> str:
    """How pressing a row is: overdue, today, within a week, later or on no day known."""
    if row["act"] is Act.DECISION:
        return "today"  # since when it waits is no deadline
    if row["late"]:
        return "overdue"
    due: date | None = row["due_on"]
    if due is None:
        return "later"
    return "today" if due <= today else "week" if due <= today + timedelta(days=7) else "later"
