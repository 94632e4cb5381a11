"""The jobs by name, for the schedule."""

from contracts.operations.abolition import count_to_abolish, end_abolished
from contracts.operations.digest import compose, count_people, send_waiting
from contracts.operations.effects import count_units, record_effects
from contracts.operations.step import Work
from contracts.operations.worklist import count_all_units, refresh_some

EFFECTS = Work(count_units, record_effects)
WORKLIST = Work(count_all_units, refresh_some)
DIGEST = Work(count_people, compose, send_waiting)
ABOLITION = Work(count_to_abolish, end_abolished, catches_up=False)
