"""A management unit on a time line: what is served from when until when, what is agreed, what is to come.

Its rows are contracts.admin.unit.picture_rows. Only days and places are worked out here; templates/admin/picture.html draws them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from contracts.admin.kit.language import clause_said, violation_said
from contracts.admin.kit.naming import in_order
from contracts.admin.unit.picture_rows import PictureRow, bar_of, end_of, life_of, row_of
from contracts.admin.unit.picture_scale import (
    LEFT,
    RIGHT,
    WIDTH,
    DayScale,
    Words,
    months_of,
    placed,
    runs_of,
    text_width,
    window_of,
)
from contracts.terms.days import NOT_YET_KNOWN, ONE_DAY, Period
from contracts.terms.timeline import Finding, Timeline
from contracts.terms.unit import ContradictionError, Unit

BAND_Y, ROWS_Y, ROW_HEIGHT = 62, 106, 40


@dataclass(frozen=True, slots=True)
class Strip:
    """Days on which the unit breaks the same conditions; ``last`` is None where nothing known ends it."""

    first: date
    last: date | None
    x: float
    width: float
    refused: bool
    clauses: tuple[str, ...]
    said: str
    words: Words | None = None


def picture(unit: Unit, *, on: date, findings: Sequence[Finding]) -> dict[str, Any]:
    """What the drawing of a unit on a time line shows, with its places; ``on`` is the day marked in it.

    Facts that contradict each other are drawn without ends: what ends when is then not known.
    """
    try:
        timeline = Timeline(unit)
    except ContradictionError:
        timeline = Timeline(unit, {})
    scale = DayScale(window_of(on, _known_days(timeline, findings)))
    rows = [
        row_of(target, timeline, scale, on=on, y=ROWS_Y + ROW_HEIGHT * position)
        for position, target in enumerate(in_order(unit))
    ]
    strips = _strips(scale, findings)
    bottom = ROWS_Y + ROW_HEIGHT * len(rows)
    on_x = scale.x(on) if scale.shows(on) else None
    return {
        "unit": unit.code,
        "on": on,
        "on_x": on_x,
        "on_label_x": None if on_x is None else min(max(on_x, LEFT + 36), RIGHT - 36),
        "first": scale.window.first,
        "last": scale.window.last,
        "width": WIDTH,
        "height": bottom + 4,
        "left": LEFT,
        "right": RIGHT,
        "band_y": BAND_Y,
        "bottom": bottom,
        "column_height": bottom - BAND_Y,
        "months": months_of(scale),
        "rows": rows,
        "strips": strips,
        "served": [bar_of("served", scale, run) for run in runs_of(scale, _lives(timeline))],
        "broken": [_broken(finding) for finding in findings],
        "kinds": _kinds(rows, strips),
    }


def _known_days(timeline: Timeline, findings: Sequence[Finding]) -> Iterator[date]:
    yield from (target.starts_on for target in timeline.unit.targets if target.starts_on)
    yield from (end.on for end in timeline.ends.values())
    yield from (change.effective_on for change in timeline.unit.changes)
    yield from (day for finding in findings for day in (finding.first, finding.last) if day)


def _lives(timeline: Timeline) -> Iterator[Period]:
    for target in timeline.unit.targets:
        life = life_of(target, end_of(timeline, target))
        if life:
            yield life


def _strips(scale: DayScale, findings: Sequence[Finding]) -> list[Strip]:
    """The days of the window on which the unit breaks something, cut where what it breaks changes."""
    held = [(Period(f.first, f.last + ONE_DAY if f.last else NOT_YET_KNOWN), f) for f in findings]
    edges = {day for days, _ in held for day in days if scale.shows(day)} | {*scale.window}
    runs: list[tuple[Period, list[Finding]]] = []
    for first, stop in pairwise(sorted(edges)):
        broken = [finding for days, finding in held if first in days]
        if broken and runs and runs[-1][0].stop == first and runs[-1][1] == broken:
            runs[-1] = (Period(runs[-1][0].first, stop), broken)
        elif broken:
            runs.append((Period(first, stop), broken))
    found = [_strip(scale, days, broken) for days, broken in runs]
    words = placed([(strip.x, _wordings(strip)) for strip in found], anchors=("start",))
    return [replace(strip, words=beside) for strip, beside in zip(found, words, strict=True)]


def _strip(scale: DayScale, days: Period, broken: Sequence[Finding]) -> Strip:
    said = dict.fromkeys(f"{clause_said(f.violation.clause)} {violation_said(f.violation)}" for f in broken)
    bar = bar_of("broken", scale, days)
    # At the picture's edges the days are cut: the findings say when it truly begins and ends.
    ends = [finding.last_known for finding in broken if finding.last_known]
    return Strip(
        first=days.first if days.first > scale.window.first else max(finding.first for finding in broken),
        last=days.last if days.stop < scale.window.stop else min(ends, default=None),
        x=bar.x,
        width=bar.width,
        refused=any(finding.refused for finding in broken),
        clauses=tuple(dict.fromkeys(clause_said(finding.violation.clause) for finding in broken)),
        said="\n".join(said),
    )


def _wordings(strip: Strip) -> tuple[str, ...]:
    """The clauses, all of them where their strip is as long: beyond it they would be read as the next strip's."""
    first, *others = strip.clauses
    if text_width("、".join(strip.clauses)) <= strip.width:
        return ("、".join(strip.clauses),)
    return (f"{first} +{len(others)}" if others else first,)


def _broken(finding: Finding) -> dict[str, Any]:
    """A finding for the table; ``first`` is None where the day is not known yet."""
    return {
        "first": None if finding.first == NOT_YET_KNOWN else finding.first,
        "last": finding.last_known,
        "clause": clause_said(finding.violation.clause),
        "sentence": violation_said(finding.violation),
        "refused": finding.refused,
    }


def _kinds(rows: Sequence[PictureRow], strips: Sequence[Strip]) -> set[str]:
    """Which signs the picture has, for its key."""
    found = {bar.kind for row in rows for bar in row.bars} | {mark.kind for row in rows for mark in row.marks}
    found |= {"refused" if strip.refused else "warned" for strip in strips}
    found |= {"runs_on"} if any(row.runs_on for row in rows) else set()
    found |= {"renewal"} if any(row.renewals for row in rows) else set()
    return found
