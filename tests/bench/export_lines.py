"""The lines of a month as CSV against a bare COPY TO of the same rows, both in one run, on PostgreSQL.

    make bench            100,000 contracts and their options
    make bench N=20000    another size

In a scratch database beside the one that DATABASE_URL names a month is closed; in each round its lines are exported (with
their hash and their record), and the very same columns copied as they are into a file. Printed: seconds, ratio, rows, the
peak memory of this process before and after, and a workbook's seconds once.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csoc_admin.settings")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402

from billing.operations.close_month import close_month  # noqa: E402
from billing.operations.export_report import CSV, XLSX, Wanted, export_report  # noqa: E402
from billing.reports import LINES  # noqa: E402
from billing.reports.filters import asked, filters_of  # noqa: E402
from tests.bench.book import fill  # noqa: E402
from tests.bench.close_month import MONTH, ON  # noqa: E402
from tests.bench.memory import peak_mb  # noqa: E402

GIVEN = {"month": f"{MONTH:%Y-%m}"}


def main() -> None:
    """Fill, close, then measure ``--rounds`` times and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contracts", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workbook", action="store_true", help="also write a workbook, once")
    options = parser.parse_args()
    if connection.vendor != "postgresql":
        raise SystemExit("make bench measures PostgreSQL: set DATABASE_URL=postgres://…")
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        with tempfile.TemporaryDirectory() as folder:
            _measure(options, Path(folder) / "lines")
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def _measure(options: argparse.Namespace, file: Path) -> None:
    fill(options.contracts, mixed=True)
    outcome = close_month(MONTH, on=ON, by="bench")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE billing_chargeline")
    before = peak_mb()
    exports, copies, ratios = [], [], []
    for _round in range(options.rounds):
        exports.append(_timed(lambda: _export(Wanted(CSV))))
        copies.append(_timed(lambda: _bare_copy(file)))
        ratios.append(exports[-1] / copies[-1])
    print(f"{outcome.line_count:,} lines, {options.rounds} rounds, medians:")
    print(f"  lines as CSV {statistics.median(exports):.2f} s, bare COPY TO {statistics.median(copies):.2f} s")
    print(f"  ratio {statistics.median(ratios):.2f} ({', '.join(f'{ratio:.2f}' for ratio in ratios)})")
    print(f"  peak memory {before:.0f} MB before, {peak_mb():.0f} MB after")
    if options.workbook:
        print(f"  as a workbook {_timed(lambda: _export(Wanted(XLSX))):.1f} s, peak memory {peak_mb():.0f} MB")


def _export(wanted: Wanted) -> None:
    """The file made, hashed and recorded, as COPY's is when it is written: on its way to somebody neither is."""
    with export_report(LINES, GIVEN, wanted, by="bench").file:
        pass


def _bare_copy(file: Path) -> None:
    """COPY TO of the report's own columns, codes and texts as they are stored."""
    wanted = asked(filters_of(LINES, GIVEN))
    assert wanted is not None
    rows = LINES.rows(wanted)
    sql, values = rows.whole.values_list(*rows.paths).query.sql_with_params()  # type: ignore[union-attr]
    statement = connection.ops.compose_sql(f"COPY ({sql}) TO STDOUT (FORMAT csv)", values)  # type: ignore[attr-defined]
    with file.open("wb") as out, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            out.write(block)


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
