"""Which units are spoken of."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from contracts.facts.ids import Ids
from contracts.models import Contract, Move, Option, Target
from contracts.models.among import among


@dataclass(frozen=True, slots=True)
class UnitRange:
    """The management units with ``after`` < id ≤ ``last``."""

    after: int
    last: int

    def of(self, path: str) -> Q:
        """The condition that the unit at ``path`` lies in the range."""
        return Q(**{f"{path}__gt": self.after, f"{path}__lte": self.last})


@dataclass(frozen=True, slots=True)
class UnitSet:
    """The management units of those ids; few enough to be read at once."""

    ids: Sequence[int]

    def of(self, path: str) -> Q:
        """The condition that the unit at ``path`` is one of them."""
        return Q(among(path, self.ids))


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
