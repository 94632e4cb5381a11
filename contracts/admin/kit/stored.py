"""The rows of what units have, by number, and their addresses, for the pages that show them."""

from collections.abc import Mapping

from contracts.admin.kit.columns import page_of
from contracts.facts.load import Loaded
from contracts.models import Target
from contracts.models.among import among
from contracts.terms.unit import Unit


def places_of(read: Loaded) -> dict[str, str]:
    """The addresses of the pages of all that was read, by number: no query."""
    kinds = {pk: "option" if values["option"] else "contract" for pk, values in read.targets.items()}
    return {values["number"]: page_of(Target(pk=pk, kind=kinds[pk])) for pk, values in read.targets.items()}


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
