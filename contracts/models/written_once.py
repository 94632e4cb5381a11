"""Questions that are written once in a process, and asked with other ids, names and days each time.

To write what is asked of a few rows takes several times as long as its answer.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import CharField, QuerySet, Value

from contracts.models.among import Later, array_of

_HERE = "/* names */"
"""Where names come in a statement: one place for each of them."""
_NAMES = Later("names")
ROWS_A_FETCH = 2000


class Given(Value):
    """A value of a field that is given later by its name, as ids are (contracts.models.among.Later), to be compared with."""

    def __init__(self, name: str, field: Any) -> None:
        super().__init__(Later(name, field), output_field=field)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Its place."""
        return "%s", [self.value]


class _Names(Value):
    """What stands for names until they are given."""

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


class WrittenOnce:
    """The rows of a ``values_list`` of what is given later, in the order that they are asked in. Not for rows that are held."""

    def __init__(self, rows: Callable[[], QuerySet[Any, Any]]) -> None:
        self._rows = rows

    @cached_property
    def written(self) -> _Written:
        """The question itself."""
        query = self._rows().query
        # Nothing of the connection is kept: it is of one thread.
        compiler: Any = query.get_compiler(connection=connection)
        statement, values = compiler.as_sql()
        return _Written(query, compiler.select, compiler.col_count, statement, values)

    def within(self, **said: Any) -> tuple[str, list[Any]]:
        """The statement with what is given, to be asked within another."""
        written = self.written
        return written.statement, [_as_given(one, said) for one in written.values]

    def __call__(self, **said: Any) -> Iterator[tuple[Any, ...]]:
        """The rows, of what is given by its names: ids for each Later, a value for each Given. Asked at once, read as they are taken."""
        return self.answer(*self.within(**said))

    def answer(self, statement: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        """The rows of the statement with those values, as its columns are read."""
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return self._read([cursor.fetchall()])

    def stream(self, **said: Any) -> Iterator[tuple[Any, ...]]:
        """The rows of what is given, of which there may be many: asked when the first is taken, and never all in memory."""
        with connection.chunked_cursor() as cursor:
            cursor.execute(*self.within(**said))
            yield from self._read(iter(lambda: cursor.fetchmany(ROWS_A_FETCH), []))

    def _read(self, rows: Iterable[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
        compiler = self.written.query.get_compiler(connection=connection)
        compiler.select, compiler.col_count = self.written.select, self.written.columns
        found: Iterator[tuple[Any, ...]] = compiler.results_iter(rows, tuple_expected=True)
        return found


def _as_given(one: Any, said: dict[str, Any]) -> Any:
    if not isinstance(one, Later):
        return one
    value = said[one.name]
    return array_of(value, connection.vendor) if one.of is None else one.of.get_db_prep_value(value, connection)


class ByNames:
    """The same by the names at ``path``."""

    def __init__(self, rows: Callable[[], QuerySet[Any, Any]], path: str) -> None:
        self._asked = WrittenOnce(lambda: rows().filter(**{f"{path}__in": _Names()}))

    def __call__(self, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """The rows of those names, of which there are no more than one query asks for (contracts.models.bulk.slices)."""
        if not names:
            return iter(())
        written = self._asked.written
        given = [name for one in written.values for name in (names if one is _NAMES else (one,))]
        return self._asked.answer(written.statement.replace(_HERE, ", ".join(["%s"] * len(names))), given)
