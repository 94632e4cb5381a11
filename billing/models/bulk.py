"""Lines into their table by the hundred thousand: COPY on PostgreSQL, executemany on SQLite. No object per line.

The text that COPY sends is the canonical text of a line: what is hashed while it streams by, and read back by a check.
"""

from collections.abc import Callable, Iterable, Iterator
from json import dumps
from typing import Any, NamedTuple, Protocol

from django.db import connection
from django.db.models import Model

from billing.models.month_tables import LINES
from billing.terms.account import Line
from contracts.models.bulk import create_all, slices

ROWS_A_BLOCK = 2000

COLUMNS = ("month_id", "customer_id", "unit_id", "target_id", *Line._fields, "policy")


def copy_all(model: type[Model], columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows of the named columns, values with commas and quotes of their own among them: COPY on PostgreSQL, which takes them
    as they are, in sets elsewhere. Memory does not grow with them; the rows may ask the database themselves as they are made.
    """
    if connection.vendor != "postgresql":
        create_all(model, (model(**dict(zip(columns, row, strict=True))) for row in rows))
        return
    names = ", ".join(f'"{column}"' for column in columns)
    for some in slices(rows, ROWS_A_BLOCK):
        with connection.cursor() as cursor, cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy:
            for row in some:
                copy.write_row(
                    [dumps(value, ensure_ascii=False) if isinstance(value, list) else value for value in row]
                )


class Hasher(Protocol):
    """What a hash of hashlib does."""

    def update(self, data: bytes, /) -> None: ...


class LineRow(NamedTuple):
    """One line as its table has it, in the order of COLUMNS: whose it is, then the line of the terms."""

    month_id: int
    customer_id: int
    unit_id: int
    target_id: int
    line: Line


WholeRow = tuple[int, int, int, int]
"""One line that differs by its price alone from every other of its month: the ids of customer, unit and target, the unit price in yen."""


class WholeMonth:
    """The lines of a month that differ by their price alone: the rules write one, and its text is that of the others but for the price."""

    def __init__(self, month_id: int, write: Callable[[int], Line]) -> None:
        self._month_id, self._write = month_id, write
        before, _, after = _copied(write(_MARK)).partition(f"{_MARK}\t{_MARK}")
        between, _, end = after.partition(f"{_MARK:,}")
        self._parts = before, between, end

    def lines(self, rows: Iterable[WholeRow]) -> Iterator[LineRow]:
        """The lines as the rules write them."""
        for customer_id, unit_id, target_id, price in rows:
            yield LineRow(self._month_id, customer_id, unit_id, target_id, self._write(price))

    def text(self, rows: Iterable[WholeRow], tail: str) -> str:
        """The same as COPY takes them, each with ``tail``. Made by the million, hence at once."""
        month, (before, between, end) = f"{self._month_id}", self._parts
        end += tail
        texts = [
            f"{month}\t{customer}\t{unit}\t{target}\t{before}{price}\t{price}{between}{price:,}{end}"
            for customer, unit, target, price in rows
        ]
        return "".join(texts)


_MARK = 7_654_321
"""A price that is found again in a line's text."""

Rows = Iterable[LineRow | list[WholeRow]]
"""Lines in the order of writing; those that differ by their price alone in lists of at most ROWS_A_BLOCK."""


def insert_lines(month_id: int, rows: Rows, policy: str, digest: Hasher, whole: WholeMonth | None = None) -> None:
    """Write the rows of a month in the transaction that is open; ``whole`` writes those that differ by their price alone.

    All were computed under one version of finance's ``policy``; their text goes into ``digest`` in the order of writing.
    """
    names, table = ", ".join(COLUMNS), table_of(month_id)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for block in _blocks(rows, policy, whole):
                digest.update(block)
                copy.write(block)
        return
    places = ", ".join(["%s"] * len(COLUMNS))
    lines = list(_lines(rows, whole))
    for block in _blocks(lines, policy):
        digest.update(block)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({places})", [(*row[:4], *row.line, policy) for row in lines]
        )


def _lines(rows: Rows, whole: WholeMonth | None) -> Iterator[LineRow]:
    for row in rows:
        if isinstance(row, LineRow):
            yield row
        else:
            assert whole is not None, "a line of a price alone needs the month that it is of"
            yield from whole.lines(row)


def table_of(month_id: int) -> str:
    """The table that holds a month's lines: its own on PostgreSQL (billing.models.month_tables), that of all months on SQLite."""
    return f"{LINES}_{month_id}" if connection.vendor == "postgresql" else LINES


def throw_lines_away(month_id: int) -> None:
    """Delete the lines of an open month; on PostgreSQL its keys too, which are made when it is computed anew."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT billing_lines_thrown_away(%s)", [month_id])
        else:
            cursor.execute(f"DELETE FROM {LINES} WHERE month_id = %s", [month_id])


def make_key(month_id: int, number: int) -> None:
    """Make one of the KEYS of a month's lines, all of which are written. Raises IntegrityError where a line is there twice."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT billing_lines_key(%s, %s)", [month_id, number])


def text_of(whose: Iterable[int], line: Line, policy: str, corrects: tuple[Any, ...] = ()) -> bytes:
    """The canonical text of one line: ``whose`` are the ids of month, customer, unit and target."""
    ids = "\t".join(map(str, whose))
    return "\t".join([ids, _copied(line), *map(_escaped, (policy, *corrects))]).encode() + b"\n"


def _blocks(rows: Rows, policy: str, whole: WholeMonth | None = None) -> Iterator[bytes]:
    block: list[str] = []
    lines, tail = 0, f"\t{_escaped(policy)}\n"
    for row in rows:
        if isinstance(row, LineRow):
            month_id, customer_id, unit_id, target_id, line = row
            block.append(f"{month_id}\t{customer_id}\t{unit_id}\t{target_id}\t{_copied(line)}{tail}")
            lines += 1
        else:
            assert whole is not None, "a line of a price alone needs the month that it is of"
            block.append(whole.text(row, tail))
            lines += len(row)
        if lines >= ROWS_A_BLOCK:
            yield "".join(block).encode()
            block.clear()
            lines = 0
    yield "".join(block).encode()


def _copied(line: Line) -> str:
    """A line in COPY's text format: one text made at once, the columns of the terms in their order.

    Days, numbers and codes hold nothing that the format takes for its own; a sentence may quote what people wrote.
    """
    fee, from_on, to_on, quantity, unit_price, amount, tax_category, clause, basis, cause = line
    if not (basis.isprintable() and cause.isprintable()) or "\\" in basis or "\\" in cause:
        basis, cause = _escaped(basis), _escaped(cause)
    numbers = f"{from_on}\t{to_on}\t{quantity}\t{unit_price}\t{amount}"
    return f"{fee}\t{numbers}\t{tax_category}\t{clause}\t{basis}\t{cause}"


def _escaped(value: Any) -> str:
    return str(value).translate(_ESCAPED)


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
"""A sentence may quote what people wrote; COPY's text format takes these four characters for its own."""
