"""A busy book — units with ends, pairs, renewals, changes — and everything that jobs leave behind, to be compared."""

from datetime import date

from django.db.models import Q

from contracts.models import Digest, Effect, Entry, Job, Notice, Target, WorkItem
from tests.contracts.book import build as had

ACCEPTED, START = "2024-03-10", "2024-04-01"
DAY = date(2025, 7, 1)
"""By this day something has happened to each of the units."""


def busy(units):
    """Facts of so many units of one customer, of five sorts in turn."""
    facts = [had.customer()]
    for number in range(units):
        facts += [had.unit(f"U-{number:02}"), *SORTS[number % len(SORTS)](f"{number:02}", number % 25)]
    return facts


def _ending(n, later):
    """The tier and its module end, each by a notice of its own."""
    yield from _unit(n, had.tier)
    yield had.notice(f"T-{n}", f"2025-05-{1 + later:02}")
    yield had.notice(f"M-{n}", f"2025-05-{1 + later:02}", "2025-06-25")


def _renewing(n, later):
    """A 期間ライセンス that has renewed itself (10-9), with more licences since."""
    yield from _edr(n, "期間ライセンス", 1000)
    yield had.change(f"L-{n}", "ライセンス数", 1200 + later, f"2025-06-{1 + later:02}", application=f"B-{n}")


def _upgraded(n, later):
    """アドバンスト that became プレミアム (9-1(1))."""
    yield from _unit(n, had.tier)
    yield had.change(f"T-{n}", "カテゴリ", "プレミアム", f"2025-06-{1 + later:02}", application=f"B-{n}")


def _parted(n, later):
    """EDR運用 ends, and its licence with it (12-4)."""
    yield from _edr(n, "MSSPライセンス", 100)
    yield had.notice(f"E-{n}", f"2025-05-{1 + later:02}")


def _paired(n, later):
    """The cloud log's monitoring ends, and its module with it (12-2); the tier does not."""
    yield from _unit(n, had.tier)
    yield had.option("クラウドログ監視オプション", f"M-{n}", f"W-{n}", **_agreed(n))
    yield had.notice(f"W-{n}", f"2025-05-{1 + later:02}")


SORTS = (_ending, _renewing, _upgraded, _parted, _paired)


def _agreed(n):
    return {"application": f"A-{n}", "accepted": ACCEPTED, "starts": START}


def _unit(n, tier):
    yield tier(number=f"T-{n}", of=f"U-{n}", **_agreed(n))
    yield had.module(number=f"M-{n}", of=f"U-{n}", **_agreed(n))


def _edr(n, kind, quantity):
    yield from _unit(n, had.premium)
    yield had.edr(f"E-{n}", on=f"T-{n}", **_agreed(n))
    yield had.licence(kind, quantity, f"L-{n}", on=f"T-{n}", **_agreed(n))


def rows(queryset, *names):
    """The rows as sorted values."""
    return sorted(map(repr, queryset.values_list(*names)))


def facts_left():
    """What the jobs made of the facts: effects, the worklist, ends, notices and the history, apart from times and keys.

    What a check of the ledger told is of its own day, and of the history before it: it is among what the jobs say of themselves. With which settings a process started is of no job.
    """
    shown = ("kind", "subject", "clause", "text", "values", "shown_from", "from_on", "until_on", "due_at")
    return {
        "effects": rows(Effect.objects, "target__number", "kind", "on", "of", "value", "after", "clause", "readings"),
        "worklist": rows(WorkItem.objects, "unit__code", *shown, "note", "taken_by__username"),
        "ends": rows(Target.objects, "number", "ends_on"),
        "notices": rows(Notice.objects, "target__number", "arrived_on", "requested_for", "ground", "withdrawn_on"),
        "history": rows(
            Entry.objects.exclude(CHECKS | STARTED),
            "actor",
            "operation",
            "record",
            "subject",
            "unit_id",
            "reason",
            "before",
            "after",
        ),
    }


CHECKS, STARTED = Q(record="ledger_check"), Q(record="settings")


def left():
    """All that the jobs left behind, with their own rows and the mails."""
    return facts_left() | {
        "jobs": rows(Job.objects, "name", "on", "state", "done", "total", "count", "failed", "error"),
        "checks": rows(Entry.objects.filter(CHECKS), "actor", "operation", "subject", "after"),
        "digests": rows(Digest.objects, "person__username", "on", "subject", "body"),
    }
