"""Which units are spoken of."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from contracts.facts.ids import ById, Ids
from contracts.models import Contract, ManagementUnit, Move, Option, Target
from contracts.models.among import among
from contracts.models.bulk import slices


@dataclass(frozen=True, slots=True)
class UnitRange:
    """The management units with ``after`` < id ≤ ``last``."""

    after: int
    last: int

    def of(self, path: str) -> Q:
        """The condition that the unit at ``path`` lies in the range."""
        return Q(**{f"{path}__gt": self.after, f"{path}__lte": self.last})

    def ask(self, asked: ById, **said: Any) -> Iterator[Any]:
        """The rows of the units, whose ids are what it is asked by."""
        return asked.between(from_id=self.after + 1, to_id=self.last, **said)


@dataclass(frozen=True, slots=True)
class UnitSet:
    """The management units of those ids; few enough to be read at once."""

    ids: Sequence[int]

    def of(self, path: str) -> Q:
        """The condition that the unit at ``path`` is one of them."""
        return Q(among(path, self.ids))

    def ask(self, asked: ById, **said: Any) -> Iterator[Any]:
        """The rows of the units, whose ids are what it is asked by."""
        return asked.named(ids=self.ids, **said)


Units = UnitRange | UnitSet


def targets_of(units: Units) -> Ids:
    """The ids of the units' contracts and options, those that were ever moved into or out of them too: one query.

    What rows of others' units they have in common with it is told apart by the rows' own unit.
    """
    moved = Move.objects.filter(units.of("origin_id") | units.of("unit_id")).order_by().values("contract_id")
    listed = Target.objects.filter(units.of("unit_id")).order_by().values_list("pk", flat=True)
    contracts = Contract.objects.filter(pk__in=moved).order_by().values_list("pk", flat=True)
    options = Option.objects.filter(contract__in=moved).order_by().values_list("pk", flat=True)
    return Ids(listed.union(contracts, options))


def ranges_beside(done: Iterable[UnitRange], at_once: int) -> Iterator[UnitRange]:
    """All units that lie in no range done, in ranges of ``at_once``: the same ones for whoever asks while no unit is added."""
    ids = ManagementUnit.objects.order_by("pk").values_list("pk", flat=True)
    after = 0
    for one in sorted(done, key=lambda some: some.after):
        if one.after > after:
            yield from _cut(ids.filter(pk__gt=after, pk__lte=one.after), after, at_once)
        after = one.last
    yield from _cut(ids.filter(pk__gt=after), after, at_once)


def _cut(ids: QuerySet[ManagementUnit, int], after: int, at_once: int) -> Iterator[UnitRange]:
    for some in slices(ids.iterator(), at_once):
        yield UnitRange(after, some[-1])
        after = some[-1]
