"""廃止の見通し: what an abolition would hold for finance (10-11, I-18) — declared, carried out on some units at a time, and taken back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from billing.operations.outlook import outlook
from billing.operations.rehearse import Rehearsal, rehearse
from billing.terms.art14_settlement import SettlementState
from contracts.models import Abolition, FactsRevision
from contracts.models.bulk import slices
from contracts.operations.abolition import UNITS_AT_ONCE, concerned, end_abolished
from contracts.terms.unit import Ground

MOST_UNITS = 1_000
"""For how many units it is worked out while somebody waits."""
FEW_UNITS = 200
"""For how many the next close is worked out too."""


@dataclass(slots=True)
class Abolishing:
    """How many settlements an abolition would hold, what they come to in yen, and how many cannot be worked out (第13条)."""

    held: int = 0
    yen: int = 0
    missing: int = 0


def rehearse_abolition(declare: Callable[[], object], ends_on: date) -> Abolishing | None:
    """What an abolition on the day would hold, ``declare`` being its declaration; None where it concerns more than MOST_UNITS.

    Raises what the declaration refuses.
    """
    with transaction.atomic():
        FactsRevision.hold()
        with transaction.atomic():
            declare()
            found = _carried_out(ends_on)
            transaction.set_rollback(True)
    return found


def rehearse_undoing(do: Callable[[], Abolition], was_on: date, unit_ids: Sequence[int]) -> Rehearsal[None] | None:
    """What it would bring to put an abolition of a day right: ``do`` and its job, rehearsed; None for more than FEW_UNITS.

    Raises what ``do`` refuses.
    """
    if len(unit_ids) > FEW_UNITS:
        rehearse(do, [])
        return None

    def carried_out() -> None:
        now = do()
        for on in dict.fromkeys((was_on, now.ends_on)):
            after = 0
            while (step := end_abolished(on, after)).cursor is not None:
                after = step.cursor

    return rehearse(carried_out, unit_ids)


def _carried_out(ends_on: date) -> Abolishing | None:
    units = concerned(ends_on).order_by("target__unit_id").values_list("target__unit_id", flat=True).distinct()
    ids = list(units[: MOST_UNITS + 1])
    if len(ids) > MOST_UNITS:
        return None
    found = Abolishing()
    for some in slices(ids, UNITS_AT_ONCE):
        end_abolished(ends_on, some[0] - 1)
        _count(found, some)
    return found


def _count(found: Abolishing, unit_ids: list[int]) -> None:
    after = outlook(unit_ids, ledger=False)
    for number, end in after.ends.items():
        cost = after.cost(number)
        if end.ground is not Ground.ABOLISHED or cost is None:
            continue
        if cost.missing is not None:
            found.missing += 1
        elif cost.settlement is not None and cost.settlement.standing is SettlementState.HELD:
            found.held += 1
            found.yen += cost.yen
