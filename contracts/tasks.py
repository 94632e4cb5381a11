"""Celery's tasks. They only call the jobs: what is done once is done once by the database, whatever the queue delivers."""

from datetime import date
from logging import getLogger
from typing import Any

from celery import shared_task
from django.conf import settings

from contracts.clock import today
from contracts.operations import jobs
from contracts.operations.queue import hand_over

RETRY_SECONDS = 60

log = getLogger(__name__)


@shared_task(bind=True, max_retries=None)  # type: ignore[untyped-decorator]
def run_job(self: Any, name: str, on: str = "") -> str:
    """Run a job for a day (YYYY-MM-DD; today in Japan where none is named). Comes back after a failure until the job is stopped."""
    day = date.fromisoformat(on) if on else today()
    try:
        return jobs.run(name, day).state
    except Exception as error:
        log.exception("job %s of %s failed", name, day)
        if settings.CELERY_TASK_ALWAYS_EAGER:
            return "failed"
        raise self.retry(exc=error, args=[name, day.isoformat()], countdown=RETRY_SECONDS) from error


def ask(name: str, on: date) -> None:
    """Hand a job over. Where the broker does not answer it stays waiting, and beat or a button asks again."""
    hand_over(run_job, name, on.isoformat())


@shared_task  # type: ignore[untyped-decorator]
def run_unfinished() -> int:
    """Ask again for every job that was begun, or asked for, and is not over: whatever the queue has lost. How many there were."""
    found = jobs.unfinished(today())
    for name, on in found:
        ask(name, on)
    return len(found)
