"""Accounts made of a unit as the terms see it and of its monthly prices: what its fees and settlements to come can rest on.

What falls due once (initial and one-time fees, reductions) is read by ``billing.facts.load`` alone.
"""

from collections.abc import Collection
from datetime import date

from billing.facts.read import ALWAYS
from billing.terms.account import Account, Dated
from contracts.models import Price
from contracts.terms.art12_termination import ends
from contracts.terms.unit import Option, Target, Unit, What, changes_of


def plain_account(unit: Unit, target: Target, monthly: Dated, *, accepted_on: date | None = None) -> Account:
    """The account of one target of the unit at those monthly prices, not ended; ``accepted_on`` only where its acceptance counts."""
    account = Account(target.number, accepted_on, target.starts_on)
    account.monthly, account.concluded_on = monthly, target.accepted_on
    if isinstance(target, Option):
        account.option, account.licence_type = target.option, target.licence_type
        if target.quantity is not None:
            later = changes_of(unit.changes, target.number, What.QUANTITY)
            account.quantities = ((ALWAYS, target.quantity), *((c.effective_on, int(c.to)) for c in later))
    return account


def plain_accounts(unit: Unit) -> dict[str, Account]:
    """The accounts of all targets of a unit, each with its end, at the prices that stand: one query.

    Raises ContradictionError where the facts of the unit cannot all be true.
    """
    ending = ends(unit)
    monthly = monthly_prices([target.number for target in unit.targets])
    found = {target.number: plain_account(unit, target, monthly.get(target.number, ())) for target in unit.targets}
    for number, end in ending.items():
        found[number].end = end
    return found


def monthly_prices(numbers: Collection[str]) -> dict[str, Dated]:
    """The monthly prices that stand of those targets, each with the day it counts from: one query."""
    if not numbers:
        return {}
    rows = Price.objects.standing().filter(target__number__in=numbers, fee="monthly").order_by("from_on")
    found: dict[str, Dated] = {}
    for number, from_on, yen in rows.values_list("target__number", "from_on", "amount_yen"):
        found[number] = (*found.get(number, ()), (from_on, yen))
    return found
