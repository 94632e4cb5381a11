"""Stored changes in the order in which they take effect (I-53), as contracts.terms.unit.in_order has it of plain ones."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from django.db.models import OuterRef, Q

from contracts.facts.ids import Ids
from contracts.models import Application

Row = TypeVar("Row")

IN_ORDER = ("effective_on", "application__accepted_on", "application__number")
LAST_FIRST = tuple(f"-{name}" for name in IN_ORDER)


def before_the_outer() -> Q:
    """The condition of a subquery that a change comes before the one of the query around it."""
    day, accepted, number = IN_ORDER
    same_day = Q(**{day: OuterRef(day)})
    same_acceptance = same_day & Q(**{accepted: OuterRef(accepted)})
    return (
        Q(**{f"{day}__lt": OuterRef(day)})
        | same_day & Q(**{f"{accepted}__lt": OuterRef(accepted)})
        | same_acceptance & Q(**{f"{number}__lt": OuterRef(number)})
    )


def in_order(
    rows: Iterable[Row], *, key: Callable[[Row], tuple[int, str, date]], application: Callable[[Row], int]
) -> list[Row]:
    """Very many changes by day; only of those that share target, thing and day (``key``) the applications are asked for."""
    ordered = sorted(rows, key=lambda row: key(row)[2])
    seen: dict[tuple[int, str, date], Row] = {}
    twice: list[Row] = []
    for row in ordered:
        first = seen.setdefault(key(row), row)
        if first is not row:
            twice += [first, row]
    if not twice:
        return ordered
    asked = Ids(application(row) for row in twice)
    told = {pk: (on, number) for pk, on, number in asked.rows(Application.objects.all(), "pk", "accepted_on", "number")}
    return sorted(ordered, key=lambda row: (key(row)[2], *_told(told, application(row))))


def _told(told: Mapping[int, tuple[Any, Any]], application: int) -> tuple[Any, Any]:
    return told.get(application, (date.min, ""))
