"""The book in and out at size: seconds and peak memory of trial, import, export and restore, on PostgreSQL.

    make bench                    100,000 contracts and their options
    make bench N="10000 100000"   other sizes

The book is the sample so many times over, each with codes and numbers of its own. Each step runs as the command does, in a process of its
own, on scratch databases: a trial and the import of the book, the export of what was taken in with its record, and its restore.
Printed: seconds, the processor time of the step's own process, rows a second, its peak memory.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csoc_admin.settings")

import django  # noqa: E402

django.setup()

import xlsxwriter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from billing.facts.recorded import OF_THE_BOOK  # noqa: E402
from contracts.facts.recorded import count_on_record  # noqa: E402
from contracts.intake.book.headings import names_of, sheet_called  # noqa: E402
from contracts.intake.book.people import plain  # noqa: E402
from contracts.intake.book.sources import tables_of  # noqa: E402

SAMPLE = ROOT / "docs" / "book" / "sample.xlsx"
CONTRACTS_OF_SAMPLE = 108
NAMES = {"code", "number", "unit", "customer", "contract", "target", "application", "linked_service", "holder"}
"""Columns that name something: each copy has names of its own."""

MEASURED = """
import sys, time
from django.core.management import execute_from_command_line
status = 0
try:
    execute_from_command_line(["manage.py", *sys.argv[1:]])
except SystemExit as ended:
    status = ended.code
from tests.bench.memory import peak_mb
print(f"PEAK {peak_mb():.0f} CPU {time.process_time():.1f}", file=sys.stderr)
sys.exit(status)
"""


def main() -> None:
    """Measure each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contracts", type=int, nargs="+", default=[100_000])
    options = parser.parse_args()
    if connection.vendor != "postgresql":
        raise SystemExit("make bench measures PostgreSQL: set DATABASE_URL=postgres://…")
    for contracts in options.contracts:
        with tempfile.TemporaryDirectory() as folder:
            _measure(contracts, Path(folder))


def many_times(copies: int, path: Path) -> int:
    """The sample so many times over as one workbook; how many rows it has."""
    rows = 0
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        day = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for table in tables_of(SAMPLE, frozenset(), timed=False):
            out = workbook.add_worksheet(table.name)
            (_number, heading), *lines = table.lines
            sheet = sheet_called(table.name)[0]
            assert sheet is not None
            columns = {at: names_of(sheet)[plain(cell)].name for at, cell in heading.items()}
            out.write_row(0, 0, list(heading.values()))
            at = 0
            for copy in range(copies):
                for _number, cells in lines:
                    at += 1
                    for column, value in cells.items():
                        named = columns[column] in NAMES
                        out.write(
                            at, column, f"{value}X{copy}" if named else value, day if isinstance(value, date) else None
                        )
            rows += at
    return rows


def _measure(contracts: int, folder: Path) -> None:
    written, recorded = folder / "in.xlsx", folder / "out.xlsx"
    rows = many_times(max(1, contracts // CONTRACTS_OF_SAMPLE), written)
    print(f"{contracts:,} contracts, {rows:,} rows, {_size(written):.0f} MB:")
    name = _scratch()
    try:
        _step("trial", rows, "import_book", str(written), "--dry-run")
        _step("import", rows, "import_book", str(written))
        on_record = sum(count_on_record(table, OF_THE_BOOK) for table in OF_THE_BOOK)
        _step("export", rows + on_record, "export_book", str(recorded))
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
    print(f"  with its record {_size(recorded):.0f} MB")
    name = _scratch()
    try:
        _step("restore", on_record, "import_book", str(recorded), "--restore")
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def _scratch() -> str:
    """An empty scratch database beside the one that DATABASE_URL names; the name to go back to."""
    name = str(connection.settings_dict["NAME"])
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    return name


def _step(said: str, rows: int, *command: str) -> None:
    known = connection.settings_dict
    address = f"postgres://{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT'] or 5432}/{known['NAME']}"
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *command],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"{said}: {done.stdout[-500:]}{done.stderr[-1500:]}")
    peak, cpu = re.findall(r"PEAK (\d+) CPU (\S+)", done.stderr)[-1]
    print(
        f"  {said:8} {seconds:7.1f} s  {float(cpu):7.1f} s of its processor  {rows / seconds:9,.0f} rows/s"
        f"  peak {int(peak):6} MB",
        flush=True,
    )


def _size(path: Path) -> float:
    return path.stat().st_size / (1 << 20)


if __name__ == "__main__":
    main()
