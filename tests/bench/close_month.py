"""close_month against a bare COPY of the same rows into the same table, both in one run, on PostgreSQL.

    make bench                      10,000, 100,000 and 1,000,000 contracts with their options, flat and with the sample's mix
    make bench N="10000 100000"     other sizes; with the exponent between each and the next

It makes a scratch database beside the one that DATABASE_URL names and fills it. In each round months of the ledger are closed
in processes of their own, and the very same rows of each measured month copied into the same table again. Printed, as rows of a
Markdown table: seconds of both, and seconds of processor time of both — the closing process and its server process together,
which other work on the machine disturbs least —, their ratios in each round, microseconds a line, and the peak memory.
"""

import argparse
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csoc_admin.settings")

import django  # noqa: E402

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.db import connection  # noqa: E402

from billing.models.bulk import COLUMNS  # noqa: E402
from billing.operations import close_month as operation  # noqa: E402
from billing.operations.propose import propose_month  # noqa: E402
from billing.tasks import share  # noqa: E402
from contracts.terms.days import next_month  # noqa: E402
from tests.bench.book import NOW, STAMP, fill  # noqa: E402
from tests.bench.memory import peak_mb  # noqa: E402

MONTH, ON = date(2025, 2, 1), date(2026, 6, 1)
LINES = "billing_chargeline"
HEADINGS: tuple[str, ...] = ("book", "contracts", "month", "lines", "close s", "COPY s", "ratio")
HEADINGS += ("close CPU s", "COPY CPU s", "CPU ratio", "rounds", "CPU µs a line", "peak MB")


def main() -> None:
    """Fill each size and mix, measure ``--rounds`` times, print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contracts", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--mix", nargs="+", choices=["flat", "sample"], default=["flat", "sample"])
    parser.add_argument(
        "--months", type=int, nargs="+", default=[1, 2, 13], help="which months of the ledger are measured"
    )
    parser.add_argument("--rounds", type=int, default=3, help="of a million contracts there is one")
    parser.add_argument(
        "--moved", type=float, default=0, help="the share of units that get a new price in each later month"
    )
    parser.add_argument("--share", metavar="REDIS", help="also close with one Celery worker beside, on this broker")
    parser.add_argument("--close", type=date.fromisoformat, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.close:
        _close(options.close)
        return
    if connection.vendor != "postgresql":
        raise SystemExit("make bench measures PostgreSQL: set DATABASE_URL=postgres://…")
    print(f"| {' | '.join(HEADINGS)} |\n|{' --- |' * len(HEADINGS)}")
    costs: dict[str, list[First]] = {}
    for mix in options.mix:
        for contracts in options.contracts:
            _of_size(contracts, mix, options, costs.setdefault(mix, []))
        for small, large in combinations(costs[mix], 2):
            print(_exponents(mix, small, large))


class First(NamedTuple):
    """What a first month came to: its lines, its seconds, and its processor seconds."""

    lines: int
    seconds: float
    cpu: float


def _exponents(mix: str, small: First, large: First) -> str:
    more = math.log(large.lines / small.lines)
    seconds, cpu = math.log(large.seconds / small.seconds) / more, math.log(large.cpu / small.cpu) / more
    return f"first month, {mix}, {small.lines:,} → {large.lines:,} lines: exponent {seconds:.2f}, of the CPU {cpu:.2f}"


def _of_size(contracts: int, mix: str, options: argparse.Namespace, costs: list[First]) -> None:
    before = connection.settings_dict["NAME"]
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        fill(contracts, mixed=mix == "sample")
        if options.moved:
            _move(options.moved, max(options.months))
        with tempfile.TemporaryDirectory() as folder:
            rounds = min(options.rounds, max(1, 1_000_000 // contracts))
            for month, found in _measure(options.months, rounds, name, Path(folder) / "lines").items():
                lines = found[0].lines
                close, close_cpu, bare, bare_cpu, peak = map(statistics.median, list(zip(*found, strict=True))[:-1])
                ratios = [one.close_cpu / one.copy_cpu for one in found]
                if month == 1:
                    costs.append(First(lines, close, close_cpu))
                told = (
                    *(mix, f"{contracts:,}", month, f"{lines:,}", f"{close:.2f}", f"{bare:.2f}"),
                    *(f"{statistics.median(one.close / one.copy for one in found):.2f}",),
                    *(f"{close_cpu:.2f}", f"{bare_cpu:.2f}", f"{statistics.median(ratios):.2f}"),
                    *(", ".join(f"{ratio:.2f}" for ratio in ratios), f"{close_cpu / lines * 1e6:.1f}", f"{peak:.0f}"),
                )
                print(f"| {' | '.join(map(str, told))} |", flush=True)
        print(f"{mix}, {contracts:,}: {_proposal()}", flush=True)
        if options.share:
            _measure_shared(options.rounds, name, options.share)
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


def _move(share: float, months: int) -> None:
    """In each month after the first, another share of the units gets a new price of its tier."""
    columns = f"target_id, fee, amount_yen, from_on, note, reference, {STAMP}"
    apart, month = round(1 / share), MONTH
    with connection.cursor() as cursor:
        for number in range(1, months):
            month = next_month(month)
            cursor.execute(
                f"INSERT INTO contracts_price ({columns}) "
                "SELECT id, 'monthly', 123456, %s, '', '', %s, 'bench', 1, '', '' FROM contracts_target "
                "WHERE kind = 'tier' AND unit_id %% %s = %s",
                [month, NOW, apart, number],
            )
        cursor.execute("ANALYZE contracts_price")


class Round(NamedTuple):
    """Seconds and processor seconds of the close and of the bare COPY, the closing process's peak memory in MB, lines."""

    close: float
    close_cpu: float
    copy: float
    copy_cpu: float
    peak: float
    lines: int


def _measure(months: list[int], rounds: int, database: str, file: Path) -> dict[int, list[Round]]:
    found: dict[int, list[Round]] = {month: [] for month in months}
    for _ in range(rounds):
        _forget_all_months()
        month = MONTH
        for number in range(1, max(months) + 1):
            seconds, cpu, peak, lines = _close_apart(database, month)
            if number in found:
                found[number].append(Round(seconds, cpu, *_bare_copy(file, month), peak, lines))
            month = next_month(month)
    return found


def _proposal() -> str:
    """Seconds until finance sees what the second month would come to; and until a closed month is closed once more, for nothing."""
    _forget_all_months()
    operation.close_month(MONTH, on=ON, by="bench")
    started = time.perf_counter()
    operation.close_month(MONTH, on=ON, by="bench")
    again = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {LINES}")
    person = User.objects.create_user("bench")
    started = time.perf_counter()
    propose_month(next_month(MONTH), on=ON, by=person)
    return f"proposal of month 2 {time.perf_counter() - started:.2f} s; a closed month closed again {again:.2f} s"


def _measure_shared(rounds: int, database: str, broker: str) -> None:
    """The same close with one worker beside the process that closes, and without, in turns."""
    environment = _environment(database) | {"CELERY_BROKER_URL": broker}
    worker = [sys.executable, "-m", "celery", "-A", "csoc_admin", "worker", "--concurrency", "1", "--loglevel", "ERROR"]
    alone: list[float] = []
    shared: list[float] = []
    quiet = subprocess.DEVNULL
    with subprocess.Popen(worker, env=environment, cwd=ROOT, stdout=quiet, stderr=quiet) as beside:
        time.sleep(8)
        for _ in range(rounds):
            for broker_url, found in (("", alone), (broker, shared)):
                _forget_all_months()
                found.append(_close_apart(database, MONTH, broker_url)[0])
        beside.terminate()
    one, two = statistics.median(alone), statistics.median(shared)
    print(f"alone {one:.2f} s, with a worker beside {two:.2f} s: {one / two:.2f} times as fast")


def _environment(database: str) -> dict[str, str]:
    base, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    return {**os.environ, "DATABASE_URL": f"{base}/{database}"}


def _close_apart(database: str, month: date, broker: str = "") -> tuple[float, float, float, int]:
    environment = _environment(database) | {"CELERY_BROKER_URL": broker}
    command = [sys.executable, __file__, "--close", month.isoformat()]
    answer = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return float(answer[0]), float(answer[1]), float(answer[2]), int(answer[3])


def _close(month: date) -> None:
    with tempfile.TemporaryFile() as told:
        for name in ("_open", "compute_range", "make_key", "_close"):
            setattr(operation, name, _measured(getattr(operation, name), told.fileno()))
        started = time.perf_counter()
        outcome = operation.close_month(month, on=ON, by="bench", share=share)
        seconds = time.perf_counter() - started
        told.seek(0)
        cpu = sum(map(float, told.read().split()))
    assert outcome.closed, outcome.parked[:3]
    peak = max(peak_mb(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
    print(seconds, cpu, peak, outcome.line_count)


def _measured(work: Callable[..., Any], told: int) -> Callable[..., Any]:
    """The same work, which tells a file of what processor time it took; by whichever of the processes that share the close."""

    def measured(*given: Any, **named: Any) -> Any:
        before = cpu_of_server() + time.process_time()
        try:
            return work(*given, **named)
        finally:
            os.write(told, f"{cpu_of_server() + time.process_time() - before}\n".encode())

    return measured


def cpu_of_server() -> float:
    """Processor seconds that this connection's server process has used; the server has to run on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _bare_copy(file: Path, month: date) -> tuple[float, float]:
    """Seconds, and processor seconds of both sides, for COPY of the closed month's rows, ready in a file, into a table as theirs.

    It has the checks, the default and the keys of a month's table, no guards, and is empty.
    """
    names = ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM billing_month WHERE month = %s", [month])
        (pk,) = cursor.fetchone()
        ready = f"COPY (SELECT {names} FROM {LINES}_{pk} WHERE fee <> 'correction' ORDER BY id) TO STDOUT"
        with file.open("wb") as out, cursor.copy(ready) as rows:
            for block in rows:
                out.write(block)
        cursor.execute("DROP TABLE IF EXISTS bare")
        cursor.execute(
            f"CREATE TABLE bare (LIKE {LINES}_{pk} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)"
        )
        _checkpoint(cursor)
        started, cpu = time.perf_counter(), cpu_of_server() + time.process_time()
        with file.open("rb") as ready_rows, cursor.copy(f"COPY bare ({names}) FROM STDIN") as copy:
            while block := ready_rows.read(1 << 20):
                copy.write(block)
        seconds, cpu = time.perf_counter() - started, cpu_of_server() + time.process_time() - cpu
        cursor.execute("DROP TABLE bare")
        _checkpoint(cursor)
    return seconds, cpu


def _forget_all_months() -> None:
    tables = [LINES, "billing_helddecision", "billing_heldsettlement", "billing_monthchunk", "billing_parkedtarget"]
    tables += ["billing_movedunit", "billing_month"]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = '{LINES}'::regclass")
        for (of_month,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE {of_month}")
        _without_guards(cursor, tables, f"TRUNCATE {', '.join(tables)} CASCADE")
        _checkpoint(cursor)


def _checkpoint(cursor: Any) -> None:
    """Begin with nothing left to write out, where the role may ask for it."""
    cursor.execute(
        "SELECT rolsuper OR pg_has_role('pg_checkpoint', 'member') FROM pg_roles WHERE rolname = current_user"
    )
    if cursor.fetchone()[0]:
        cursor.execute("CHECKPOINT")


def _without_guards(cursor: Any, tables: list[str], statement: str) -> None:
    """Carry out what the guards refuse: a closed month is to be closed anew."""
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    cursor.execute(statement)
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


if __name__ == "__main__":
    main()
