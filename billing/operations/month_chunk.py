"""締めの一範囲: the lines of one range of units on their way into the month, counted, summed and hashed (billing.operations.close_month)."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from functools import partial

from billing.facts.ledger import LINE, line_of
from billing.facts.load import Owned
from billing.facts.span import UnitRange
from billing.models import ChargeLine, HeldSettlement, Month, ParkedTarget
from billing.models.bulk import LineRow, WholeMonth, WholeRow, text_of
from billing.models.carry import Carried, carry_lines
from billing.operations.correct import Said
from billing.terms.account import Line, UnbillableError
from billing.terms.art13_charges import whole_month_line
from billing.terms.month import due
from billing.terms.payers import divided
from billing.terms.policy import Policy
from contracts.models.bulk import create_all
from contracts.terms.days import Period, month_period


class Chunk:
    """The lines of a chunk as they stream by, counted, summed and hashed; what is held and parked on the way is kept."""

    def __init__(self, month: Month, policy: Policy) -> None:
        self.month_id, self.policy = month.pk, policy
        days = month_period(month.month)
        self.whole = WholeMonth(month.pk, partial(whole_month_line, days))
        self.held: list[HeldSettlement] = []
        self.parked: dict[int, ParkedTarget] = {}
        self.count = self.total_yen = 0
        self.sha256 = hashlib.sha256()

    def lines(self, targets: Iterable[Owned | list[WholeRow]], period: Period) -> Iterator[LineRow | list[WholeRow]]:
        """The rows of the lines due; a target that cannot be billed is parked and the rest goes on."""
        settlement_tax = self.policy.settlement_tax
        for target in targets:
            if isinstance(target, list):
                self.count += len(target)
                self.total_yen += sum([price for _customer, _unit, _target, price in target])
                yield target
                continue
            if target.contradiction is not None:
                self._park(target, target.contradiction.reason, target.contradiction.clause)
                continue
            try:
                fallen_due = due(target.account, period, settlement_tax)
            except UnbillableError as error:
                self._park(target, error.reason, error.clause)
                continue
            for whole in fallen_due.lines:
                for payer, line in divided(whole, target.payers, period.first):
                    self.count += 1
                    self.total_yen += line.amount_yen
                    yield LineRow(self.month_id, payer, target.unit_id, target.target_id, line)
            for whole in fallen_due.held:
                for payer, line in divided(whole, target.payers, period.first):
                    self._hold(target, payer, line)

    def carry_over(self, before: Month, moved: Collection[int], some: UnitRange, period: Period) -> None:
        """The lines of the units that have not moved: those of the month before, a month later."""
        span = Carried(self.month_id, before.pk, month_period(before.month), period, some.after, some.last, moved)
        count, total = carry_lines(span, self.policy.version, self.sha256)
        self.count += count
        self.total_yen += total

    def say(self, said: Said) -> list[HeldSettlement]:
        """Write the lines that come late; what they hold is handed back, what they park is kept."""
        create_all(ChargeLine, said.lines)
        for row in said.lines:
            self.count += 1
            self.total_yen += row.amount_yen
            whose = (self.month_id, row.customer_id, row.unit_id, row.target_id)
            corrects = (row.corrects_month, row.corrects_fee) if row.corrects_month else ()
            line = line_of([getattr(row, name) for name in LINE])
            self.sha256.update(text_of(whose, line, row.policy, corrects))
        for parked in said.parked:
            self.parked.setdefault(parked.target_id, parked)
        return said.held

    def _hold(self, target: Owned, payer: int, line: Line) -> None:
        whose = {"customer_id": payer, "unit_id": target.unit_id, "target_id": target.target_id}
        values = {"month_id": self.month_id, "policy": self.policy.version, **whose, **line._asdict()}
        self.held.append(HeldSettlement(**values))

    def _park(self, target: Owned, reason: str, clause: str) -> None:
        if not target.home:
            # Parked once, in the unit that it is listed under.
            return
        self.parked[target.target_id] = ParkedTarget(
            month_id=self.month_id, target_id=target.target_id, reason=reason, clause=clause
        )
