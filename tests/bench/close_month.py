"""close_month against a bare COPY of the same rows into the same table, both in one run, on PostgreSQL.

    make bench            100,000 contracts and their options
    make bench N=20000    another size

It makes a scratch database beside the one that DATABASE_URL names, fills it, and in each round closes a month in a
process of its own, then empties the table and copies the very same rows into it again. Printed: seconds of both, their
ratio, lines, and the peak memory of the closing process.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csoc_admin.settings")

import django  # noqa: E402

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.db import connection  # noqa: E402

from billing.models.bulk import COLUMNS  # noqa: E402
from billing.operations.close_month import close_month  # noqa: E402
from billing.operations.propose import propose_month  # noqa: E402
from billing.tasks import share  # noqa: E402

MONTH, ON = date(2025, 9, 1), date(2025, 10, 1)
MODULES_A_UNIT = 3
LINES = "billing_chargeline"


def main() -> None:
    """Fill, then measure ``--rounds`` times and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contracts", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--share", metavar="REDIS", help="also close with one Celery worker beside, on this broker")
    parser.add_argument("--close", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.close:
        _close()
        return
    if connection.vendor != "postgresql":
        raise SystemExit("make bench measures PostgreSQL: set DATABASE_URL=postgres://…")
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        with tempfile.TemporaryDirectory() as folder:
            _measure(options.contracts, options.rounds, name, Path(folder) / "lines")
            _measure_proposal()
            if options.share:
                _measure_shared(options.rounds, name, options.share)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def _measure(contracts: int, rounds: int, database: str, file: Path) -> None:
    _fill(contracts)
    ratios, closes, copies, peaks = [], [], [], []
    lines = 0
    for _ in range(rounds):
        _forget_the_month()
        seconds, peak, lines = _close_apart(database)
        bare = _bare_copy(file)
        ratios.append(seconds / bare)
        closes.append(seconds)
        copies.append(bare)
        peaks.append(peak)
    print(f"{contracts:,} contracts, {lines:,} lines, {rounds} rounds, medians:")
    print(f"  close_month {statistics.median(closes):.2f} s, bare COPY {statistics.median(copies):.2f} s")
    print(f"  ratio {statistics.median(ratios):.2f} ({', '.join(f'{ratio:.2f}' for ratio in ratios)})")
    print(f"  peak memory of the closing process {max(peaks):.0f} MB")


def _measure_proposal() -> None:
    """Seconds until finance sees what the month would come to; and until a closed month is closed once more, for nothing."""
    _forget_the_month()
    close_month(MONTH, on=ON, by="bench")
    started = time.perf_counter()
    close_month(MONTH, on=ON, by="bench")
    again = time.perf_counter() - started
    _forget_the_month()
    person = User.objects.create_user("bench")
    started = time.perf_counter()
    propose_month(MONTH, on=ON, by=person)
    print(f"  a closed month closed again {again:.2f} s, a proposal {time.perf_counter() - started:.2f} s")


def _measure_shared(rounds: int, database: str, broker: str) -> None:
    """The same close with one worker beside the process that closes, and without, in turns."""
    environment = _environment(database) | {"CELERY_BROKER_URL": broker}
    worker = [sys.executable, "-m", "celery", "-A", "csoc_admin", "worker", "--concurrency", "1", "--loglevel", "ERROR"]
    alone, shared = [], []
    with subprocess.Popen(
        worker, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as beside:
        time.sleep(8)
        for _ in range(rounds):
            for broker_url, found in (("", alone), (broker, shared)):
                _forget_the_month()
                found.append(_close_apart(database, broker_url)[0])
        beside.terminate()
    gain = statistics.median(alone) / statistics.median(shared)
    print(
        f"  alone {statistics.median(alone):.2f} s, with a worker beside {statistics.median(shared):.2f} s: {gain:.2f} times as fast"
    )


def _environment(database: str) -> dict[str, str]:
    base, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    return {**os.environ, "DATABASE_URL": f"{base}/{database}"}


def _close_apart(database: str, broker: str = "") -> tuple[float, float, int]:
    environment = _environment(database) | {"CELERY_BROKER_URL": broker}
    command = [sys.executable, __file__, "--close"]
    answer = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.split()
    return float(answer[0]), float(answer[1]), int(answer[2])


def _close() -> None:
    started = time.perf_counter()
    outcome = close_month(MONTH, on=ON, by="bench", share=share)
    seconds = time.perf_counter() - started
    assert outcome.closed, outcome.parked[:3]
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, outcome.line_count)


def _bare_copy(file: Path) -> float:
    """Seconds for COPY of the closed month's rows, ready in a file, into the emptied table with all its keys."""
    names = ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        with file.open("wb") as out, cursor.copy(f"COPY {LINES} ({names}) TO STDOUT") as rows:
            for block in rows:
                out.write(block)
        _empty_lines(cursor)
        started = time.perf_counter()
        with file.open("rb") as ready, cursor.copy(f"COPY {LINES} ({names}) FROM STDIN") as copy:
            while block := ready.read(1 << 20):
                copy.write(block)
        return time.perf_counter() - started


def _forget_the_month() -> None:
    with connection.cursor() as cursor:
        _empty_lines(cursor)


def _empty_lines(cursor: object) -> None:
    """Open the month again and empty its lines: what the guards refuse, so they are switched off for it."""
    tables = [
        LINES,
        "billing_helddecision",
        "billing_heldsettlement",
        "billing_monthchunk",
        "billing_parkedtarget",
        "billing_month",
    ]
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    cursor.execute("CHECKPOINT")


def _fill(contracts: int) -> None:
    """Units of one tier and three modules, two options to each, dated prices, some changes of price, some notices."""
    units = contracts // (1 + MODULES_A_UNIT)
    with connection.cursor() as cursor:
        _copy(
            cursor, "contracts_customer (id, code, name)", ((u, f"C{u:07}", f"契約者{u}") for u in range(1, units + 1))
        )
        _copy(
            cursor,
            "contracts_managementunit (id, code, customer_id, name)",
            ((u, f"U{u:07}", u, "本社") for u in range(1, units + 1)),
        )
        _copy(
            cursor,
            "contracts_application (id, number, unit_id, applied_on, accepted_on, state, reason, four_eyes, lines, version)",
            (
                (u, f"AP{u:07}", u, "2025-01-10", "2025-01-20", "accepted", "", "f", "[]", 0)
                for u in range(1, units + 1)
            ),
        )
        _copy(
            cursor,
            "contracts_target (id, number, kind, unit_id, application_id, billing_starts_on, ends_on)",
            ((t, f"T{t:08}", kind, u, u, "2025-02-01", r"\N") for t, u, kind, _parent in _targets(units)),
        )
        _copy(
            cursor,
            "contracts_contract (target_id, category, module_type, kind, item)",
            (
                (t, "premium", "", "", "") if kind == "tier" else (t, "module", "swg", "", "タイプF")
                for t, _u, kind, _parent in _targets(units)
                if kind != "option"
            ),
        )
        _copy(
            cursor,
            "contracts_option (target_id, contract_id, option, licence_type, product)",
            ((t, parent, "on_site_report", "", "") for t, _u, kind, parent in _targets(units) if kind == "option"),
        )
        _copy(
            cursor,
            "contracts_price (target_id, fee, amount_yen, from_on, note, reference, replaced_because)",
            _prices(units),
        )
        _copy(
            cursor,
            "contracts_notice (target_id, arrived_on, requested_for, ground, reference, withdrawal)",
            (
                (t, "2025-08-10", "2025-09-20", "notice", "", "")
                for t, u, kind, _p in _targets(units)
                if kind == "module" and t % 300 == 1
            ),
        )
        cursor.execute("INSERT INTO contracts_factsrevision VALUES (1, 1)")
        cursor.execute("ANALYZE")


def _targets(units: int) -> Iterator[tuple[int, int, str, int]]:
    """(id, unit, kind, contract it is on) of one tier, three modules and two options a unit."""
    for unit in range(1, units + 1):
        first = unit * 6
        yield first, unit, "tier", 0
        for module in range(1, MODULES_A_UNIT + 1):
            yield first + module, unit, "module", 0
        yield first + 4, unit, "option", first
        yield first + 5, unit, "option", first


def _prices(units: int) -> Iterator[tuple[object, ...]]:
    for target, _unit, _kind, _parent in _targets(units):
        yield target, "initial", 50000, r"\N", "", "", ""
        yield target, "monthly", 98000 + target % 40 * 1000, "2025-02-01", "", "", ""
        if target % 20 == 0:
            yield target, "monthly", 90000 + target % 40 * 1000, "2025-09-11", "改定", "", ""


def _copy(cursor: object, into: str, rows: Iterable[tuple[object, ...]]) -> None:
    with cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write("\t".join(map(str, row)) + "\n")


if __name__ == "__main__":
    main()
