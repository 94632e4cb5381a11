"""見通し: what the facts of some units come to as the database has them — ends, conditions, settlements, reductions, and what the
next close will say. Everything is read by what bills: one load, the accounts of the month, the corrections of the close.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from billing.facts.ledger import closed_until
from billing.facts.load import WHOLE, Owned, accounts
from billing.operations.bill import Bill
from billing.operations.bills_of_units import next_bill
from billing.terms.account import Account, Fee, UnbillableError
from billing.terms.art14_settlement import Settlement, settlement, why_nothing
from billing.terms.art15_reductions import reductions
from billing.terms.reduction import Reduction
from contracts.facts.load import Loaded, read_units
from contracts.terms.art12_termination import End
from contracts.terms.days import next_month
from contracts.terms.timeline import Finding, judge
from contracts.terms.unit import ContradictionError, Unit

Corrected = tuple[date, str, Fee, int]
"""What a correction is of: the closed month, the target's number, the fee; and the id of the customer it is for."""
Due = tuple[str, int]
"""A target's number, and the id of the customer who pays for it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The settlement of one target (None: nothing is owed), or why it cannot be worked out."""

    settlement: Settlement | None
    why_nothing: str = ""
    missing: UnbillableError | None = None

    @property
    def yen(self) -> int:
        """What it comes to, in yen; 0 where nothing is owed or known."""
        return self.settlement.line.amount_yen if self.settlement else 0


@dataclass(frozen=True, slots=True)
class Granted:
    """The reductions granted to one contract by its claims; or why they cannot be worked out."""

    reductions: tuple[Reduction, ...] = ()
    missing: UnbillableError | None = None


@dataclass(slots=True)
class NextClose:
    """What the next close says: corrections of closed months, and by target what falls due in the month itself.

    ``decided`` are held settlements that finance decided to bill, ``held`` what is newly held, ``unbillable`` what cannot be
    computed. All in yen; by number, what falls due by customer too.
    """

    month: date
    corrections: Counter[Corrected] = field(default_factory=Counter)
    due: Counter[Due] = field(default_factory=Counter)
    decided: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    unbillable: dict[str, UnbillableError] = field(default_factory=dict)


@dataclass
class Outlook:
    """The facts of some units at one moment; what is read of them later is worked out of what was read then."""

    units: Mapping[int, Unit]
    accounts: Mapping[str, Account]
    close: NextClose | None
    bill: Bill | None = None
    """What the next close bills, line by line; None where it is not asked for, or while no month has been closed."""
    owned: Sequence[Owned] = ()
    """The accounts with who pays for them: of the units asked about, not of others that something was moved to or from."""

    @cached_property
    def ends(self) -> dict[str, End]:
        """The end of each target that ends, with its clause and readings."""
        return {number: account.end for number, account in self.accounts.items() if account.end is not None}

    @cached_property
    def findings(self) -> dict[int, list[Finding]]:
        """What each unit breaks, by its id; nothing where its facts contradict each other."""
        found = {}
        for pk, unit in self.units.items():
            try:
                found[pk] = judge(unit)
            except ContradictionError:
                found[pk] = []
        return found

    def cost(self, number: str) -> Cost | None:
        """The settlement of a target that ends (14-1 … 14-3, I-17, I-18); None for one that does not."""
        account = self.accounts[number]
        if account.end is None:
            return None
        try:
            owed = settlement(account)
        except UnbillableError as error:
            return Cost(None, missing=error)
        return Cost(owed, "" if owed else why_nothing(account))

    def granted(self, number: str) -> Granted:
        """The reductions of a contract's account that come to anything (第15条)."""
        try:
            found = reductions(self.accounts[number])
        except UnbillableError as missing:
            return Granted(missing=missing)
        return Granted(tuple(reduction for reduction in found if reduction.amount_yen))


def outlook(unit_ids: Collection[int], *, ledger: bool = True) -> Outlook:
    """The outlook of the units as the database has them now: a fixed number of queries, however large the units.

    ``ledger``: what the next close says of them too; it is left out where only ends and settlements are asked for.
    """
    if not unit_ids:
        return Outlook({}, {}, None)
    read = read_units(unit_ids)
    if read.chains:
        # What was moved between units is billed by each of them for its own days.
        read = read_units(read.beside)
    owned = list(accounts(read, WHOLE))
    found = {one.account.number: one.account for one in owned}
    own = [one for one in owned if one.unit_id in unit_ids]
    bill = _next_bill(owned, read) if ledger else None
    return Outlook(read.units, found, _next_close(bill), bill, own)


def _next_bill(owned: list[Owned], read: Loaded) -> Bill | None:
    """None while no month has been closed: nothing is corrected then, and nobody knows which month comes first."""
    months = closed_until()
    return next_bill(next_month(max(months)), owned, months, read.chains) if months else None


def _next_close(bill: Bill | None) -> NextClose | None:
    if bill is None:
        return None
    found = NextClose(bill.month, unbillable=bill.unbillable)
    for one in bill.lines:
        if one.corrects is not None:
            found.corrections[one.corrects, one.number, Fee(one.corrects_fee), one.customer_id] += one.line.amount_yen
        elif one.decided:
            found.decided[one.number] += one.line.amount_yen
        else:
            found.due[one.number, one.customer_id] += one.line.amount_yen
    for one in bill.held:
        found.held[one.number] += one.line.amount_yen
    return found
