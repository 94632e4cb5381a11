"""Lines into their table by the hundred thousand: COPY on PostgreSQL, executemany on SQLite. No object per line."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connection

from billing.terms.account import Line

ROWS_A_BLOCK = 2000

_iso = lru_cache(date.isoformat)
"""The days of a month's lines are few."""


LineRow = tuple[Any, ...]
"""One line as its table has it, in the order of COLUMNS: whose it is, then the line of the terms."""

COLUMNS = ("month_id", "customer_id", "unit_id", "target_id", *Line._fields)


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
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", list(rows))


def _blocks(rows: Iterable[LineRow]) -> Iterator[str]:
    """COPY's text format. Codes, clauses and causes are ours and plain; a sentence may quote what people wrote."""
    block: list[str] = []
    for row in rows:
        basis = row[12]
        if "\\" in basis or "\t" in basis or "\n" in basis or "\r" in basis:
            basis = basis.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
        block.append(
            f"{row[0]}\t{row[1]}\t{row[2]}\t{row[3]}\t{row[4]}\t{_iso(row[5])}\t{_iso(row[6])}\t{row[7]}\t{row[8]}\t{row[9]}"
            f"\t{row[10]}\t{row[11]}\t{basis}\t{row[13]}\n"
        )
        if len(block) == ROWS_A_BLOCK:
            yield "".join(block)
            block.clear()
    yield "".join(block)
