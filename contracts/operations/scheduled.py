"""The jobs by name, for the schedule."""

from contracts.operations.abolition import count_to_abolish, end_abolished
from contracts.operations.dated import bring_dated_up, count_dated
from contracts.operations.digest import compose, count_people, send_waiting
from contracts.operations.effects import count_units, record_effects
from contracts.operations.step import JobSteps
from contracts.operations.worklist import count_due, refresh_some

DATED = JobSteps(count_dated, bring_dated_up)
EFFECTS = JobSteps(count_units, record_effects)
WORKLIST = JobSteps(count_due, refresh_some)
DIGEST = JobSteps(count_people, compose, send_waiting)
ABOLITION = JobSteps(count_to_abolish, end_abolished, catches_up=False)
