"""見直し: which units the jobs have to look at on a day — those whose day has come, not all of them.

A write of facts refreshes its units at once (contracts.operations.worklist.refresh_worklist), so nothing but the calendar is left
to the jobs; what changes with the rules themselves is told by their edition.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from contracts import judge, terms
from contracts.facts.unit_lock import hold_units
from contracts.judge.listed import Listed
from contracts.models import ManagementUnit, UnitLook
from contracts.models.bulk import slices

NEVER = date.min
"""An effect's day that has always come: the unit was written and has not been looked at for its effects since."""


class Looked(NamedTuple):
    """For which day a unit was looked at, the next day on which its work may be otherwise (None: on none), and what lists find it by."""

    on: date
    changes_on: date | None
    listed: Listed


def edition() -> str:
    """What the rules are, besides the facts and the day: another edition of them looks at every unit anew."""
    return f"{_rules()}/{settings.TOLD_WITHIN_HOURS}"


@cache
def _rules() -> str:
    """A digest of the sources that make work of facts: whoever changes one of them need not remember to say so."""
    digest = hashlib.sha256()
    for package in (terms, judge):
        for source in sorted(Path(package.__path__[0]).glob("*.py")):
            digest.update(source.read_bytes())
    for name in ("worklist.py", "work_read.py", "claimable.py"):
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()[:10]


def units_due(on: date) -> QuerySet[UnitLook]:
    """The units whose work may be otherwise on the day than as it stands: each condition is answered by an index of its own."""
    rules = edition()
    return UnitLook.objects.filter(
        Q(changes_on__lte=on) | Q(judged_on__gt=on) | Q(judged_by__lt=rules) | Q(judged_by__gt=rules)
    )


def effects_due(on: date) -> QuerySet[UnitLook]:
    """The units that may have an effect to record or to take off on the day."""
    return UnitLook.objects.filter(effects_on__lte=on)


def due(looks: QuerySet[UnitLook], after: int) -> QuerySet[Any, Any]:
    """The ids of those units after the id ``after``, in their order."""
    return looks.filter(unit_id__gt=after).order_by("unit_id").values_list("unit_id", flat=True)


def take_up_unseen() -> None:
    """A row for every unit that has none: of units that were written past the operations."""
    seen = UnitLook.objects.filter(unit=OuterRef("pk"))
    ids = ManagementUnit.objects.filter(~Exists(seen)).order_by("pk").values_list("pk", flat=True)
    for some in slices(list(ids)):
        # Somebody may write one of them at this moment, and then has looked at it.
        UnitLook.objects.bulk_create([_unseen(pk) for pk in some], ignore_conflicts=True)


def _unseen(pk: int) -> UnitLook:
    """What is known of a unit that nobody has looked at: that everything of it is due."""
    return UnitLook(unit_id=pk, judged_on=NEVER, judged_by="", changes_on=NEVER, effects_on=NEVER)


def note_looks(looked: Mapping[int, Looked], *, written: bool) -> None:
    """Keep when the units were looked at for their work, by whoever holds them. ``written``: facts were, so that their effects are to
    be looked at too."""
    rules = edition()
    rows = [
        UnitLook(
            unit_id=pk,
            judged_on=one.on,
            judged_by=rules,
            changes_on=one.changes_on,
            effects_on=NEVER,
            **one.listed._asdict(),
        )
        for pk, one in looked.items()
    ]
    _put(rows, ["judged_on", "judged_by", "changes_on", *Listed._fields, *(["effects_on"] if written else [])])


def note_effects(days: Mapping[int, date | None]) -> None:
    """Keep the next day on which each unit may have an effect; None: on none."""
    rows = []
    for pk, day in days.items():
        row = _unseen(pk)
        row.effects_on = day
        rows.append(row)
    # The unit is held before its row, as it is everywhere.
    hold_units(days)
    _put(rows, ["effects_on"])


def look_again(units: QuerySet[Any, Any]) -> None:
    """Have the jobs look at those units, by their ids: something was written that bears on more units than are refreshed at once."""
    UnitLook.objects.filter(unit__in=units).update(judged_by="", effects_on=NEVER)


def _put(rows: Iterable[UnitLook], columns: list[str]) -> None:
    """Write rows, or those columns of the rows that are there already."""
    for some in slices(rows):
        UnitLook.objects.bulk_create(some, update_conflicts=True, unique_fields=["unit"], update_fields=columns)
