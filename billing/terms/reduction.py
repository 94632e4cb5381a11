"""減額: what one claim takes off one contract's month (第15条), before it becomes a line."""

from dataclasses import dataclass
from datetime import date

from billing.terms.account import Fee, Line, TaxCategory


@dataclass(frozen=True, slots=True)
class Reduction:
    """A reduction of one contract's month (the month of the outage or breach), claimed in time.

    ``granted_on`` is the day of the claim, or the day on which the state was over where that is later (I-37). ``amount_yen``
    is not below 0; ``unit_price_yen`` is the highest monthly fee that it rests on. ``above_fee``: with it the month's reductions
    come to more than the month's fee, which no clause forbids (I-22).
    """

    fee: Fee
    month: date
    claimed_on: date
    granted_on: date
    amount_yen: int
    quantity: int
    unit_price_yen: int
    first: date
    last: date
    clause: str
    basis: str
    cause: str
    above_fee: bool = False

    def line(self) -> Line:
        """The line it becomes, in the month in which it is granted; its amount is below 0."""
        return Line(
            self.fee,
            self.first,
            self.last,
            self.quantity,
            self.unit_price_yen,
            -self.amount_yen,
            TaxCategory.RETURN,
            self.clause,
            self.basis,
            self.cause,
        )
