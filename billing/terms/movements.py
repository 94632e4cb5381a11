"""MRRの増減: how a customer's MRR came from one closing to the next (I-68). The movements add up to the difference, to the yen."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple


class Movement(StrEnum):
    """What a customer's MRR differs by: one of these a month, and what passes from or to another customer."""

    NEW = "new"
    """新規: from nothing, and never charged before."""
    BACK = "back"
    """復活: from nothing, charged before."""
    MORE = "more"
    LESS = "less"
    LOST = "lost"
    """解約: to nothing. Not where one of several contracts ends."""
    PASSED = "passed"
    """移転: passed from or to another customer (I-54); over all customers it comes to nothing."""


class Moved(NamedTuple):
    """A movement, at which closing (0 is the opening), and its yen."""

    at: int
    what: Movement
    yen: int


def movements(levels: Sequence[int], passed: Sequence[int], *, before: bool = False) -> Iterator[Moved]:
    """What a customer's MRR moved by at each closing after the first of ``levels``.

    ``passed``: what passed from other customers by each closing, below zero where it passed to others. ``before``: whether the
    customer was charged on a day before the opening, beside what the opening has.
    """
    known = before or bool(levels[0])
    for at in range(1, len(levels)):
        if passed[at]:
            yield Moved(at, Movement.PASSED, passed[at])
        stands, now = levels[at - 1] + passed[at], levels[at]
        if now != stands:
            yield Moved(at, _kind(stands, now, known), now - stands)
        known = known or bool(now)


def _kind(stands: int, now: int, known: bool) -> Movement:
    if not stands:
        return Movement.BACK if known else Movement.NEW
    if not now:
        return Movement.LOST
    return Movement.MORE if now > stands else Movement.LESS
