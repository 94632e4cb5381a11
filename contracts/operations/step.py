"""One step of a job: some rows worked through in one transaction, and how far it came."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that a job could not do, and why; the rest goes on."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Step:
    """Where the next step goes on (None: nothing was left), how many it looked at, how many rows it made, what it could not do."""

    cursor: int | None
    done: int = 0
    count: int = 0
    failed: list[Failure] = field(default_factory=list)


def nothing_after(on: date) -> None:
    """For jobs that have nothing to do once they are done."""


@dataclass(frozen=True, slots=True)
class JobSteps:
    """What a job does: ``total`` counts what it will look at, ``step`` does the next part after a cursor, both for a day.

    ``afterwards`` is called whenever the job is found done, outside any transaction; it too may be called any number of times.
    ``catches_up``: a later day's run does all that an earlier day's would have done.
    """

    total: Callable[[date], int]
    step: Callable[[date, int], Step]
    afterwards: Callable[[date], None] = nothing_after
    catches_up: bool = True
