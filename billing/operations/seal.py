"""The hash that seals a closed month: over its own values, its chunks' hashes, what it holds and parked, and the month before."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.db.models import BigIntegerField, DateField, Model

from billing.models import HeldSettlement, Month, MonthChunk, ParkedTarget
from contracts.models.written_once import Given, WrittenOnce

_MONTH = ("month", "facts_revision", "closed_at", "closed_by", "left_out", "line_count", "total_yen", "entries_seen")
_PARTS: dict[str, type[Model]] = {"chunk": MonthChunk, "held": HeldSettlement, "parked": ParkedTarget}


def sealed(row: Month) -> str:
    """SHA-256 of a month with its lines computed, as hexadecimal digits. Streams; reads the chunks, not the lines they hash."""
    before = next((sha256 for (sha256,) in _BEFORE(month=row.month)), "")
    return _digest(row, before, {kind: asked.stream(month=row.pk) for kind, asked in _OF_MONTH.items()})


_BEFORE = WrittenOnce(
    lambda: Month.objects.filter(month__lt=Given("month", DateField())).order_by("-month").values_list("sha256")[:1]
)


def _of_month(model: type[Model]) -> WrittenOnce:
    rows = model._default_manager
    return WrittenOnce(lambda: rows.filter(month=Given("month", BigIntegerField())).order_by("pk").values_list())


_OF_MONTH = {kind: _of_month(model) for kind, model in _PARTS.items()}


def seals() -> Iterator[tuple[Month, str]]:
    """The closed months in their order, each with what ``sealed`` says of it: a query a table, not one a month. Streams."""
    # The months first: of one that is closed meanwhile there would be no rows.
    months, before = list(Month.objects.order_by("month")), ""
    parts = {kind: by_month(model._default_manager.all()) for kind, model in _PARTS.items()}
    for month in months:
        if month.closed_at is not None:
            yield month, _digest(month, before, {kind: rows_of(month) for kind, rows_of in parts.items()})
        before = month.sha256


def by_month(rows: Any) -> Callable[[Month], Iterator[Any]]:
    """Rows of closed months, all columns, in one query: to be taken month by month, each in the order of its rows. Streams."""
    at = [field.name for field in rows.model._meta.concrete_fields].index("month")
    found = rows.exclude(month__closed_at=None).order_by("month__month", "pk").values_list().iterator()
    first = next(found, None)

    def of(month: Month) -> Iterator[Any]:
        nonlocal first
        while first is not None and first[at] == month.pk:
            yield first
            first = next(found, None)

    return of


def _digest(row: Month, before: str, parts: dict[str, Iterable[Any]]) -> str:
    digest = hashlib.sha256()

    def add(kind: str, *values: Any) -> None:
        digest.update(json.dumps([kind, *values], ensure_ascii=False, default=_text).encode() + b"\n")

    add("month", before, *(getattr(row, name) for name in _MONTH))
    for kind, rows in parts.items():
        for values in rows:
            add(kind, *values)
    return digest.hexdigest()


def _text(value: Any) -> str:
    # A moment as it is in UTC: databases hand it back in other zones.
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
