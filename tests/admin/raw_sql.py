"""Statements by the thousand against the tables that matter: each table, each column, each way to change or to remove a row.

No two are alike, and none is well meant. ``test_raw_sql`` sends them from where the application stands, and from other programs.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.db import connection
from django.db.models import Model

from tests.admin.test_tampered import other_value


class Attempt(NamedTuple):
    """A statement, and the table that it is after."""

    table: str
    sql: str


def attempts(models: list[type[Model]], parts: list[str]) -> Iterator[Attempt]:
    """All of them, in the words of the database that there is; ``parts`` are tables of their own that lines are kept in."""
    for one in _of(models):
        yield one
        if one.table == LINES:
            yield from (Attempt(LINES, one.sql.replace(LINES, part)) for part in parts)


LINES = "billing_chargeline"


def _of(models: list[type[Model]]) -> Iterator[Attempt]:
    by_column = on_postgresql if connection.vendor == "postgresql" else on_sqlite
    for model in models:
        table, key = model._meta.db_table, str(model._meta.pk.column)
        for field in model._meta.concrete_fields:
            value = str(other_value(model, field.attname))
            for sql in (*changing(table, key, str(field.column), value), *by_column(model, str(field.column), value)):
                yield Attempt(table, sql)
        for sql in removing(table, key):
            yield Attempt(table, sql)


ROWS = ("MIN", "MAX")


def changing(table: str, key: str, column: str, value: str) -> Iterator[str]:
    """A column of a row, whose other columns are as they were; of one row, of some, of all."""
    for one in ROWS:
        yield f'UPDATE {table} SET "{column}" = {value} WHERE {key} = (SELECT {one}({key}) FROM {table})'
        yield f'UPDATE {table} SET "{column}" = NULL WHERE {key} = (SELECT {one}({key}) FROM {table})'
    yield f'UPDATE {table} SET "{column}" = {value} WHERE {key} IN (SELECT {key} FROM {table} ORDER BY {key} LIMIT 3)'
    yield f'UPDATE {table} SET "{column}" = {value}'
    yield f'UPDATE {table} AS t SET "{column}" = {value.replace(f"{chr(34)}{column}{chr(34)}", f"o.{column}")} FROM {table} AS o WHERE o.{key} = t.{key}'


def upsert(model: type[Model], column: str, value: str, target: str) -> str:
    """A row once more, which becomes an update of the one that is in its way."""
    table, key = model._meta.db_table, model._meta.pk.column
    named = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    own = value.replace(f'"{column}"', f'{table}."{column}"')
    return (
        f"INSERT INTO {table} ({named}) SELECT {named} FROM {table} WHERE {key} = (SELECT MIN({key}) FROM {table}) "
        f'ON CONFLICT {target} DO UPDATE SET "{column}" = {own}'
    )


def replacing(model: type[Model], column: str, value: str, verb: str, *, row: str) -> str:
    """A row with another value in the place of the one that is there."""
    table, key = model._meta.db_table, model._meta.pk.column
    columns = [str(field.column) for field in model._meta.concrete_fields]
    named = ", ".join(f'"{one}"' for one in columns)
    taken = ", ".join(value if one == column else f'"{one}"' for one in columns)
    return f"{verb} INTO {table} ({named}) SELECT {taken} FROM {table} WHERE {key} = (SELECT {row}({key}) FROM {table})"


def on_sqlite(model: type[Model], column: str, value: str) -> Iterator[str]:
    table, key = model._meta.db_table, str(model._meta.pk.column)
    for how in ("REPLACE", "IGNORE", "FAIL", "ABORT"):
        yield f'UPDATE OR {how} {table} SET "{column}" = {value} WHERE {key} = (SELECT MAX({key}) FROM {table})'
    yield f'UPDATE OR REPLACE {table} SET "{column}" = (SELECT "{column}" FROM {table} ORDER BY {key} LIMIT 1)'
    for verb in ("INSERT OR REPLACE", "REPLACE"):
        for row in ROWS:
            yield replacing(model, column, value, verb, row=row)
    yield upsert(model, column, value, "")
    yield upsert(model, column, value, f"({key})")
    yield f'WITH o AS (SELECT * FROM {table}) UPDATE {table} SET "{column}" = {value} WHERE rowid IN (SELECT rowid FROM {table})'


def on_postgresql(model: type[Model], column: str, value: str) -> Iterator[str]:
    table, key = model._meta.db_table, str(model._meta.pk.column)
    own = value.replace(f'"{column}"', f't."{column}"')
    source = f"(SELECT MIN({key}) AS it FROM {table}) AS o ON t.{key} = o.it"
    yield upsert(model, column, value, f"({key})")
    yield f'MERGE INTO {table} AS t USING {source} WHEN MATCHED THEN UPDATE SET "{column}" = {own}'
    yield f'WITH o AS (UPDATE {table} SET "{column}" = {value} RETURNING 1) SELECT count(*) FROM o'
    yield f'ALTER TABLE {table} DROP COLUMN "{column}"'
    yield f'ALTER TABLE {table} RENAME COLUMN "{column}" TO x'
    yield f'ALTER TABLE {table} ALTER COLUMN "{column}" DROP NOT NULL'


def removing(table: str, key: str) -> Iterator[str]:
    """A row, some, all; and on PostgreSQL the table, what guards it, and whose it is."""
    yield f"DELETE FROM {table}"
    for one in ROWS:
        yield f"DELETE FROM {table} WHERE {key} = (SELECT {one}({key}) FROM {table})"
    if connection.vendor != "postgresql":
        return
    yield f"MERGE INTO {table} AS t USING (SELECT MAX({key}) AS it FROM {table}) AS o ON t.{key} = o.it WHEN MATCHED THEN DELETE"
    yield f"WITH o AS (DELETE FROM {table} RETURNING 1) SELECT count(*) FROM o"
    for more in ("", " CASCADE", " RESTART IDENTITY CASCADE"):
        yield f"TRUNCATE {table}{more}"
    for what in ("DISABLE TRIGGER ALL", "DISABLE TRIGGER USER", "DISABLE RULE x", "SET SCHEMA pg_temp", "RENAME TO x"):
        yield f"ALTER TABLE {table} {what}"
    yield f"DROP TABLE {table} CASCADE"
    yield f"ALTER TABLE {table} OWNER TO CURRENT_USER"
    yield f"CREATE RULE x AS ON UPDATE TO {table} DO INSTEAD NOTHING"
    yield f"CREATE TRIGGER x BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
