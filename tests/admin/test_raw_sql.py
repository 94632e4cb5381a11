"""Raw SQL by the thousand: what is decided, closed, issued or told stays as it is, whatever statement is sent, by whatever program.

Which rows and columns those are is not asked of the guards: it is what the check of the ledger compares (``billing.facts.marked``), what is
sealed with a closed month, and the history. On SQLite the statements come from another process and from the sqlite3 shell, with its
pragmas as it likes; on PostgreSQL from a role with rights on data, as ``deploy/database-roles.sql`` has it.
"""

import os
import pickle
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

from billing.facts.marked import OF_ALL
from billing.guards import OF_A_MONTH, RESTED_ON
from contracts.facts.marks import Marked, Values
from tests.admin import another_program
from tests.admin.raw_sql import Attempt, attempts
from tests.admin.test_tampered import checked

pytestmark = pytest.mark.usefixtures("checked")
__all__ = ["checked"]

ONLY_ADDED = ("contracts_entry", "contracts_entrylink")
TABLES = sorted({one.model._meta.db_table for one in OF_ALL} | {*OF_A_MONTH, "billing_month", *ONLY_ADDED})
MODELS: list[type[Model]] = [one for one in apps.get_models() if one._meta.db_table in TABLES]
KEYS = {model._meta.db_table: model._meta.pk.attname for model in MODELS}
Rows = set[tuple[Any, ...]]
Through = tuple[int, Rows, Rows]
"""The place of a statement, the rows that went by it, and those that came."""


class Guarded:
    """What may not change: told of rows that went and rows that came."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM billing_month WHERE closed_at IS NOT NULL")
            self.closed = {row[0] for row in cursor.fetchall()}
            cursor.execute(
                "SELECT target_id FROM billing_chargeline UNION SELECT target_id FROM billing_heldsettlement"
            )
            self.rested_on = {row[0] for row in cursor.fetchall()}
            self.orders = {table: _order(cursor, table) for table in TABLES}
        self.marked: dict[str, list[Marked]] = {}
        for one in OF_ALL:
            self.marked.setdefault(one.model._meta.db_table, []).append(one)

    def broken(self, table: str, went: Rows, came: Rows) -> bool:
        """Whether what became of a table is anything that may not be."""
        was, now = ([dict(zip(self.orders[table], row, strict=True)) for row in some] for some in (went, came))
        if table in ONLY_ADDED:
            return bool(was)
        if table == "billing_month":
            return any(row["closed_at"] is not None for row in was)
        if table in OF_A_MONTH:
            return any(row["month_id"] in self.closed for row in [*was, *now])
        after = {row[KEYS[table]]: row for row in now}
        return any(self._changed(table, row, after.get(row[KEYS[table]])) for row in was)

    def _changed(self, table: str, row: Values, after: Values | None) -> bool:
        if after is None and table in RESTED_ON and row[RESTED_ON[table]] not in self.rested_on:
            return False  # a fact on which no line rests may go
        return any(
            one.when(row) and (after is None or any(row[name] != after[name] for name in one.columns))
            for one in self.marked[table]
        )


def _order(cursor: Any, table: str) -> list[str]:
    """The columns as the database has them in a row, by the names that the code gives them."""
    cursor.execute(f"SELECT * FROM {table} LIMIT 0")
    fields = next(model for model in MODELS if model._meta.db_table == table)._meta.concrete_fields
    named = {str(field.column): field.attname for field in fields}
    return [named[column[0]] for column in cursor.description]


def parts() -> list[str]:
    """On PostgreSQL the tables of single months."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'billing_chargeline'::regclass"
        )
        return [row[0] for row in cursor.fetchall()]


@pytest.fixture
def said() -> list[Attempt]:
    found = [*attempts(MODELS, parts()[:1])]
    assert len(found) > 8000
    return found


def sent_by_another_program(
    folder: Path, said: list[Attempt], pragmas: tuple[str, ...], dropped: Iterable[tuple[str, str]] = ()
) -> tuple[list[Through], list[str]]:
    """What got through of them, in a process that knows nothing of this one but the file; and the triggers that are missed."""
    file, asked, told = folder / "copy.sqlite3", folder / "asked", folder / "told"
    file.write_bytes(connection.connection.serialize())
    asked.write_bytes(pickle.dumps((str(file), pragmas, [tuple(one) for one in said], [*dropped])))
    subprocess.run([sys.executable, another_program.__file__, asked, told], check=True, timeout=300)
    answer: tuple[list[Through], list[str]] = pickle.loads(told.read_bytes())
    return answer


ROLE = f"csoc_raw_sql_{os.getpid()}"
OF_THE_APPLICATION = (
    f"CREATE ROLE {ROLE}",
    f"GRANT {ROLE} TO CURRENT_USER",
    f"GRANT USAGE ON SCHEMA public TO {ROLE}",
    f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE}",
    f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {ROLE}",
    f"SET LOCAL ROLE {ROLE}",
)
"""A role as the application has one; it goes with the transaction of the test."""
ONE_BY_ONE = """
CREATE FUNCTION pg_temp.tried(tables text[], said text[]) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE through int[] := '{}'; before text; after text; table_before text := ''; digest text;
BEGIN
    FOR at IN 1..array_length(said, 1) LOOP
        digest := 'SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM ' || tables[at] || ' t';
        IF tables[at] <> table_before THEN EXECUTE digest INTO before; table_before := tables[at]; END IF;
        BEGIN
            EXECUTE said[at];
            SET CONSTRAINTS ALL IMMEDIATE;
            EXECUTE digest INTO after;
            IF after IS DISTINCT FROM before THEN through := array_append(through, at - 1); END IF;
            RAISE EXCEPTION 'undone';
        EXCEPTION WHEN OTHERS THEN NULL;
        END;
    END LOOP;
    RETURN through;
END $$
"""


def sent_by_the_application(said: list[Attempt]) -> list[Through]:
    """What got through of them, from a role with rights on data."""
    with connection.cursor() as cursor:
        for statement in (*OF_THE_APPLICATION, ONE_BY_ONE):
            cursor.execute(statement)
        cursor.execute("SELECT pg_temp.tried(%s, %s)", [[one.table for one in said], [one.sql for one in said]])
        return [(at, *_moved(cursor, said[at])) for at in cursor.fetchone()[0]]


def _moved(cursor: Any, one: Attempt) -> tuple[Rows, Rows]:
    before = _rows(cursor, one.table)
    with transaction.atomic():
        cursor.execute(one.sql)
        after = _rows(cursor, one.table)
        transaction.set_rollback(True)
    return before - after, after - before


def _rows(cursor: Any, table: str) -> Rows:
    cursor.execute(f"SELECT * FROM {table}")
    return {
        tuple(repr(value) if isinstance(value, list | dict) else value for value in row) for row in cursor.fetchall()
    }


STATES: dict[str, tuple[str, ...]] = {
    "as it opens": (),
    "as it should not": (
        *("recursive_triggers = ON", "ignore_check_constraints = ON", "foreign_keys = OFF"),
        *("defer_foreign_keys = ON", "writable_schema = ON", "trusted_schema = OFF"),
    ),
}
"""What another program says to SQLite before it begins."""


@pytest.mark.parametrize("state", STATES if connection.vendor == "sqlite" else ["as the application"])
def test_nothing_that_stays_is_changed(state: str, said: list[Attempt], tmp_path: Path) -> None:
    guarded = Guarded()
    if connection.vendor == "sqlite":
        through, _missed = sent_by_another_program(tmp_path, said, STATES[state])
    else:
        through = sent_by_the_application(said)
    # Not all is refused: what is at work changes, and these statements do reach it.
    assert len(through) > 200
    assert [said[at].sql for at, went, came in through if guarded.broken(said[at].table, went, came)] == []


def test_nothing_is_changed_from_the_shell(said: list[Attempt], tmp_path: Path) -> None:
    """The sqlite3 shell, each statement kept, one after the other: what stays is there at the end, and as it was."""
    shell = shutil.which("sqlite3")
    if connection.vendor != "sqlite" or shell is None:  # the same statements come from another process either way
        return
    guarded, file, script = Guarded(), tmp_path / "copy.sqlite3", tmp_path / "script"
    file.write_bytes(connection.connection.serialize())
    statements = [one.sql for one in said if "RETURNING" not in one.sql]
    script.write_text("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;\n" + ";\n".join(statements) + ";\n")
    with script.open() as given:
        subprocess.run([shell, "-batch", file], stdin=given, capture_output=True, check=False, timeout=300)
    with closing(sqlite3.connect(file)) as after:
        assert after.execute("SELECT count(*) FROM contracts_workitem").fetchone()
        for table in TABLES:
            was, now = _as_stored(table), another_program.rows(after, table)
            assert not guarded.broken(table, was - now, now - was), table


def _as_stored(table: str) -> Rows:
    """Rows as SQLite has them, days as text: not as Django's connection reads them."""
    with closing(sqlite3.connect(":memory:")) as here:
        here.deserialize(connection.connection.serialize())
        return another_program.rows(here, table)


NOT_BY_THESE = ("_insert", "counts_up_update", "counts_up_delete", "decided_by_another_update", "one_tier_a_day_update")
"""What is no statement of these: rows that are added, counters that go back, decisions by the same person, tiers side by side."""
BEHIND_ANOTHER = ("_replaced_update",)
"""Refused by the guard of updates already."""
NO_ROW = {"contracts_rightschange", "billing_heldsettlement", "billing_parkedtarget", "billing_helddecision"}
"""Tables of which this world has no row that is decided, or of a closed month."""


def test_without_a_guard_something_gets_through(said: list[Attempt], tmp_path: Path) -> None:
    """Each guard is missed: the statements are not refused by chance."""
    if connection.vendor != "sqlite":  # tests/admin/test_tampered.py switches the same guards off there
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard%'")
        triggers = [row for row in cursor.fetchall() if row[1] in TABLES and row[1] not in NO_ROW]
    wanted = [one for one in triggers if not one[0].endswith((*NOT_BY_THESE, *BEHIND_ANOTHER))]
    wanted += [one for one in triggers if one[0].endswith("_replaced_insert")]
    _through, missed = sent_by_another_program(tmp_path, said, ("ignore_check_constraints = ON",), wanted)
    assert {name for name, _table in wanted} - {*missed} == set()
    assert len(missed) > 100
