"""What a claim would come to before it is decided: the reduction of one outage or breach, computed as if it were granted (第15条)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from billing.terms import account as plain
from billing.terms.account import Account, UnbillableError
from billing.terms.art15_reductions import reductions
from billing.terms.reduction import Reduction
from contracts.facts.load import load_units
from contracts.models import Breach, Outage, Price
from contracts.models.incident import GRANTED
from contracts.operations.claims import plain_of
from contracts.terms.art12_termination import ends
from contracts.terms.catalog import Category
from contracts.terms.days import month_of
from contracts.terms.unit import Contract, ContradictionError, What, changes_of


@dataclass(frozen=True, slots=True)
class Granted:
    """What a claim comes to once granted: reductions by month, capped; or why nothing can be said.

    ``again`` says that the guarantee's month is reduced for another breach already (I-20).
    """

    reductions: Sequence[Reduction] = ()
    again: bool = False
    missing: UnbillableError | None = None

    @property
    def yen(self) -> int:
        """The reduction in yen, 0 where there is none."""
        return sum(reduction.amount_yen for reduction in self.reductions)

    @property
    def above_a_month(self) -> bool:
        """Whether an outage reduces a month by more than its charge, which no clause limits (I-22)."""
        return any(reduction.above_fee for reduction in self.reductions)


def as_if_granted(row: Outage | Breach, on: date) -> Granted:
    """The reductions of that row on a contract's account on which it is granted beside what else is: about ten queries."""
    incident = plain_of(row)
    deadline = incident.deadline
    if deadline is None:
        return Granted()
    outages = Outage.objects.standing().filter(GRANTED, contract=row.contract_id)
    breaches = Breach.objects.standing().filter(GRANTED, contract=row.contract_id)
    if isinstance(row, Outage):
        outages = outages.exclude(pk=row.pk)
    else:
        breaches = breaches.exclude(pk=row.pk)
    claimed_on = row.claimed_on or min(on, deadline)
    try:
        account = _account(row)
        account.outages = tuple(_outage(o, o.claimed_on) for o in outages)
        account.breaches = tuple(_breach(b, b.claimed_on) for b in breaches)
        if isinstance(row, Outage):
            account.outages += (_outage(row, claimed_on),)
        else:
            account.breaches += (_breach(row, claimed_on),)
        found = reductions(account)
    except UnbillableError as missing:
        return Granted(missing=missing)
    made = [reduction for reduction in found if _made_by(reduction, row)]
    if not made and isinstance(row, Breach):
        return Granted(again=any(_month_of(other) == _month_of(row) for other in breaches))
    return Granted(made)


def _made_by(reduction: Reduction, row: Outage | Breach) -> bool:
    of = reduction.cause.rpartition(" ")[0]
    if isinstance(row, Outage):
        return of == f"outage {_in_japan(row.known_at):%Y-%m-%dT%H:%M}"
    return of == f"breach {row.guarantee}" and reduction.first == _in_japan(row.occurred_at).date()


def _month_of(row: Any) -> tuple[str, date]:
    return row.guarantee, month_of(_in_japan(row.occurred_at).date())


def _account(row: Outage | Breach) -> Account:
    """The contract's account, with its prices, its end and its tier as they are dated."""
    target = row.contract.target
    unit = load_units([target.unit_id])[target.unit_id]
    contract: Contract = next(c for c in unit.contracts if c.number == target.number)
    prices = (
        Price.objects.standing()
        .filter(target=target, fee="monthly")
        .order_by("from_on")
        .values_list("from_on", "amount_yen")
    )
    upgraded = changes_of(unit.changes, contract.number, What.CATEGORY)
    try:
        end = ends(unit).get(contract.number)
    except ContradictionError as error:
        raise UnbillableError(error.number, error.reason, error.clause) from error
    account = Account(contract.number, None, contract.starts_on, monthly=tuple(prices), end=end)
    account.categories = ((date.min, contract.category), *((c.effective_on, Category(str(c.to))) for c in upgraded))
    return account


def _outage(row: Outage, claimed_on: date | None) -> plain.Outage:
    assert row.restored_at is not None  # nobody claims while it lasts, and the database holds it
    return plain.Outage(_in_japan(row.known_at), _in_japan(row.restored_at), claimed_on)


def _breach(row: Breach, claimed_on: date | None) -> plain.Breach:
    return plain.Breach(row.guarantee, _in_japan(row.occurred_at), claimed_on)


def _in_japan(moment: datetime) -> datetime:
    return timezone.localtime(moment).replace(tzinfo=None)
