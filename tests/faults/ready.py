"""The product with Celery, loaded once for all processes of a storm: each line that this program reads makes one of them, a copy of it.

Started as ``python -m tests.faults.ready`` by ``tests.faults.copies``, never imported by a test. A line says what the process is to be: its
environment, the words after ``celery``, its database and the file of its log; the answer is its number.
"""

import json
import os
import signal
import sys

import django

django.setup()

from celery.__main__ import main  # noqa: E402
from celery.apps import beat, worker  # noqa: E402
from celery.concurrency import prefork  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402
from kombu.transport import redis  # noqa: E402

from contracts import tasks  # noqa: E402
from contracts.operations import abolition, digest, effects, jobs, worklist  # noqa: E402
from tests.faults.ending import end_after  # noqa: E402

LOADED = (beat, worker, prefork, redis, tasks, abolition, digest, effects, jobs, worklist)


def become(said):
    """What the copy does: what a process with that environment reads of it when it starts, and then what ``celery`` would."""
    log = os.open(said["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for stream in (1, 2):
        os.dup2(log, stream)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(said["env"])
    connections.settings["default"]["NAME"] = connections["default"].settings_dict["NAME"] = said["database"]
    settings.CELERY_BROKER_URL, settings.EMAIL_FILE_PATH = said["queue"], said["mails"]
    sys.argv = ["celery", *said["arguments"]]
    main()


def copied(said):
    """Make one more process, leader of a group of its own; its number, once it is that."""
    leads, told = os.pipe()
    number = os.fork()
    os.close(leads if number == 0 else told)
    if number:
        os.read(leads, 1)
        os.close(leads)
        return number

    def begin():
        os.setsid()
        os.close(told)
        become(said)

    end_after(begin)


if __name__ == "__main__":
    assert connections["default"].connection is None, "a connection would be everybody's"
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        print(copied(json.loads(line)), flush=True)
