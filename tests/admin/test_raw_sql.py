"""Raw SQL by the thousand: what is decided, closed, issued or told stays as it is, whatever statement is sent, by whatever program.

Which rows and columns those are is not asked of the guards: it is what the check of the ledger compares (``billing.facts.marked``), what is
sealed with a closed month, and the history. On SQLite the statements come from another process and from the sqlite3 shell, with its
pragmas as it likes; on PostgreSQL from a role with rights on data, as ``deploy/database-roles.sql`` has it.
"""

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from billing.facts.marked import OF_ALL
from billing.guards import OF_A_MONTH, of_all
from contracts.guards.of_contracts import guards
from tests.admin import another_program
from tests.admin.raw_sql import Attempt, attempts
from tests.admin.test_tampered import checked

pytestmark = pytest.mark.usefixtures("checked")
__all__ = ["checked"]

ONLY_ADDED = ("contracts_entry", "contracts_entrylink")
TABLES = sorted({one.model._meta.db_table for one in OF_ALL} | {*OF_A_MONTH, "billing_month", *ONLY_ADDED})
MODELS: list[type[Model]] = [one for one in apps.get_models() if one._meta.db_table in TABLES]
COLUMNS = {model._meta.db_table: [field.attname for field in model._meta.concrete_fields] for model in MODELS}
Rows = set[tuple[Any, ...]]


class Guarded:
    """What may not change: told of rows that went and rows that came."""

    def __init__(self, closed: set[int]) -> None:
        self.closed = closed
        self.marked: dict[str, list[Any]] = {}
        for one in OF_ALL:
            self.marked.setdefault(one.model._meta.db_table, []).append(one)

    def broken(self, table: str, order: list[str], went: Rows, came: Rows) -> bool:
        """Whether what became of a table is anything that may not be."""
        was, now = ([dict(zip(order, row, strict=True)) for row in some] for some in (went, came))
        if table in ONLY_ADDED:
            return bool(was)
        if table == "billing_month":
            return any(row["closed_at"] is not None for row in was)
        if table in OF_A_MONTH:
            return any(row["month_id"] in self.closed for row in [*was, *now])
        key = next(model._meta.pk.attname for model in MODELS if model._meta.db_table == table)
        after = {row[key]: row for row in now}
        return any(self._changed(table, row, after.get(row[key])) for row in was)

    def _changed(self, table: str, row: dict[str, Any], after: dict[str, Any] | None) -> bool:
        return any(
            one.when(row) and (after is None or any(row[name] != after[name] for name in one.columns))
            for one in self.marked[table]
        )


def closed_months() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM billing_month WHERE closed_at IS NOT NULL")
        return {row[0] for row in cursor.fetchall()}


def order_of(table: str) -> list[str]:
    """The columns as the database has them in a row, by the names that the code gives them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 0")
        named = {field.column: field.attname for model in MODELS if model._meta.db_table == table for field in model._meta.concrete_fields}
        return [named[column[0]] for column in cursor.description]


@pytest.fixture
def said() -> list[Attempt]:
    return [*attempts(MODELS)]


def sent_by_another_program(folder: Path, said: list[Attempt], *pragmas: str, dropped: Any = ()) -> tuple[Any, Any]:
    """What got through of them, in a process that knows nothing of this one but the file."""
    file, asked, told = folder / "copy.sqlite3", folder / "asked", folder / "told"
    file.write_bytes(connection.connection.serialize())
    asked.write_bytes(pickle.dumps((str(file), pragmas, [tuple(one) for one in said], [*dropped])))
    subprocess.run([sys.executable, another_program.__file__, asked, told], check=True, timeout=300)
    return pickle.loads(told.read_bytes())


STATES = {
    "as it opens": (),
    "as it likes": ("recursive_triggers = ON", "foreign_keys = ON", "defer_foreign_keys = ON"),
    "as it should not": ("ignore_check_constraints = ON", "writable_schema = ON", "trusted_schema = OFF", "foreign_keys = OFF"),
}
"""What another program says before it begins."""


def of(guarded: Guarded, said: list[Attempt], through: Any) -> list[str]:
    """Of what got through, the statements that did what may not be."""
    orders = {table: order_of(table) for table in TABLES}
    return [
        said[at].sql for at, went, came in through if guarded.broken(said[at].table, orders[said[at].table], went, came)
    ]


on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="x")


def test_x(said: list[Attempt], tmp_path: Path) -> None:
    import time
    guarded = Guarded(closed_months())
    for name, pragmas in STATES.items():
        t=time.time()
        through, _ = sent_by_another_program(tmp_path, said, *pragmas)
        bad = of(guarded, said, through)
        print(name, len(said), len(through), len(bad), time.time()-t)
        import re, collections
        print(collections.Counter(re.sub(r" FROM.*| WHERE.*", "", b)[:60] for b in bad))
