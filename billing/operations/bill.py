"""A bill: what some units are billed for a month, line by line, as the ledger has it or as the close would make it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from billing.facts.ledger import OF_HELD
from billing.terms.account import Fee, Line, UnbillableError


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of a bill, and whose it is; ``corrects`` names the closed month of a correction."""

    customer_id: int
    unit_id: int
    number: str
    line: Line
    corrects: date | None = None
    corrects_fee: str = ""

    @property
    def decided(self) -> bool:
        """Whether it is a settlement that was held and that finance decided to bill (I-18)."""
        return self.line.cause.startswith(OF_HELD)


@dataclass(slots=True)
class Bill:
    """What some units are billed for a month, in yen before tax. ``closed``: as the ledger has it, and no longer to be changed.

    ``held`` are settlements that the month would hold for finance (I-18), ``unbillable`` is what it cannot compute, by number.
    """

    month: date
    closed: bool
    lines: list[BillLine] = field(default_factory=list)
    held: list[BillLine] = field(default_factory=list)
    unbillable: dict[str, UnbillableError] = field(default_factory=dict)

    @property
    def yen(self) -> int:
        """What it comes to."""
        return sum(one.line.amount_yen for one in self.lines)

    @property
    def by_unit(self) -> dict[int, int]:
        """What it comes to of each unit that it has lines of."""
        found: defaultdict[int, int] = defaultdict(int)
        for one in self.lines:
            found[one.unit_id] += one.line.amount_yen
        return dict(found)

    @property
    def by_fee(self) -> dict[str, int]:
        """What it comes to of each fee, in the order of the fees."""
        found: defaultdict[str, int] = defaultdict(int)
        for one in self.lines:
            found[one.line.fee.value] += one.line.amount_yen
        return {fee.value: found[fee.value] for fee in Fee if fee.value in found}
