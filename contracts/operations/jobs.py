"""定時処理: one job for one day, done once by the database — delivered twice, late, out of order, killed, or side by side.

Each step is worked under the lock of the job's row and written with how far it came, in one transaction: what is killed is
rolled back as a whole, what is done is skipped. No lease, no time-out, nothing kept in the queue.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from logging import getLogger

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from contracts.clock import now
from contracts.facts import history
from contracts.models import FactsRevision, Job
from contracts.operations.refusal import Refused
from contracts.operations.step import JobSteps, Step

FAILURES_KEPT = 100

log = getLogger(__name__)


def run(name: str, on: date) -> Job:
    """Run the job for the day to its end, from where it stands; a job that is done already, or stopped, stays as it is.

    Raises what a step raises, once the attempt is on record; a job that came no further in JOB_ATTEMPTS attempts is stopped.
    """
    work = work_of(name)
    pk = Job.objects.get_or_create(name=name, on=on)[0].pk
    try:
        job = _begun(pk, work)
        while job.state == "running":
            job = _stepped(pk, work)
    except Exception as error:
        _failed(pk, error)
        raise
    if job.state == "done":
        work.afterwards(on)
    return job


def run_due(on: date) -> Iterator[Job]:
    """Every scheduled job for the day, in the schedule's order, and before them what was begun and not finished.

    A job that fails is handed out with its error, and the others go on.
    """
    asked = [*unfinished(on), *((scheduled.name, on) for scheduled in settings.SCHEDULE)]
    for name, day in dict.fromkeys(asked):
        try:
            yield run(name, day)
        except Exception:
            log.exception("job %s of %s failed", name, day)
            yield Job.objects.get(name=name, on=day)


def unfinished(on: date) -> list[tuple[str, date]]:
    """Jobs that were begun, or that somebody asked for, and that are not over: name and day, the oldest first."""
    waiting = Job.objects.filter(Q(on__lte=on) | ~Q(asked_by=""), state__in=["waiting", "running"])
    return list(waiting.order_by("pk").values_list("name", "on"))


def work_of(name: str) -> JobSteps:
    """What the job of that name does, as the schedule names it."""
    path: str = settings.JOBS[name]
    found: JobSteps = import_string(path)
    return found


@transaction.atomic
def ask(name: str, on: date, *, by: User) -> Job:
    """Ask for a job of a day from its beginning, whether it has been run before or not."""
    job = _locked(Job.objects.get_or_create(name=name, on=on, defaults={"asked_by": str(by)})[0].pk)
    _anew(job, by)
    return job


def _anew(job: Job, by: User) -> None:
    job.state, job.finished_at, job.asked_by, job.error = "waiting", None, str(by), ""
    job.cursor = job.done = job.count = job.attempts = 0
    job.failed = []
    job.save()


@transaction.atomic
def run_again(job: Job, *, by: User, reason: str) -> Job:
    """再実行: let a job that is done or stopped begin anew.

    Raises Refused while it waits or runs, and where a later day has caught it up: there would be nothing left to do.
    """
    job = _locked(job.pk)
    if job.state in ("waiting", "running") and job.attempts < settings.JOB_ATTEMPTS:
        raise Refused(_("この処理は、まだ終わっていません。"))
    if _caught_up(job, work_of(job.name)):
        raise Refused(_("後の日の処理が、この日の分も済ませています。後の日を再実行してください。"))
    before = {"state": job.state, "error": job.error}
    _anew(job, by)
    history.record("run_again", "job", str(job), by=by, before=before, after={"state": "waiting"}, reason=reason)
    return job


@transaction.atomic
def _begun(pk: int, work: JobSteps) -> Job:
    """The job's row, with one attempt more unless it is over; what a later day has caught up is over at once."""
    job = _locked(pk)
    if job.state in ("done", "stopped"):
        return job
    if _caught_up(job, work):
        job.state, job.finished_at, job.error = "done", now(), ""
    elif job.attempts >= settings.JOB_ATTEMPTS:
        job.state, job.finished_at = "stopped", now()
        job.error = job.error or _("%(count)s回試みましたが、先へ進みませんでした。") % {"count": job.attempts}
        log.error("job %s is stopped: %s", job, job.error)
    else:
        job.attempts += 1
        if job.state == "waiting":
            job.state, job.started_at, job.total = "running", now(), work.total(job.on)
    job.save()
    return job


def _caught_up(job: Job, work: JobSteps) -> bool:
    """Whether a later day has done this day's work, or is at it; begun but not finished, it would bring yesterday back."""
    later = Job.objects.filter(name=job.name, on__gt=job.on, state__in=["running", "done"])
    return work.catches_up and later.exists()


@transaction.atomic
def _stepped(pk: int, work: JobSteps) -> Job:
    """One step done, or none where others have finished the job.

    Stopped by others is not stopped for whoever is at work: attempts that live are counted like those that died.
    """
    FactsRevision.hold()  # what the step works out from the facts is true when it is written
    job = _locked(pk)
    if job.state not in ("running", "stopped"):
        return job
    if _caught_up(job, work):
        job.state, job.finished_at, job.error = "done", now(), ""
        job.save()
        return job
    step: Step = work.step(job.on, job.cursor)
    job.attempts, job.error = 0, ""
    job.done += step.done
    job.count += step.count
    job.failed = [*job.failed, *map(asdict, step.failed)][:FAILURES_KEPT]
    if step.cursor is None:
        job.state, job.finished_at, job.total = "done", now(), job.done
    else:
        job.state, job.finished_at, job.cursor = "running", None, step.cursor
    job.save()
    return job


@transaction.atomic
def _failed(pk: int, error: Exception) -> None:
    job = _locked(pk)
    if job.state == "done":  # by others, meanwhile
        return
    job.error = f"{type(error).__name__}: {error}"[:500]
    if job.state == "running" and job.attempts >= settings.JOB_ATTEMPTS:
        job.state, job.finished_at = "stopped", now()
        log.error("job %s is stopped: %s", job, job.error)
    job.save()


def _locked(pk: int) -> Job:
    return Job.objects.select_for_update(no_key=True).get(pk=pk)


def missed(schedule: Sequence[str], *, on: date) -> list[tuple[str, date | None]]:
    """Of the scheduled jobs those that are not done for the day: the name, and the last day done (None: never)."""
    last = {}
    for name, day in Job.objects.filter(name__in=schedule, state="done").order_by("on").values_list("name", "on"):
        last[name] = day
    return [(name, last.get(name)) for name in schedule if last.get(name) is None or last[name] < on]
