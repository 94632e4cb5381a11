"""What the month knows of one contract or option, and the line it makes of it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from contracts.terms.art12_termination import End
from contracts.terms.art13_change_fees import ChargedChange
from contracts.terms.catalog import Category, LicenceType, OptionType


class Fee(StrEnum):
    """費目 of a line."""

    INITIAL = "initial"
    MONTHLY = "monthly"
    ONE_TIME = "one_time"
    SETTLEMENT = "settlement"
    OUTAGE = "outage"
    SLA = "sla"
    CORRECTION = "correction"


class TaxCategory(StrEnum):
    """How consumption tax treats a line (I-05)."""

    TAXABLE = "taxable"
    RETURN = "taxable_return"
    OUT_OF_SCOPE = "out_of_scope"


TAX_CATEGORIES = {
    Fee.INITIAL: TaxCategory.TAXABLE,
    Fee.MONTHLY: TaxCategory.TAXABLE,
    Fee.ONE_TIME: TaxCategory.TAXABLE,
    Fee.SETTLEMENT: TaxCategory.OUT_OF_SCOPE,
    Fee.OUTAGE: TaxCategory.RETURN,
    Fee.SLA: TaxCategory.RETURN,
}


class UnbillableError(ValueError):
    """A target that cannot be billed as it stands: its number, the reason, the clause. It is parked, never zero."""

    def __init__(self, number: str, reason: str, clause: str) -> None:
        super().__init__(f"{number}: {reason}")
        self.number, self.reason, self.clause = number, reason, clause


class Line(NamedTuple):
    """One line of a month. Days are inclusive; yen before tax; ``basis`` explains the amount in one sentence.

    ``cause`` tells apart lines of one target, fee and first day: what made the line due. In the order of the table.
    """

    fee: Fee
    from_on: date
    to_on: date
    quantity: int
    unit_price_yen: int
    amount_yen: int
    tax_category: TaxCategory
    clause: str
    basis: str
    cause: str


class OneTime(NamedTuple):
    """一時費用 as quoted, yen before tax: for a change, or for a fact that happened on its day (第13条, I-39, I-40).

    ``application`` is the number of the application it was quoted with, '' where nobody knows, or it brought no change.
    """

    on: date
    amount_yen: int
    note: str
    application: str = ""


class Outage(NamedTuple):
    """利用不能: from when the company knew to restoration, moments in Japan; the day of the claim, if any (第15条第1項)."""

    known_at: datetime
    restored_at: datetime
    claimed_on: date | None


class Breach(NamedTuple):
    """品質保証の違背: which guarantee, when (Japan), the day of the claim, if any (第15条第2項)."""

    guarantee: str
    occurred_at: datetime
    claimed_on: date | None


Dated = tuple[tuple[date, int], ...]
"""Values with the day each counts from, in order of days."""


@dataclass(slots=True)
class Account:
    """One contract (``option`` None) or option as the month charges it. Unit prices and quantities are dated.

    ``accepted_on`` may be None where it does not lie in the month at hand; ``concluded_on`` is the same day, of what ends. ``over``: it ended before that month, on whatever day;
    nothing of it is served from then on.
    """

    number: str
    accepted_on: date | None
    starts_on: date | None
    option: OptionType | None = None
    licence_type: LicenceType | None = None
    initial_yen: int | None = None
    monthly: Dated = ()
    quantities: Dated = ()
    end: End | None = None
    concluded_on: date | None = None
    over: bool = False
    one_time: tuple[OneTime, ...] = ()
    charged_changes: tuple[ChargedChange, ...] = ()
    categories: tuple[tuple[date, Category], ...] = field(default=())
    outages: tuple[Outage, ...] = ()
    breaches: tuple[Breach, ...] = ()

    def serves(self, day: date) -> bool:
        """Whether the day is charged: from 課金開始日 to the end day, both included (I-03)."""
        if self.over or self.starts_on is None:
            return False
        return self.starts_on <= day and (self.end is None or day <= self.end.on)


def value_on(dated: Dated, day: date) -> int | None:
    """The value that counts on a day: the last that began by then; None before the first."""
    found = None
    for from_on, value in dated:
        if from_on > day:
            break
        found = value
    return found


def price_on(account: Account, day: date) -> int:
    """The monthly unit price on a day, in yen. Raises UnbillableError where none is quoted (第13条: no price, no billing)."""
    price = value_on(account.monthly, day)
    if price is None:
        raise UnbillableError(account.number, f"{day.isoformat()}の月額費用の料金が登録されていません", "13")
    return price


def quantity_on(account: Account, day: date) -> int:
    """Licences on a day; 1 for what is not a licence. Raises UnbillableError for a licence without a quantity."""
    if account.option is not OptionType.EDR_LICENCE:
        return 1
    quantity = value_on(account.quantities, day)
    if quantity is None:
        raise UnbillableError(account.number, f"{day.isoformat()}のライセンス数が登録されていません", "10-2(8)")
    return quantity


def yen(amount: int) -> str:
    """An amount as sentences show it: 300,000円."""
    return f"{amount:,}円"
