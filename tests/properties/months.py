"""The months of a ledger closed one after the other, on what stands."""

from datetime import date

from billing.models import Month
from billing.operations.close_month import close_month
from contracts.terms.days import next_month
from tests.properties.verbs import FIRST_MONTH

LATE = date(2030, 1, 1)
"""A day after every month that is closed."""


def close_until(last: date) -> None:
    """Close the months up to that one; what cannot be computed is left out."""
    before = Month.objects.order_by("-month").first()
    month = next_month(before.month) if before else FIRST_MONTH
    while month <= last:
        outcome = close_month(month, on=LATE, by="経理")
        close_month(month, on=LATE, by="経理", leave_out=[parked.number for parked in outcome.parked])
        month = next_month(month)
