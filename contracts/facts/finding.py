"""What a term finds: ids of every kind in one query, each step of it bounded and answered by an index."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from contracts.facts import name_keys
from contracts.facts.folding import fold, typed, wanted
from contracts.models import Application, Contract, Customer, LinkedService, ManagementUnit, Notice, Target, plain_code
from contracts.models.among import among

AT_MOST = 1000
"""Rows of a kind that one search brings up; whoever gets as many should type one more letter."""

Statement = tuple[str, Sequence[Any]]
Belonging = Callable[[Any], QuerySet[Any]]
"""The rows that belong to what was found of another kind, by the condition on its ids (for ``__in``)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: found by its code, by its name where ``named``, and by what it belongs to, kinds before it."""

    name: str
    model: Any
    code: str
    named: bool = False
    of: tuple[tuple[str, Belonging], ...] = ()

    def steps(self, term: str) -> list[Statement]:
        """The queries that find it, each of ids."""
        coded = self.model.objects.filter(plain_code.begins(self.code, term)).order_by(plain_code.plain(self.code))
        found = [_statement(coded.values_list("pk"))]
        if self.named:
            found.append(name_keys.statement(self.name, term, at_most=AT_MOST))
        for other, rows in self.of:
            found.append(_statement(rows(RawSQL(f"SELECT id FROM found_{other}", ()))))
        return [step for step in found if step[0]]


CUSTOMERS = Kind("customer", Customer, "code", named=True)
UNITS = Kind(
    "unit",
    ManagementUnit,
    "code",
    named=True,
    of=(("customer", lambda ids: ManagementUnit.objects.filter(customer__in=ids).values_list("pk")),),
)
APPLICATIONS = Kind(
    "application",
    Application,
    "number",
    of=(("unit", lambda ids: Application.objects.filter(unit__in=ids).values_list("pk")),),
)
TARGETS = Kind(
    "target",
    Target,
    "number",
    of=(
        ("application", lambda ids: Target.objects.filter(application__in=ids).values_list("pk")),
        ("unit", lambda ids: Target.objects.filter(unit__in=ids).values_list("pk")),
    ),
)
NOTICES = Kind(
    "notice",
    Notice,
    "reference",
    of=(("target", lambda ids: Notice.objects.filter(target__in=ids).values_list("pk")),),
)
SERVICES = Kind(
    "service",
    LinkedService,
    "code",
    of=(
        (
            "target",
            lambda ids: (
                Contract.objects.filter(target__in=ids, linked_service__isnull=False)
                .values_list("linked_service")
                .distinct()
            ),
        ),
    ),
)
KINDS = (CUSTOMERS, UNITS, APPLICATIONS, TARGETS, NOTICES, SERVICES)
"""In an order in which each belongs to kinds before it."""


class Search:
    """What a term finds, whatever its width, case, kana, hyphens and blanks. Codes and numbers begin with it, names contain it; a
    customer's units and a unit's contracts are found with it. Of several words all have to be found with one unit.
    """

    def __init__(self, term: str, *, kinds: Sequence[Kind] = KINDS) -> None:
        self.term, self._kinds = typed(term), kinds

    def ids(self, kind: str) -> list[int]:
        """The ids of a kind."""
        return self._found[kind]

    @cached_property
    def _found(self) -> dict[str, list[int]]:
        found = _found(self._kinds, self.term)
        if not any(found.values()) and (units := self._of_words()):
            found = _found(self._kinds, self.term, units)
        return found

    def _of_words(self) -> list[int]:
        """The units with which all of several words are found: those of the rarest word, compared with the others."""
        words = self.term.split()
        if len(words) < 2:
            return []
        rarest = min((Search(word, kinds=(CUSTOMERS, UNITS)).ids("unit") for word in words), key=len)
        columns = ("pk", "code", "name", "customer__code", "customer__name")
        rows = ManagementUnit.objects.filter(among("pk", rarest)).values_list(*columns) if rarest else ()
        texts = {pk: fold(" ".join(said)) for pk, *said in rows}
        return [pk for pk in rarest if all(any(part in texts[pk] for part in wanted(word)) for word in words)]


def only(*names: str) -> tuple[Kind, ...]:
    """The kinds that are needed to find these."""
    needed = set(names)
    for kind in reversed(KINDS):
        if kind.name in needed:
            needed |= {other for other, _rows in kind.of}
    return tuple(kind for kind in KINDS if kind.name in needed)


def _found(kinds: Iterable[Kind], term: str, units: Sequence[int] = ()) -> dict[str, list[int]]:
    """The ids of each kind, those found by their own codes and names first; where units are given, what belongs to them."""
    tables: list[str] = []
    parameters: list[Any] = []
    for kind in kinds:
        steps = kind.steps(term)
        if units:
            steps = [_listed(units)] if kind is UNITS else [step for step in steps if "found_" in step[0]]
        tables.append(f"found_{kind.name} (id, step) AS ({_together(steps)})")
        parameters += [parameter for _sql, some in steps for parameter in some]
    asked = " UNION ALL ".join(f"SELECT '{kind.name}', id, step FROM found_{kind.name}" for kind in kinds)
    found: dict[str, dict[int, None]] = {kind.name: {} for kind in kinds}
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(tables)} {asked}", parameters)
        for name, pk, _step in sorted(cursor.fetchall(), key=lambda row: row[2]):
            found[name][pk] = None
    return {name: list(ids)[:AT_MOST] for name, ids in found.items()}


def _together(steps: Sequence[Statement]) -> str:
    bounded = (
        f"SELECT * FROM (SELECT found.*, {at} FROM ({sql}) AS found LIMIT {AT_MOST}) AS step_{at}"
        for at, (sql, _parameters) in enumerate(steps)
    )
    return " UNION ALL ".join(bounded) or "SELECT 0, 0 WHERE 1 = 0"


def _statement(rows: QuerySet[Any]) -> Statement:
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return "", ()
    return sql, parameters


def _listed(ids: Sequence[int]) -> Statement:
    return "SELECT id FROM contracts_managementunit WHERE id IN (" + ", ".join(map(str, ids)) + ")", ()
