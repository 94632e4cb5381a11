"""The rows of a unit's time line: of each contract and option what is drawn on which days, its marks, and its words.

Only days and places are worked out here; templates/admin/picture.html draws them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile

from django.utils.translation import gettext

from contracts.admin.kit.naming import detail_on, name_on
from contracts.admin.unit.picture_scale import LEFT, RIGHT, SMALL, DayScale, Words, placed, shortened
from contracts.facts.names import value_said
from contracts.terms.art10_options import Term, renewal_deadline, terms
from contracts.terms.art12_termination import End
from contracts.terms.committed import minimum_term_end
from contracts.terms.days import NOT_YET_KNOWN, ONE_DAY, Period
from contracts.terms.timeline import Timeline
from contracts.terms.unit import Contract, Option, Target, in_order

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


def end_of(timeline: Timeline, target: Target) -> End | None:
    """When a target ends; None where it does not, or nobody knows the day yet."""
    end = timeline.ends.get(target.number)
    return end if end and end.on < NOT_YET_KNOWN else None


def life_of(target: Target, end: End | None) -> Period | None:
    """From the first day to the last; None where the first is not known, or nothing lies between."""
    if target.starts_on is None:
        return None
    life = Period(target.starts_on, end.on + ONE_DAY if end else NOT_YET_KNOWN)
    return life if life.days else None


def row_of(target: Target, timeline: Timeline, scale: DayScale, *, on: date, y: int) -> PictureRow:
    """A contract or an option on the time line, ``y`` below its top."""
    end = end_of(timeline, target)
    life = life_of(target, end)
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
            yield bar_of(kind, scale, seen)


def bar_of(kind: str, scale: DayScale, seen: Period) -> PictureBar:
    """The bar of the days that are seen."""
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
    for change in sorted(timeline.unit.changes, key=in_order):
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
