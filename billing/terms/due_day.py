"""お支払期限: the day on which an invoice falls due by its payment terms, moved off bank holidays, never before its issue (I-70)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.terms.days import ONE_DAY, days_in_month, next_month

IsOpen = Callable[[date], bool]
"""Whether banks are open on a day; the calendar is handed down."""


class HolidayRule(StrEnum):
    """What becomes of a due day on which banks are closed: it stays, moves back (前営業日), or moves on (翌営業日)."""

    NONE = "none"
    PREVIOUS = "previous"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """支払条件: ``months`` after the month billed, on ``day`` of it (its last day where it has no such day)."""

    months: int
    day: int
    holiday: HolidayRule = HolidayRule.NONE


def due_day(month: date, terms: PaymentTerms, *, issued_on: date, is_open: IsOpen) -> date:
    """The day on which the invoice of a month (its first day) is payable.

    Where the terms give a day before the issue, the first of their days in later months that is not (I-70).
    """
    of = month
    while True:
        found = _moved(_nominal(of, terms), terms.holiday, is_open)
        if found >= issued_on:
            return found
        of = next_month(of)


def _nominal(month: date, terms: PaymentTerms) -> date:
    due = month
    for _each in range(terms.months):
        due = next_month(due)
    return due.replace(day=min(terms.day, days_in_month(due)))


def _moved(day: date, holiday: HolidayRule, is_open: IsOpen) -> date:
    if holiday is HolidayRule.NONE:
        return day
    step = -ONE_DAY if holiday is HolidayRule.PREVIOUS else ONE_DAY
    while not is_open(day):
        day += step
    return day
