"""Which units are spoken of."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from contracts.facts.ids import Ids
from contracts.models import Target
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
    """The ids of the units' contracts and options: one query."""
    return Ids(Target.objects.filter(units.of("unit_id")).values_list("pk", flat=True))
