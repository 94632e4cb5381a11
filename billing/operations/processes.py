"""Parts of one work, such as ranges of units, done by several processes of this machine beside each other, each with a connection of its own.

The processes are copies of this one: they begin within milliseconds, and share what they have of the program. Which part is
whose is settled by a pipe that holds their numbers: each takes the next one, and no process that is killed takes a lock along.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from logging import getLogger
from typing import TypeVar

from django.conf import settings
from django.db import connection, connections

from contracts.models.bulk import slices

MOST_BY_ITSELF = 8
"""So many processes at most where the setting names no number: each needs a connection, of which a server has some hundred."""
PARTS_AT_ONCE = 1_000
"""A pipe holds their numbers, before anybody reads them, were it of a single page of memory."""
_NUMBER = 4

Part = TypeVar("Part")

log = getLogger(__name__)


def in_processes(
    work: Callable[[Part], None], parts: Sequence[Part], begun: Callable[[int], None] = lambda so_many: None
) -> None:
    """Work on every part, in as many processes as there are; ``begun`` is told, now and then, how many have been begun so far.

    Each part is a transaction, or several, and nothing where it is done already.

    What another process does not manage, killed or by an error, this one does itself in the end: an error tells itself here.
    """
    before = 0
    for some in slices(parts, PARTS_AT_ONCE):
        for number in _shared_out(work, some) if how_many() > 1 < len(some) else _one_by_one(work, some):
            begun(before + number)
        before += len(some)
    begun(before)


def how_many() -> int:
    """How many processes work beside each other: one where they would not see the same rows, or could not be copied safely.

    SQLite has one writer. Within a transaction nobody else sees what it has written. A copy of a process takes no thread
    along but the one that copies, and would wait for ever for what the others hold.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block or threading.active_count() > 1:
        return 1
    chosen: int = settings.MONTH_PROCESSES
    return chosen or min(os.cpu_count() or 1, MOST_BY_ITSELF)


def _one_by_one(work: Callable[[Part], None], parts: Sequence[Part]) -> Iterator[int]:
    for number, one in enumerate(parts, 1):
        work(one)
        yield number


def _shared_out(work: Callable[[Part], None], parts: Sequence[Part]) -> Iterator[int]:
    waiting, numbers = os.pipe()
    os.write(numbers, b"".join(number.to_bytes(_NUMBER, "little") for number in range(len(parts))))
    os.close(numbers)
    # A connection has one process at its end.
    connections.close_all()
    others = [_copy(work, parts, waiting) for _ in range(min(how_many(), len(parts)) - 1)]
    try:
        while (number := _next(waiting)) is not None:
            work(parts[number])
            yield number + 1
    finally:
        # Emptied, so that the others end with the part that they are at.
        while _next(waiting) is not None:
            pass
        os.close(waiting)
        failed = [pid for pid in others if os.waitpid(pid, 0)[1]]
    if failed:
        log.warning("%d of %d processes failed: their parts are gone through again", len(failed), len(others))
        for one in parts:
            work(one)


def _next(waiting: int) -> int | None:
    taken = os.read(waiting, _NUMBER)
    return int.from_bytes(taken, "little") if taken else None


def _copy(work: Callable[[Part], None], parts: Sequence[Part], waiting: int) -> int:
    """Another process that takes parts until none is left, or the one that copied it is gone; its number."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        while os.getppid() == parent and (number := _next(waiting)) is not None:
            work(parts[number])
        connections.close_all()
        status = 0
    except Exception:
        log.exception("a part could not be done")
    finally:
        # Nothing of what the other has to end by is ended here: its files, its handlers, its threads.
        os._exit(status)
