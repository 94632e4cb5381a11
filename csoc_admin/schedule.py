"""What runs by itself, and when: the one schedule that beat and ``manage.py run_due_jobs`` share. Times are Japan's."""

from datetime import time
from typing import NamedTuple


class Scheduled(NamedTuple):
    """A job of every day: from ``at`` on, asked for again every hour, since what is done is done and asking costs nothing."""

    name: str
    at: time


SCHEDULE = (
    Scheduled("dated", time(3, 50)),
    Scheduled("effects", time(4, 0)),
    Scheduled("worklist", time(4, 20)),
    Scheduled("documents", time(6, 0)),
    Scheduled("digest", time(8, 0)),
)

JOBS = {
    "dated": "contracts.operations.scheduled.DATED",
    "effects": "contracts.operations.scheduled.EFFECTS",
    "worklist": "contracts.operations.scheduled.WORKLIST",
    "documents": "billing.operations.documents.scheduled.DOCUMENTS",
    "digest": "contracts.operations.scheduled.DIGEST",
    "abolition": "contracts.operations.scheduled.ABOLITION",
}
"""What each job does; those that are not scheduled run when somebody asks for them."""

LAST_HOUR = 23
"""The last hour of the day in which a job is asked for."""

UNFINISHED_AT_MINUTE = 50
"""When, every hour, what was begun or asked for and is not over is asked for again."""
