"""What runs by itself, and when: the one schedule that beat and ``manage.py run_due_jobs`` share. Times are Japan's."""

from datetime import time
from typing import Any, NamedTuple

from celery.schedules import crontab


class Scheduled(NamedTuple):
    """A job of every day: from ``at`` on, asked for again every hour, since what is done is done and asking costs nothing."""

    name: str
    at: time


SCHEDULE = (
    Scheduled("dated", time(3, 50)),
    Scheduled("effects", time(4, 0)),
    Scheduled("worklist", time(4, 20)),
    Scheduled("check", time(5, 0)),
    Scheduled("documents", time(6, 0)),
    Scheduled("digest", time(8, 0)),
)

JOBS = {
    "dated": "contracts.operations.scheduled.DATED",
    "effects": "contracts.operations.scheduled.EFFECTS",
    "worklist": "contracts.operations.scheduled.WORKLIST",
    "documents": "billing.operations.documents.scheduled.DOCUMENTS",
    "digest": "contracts.operations.scheduled.DIGEST",
    "check": "billing.operations.ledger_checks.CHECK",
    "abolition": "contracts.operations.scheduled.ABOLITION",
}
"""What each job does; those that are not scheduled run when somebody asks for them."""

LAST_HOUR = 23
"""The last hour of the day in which a job is asked for."""

UNFINISHED_AT_MINUTE = 50
"""When, every hour, what was begun or asked for and is not over is asked for again."""


def beat() -> dict[str, dict[str, Any]]:
    """The schedule as Celery's beat takes it: every job of the day, what is unfinished, entries of the history that wait for their link."""
    found: dict[str, dict[str, Any]] = {
        job.name: {
            "task": "contracts.tasks.run_job",
            "args": [job.name],
            "schedule": crontab(minute=job.at.minute, hour=f"{job.at.hour}-{LAST_HOUR}"),
        }
        for job in SCHEDULE
    }
    found["unfinished"] = {"task": "contracts.tasks.run_unfinished", "schedule": crontab(minute=UNFINISHED_AT_MINUTE)}
    # Entries of the history that were not linked right after they were written.
    found["chain"] = {"task": "contracts.tasks.link_entries", "schedule": crontab(minute="*/10")}
    return found
