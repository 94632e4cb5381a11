"""一覧での状態: by what lists find a unit — the tier that it has on a day, and whether all that it had has ended."""

from typing import NamedTuple

from contracts.judge.lookout import Lookout
from contracts.terms.art12_termination import End, ends
from contracts.terms.days import ONE_DAY
from contracts.terms.unit import ContradictionError, Target, Unit, What, changes_of, initial_value, start_of, stay_of


class Listed(NamedTuple):
    """The category of the tier contract that runs ('' where none does), and whether the unit had contracts and none goes on."""

    tier: str = ""
    ended: bool = False


def listed(unit: Unit, on: Lookout) -> Listed:
    """What lists call the unit on a day (第6条第1項, 第9条, 第12条); nothing of one whose facts contradict each other."""
    try:
        ended = ends(unit)
    except ContradictionError:
        return Listed()  # contracts.judge.work says so
    over = [_is_over(unit, target, ended.get(target.number), on) for target in unit.targets]
    return Listed(_tier(unit, ended, on), bool(over) and all(over))


def _tier(unit: Unit, ended: dict[str, End], on: Lookout) -> str:
    for contract in unit.contracts:
        if not contract.is_tier or not on.reached(start_of(contract)):
            continue
        if _is_over(unit, contract, ended.get(contract.number), on):
            continue
        tier = initial_value(contract, What.CATEGORY)
        for change in changes_of(unit.changes, contract.number, What.CATEGORY):
            if on.reached(change.effective_on):
                tier = change.to
        return str(tier)
    return ""


def _is_over(unit: Unit, target: Target, end: End | None, on: Lookout) -> bool:
    """Whether the target has ended (I-03), or has left for another unit (I-54)."""
    stop = stay_of(unit, target).stop
    return (end is not None and on.over(end.on)) or (stop is not None and on.over(stop - ONE_DAY))
