"""From a bare machine to the first backup restored, as docs/operations.md says: its own commands, and those of the units, on servers of their own."""

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import ExitStack

import psycopg
import pytest

from csoc_admin.schedule import SCHEDULE
from tests.faults.scripts import Scripts
from tests.wiring.machine import PROGRAMS, Machine, free_port
from tests.wiring.production import ROOT, commands, environment
from tests.wiring.test_processes import parsed, running, status, until_logged

pytestmark = pytest.mark.postgres
PAPER = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
WORD = "a-word/that:nobody@knows"
BY_PROXY = {"Host": "csoc-admin.example.jp", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}


@pytest.fixture(scope="module")
def machine():
    found = Machine()
    try:
        found.start()
        yield found
    finally:
        found.stop()


def as_postgres(machine, line):
    """A line of the papers that begins with ``sudo -u postgres``, on this machine; passwords are given, not asked for."""
    words = shlex.split(line.removeprefix("# sudo -u postgres "))
    if "--pwprompt" in words:
        words.remove("--pwprompt")
        machine.run(*words)
        return machine.sql(f"ALTER ROLE {words[-1]} PASSWORD '{WORD}'")
    return machine.run(*words)


def manage(loaded, command):
    """A command of a unit as a process of its own: a copy of the one that has loaded the product with the environment of the units, which
    then runs what the command does. Begun as they stand are those of the servers, and those of ``deploy/read-back``."""
    python, program, *words = command
    assert (python, program) == (sys.executable, "manage.py")
    given = f"import runpy, sys\nsys.argv = {[program, *words]}\nrunpy.run_path({program!r}, run_name='__main__')"
    done = loaded.run(given)
    assert done.code == 0, f"{command}\n{done.out}\n{done.errors}"


def script(path, *words, **env):
    done = subprocess.run(
        [ROOT / "deploy" / path, *words],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(machine, tmp_path_factory):
    """What the papers say up to ``Start``; the environment that the units then have, and the product loaded with it."""
    # One role is enough to run; what two take is held by tests of its own (tests/faults/test_two_roles.py).
    one_role = re.sub(r"^## Two roles$.*?(?=^## )", "", PAPER, flags=re.M | re.S)
    lines = [line for line in re.findall(r"^# sudo -u postgres .*", one_role, re.M) if "csoc_restored" not in line]
    assert len(lines) >= 5
    for line in lines:
        as_postgres(machine, line)
    folder = tmp_path_factory.mktemp("csoc")
    word = urllib.request.quote(WORD, safe="")
    env = environment(
        DATABASE_URL=f"postgres://csoc:{word}@127.0.0.1:{machine.port}/csoc",
        CELERY_BROKER_URL=f"redis://127.0.0.1:{machine.redis_port}/0",
        STATIC_ROOT=str(folder / "static"),
        EMAIL_URL=f"filemail://{folder}/mails",
        WEB_BIND=f"127.0.0.1:{free_port()}",
        WEB_WORKERS="2",
    )
    loaded = Scripts(env)
    try:
        for command in [*commands("csoc-migrate", "ExecStartPre"), *commands("csoc-migrate")]:
            manage(loaded, command)
        yield folder, env, loaded
    finally:
        loaded.end()


def test_from_a_bare_machine_to_the_first_backup_restored(machine, installed):
    folder, env, loaded = installed
    address = f"http://{env['WEB_BIND']}"
    with ExitStack() as stack, ExitStack() as others:
        started = {}
        for unit in ("web", "worker", "beat"):
            (command,) = commands(f"csoc-{unit}")
            if unit == "beat":
                command[command.index("--schedule") + 1] = str(folder / "schedule")
            of = stack if unit == "web" else others
            started[unit] = of.enter_context(running(command, env, folder / f"{unit}.log"))
        until_logged(folder / "web.log", "Booting worker")
        until_logged(folder / "worker.log", "ready.")
        assert status(f"{address}/healthz") == 200
        work(loaded, folder)
        watched(address)
        assert [line for name in started for line in parsed(folder / f"{name}.log") if "exception" in line] == []
        outlives(machine, address)
        # A worker takes some seconds to stop, and does so beside the web server; whether it did is seen by what they return.
        stop = threading.Thread(target=others.pop_all().close)
        stop.start()
        answers_what_it_has_begun(machine, started["web"], address, folder / "web.log")
        stop.join()
    assert {name: process.returncode for name, process in started.items()} == dict.fromkeys(started, 0)
    restored(machine, env, folder)
    back_to_a_moment(machine)


def work(loaded, folder):
    """What the first days bring: a book, a month, a paper; and the jobs of the morning by the worker."""
    words = (
        ("import_book", str(ROOT / "docs" / "book" / "sample.xlsx")),
        ("close_month", "2025-01"),
        ("run_due_jobs",),
    )
    done = loaded.run(f"from django.core.management import call_command\nfor said in {words}: call_command(*said)")
    assert done.code == 0, f"{done.out}\n{done.errors}"
    assert (folder / "web.log").exists()


def watched(address):
    """Every process of the web server is counted, whichever is asked."""
    for _each in range(8):
        with urllib.request.urlopen(
            urllib.request.Request(f"{address}/admin/login/", headers=BY_PROXY), timeout=30
        ) as answer:
            assert answer.status == 200
    assert status(urllib.request.Request(f"{address}/metrics", headers=BY_PROXY)) == 404
    with urllib.request.urlopen(f"{address}/metrics", timeout=30) as answer:
        said = answer.read().decode()
    assert "csoc_database_up 1.0" in said
    assert f'csoc_jobs{{state="done"}} {len(SCHEDULE)}.0' in said
    counted = re.findall(r"^csoc_requests_total\{.*\} ([\d.]+)$", said, re.M)
    assert sum(map(float, counted)) >= 8


def page(address):
    """A page of somebody who is signed in, as far as a cookie says: status and text."""
    asked = urllib.request.Request(
        f"{address}/admin/", headers={**BY_PROXY, "Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz012345"}
    )
    try:
        with urllib.request.build_opener(Stays).open(asked, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class Stays(urllib.request.HTTPRedirectHandler):
    """Goes nowhere it is led."""

    def redirect_request(self, *_asked):
        return None


def until_status(address, expected, patience=30):
    """How many seconds it took until the address answered so."""
    begun = time.monotonic()
    while (found := status(address)) != expected:
        assert time.monotonic() < begun + patience, found
        time.sleep(0.2)
    return time.monotonic() - begun


def outlives(machine, address):
    """PostgreSQL killed and started again, Redis silenced, woken, killed and started again: a sentence meanwhile, and no restart of ours."""
    assert page(address)[0] == 302
    machine.run(PROGRAMS / "pg_ctl", "--mode=immediate", "--pgdata", machine.folder / "data", "stop")
    code, said = page(address)
    assert code == 503
    assert "データベースが応答しないか、混み合っています。" in said
    machine.begin("data")
    until_status(f"{address}/healthz", 200)
    assert page(address)[0] == 302
    os.kill(machine.redis.pid, signal.SIGSTOP)
    assert until_status(f"{address}/healthz", 503) < 10
    assert page(address)[0] == 302, "people do not notice"
    os.kill(machine.redis.pid, signal.SIGCONT)
    until_status(f"{address}/healthz", 200)
    machine.redis.kill()
    machine.redis.wait()
    until_status(f"{address}/healthz", 503)
    machine.queue()
    until_status(f"{address}/healthz", 200)


def answers_what_it_has_begun(machine, web, address, log):
    """Told to stop in the middle of an answer, it ends it: the database makes the answer wait, the signal comes meanwhile."""
    answers = []
    asks = threading.Thread(target=lambda: answers.append(status(f"{address}/metrics")))
    word = urllib.request.quote(WORD, safe="")
    with psycopg.connect(f"postgres://csoc:{word}@127.0.0.1:{machine.port}/csoc") as holds:
        holds.execute("LOCK TABLE django_session; LOCK TABLE contracts_job")
        asks.start()
        until = time.monotonic() + 30
        while not holds.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)").fetchone()[0]:
            assert time.monotonic() < until, "nothing waits"
            time.sleep(0.02)
        web.send_signal(signal.SIGTERM)
        until_logged(log, "Handling signal: term")
        # As long as one that gave up early would not have waited.
        time.sleep(1.8)
        assert not answers, "it waits"
    asks.join(timeout=30)
    assert answers == [200]
    # Told once: told again while it ends it would go at once.
    web.wait(timeout=30)


def restored(machine, env, folder):
    """The dump by the role that may only read, read back by the one that may only make databases; what is wrong with a dump is found."""
    backup = folder / "backup"
    backup.mkdir()
    login = {"PGHOST": "127.0.0.1", "PGPORT": f"{machine.port}", "PGPASSWORD": WORD}
    code, said = script("backup", backup, "14", **login, PGUSER="csoc_backup", PGDATABASE="csoc")
    assert code == 0, said
    (dump,) = backup.glob("*.dump")
    reader = {**login, "PGUSER": "csoc_read_back", "PYTHON": commands("csoc-migrate")[0][0]}
    code, said = script("read-back", dump, **{**env, **reader})
    assert code == 0, said
    assert re.search(r"read back, \d+ tables, \d+ rows, \d+ triggers", said), said
    assert "csoc_read_back_" not in machine.sql("SELECT string_agg(datname, ' ') FROM pg_database")
    # One line of the ledger lost behind the back of the guards, as a fault of a disk would lose it.
    machine.sql("CREATE DATABASE worse TEMPLATE csoc")
    table = machine.sql(
        "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'billing_chargeline'::regclass LIMIT 1", "worse"
    )
    machine.sql(
        f"SET session_replication_role = replica; DELETE FROM {table} WHERE id = (SELECT min(id) FROM {table})", "worse"
    )
    worse = backup / "worse.dump"
    code, said = script("backup", backup, "14", **login, PGUSER="csoc_backup", PGDATABASE="worse")
    assert code == 0, said
    worse = max(backup.glob("*.dump"))
    code, said = script("read-back", worse, **{**env, **reader})
    assert code != 0, "a ledger that lacks a line is not sound"


def back_to_a_moment(machine):
    """Point-in-time: a copy of the whole server and the changes since, up to the moment before somebody did the wrong thing."""
    copy = machine.folder / "copy"
    machine.run("pg_basebackup", "--pgdata", copy, "--checkpoint=fast", "--wal-method=stream")
    machine.sql("UPDATE auth_user SET first_name = 'before'", "csoc")
    machine.sql("CREATE TABLE IF NOT EXISTS kept (at timestamptz); INSERT INTO kept VALUES (now())", "csoc")
    moment = machine.sql("SELECT now()")
    time.sleep(0.2)
    machine.sql("DROP TABLE kept", "csoc")
    entries = machine.sql("SELECT count(*) FROM contracts_entry", "csoc")
    # By the name of what is ended: where it has just begun anew, what is current has no end, and is not kept before it has.
    kept = machine.sql("SELECT pg_walfile_name(pg_switch_wal())")
    until = time.monotonic() + 30
    while machine.sql(f"SELECT last_archived_wal >= '{kept}' FROM pg_stat_archiver") != "t":
        assert time.monotonic() < until
        time.sleep(0.1)
    machine.end("data")
    back = f"restore_command = 'cp {machine.archive}/%f %p'\nrecovery_target_time = '{moment}'\nrecovery_target_action = promote\n"
    machine.configure("copy", back)
    machine.run("touch", copy / "recovery.signal")
    machine.begin("copy")
    while machine.sql("SELECT pg_is_in_recovery()") == "t":
        assert time.monotonic() < until + 30
        time.sleep(0.1)
    assert machine.sql("SELECT count(*) FROM kept", "csoc") == "1", "what was dropped after the moment is there again"
    assert machine.sql("SELECT count(*) FROM contracts_entry", "csoc") == entries
    assert PROGRAMS.exists()
