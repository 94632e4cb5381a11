"""予定表: a month of what is coming for one's units, day by day, with what is due on each."""

from calendar import Calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext, pgettext

from contracts.admin.kit.days import MonthField
from contracts.admin.work.desk import ALL, OWN, Line, groups, of_person
from contracts.admin.work.worklist import on_the_day, shown
from contracts.judge.kinds import Act, of_act
from contracts.models import WorkItem
from contracts.terms.days import month_of, next_month

AHEAD = 3
"""Months after this one of which everything that is known is made already (contracts.judge.work.KNOWN_AHEAD)."""
READ = 1000
"""Rows of a month that are read."""
OF_A_DAY = 4
"""Lines of a day that are shown at once; the others unfold."""


class MonthForm(forms.Form):
    """The month to look at."""

    month = MonthField(required=False)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the month: its lines, those to act upon first."""

    on: date
    lines: list[Line]
    of_month: bool
    is_today: bool

    @property
    def shown(self) -> list[Line]:
        """The lines that are shown at once."""
        return self.lines[:OF_A_DAY]

    @property
    def folded(self) -> list[Line]:
        """The others."""
        return self.lines[OF_A_DAY:]


def months(today: date) -> list[date]:
    """The first days of the months that can be looked at."""
    found = [month_of(today)]
    for _month in range(AHEAD):
        found.append(next_month(found[-1]))
    return found


def calendar_of(person: User, asked: dict[str, Any], *, today: date) -> dict[str, Any]:
    """The context of the page: the weeks of the month asked for, which is one of ``months``."""
    form, known = MonthForm(asked), months(today)
    wanted = form.cleaned_data["month"] if form.is_valid() else None
    month = min(max(wanted or known[0], known[0]), known[-1])
    whose = ALL if asked.get("whose") == ALL else OWN
    weeks = Calendar().monthdatescalendar(month.year, month.month)
    first, last = weeks[0][0], weeks[-1][-1]
    rows = of_person(on_the_day(today), person, whose).filter(
        kind__in=of_act(Act.TASK, Act.NOTE), due_on__gte=first, due_on__lte=last, settled_on=None
    )
    items = list(rows[: READ + 1])
    by_day = _by_day(items[:READ], today)
    return {
        "weeks": [[Day(on, by_day[on], on.month == month.month, on == today) for on in week] for week in weeks],
        "month": month,
        "months": known,
        "before": known[known.index(month) - 1] if month > known[0] else None,
        "after": known[known.index(month) + 1] if month < known[-1] else None,
        "whose": whose,
        "whose_choices": ((OWN, gettext("自分の担当")), (ALL, gettext("すべて"))),
        "more": len(items) > READ,
        "count": sum(len(lines) for lines in by_day.values()),
        "headings": _weekdays(),
    }


def _weekdays() -> list[str]:
    """The days of a week as the calendar heads them, Monday first."""
    workdays = [pgettext("weekday", "月"), pgettext("weekday", "火"), pgettext("weekday", "水")]
    workdays += [pgettext("weekday", "木"), pgettext("weekday", "金")]
    return [*workdays, pgettext("weekday", "土"), pgettext("weekday", "日")]


def _by_day(items: list[WorkItem], today: date) -> defaultdict[date, list[Line]]:
    found: defaultdict[date, list[Line]] = defaultdict(list)
    for group in groups(shown(items, today=today), today):
        for line in group.lines:
            found[line.first["due_on"]].append(line)
    for lines in found.values():
        lines.sort(key=lambda line: line.first["act"] is Act.NOTE)
    return found
