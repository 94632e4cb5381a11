"""What of a unit a notice can be for."""

from datetime import date

from django.utils.translation import gettext

from contracts.admin.kit.naming import detail_on, name_on
from contracts.terms.timeline import Timeline
from contracts.terms.unit import Target, Unit


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
