"""第15条（料金の減額） and 第11条（品質保証）: what may be claimed, until when, and whose fault takes the right away."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from contracts.terms.days import ONE_DAY, last_day_after, longest, month_of, next_month
from contracts.terms.editions import in_force, terms_on

BEFORE = timedelta(days=7)
"""How long before the deadline the safe day lies on which the customer is reminded."""


class Responsibility(StrEnum):
    """Who an outage or a breach is put down to (11-2, 15-1); a person decides it, with a reason."""

    COMPANY = "company"
    CUSTOMER = "customer"
    NOT_COMPANY = "not_company"


EXCUSED = frozenset({Responsibility.CUSTOMER, Responsibility.NOT_COMPANY})
"""11-2: the customer broke its duties, or the company is not at fault. Nothing is reduced."""


def unit_of(known_at: datetime) -> timedelta:
    """How long a state of 利用不能 has to last for one part of the fee (別紙4-1): 24 hours, by the edition of its beginning (I-61)."""
    return timedelta(hours=terms_on(known_at.date()).outage_unit_hours)


def least_of(known_at: datetime) -> timedelta:
    """How long a state of 利用不能 has to last at least (15-1): 24 hours, by the edition of its beginning (I-61)."""
    return timedelta(hours=terms_on(known_at.date()).outage_hours)


def whole_units(known_at: datetime, restored_at: datetime) -> int:
    """Whole 24 hours from when the company knew to restoration (15-1, 別紙4-1); moments in Japan."""
    lasted = restored_at - known_at
    return lasted // unit_of(known_at) if lasted >= least_of(known_at) else 0


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


def outage_claim_deadline(restored_on: date, *, known_on: date) -> date:
    """Last day of the claim: months after restoration (15-1, I-02), by the edition of the day the company knew (I-61).

    2025-05-13 → 2025-08-13.
    """
    return last_day_after(restored_on, months=terms_on(known_on).outage_claim_months)


def breach_claim_deadline(occurred_on: date) -> date:
    """Last day of the claim: a day of the month after the breach (15-2), by the edition of the breach's day (I-61)."""
    return next_month(month_of(occurred_on)).replace(day=terms_on(occurred_on).breach_claim_day)


def longest_claim() -> timedelta:
    """Longer than any claim may take, whatever edition counts (15-1, 15-2): months from the restoration, or into the next month."""
    months = max(values.outage_claim_months for values in in_force().every_values())
    return timedelta(days=longest(months=max(months, _MONTH_AND_NEXT)) + 1)


_MONTH_AND_NEXT = 2


def granted_on(claimed_on: date, over_on: date) -> date:
    """The day on which a claim reduces fees: its own, but not before the state is over (I-37): 05-31, restored 06-03 → 06-03."""
    return max(claimed_on, over_on)


def safe_claim_day(deadline: date) -> date:
    """The day on which a claim that has not come is asked for: a week before its deadline."""
    return deadline - BEFORE


def uptime_guaranteed(month: date) -> Decimal:
    """別紙1-1: the 稼働率, in percent, that a month has to keep; by the edition of the month's last day (I-61)."""
    return terms_on(next_month(month_of(month)) - ONE_DAY).uptime_percent


def uptime_broken(percent: Decimal, month: date) -> bool:
    """別紙1-1: whether a month's measured 稼働率 is below what is guaranteed."""
    return percent < uptime_guaranteed(month)


def notified_within(detected_at: datetime) -> timedelta:
    """別紙1-2: how long a notification may take from the detection, a moment in Japan; by the edition of its day (I-61)."""
    return timedelta(minutes=terms_on(detected_at.date()).notified_minutes)


def notified_too_late(detected_at: datetime, notified_at: datetime) -> bool:
    """別紙1-2: whether more than that lies between detection, a moment in Japan, and notification."""
    return notified_at - detected_at > notified_within(detected_at)


def notification_broken_at(detected_at: datetime) -> datetime:
    """When the guarantee of 別紙1-2 is broken: as those minutes have run; its month is the month of the claim (15-2)."""
    return detected_at + notified_within(detected_at)


def excuses(fault: str) -> bool:
    """Whether who is at fault takes the reduction away (11-2; 15-1: 当社の責に帰すべき事由により)."""
    return fault in EXCUSED
