"""Celery's tasks. They only call the jobs: what is done once is done once by the database, whatever the queue delivers."""

from datetime import date
from logging import getLogger
from typing import Any

from celery import shared_task
from django.conf import settings
from kombu.exceptions import OperationalError

from contracts.clock import today
from contracts.operations import jobs

RETRY_SECONDS = 60
BROKER_SECONDS = 0.8
"""How long the broker may take to accept a connection, and to answer a word: a page that hands work over waits two seconds at most."""
SOON = {"socket_connect_timeout": BROKER_SECONDS, "socket_timeout": BROKER_SECONDS, "max_retries": 0}

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


def hand_over(task: Any, *args: Any) -> bool:
    """Put a task into the queue, or without a broker do it; whether the broker took it. One that does not answer costs no more than 2 s.

    By a connection of its own: a worker waits for its queue as long as it likes, whoever has a page before them does not.
    """
    try:
        if task.app.conf.task_always_eager:
            task.apply_async(args)
            return True
        with task.app.connection_for_write(transport_options=SOON) as connection:
            task.apply_async(args, connection=connection, retry=False)
    except OperationalError:
        log.exception("%s %s could not be handed over", task.name, args)
        return False
    return True


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
