"""What many tests begin with is made once a process, and put back row by row for each test after: the sample taken in and closed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Table:
    """A table with its columns and rows."""

    name: str
    columns: tuple[str, ...]
    rows: Rows


_KNOWN: dict[str, list[Table]] = {}

OPEN = {"closed_at": None, "closed_by": "", "sha256": ""}
"""How a month is written before its lines: nothing can be added to one that is closed."""
CLOSED_LAST = ("billing_helddecision",)
"""What is written only for closed months."""


def once(name: str, make: Callable[[], None]) -> None:
    """Make it in the empty database of the test; from the second time in this process on, put its rows back instead."""
    if name not in _KNOWN:
        make()
        _KNOWN[name] = list(_tables())
        return
    tables = _KNOWN[name]
    months = next((table for table in tables if table.name == "billing_month"), None)
    with connection.cursor() as cursor:
        for table in tables:
            if table is months:
                _insert(cursor, table, [_changed(table, row, OPEN) for row in table.rows])
            elif table.name not in CLOSED_LAST:
                _insert(cursor, table, table.rows)
        if months is not None:
            _close(cursor, months)
        for table in tables:
            if table.name in CLOSED_LAST:
                _insert(cursor, table, table.rows)
        if connection.vendor == "postgresql":
            for table in tables:
                _number_on(cursor, table)


def _tables() -> list[Table]:
    found = []
    with connection.cursor() as cursor:
        ours = [model for label in ("contracts", "billing") for model in apps.get_app_config(label).get_models()]
        for model in [User, *ours]:
            columns = tuple(str(field.column) for field in model._meta.concrete_fields)
            cursor.execute(f"SELECT {', '.join(_quoted(columns))} FROM {model._meta.db_table}")
            rows = [tuple(row) for row in cursor.fetchall()]
            if rows:
                found.append(Table(model._meta.db_table, columns, rows))
    return found


def _quoted(columns: tuple[str, ...]) -> list[str]:
    return [connection.ops.quote_name(column) for column in columns]


def _insert(cursor: Any, table: Table, rows: Rows) -> None:
    places = ", ".join(["%s"] * len(table.columns))
    names = ", ".join(_quoted(table.columns))
    cursor.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({places})", rows)


def _changed(table: Table, row: tuple[Any, ...], values: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(values.get(column, value) for column, value in zip(table.columns, row, strict=True))


def _close(cursor: Any, months: Table) -> None:
    sets = ", ".join(f"{column} = %s" for column in OPEN)
    for row in months.rows:
        values = dict(zip(months.columns, row, strict=True))
        cursor.execute(
            f"UPDATE billing_month SET {sets} WHERE id = %s", [*(values[column] for column in OPEN), values["id"]]
        )


def _number_on(cursor: Any, table: Table) -> None:
    """Numbers that the database gives out go on after the rows."""
    if "id" in table.columns:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM {table.name}))"
        )
