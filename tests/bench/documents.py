"""Invoices issued and made into PDF by workers, one of them killed half way and gone on with, on PostgreSQL.

    python tests/bench/documents.py                     2,000 invoices, two workers
    python tests/bench/documents.py --invoices 20000    as a large house has them

In a scratch database beside the one that DATABASE_URL names a month is closed and its invoices issued. Workers, each a process, are handed
ranges as the queue hands them; the first is killed (SIGKILL) once half of the papers are there, and its ranges are handed out again. Printed:
seconds of the issue, milliseconds of processor time a paper, the peak memory of a worker after its first range and at its end, the
seconds and the peak memory of the month as one PDF and as a ZIP; and that there is one paper an invoice and no number left out.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csoc_admin.settings")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402

from billing.models import Document, Invoice, Month  # noqa: E402
from billing.operations.close_month import close_month  # noqa: E402
from billing.operations.documents.bundle import pdf_of, zip_of  # noqa: E402
from billing.operations.documents.making import make_missing, ranges  # noqa: E402
from billing.operations.invoices import issue_invoices  # noqa: E402
from tests.bench.book import MODULES_A_UNIT, fill  # noqa: E402
from tests.bench.close_month import MONTH, ON  # noqa: E402
from tests.bench.memory import peak_mb  # noqa: E402


def main() -> None:
    """Fill, close, issue; have the papers made, killed and made on; read the month out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=2_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--work", nargs=2, type=int, metavar=("WORKER", "WORKERS"), help=argparse.SUPPRESS)
    parser.add_argument("--read", choices=["pdf", "zip"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        _work(*options.work)
        return
    if options.read:
        _read(options.read)
        return
    if connection.vendor != "postgresql":
        raise SystemExit("this measures PostgreSQL: set DATABASE_URL=postgres://…")
    before = connection.settings_dict["NAME"]
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        _measure(options, name)
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


def _measure(options: argparse.Namespace, database: str) -> None:
    fill(options.invoices * (1 + MODULES_A_UNIT), mixed=True)
    close_month(MONTH, on=ON, by="bench")
    started = time.perf_counter()
    issued = issue_invoices(Month.objects.get(month=MONTH), on=ON, by="bench")
    seconds = time.perf_counter() - started
    print(f"issued {issued:,} in {seconds:.1f} s, {seconds / issued * 1e6:.0f} µs an invoice", flush=True)
    started = time.perf_counter()
    workers = [_apart(database, "--work", at, options.workers) for at in range(options.workers)]
    while Document.objects.count() < issued // 2:
        time.sleep(0.2)
    workers[0].kill()
    workers[0].communicate()
    left = Document.objects.count()
    print(f"killed with {left:,} of {issued:,} papers there", flush=True)
    # What it leaves is found like any other paper that is missing; what another is at is passed over by whoever comes second.
    workers[0] = _apart(database, "--work", 0, 1)
    told = [worker.communicate()[0] for worker in workers]
    seconds = time.perf_counter() - started
    print(f"{issued:,} papers by {options.workers} workers in {seconds:.0f} s", *told, sep="\n", flush=True)
    numbers = list(Document.objects.order_by("number").values_list("number", flat=True))
    assert numbers == sorted(Invoice.objects.values_list("number", flat=True))
    assert numbers == [f"{MONTH:%Y-%m}-{at:05}" for at in range(1, issued + 1)]
    print("one paper an invoice, no number left out")
    for kind in ("pdf", "zip"):
        print(_apart(database, "--read", kind).communicate()[0], end="", flush=True)


def _apart(database: str, *arguments: object) -> "subprocess.Popen[str]":
    base, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    environment = {**os.environ, "DATABASE_URL": f"{base}/{database}"}
    command = [sys.executable, __file__, *map(str, arguments)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def _work(worker: int, workers: int) -> None:
    """The papers of every so manieth range that is still to be made."""
    month, cpu = Month.objects.get(month=MONTH), time.process_time()
    done, early = 0, 0.0
    for first, last in ranges(month)[worker::workers]:
        done += make_missing(month, by="bench", first=first, last=last)
        early = early or peak_mb()
    each = (time.process_time() - cpu) / max(done, 1) * 1e3
    print(f"worker {worker}: {done:,} papers, {each:.1f} ms of CPU a paper, peak {early:.0f} → {peak_mb():.0f} MB")


def _read(kind: str) -> None:
    before, started = peak_mb(), time.perf_counter()
    month = Month.objects.get(month=MONTH)
    size = sum(len(piece) for piece in (pdf_of if kind == "pdf" else zip_of)(month))
    print(
        f"{kind} of the month: {size / 1e6:.0f} MB in {time.perf_counter() - started:.1f} s, "
        f"peak {before:.0f} → {peak_mb():.0f} MB"
    )


if __name__ == "__main__":
    main()
