"""PostgreSQL and Redis: the real worker in storms. It is killed, hears everything twice, runs beside itself, loses its queue —
and what it leaves is what one quiet run leaves: each effect, row, mail and entry once.

CSOC_KILLS says how often ``test_killed_again_and_again`` kills (default 6; each a SIGKILL, to the worker's whole group or to
one of its children). When the jobs are done before all kills are spent, it compares, and begins anew on another copy.
"""

import os
import random
import re
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.contrib.auth.models import User
from django.db import connection

from contracts.models import Digest, Entry, Job, ManagementUnit, UnitLook
from contracts.operations import abolition, jobs, worklist
from tests.contracts.book.build import book, must_take
from tests.contracts.jobs.busy import DAY, busy, left
from tests.faults.storm import Databases, Storm, free_queue, loaded, quiet_run
from tests.worlds import leave

pytestmark = pytest.mark.postgres
ENDS = DAY + timedelta(days=60)
ALL = ("effects", "worklist", "abolition", "digest")
UNITS = 40
PEOPLE = "2479"
"""Four people look after the units whose number ends so: without EDR options, since their rows, and so a mail, would depend on
whether the abolition came first."""
KILLS = int(os.environ.get("CSOC_KILLS", "6"))


@pytest.fixture(scope="session")
def databases(django_db_setup, django_db_blocker, tmp_path_factory):
    """The book with an abolition declared, in a database of its own (``base``); what a quiet run leaves (``quiet``)."""
    patch = pytest.MonkeyPatch()
    patch.setattr(worklist, "today", lambda: DAY)
    with django_db_blocker.unblock():
        leave([])
        found = Databases()
        try:
            # The tables, the guards and the roles are those of the tests' own database, in which nothing stands now.
            connection.close()
            found.base = found.copy(found.origin, "base")
            with found.on(found.base):
                must_take(book(*busy(UNITS)), tmp_path_factory.mktemp("book") / "book")
                for number in PEOPLE:
                    person = User.objects.create_user(f"person-{number}", email=f"{number}@example.jp")
                    ManagementUnit.objects.filter(code__endswith=number).update(account_manager=person)
                jobs.run("worklist", DAY - timedelta(days=1))
                counted = abolition.extent(ENDS).options
                said = {"announced_on": DAY, "ends_on": ENDS, "reference": "告知 1", "reason": "提供終了", "on": DAY}
                abolition.abolish(counted=counted, by=person, **said)
            with found.on(found.copy(found.base, "quiet")):
                found.quiet = quiet_run(ENDS)
            # Other tests of this process have days of their own.
            patch.undo()
            yield found
        finally:
            patch.undo()
            found.drop()


@pytest.fixture(autouse=True)
def on_its_day(databases, monkeypatch):
    """Whoever looks at the work asks for the day of the storm, as its processes do, and nobody after the test."""
    monkeypatch.setattr(worklist, "today", lambda: DAY)


@pytest.fixture(scope="session")
def copies(databases):
    """What the workers and beats are copies of."""
    found = loaded(free_queue())
    yield found
    found.end()


@pytest.fixture
def storm(databases, copies, tmp_path):
    """Begin a storm on a fresh copy of the base: ``with storm() as one``; with it every process that it started ends."""

    @contextmanager
    def begun(**said):
        name = databases.copy(databases.base, "storm")
        with databases.on(name), TemporaryDirectory(dir=tmp_path) as folder:
            one = Storm(copies, name, free_queue(), Path(folder), ENDS, **said)
            try:
                yield one
            finally:
                one.end()

    return begun


def compared(found, quiet):
    """The two, without what is equal: a difference that can be read."""
    return {
        name: (Counter(found[name]) - Counter(rows), Counter(rows) - Counter(found[name]))
        for name, rows in quiet.items()
        if found[name] != rows
    }


def uncounted(found):
    """Without how many units the jobs looked at: that hangs on which of them comes first, the effects of one being new to the other."""
    return {**found, "jobs": [re.sub(r"'done', \d+, \d+, \d+", "'done'", row) for row in found["jobs"]]}


def mails_at_most_once(one):
    """No mail left twice; those that are known to have left did, and those in doubt may have."""
    mailed = one.mailed()
    assert set(mailed.values()) <= {1}
    states = {f"{mail.on}-{mail.person_id}": mail.state for mail in Digest.objects.all()}
    assert set(states.values()) <= {"sent", "sending"}
    assert {key for key, state in states.items() if state == "sent"} <= set(mailed) <= set(states)
    return Counter(states.values())


def test_the_quiet_run_has_something_to_lose(databases):
    quiet = databases.quiet
    assert len(quiet["effects"]) == 8 * (2 + 2 + 1 + 2 + 2)
    assert len(quiet["digests"]) == len(PEOPLE)
    assert Counter(row.split("'")[1] for row in quiet["jobs"]) == Counter(
        ["effects", "digest", "abolition"] + 2 * ["worklist"]
    )
    assert len([row for row in quiet["notices"] if "'abolished'" in row]) == 16


def test_killed_again_and_again(databases, storm):
    """SIGKILL at any moment of any step; beat asks again, as it does every hour."""
    left_to_do, seen, rounds = KILLS, Counter(), 0
    while left_to_do > 0:
        with storm(STORM_STEP="0.06", JOB_ATTEMPTS="1000000") as one:
            left_to_do -= killing(one, left_to_do, seen)
            rounds += 1
            assert compared(uncounted(left()), uncounted(databases.quiet)) == {}
            seen.update({f"mails {state}": count for state, count in mails_at_most_once(one).items()})
    print(f"\n{KILLS} kills in {rounds} rounds: {dict(sorted(seen.items()))}")
    assert seen["within a step"] >= KILLS / 3


def killing(one, most, seen):
    """Kill workers until the jobs are over or ``most`` kills are spent; then let one live to the end. How many were spent."""
    spent = 0
    while spent < most and not one.over(*ALL):
        worker = one.worker(concurrency=2)
        one.deliver(*random.sample(ALL, len(ALL)))
        one.until_ready(worker)
        for whole in (False, False, True)[-min(3, most - spent) :]:
            time.sleep(random.uniform(0.05, 0.6))
            if spent % 2 == 0:  # chance falls between steps as long as it likes
                one.until(lambda: one.within_a_step() or one.over(*ALL))
            if one.over(*ALL):
                break
            seen["within a step" if one.within_a_step() else "between steps"] += 1
            seen["worker" if whole else "child"] += 1
            (one.stop if whole else one.kill_a_child)(worker)
            spent += 1
        one.stop(worker)
    worker = one.worker(concurrency=2)
    one.deliver(*ALL)
    one.until(lambda: one.over(*ALL))
    time.sleep(0.5)  # for the last mail to leave
    one.stop(worker)
    return spent


def test_everything_twice_and_in_any_order(databases, storm):
    """Also of days before: whichever comes first, each effect is recorded once, and the list is the last day's."""
    with storm(STORM_STEP="0.01") as one:
        days = [DAY - timedelta(days=n) for n in (2, 1, 0)]
        tasks = [(name, on) for name in ("effects", "worklist") for on in days]
        tasks = 2 * [*tasks, ("abolition", ENDS), ("digest", DAY)]
        random.shuffle(tasks)
        for name, on in tasks:
            one.deliver(name, on=on)
        one.worker(concurrency=3)
        one.until(one.nothing_to_do)
        assert Counter(Job.objects.values_list("state", flat=True)) == {"done": 2 * 3 + 2}
        found = left()
        assert compared({**found, "jobs": []}, {**databases.quiet, "jobs": []}) == {}
        recorded = Job.objects.filter(name="effects").values_list("count", flat=True)
        assert sum(recorded) == len(found["effects"]) == Entry.objects.filter(operation="take_effect").count()
        assert mails_at_most_once(one) == {"sent": len(PEOPLE)}


def test_two_beats_and_three_workers(databases, storm):
    """Each of them asks every second and takes what it gets; with as few attempts as in production, none stops another."""
    with storm(STORM_STEP="0.02", STORM_BEAT="1") as one:
        started = [one.beat(), one.beat(), *(one.worker(concurrency=2) for _ in range(3))]
        one.until(lambda: one.over(*ALL))
        time.sleep(2)  # and what is done is asked for again
        assert all(process.poll() is None for process in started)
        assert all("Sending due task" in beat.log.read_text(encoding="utf-8") for beat in started[:2])
        assert compared(uncounted(left()), uncounted(databases.quiet)) == {}
        assert mails_at_most_once(one) == {"sent": len(PEOPLE)}


def test_a_queue_that_forgets_everything(databases, storm):
    """FLUSHDB while the worker is at work: what waited is lost, and the next delivery finds in the database what is not done."""
    with storm(STORM_STEP="0.03") as one:
        one.worker()
        one.deliver("effects", "abolition", "digest", "worklist")
        one.until(lambda: Job.objects.filter(name="effects", done__gt=4).exists())
        one.redis.flushdb()
        one.until(lambda: one.over("effects"))
        time.sleep(0.5)
        assert not one.over("worklist", "digest")
        one.deliver(*ALL)
        one.until(lambda: one.over(*ALL) and not Digest.objects.exclude(state="sent").exists())
        assert compared(left(), databases.quiet) == {}
        assert mails_at_most_once(one) == {"sent": len(PEOPLE)}


CONTROLS = [
    pytest.param("lock", "create_all", "effects", id="the lock, and the constraint that an effect is there once"),
    pytest.param("done", "", "worklist", id="looking whether it is done"),
    pytest.param("claim", "_send", "digest", id="claiming a mail"),
]


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "unguarded"])
@pytest.mark.parametrize(("guard", "meet", "name"), CONTROLS)
def test_each_guard_is_what_holds(guard, meet, name, guarded, storm):
    """Two deliveries to two processes, that meet at the guarded place if nothing keeps them apart: once, and twice without."""
    with storm(STORM_MEET=meet, **({} if guarded else {"STORM_WITHOUT": guard})) as one:
        if guard == "lock" and not guarded:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE contracts_effect DROP CONSTRAINT effect_once")
        UnitLook.objects.update(judged_by="")  # every unit is looked at
        one.deliver(name, *([name] if meet else []))
        one.worker(concurrency=2)
        one.until(one.nothing_to_do)
        if not meet:
            UnitLook.objects.update(judged_by="")
            one.deliver(name)
            one.until(one.nothing_to_do)
        once = {
            "lock": lambda: max(Counter(left()["effects"]).values()),
            "done": lambda: Job.objects.get(name=name, on=DAY).done / UNITS,
            "claim": lambda: max(one.mailed().values()),
        }
        assert once[guard]() == (1 if guarded else 2)
