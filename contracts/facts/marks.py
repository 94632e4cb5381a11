"""行の控え: what rows said when they were last checked, so that one that was changed behind the application's back is found and named.

A mark is eight bytes of the hash of a row's columns that may not change any more. It is made by the first check that sees them, and
compared by every later one. Marks of a thousand rows stand in one row of their own (contracts.models.RowMarks).
"""

import json
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from itertools import groupby
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import NOT_PROVIDED, BinaryField, Model

from contracts import models
from contracts.models import RowMarks
from contracts.models.fact import Fact

BLOCK, WIDTH = 1000, 8
NONE = bytes(WIDTH)
"""No mark was made yet."""
_NOBODYS = object()
"""The default of a column that has none."""

Values = Mapping[str, Any]


def always(row: Values) -> bool:
    """From its first day on."""
    return True


@dataclass(frozen=True, slots=True)
class Marked:
    """Columns of a table that do not change once ``when`` holds for a row; ``name`` tells several of one table apart.

    ``first``: those that the first release marked, where they were others.
    """

    model: type[Model]
    columns: tuple[str, ...]
    when: Callable[[Values], bool] = always
    name: str = ""
    first: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        """The name under which its marks are kept."""
        return f"{self.model._meta.db_table}:{self.name}" if self.name else self.model._meta.db_table


class Changed(NamedTuple):
    """A row that is not what it was: its table, its number, and whether it is gone."""

    model: type[Model]
    number: int
    gone: bool


def columns_but(model: type[Model], *but: str) -> tuple[str, ...]:
    """The columns of a table, without those named."""
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname not in but)


def all_of(
    model: type[Model],
    *but: str,
    when: Callable[[Values], bool] = always,
    name: str = "",
    first: tuple[str, ...] = (),
) -> Marked:
    """A table of which all columns stay, but those named."""
    return Marked(model, columns_but(model, *but), when, name, first)


GONE = ("withdrawn_on", "withdrawn_by", "withdrawn_in", "withdrawn_because", "withdrawal", "replaced_by_id")
"""What is written of a fact when it is withdrawn or replaced."""


def _withdrawn(row: Values) -> bool:
    return row["withdrawn_on"] is not None


def of_fact(model: type[Model]) -> list[Marked]:
    """What a fact says, and what is written of it when it is withdrawn or replaced."""
    gone = tuple(name for name in columns_but(model) if name in GONE)
    return [all_of(model, *gone), Marked(model, gone, _withdrawn, "withdrawn")]


def _decided(row: Values) -> bool:
    return row["state"] in ("accepted", "rejected", "withdrawn")


FACTS: tuple[type[Fact], ...] = (
    *(models.BillingStart, models.Change, models.Notice, models.Price, models.Consent, models.LinkedServiceState),
    *(models.Outage, models.Breach, models.Name, models.Transfer, models.Move),
)
_OF_CONTRACT = ("premium_consent_on", "ready_on")
_OF_APPLICATION = ("applied_on", "acknowledged_on", "version")

OF_CONTRACTS: tuple[Marked, ...] = (
    *(marked for model in FACTS for marked in of_fact(model)),
    *of_fact(models.Abolition),
    Marked(models.Application, ("number", "unit_id")),
    all_of(models.Application, *_OF_APPLICATION, when=_decided, name="decided"),
    Marked(models.Application, ("applied_on",), lambda row: _decided(row) and row["applied_on"] is not None, "applied"),
    all_of(models.Target, "unit_id", "billing_starts_on", "ends_on", "term_licences"),
    all_of(
        models.Contract,
        *_OF_CONTRACT,
        first=columns_but(models.Contract, "linked_service_id", *_OF_CONTRACT),
    ),
    all_of(models.Option),
    Marked(models.Customer, ("code",)),
    Marked(models.ManagementUnit, ("code",)),
    Marked(models.LinkedService, ("code",)),
    all_of(models.FactCorrection),
    all_of(models.BookImport),
    all_of(models.RevisionMoment),
    all_of(models.Asked, "state", "decided_by_id", "decided_on", "reason"),
    all_of(models.Asked, when=lambda row: row["state"] != "waiting", name="decided"),
    all_of(models.SettingChange, "told_at", "told_how", "told_by"),
    Marked(
        models.SettingChange,
        ("told_at", "told_how", "told_by"),
        lambda row: row["told_at"] is not None,
        "told",
    ),
    all_of(models.HandOver, when=lambda row: row["state"] != "waiting"),
    all_of(models.Hand),
    all_of(models.PasswordSet),
    all_of(models.RightsChange, when=lambda row: row["state"] != "waiting"),
)
"""What of contracts stays. Days that are derived, names as of today and who looks after a unit do not, and are told by the history."""


def changed(marked: Sequence[Marked], *, keep: bool) -> Iterator[Changed]:
    """Every row of the tables that is not what it was when it was marked; with ``keep`` what has no mark yet is marked. Streams.

    Without ``keep`` no table is read of which nothing was marked: there is nothing to compare it with.
    """
    blocks: defaultdict[str, set[int]] = defaultdict(set)
    for what, block in RowMarks.objects.values_list("what", "block"):
        blocks[what].add(block)
    filled = _filled([one.model for one in marked]) if keep else set()
    for model, some in groupby(marked, lambda one: one.model):
        of_it = list(some)
        there = set().union(*(blocks[one.what] for one in of_it))
        if there or model in filled:
            yield from _changed(model, of_it, there, keep=keep)


def _filled(tables: Iterable[type[Model]]) -> set[type[Model]]:
    """Those that have rows, in one question: most of what can be told of a book never was."""
    numbered = list(dict.fromkeys(tables))
    asked = (
        f"SELECT {number} WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(model._meta.db_table)})"
        for number, model in enumerate(numbered)
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return {numbered[number] for (number,) in cursor.fetchall()}


def _read(model: type[Model], marked: Sequence[Marked]) -> tuple[str, ...]:
    """The columns to be read: all, but bytes that nobody compares, which would be all PDFs every day."""
    compared = {name for one in marked for name in one.columns}
    fields = model._meta.concrete_fields
    return tuple(one.attname for one in fields if one.attname in compared or not isinstance(one, BinaryField))


def _changed(model: type[Model], marked: Sequence[Marked], there: set[int], *, keep: bool) -> Iterator[Changed]:
    """Of one table; ``there``: the blocks of which there are marks."""
    names = _read(model, marked)
    rows = model._base_manager.order_by("pk").values_list("pk", *names).iterator(chunk_size=2 * BLOCK)
    blocks = groupby(rows, lambda row: row[0] // BLOCK)
    for block, some in blocks:
        if keep or block in there:
            found = {row[0]: dict(zip(names, row[1:], strict=True)) for row in some}
            yield from _block(model, marked, block, found, keep=keep)
        there.discard(block)
    for block in sorted(there):
        yield from _block(model, marked, block, {}, keep=False)


def _block(
    model: type[Model], marked: Sequence[Marked], block: int, found: Mapping[int, Values], *, keep: bool
) -> Iterator[Changed]:
    kept = {row.what: row for row in RowMarks.objects.filter(what__in=[one.what for one in marked], block=block)}
    told: dict[int, bool] = {}
    for one in marked:
        before = bytes(kept[one.what].marks) if one.what in kept else bytes(BLOCK * WIDTH)
        after = bytearray(before)
        for place in _places(before, block, found):
            number, at = block * BLOCK + place, slice(place * WIDTH, (place + 1) * WIDTH)
            row = found.get(number)
            if before[at] != NONE:
                if row is None or not _stands(one, row, before[at]):
                    told[number] = row is None
            elif row is not None and one.when(row):
                after[at] = mark(one, row)
        if keep and bytes(after) != before:
            RowMarks.objects.update_or_create(what=one.what, block=block, defaults={"marks": bytes(after)})
    for number, gone in sorted(told.items()):
        yield Changed(model, number, gone)


def _places(marks: bytes, block: int, found: Mapping[int, Values]) -> list[int]:
    """Where in a block there is a mark, or a row."""
    marked = (place for place, known in enumerate(array("Q", marks)) if known)
    return sorted({*marked, *(number - block * BLOCK for number in found)})


def _stands(of: Marked, row: Values, marked: bytes) -> bool:
    """Whether the row is what it was when it was marked, by this release or by the first, whose marks are still there after an upgrade."""
    if mark(of, row) == marked:
        return True
    return bytes.fromhex(digest_of({name: row[name] for name in of.first or of.columns}))[:WIDTH] == marked


def mark(of: Marked, row: Values) -> bytes:
    """The mark of a row: bytes of the hash over its columns, by their names."""
    return bytes.fromhex(digest_of(said(of.model, {name: row[name] for name in of.columns})))[:WIDTH]


def said(model: type[Model], row: Values) -> Values:
    """What a row says beyond what a new row of its table says by itself: a column that a later release adds leaves its hash as it was."""
    defaults = _defaults(model)
    return {name: value for name, value in row.items() if value != defaults[name]}


@cache
def _defaults(model: type[Model]) -> Values:
    """By its columns what a row has that nobody said otherwise: as the migration fills a new column in old rows."""
    found: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        default = field.default if field.db_default is NOT_PROVIDED else field.db_default
        if default is NOT_PROVIDED:
            default = None if field.null or not field.empty_strings_allowed else ""
        # A list or a JSON object begins empty; of a moment or a number that is given out there is none to be had by default.
        found[field.attname] = default() if isinstance(default, type) else _NOBODYS if callable(default) else default
    return found


def digest_of(values: Values) -> str:
    """The SHA-256 over values by their names, alike on every database: moments as they are in UTC."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=_text)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def digest_of_row(row: Model, *but: str, whole: bool = False) -> str:
    """The SHA-256 over the columns of a row as it is stored, without those named; ``whole``: as the first release told it, defaults too."""
    values = type(row)._base_manager.filter(pk=row.pk).values(*columns_but(type(row), *but)).get()
    return digest_of(values if whole else said(type(row), values))


def digest_of_marks() -> str:
    """The SHA-256 over all marks: kept in the history, it tells whether they are those of the last check."""
    digest = sha256()
    for row in RowMarks.objects.order_by("what", "block").iterator(chunk_size=100):
        digest.update(f"{row.what} {row.block} ".encode() + bytes(row.marks))
    return digest.hexdigest()


def _text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return sha256(value).hexdigest()
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
