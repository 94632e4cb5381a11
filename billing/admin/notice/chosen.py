"""Which targets a page of notices is about: those of a unit to choose from, and those that one letter gave together."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext

from contracts.admin.kit.naming import detail_on, name_on
from contracts.models import ManagementUnit, Notice
from contracts.operations.letters import of_letter
from contracts.terms.timeline import Timeline
from contracts.terms.unit import Target, Unit


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


def choices_of(unit: Unit, on: date) -> list[tuple[str, str]]:
    """The contracts and options that have not ended by a day, each option below its contract."""
    timeline = Timeline(unit)
    found = []
    for contract in sorted(unit.contracts, key=lambda contract: (not contract.is_tier, contract.number)):
        options = (option for option in unit.options if option.contract == contract.number)
        targets: list[Target] = [contract, *options]
        for target in targets:
            end = timeline.ends.get(target.number)
            if end is not None and end.on < on:
                continue
            names = (target.number, name_on(target, timeline, on), detail_on(target, timeline, on))
            ending = gettext("（%(day)s終了予定）") % {"day": end.on} if end else ""
            found.append((target.number, " ".join(part for part in (*names, ending) if part)))
    return found
