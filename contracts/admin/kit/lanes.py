"""これから on a time line: what lies ahead of one unit or of many, a lane a kind, and the same in a table.

Days that would stand on each other stand together, with their number; the table has each by itself. Only places are worked out here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.language import clause_said, filled
from contracts.admin.unit.picture_scale import DayScale, months_of
from contracts.judge.ahead import KINDS
from contracts.terms.days import Period, month_of, next_month

MONTHS = 13
WIDTH, LEFT, RIGHT = 1040, 168, 1024
TOP, LANE = 36, 34
APART = 13
"""Signs nearer than this stand as one."""
LABEL = 54
"""Room that a day beside a sign needs."""
SHOWN, MOST = 8, 200
"""Rows of the table that are shown at once; and rows that it has at most."""

NAMES = {
    "start": _("課金開始"),
    "end": _("終了"),
    "deadline": _("更新停止の通知期限"),
    "renewal": _("契約期間の更新"),
    "minimum_term": _("最低利用期間の満了"),
    "change": _("内容の変更"),
    "price": _("料金の変更"),
}


@dataclass(frozen=True, slots=True)
class Coming:
    """One day ahead as a page tells it: whose, and in which words."""

    on: date
    kind: str
    number: str
    name: str
    place: str
    unit: str
    unit_place: str
    clause: str
    sentence: str

    @property
    def kind_said(self) -> str:
        """The kind of thing, as its lane is called."""
        return str(NAMES[self.kind])


@dataclass(frozen=True, slots=True)
class Row:
    """Days ahead of the same unit, kind, day and sentence, in one row of the table."""

    first: Coming
    others: Sequence[Coming]


@dataclass(frozen=True, slots=True)
class Sign:
    """What stands at one place of a lane: a day, or several that lie too near to each other to be told apart."""

    x: float
    count: int
    label: str
    said: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A kind of thing with its signs."""

    kind: str
    name: str
    y: int
    signs: Sequence[Sign]


def window(on: date) -> Period:
    """The days that lie ahead: from the day itself on, the month of it and twelve more."""
    stop = month_of(on)
    for _month in range(MONTHS):
        stop = next_month(stop)
    return Period(on, stop)


def said(text: str, values: Sequence[tuple[str, str]]) -> str:
    """A sentence of the judge in the active language."""
    return filled(text, values)


def lanes(found: Sequence[Coming], *, on: date) -> dict[str, Any] | None:
    """The picture of what lies ahead of a day, and its table; None where nothing does."""
    if not found:
        return None
    days = window(on)
    scale = DayScale(Period(month_of(on), days.stop), LEFT, RIGHT)
    rows = list(_rows(found))
    kinds = [kind for kind in KINDS if any(one.kind == kind for one in found)]
    drawn = [
        Lane(kind, str(NAMES[kind]), TOP + LANE * at, list(_signs([one for one in found if one.kind == kind], scale)))
        for at, kind in enumerate(kinds)
    ]
    return {
        "lanes": drawn,
        "rows": rows[:SHOWN],
        "more": rows[SHOWN:MOST],
        "more_count": len(rows[SHOWN:MOST]),
        "cut": sum(1 + len(row.others) for row in rows[MOST:]),
        "count": len(found),
        "first": days.first,
        "last": days.last,
        "months": months_of(scale),
        "width": WIDTH,
        "left": LEFT,
        "right": RIGHT,
        "top": TOP,
        "height": TOP + LANE * len(drawn) + 4,
        "on": on,
        "on_x": scale.x(on),
    }


def _rows(found: Sequence[Coming]) -> Iterator[Row]:
    """What is said of several targets alike is said once."""
    together: dict[tuple[Any, ...], list[Coming]] = {}
    for one in found:
        together.setdefault((one.on, one.unit, one.kind, one.sentence, one.clause), []).append(one)
    for some in together.values():
        yield Row(some[0], some[1:])


def _signs(found: Sequence[Coming], scale: DayScale) -> Iterator[Sign]:
    groups: list[list[Coming]] = []
    for one in found:
        if groups and scale.x(one.on) - scale.x(groups[-1][0].on) < APART:
            groups[-1].append(one)
        else:
            groups.append([one])
    places = [scale.x(group[0].on) for group in groups]
    rooms = [later - place for place, later in pairwise([*places, float(RIGHT) + 8])]
    for group, x, room in zip(groups, places, rooms, strict=True):
        label = f"{group[0].on:%m-%d}" if room >= LABEL else ""
        told = [f"{one.on} {one.number} {one.sentence}" for one in group[:SHOWN]]
        if len(group) > SHOWN:
            told.append(gettext("ほか%(count)s件") % {"count": len(group) - SHOWN})
        yield Sign(x, len(group), label, "\n".join(told))


def coming_of(one: Any, *, names: Mapping[str, str], places: Mapping[str, str], unit: str, unit_place: str) -> Coming:
    """A day of the judge (contracts.judge.ahead.Ahead) as a page tells it."""
    name, place = names.get(one.number, ""), places.get(one.number, "")
    sentence = said(one.text, one.values)
    return Coming(one.on, one.kind, one.number, name, place, unit, unit_place, clause_said(one.clause), sentence)
