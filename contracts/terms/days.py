"""Days and periods as the Civil Code counts them (I-01, I-02). A day is a date in Japan; nothing here asks for today."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

ONE_DAY = timedelta(days=1)

NOT_YET_KNOWN = date.max
"""Stands for the day on which what has no 課金開始日 yet will have started."""


class Period(NamedTuple):
    """Half-open run of days: ``first`` belongs to it, ``stop`` does not. Screens show ``last``."""

    first: date
    stop: date

    @property
    def last(self) -> date:
        """The last day that belongs to the period."""
        return self.stop - ONE_DAY

    @property
    def days(self) -> int:
        """How many days; 0 where the period is empty."""
        return max(0, (self.stop - self.first).days)

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day < self.stop

    def overlap(self, other: "Period") -> "Period | None":
        """The days of both, or None."""
        first, stop = max(self.first, other.first), min(self.stop, other.stop)
        return Period(first, stop) if first < stop else None


@cache
def last_day(first: date, *, months: int) -> date:
    """Last day of a period of months that counts its first day (民法143条, I-01).

    The day before the counterpart of ``first``, or the month's last day where it has no counterpart:
    6 months from 2025-04-01 end 2025-09-30, from 2025-08-31 on 2026-02-28.
    """
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    length = _length(year, month + 1)
    if first.day > length:
        return date(year, month + 1, length)
    return date(year, month + 1, first.day) - ONE_DAY


def last_day_after(event: date, *, months: int) -> date:
    """Last day of a period of months that runs from an event, whose own day is not counted (民法140条, I-02)."""
    return last_day(event + ONE_DAY, months=months)


def longest(*, months: int) -> int:
    """The most days that so many months can have: 31, 62, 92, 123 …; no month begins otherwise than one of four years does."""
    firsts = (date(year, month, 1) for year in range(2023, 2027) for month in range(1, 13))
    return max((last_day(first, months=months) - first).days + 1 for first in firsts)


def days_after(event: date, days: int) -> date:
    """The day on which ``days`` days since an event have run, its own day not counted (I-02): 2025-04-01 + 30 = 05-01."""
    return event + timedelta(days=days)


def month_of(day: date) -> date:
    """A month is named by its first day."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def previous_month(month: date) -> date:
    """The first day of the month before."""
    return month_of(month - ONE_DAY)


def months_apart(first: date, other: date) -> int:
    """How many months the month of ``other`` comes after that of ``first``; below 0 where it comes before."""
    return (other.year - first.year) * 12 + other.month - first.month


def month_period(month: date) -> Period:
    """The days of the month that begins on ``month``."""
    return Period(month, next_month(month))


def days_in_month(month: date) -> int:
    """Calendar days of the month: 28 to 31."""
    return _length(month.year, month.month)


@cache
def _length(year: int, month: int) -> int:
    return monthrange(year, month)[1]


def months_between(first: date, last: date) -> Iterator[date]:
    """Every month that has a day from ``first`` to ``last``, both included."""
    month = month_of(first)
    while month <= last:
        yield month
        month = next_month(month)


def iso(day: date | None) -> str:
    """A day as screens and sentences show it; 未定 where it is not known yet."""
    return "未定" if day is None or day == NOT_YET_KNOWN else day.isoformat()
