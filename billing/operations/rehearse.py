"""試行: an operation run whole, what follows from it read from the database as it then is, and everything rolled back.

So a preview is the operation itself: it refuses what the operation refuses, and shows what is then stored and billed.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Any, Generic, TypeVar

from django.contrib.auth.models import User
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from billing.operations.outlook import Cost, NextClose, Outlook, outlook
from billing.terms.account import UnbillableError
from contracts.models import FactsRevision
from contracts.operations.refusal import OutdatedError, Refused
from contracts.terms.art12_termination import End, told
from contracts.terms.timeline import Finding, brought_by

T = TypeVar("T")

TRIAL = User(username="試算")
"""Who acts in a rehearsal that nobody asked for by a button."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A target whose end is otherwise afterwards: its end as stored before and after, with clause and readings; None: it goes on.

    ``cost`` is the settlement that it then owes, None where it ends no more.
    """

    number: str
    unit_id: int
    before: End | None
    after: End | None
    cost: Cost | None


@dataclass(frozen=True, slots=True)
class Lost:
    """A condition that a unit breaks afterwards and did not before (I-09)."""

    unit: str
    finding: Finding


@dataclass
class Rehearsal(Generic[T]):
    """What an operation would do: its result, whose rows are gone again, and the outlook of its units before and after."""

    result: T
    before: Outlook
    after: Outlook

    @cached_property
    def moved(self) -> list[Moved]:
        """Every end that moves, in the order of the numbers."""
        was, becomes = self.before.ends, self.after.ends
        return [
            Moved(target.number, pk, was.get(target.number), becomes.get(target.number), self.after.cost(target.number))
            for pk, unit in sorted(self.after.units.items())
            for target in sorted(unit.targets, key=lambda target: target.number)
            if told(was.get(target.number)) != told(becomes.get(target.number))
        ]

    @cached_property
    def lost(self) -> list[Lost]:
        """What the units break by it, in the order of their codes."""
        units = sorted(self.after.units.items(), key=lambda item: item[1].code)
        return [
            Lost(unit.code, finding)
            for pk, unit in units
            for finding in brought_by(self.after.findings[pk], self.before.findings.get(pk, []))
        ]

    @property
    def next_month(self) -> date | None:
        """The month that is closed next, which says what touches closed ones; None while none is closed."""
        return self.after.close.month if self.after.close else None

    @cached_property
    def corrections(self) -> dict[date, int]:
        """The closed months that it touches, each with the yen of the corrections it brings to the next close."""
        found: dict[date, int] = {}
        for (month, *_of), yen in _differences(self.before.close, self.after.close, "corrections").items():
            found[month] = found.get(month, 0) + yen
        return dict(sorted(found.items()))

    @cached_property
    def corrected_for(self) -> dict[int, int]:
        """The yen of those corrections by customer: what one is given back another may have to pay."""
        found: Counter[int] = Counter()
        for (*_of, customer), yen in _differences(self.before.close, self.after.close, "corrections").items():
            found[customer] += yen
        return dict(found)

    @cached_property
    def due_from(self) -> dict[int, int]:
        """The yen by which what falls due in the next month to be closed differs, by customer."""
        found: Counter[int] = Counter()
        for (_number, customer), yen in _differences(self.before.close, self.after.close, "due").items():
            found[customer] += yen
        return {customer: yen for customer, yen in found.items() if yen}

    @property
    def corrected_yen(self) -> int:
        """What the corrections come to, for the bound on large ones: in all, or of one customer where that is more."""
        return max([abs(sum(self.corrections.values())), *(abs(yen) for yen in self.corrected_for.values())])

    @cached_property
    def decided(self) -> int:
        """The yen of held settlements that the next close bills by it."""
        return sum(_differences(self.before.close, self.after.close, "decided").values())

    @cached_property
    def held(self) -> int:
        """The yen of settlements that the next close holds for finance by it (I-18)."""
        return sum(_differences(self.before.close, self.after.close, "held").values())

    @cached_property
    def due(self) -> int:
        """The yen by which what falls due in the next month to be closed differs, its corrections apart."""
        return sum(_differences(self.before.close, self.after.close, "due").values())

    @cached_property
    def unbillable(self) -> list[UnbillableError]:
        """What cannot be billed in the next month to be closed by it, and could before."""
        before, after = self.before.close, self.after.close
        known = before.unbillable if before else {}
        return [error for number, error in (after.unbillable if after else {}).items() if number not in known]

    def mark(self, *shown: object) -> str:
        """A mark of all that it tells and of what else was shown: the same mark means the same outcome."""
        ends = [(one.number, told(one.before), told(one.after), one.cost) for one in self.moved]
        lost = [(one.unit, one.finding.violation.key, one.finding.first, one.finding.last) for one in self.lost]
        granted = [self.after.granted(number).reductions for number in sorted(self.after.accounts)]
        yen = (
            self.corrections,
            self.corrected_for,
            self.due_from,
            self.decided,
            self.held,
            self.due,
            [str(error) for error in self.unbillable],
        )
        return sha256(repr((ends, lost, granted, yen, shown)).encode()).hexdigest()


def rehearse(do: Callable[[], T], units: Collection[int], *, ledger: bool = True, wait: bool = True) -> Rehearsal[T]:
    """Run an operation on those units whole, and take it back with its history and whatever it would have asked for.

    ``ledger``: see outlook. Raises what the operation refuses. Facts are written by nobody else meanwhile; where others write
    them now they are waited for, or without ``wait`` Refused is raised.
    """
    goes_on = connection.in_atomic_block
    with transaction.atomic():
        try:
            FactsRevision.hold(wait=wait)
        except OperationalError as error:
            raise Refused(_("ほかの書込みが進んでいます。しばらくしてから、もう一度お試しください。")) from error
        # Taken back without the facts, where a transaction goes on: they are held until it ends (unit_lock.py).
        with transaction.atomic() if goes_on else nullcontext():
            before = outlook(units, ledger=ledger)
            result = do()
            after = outlook(units, ledger=ledger)
            transaction.set_rollback(True)
    return Rehearsal(result, before, after)


def confirm(
    do: Callable[[], T],
    units: Collection[int],
    *,
    holds: Callable[[Rehearsal[T]], bool],
    ledger: bool = True,
    by_result: bool = False,
) -> T:
    """Run an operation for good, should what was shown of it still hold. Raises OutdatedError, and what the operation refuses.

    ``by_result``: what was shown is told by the operation's result alone. Then it is run once, and taken back should that differ;
    otherwise it is rehearsed first, since what is told may read the rows as they were before.
    """
    # Held beside what is taken back: where a transaction goes on, to its end (unit_lock.py).
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        FactsRevision.hold()
        with transaction.atomic():
            if by_result:
                before = outlook(units, ledger=ledger)
                result = do()
                if not holds(Rehearsal(result, before, outlook(units, ledger=ledger))):
                    raise OutdatedError
                return result
            if not holds(rehearse(do, units, ledger=ledger)):
                raise OutdatedError
            return do()


def _differences(before: NextClose | None, after: NextClose | None, name: str) -> Mapping[Any, int]:
    was, becomes = (getattr(close, name) if close else {} for close in (before, after))
    return {key: yen for key in {**was, **becomes} if (yen := becomes.get(key, 0) - was.get(key, 0))}
