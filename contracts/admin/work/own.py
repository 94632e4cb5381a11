"""自分の契約者: whom a person looks after, with what is to do for each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse

from contracts.admin.work.desk import Group
from contracts.models import Customer, ManagementUnit

READ = 300
"""Units that are read of one person's."""
SHOWN = 10
"""Customers that are shown at once."""


@dataclass(slots=True)
class Own:
    """A customer of whom the person looks after units."""

    customer: Customer
    units: list[ManagementUnit] = field(default_factory=list)
    lines: int = 0
    late: int = 0

    @property
    def address(self) -> str:
        """The customer's page."""
        return reverse("admin:contracts_customer_change", args=[self.customer.pk])


def own_customers(person: User) -> list[Own]:
    """The customers by code; one query."""
    rows = ManagementUnit.objects.filter(account_manager=person).select_related("customer")
    found: dict[int, Own] = {}
    for unit in rows.order_by("customer__code", "code")[:READ]:
        found.setdefault(unit.customer_id, Own(unit.customer)).units.append(unit)
    return list(found.values())


def with_work(customers: list[Own], groups: Iterable[Group]) -> list[Own]:
    """The customers with the most to do first, how many lines of the groups are theirs."""
    by_id: dict[Any, Own] = {own.customer.pk: own for own in customers}
    for group in groups:
        for line in group.lines:
            own = by_id.get(line.first["unit"].customer_id)
            if own is not None:
                own.lines += 1
                own.late += line.tone == "overdue"
    return sorted(customers, key=lambda own: (-own.late, -own.lines, own.customer.code))
