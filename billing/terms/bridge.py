"""差異: why a month comes to more or less than the month before, in causes that add up to the yen."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from billing.terms.account import Fee, Line


class Cause(StrEnum):
    """What a difference between two months comes from, in the order in which it is told."""

    NEW = "new"
    ENDED = "ended"
    PRICE = "price"
    QUANTITY = "quantity"
    DAYS = "days"
    INITIAL = "initial"
    INITIAL_BEFORE = "initial_before"
    ONE_TIME = "one_time"
    ONE_TIME_BEFORE = "one_time_before"
    SETTLEMENT = "settlement"
    SETTLEMENT_BEFORE = "settlement_before"
    OUTAGE = "outage"
    OUTAGE_BEFORE = "outage_before"
    SLA = "sla"
    SLA_BEFORE = "sla_before"
    CORRECTION = "correction"
    CORRECTION_BEFORE = "correction_before"


class Monthly(NamedTuple):
    """The monthly fees of one target in one month: what they come to, and unit price and quantity at the month's end."""

    amount_yen: int
    unit_price_yen: int
    quantity: int


NOTHING = Monthly(0, 0, 0)


def monthly_of(lines: Sequence[Line]) -> Monthly:
    """The monthly fees among a target's lines of one month."""
    fees = sorted((line for line in lines if line.fee is Fee.MONTHLY), key=lambda line: line.from_on)
    if not fees:
        return NOTHING
    return Monthly(sum(line.amount_yen for line in fees), fees[-1].unit_price_yen, fees[-1].quantity)


def differences(before: Monthly, now: Monthly) -> dict[Cause, int]:
    """What the monthly fees of one target differ by, cause by cause; they add up to the difference.

    A change of price is counted at the old quantity, a change of quantity at the new price, each for a whole month; what is left
    is of the days: a month begun or ended half way, in this month or the one before.
    """
    if not before.amount_yen or not now.amount_yen:
        whole = {Cause.NEW: now.amount_yen, Cause.ENDED: -before.amount_yen}
        return {cause: yen for cause, yen in whole.items() if yen}
    price = (now.unit_price_yen - before.unit_price_yen) * before.quantity
    quantity = now.unit_price_yen * (now.quantity - before.quantity)
    rest = now.amount_yen - before.amount_yen - price - quantity
    found = {Cause.PRICE: price, Cause.QUANTITY: quantity, Cause.DAYS: rest}
    return {cause: yen for cause, yen in found.items() if yen}


Once = tuple[int, int]
"""Lines of one fee in a month, and what they come to in yen."""


def of_other_fees(before: Mapping[str, Once], now: Mapping[str, Once]) -> dict[Cause, Once]:
    """What the fees that are not monthly add to a month, and what those of the month before no longer add; never netted.

    Each with the number of its lines: a settlement of this month says nothing of one that fell due in the month before.
    """
    found = {}
    for fee in (fee for fee in Fee if fee is not Fee.MONTHLY):
        lines, yen = now.get(fee.value, (0, 0))
        if lines:
            found[Cause(fee.value)] = lines, yen
        lines, yen = before.get(fee.value, (0, 0))
        if lines:
            found[Cause(f"{fee.value}_before")] = lines, -yen
    return found
