"""EDR options that come in after their abolition was declared and had been agreed before: they end with all others (10-11, I-43)."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from contracts.facts.translate import notice_of
from contracts.intake.book.read import Row
from contracts.terms.art10_options import EDR_OPTIONS
from contracts.terms.lives import abolition_of
from contracts.terms.unit import ContradictionError, Ground, Unit


def asks_for_edr(options: Iterable[Row]) -> bool:
    """Whether any of the options is one that can be abolished (10-11)."""
    return any(row.values["option"] in EDR_OPTIONS for row in options)


def ended_by_abolition(unit: Unit, numbers: Collection[str]) -> list[Row]:
    """The notices of the abolition, as rows, for those of the options ``numbers`` of the unit that end by it."""
    found = []
    for option in unit.options:
        if option.number not in numbers:
            continue
        try:
            abolition = abolition_of(option, unit)
        except ContradictionError:
            return []  # the judge says so
        if abolition is not None:
            values = {
                "target": option.number,
                "arrived_on": abolition.announced_on,
                "requested_for": abolition.ends_on,
                "basis": Ground.ABOLISHED.value,
                "reference": abolition.reference,
            }
            found.append(Row("notices", 0, values))
    return found


def with_notices(unit: Unit, rows: Iterable[Row]) -> Unit:
    """The unit with those notices arrived too."""
    targets = {target.number for target in unit.targets}
    notices = tuple(notice_of(row.values) for row in rows if row.values["target"] in targets)
    return replace(unit, notices=unit.notices + notices)
