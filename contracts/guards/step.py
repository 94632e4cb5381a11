"""The one step that puts guards on after every migrate, on both databases: idempotent, and nothing to remember.

SQLite remakes a table that changes and drops its triggers with it; a guard that is new, or reads otherwise, is put on; one that is
no guard any more is taken off. What is on already is left alone.
"""

from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from contracts.guards.guard import PREFIX, Guard
from contracts.guards.of_contracts import ONE_TIER_A_DAY, REPLACEABLE, guards
from contracts.guards.replaced import not_replaced


def put_on_contracts(*, using: str, **_signal: Any) -> None:
    """Put the guards of contracts on the database of that alias; called after every migrate."""
    connection = connections[using]
    if "contracts_entry" not in connection.introspection.table_names():
        return
    put_on(connection, guards(), owner="contracts", extra=beside(connection))
    if connection.vendor == "postgresql":
        _put_exclusion_on(connection)


def beside(connection: BaseDatabaseWrapper) -> list[str]:
    """The triggers of contracts that SQLite has beside the guards; none on PostgreSQL."""
    if connection.vendor == "postgresql":
        return []
    return [
        *ONE_TIER_A_DAY["sqlite"],
        *not_replaced(connection, kept_tables("contracts", REPLACEABLE), owner="contracts"),
    ]


def kept_tables(label: str, replaceable: Collection[str]) -> list[str]:
    """The tables of an application, without those whose rows may be put in another's place."""
    models = apps.get_app_config(label).get_models()
    return sorted(model._meta.db_table for model in models if model._meta.model_name not in replaceable)


def put_on(connection: BaseDatabaseWrapper, wanted: Iterable[Guard], *, owner: str, extra: Iterable[str] = ()) -> None:
    """Bring an owner's guards to those wanted; ``extra`` are further triggers of SQLite."""
    if connection.vendor == "postgresql":
        _bring(connection, _on_postgresql(connection, owner), {g.name: g.postgresql() for g in wanted}, _made)
        return
    statements = [*filter(None, (guard.sqlite() for guard in wanted)), *extra]
    _bring(connection, _on_sqlite(connection, owner), {_name_in(text): text for text in statements}, _remade)


def missing(
    connection: BaseDatabaseWrapper, wanted: Iterable[Guard], *, owner: str, extra: Iterable[str] = ()
) -> list[str]:
    """The names of guards that are not on, are switched off, or read otherwise than they should; on PostgreSQL their functions too."""
    if connection.vendor == "postgresql":
        on, bodies = _on_postgresql(connection, owner), _bodies(connection, owner)
        return sorted(
            guard.name
            for guard in wanted
            if on.get(guard.name, ("", ""))[1] != _mark(guard.postgresql())
            or bodies.get(guard.name) != _mark(guard.postgresql().split("$$")[1])
        )
    here = {name: text for name, _table, text in _triggers_of_sqlite(connection, owner)}
    texts = {_name_in(text): text for text in [*filter(None, (guard.sqlite() for guard in wanted)), *extra]}
    return sorted(name for name, text in texts.items() if not _alike(here.get(name, ""), text))


def triggers_are_silenced(connection: BaseDatabaseWrapper) -> bool:
    """Whether the server is told to pass over all triggers: for this session, a role or a database (PostgreSQL alone can be)."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('session_replication_role') <> 'origin' OR EXISTS (SELECT 1 FROM pg_db_role_setting "
            "WHERE EXISTS (SELECT 1 FROM unnest(setconfig) AS one WHERE one LIKE 'session_replication_role=%' "
            "AND one <> 'session_replication_role=origin'))"
        )
        return bool(cursor.fetchone()[0])


def _bodies(connection: BaseDatabaseWrapper, owner: str) -> dict[str, str]:
    """The mark of what each of our triggers' functions does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, prosrc FROM pg_proc WHERE starts_with(proname, %s) AND pg_function_is_visible(oid)",
            [f"{PREFIX}{owner}_"],
        )
        return {name: _mark(source) for name, source in cursor.fetchall()}


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


def _name_in(text: str) -> str:
    """The name in the text that makes a trigger."""
    return text.split(maxsplit=3)[2]


def _mark(text: str) -> str:
    return sha256(_plain(text).encode()).hexdigest()


def _plain(text: str) -> str:
    return " ".join(text.split())


def _alike(text: str, wanted: str) -> bool:
    """Whether two texts have the same mark; nearly all are the same to the letter."""
    return text == wanted or _plain(text) == _plain(wanted)


def _on_postgresql(connection: BaseDatabaseWrapper, owner: str) -> dict[str, tuple[str, str]]:
    """Our triggers that are on and switched on: their table, and the mark of the text that made them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, c.relname, coalesce(obj_description(t.oid, 'pg_trigger'), '') FROM pg_trigger t "
            "JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND t.tgparentid = 0 "
            "AND pg_table_is_visible(c.oid) AND starts_with(t.tgname, %s)",
            [f"{PREFIX}{owner}_"],
        )
        return {name: (table, mark) for name, table, mark in cursor.fetchall()}


def _on_sqlite(connection: BaseDatabaseWrapper, owner: str) -> dict[str, tuple[str, str]]:
    """The same of SQLite, where none can be switched off."""
    return {name: (table, _mark(text)) for name, table, text in _triggers_of_sqlite(connection, owner)}


def _triggers_of_sqlite(connection: BaseDatabaseWrapper, owner: str) -> list[tuple[str, str, str]]:
    """Our triggers: the name of each, its table and the text that made it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        return [row for row in cursor.fetchall() if row[0].startswith(f"{PREFIX}{owner}_")]


def _put_exclusion_on(connection: BaseDatabaseWrapper) -> None:
    extension, constraint = ONE_TIER_A_DAY["postgresql"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = 'target_one_tier_a_day'")
        if cursor.fetchone() is None:
            cursor.execute(extension)
            cursor.execute(constraint)
