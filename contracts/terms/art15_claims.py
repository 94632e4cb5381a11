"""第15条（料金の減額） and 第11条（品質保証）: what may be claimed, until when, and whose fault takes the right away."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from contracts.terms.days import last_day_after, month_of, next_month

UNIT = timedelta(hours=24)
CLAIM_MONTHS = 3
BREACH_CLAIM_DAY = 15
BEFORE = timedelta(days=7)
"""How long before the deadline the safe day lies on which the customer is reminded."""

UPTIME = Decimal("99.90")
"""別紙1-1: 稼働率 of a month, in percent, that is still kept."""

NOTIFIED_WITHIN = timedelta(minutes=15)
"""別紙1-2: from detection to notification."""


class Responsibility(StrEnum):
    """Who an outage or a breach is put down to (11-2, 15-1); a person decides it, with a reason."""

    COMPANY = "company"
    CUSTOMER = "customer"
    NOT_COMPANY = "not_company"


EXCUSED = frozenset({Responsibility.CUSTOMER, Responsibility.NOT_COMPANY})
"""11-2: the customer broke its duties, or the company is not at fault. Nothing is reduced."""


def whole_units(known_at: datetime, restored_at: datetime) -> int:
    """Whole 24 hours from when the company knew to restoration (15-1, 別紙4-1)."""
    return (restored_at - known_at) // UNIT


Moments = tuple[datetime, datetime]
"""From when the company knew to restoration."""


def state_of(record: Moments, others: Iterable[Moments]) -> Moments:
    """The state that a record is of: it and all others of its contract that overlap or touch, one by way of another (I-38)."""
    began_at, over_at = record
    apart = sorted(others)
    while joined := [one for one in apart if one[0] <= over_at and one[1] >= began_at]:
        began_at = min(began_at, *(one[0] for one in joined))
        over_at = max(over_at, *(one[1] for one in joined))
        apart = [one for one in apart if one not in joined]
    return began_at, over_at


def outage_claim_deadline(restored_on: date) -> date:
    """Last day of the claim: three months after restoration (15-1, I-02): 2025-05-13 → 2025-08-13."""
    return last_day_after(restored_on, months=CLAIM_MONTHS)


def breach_claim_deadline(occurred_on: date) -> date:
    """Last day of the claim: the 15th of the month after the breach (15-2)."""
    return next_month(month_of(occurred_on)).replace(day=BREACH_CLAIM_DAY)


def granted_on(claimed_on: date, over_on: date) -> date:
    """The day on which a claim reduces fees: its own, but not before the state is over (I-37): 05-31, restored 06-03 → 06-03."""
    return max(claimed_on, over_on)


def safe_claim_day(deadline: date) -> date:
    """The day on which a claim that has not come is asked for: a week before its deadline."""
    return deadline - BEFORE


def uptime_broken(percent: Decimal) -> bool:
    """別紙1-1: whether a month's measured 稼働率 is below 99.9 %."""
    return percent < UPTIME


def notified_too_late(detected_at: datetime, notified_at: datetime) -> bool:
    """別紙1-2: whether more than 15 minutes lie between detection and notification."""
    return notified_at - detected_at > NOTIFIED_WITHIN


def notification_broken_at(detected_at: datetime) -> datetime:
    """When the guarantee of 別紙1-2 is broken: as the 15 minutes have run; its month is the month of the claim (15-2)."""
    return detected_at + NOTIFIED_WITHIN


def excuses(fault: str) -> bool:
    """Whether who is at fault takes the reduction away (11-2; 15-1: 当社の責に帰すべき事由により)."""
    return fault in EXCUSED
