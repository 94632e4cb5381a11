"""What a machine that watches is told of the work: jobs, what waits, months that are open. Counts, ages and moments; no name, no yen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Count, Max, Min

from billing.models import Month, MonthClosing, Proposal
from contracts.models import BookUpload, Digest, Job
from contracts.models.choices import JOB_STATES
from contracts.terms.days import next_month

UNFINISHED = ("waiting", "running")


@dataclass(frozen=True, slots=True)
class Sample:
    """One number that is watched: its name, what it means, of what, and how much."""

    name: str
    help: str
    value: float
    of: tuple[tuple[str, str], ...] = ()


def watched(*, now: datetime, today: date) -> Iterator[Sample]:
    """Every number as it stands at the moment. At most eight queries, none of which hangs on how many contracts there are."""
    yield from _jobs(today)
    yield from _waiting(now)
    yield from _months(today)


def _jobs(today: date) -> Iterator[Sample]:
    last = dict(Job.objects.filter(state="done").values_list("name").annotate(last=Max("finished_at")))
    for name in settings.JOBS:
        moment = last.get(name)
        yield Sample(
            "csoc_job_last_success_timestamp_seconds",
            "When the job was last done, for whatever day (0: never).",
            moment.timestamp() if moment else 0,
            (("job", name),),
        )
    counts = dict(Job.objects.values_list("state").annotate(number=Count("pk")))
    for state, _name in JOB_STATES:
        yield Sample("csoc_jobs", "Jobs by their state.", counts.get(state, 0), (("state", state),))
    done = set(Job.objects.filter(on=today, state="done").values_list("name", flat=True))
    missing = [job.name for job in settings.SCHEDULE if job.name not in done]
    yield Sample("csoc_jobs_of_today_not_done", "Jobs of today's schedule that are not done yet.", len(missing))


def _waiting(now: datetime) -> Iterator[Sample]:
    """How many wait to be worked through, and for how long the oldest has: whatever the queue holds, this is what people wait for."""
    asked: tuple[tuple[str, type, str], ...] = (
        ("proposal", Proposal, "proposed_at"),
        ("closing", MonthClosing, "asked_at"),
        ("book", BookUpload, "brought_at"),
        ("job", Job, "started_at"),
        ("mail", Digest, "on"),
    )
    for kind, model, since in asked:
        states = ("waiting", "sending") if model is Digest else UNFINISHED
        rows = model.objects.filter(state__in=states)  # type: ignore[attr-defined]
        found = rows.aggregate(number=Count("pk"), oldest=Min(since))
        oldest = found["oldest"]
        age = (now - oldest).total_seconds() if isinstance(oldest, datetime) else 0
        yield Sample("csoc_waiting", "What waits to be worked through, by kind.", found["number"], (("kind", kind),))
        if model is not Digest:
            yield Sample(
                "csoc_waiting_oldest_seconds",
                "For how long the oldest of what waits has waited.",
                max(0, age),
                (("kind", kind),),
            )


def _months(today: date) -> Iterator[Sample]:
    """Months that are over and not closed, from the one after the last that is; a ledger not begun has none."""
    newest = Month.objects.exclude(closed_at=None).aggregate(last=Max("month"))["last"]
    count, month = 0, next_month(newest) if newest else None
    while month is not None and next_month(month) <= today:
        count, month = count + 1, next_month(month)
    yield Sample("csoc_months_open", "Months that are over and not closed.", count)
