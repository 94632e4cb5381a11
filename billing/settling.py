"""What ends would cost, before they are on record: the settlement of each target for an end that is only thought of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from billing.facts import UnitRange, accounts
from billing.models import Month
from billing.terms.account import UnbillableError
from billing.terms.art14_settlement import Settlement, settlement
from contracts.terms.art12_termination import End
from contracts.terms.days import month_of, month_period


@dataclass(frozen=True, slots=True)
class Cost:
    """The settlement of one target (None: nothing is owed), or why it cannot be worked out."""

    settlement: Settlement | None
    missing: UnbillableError | None = None

    @property
    def yen(self) -> int:
        """What it comes to, in yen; 0 where nothing is owed or known."""
        return self.settlement.line.amount_yen if self.settlement else 0


def costs(unit_id: int, found: Iterable[Mapping[str, End]]) -> list[dict[str, Cost]]:
    """For each set of ends, the settlement of every target that ends (14-1 … 14-3, I-17, I-18): one reading of the unit."""
    sets = list(found)
    last = max((end.on for ends in sets for end in ends.values()), default=None)
    if last is None:
        return [{} for _ends in sets]
    owned = [one.account for one in accounts(UnitRange(unit_id - 1, unit_id), month_period(month_of(last)))]
    answers = []
    for ends in sets:
        answer = {}
        for account in owned:
            account.end = ends.get(account.number)
            if account.end is None:
                continue
            try:
                answer[account.number] = Cost(settlement(account))
            except UnbillableError as error:
                answer[account.number] = Cost(None, error)
        answers.append(answer)
    return answers


def closed_months(first: date) -> list[date]:
    """The closed months from the one that a day lies in: what touches them is put right in the open month."""
    closed = Month.objects.exclude(closed_at=None).filter(month__gte=month_of(first))
    return list(closed.order_by("month").values_list("month", flat=True))
