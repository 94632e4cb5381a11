"""検索の索引: the keys by which names are found, written in sets in the transaction of the names, and looked up."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model

from contracts.facts.folding import LONGEST, fold, tails, wanted
from contracts.models import Customer, ManagementUnit, Name, NameKey
from contracts.models.among import among
from contracts.models.bulk import insert_all, slices
from contracts.models.plain_code import LAST, Bytewise

NAMED: dict[str, type[Model]] = {"customer": Customer, "unit": ManagementUnit}
"""What is found by its name, by the kind of its keys."""
_OWN = {"customer": ("name", "kana"), "unit": ("name",)}
"""The columns of their own rows by which they are to be found, in letters and in kana."""
AT_ONCE = 2000
Key = tuple[str, int, int, str]
_COLUMNS = ("kind", "of", "place", "key")
_FIELDS: Any = [NameKey._meta.get_field(name) for name in _COLUMNS]


def names_of(kind: str, ids: Sequence[int]) -> Iterator[tuple[int, str]]:
    """The ids with every name by which each is to be found, in letters and in kana, of today and of any day (I-52): the one place
    that says which.
    """
    for pk, *names in NAMED[kind]._default_manager.filter(among("pk", ids)).values_list("pk", *_OWN[kind]):
        yield from ((pk, name) for name in names if name)
    dated = Name.objects.standing().filter(among(f"{kind}_id", ids)).values_list(f"{kind}_id", "name", "kana")
    for pk, *names in dated:
        yield from ((pk, name) for name in names if name)


def keep(kind: str, ids: Iterable[int]) -> None:
    """Bring the keys of the customers or units to their names; called by whatever writes a name, in its transaction."""
    for some in slices(ids, AT_ONCE):
        NameKey.objects.filter(among("of", some), kind=kind).delete()
        _write(_keys(kind, some))


def begin(kind: str, made: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    """The first keys of customers or units that were just made, by their ids, with their columns: none has keys or another name yet."""
    for some in slices(made, AT_ONCE):
        _write(_keys_of(kind, ((pk, row[name]) for pk, row in some for name in _OWN[kind] if row[name])))


def remake() -> int:
    """Make every key anew; how many there are."""
    NameKey.objects.all().delete()
    for kind, model in NAMED.items():
        for some in slices(model._default_manager.order_by("pk").values_list("pk", flat=True).iterator(), AT_ONCE):
            _write(_keys(kind, some))
    return NameKey.objects.count()


def keys_are_of_the_names() -> Iterator[str]:
    """A sentence for every customer or unit whose keys are not those of its names."""
    for kind, model in NAMED.items():
        label = model._meta.verbose_name
        known: set[int] = set()
        for some in slices(model._default_manager.order_by("pk").values_list("pk", flat=True).iterator(), AT_ONCE):
            known.update(some)
            stored = set(NameKey.objects.filter(among("of", some), kind=kind).values_list(*_COLUMNS))
            unlike = {key[1] for key in stored ^ set(_keys(kind, some))}
            for pk in sorted(unlike):
                yield f"{label}（ID {pk}）の検索の索引が、名称と異なります（refresh_searchで作り直せます）。"
        stray = set(NameKey.objects.filter(kind=kind).values_list("of", flat=True).distinct().iterator()) - known
        for pk in sorted(stray):
            yield f"{label}（ID {pk}）がないのに、検索の索引があります（refresh_searchで作り直せます）。"


def statement(kind: str, term: str, *, at_most: int) -> tuple[str, list[Any]]:
    """The query of the ids of what a name contains the term, whatever its width, case, kana, hyphens and blanks."""
    parts = wanted(term)
    if not parts:
        return "", []
    ranges = [bound for part in parts for bound in (part[:LONGEST], part[:LONGEST] + LAST)]
    bytewise = "BINARY" if connection.vendor == "sqlite" else '"C"'
    values = ", ".join(["(%s, %s)"] * len(parts))
    sql = (
        f"SELECT named.of FROM (WITH wanted (first, last) AS (VALUES {values}) SELECT * FROM wanted) AS wanted "
        f"JOIN {NameKey._meta.db_table} AS named ON named.kind = %s "
        f"AND (named.key) COLLATE {bytewise} >= wanted.first AND (named.key) COLLATE {bytewise} < wanted.last LIMIT {at_most}"
    )
    return sql, [*ranges, kind]


def called(kind: str, term: str, *, at_most: int) -> list[int]:
    """The ids that ``statement`` finds, of a term longer than a key those whose name contains the whole of it."""
    sql, parameters = statement(kind, term, at_most=at_most)
    if not sql:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        ids = list(dict.fromkeys(pk for (pk,) in cursor.fetchall()))
    longer = [part for part in wanted(term) if len(part) > LONGEST]
    return _containing(kind, ids, longer) if longer else ids


def beginning(kind: str, folded: Iterable[str]) -> set[int]:
    """The ids of what has a name that begins as one of these folded names does, as far as a key goes: one query."""
    keys = sorted({name[:LONGEST] for name in folded if name})
    rows = NameKey.objects.annotate(spelt=Bytewise("key")).filter(kind=kind, place=0, spelt__in=keys)
    return set(rows.values_list("of", flat=True))


def _containing(kind: str, ids: Sequence[int], parts: Sequence[str]) -> list[int]:
    named = {pk for pk, name in names_of(kind, ids) if any(part in fold(name) for part in parts)}
    return [pk for pk in ids if pk in named]


def _keys(kind: str, ids: Sequence[int]) -> Iterator[Key]:
    return _keys_of(kind, names_of(kind, ids))


def _keys_of(kind: str, names: Iterable[tuple[int, str]]) -> Iterator[Key]:
    found = {(pk, place, key) for pk, name in names for place, key in enumerate(tails(name))}
    return ((kind, *key) for key in sorted(found))


def _write(keys: Iterator[Key]) -> None:
    if connection.vendor != "postgresql":
        insert_all(NameKey, _FIELDS, keys)
        return
    names: Any = ", ".join(f'"{name}"' for name in _COLUMNS)
    with connection.cursor() as cursor, cursor.copy(f"COPY {NameKey._meta.db_table} ({names}) FROM STDIN") as copy:
        for key in keys:
            copy.write_row(key)
