"""Celery's application as the storms of test_worker run it: small steps that take a while, on a day that is given.

Started as ``celery -A tests.faults.slow_app``, never imported by a test. What it changes is said by the environment:
STORM_TODAY and STORM_QUEUE; STORM_STEP, the seconds that a step takes; STORM_BEAT, the seconds between beat's deliveries;
STORM_WITHOUT, a guard to be taken away, with which two processes meet at the guarded place (see test_worker).
"""

import os
import time
from dataclasses import replace
from datetime import date, timedelta

import django
import redis

django.setup()

from contracts import tasks  # noqa: E402
from contracts.facts import writing  # noqa: E402
from contracts.models import Digest, FactsRevision, Job  # noqa: E402
from contracts.operations import abolition, digest, effects, jobs, worklist  # noqa: E402
from contracts.operations import scheduled as works  # noqa: E402
from csoc_admin.celery import app  # noqa: E402

TODAY = date.fromisoformat(os.environ["STORM_TODAY"])
STEP = float(os.environ.get("STORM_STEP", "0"))
WITHOUT = os.environ.get("STORM_WITHOUT", "")
MEET = os.environ.get("STORM_MEET", "")
MEETING_SECONDS = 2
NAMES = ("effects", "worklist", "digest", "abolition")


def slowly(module, name, seconds=STEP):
    """Half of the time before, half after: a kill finds rows half written, or written and not committed."""
    really = getattr(module, name)

    def slow(*arguments):
        time.sleep(seconds / 2)
        found = really(*arguments)
        time.sleep(seconds / 2)
        return found

    setattr(module, name, slow)


def meeting(module, name):
    """Whoever comes here waits for a second process, a while; together they go on."""
    really = getattr(module, name)
    queue = redis.Redis.from_url(os.environ["CELERY_BROKER_URL"])

    def met(*arguments):
        place = f"{os.environ['STORM_QUEUE']}:{name}"
        queue.incr(place)
        until = time.monotonic() + MEETING_SECONDS
        while int(queue.get(place)) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        return really(*arguments)

    setattr(module, name, met)


def without_the_lock():
    jobs._locked = lambda pk: Job.objects.get(pk=pk)
    FactsRevision.hold = classmethod(lambda cls, **how: None)


def without_looking_whether_it_is_done():
    begun = jobs._begun

    def anew(pk, work):
        Job.objects.filter(pk=pk, state="done").update(state="running", finished_at=None, cursor=0)
        return begun(pk, work)

    jobs._begun = anew


def without_claiming_the_mail():
    def send_all(on):
        for mail in Digest.objects.filter(state="waiting").select_related("person"):
            digest._send(mail)

    works.DIGEST = replace(works.DIGEST, afterwards=send_all)


tasks.today = worklist.today = lambda: TODAY
tasks.RETRY_SECONDS = 1
if STEP:
    effects.UNITS_AT_ONCE = worklist.UNITS_AT_ONCE = 2
    abolition.UNITS_AT_ONCE = digest.PEOPLE_AT_ONCE = 1
    for place in ((effects, "create_all"), (worklist, "create_all"), (writing, "create_all")):
        slowly(*place)
    slowly(digest, "_digest")
    slowly(digest, "_send", 4 * STEP)
if MEET:
    meeting({"create_all": effects, "_send": digest}[MEET], MEET)
if WITHOUT:
    GUARDS = {
        "lock": without_the_lock,
        "done": without_looking_whether_it_is_done,
        "claim": without_claiming_the_mail,
    }
    GUARDS[WITHOUT]()
app.conf.task_default_queue = os.environ["STORM_QUEUE"]
app.conf.beat_schedule = {
    name: {
        "task": "contracts.tasks.run_job",
        "args": [name, os.environ["STORM_ENDS"] if name == "abolition" else ""],
        "schedule": timedelta(seconds=float(os.environ.get("STORM_BEAT", "1"))),
    }
    for name in NAMES
}
