"""お確かめください: an application set beside what is on record, so that what is hardly meant is seen before it is received."""

from datetime import date

from contracts.facts.beside import amounts_of_others, applications_beside, last_amounts
from contracts.judge.application import Judgement
from contracts.judge.points import TWIN_WITHIN, Filed, OnRecord, Point, points
from contracts.models import Application, ManagementUnit
from contracts.models.choices import APPLICATION_STATES


def points_of(application: Application, judgement: Judgement, *, on: date) -> list[Point]:
    """What of an application is to be looked at again, whether it is known already or not: four queries."""
    return pointed_out(
        judgement,
        application.unit,
        number=application.number,
        applied_on=application.applied_on or application.received_on or on,
        on=on,
    )


def pointed_out(judgement: Judgement, unit: ManagementUnit, *, number: str, applied_on: date, on: date) -> list[Point]:
    """What of a judged form is to be looked at again, set beside what is on record on the day ``on``."""
    known = {target.number for target in judgement.before.targets}
    asked = {line.get("target", "") for line in judgement.lines} & known
    filed = [
        Filed(row.number, row.unit, str(dict(APPLICATION_STATES)[row.state]), row.on or on, row.lines)
        for row in applications_beside(unit, number=number, since=on - TWIN_WITHIN)
    ]
    record = OnRecord(filed, last_amounts(asked), amounts_of_others(unit))
    return points(judgement, record, applied_on=applied_on, on=on)
