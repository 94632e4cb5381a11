"""Tables are emptied after a test that commits: those that have rows, with the guards off them for that moment."""

from collections.abc import Collection
from typing import Any

from django.db import connection, transaction

from tests.tables import OnSQLite

KEPT = ("django_migrations", "django_content_type", "auth_permission")
"""What every migrate brings, and no test changes."""
ROLES = ("auth_group", "auth_group_permissions")
"""What every migrate makes, and tests change."""
MANY = 5000
"""Rows that are gone sooner with their table than one by one; of few rows it is the other way round, and by a hundred times."""


def emptied(cursor: Any, kept: Collection[str] = ()) -> None:
    """Empty every table but those ``kept``; their guards stand again afterwards."""
    if connection.vendor == "postgresql":
        _empty_postgresql(cursor, kept)
    else:
        _empty_sqlite(cursor, kept)


def _empty_sqlite(cursor: Any, kept: Collection[str] = ()) -> None:
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = cursor.fetchall()
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    tables = sorted(name for (name,) in cursor.fetchall() if name not in {*KEPT, *kept})
    for name, _sql in triggers:
        cursor.execute(f"DROP TRIGGER {name}")
    with connection.constraint_checks_disabled():
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")
    for _name, sql in triggers:
        cursor.execute(sql)


def _empty_postgresql(cursor: Any, kept: Collection[str] = ()) -> None:
    """Empty every table, guarded or not, but those ``kept``; the tables of single months go, as they come with the rows of their months."""
    with transaction.atomic():
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in _names(cursor, "inhrelid", "pg_inherits WHERE inhparent = 'billing_chargeline'::regclass"):
            cursor.execute(f"DROP TABLE {table}")
        filled = _filled(cursor, {*KEPT, *kept})
        large = any(filled.values())
        # Who throws a table away throws away what refers to it, whether there is anything in it or not.
        guarded = _names(cursor, "DISTINCT tgrelid", "pg_trigger WHERE NOT tgisinternal")
        off = [table for table in guarded if large or table in filled]
        for table in off:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        if large:
            cursor.execute(f"TRUNCATE {', '.join(filled)} CASCADE")
        else:
            _deleted(cursor, list(filled))
        for table in off:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _deleted(cursor: Any, tables: list[str]) -> None:
    """In any order; whether a row still refers to what is gone is looked at in the end."""
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for table in tables:
        cursor.execute(f"DELETE FROM {table}")
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _filled(cursor: Any, kept: Collection[str]) -> dict[str, bool]:
    """The tables that have rows, and whether they have many."""
    ours = "pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace"
    asked = [
        f"SELECT '{table}', EXISTS (SELECT FROM {table} OFFSET {MANY}) WHERE EXISTS (SELECT FROM {table})"
        for table in _names(cursor, "oid", ours)
        if table not in kept
    ]
    cursor.execute(" UNION ALL ".join(asked))
    return dict(cursor.fetchall())


def _names(cursor: Any, column: str, source: str) -> list[str]:
    """Tables by their names, from a catalogue of the database."""
    cursor.execute(f"SELECT {column}::regclass::text FROM {source} ORDER BY 1")
    return [name for (name,) in cursor.fetchall()]


class Roles:
    """The groups that every migrate makes, as they were before any test: put back into tables that were emptied."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[list[str], list[Any]]] = {}

    def keep(self, cursor: Any) -> None:
        for table in ROLES:
            cursor.execute(f"SELECT * FROM {table}")
            self._rows[table] = ([column[0] for column in cursor.description], cursor.fetchall())

    def put_back(self, cursor: Any) -> None:
        for table, (columns, rows) in self._rows.items():
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)


def as_at_the_beginning(cursor: Any, roles: Roles) -> None:
    """No rows but those that the migrations make. On SQLite all tables are copied once more, ``roles`` and guards with them: that takes
    a tenth of the time that emptying them does.
    """
    if connection.vendor == "sqlite":
        OnSQLite(connection).copy_into()
        return
    emptied(cursor)
    roles.put_back(cursor)


def nothing_is_left() -> None:
    """Django need not empty the tables once more, nor make what every migrate makes: both take longer than most tests."""
    operations = connection.ops

    def nothing(*_asked: Any, **_said: Any) -> list[str]:
        del operations.sql_flush
        return []

    operations.sql_flush = nothing  # type: ignore[method-assign]
