"""SQLite: no row is put in another's place. REPLACE deletes the row that is in its way, and without recursive triggers, which a program
has to ask for, it does so past every trigger that guards deletion. So what would collide is refused before it comes to that.

For whoever writes without REPLACE nothing changes: the database refuses the same row, with the same words, a moment later.
PostgreSQL knows no REPLACE, and its ON CONFLICT DO UPDATE is an update like any other.
"""

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
    for table in tables:
        keys = list(_keys(connection, table))
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


def _keys(connection: BaseDatabaseWrapper, table: str) -> Iterator[Key]:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA table_info({table})")
        yield Key(tuple(row[1] for row in cursor.fetchall() if row[5]), "")
        cursor.execute(f"PRAGMA index_list({table})")
        # The primary key of whole numbers has no index; one that has is named here again.
        names = sorted(row[1] for row in cursor.fetchall() if row[2] and row[3] != "pk")
        for name in names:
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND name = %s", [name])
            text = (cursor.fetchone() or [None])[0] or ""
            cursor.execute(f'PRAGMA index_info("{name}")')
            columns = tuple(row[2] for row in cursor.fetchall())
            if all(columns):
                yield Key(columns, text.partition(" WHERE ")[2])
