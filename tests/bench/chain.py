"""What the chain of the history costs its writers, on PostgreSQL: one, two and eight of them side by side, as rows of a Markdown table.

    python tests/bench/chain.py --entries 200 --work-ms 10

Each writer is a process of its own. A transaction of theirs writes an entry and goes on working for ``--work-ms``, as a verb does that
brings a worklist up after it; then it commits, for real. The same is written without a chain, with the chain as it is (linked after the
commit), and as it would be if a link were made within the transaction, whose end the next writer would have to wait for.
"""

import argparse
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csoc_admin.settings")

import django  # noqa: E402

django.setup()

from django.db import connection, transaction  # noqa: E402

from contracts.facts import chain, history  # noqa: E402
from contracts.models import ChainHead, Entry, EntryLink  # noqa: E402

WRITERS = (1, 2, 8)
HEADINGS = ("chain", "writers", "ms an entry, p50", "p95", "entries a second", "ms of linking, p50", "p95", "left to the sweep", "walk")  # fmt: skip
_COPYING = multiprocessing.get_context("fork")


def main() -> None:
    """Every kind of chain with every number of writers, a row each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=200, help="entries of each writer")
    parser.add_argument("--work-ms", type=float, default=10, help="what a transaction does after its entry")
    options = parser.parse_args()
    if connection.vendor != "postgresql":
        raise SystemExit("This measures PostgreSQL: set DATABASE_URL=postgres://…")
    print(f"| {' | '.join(HEADINGS)} |\n|{' --- |' * len(HEADINGS)}", flush=True)
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        chain.sweep(whole=True)  # what migrating told, and the head that every later link is put behind
        for name, link in (("none", _none), ("after the commit", chain.link_after), ("within", None)):
            for writers in WRITERS:
                print(f"| {name} | {writers} | {_measured(link, writers, options)} |", flush=True)
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


def _none(entry: int) -> None:
    """No chain."""


def _measured(link: Callable[[int], None] | None, writers: int, options: argparse.Namespace) -> str:
    connection.close()
    told: Any = _COPYING.SimpleQueue()
    start = _COPYING.Barrier(writers + 1)
    processes = [
        _COPYING.Process(target=_write, args=(link, number, options, start, told)) for number in range(writers)
    ]
    for process in processes:
        process.start()
    start.wait()
    begun = time.perf_counter()
    found = [told.get() for _process in processes]
    seconds = time.perf_counter() - begun
    for process in processes:
        process.join()
    each, linking = ([one for some in found for one in some[which]] for which in (0, 1))
    left = chain.waiting().count()
    if link is _none:
        left = 0
    else:
        chain.sweep()
    walk = "" if link is _none else "sound" if chain.first_break() is None else "broken"
    if link is _none:
        chain.sweep()
    cells = (*_of(each), f"{len(each) / seconds:.0f}", *_of(linking), str(left), walk)
    return " | ".join(cells)


def _of(some: list[float]) -> tuple[str, str]:
    if not any(some):
        return "–", "–"
    return f"{statistics.median(some):.1f}", f"{statistics.quantiles(some, n=20)[-1]:.1f}"


def _write(link: Callable[[int], None] | None, number: int, options: argparse.Namespace, start: Any, told: Any) -> None:
    linking: list[float] = []

    def timed(entry: int) -> None:
        begun = time.perf_counter()
        assert link is not None
        link(entry)
        linking.append(1000 * (time.perf_counter() - begun))

    # The history calls it by its module: here it is called with a watch in hand, and not at all where the link is made within.
    chain.link_after = timed if link is not None else _none  # type: ignore[assignment]
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
    start.wait()
    each = []
    for count in range(options.entries):
        begun = time.perf_counter()
        with transaction.atomic():
            entry = history.record("note", "work", f"W{number}-{count}", by="bench", after={"note": "x" * 200})
            if link is None:
                waited = time.perf_counter()
                _link_within(entry)
                linking.append(1000 * (time.perf_counter() - waited))
            time.sleep(options.work_ms / 1000)
        each.append(1000 * (time.perf_counter() - begun) - options.work_ms)
    told.put((each, linking))
    connection.close()


def _link_within(entry: Entry) -> None:
    """The design that was not taken: a link made by the writer itself, before its commit."""
    head = ChainHead.objects.select_for_update().get(pk=1)
    said = Entry.objects.filter(pk=entry.pk).values_list(*chain.SAID).get()
    sha256 = chain.link_of(head.sha256, head.position + 1, said)
    EntryLink.objects.create(position=head.position + 1, entry=entry.pk, sha256=sha256)
    ChainHead.objects.filter(pk=1).update(position=head.position + 1, sha256=sha256)


if __name__ == "__main__":
    main()
