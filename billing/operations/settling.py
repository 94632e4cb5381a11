"""What ends would cost, before they are on record: the settlement of each target for an end that is only thought of."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from billing.models import Month
from billing.terms.account import Account, Dated, UnbillableError
from billing.terms.art14_settlement import Settlement, settlement, why_nothing
from contracts.models import Price
from contracts.terms.art12_termination import End
from contracts.terms.days import month_of
from contracts.terms.unit import Option, Target, Unit, What, changes_of


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


def costs(unit: Unit, found: Iterable[Mapping[str, End]]) -> list[dict[str, Cost]]:
    """For each set of ends, the settlement of every target of the unit that ends (14-1 … 14-3, I-17, I-18): one query."""
    prices = _monthly_prices(unit)
    answers = []
    for ends in found:
        accounts = [_account(target, unit, prices.get(target.number, ()), ends) for target in unit.targets]
        answers.append({account.number: _cost(account) for account in accounts if account.end is not None})
    return answers


def _monthly_prices(unit: Unit) -> dict[str, Dated]:
    numbers = [target.number for target in unit.targets]
    rows = Price.objects.standing().filter(target__number__in=numbers, fee="monthly").order_by("from_on")
    found: defaultdict[str, list[tuple[date, int]]] = defaultdict(list)
    for number, from_on, amount in rows.values_list("target__number", "from_on", "amount_yen"):
        if from_on is not None:
            found[number].append((from_on, amount))
    return {number: tuple(dated) for number, dated in found.items()}


def _account(target: Target, unit: Unit, monthly: Dated, ends: Mapping[str, End]) -> Account:
    account = Account(target.number, None, target.starts_on, monthly=monthly, end=ends.get(target.number))
    if isinstance(target, Option):
        account.option, account.licence_type = target.option, target.licence_type
        changed = changes_of(unit.changes, target.number, What.QUANTITY)
        if target.quantity is not None:
            account.quantities = ((date.min, target.quantity), *((c.effective_on, int(c.to)) for c in changed))
    return account


def _cost(account: Account) -> Cost:
    try:
        owed = settlement(account)
    except UnbillableError as error:
        return Cost(None, missing=error)
    return Cost(owed, "" if owed else why_nothing(account))


def closed_months(first: date) -> list[date]:
    """The closed months from the one that a day lies in: what touches them is put right in the open month."""
    closed = Month.objects.exclude(closed_at=None).filter(month__gte=month_of(first))
    return list(closed.order_by("month").values_list("month", flat=True))
