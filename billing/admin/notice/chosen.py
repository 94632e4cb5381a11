"""Which targets the page of a notice is about besides its own: those that one letter gave together."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from contracts.admin.kit.naming import name_on
from contracts.models import ManagementUnit, Notice
from contracts.operations.letters import of_letter
from contracts.terms.timeline import Timeline
from contracts.terms.unit import Target


def units_of(row: Notice) -> list[ManagementUnit]:
    """The units of all that the notice's letter gave, its own first."""
    units = {row.target.unit_id: row.target.unit}
    for notice in of_letter(row):
        units.setdefault(notice.target.unit_id, notice.target.unit)
    return list(units.values())


def together(
    notice: Notice, targets: Mapping[str, Target], timelines: Mapping[int, Timeline], on: date, several: bool
) -> tuple[str, str]:
    """A choice among the other targets of a letter; with its unit where they are of several."""
    number, unit = notice.target.number, notice.target.unit
    name = name_on(targets[number], timelines[unit.pk], on)
    return number, f"{number} {name}（{unit.code}）" if several else f"{number} {name}"


def chosen(row: Notice, given: Mapping[str, Any]) -> list[Notice]:
    """The notice, and those of its letter that were chosen with it."""
    with_it = {row.target.number, *given.get("together", ())}
    others = [notice for notice in of_letter(row) if notice.pk != row.pk and notice.target.number in with_it]
    return [row, *others]
