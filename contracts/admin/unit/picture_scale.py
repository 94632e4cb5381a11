"""Where things stand on a time line: days to x, the grid of months, words beside marks that do not run into each other."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from contracts.terms.days import NOT_YET_KNOWN, Period, months_between

WIDTH, LEFT, RIGHT = 1040, 300, 1022
"""The picture's width, and where its days begin and end; left of them stand the names, right of them the arrows."""

MONTHS_AROUND = 12
MOST_MONTHS = 60
SMALL, PLAIN = 11, 13
LEAST_MONTH_LABEL = 27
LEAST_YEAR_LABEL = 44
_BESIDE = {"start": 4, "end": -4, "middle": 0}
_LAST_MONTH = 9900 * 12  # Far from the last date there is: what is counted on from the window must still be a date.


@dataclass(frozen=True, slots=True)
class DayScale:
    """The window of time that a picture shows, and its days as x between its two edges."""

    window: Period
    left: int = LEFT
    right: int = RIGHT

    def x(self, day: date) -> float:
        """Where a day begins; the edge of the picture for a day outside it."""
        passed = min(max((day - self.window.first).days, 0), self.window.days)
        return round(self.left + (self.right - self.left) * passed / self.window.days, 1)

    def shows(self, day: date | None) -> bool:
        """Whether the day lies within the picture."""
        return day is not None and day in self.window


@dataclass(frozen=True, slots=True)
class MonthMark:
    """One month of the grid; ``label`` and ``year`` say whether they are written at it."""

    first: date
    x: float
    width: float
    label: bool
    year: bool

    @property
    def begins_year(self) -> bool:
        """Whether it is January."""
        return self.first.month == 1


@dataclass(frozen=True, slots=True)
class Words:
    """A text beside a mark: which of its wordings, where, and on which side of the mark."""

    text: str
    x: float
    anchor: str

    @property
    def span(self) -> tuple[float, float]:
        """From where to where it runs."""
        width = text_width(self.text)
        first = {"start": self.x, "middle": self.x - width / 2, "end": self.x - width}[self.anchor]
        return first, first + width


def window_of(on: date, known: Iterable[date]) -> Period:
    """Whole months: a year around ``on``, from the first known day on, to a month after the last; five years at most."""
    days = [day for day in known if day != NOT_YET_KNOWN]
    here = min(_month_number(on), _LAST_MONTH)
    first = here - MONTHS_AROUND
    if days:
        first = min(max(first, _month_number(min(days))), here)
    last = max([here + MONTHS_AROUND, *(_month_number(day) + 1 for day in days)])
    first = max(first, 12)
    last = max(min(last, first + MOST_MONTHS - 1, _LAST_MONTH + MONTHS_AROUND), first)
    return Period(_month(first), _month(last + 1))


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def months_of(scale: DayScale) -> list[MonthMark]:
    """The months of the window; their labels thinned out to every second, third or sixth where they are many."""
    firsts = list(months_between(scale.window.first, scale.window.last))
    room = (scale.right - scale.left) / len(firsts)
    step = next(step for step in (1, 2, 3, 6, 12) if room * step >= LEAST_MONTH_LABEL)
    found = []
    for position, first in enumerate(firsts):
        x = scale.x(first)
        stop = scale.x(firsts[position + 1]) if position + 1 < len(firsts) else float(scale.right)
        until_january = (13 - first.month) * room
        year = first.month == 1 or (position == 0 and until_january >= LEAST_YEAR_LABEL)
        roomy = scale.right - x >= LEAST_MONTH_LABEL - 4
        label = (first.month - 1) % step == 0 and roomy
        found.append(MonthMark(first, x, round(stop - x, 1), label, year and scale.right - x >= LEAST_YEAR_LABEL))
    return found


def text_width(text: str, size: int = SMALL) -> float:
    """About how wide a text stands, in units of the picture: Japanese letters are square, Latin ones narrower."""
    return sum(size if unicodedata.east_asian_width(letter) in "WFA" else size * 0.6 for letter in text)


def shortened(text: str, room: float, size: int = PLAIN, *, keep: int = 0) -> str:
    """The text, cut with an ellipsis where it is wider than its room; its last ``keep`` letters stay."""
    if text_width(text, size) <= room:
        return text
    head, tail = text[: len(text) - keep], text[len(text) - keep :]
    while head and text_width(f"{head}…{tail}", size) > room:
        head = head[:-1]
    return f"{head.rstrip()}…{tail}"


def placed(
    wanted: Sequence[tuple[float, Sequence[str]]],
    *,
    line: float | None = None,
    anchors: Sequence[str] = ("start", "end", "middle"),
) -> list[Words | None]:
    """Words for marks at x, each with its wordings from the fullest to the shortest; who comes first chooses first.

    ``anchors``: on which sides of a mark they may stand, best first; they cross the upright ``line`` only
    where they find no other place. A mark for whose words there is no room gets none: its title and the table say them.
    """
    taken: list[tuple[float, float]] = []
    found: list[Words | None] = []
    for x, wordings in wanted:
        words = next((words for words in _candidates(x, wordings, anchors, line) if _free(words.span, taken)), None)
        if words:
            taken.append(words.span)
        found.append(words)
    return found


def _candidates(x: float, wordings: Sequence[str], anchors: Sequence[str], line: float | None) -> Iterator[Words]:
    for text in wordings:
        words = [Words(text, round(x + _BESIDE[anchor], 1), anchor) for anchor in anchors]
        yield from sorted(words, key=lambda one: line is not None and one.span[0] - 3 < line < one.span[1] + 3)


def _free(span: tuple[float, float], taken: Iterable[tuple[float, float]]) -> bool:
    first, last = span
    inside = first >= LEFT and last <= WIDTH - 2
    return inside and all(last + 6 <= other_first or other_last + 6 <= first for other_first, other_last in taken)


def runs_of(scale: DayScale, periods: Iterable[Period]) -> list[Period]:
    """The days of the window that any of the periods covers, as runs in order."""
    found: list[Period] = []
    for period in sorted(periods):
        part = period.overlap(scale.window)
        if part is None:
            continue
        if found and part.first <= found[-1].stop:
            found[-1] = Period(found[-1].first, max(found[-1].stop, part.stop))
        else:
            found.append(part)
    return found
