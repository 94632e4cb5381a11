"""An application's form as it was typed: posted, kept as a draft, copied from another, or begun by a link."""

import json
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from contracts.admin.application.lines import LABELS, MOST_LETTERS, asking, typed_lines
from contracts.admin.kit.days import day_typed
from contracts.intake.form import FIELDS, Verb
from contracts.intake.refilled import common_day, copied, renumbered, with_common_day, without_common_day
from contracts.models import Application, ManagementUnit

MOST_POINTS, MOST_OF_A_POINT = 200, 500
LONGEST_VERSION = 18
"""Digits that the version of a draft may have; a longer one is none."""


@dataclass(slots=True)
class Typed:
    """The form as it was typed: its day also as a day, None where it is none.

    ``starts_on`` is the starting day of every line that has none of its own; ``reason`` why it is received although refused.
    """

    written_on: str
    applied_on: date | None
    lines: list[dict[str, str]]
    version: int
    starts_on: str = ""
    reason: str = ""
    known: tuple[str, ...] = ()
    """The points that were ticked as known (contracts.judge.points.Point.key)."""

    @property
    def asked(self) -> list[dict[str, str]]:
        """What the form asks for: its lines, each with its starting day."""
        return [dict(line) for line in asking(with_common_day(self.lines, self.starts_on))]


def typed(request: HttpRequest) -> Typed:
    """What a posted form says; nothing of it is dropped for being wrong."""
    written_on, version = request.POST.get("applied_on", "").strip(), request.POST.get("version", "")
    if "overwrite" in request.POST:
        version = request.POST["overwrite"]
    starts_on, reason = (request.POST.get(name, "").replace("\x00", "").strip() for name in ("starts_on", "reason"))
    number = int(version) if version.isdecimal() and len(version) <= LONGEST_VERSION else 0
    lines = mended(typed_lines(request.POST), request.POST.get("mend", ""))
    said = starts_on[:MOST_LETTERS], reason[:500]
    known = tuple(key[:MOST_OF_A_POINT] for key in request.POST.getlist("known")[:MOST_POINTS] if "\x00" not in key)
    # What a script asks for speaks of the lines as they are numbered on the page.
    if request.headers.get("X-Requested-With") != "fetch":
        lines, known = renumbered(lines, known)
    return Typed(written_on, day_typed(written_on), lines, number, *said, known)


def mended(lines: list[dict[str, str]], asked: str) -> list[dict[str, str]]:
    """The lines with the one that a remark's button adds or changes (contracts.judge.mending), where the page has no script."""
    try:
        line = json.loads(asked) if asked else None
    except (ValueError, RecursionError):  # the second: nested beyond all that a line can be
        line = None
    if not isinstance(line, dict) or not all(isinstance(value, str) for value in line.values()):
        return lines
    values = {name: value[:MOST_LETTERS] for name, value in line.items() if name in LABELS or name in ("verb", "key")}
    if any(one["key"] == values.get("key") for one in lines):
        return [{**one, **values} if one["key"] == values["key"] else one for one in lines]
    if values.get("verb") not in set(Verb):
        return lines
    taken = [int(one["key"][1:]) for one in lines if one["key"][1:].isdecimal()]
    return [*lines, {**values, "key": f"#{max(taken, default=0) + 1}"}]


def stored(application: Application) -> Typed:
    """What the form of a draft opens with: as it was kept."""
    applied_on = application.applied_on
    written, starts_on = applied_on.isoformat() if applied_on else "", common_day(application.lines)
    lines, known = renumbered(without_common_day(application.lines, starts_on), tuple(application.known))
    return Typed(written, applied_on, lines, application.version, starts_on, known=known)


def begun(request: HttpRequest, unit: ManagementUnit, today: date) -> Typed:
    """What a new form opens with: applied for today; a copy of another of the unit's (``?from=``), or the line that a link asks for."""
    given = request.GET.get("from", "")
    source = Application.objects.filter(number=given, unit=unit).first() if given else None
    lines = copied(source.lines) if source else begun_by(request)
    starts_on = common_day(lines)
    return Typed(today.isoformat(), today, without_common_day(lines, starts_on), 0, starts_on)


def begun_by(request: HttpRequest) -> list[dict[str, str]]:
    """The first line of a new form, where a link names what is asked for, of what, and as much more as it knows (``?verb=category&target=…``)."""
    verb = request.GET.get("verb", "")
    if verb not in set(Verb):
        return []
    asked = {name: request.GET.get(name, "").replace("\x00", "").strip()[:MOST_LETTERS] for name in FIELDS[Verb(verb)]}
    return [{"key": "#1", "verb": verb, **{name: value for name, value in asked.items() if value}}]
