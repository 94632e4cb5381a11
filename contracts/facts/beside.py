"""What an application is set beside: the customer's other applications, the last amounts of what it prices, and others' prices.

Three queries, each bounded, however large the tables.
"""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from contracts.models import Application, ManagementUnit, Price

APPLICATIONS, PRICES = 50, 500
"""How many applications of a customer, and how many of the newest prices, are looked at."""


class FiledRow(NamedTuple):
    """Another application of the customer that waits or was accepted lately."""

    number: str
    unit: str
    state: str
    on: date | None
    lines: list[dict[str, str]]


def applications_beside(unit: ManagementUnit, *, number: str, since: date) -> list[FiledRow]:
    """The customer's applications that wait for a decision, or were accepted on ``since`` or later; without the one itself."""
    asked = Q(state="received") | Q(state="accepted", accepted_on__gte=since)
    rows = Application.objects.filter(asked, unit__customer_id=unit.customer_id).exclude(number=number).order_by("-pk")
    names = ("number", "unit__code", "state", "received_on", "accepted_on", "lines")
    return [
        FiledRow(number, code, state, accepted_on or received_on, lines)
        for number, code, state, received_on, accepted_on, lines in rows.values_list(*names)[:APPLICATIONS]
        if lines
    ]


def last_amounts(numbers: set[str]) -> dict[tuple[str, str], int]:
    """The latest standing amount of those targets, by number and fee."""
    if not numbers:
        return {}
    rows = Price.objects.standing().filter(target__number__in=numbers).order_by("from_on", "pk")
    return {(number, fee): yen for number, fee, yen in rows.values_list("target__number", "fee", "amount_yen")}


def amounts_of_others(unit: ManagementUnit) -> dict[tuple[str, str, str], list[int]]:
    """Amounts among the newest prices of other units, by fee and by what they are for: category and module type, or the option."""
    rows = Price.objects.standing().order_by("-pk")
    names = ("target__unit_id", "fee", "amount_yen", "target__contract__category", "target__contract__module_type")
    found: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
    for unit_id, fee, yen, category, module_type, option in rows.values_list(*names, "target__option__option")[:PRICES]:
        if unit_id != unit.pk and yen:
            found[(fee, "", option) if option else (fee, category, module_type or "")].append(yen)
    return found
