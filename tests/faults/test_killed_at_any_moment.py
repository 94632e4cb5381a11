"""Killed at any statement of a day's work, again and again: nothing is ever half done, and what goes on ends as a quiet day does.

CSOC_KILLS says how often: 10,000 on demand (``make faults``). With every run of the tests 200: 10 processes are really killed, and 190 times
the database's files are copied at the moment at which one would be, which is all that a kill leaves behind.
"""

import json
import os

import pytest

from tests.billing.ledger import units
from tests.contracts.book.build import as_folder
from tests.faults.test_killed import Product

KILLS = int(os.environ.get("CSOC_KILLS", "10"))
COPIED = 0 if "CSOC_KILLS" in os.environ else 190
SEEDS = 2 if "CSOC_KILLS" in os.environ else 1
"""Each begins with a quiet day of its own: thousands of kills can be shared out among processes, a few would not be worth a second one."""
UNITS, TARGETS = 3, 6
GO_ON = 24
"""One in so many of the copied moments is gone on with to the end of the day; all of them are looked at."""
A_DAY_SECONDS = 120
"""After so long a day's work is taken to hang. It is a second, or some where others are at the same processors."""
SECONDS_A_KILL = 10
"""Rounds that take longer than so much for each kill have failed."""

WORK = """
import io, json, random, shutil, sys, time
from contextlib import redirect_stdout, redirect_stderr
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from datetime import timedelta
from billing.operations import ledger_checks
from contracts.facts import chain
operation.UNITS_A_CHUNK = operation.FEWEST_A_CHUNK = 1
# A check of the ledger whose process died is begun anew after six hours: here, where nobody else is at it, at once.
ledger_checks.DEAD_AFTER = timedelta(0)

def work():
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        call_command("import_book", BOOK, "--by", "試験")
        call_command("close_month", "2025-03", "--until", "2025-04", "--on", "2026-01-01", "--by", "試験")
        call_command("issue_invoices", "--on", "2026-01-02")
        call_command("run_due_jobs", "--on", "2026-01-03")
        chain.sweep()  # as beat has it done every ten minutes

def ends(fatal, at):
    if at == fatal:
        os.kill(os.getpid(), signal.SIGKILL)
    if isinstance(fatal, set) and at in fatal:
        for end in ("", "-wal", "-journal"):
            if os.path.exists(file + end):
                shutil.copy(file + end, f"{file}.{at}{end}")

def countdown(left, fatal):
    def passes(execute, sql, params, many, context):
        left[0] += 1
        ends(fatal, left[0])
        return execute(sql, params, many, context)
    return passes

def child(fatal, told=None):
    count = [0]
    commits = BaseDatabaseWrapper._commit
    def before_and_after(self):
        count[0] += 1
        ends(fatal, count[0])
        commits(self)
        count[0] += 1
        ends(fatal, count[0])
    BaseDatabaseWrapper._commit = before_and_after
    with connection.execute_wrapper(countdown(count, fatal)):
        work()
    if told is not None:
        os.write(told, str(count[0]).encode())
    connections.close_all()

def apart(fatal, told=None):
    connections.close_all()
    pid = os.fork()
    if not pid:
        signal.alarm(A_DAY_SECONDS)  # one that hangs ends as a failure, not as a kill
        try:
            child(fatal, told)
        except BaseException:
            import traceback
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)
    return os.waitpid(pid, 0)[1]

def tables():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND (name LIKE 'contracts%' OR name LIKE 'billing%')")
        found = {}
        for (name,) in sorted(cursor.fetchall()):
            cursor.execute("SELECT count(*) FROM " + name)
            found[name] = cursor.fetchone()[0]
        cursor.execute("SELECT target_id, month_id, fee, from_on, to_on, amount_yen, basis FROM billing_chargeline ORDER BY 1, 2, 3, 4")
        found["lines"] = [list(map(str, row)) for row in cursor.fetchall()]
        cursor.execute("SELECT number, total_yen FROM billing_invoice ORDER BY 1")
        found["invoices"] = [list(map(str, row)) for row in cursor.fetchall()]
        cursor.execute("SELECT name, \\"on\\", state, done, count FROM contracts_job ORDER BY 1, 2")
        found["jobs"] = [list(map(str, row)) for row in cursor.fetchall()]
        cursor.execute("SELECT key, kind FROM contracts_workitem ORDER BY 1")
        found["work"] = [list(map(str, row)) for row in cursor.fetchall()]
    connections.close_all()
    return found

def whole():
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM contracts_target), (SELECT count(*) FROM contracts_bookimport)")
        assert cursor.fetchone() in ((0, 0), (TARGETS, 1)), "half a book"
        cursor.execute("SELECT count(*) FROM billing_month WHERE closed_at IS NOT NULL AND line_count <> "
                       "(SELECT count(*) FROM billing_chargeline WHERE month_id = billing_month.id)")
        assert cursor.fetchone() == (0,), "half a month"
        cursor.execute("SELECT count(*) FROM billing_invoice i WHERE NOT EXISTS (SELECT 1 FROM billing_invoicerate r WHERE r.invoice_id = i.id)")
        assert cursor.fetchone() == (0,), "half an invoice"
        cursor.execute("PRAGMA quick_check")
        assert cursor.fetchone() == ("ok",)
    connections.close_all()

file = connections["default"].settings_dict["NAME"]
def anew():
    connections.close_all()
    for end in ("-wal", "-shm"):
        if os.path.exists(file + end):
            os.unlink(file + end)
    shutil.copy(file + ".begun", file)

connections.close_all()
shutil.copy(file, file + ".begun")
reads, writes = os.pipe()
assert apart(0, writes) == 0
statements = int(os.read(reads, 20))
quiet = tables()
anew()
chance, kills, days, moments = random.Random(SEED), 0, 0, set()
begun = time.monotonic()
while kills < KILLS:
    fatal = chance.randint(1, statements)
    status = apart(fatal)
    whole()
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        kills += 1
        moments.add(fatal)
        if kills % 10:
            continue
        status = apart(0)
    assert status == 0, status
    days += 1
    assert tables() == quiet, [name for name in quiet if tables()[name] != quiet[name]]
    anew()
# What a killed process leaves behind are its files as they are: those of many moments of one day, each looked at, some gone on with.
anew()
copied = set(chance.sample(range(1, statements + 1), COPIED))
assert apart(copied) == 0
assert tables() == quiet
copied = [at for at in sorted(copied) if os.path.exists(f"{file}.{at}")]  # how many statements a day has differs by a few
gone_on = 0
for nth, at in enumerate(copied):
    for end in ("", "-wal", "-journal", "-shm"):
        if os.path.exists(file + end):
            os.unlink(file + end)
        if os.path.exists(f"{file}.{at}{end}"):
            os.replace(f"{file}.{at}{end}", file + end)
    whole()
    if nth % GO_ON == 0:
        assert apart(0) == 0
        assert tables() == quiet, [at, *(name for name in quiet if tables()[name] != quiet[name])]
        gone_on += 1
print(json.dumps({"copied": len(copied), "gone_on": gone_on, "kills": kills, "days": days, "moments": len(moments), "statements": statements, "lines": len(quiet["lines"]), "invoices": len(quiet["invoices"]), "seconds": time.monotonic() - begun, "cpu": sum(os.times()[:4])}))
"""


@pytest.mark.parametrize("seed", range(SEEDS))
def test_killed_at_any_moment_it_is_whole_and_goes_on(tmp_path, migrated, seed):
    product = Product(tmp_path, migrated)
    book = as_folder(units(UNITS), tmp_path / "book")
    kills = KILLS // SEEDS
    said = f"BOOK, SEED, KILLS, COPIED, GO_ON, TARGETS, A_DAY_SECONDS = {str(book)!r}, {seed}, {kills}, {COPIED}, {GO_ON}, {TARGETS}, {A_DAY_SECONDS}\n"
    process = product.begin(said, WORK)
    assert process.ended(A_DAY_SECONDS + SECONDS_A_KILL * kills + COPIED) == 0, process.errors[-3000:]
    told = json.loads(process.out.splitlines()[-1])
    print(told)
    assert told["kills"] == kills
    assert told["copied"] >= COPIED * 0.9
    assert told["gone_on"] >= told["copied"] // GO_ON
    assert told["moments"] > min(kills, told["statements"]) // 4, "at many different moments"
    assert told["days"] > 0
    assert told["lines"] > 0
    assert told["invoices"] > 0
