"""Rows by the ids of what they belong to: read by ranges of ids, so that no table is read whole.

A join lets the planner read all facts for every range of units, and the cost grows with the square. A condition on the
fact's own column leaves it nothing but that column's index, whatever it takes the table for.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, QuerySet

from contracts.models.among import Later, among
from contracts.models.bulk import slices
from contracts.models.fact import Fact
from contracts.models.written_once import Given, WrittenOnce

MOST_APART = 4
"""How far two neighbouring ids of a run may lie apart: no more than so many rows are read for one that is asked for."""
IDS_AT_ONCE = 10_000
SHORTEST_RUN = 50
"""Runs of fewer ids are asked for by their names, many together."""


class ById:
    """What is asked for by ids at ``path``: that id, then the columns. Written once in a process; what is ``Given`` is said when it is
    asked."""

    def __init__(self, rows: Callable[[], QuerySet[Any, Any]], path: str, *columns: str) -> None:
        run = {f"{path}__gte": Given("from_id", BigIntegerField()), f"{path}__lte": Given("to_id", BigIntegerField())}
        self.between = WrittenOnce(lambda: rows().filter(**run).values_list(path, *columns))
        self.named = WrittenOnce(lambda: rows().filter(among(path, Later("ids"))).values_list(path, *columns))


class KnownById:
    """The same of facts: those that stand, and those that stood in a revision."""

    def __init__(
        self,
        model: type[Fact],
        path: str,
        *columns: str,
        of: Callable[[QuerySet[Any, Any]], QuerySet[Any, Any]] = lambda rows: rows,
    ) -> None:
        revision: Any = Given("as_of", BigIntegerField())
        self._standing = ById(lambda: of(model.objects.standing()), path, *columns)
        self._as_known = ById(lambda: of(model.objects.as_known_in(revision)), path, *columns)

    def of(self, ids: "Ids", as_of: int | None, **said: Any) -> Iterator[Any]:
        """The rows of those ids, as they were known in that revision; None: as they stand."""
        return ids.ask(self._standing if as_of is None else self._as_known, as_of=as_of, **said)


class Ids:
    """Ids of rows that are asked for, mostly next to each other: what was written together lies together."""

    def __init__(self, ids: Iterable[int]) -> None:
        self._ids = frozenset(ids)
        self._runs: list[tuple[int, int]] = []
        self._single: list[int] = []
        for run in _runs(sorted(self._ids)):
            if len(run) < SHORTEST_RUN:
                self._single += run
            else:
                self._runs.append((run[0], run[-1]))

    def ask(self, asked: "ById | _Plain", **said: Any) -> Iterator[Any]:
        """The rows whose id is one of these: the id, then the columns. In the order that is asked for, for each id."""
        for first, last in self._runs:
            for row in asked.between(from_id=first, to_id=last, **said):
                if row[0] in self._ids:
                    yield row
        for some in slices(self._single, IDS_AT_ONCE):
            yield from asked.named(ids=some, **said)

    def rows(self, found: QuerySet[Any, Any], path: str, *columns: str) -> Iterator[Any]:
        """The same of a query that is asked this once: ``path`` is one of the ids."""
        return self.ask(_Plain(found, path, columns))

    def named(self, found: QuerySet[Any, Any], path: str, *columns: str) -> Iterator[Any]:
        """The same, each id by its name: for an index that goes on after the id, where a run would read all that lies between."""
        for some in slices(sorted(self._ids), IDS_AT_ONCE):
            yield from _Plain(found, path, columns).named(ids=some)


class _Plain(NamedTuple):
    """A query by ids as it stands."""

    found: QuerySet[Any, Any]
    path: str
    columns: Sequence[str]

    def between(self, *, from_id: int, to_id: int) -> Iterable[Any]:
        run = {f"{self.path}__gte": from_id, f"{self.path}__lte": to_id}
        return self.found.filter(**run).values_list(self.path, *self.columns)

    def named(self, *, ids: Sequence[int]) -> Iterable[Any]:
        return self.found.filter(among(self.path, ids)).values_list(self.path, *self.columns)


def _runs(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The ids, in their order, cut where the next lies too far away."""
    begins = 0
    for at in [at for at, (one, other) in enumerate(pairwise(ids), 1) if other - one > MOST_APART]:
        yield ids[begins:at]
        begins = at
    if begins < len(ids):
        yield ids[begins:]
