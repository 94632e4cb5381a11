"""Lines into their table by the hundred thousand: COPY on PostgreSQL, executemany on SQLite. No object per line.

The text that COPY sends is the canonical text of a line: what is hashed while it streams by, and read back by a check.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from django.db import connection

from billing.terms.account import Line

ROWS_A_BLOCK = 2000

COLUMNS = ("month_id", "customer_id", "unit_id", "target_id", *Line._fields, "policy")


class Digest(Protocol):
    """What a hash of hashlib does."""

    def update(self, data: bytes, /) -> None: ...


class LineRow(NamedTuple):
    """One line as its table has it, in the order of COLUMNS: whose it is, then the line of the terms."""

    month_id: int
    customer_id: int
    unit_id: int
    target_id: int
    line: Line


def insert_lines(table: str, rows: Iterable[LineRow], policy: str, digest: Digest) -> None:
    """Write rows into ``billing_chargeline`` or ``billing_heldsettlement`` in the transaction that is open.

    All were computed under one version of finance's ``policy``; their text goes into ``digest`` in the order of writing.
    """
    names = ", ".join(COLUMNS)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for block in _blocks(rows, policy):
                digest.update(block)
                copy.write(block)
        return
    places = ", ".join(["%s"] * len(COLUMNS))
    rows = list(rows)
    for block in _blocks(rows, policy):
        digest.update(block)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({places})", [(*row[:4], *row.line, policy) for row in rows]
        )


def text_of(whose: Iterable[int], line: Line, policy: str, corrects: tuple[Any, ...] = ()) -> bytes:
    """The canonical text of one line: ``whose`` are the ids of month, customer, unit and target."""
    ids = "\t".join(map(str, whose))
    return "\t".join([ids, _copied(line), *map(_escaped, (policy, *corrects))]).encode() + b"\n"


def _blocks(rows: Iterable[LineRow], policy: str) -> Iterator[bytes]:
    block: list[str] = []
    tail = f"\t{_escaped(policy)}\n"
    for month_id, customer_id, unit_id, target_id, line in rows:
        block.append(f"{month_id}\t{customer_id}\t{unit_id}\t{target_id}\t{_copied(line)}{tail}")
        if len(block) == ROWS_A_BLOCK:
            yield "".join(block).encode()
            block.clear()
    yield "".join(block).encode()


@lru_cache(maxsize=65536)
def _copied(line: Line) -> str:
    """A line in COPY's text format. Cached: the lines of a month share few prices, and equal lines are one line."""
    return "\t".join(map(_escaped, line))


def _escaped(value: Any) -> str:
    return str(value).translate(_ESCAPED)


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
"""A sentence may quote what people wrote; COPY's text format takes these four characters for its own."""
