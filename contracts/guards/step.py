"""The one step that puts guards on after every migrate, on both databases: idempotent, and nothing to remember.

SQLite remakes a table that changes and drops its triggers with it; a guard that is new, or reads otherwise, is put on; one that is
no guard any more is taken off. What is on already is left alone.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from contracts.guards.guard import PREFIX, Guard
from contracts.guards.of_contracts import ONE_TIER_A_DAY, guards


def put_on_contracts(*, using: str, **_signal: Any) -> None:
    """Put the guards of contracts on the database of that alias; called after every migrate."""
    connection = connections[using]
    if "contracts_entry" not in connection.introspection.table_names():
        return
    put_on(connection, guards(), owner="contracts", extra=ONE_TIER_A_DAY["sqlite"])
    if connection.vendor == "postgresql":
        _put_exclusion_on(connection)


def put_on(connection: BaseDatabaseWrapper, wanted: Iterable[Guard], *, owner: str, extra: Iterable[str] = ()) -> None:
    """Bring an owner's guards to those wanted; ``extra`` are further triggers of SQLite."""
    if connection.vendor == "postgresql":
        _bring(connection, _on_postgresql(connection, owner), {g.name: g.postgresql() for g in wanted}, _made)
        return
    statements = [*filter(None, (guard.sqlite() for guard in wanted)), *extra]
    _bring(connection, _on_sqlite(connection, owner), {text.split()[2]: text for text in statements}, _remade)


def missing(connection: BaseDatabaseWrapper, wanted: Iterable[Guard], *, owner: str) -> list[str]:
    """The names of guards that are not on, or read otherwise than they should."""
    if connection.vendor == "postgresql":
        on = _on_postgresql(connection, owner)
        return sorted(g.name for g in wanted if on.get(g.name, ("", ""))[1] != _mark(g.postgresql()))
    on = _on_sqlite(connection, owner)
    return sorted(g.name for g in wanted if g.sqlite() and on.get(g.name, ("", ""))[1] != _mark(g.sqlite()))


def _bring(
    connection: BaseDatabaseWrapper, on: Mapping[str, tuple[str, str]], wanted: Mapping[str, str], put: Any
) -> None:
    with connection.cursor() as cursor:
        for name, (table, _mark_on) in on.items():
            if name not in wanted:
                where = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER {name}{where}")
        for name, text in wanted.items():
            if on.get(name, ("", ""))[1] != _mark(text):
                put(cursor, name, text, name in on)


def _made(cursor: Any, name: str, text: str, _is_on: bool) -> None:
    cursor.execute(text)
    table = text.split(" ON ")[-1].split()[0]
    cursor.execute(f"COMMENT ON TRIGGER {name} ON {table} IS '{_mark(text)}'")


def _remade(cursor: Any, name: str, text: str, is_on: bool) -> None:
    if is_on:
        cursor.execute(f"DROP TRIGGER {name}")
    cursor.execute(text)


def _mark(text: str) -> str:
    return sha256(" ".join(text.split()).encode()).hexdigest()


def _on_postgresql(connection: BaseDatabaseWrapper, owner: str) -> dict[str, tuple[str, str]]:
    """Our triggers that are on and switched on: their table, and the mark of the text that made them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, c.relname, coalesce(obj_description(t.oid, 'pg_trigger'), '') FROM pg_trigger t "
            "JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgparentid = 0 "
            "AND pg_table_is_visible(c.oid) AND starts_with(t.tgname, %s)",
            [f"{PREFIX}{owner}_"],
        )
        return {name: (table, mark) for name, table, mark in cursor.fetchall()}


def _on_sqlite(connection: BaseDatabaseWrapper, owner: str) -> dict[str, tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        return {
            name: (table, _mark(text))
            for name, table, text in cursor.fetchall()
            if name.startswith(f"{PREFIX}{owner}_")
        }


def _put_exclusion_on(connection: BaseDatabaseWrapper) -> None:
    extension, constraint = ONE_TIER_A_DAY["postgresql"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = 'target_one_tier_a_day'")
        if cursor.fetchone() is None:
            cursor.execute(extension)
            cursor.execute(constraint)
