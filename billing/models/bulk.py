"""Lines into their table by the hundred thousand: COPY on PostgreSQL, executemany on SQLite. No object per line."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from django.db import connection

from billing.terms.account import Line

ROWS_A_BLOCK = 2000

COLUMNS = ("month_id", "customer_id", "unit_id", "target_id", *Line._fields)


class LineRow(NamedTuple):
    """One line as its table has it, in the order of COLUMNS: whose it is, then the line of the terms."""

    month_id: int
    customer_id: int
    unit_id: int
    target_id: int
    line: Line


def insert_lines(table: str, rows: Iterable[LineRow]) -> None:
    """Write rows into ``billing_chargeline`` or ``billing_heldsettlement`` in the transaction that is open."""
    names = ", ".join(COLUMNS)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for block in _blocks(rows):
                copy.write(block)
        return
    places = ", ".join(["%s"] * len(COLUMNS))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", [(*row[:4], *row.line) for row in rows])


def _blocks(rows: Iterable[LineRow]) -> Iterator[str]:
    block: list[str] = []
    for month_id, customer_id, unit_id, target_id, line in rows:
        block.append(f"{month_id}\t{customer_id}\t{unit_id}\t{target_id}\t{_copied(line)}")
        if len(block) == ROWS_A_BLOCK:
            yield "".join(block)
            block.clear()
    yield "".join(block)


@lru_cache(maxsize=65536)
def _copied(line: Line) -> str:
    """A line in COPY's text format. Cached: the lines of a month share few prices, and equal lines are one line."""
    return "\t".join(str(value).translate(_ESCAPED) for value in line) + "\n"


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
"""A sentence may quote what people wrote; COPY's text format takes these four characters for its own."""
