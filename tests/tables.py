"""The tables that all tests begin with: made by the migrations once for a state of the code, and copied for each process and run after.

Migrating takes as long as a hundred tests. What it came to is kept: on SQLite as a file under ``var/``, on PostgreSQL as a
database beside the tests' own, each named after all that the tables are made from; those of older code go when new ones are kept.
`python -m tests.tables` makes them ahead of the first test.
"""

import fcntl
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.test.utils import setup_databases, teardown_databases

from tests.garbage import nothing_thrown_away

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "tests"
MADE_FROM = ("contracts", "billing", "csoc_admin")
"""Whose code makes tables, guards, roles and permissions; the libraries' is told by their locked versions."""


def state_of_the_code() -> str:
    """A name for all that the tables are made from: the same for the same code, another after any change."""
    found = sha256(sys.version.encode() + (ROOT / "requirements-test.txt").read_bytes())
    for path in sorted(
        path for folder in MADE_FROM for end in ("*.py", "*.toml") for path in (ROOT / folder).rglob(end)
    ):
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


@cache
def file_of_tables() -> Path:
    """Where the tables on SQLite are kept, once they are: named once a process, which has all its code by then."""
    return KEPT / f"{state_of_the_code()}.sqlite3"


@contextmanager
def _alone(vendor: str) -> Iterator[None]:
    """One process at a time for either database: the first makes the tables, the others copy them."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / f"{vendor}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def begin_with_them() -> list[Any]:
    """Have the tests' database begin with the tables; what ``end_with_them`` wants to know to throw it away."""
    connection = connections[DEFAULT_DB_ALIAS]
    begun = [(connection, connection.settings_dict["NAME"], True)]
    kept = (OnPostgreSQL if connection.vendor == "postgresql" else OnSQLite)(connection)
    with _alone(connection.vendor):
        if kept.stands():
            kept.copy()
        else:
            # Migrating makes every model anew hundreds of times: to look each time for what of it may go takes up to a quarter of it.
            with nothing_thrown_away():
                begun = setup_databases(
                    verbosity=0, interactive=False, aliases={connection.alias}, serialized_aliases=set()
                )
            kept.keep()
    return begun


def end_with_them(begun: list[Any]) -> None:
    """Throw the tests' database away."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        OnPostgreSQL(connection).let_go()
    teardown_databases(begun, verbosity=0)


def _name(connection: Any) -> str:
    """Name the tests' database, from now on the only one that is known."""
    name: str = connection.creation._get_test_db_name()
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name
    return name


class OnSQLite:
    """A file for each state of the code; the tests' own database is in memory."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.file = file_of_tables()

    def stands(self) -> bool:
        return self.file.exists()

    def keep(self) -> None:
        for older in KEPT.glob("*.sqlite3*"):
            older.unlink()
        unfinished = self.file.with_suffix(".unfinished")
        with closing(sqlite3.connect(unfinished)) as file:
            self.connection.ensure_connection()
            self.connection.connection.backup(file)
        unfinished.replace(self.file)

    def copy(self) -> None:
        _name(self.connection)
        self.connection.ensure_connection()
        self.copy_into()

    def copy_into(self) -> None:
        """Whatever stood in the tests' database, it is as it was when it began."""
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as file:
            file.backup(self.connection.connection)


class OnPostgreSQL:
    """A database for each state of the code, of which the tests' own is a copy."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.all = f"{connection.settings_dict['NAME']}_tables_"
        self.name = self.all + state_of_the_code()

    def stands(self) -> bool:
        return self.name in self._kept()

    def _kept(self) -> list[str]:
        with self.connection._nodb_cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self.all])
            return [name for (name,) in cursor.fetchall()]

    def keep(self) -> None:
        with self.connection.cursor() as cursor:
            _let_nobody_count(cursor)
        self.connection.close()
        self._made(
            [f'DROP DATABASE "{older}"' for older in self._kept()], self.name, self.connection.settings_dict["NAME"]
        )

    def copy(self) -> None:
        name = _name(self.connection)
        self._made([f'DROP DATABASE IF EXISTS "{name}"'], name, self.name)

    def let_go(self) -> None:
        """End the sessions of threads that are over: Python throws their connections away when it comes to it, which may be too late."""
        self.connection.close()
        with self.connection._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
                [self.connection.settings_dict["NAME"]],
            )

    def _made(self, before: list[str], name: str, like: str) -> None:
        with self.connection._nodb_cursor() as cursor:
            for statement in [*before, f'CREATE DATABASE "{name}" TEMPLATE "{like}"']:
                cursor.execute(statement)


def _let_nobody_count(cursor: Any) -> None:
    """Rows of a test are never committed: to whoever counts them from outside the tables are empty, and the planner believes it."""
    cursor.execute(
        "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    for (table,) in cursor.fetchall():
        cursor.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csoc_admin.settings")
    django.setup()
    end_with_them(begin_with_them())
