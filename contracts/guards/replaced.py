"""SQLite: no row is put in another's place. REPLACE deletes the row that is in its way, and without recursive triggers, which a program
has to ask for, it does so past every trigger that guards deletion. So what would collide is refused before it comes to that.

For whoever writes without REPLACE nothing changes: the database refuses the same row, with the same words, a moment later.
PostgreSQL knows no REPLACE, and its ON CONFLICT DO UPDATE is an update like any other.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper

from contracts.guards.guard import PREFIX


class Key(NamedTuple):
    """Columns of which no two rows may have the same values, and the condition on the rows that it holds for ('': on all)."""

    columns: tuple[str, ...]
    where: str


def not_replaced(connection: BaseDatabaseWrapper, tables: Iterable[str], *, owner: str) -> Iterator[str]:
    """The triggers of the tables, by the keys that the database has of them now."""
    named = list(tables)
    keys_of = _keys(connection, named)
    for table in named:
        keys = keys_of[table]
        name = f"{PREFIX}{owner}_{table.split('_', 1)[1]}_replaced"
        inserted = " ".join(_collision(table, key) for key in keys)
        updated = " ".join(_collision(table, key, " AND kept.rowid <> OLD.rowid") for key in keys)
        columns = ", ".join(f'"{column}"' for column in dict.fromkeys(one for key in keys for one in key.columns))
        yield f"CREATE TRIGGER {name}_insert BEFORE INSERT ON {table} BEGIN {inserted} END"
        yield f"CREATE TRIGGER {name}_update BEFORE UPDATE OF {columns} ON {table} BEGIN {updated} END"


def _collision(table: str, key: Key, beside: str = "") -> str:
    same = " AND ".join(f'kept."{column}" = NEW."{column}"' for column in key.columns)
    held = f" AND ({_of('kept', key.where)}) AND ({_of('NEW', key.where)})" if key.where else ""
    said = ", ".join(f"{table}.{column}" for column in key.columns)
    return (
        f"SELECT RAISE(ABORT, 'UNIQUE constraint failed: {said}') "
        f"WHERE EXISTS (SELECT 1 FROM {table} AS kept WHERE {same}{held}{beside});"
    )


def _of(row: str, condition: str) -> str:
    """The condition of an index, asked of a row: its columns are the names in quotes."""
    return re.sub(r'"(\w+)"', rf'{row}."\1"', condition)


_KEYS = """
    SELECT tables.name, '', columns.name, '' FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
    WHERE tables.type = 'table' AND columns.pk AND tables.name IN (SELECT value FROM json_each(%s))
    UNION ALL
    SELECT tables.name, keys.name, columns.name, coalesce(written.sql, '')
    FROM sqlite_master AS tables, pragma_index_list(tables.name) AS keys, pragma_index_info(keys.name) AS columns
    LEFT JOIN sqlite_master AS written ON written.type = 'index' AND written.name = keys.name
    WHERE tables.type = 'table' AND keys."unique" AND keys.origin <> 'pk' AND tables.name IN (SELECT value FROM json_each(%s))
"""
"""The columns of each table's keys in their order: of the primary key, which has no name here, and of each unique index."""


def _keys(connection: BaseDatabaseWrapper, tables: list[str]) -> dict[str, list[Key]]:
    """By table its keys, the primary key first. A key of an expression, which is no column, is left out."""
    found: dict[str, dict[str, list[tuple[str | None, str]]]] = {}
    names = json.dumps(tables)
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, [names, names])
        for table, key, column, written in cursor.fetchall():
            found.setdefault(table, {}).setdefault(key, []).append((column, written))
    return {
        table: [
            Key(tuple(str(column) for column, _written in keys[key]), keys[key][0][1].partition(" WHERE ")[2])
            for key in sorted(keys)
            if all(column for column, _written in keys[key])
        ]
        for table, keys in found.items()
    }
