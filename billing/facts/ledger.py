"""What the closed months of the ledger have billed and hold, by target, to be set against what is owed."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from billing.facts.policy import policies
from billing.facts.span import Units, targets_of
from billing.models import ChargeLine, HeldSettlement, Month, ParkedTarget
from billing.terms.account import Fee, Line, TaxCategory
from billing.terms.corrections import HeldStanding, Sums, add, month_of_end
from billing.terms.policy import Policy, policy_on

OF_HELD = "held "
"""How the cause of a settlement begins that was held and that finance billed: the id of what was held follows."""

LINE = list(Line._fields)


Whose = tuple[int, int]
"""The ids of a target and of the unit that it belonged to."""


@dataclass(slots=True)
class Billed:
    """By target and unit: what was billed by month and fee, corrections counted to what they correct; and the settlement that is held."""

    sums: defaultdict[Whose, Sums] = field(default_factory=lambda: defaultdict(dict))
    standing: dict[Whose, HeldStanding] = field(default_factory=dict)


def closed_months() -> dict[date, Policy]:
    """The closed months in their order, each with finance's choices that counted in it."""
    months = Month.objects.exclude(closed_at=None).order_by("month").values_list("month", flat=True)
    return {month: policy_on(policies(), month) for month in months}


def billed(units: Units) -> Billed:
    """What the closed months hold of the units' targets, by their ids and the units'.

    A held settlement counts as billed from finance's decision on; its line follows in the next month that is closed.
    """
    found = Billed()
    targets = targets_of(units)
    lines = ChargeLine.objects.exclude(month__closed_at=None).filter(units.of("unit_id")).order_by("pk")
    columns = ("unit_id", "customer_id", "month__month", "corrects_month", "corrects_fee", *LINE)
    for target, unit, payer, month, corrects_month, corrects_fee, *values in targets.rows(lines, "target_id", *columns):
        line = line_of(values)
        if not line.cause.startswith(OF_HELD):
            corrected = (corrects_month, Fee(corrects_fee)) if line.fee is Fee.CORRECTION else (month, line.fee)
            key = (*corrected, payer)
            add(found.sums[target, unit], key, line.amount_yen, line.tax_category, line.clause)
    held = HeldSettlement.objects.exclude(month__closed_at=None).filter(units.of("unit_id")).order_by("pk")
    for target, unit, payer, decision, *values in targets.rows(
        held, "target_id", "unit_id", "customer_id", "decided__decision", *LINE
    ):
        line = line_of(values)
        found.standing[target, unit] = HeldStanding(line, decision or "", payer)
        if decision == "billed":
            key = month_of_end(line), Fee.SETTLEMENT, payer
            add(found.sums[target, unit], key, line.amount_yen, line.tax_category, line.clause)
    return found


def left_out(units: Units) -> set[tuple[int, str]]:
    """Targets that closed months were closed without, and why: finance knows, and is not asked again for the same reason."""
    parked = ParkedTarget.objects.exclude(month__closed_at=None)
    return {(target, reason) for target, reason in targets_of(units).rows(parked, "target_id", "reason")}


def line_of(values: list[Any]) -> Line:
    """A line from the values of its columns LINE."""
    fee, first, last, quantity, price, amount, tax_category, *texts = values
    return Line(Fee(fee), first, last, quantity, price, amount, TaxCategory(tax_category), *texts)
