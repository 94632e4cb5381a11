"""Whom the invoices of a month go to: groups and order numbers by its last day, the party by the day of issue (I-71)."""

from collections.abc import Collection
from datetime import date

from django.db.models import F, Q, QuerySet

from billing.models import BillingGroupUnit, BillingParty, OrderNumber
from contracts.models.bulk import slices

Recipient = tuple[int, int | None]
"""Whom an invoice is for: the customer's id, and the billing group's, if any."""


def holds_on(day: date) -> Q:
    """The condition that a period of a group's unit holds on a day."""
    begun = Q(from_on__isnull=True) | Q(from_on__lte=day)
    return begun & (Q(until_on__isnull=True) | Q(until_on__gt=day))


def groups_on(day: date) -> dict[tuple[int, int], int]:
    """The billing group of each unit that has one on a day, by its customer and the unit: another customer's lines are not for it."""
    rows = BillingGroupUnit.objects.standing().filter(holds_on(day))
    return {
        (customer, unit): group
        for customer, unit, group in rows.values_list("group__customer_id", "unit_id", "group_id")
    }


def parties_on(day: date, recipients: Collection[Recipient]) -> dict[Recipient, BillingParty]:
    """The party that stands on a day for each of the recipients that has one; a query for some hundred customers."""
    found: dict[Recipient, BillingParty] = {}
    for some in slices(sorted({customer for customer, _group in recipients})):
        rows = BillingParty.objects.standing().filter(customer__in=some, from_on__lte=day)
        # The later row of a party takes the place of the earlier one.
        for row in rows.order_by("from_on"):
            found[row.customer_id, row.group_id] = row
    return {recipient: row for recipient, row in found.items() if recipient in recipients}


def order_numbers_on(day: date, units: Collection[int]) -> dict[int, str]:
    """The order number of each of the units that has one on a day."""
    found: dict[int, str] = {}
    for some in slices(sorted(units)):
        rows = OrderNumber.objects.standing().filter(unit__in=some, from_on__lte=day).order_by("from_on")
        found |= dict(rows.values_list("unit_id", "number"))
    return {unit: number for unit, number in found.items() if number}


def parties_of(customer_id: int) -> QuerySet[BillingParty]:
    """The parties of a customer and of its groups that stand: its own first, in the order of their days."""
    rows = BillingParty.objects.standing().filter(customer=customer_id).select_related("customer", "group")
    return rows.order_by(F("group__code").asc(nulls_first=True), "from_on")
