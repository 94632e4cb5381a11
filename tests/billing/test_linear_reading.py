"""What a range of units reads is the range: the same rows at two sizes of the book, by PostgreSQL's own count.

Every query is explained as it was carried out. No table of the book is read from its beginning to its end, and no index is gone
through beyond the range's own entries: a book four times as large costs a range nothing.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from billing.facts.ledger import billed, left_out
from billing.facts.load import accounts
from billing.facts.span import UnitRange, targets_of
from billing.models import Month
from billing.operations.close_month import close_month
from billing.operations.correct import late_of
from billing.operations.moved import note_moved
from billing.operations.propose import _computed
from billing.operations.recompute import _billed_by_month, _parked
from contracts.models import Entry, ManagementUnit
from contracts.terms.days import Period, month_period
from tests.bench.book import fill

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

SMALL, LARGE = 4_000, 16_000
"""Contracts of the book: of 1,000 and 4,000 units."""
RANGE = UnitRange(400, 500)
MONTH, SECOND, ON = date(2025, 2, 1), date(2025, 3, 1), date(2026, 6, 1)

FEW = 30_000
"""Rows of a table that the planner may take for cheaper to be read whole than some hundred ids to be looked up."""
BY_THE_SIDE = frozenset(
    {"billing_month", "contracts_abolition", "contracts_factsrevision", "billing_monthchunk", "billing_helddecision"}
)
"""Tables of a row a month, a decision, or none at all: read whole, and nothing of the book."""


def close_of_a_range() -> None:
    """What the close reads of its range."""
    list(accounts(RANGE, month_period(SECOND)))


def late_of_a_range() -> None:
    """What it reads to say what comes late: every unit has something new in the history."""
    every = ManagementUnit.objects.filter(RANGE.of("pk")).values_list("pk", flat=True)
    list(late_of(Month(month=SECOND, facts_revision=0), list(every)))


def ledger_of_a_range() -> None:
    """What a check reads: the facts as a month has seen them, and what was billed."""
    list(accounts(RANGE, Period(MONTH, SECOND), as_of=1))
    targets, months = targets_of(RANGE), list(Month.objects.exclude(closed_at=None))
    _billed_by_month(targets, RANGE, months)
    _parked(targets, months)
    billed(RANGE)
    left_out(targets)


def proposal_of_a_range() -> None:
    """What a proposal reads: names, and last month's lines besides."""
    note_moved(SECOND, 1)
    _computed(SECOND, 1, RANGE)


WORK = (close_of_a_range, late_of_a_range, ledger_of_a_range, proposal_of_a_range)

Read = dict[str, dict[str, float]]


def test_a_range_reads_the_same_rows_of_a_book_four_times_as_large() -> None:
    with transaction.atomic():
        small = read_of(SMALL)
        transaction.set_rollback(True)
    large = read_of(LARGE)
    for name, rows in large.items():
        for table, found in rows.items():
            before = small[name].get(table, 0)
            said = f"{name} reads {found} rows of {table}, where {before} did of a quarter of the book"
            assert found <= before * 1.05 + 20, said


def read_of(contracts: int) -> Read:
    """For each piece of work the rows that its queries touched, table by table, in a book of so many contracts."""
    fill(contracts, mixed=True)
    assert close_month(MONTH, on=ON, by="試験").closed
    rows = (Entry(actor="試験", operation="add", record="price", subject=f"T{unit * 6:08}", unit_id=unit)
            for unit in range(1, contracts // 4 + 1))  # fmt: skip
    Entry.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {work.__name__: touched(work) for work in WORK}


def touched(work: Callable[[], None]) -> dict[str, float]:
    """Rows of every table that the work's queries touched, summed up by table."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT"):
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        work()
    found: dict[str, float] = {}
    for sql, params in asked:
        for scan in explained(sql, params, seqscan="on"):
            # A table of a few pages is read whole by right; a large one never.
            whole = scan["Node Type"] == "Seq Scan" and rows_of(scan) > FEW
            assert not whole or scan["Relation Name"] in BY_THE_SIDE, (
                f"{scan['Relation Name']} is read whole: {sql[:2000]}"
            )
        for scan in explained(sql, params, seqscan="off"):
            # Of each month the lines are a table of their own; the months of both books have other numbers.
            table = re.sub(r"^(billing_chargeline)_\d+$", r"\1", scan["Relation Name"])
            if table not in BY_THE_SIDE:
                found[table] = found.get(table, 0) + rows_of(scan)
    return found


def explained(sql: str, params: Any, *, seqscan: str) -> list[dict[str, Any]]:
    """The scans of a query as it is carried out; ``seqscan`` off: as if every table were too large to be read whole."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL enable_seqscan = {seqscan}")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        found = list(scans(cursor.fetchone()[0][0]["Plan"]))
        cursor.execute("SET LOCAL enable_seqscan = on")
    return found


def scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The nodes that read a table, whatever index leads them to its rows."""
    if "Relation Name" in plan:
        yield plan
    for child in plan.get("Plans", ()):
        yield from scans(child)


def rows_of(scan: dict[str, Any]) -> float:
    """Rows that a scan took up, those among them that it threw away again; of several indexes put together the most that one gave."""
    away = scan.get("Rows Removed by Filter", 0) + scan.get("Rows Removed by Index Recheck", 0)
    own = float((scan["Actual Rows"] + away) * scan["Actual Loops"])
    # A single index gives the rows of the scan, and those that a book rolled back has left behind.
    indexes = list(bitmaps(scan))
    together = indexes if len(indexes) > 1 else []
    return max([own, *(float(index["Actual Rows"] * index["Actual Loops"]) for index in together)])


def bitmaps(scan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The indexes that a bitmap is made of."""
    for child in scan.get("Plans", ()):
        if child["Node Type"] == "Bitmap Index Scan":
            yield child
        yield from bitmaps(child)
