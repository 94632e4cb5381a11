"""Rows of several tables in one query: a page reads little of many tables, and waits for each answer.

Each table's rows come as arrays of JSON, so that tables of any columns stand beneath each other in one union, on either database.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache, cached_property
from operator import itemgetter
from typing import Any

from django.apps import apps
from django.db.models import (
    BooleanField,
    DateField,
    DateTimeField,
    Func,
    IntegerField,
    JSONField,
    Model,
    QuerySet,
    Value,
    Window,
)
from django.db.models.constants import LOOKUP_SEP
from django.db.models.functions import RowNumber

from contracts.models.written_once import WrittenOnce

Row = tuple[Any, ...]
Asked = tuple[QuerySet[Any, Any], Sequence[str]]
"""Rows of one table, and the names of the columns that are wanted of them."""
Question = Sequence[Asked]


def at_once(*asked: Asked) -> list[list[Row]]:
    """For each of the tables that are asked, its rows with the columns of those names, in no order: one query of all of them.

    Texts, whole numbers, days, moments, yes or no, and lists or objects of JSON come as ``values_list`` would have them; nothing else
    is taken.
    """
    return _read(asked, _one_question(asked))


class Prepared:
    """The same of what is given later: written once in a process, and asked with other ids and days each time."""

    def __init__(self, asked: Callable[[], Question]) -> None:
        self._asks = asked
        self._rows = WrittenOnce(lambda: _one_question(self._asked))

    @cached_property
    def _asked(self) -> Question:
        return self._asks()

    def __call__(self, **said: Any) -> list[list[Row]]:
        """The rows of each of the tables, of what is given by its names."""
        return _read(self._asked, self._rows(**said))


def _one_question(asked: Question) -> QuerySet[Any, Any]:
    first, *others = (_as_json(nth, rows, columns) for nth, (rows, columns) in enumerate(asked))
    return first.union(*others, all=True) if others else first


def _read(asked: Question, rows: Iterable[tuple[Any, ...]]) -> list[list[Row]]:
    """The rows of each of the tables, by its place among them."""
    found: list[list[Row]] = [[] for _each in asked]
    readers = [_readers(of.model._meta.label, tuple(columns)) for of, columns in asked]
    for nth, values in rows:
        found[nth].append(
            tuple(
                value if read is None or value is None else read(value)
                for read, value in zip(readers[nth], values, strict=True)
            )
        )
    return found


class _AsArray(Func):
    """A row's columns as one array of JSON."""

    function = "JSON_ARRAY"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """The same, as PostgreSQL has it."""
        return self.as_sql(compiler, connection, function="JSONB_BUILD_ARRAY", **extra)


def records_at_once(*asked: QuerySet[Any, Any]) -> list[list[Any]]:
    """The records of several querysets, each of a few in its own order, with those that its ``select_related`` names: one query of all.

    Each of the querysets has an order, and a bound on how many there are. Annotations that the order rests on are not kept.
    """
    parts: list[Asked] = []
    shapes: list[list[tuple[str, type[Model]]]] = []
    for rows in asked:
        related: Any = rows.query.select_related or ()
        names = list(related)
        shape = [("", rows.model), *((name, rows.model._meta.get_field(name).related_model) for name in names)]
        columns = [f"{name}{LOOKUP_SEP}{of}" if name else of for name, model in shape for of in _fields(model)]
        parts.append((_placed(rows.select_related(None)), ("place", *columns)))
        shapes.append(shape)
    found = zip(shapes, at_once(*parts), strict=True)
    return [[_record(shape, row[1:]) for row in sorted(rows, key=itemgetter(0))] for shape, rows in found]


def _placed(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Those rows with their place in their order: no part of a union may be cut on SQLite, so they are found by a query of their own."""
    whole = rows.all()
    whole.query.clear_limits()
    order: Any = list(rows.query.order_by)
    placed: QuerySet[Any, Any] = whole.filter(pk__in=rows.values("pk")).annotate(
        place=Window(RowNumber(), order_by=order)
    )
    return placed


def _fields(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _record(shape: Sequence[tuple[str, type[Model]]], values: Sequence[Any]) -> Any:
    """A record of its columns' values, with those beside it."""
    begins, record = 0, None
    for name, model in shape:
        names = _fields(model)
        own = values[begins : begins + len(names)]
        begins += len(names)
        # Of what is not there, the key is not there either.
        made = model.from_db(None, names, own) if own[names.index(model._meta.pk.attname)] is not None else None
        if record is None:
            record = made
        else:
            setattr(record, name, made)
    return record


def _as_json(nth: int, rows: QuerySet[Any, Any], columns: Sequence[str]) -> QuerySet[Any, Any]:
    return rows.order_by().values_list(Value(nth, IntegerField()), _AsArray(*columns))


Reader = Callable[[Any], Any] | None


@cache
def _readers(label: str, columns: tuple[str, ...]) -> tuple[Reader, ...]:
    """How the values of a table's columns are read, of each by its name, which may lead through other tables; None: as they are."""
    model = apps.get_model(label)
    return tuple(_reader(model, name) for name in columns)


def _reader(model: type[Model], path: str) -> Reader:
    if path == "place":
        return None
    meta: Any = model._meta
    *through, last = path.split(LOOKUP_SEP)
    for name in through:
        meta = meta.get_field(name).related_model._meta
    field = meta.pk if last == "pk" else meta.get_field(last)
    if isinstance(field, DateTimeField):
        return _moment
    if isinstance(field, DateField):
        return date.fromisoformat
    if isinstance(field, JSONField):
        return _structure
    return bool if isinstance(field, BooleanField) else None


def _structure(value: Any) -> Any:
    """SQLite keeps it as a text, and puts it into another as one."""
    return json.loads(value) if isinstance(value, str) else value


def _moment(text: str) -> datetime:
    """SQLite keeps moments in UTC without saying so."""
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
