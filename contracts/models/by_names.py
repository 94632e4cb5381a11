"""Rows by the names that a column of theirs has: what is asked is written once in a process, and asked with other names each time.

To write what is asked of a few rows takes several times as long as its answer (as contracts.models.at_once.Prepared, of plain rows).
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import CharField, QuerySet, Value

from contracts.models.among import Later

_HERE = "/* names */"
"""Where the names come in a statement: one place for each of them."""
_NAMES = Later("names")


class _Names(Value):
    """What stands for them until they are given."""

    def __init__(self) -> None:
        super().__init__(_NAMES, output_field=CharField())

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Their place."""
        return f"({_HERE})", [self.value]


class _Written(NamedTuple):
    """A question as it is written: what is selected is needed to read the answer."""

    query: Any
    select: Any
    columns: int
    statement: str
    values: Sequence[Any]


class ByNames:
    """Rows of a ``values_list`` by the names at ``path``, in the order that they are asked in. Not for rows that are held."""

    def __init__(self, rows: Callable[[], QuerySet[Any, Any]], path: str) -> None:
        self._rows, self._path = rows, path

    @cached_property
    def _written(self) -> _Written:
        query = self._rows().filter(**{f"{self._path}__in": _Names()}).query
        # Nothing of the connection is kept: it is of one thread.
        compiler: Any = query.get_compiler(connection=connection)
        statement, values = compiler.as_sql()
        return _Written(query, compiler.select, compiler.col_count, statement, values)

    def __call__(self, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """The rows of those names, of which there are no more than one query asks for (contracts.models.bulk.slices)."""
        if not names:
            return iter(())
        written = self._written
        given = [name for one in written.values for name in (names if one is _NAMES else (one,))]
        compiler = written.query.get_compiler(connection=connection)
        compiler.select, compiler.col_count = written.select, written.columns
        with connection.cursor() as cursor:
            cursor.execute(written.statement.replace(_HERE, ", ".join(["%s"] * len(names))), given)
            found: Iterator[tuple[Any, ...]] = compiler.results_iter([cursor.fetchall()], tuple_expected=True)
        return found
