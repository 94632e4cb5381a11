"""これからの請求: what the coming months bill of some units as the facts of a moment have it, by what bills them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from billing.models.line import FEES
from billing.operations.bill import Bill
from billing.operations.bills_of_units import falls_due
from billing.operations.outlook import Outlook
from billing.operations.rehearse import Rehearsal
from billing.terms.account import UnbillableError
from contracts.terms.days import month_of, next_month

MONTHS_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Beside:
    """A month's bill without what is asked about, and with it."""

    without: Bill
    having: Bill

    @property
    def month(self) -> date:
        """The month that is billed."""
        return self.having.month

    @property
    def without_yen(self) -> int:
        """What it bills without."""
        return self.without.yen

    @property
    def yen(self) -> int:
        """What it bills with it."""
        return self.having.yen

    @property
    def more(self) -> list[tuple[Any, int]]:
        """What makes the difference: the names of the fees that come to more, or below zero to less."""
        having, without = self.having.by_fee, self.without.by_fee
        found = ((name, having.get(fee, 0) - without.get(fee, 0)) for fee, name in FEES)
        return [(name, yen) for name, yen in found if yen]

    @property
    def missing(self) -> list[UnbillableError]:
        """What cannot be billed with it."""
        return list(self.having.unbillable.values())


def first_month(found: Outlook, today: date) -> date:
    """The month that is billed next: the one after the last closed; this month while none is closed."""
    return found.close.month if found.close else month_of(today)


def bills(found: Outlook, *, first: date, months: int = MONTHS_AHEAD) -> list[Bill]:
    """The bills of so many months from ``first`` on; where months are closed it is the next one, and brings their corrections."""
    made = []
    month = first
    for _month in range(months):
        made.append(_bill(found, month))
        month = next_month(month)
    return made


def beside(rehearsal: Rehearsal[Any], *, today: date) -> list[Beside]:
    """The bills without what was rehearsed and with it, month by month."""
    first = first_month(rehearsal.after, today)
    pairs = zip(bills(rehearsal.before, first=first), bills(rehearsal.after, first=first), strict=True)
    return [Beside(without, having) for without, having in pairs]


def _bill(found: Outlook, month: date) -> Bill:
    if found.bill is None or found.bill.month != month:
        return falls_due(month, found.owned)
    units = {one.unit_id for one in found.owned}
    numbers = {one.account.number for one in found.owned}
    lines = [one for one in found.bill.lines if one.unit_id in units]
    missing = {number: error for number, error in found.bill.unbillable.items() if number in numbers}
    return Bill(month, closed=False, lines=lines, unbillable=missing)
