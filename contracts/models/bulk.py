"""Many rows at once: in slices that every database takes, never one query a row."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, Model

from contracts.models.written_once import ByNames

NAMES_AT_ONCE = 500
"""Values that one query asks for: SQLite may take no more than a thousand."""

ROWS_AT_ONCE = 2000


def slices(values: Iterable[Any], at_once: int = NAMES_AT_ONCE) -> Iterator[list[Any]]:
    """The values in lists of at most ``at_once``, in their order."""
    rest = iter(values)
    while some := list(islice(rest, at_once)):
        yield some


def create_all(model: type[Model], rows: Iterable[Any]) -> None:
    """Write the rows; they are made as they are written, so that memory does not grow with them."""
    for some in slices(rows, ROWS_AT_ONCE):
        model._default_manager.bulk_create(some)


def ids_of(model: type[Model], field: str, names: Iterable[str]) -> dict[str, int]:
    """The ids of the rows whose ``field`` is among the names, by name."""
    found: dict[str, int] = {}
    for some in slices(sorted(set(names))):
        found |= dict(_with_ids(model, field)(some))
    return found


@cache
def _with_ids(model: type[Model], field: str) -> ByNames:
    return ByNames(lambda: model._default_manager.values_list(field, "pk"), field)


def insert_all(model: type[Model], fields: Sequence["Field[Any, Any]"], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as they are, by the values of ``fields`` in their order: nothing is stamped, numbered or filled in."""
    connection = connections[DEFAULT_DB_ALIAS]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({names}) VALUES ({places})"
    with connection.cursor() as cursor:
        for some in slices(rows, ROWS_AT_ONCE):
            saved = [
                [field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True)]
                for row in some
            ]
            cursor.executemany(statement, saved)
