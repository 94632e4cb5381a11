"""The rows of what units have, by number, for the pages that show them."""

from collections.abc import Mapping

from contracts.models import Target
from contracts.models.among import among
from contracts.terms.unit import Unit


def stored_targets(units: Mapping[int, Unit]) -> dict[str, Target]:
    """The rows of the units' contracts and options, also of what is going to be moved into one of them and is still another's.

    One query; one more where anything is to come from another unit.
    """
    numbers = {target.number for unit in units.values() for target in unit.targets}
    rows = Target.objects.select_related("contract__target", "option__target")
    found = {row.number: row for row in rows.filter(among("unit_id", units)) if row.number in numbers}
    to_come = numbers - set(found)
    if to_come:
        found |= {row.number: row for row in rows.filter(number__in=sorted(to_come))}
    return found
