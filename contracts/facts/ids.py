"""Rows by the ids of what they belong to: read by ranges of ids, so that no table is read whole.

A join lets the planner read all facts for every range of units, and the cost grows with the square. A condition on the
fact's own column leaves it nothing but that column's index, whatever it takes the table for.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet

from contracts.models.among import among
from contracts.models.bulk import slices

MOST_APART = 4
"""How far two neighbouring ids of a run may lie apart: no more than so many rows are read for one that is asked for."""
IDS_AT_ONCE = 10_000
SHORTEST_RUN = 50
"""Runs of fewer ids are asked for by their names, many together."""


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

    def rows(self, found: QuerySet[Any, Any], path: str, *columns: str) -> Iterator[Any]:
        """The rows of a query whose ``path`` is one of the ids: that id, then the columns. In the query's order for each id."""
        for first, last in self._runs:
            for row in found.filter(**{f"{path}__gte": first, f"{path}__lte": last}).values_list(path, *columns):
                if row[0] in self._ids:
                    yield row
        yield from self.named(found, path, *columns, ids=self._single)

    def named(
        self, found: QuerySet[Any, Any], path: str, *columns: str, ids: Sequence[int] | None = None
    ) -> Iterator[Any]:
        """The same, each id by its name: for an index that goes on after the id, where a run would read all that lies between."""
        for some in slices(sorted(self._ids) if ids is None else ids, IDS_AT_ONCE):
            yield from found.filter(among(path, some)).values_list(path, *columns)


def _runs(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The ids, in their order, cut where the next lies too far away."""
    begins = 0
    for at in [at for at, (one, other) in enumerate(pairwise(ids), 1) if other - one > MOST_APART]:
        yield ids[begins:at]
        begins = at
    if begins < len(ids):
        yield ids[begins:]
