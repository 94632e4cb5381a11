"""A management unit on a time line: what is served from when until when, what is agreed, what is to come.

Only days and places are worked out here; templates/admin/picture.html draws them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise, takewhile
from typing import Any

from django.utils.translation import gettext

from contracts.admin.kit.language import clause_said, violation_said
from contracts.admin.kit.naming import detail_on, name_on
from contracts.admin.unit.picture_scale import (
    LEFT,
    RIGHT,
    SMALL,
    WIDTH,
    DayScale,
    Words,
    months_of,
    placed,
    runs_of,
    shortened,
    text_width,
    window_of,
)
from contracts.facts.names import value_said
from contracts.terms.art10_options import Term, renewal_deadline, terms
from contracts.terms.art12_termination import End
from contracts.terms.committed import minimum_term_end
from contracts.terms.days import NOT_YET_KNOWN, ONE_DAY, Period
from contracts.terms.timeline import Finding, Timeline
from contracts.terms.unit import Contract, ContradictionError, Option, Target, Unit

BAND_Y, ROWS_Y, ROW_HEIGHT = 62, 106, 40
_MARGIN, _INDENT = 4, 18
_LONGEST_ITEM_KEPT = 14
# Who is given room for words first.
_WEIGHT = {"end": 0, "before": 0, "beyond": 0, "start": 1, "change": 2, "deadline": 3, "changed": 4}


@dataclass(frozen=True, slots=True)
class PictureBar:
    """A stretch of a row: ``served``, ``committed`` (a minimum term or a term that runs), or ``rest`` of one cut short."""

    kind: str
    x: float
    width: float
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Mark:
    """What happens on a day: a start, an end, a change to come or made, a deadline, or what lies outside the picture."""

    kind: str
    x: float
    day: date
    said: str
    wordings: tuple[str, ...]
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class PictureRow:
    """A contract or an option on the time line. ``runs_on`` where no end is known, ``over`` where it ended before the day."""

    number: str
    name: str
    detail: str
    label: str
    sublabel: str
    label_x: int
    y: int
    is_option: bool
    starts_on: date | None
    ends_on: date | None
    committed_until: date | None
    note: str
    bars: Sequence[PictureBar]
    renewals: Sequence[float]
    marks: Sequence[Mark]
    begins_x: float | None
    runs_on: bool
    over: bool
    is_term_licence: bool

    @property
    def plans(self) -> list[Mark]:
        """Changes and deadlines: what the table has no columns of its own for."""
        return [mark for mark in self.marks if mark.kind in {"change", "changed", "deadline"}]


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
        _row(target, timeline, scale, on=on, y=ROWS_Y + ROW_HEIGHT * position)
        for position, target in enumerate(_in_order(unit))
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
        "served": [_bar("served", scale, run) for run in runs_of(scale, _lives(timeline))],
        "broken": [_broken(finding) for finding in findings],
        "kinds": _kinds(rows, strips),
    }


def _known_days(timeline: Timeline, findings: Sequence[Finding]) -> Iterator[date]:
    yield from (target.starts_on for target in timeline.unit.targets if target.starts_on)
    yield from (end.on for end in timeline.ends.values())
    yield from (change.effective_on for change in timeline.unit.changes)
    yield from (day for finding in findings for day in (finding.first, finding.last) if day)


def _in_order(unit: Unit) -> Iterator[Target]:
    """The tier contract first, then the modules, each followed by its options."""
    for contract in sorted(unit.contracts, key=lambda contract: (not contract.is_tier, contract.number)):
        yield contract
        yield from (option for option in unit.options if option.contract == contract.number)


def _lives(timeline: Timeline) -> Iterator[Period]:
    for target in timeline.unit.targets:
        life = _life(target, _end(timeline, target))
        if life:
            yield life


def _end(timeline: Timeline, target: Target) -> End | None:
    end = timeline.ends.get(target.number)
    return end if end and end.on < NOT_YET_KNOWN else None


def _life(target: Target, end: End | None) -> Period | None:
    """From the first day to the last; None where the first is not known, or nothing lies between."""
    if target.starts_on is None:
        return None
    life = Period(target.starts_on, end.on + ONE_DAY if end else NOT_YET_KNOWN)
    return life if life.days else None


def _row(target: Target, timeline: Timeline, scale: DayScale, *, on: date, y: int) -> PictureRow:
    end = _end(timeline, target)
    life = _life(target, end)
    running = [term for term in _terms(target, scale) if life and term.first in life]
    committed = _committed(target, running, on)
    name, detail = name_on(target, timeline, on), detail_on(target, timeline, on)
    is_option = isinstance(target, Option)
    label_x = _MARGIN + (_INDENT if is_option else 0)
    room = LEFT - label_x - 2 * _MARGIN
    line = scale.x(on) if scale.shows(on) else None
    return PictureRow(
        number=target.number,
        name=name,
        detail=detail,
        label=shortened(name, room),
        sublabel=shortened(f"{target.number}  {detail}".rstrip(), room, SMALL, keep=_telling(target, detail)),
        label_x=label_x,
        y=y,
        is_option=is_option,
        starts_on=target.starts_on,
        ends_on=end.on if end else None,
        committed_until=committed.last if committed else None,
        note=_note(target, life),
        bars=list(_bars(scale, life, committed)) if life else [],
        renewals=_renewals(scale, life, running) if life else [],
        marks=_with_words(
            [*_marks_of_life(scale, life, on), *_plans(target, timeline, scale, life, running, on)], line
        ),
        begins_x=scale.x(life.first) if life and scale.shows(life.first) else None,
        runs_on=bool(life and life.stop > scale.window.stop > life.first),
        over=bool(end and end.on < on),
        is_term_licence=isinstance(target, Option) and target.is_term_licence,
    )


def _telling(target: Target, detail: str) -> int:
    """How many letters at the end of a module's detail are its item: what tells it from others of its kind."""
    item = detail.removeprefix(target.module.kind).strip() if isinstance(target, Contract) and target.module else ""
    return len(item) if len(item) <= _LONGEST_ITEM_KEPT else 0


def _note(target: Target, life: Period | None) -> str:
    """What stands in a row that has nothing to draw."""
    if target.starts_on is None:
        return gettext("課金開始日は未定")
    return "" if life else gettext("課金開始前に終了")


def _terms(target: Target, scale: DayScale) -> list[Term]:
    """The one-year terms of a 期間ライセンス that begin before the picture ends (10-9); none for any other target."""
    if not isinstance(target, Option) or not target.is_term_licence or target.starts_on is None:
        return []
    # Its first term is always known, also where it begins behind the picture's edge.
    stop = max(scale.window.stop, target.starts_on + ONE_DAY)
    return list(takewhile(lambda term: term.first < stop, terms(target.starts_on)))


def _committed(target: Target, running: Sequence[Term], on: date) -> Period | None:
    """The minimum term (第5条, 10-8), of a 期間ライセンス the term that runs on the day, or its first (10-9)."""
    if target.starts_on is None:
        return None
    if running:
        term = next((term for term in running if on <= term.last), running[-1])
        return Period(term.first, term.last + ONE_DAY)
    last = minimum_term_end(target)
    return Period(target.starts_on, last + ONE_DAY) if last else None


def _bars(scale: DayScale, life: Period, committed: Period | None) -> Iterator[PictureBar]:
    """The bar of a life, the committed part of it, and what a life cut short leaves of that."""
    parts = [("served", life)]
    if committed:
        parts.append(("committed", Period(committed.first, min(committed.stop, life.stop))))
        parts.append(("rest", Period(max(committed.first, life.stop), committed.stop)))
    for kind, days in parts:
        seen = days.overlap(scale.window)
        if seen:
            yield _bar(kind, scale, seen)


def _bar(kind: str, scale: DayScale, seen: Period) -> PictureBar:
    x = scale.x(seen.first)
    return PictureBar(kind, x, round(scale.x(seen.stop) - x, 1), seen.first, seen.last)


def _renewals(scale: DayScale, life: Period, running: Sequence[Term]) -> list[float]:
    """Where a term follows another."""
    return [scale.x(term.first) for term in running[1:] if term.first in life and scale.shows(term.first)]


def _marks_of_life(scale: DayScale, life: Period | None, on: date) -> Iterator[Mark]:
    """A start to come, an end; at the picture's edge what lies outside it."""
    if life is None:
        return
    starts, ends = gettext("%(day)s 開始"), gettext("%(day)s 終了")
    if life.first >= scale.window.stop:
        yield _mark("beyond", float(RIGHT), life.first, starts)
        return
    if life.first > on:
        yield _mark("start", scale.x(life.first), life.first, starts)
    if life.stop == NOT_YET_KNOWN:
        return
    if life.stop <= scale.window.first:
        yield _mark("before", float(LEFT), life.last, ends)
    elif life.stop > scale.window.stop:
        yield _mark("beyond", float(RIGHT), life.last, ends)
    else:
        yield _mark("end", scale.x(life.stop), life.last, ends)


def _plans(
    target: Target, timeline: Timeline, scale: DayScale, life: Period | None, running: Sequence[Term], on: date
) -> Iterator[Mark]:
    """Changes of the target, and the last days for a notice against a renewal (10-9)."""
    for change in sorted(timeline.unit.changes, key=lambda change: change.effective_on):
        if change.target == target.number and scale.shows(change.effective_on):
            kind, day = "change" if change.effective_on > on else "changed", change.effective_on
            to = value_said(change.what, change.to)
            yield Mark(kind, scale.x(day), day, f"{day} → {to}", (f"{day} → {to}", f"→ {to}"))
    for term in running:
        deadline = renewal_deadline(term)
        renews = life is not None and term.last + ONE_DAY in life
        if renews and term.last >= on and scale.shows(deadline):
            yield _mark("deadline", scale.x(deadline + ONE_DAY), deadline, gettext("更新停止の通知期限 %(day)s"))


def _mark(kind: str, x: float, day: date, said: str) -> Mark:
    text = said % {"day": day}
    return Mark(kind, x, day, text, (text, str(day)))


def _with_words(marks: Sequence[Mark], line: float | None) -> list[Mark]:
    ordered = sorted(marks, key=lambda mark: (_WEIGHT[mark.kind], mark.day))
    found = placed([(mark.x, mark.wordings) for mark in ordered], line=line)
    return sorted(
        (replace(mark, words=words) for mark, words in zip(ordered, found, strict=True)), key=lambda mark: mark.x
    )


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
    bar = _bar("broken", scale, days)
    # At the picture's edges the days are cut: the findings say when it truly begins and ends.
    ends = [finding.last for finding in broken if finding.last]
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
        "last": finding.last,
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
