"""Which tests one run of CI tries on which database.

`make test` runs all of them on whichever database it is given. CI runs them twice over, on SQLite and on PostgreSQL, and says in
``CSOC_TURN`` which turn it is:

- what the database itself refuses and remembers is written for each of the two by itself, and runs on both, whatever the turn;
- what it orders, counts, sums or plans runs on PostgreSQL, which months are closed on, whatever the turn, and on SQLite in one of sixteen;
- what asks no database, or asks much and shows nothing of it, runs on SQLite alone, which answers in half the time, and what processes
  with a database of their own show on PostgreSQL alone;
- every other file, those of the browser too, runs on PostgreSQL in one of sixteen turns, and on SQLite in the others.

So every test runs with every run of CI, and on both databases within sixteen turns; the walk through all screens looks at every fourth of
them; four shares are all of them. The turn is drawn from the commit: the same commit is tried in the same way again.
Whoever changes something runs `make test`, which tries all of them on SQLite.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar
from zlib import crc32

import pytest

from tests.worlds import looks_at_the_database

Thing = TypeVar("Thing")
TESTS = Path(__file__).resolve().parent

ON_BOTH = (
    # Guards, constraints and raw SQL, keys and the tables of months; the history and its marks; words that are searched.
    "contracts/history",
    "contracts/search",
    "contracts/applications/test_guards.py",
    "contracts/test_history_indexes.py",
    "billing/test_bulk.py",
    "billing/test_correction_guards.py",
    "billing/test_guards.py",
    "billing/test_linear_reading.py",
    "billing/test_marks.py",
    "billing/test_month_tables.py",
    "admin/test_never_replaced.py",
    "admin/test_raw_sql.py",
    "admin/test_search.py",
    "faults",
    "wiring",
)
"""Files and folders whose tests show what a database does that is told it in words of its own."""

FIRST_ON_POSTGRESQL = (
    # The order, the sums and the blanks of reports; ranges, plans and copies; the check of the ledger; a book in and out.
    "contracts/book/test_round_trip.py",
    "billing/test_check_ledger.py",
    "billing/test_check_told.py",
    "billing/test_close_month.py",
    "billing/test_found_by_order.py",
    "billing/test_kept_sums.py",
    "billing/test_load.py",
    "billing/test_month_sets.py",
    "billing/test_pages_at_size.py",
    "billing/test_ranges.py",
    "billing/test_report_ranges.py",
    "billing/test_reports.py",
    "billing/test_sample.py",
    "admin/test_two_versions.py",
)
"""Files whose tests show what a database makes of a question that both are asked alike."""

ON_POSTGRESQL = (
    "architecture",
    "terms",
    "faults/test_killed.py",
    "faults/test_killed_accepting.py",
    "faults/test_killed_at_any_moment.py",
    "wiring/test_bare_machine.py",
    "wiring/test_containers.py",
    "wiring/test_processes.py",
    "wiring/test_production.py",
)
"""The terms, the papers of the house, and processes that have a database of their own."""

ON_SQLITE = (
    "browser/test_accessible.py",
    "contracts/book/test_apart.py",
    "contracts/book/test_form.py",
    "contracts/book/test_hostile.py",
    "contracts/book/test_refusals.py",
    "contracts/book/test_resaved.py",
    "contracts/jobs/test_looks.py",
    "properties/test_any_verb_goes_round.py",
    "properties/test_leaving_as_previewed.py",
    "properties/test_marked_cells.py",
    "properties/test_put_right_is_right_from_the_start.py",
)
"""Files that are read before anything is stored, what is done over and over (every verb in any order, a year of mornings, facts put right),
and whether every screen can be seen and read."""


TURNS = 16
"""A test on PostgreSQL takes nearly twice as long as on SQLite."""


SHARES = 4
"""A screen takes a third of a second, and there are hundreds."""


def turn() -> int | None:
    """Whose turn it is, from 0 on; None where everything is tried. ``ValueError`` where it is none of them."""
    said = os.environ.get("CSOC_TURN", "")
    if said not in ("", *map(str, range(TURNS))):
        raise ValueError(f"CSOC_TURN is 0 to {TURNS - 1}, not {said!r}.")
    return int(said) if said else None


def share(things: Sequence[Thing]) -> Sequence[Thing]:
    """Of the many that a test walks through one after the other, those of this turn: every fourth; all of them where there are no turns."""
    its_turn = turn()
    return things if its_turn is None else things[its_turn % SHARES :: SHARES]


def databases(path: str, *, turn: int, asks: bool = True, postgres_only: bool = False) -> set[str]:
    """The databases on which a test of that file (from ``tests/``) runs in that turn; ``asks``: whether it asks the database anything."""
    if postgres_only or _within(path, ON_POSTGRESQL):
        return {"postgresql"}
    if _within(path, ON_SQLITE):
        return {"sqlite"}
    if not asks and path.split("/")[0] in ("admin", "billing", "contracts", "properties"):
        return {"sqlite"}
    if _within(path, ON_BOTH):
        return {"postgresql", "sqlite"}
    # Of all bits these come nearest to turns that cost the same.
    its_turn = (crc32(path.encode()) >> 16) % TURNS == turn
    if _within(path, FIRST_ON_POSTGRESQL):
        return {"postgresql", "sqlite"} if its_turn else {"postgresql"}
    return {"postgresql" if its_turn else "sqlite"}


def is_read(path: Path, vendor: str, turn: int | None) -> bool:
    """Whether a file may have a test that runs on that database in that turn: one that has none is not even read."""
    if turn is None or not path.name.startswith("test_"):
        return True
    name = path.relative_to(TESTS).as_posix()
    if any(vendor in databases(name, turn=turn, asks=asks) for asks in (True, False)):
        return True
    return vendor == "postgresql" and "mark.postgres" in path.read_text(encoding="utf-8")


def runs(item: pytest.Item, vendor: str, turn: int | None) -> bool:
    """Whether a test runs on that database: in that turn, or where there are no turns."""
    postgres_only = item.get_closest_marker("postgres") is not None
    if turn is None:
        return vendor == "postgresql" or not postgres_only
    path = item.path.relative_to(TESTS).as_posix()
    return vendor in databases(path, turn=turn, asks=looks_at_the_database(item), postgres_only=postgres_only)


def _within(path: str, named: Sequence[str]) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in named)
