"""これからの請求: what the coming months bill of some units as the facts of a moment have it, by what bills them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from billing.facts.load import Owned
from billing.facts.policy import policies
from billing.models.line import FEES
from billing.operations.outlook import Outlook
from billing.operations.rehearse import Rehearsal
from billing.terms.account import Fee, TaxCategory, UnbillableError
from billing.terms.month import due
from billing.terms.payers import divided
from billing.terms.policy import policy_on
from contracts.terms.days import month_of, month_period, next_month

MONTHS_AHEAD = 3


@dataclass(slots=True)
class Bill:
    """What a month bills of the units, in yen before tax: by fee, corrections of closed months among them.

    ``missing`` is what cannot be billed as it stands: it is not in the sum.
    """

    month: date
    fees: dict[Fee, int] = field(default_factory=dict)
    missing: list[UnbillableError] = field(default_factory=list)

    @property
    def yen(self) -> int:
        """All of it."""
        return sum(self.fees.values())

    def add(self, fee: Fee, yen: int) -> None:
        """Some yen more of a fee."""
        self.fees[fee] = self.fees.get(fee, 0) + yen


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
        fees = ((name, Fee(fee)) for fee, name in FEES)
        found = ((name, self.having.fees.get(fee, 0) - self.without.fees.get(fee, 0)) for name, fee in fees)
        return [(name, yen) for name, yen in found if yen]

    @property
    def missing(self) -> list[UnbillableError]:
        """What cannot be billed with it."""
        return self.having.missing


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
    bill = Bill(month)
    numbers = {one.account.number for one in found.owned}
    close = found.close
    if close is not None and close.month == month:
        for (_of, number, _fee, _payer), yen in close.corrections.items():
            if number in numbers:
                bill.add(Fee.CORRECTION, yen)
        for number, yen in close.decided.items():
            if number in numbers:
                bill.add(Fee.SETTLEMENT, yen)
        bill.missing += (error for number, error in close.unbillable.items() if number in numbers)
    tax = policy_on(policies(), month).settlement_tax
    for one in found.owned:
        try:
            for fee, yen in _lines(one, month, tax):
                bill.add(fee, yen)
        except UnbillableError as error:
            if all(str(error) != str(known) for known in bill.missing):
                bill.missing.append(error)
    return bill


def _lines(one: Owned, month: date, tax: TaxCategory) -> Iterator[tuple[Fee, int]]:
    """Fee and yen of what falls due in the unit, whoever pays it. Raises UnbillableError."""
    if one.contradiction is not None:
        raise UnbillableError(one.account.number, one.contradiction.reason, one.contradiction.clause)
    for whole in due(one.account, month_period(month), tax).lines:
        for _payer, line in divided(whole, one.payers, month):
            yield line.fee, line.amount_yen
