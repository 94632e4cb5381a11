"""The month that is invoiced, and whom it is about."""

from datetime import date

from billing.models import Month
from contracts.models import Customer


def april() -> Month:
    return Month.objects.get(month=date(2025, 4, 1))


def first_customer() -> Customer:
    return Customer.objects.filter(pk__in=april().lines.values("customer")).order_by("code")[0]
