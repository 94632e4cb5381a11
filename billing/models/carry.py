"""Lines carried over: what has not changed since the month before comes from its lines in the database, not through the rules.

A whole month's fee says the same of every month but for its days: unit price, quantity, amount and sentence stay. The text is
hashed as it passes by, so that a carried line is checked like any other.
"""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from django.db import connection

from billing.models.bulk import COLUMNS, Hasher, LineRow, insert_lines, table_of
from billing.terms.account import Fee, Line, TaxCategory
from contracts.terms.days import Period


class Carried(NamedTuple):
    """From which month into which, ids and days of both; the units with ``after`` < id ≤ ``last``, without those ``moved``."""

    month_id: int
    before_id: int
    before: Period
    month: Period
    after: int
    last: int
    moved: Collection[int]


def carry_lines(span: Carried, policy: str, digest: Hasher) -> tuple[int, int]:
    """Carry the units' whole monthly fees over in the transaction that is open: how many lines, and how many yen.

    ``policy`` is finance's of the new month. The text of the lines goes into ``digest`` in the order of writing.
    """
    if connection.vendor != "postgresql":
        rows = list(_read(span))
        insert_lines(span.month_id, rows, policy, digest)
        return len(rows), sum(row.line.amount_yen for row in rows)
    return _moved_on(span, policy, digest)


def whole_fee(of: Period) -> dict[str, Any]:
    """What tells the whole monthly fees of a month from all its other lines: a value a column."""
    return {"fee": "monthly", "from_on": of.first, "to_on": of.last}


def _of_before(span: Carried) -> str:
    whole = " AND ".join(f"{column} = %(whole_{column})s" for column in whole_fee(span.before))
    return f"unit_id > %(after)s AND unit_id <= %(last)s AND month_id = %(before_id)s AND {whole}"


def _values(span: Carried) -> dict[str, Any]:
    """The values of ``_of_before``, no others: SQLite's driver takes no lists, and with DEBUG each value is written out."""
    return {
        **{"after": span.after, "last": span.last, "before_id": span.before_id},
        **{f"whole_{column}": value for column, value in whole_fee(span.before).items()},
    }


def _moved_on(span: Carried, policy: str, digest: Hasher) -> tuple[int, int]:
    """From the one table into the other, as text: it has to be hashed in any case, and COPY writes it sooner than an INSERT."""
    new = {"month_id": "%(month_id)s", "from_on": "%(first)s", "to_on": "%(last_day)s", "policy": "%(policy)s"}
    # COPY's text of each line (billing.models.bulk.text_of): nothing of a whole month's fee has to be escaped.
    text = f"concat_ws(%(tab)s, {', '.join(new.get(name, name) for name in COLUMNS)}) || %(newline)s"
    where = f"FROM {table_of(span.before_id)} WHERE {_of_before(span)} AND unit_id <> ALL(%(moved)s::bigint[])"
    new_values = {"month_id": span.month_id, "first": span.month.first, "last_day": span.month.last, "policy": policy}
    values = {**_values(span), **new_values, "moved": list(span.moved), "tab": "\t", "newline": "\n"}
    with connection.cursor() as cursor:
        # The key leads to the range's lines, before the table was ever analysed; they are sorted in memory.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL work_mem = '64MB'")
        cursor.execute(
            f"SELECT count(*), coalesce(sum(amount_yen), 0), string_agg({text}, '' ORDER BY id) {where}", values
        )
        count, total, told = cursor.fetchone()
        cursor.execute("SET LOCAL enable_seqscan = DEFAULT; SET LOCAL work_mem = DEFAULT")
        lines = (told or "").encode()
        digest.update(lines)
        with cursor.copy(f"COPY {table_of(span.month_id)} ({', '.join(COLUMNS)}) FROM STDIN") as into:
            into.write(lines)
    return count, int(total)


def _read(span: Carried) -> Iterator[LineRow]:
    moved = frozenset(span.moved)
    names = ", ".join(["customer_id", "unit_id", "target_id", *Line._fields])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {names} FROM {table_of(span.before_id)} WHERE {_of_before(span)} ORDER BY id", _values(span)
        )
        for customer_id, unit_id, target_id, fee, *_days, quantity, price, yen, tax, clause, basis, cause in cursor:
            if unit_id not in moved:
                days = span.month.first, span.month.last
                line = Line(Fee(fee), *days, quantity, price, yen, TaxCategory(tax), clause, basis, cause)
                yield LineRow(span.month_id, customer_id, unit_id, target_id, line)
