"""A storm: real workers and beats on a copy of the data, with a queue of their own; what to do to them, and what they left."""

import os
import random
import re
import signal
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
import redis
from celery import Celery
from django.conf import settings
from django.db import connection
from kombu import Connection
from psycopg import sql

from contracts.models import Digest, Job
from contracts.operations import jobs
from tests.contracts.jobs.busy import DAY, left
from tests.faults.copies import Copies
from tests.faults.dropping import drop_database

PATIENCE = 60


class Databases:
    """Databases of their own beside the one of the other tests, thrown away at the end."""

    def __init__(self):
        self.origin, self.made = connection.settings_dict["NAME"], []

    def new(self, name, of="template1"):
        """An empty database; its name."""
        made = f"storm_{os.getpid()}_{name}"
        with self._server() as server:
            drop_database(server, made)
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (made, of))))
        self.made.append(made)
        return made

    def copy(self, of, name):
        """A copy of a database that nobody uses at the moment, made whole by PostgreSQL; its name."""
        return self.new(name, of)

    def drop(self):
        with self._server() as server:
            for name in self.made:
                drop_database(server, name)

    @contextmanager
    def on(self, name):
        """Django works on that database within."""
        connection.close()
        connection.settings_dict["NAME"] = name
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = self.origin

    @staticmethod
    def _server():
        known = connection.settings_dict
        address = {"host": known["HOST"], "port": known["PORT"] or 5432, "user": known["USER"]}
        return psycopg.connect(dbname="postgres", password=known["PASSWORD"], autocommit=True, **address)


def free_queue():
    """The address of a database of Redis in which there is nothing: these tests empty it."""
    server = (settings.CELERY_BROKER_URL or "redis://127.0.0.1:6379/0").rsplit("/", 1)[0]
    for number in range(15, 0, -1):
        address = f"{server}/{number}"
        if redis.Redis.from_url(address).dbsize() == 0:
            return address
    raise AssertionError("Every database of Redis is in use.")


class Storm:
    """Workers and beats on a database and a queue, and the test's hand on them."""

    def __init__(self, copies, database, queue, folder, ends_on, **said):
        self.copies, self.database, self.folder, self.ends_on = copies, database, folder, ends_on
        self.redis, self.processes = redis.Redis.from_url(queue), []
        self.name = f"storm-{os.getpid()}-{database}"
        self.mails = folder / "mails"
        self.mails.mkdir(parents=True)
        self.env = {
            "CELERY_BROKER_URL": queue,
            "STORM_TODAY": f"{DAY}",
            "STORM_ENDS": f"{ends_on}",
            "STORM_QUEUE": self.name,
            **said,
        }
        self.app, self.queue, self.delivered = Celery("storm"), queue, 0

    def deliver(self, *names, on=None):
        """Put the tasks into the queue, as beat would."""
        with Connection(self.queue) as sending:
            for name in names:
                day = self.ends_on if name == "abolition" else on or DAY
                said = {"args": [name, f"{day}"], "queue": self.name, "connection": sending}
                self.app.send_task("contracts.tasks.run_job", **said)
                self.delivered += 1

    def worker(self, concurrency=1):
        """A worker of so many processes, as soon as it takes tasks."""
        number = len(self.processes)
        said = ["--pool", "prefork", "--concurrency", f"{concurrency}", "--hostname", f"{self.name}-{number}@here"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]
        return self._started(number, "worker", *said, *quiet)

    def beat(self):
        """A beat with a schedule file of its own."""
        number = len(self.processes)
        return self._started(
            number, "beat", "--schedule", f"{self.folder}/beat-{number}", "--pidfile", "", "--loglevel", "INFO"
        )

    def _started(self, number, *arguments):
        process = self.copies.process(
            self.folder / f"{number}.log",
            arguments=["-A", "tests.faults.slow_app", *arguments],
            env=self.env,
            database=self.database,
            queue=self.queue,
            mails=str(self.mails),
        )
        self.processes.append(process)
        return process

    def until_ready(self, *workers):
        """Wait until the workers take tasks."""
        self.until(lambda: all(" ready." in worker.log.read_text(encoding="utf-8") for worker in workers))

    def until(self, true, patience=PATIENCE):
        """Wait until something is true; what the processes said, where it never is."""
        end = time.monotonic() + patience
        while not true():
            assert time.monotonic() < end, self.said()
            time.sleep(0.02)

    def said(self):
        """The end of each log."""
        logs = [process.log.read_text(encoding="utf-8")[-3000:] for process in self.processes[-4:]]
        return "\n".join([repr(list(Job.objects.values())), *logs])

    def nothing_to_do(self):
        """Whether every task that was delivered has been answered, in the end, by workers that all live."""
        logs = [process.log.read_text(encoding="utf-8") for process in self.processes]
        return sum(log.count(" succeeded in ") for log in logs) == self.delivered

    @staticmethod
    def over(*names):
        """Whether those jobs of the day are done, and every mail has left or is in doubt."""
        done = Job.objects.filter(on__gte=DAY, state="done")
        unfinished = set(names) - set(done.values_list("name", flat=True))
        return not unfinished and not Digest.objects.filter(state="waiting").exists()

    @staticmethod
    def within_a_step():
        """Whether another process has a transaction open at this moment."""
        others = "datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE {others})")
            return cursor.fetchone()[0]

    @staticmethod
    def stop(process):
        """Kill the whole group, children too: nobody has a moment to tidy up."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)

    @staticmethod
    def kill_a_child(process):
        """Kill one of the processes that do the work; the parent starts another."""
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
        if children:
            os.kill(int(random.choice(children)), signal.SIGKILL)

    def end(self):
        for process in self.processes:
            self.stop(process)
        self.redis.flushdb()

    def mailed(self):
        """How often each mail has left: by its address and day, from the files that stand for a mail server."""
        texts = [path.read_text(encoding="utf-8") for path in self.mails.iterdir()]
        return Counter(
            found for text in texts for found in re.findall(r"^Message-ID: <digest-(\S+?-\d+)-\d+@", text, re.M)
        )


def loaded(queue):
    """The program whose copies the processes of storms are: on this server of databases, with mails as files."""
    known = connection.settings_dict
    login = f"{known['USER']}:{quote(known['PASSWORD'])}@{known['HOST']}:{known['PORT'] or 5432}"
    said = {
        "DATABASE_URL": f"postgres://{login}/{known['NAME']}",
        "CELERY_BROKER_URL": queue,
        "EMAIL_URL": "filemail:///tmp",
    }
    return Copies(os.environ | said | {"DJANGO_SETTINGS_MODULE": "csoc_admin.settings"})


def quiet_run(ends_on):
    """The same jobs in this process, undisturbed: all that they left."""
    for name in ("effects", "worklist", "digest"):
        jobs.run(name, DAY)
    jobs.run("abolition", ends_on)
    return left()
