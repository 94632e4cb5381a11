"""What is at stake in a row of the worklist, in yen: the monthly fees of its contract or option, of a term that renews those of a year."""

from collections.abc import Iterable, Mapping
from datetime import date

from contracts.judge.kinds import FOR_A_YEAR, STAKES_NOTHING
from contracts.judge.work import Work
from contracts.terms.unit import Unit, What, changes_of, in_force, initial_value

MONTHS = 12

Monthly = Mapping[str, list[tuple[date, int]]]
"""By target the days from which its standing monthly prices hold, and the yen of one (of a licence: of one licence), in order."""


def at_stake(unit: Unit, work: Work, monthly: Monthly) -> int | None:
    """Yen, as quoted, on the day from which the row matters; None where no price is known or no contract is concerned."""
    prices = monthly.get(work.subject)
    if not prices or work.kind in STAKES_NOTHING:
        return None
    on = work.from_on
    held = [yen for from_on, yen in prices if on is None or from_on <= on] or [prices[0][1]]
    total = held[-1] * _number(unit, work.subject, on)
    return total * MONTHS if work.kind in FOR_A_YEAR else total


def _number(unit: Unit, number: str, on: date | None) -> int:
    """How many licences the price is paid for; 1 for what has none."""
    target = next((one for one in unit.targets if one.number == number), None)
    initial = initial_value(target, What.QUANTITY) if target is not None else None
    if initial is None:
        return 1
    return int(str(in_force(initial, changes_of(unit.changes, number, What.QUANTITY), on or date.max)))


def monthly_of(rows: Iterable[tuple[str, str, date | None, int]]) -> dict[str, list[tuple[date, int]]]:
    """Of prices (target, fee, from, yen) the monthly ones by target, in the order of their days."""
    found: dict[str, list[tuple[date, int]]] = {}
    for target, fee, from_on, yen in rows:
        if fee == "monthly" and from_on is not None:
            found.setdefault(target, []).append((from_on, yen))
    return {target: sorted(prices) for target, prices in found.items()}
