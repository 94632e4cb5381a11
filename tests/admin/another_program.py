"""What another program does with the database's file: statements as they come, each in a transaction that is rolled back.

Run by itself, with the standard library alone: ``python another_program.py ASKED TOLD``. Both are pickles: ASKED names the file, what is
said to it first, and the statements with the table that each is after; TOLD has, of each that was not refused, its place, the rows
of the table that are there no more as they were, and those that are there now; and the triggers without which more gets through.
"""

import pickle
import sqlite3
import sys
from pathlib import Path
from typing import Any


def rows(database: sqlite3.Connection, table: str) -> set[tuple[Any, ...]]:
    """All of a table, whatever is in it."""
    return {tuple(row) for row in database.execute(f"SELECT * FROM {table}")}


def tried(database: sqlite3.Connection, said: list[tuple[str, str]]) -> list[tuple[int, set[Any], set[Any]]]:
    """What got through: the place of the statement, what went, what came."""
    before: dict[str, set[Any]] = {}
    through = []
    for at, (table, sql) in enumerate(said):
        if table not in before:
            before[table] = rows(database, table)
        database.execute("BEGIN")
        try:
            database.execute(sql).fetchall()
        except sqlite3.Error:
            pass
        else:
            now = rows(database, table)
            if now != before[table]:
                through.append((at, before[table] - now, now - before[table]))
        if database.in_transaction:
            database.execute("ROLLBACK")
    return through


def without_each(
    database: sqlite3.Connection, said: list[tuple[str, str]], through: set[int], dropped: list[tuple[str, str]]
) -> list[str]:
    """The triggers without which something more gets through, of the statements against their tables."""
    found = []
    for trigger, table in dropped:
        (text,) = database.execute("SELECT sql FROM sqlite_master WHERE name = ?", [trigger]).fetchone()
        database.execute(f"DROP TRIGGER {trigger}")
        refused = (one for at, one in enumerate(said) if one[0] == table and at not in through)
        if any(tried(database, [one]) for one in refused):
            found.append(trigger)
        database.execute(text)
    return found


def main(asked: Path, told: Path) -> None:
    file, first, said, dropped = pickle.loads(asked.read_bytes())
    database = sqlite3.connect(file, isolation_level=None)
    for pragma in ("synchronous = OFF", "journal_mode = MEMORY", *first):
        database.execute(f"PRAGMA {pragma}")
    through = tried(database, said)
    answer = through, without_each(database, said, {at for at, _went, _came in through}, dropped)
    told.write_bytes(pickle.dumps(answer))
    database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
