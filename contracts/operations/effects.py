"""効力の記録: what has happened by a day is recorded once, whoever runs it and however often; what has not is taken off the record."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from contracts.facts import history
from contracts.facts.load import load_units
from contracts.judge.happened import Happened, happened
from contracts.judge.lookout import Lookout
from contracts.models import Effect, Entry, Target
from contracts.models.bulk import create_all
from contracts.operations.holding import hold, settle
from contracts.operations.looks import NEVER, due, effects_due, note_effects, take_up_unseen
from contracts.operations.step import Failure, Step
from contracts.terms.days import ONE_DAY
from contracts.terms.unit import ContradictionError, Unit

SYSTEM = "システム"
"""Who does what nobody asked for by hand."""

UNITS_AT_ONCE = 200


def count_units(on: date) -> int:
    """How many units a run for the day looks at, those among them that nobody has looked at yet."""
    take_up_unseen()
    return effects_due(on).count()


def record_effects(on: date, after: int) -> Step:
    """The next units after the id ``after`` to which something may have happened, in sets and in the transaction of the caller."""
    ids = list(due(effects_due(on), after)[:UNITS_AT_ONCE])
    if not ids:
        return Step(None)
    count, failed = bring_up_to(ids, on)
    return Step(ids[-1], len(ids), count, failed)


Key = tuple[str, str, date, str, str]


def bring_up_to(
    unit_ids: Iterable[int], on: date, *, loaded: Mapping[int, Unit] | None = None
) -> tuple[int, list[Failure]]:
    """Record all that has happened to those units by the day, and take off what the facts no longer imply; how many rows
    were added or taken off, what failed. ``loaded``: the units, where they have been read already.

    What a later day has recorded stays while the facts imply it: a day that comes late takes nothing back. A unit whose facts
    contradict each other keeps the record it has, and is named.
    """
    ids = list(unit_ids)
    next_days: dict[int, date | None] = {}
    rows = list(Effect.objects.filter(target__unit__in=ids).select_related("target"))
    latest = max([on, *(effect.on + ONE_DAY for effect in rows)])
    to_record: dict[Key, Happened] = {}
    implied: set[Key] = set()
    failed = []
    units = load_units(ids) if loaded is None else loaded
    for pk, unit in units.items():
        lookout = Lookout(on)
        try:
            to_record |= {_key(one.target, one): one for one in happened(unit, lookout)}
            implied |= {_key(one.target, one) for one in happened(unit, Lookout(latest))}
        except ContradictionError as error:
            failed.append(Failure(unit.code, error.reason))
            ids.remove(pk)
        next_days[pk] = lookout.changes_on if pk in ids else NEVER
    stored = {_key(effect.target.number, effect): effect for effect in rows if effect.target.unit_id in ids}
    gone = [effect for key, effect in stored.items() if key not in implied]
    made = [one for key, one in to_record.items() if key not in stored]
    # What is going to come into a unit is recorded of the unit that has it.
    numbers = {one.target for one in made}
    targets = {t.number: t for t in Target.objects.filter(number__in=numbers) if t.unit_id in units}
    made = [one for one in made if one.target in targets]
    Effect.objects.filter(pk__in=[effect.pk for effect in gone]).delete()
    create_all(Effect, (_effect(one, targets[one.target]) for one in made))
    history.record_all(_entry("undo_effect", effect.target, before=_shown(effect)) for effect in gone)
    history.record_all(_entry("take_effect", targets[one.target], after=_shown(one)) for one in made)
    passed = {pk: unit for pk, unit in units.items() if unit.transfers}
    if passed:
        hold(passed, on, by=SYSTEM)
    if between := [pk for pk, unit in units.items() if unit.stays]:
        settle(between, on, by=SYSTEM)
    note_effects(next_days)
    return len(gone) + len(made), failed


def _key(target: str, one: Happened | Effect) -> Key:
    # With what it came to: a change that was put right, or followed by another of its day, has another effect (I-53).
    return target, one.kind, one.on, one.of, one.value if one.of else ""


def _effect(one: Happened, target: Target) -> Effect:
    readings = " ".join(one.readings)
    return Effect(
        target=target,
        **{name: getattr(one, name) for name in ("kind", "on", "of", "value", "after", "clause")},
        readings=readings,
    )


def _shown(one: Happened | Effect) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("kind", "on", "of", "value", "after", "clause") if getattr(one, name)}


def _entry(operation: str, target: Target, **values: Any) -> Entry:
    return Entry(
        actor=SYSTEM, operation=operation, record="effect", subject=target.number, unit_id=target.unit_id, **values
    )
