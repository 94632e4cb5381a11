"""認めた場合の減額: what a claim comes to — granted in a rehearsal while it is undecided, as it stands once it is granted (第15条)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from billing.operations.outlook import Granted, outlook
from billing.operations.rehearse import TRIAL, rehearse
from billing.terms.account import UnbillableError
from billing.terms.reduction import Reduction
from contracts.models import Breach, Outage
from contracts.operations.claims import decide_fault, grant_claim, plain_of, receive_claim
from contracts.operations.incidents import Row
from contracts.terms.art15_claims import Responsibility
from contracts.terms.days import month_of


@dataclass(frozen=True, slots=True)
class Reduced:
    """The reductions of one claim and what they come to in yen; or why nothing can be said.

    ``again``: the guarantee's month is reduced for another breach already (I-20).
    """

    reductions: Sequence[Reduction] = ()
    yen: int = 0
    again: bool = False
    missing: UnbillableError | None = None

    @property
    def above_a_month(self) -> bool:
        """Whether a month is reduced by more than its fee, which no clause limits for outages alone (I-22)."""
        return any(reduction.above_fee for reduction in self.reductions)


def as_granted(row: Outage | Breach) -> Reduced:
    """What a claim that is granted reduces, by the contract's account."""
    target = row.contract.target
    found = outlook([target.unit_id], ledger=False).granted(target.number)
    own = [reduction for reduction in found.reductions if _is_of(reduction, row)]
    return Reduced(own, _sum(own), missing=found.missing)


def if_granted(row: Row, *, on: date) -> Reduced:
    """What an undecided claim would reduce: claimed by the day, the company at fault unless that is decided, and granted.

    Raises Refused where it cannot be granted whatever is decided, or while others write facts: a page does not wait for them.
    """
    target = row.contract.target

    def do() -> Row:
        now = row
        if now.claimed_on is None:
            deadline = plain_of(now).deadline
            claimed_on = on if deadline is None else min(on, deadline)
            now = receive_claim(now, claimed_on=claimed_on, document="", on=on, by=TRIAL)
        if not now.fault:
            now = decide_fault(now, fault=Responsibility.COMPANY.value, reason=TRIAL.username, on=on, by=TRIAL)
        return grant_claim(now, on=on, by=TRIAL)

    rehearsal = rehearse(do, [target.unit_id], ledger=False, wait=False)
    return reduced(row, rehearsal.before.granted(target.number), rehearsal.after.granted(target.number))


def reduced(row: Outage | Breach, before: Granted, after: Granted) -> Reduced:
    """What a claim that was just granted reduces: what the account grants beside what it granted ``before``."""
    if after.missing is not None:
        return Reduced(missing=after.missing)
    new = [reduction for reduction in after.reductions if reduction not in before.reductions]
    again = not new and any(_again(reduction, row) for reduction in before.reductions)
    return Reduced(new, _sum(after.reductions) - _sum(before.reductions), again)


def _sum(reductions: Sequence[Reduction]) -> int:
    return sum(reduction.amount_yen for reduction in reductions)


def _is_of(reduction: Reduction, row: Outage | Breach) -> bool:
    if isinstance(row, Outage):
        return reduction.cause.startswith(f"outage {_in_japan(row.known_at):%Y-%m-%dT%H:%M}")
    return _of_guarantee(reduction, row) and reduction.first == _in_japan(row.occurred_at).date()


def _again(reduction: Reduction, row: Outage | Breach) -> bool:
    if not isinstance(row, Breach):
        return False
    return _of_guarantee(reduction, row) and reduction.month == month_of(_in_japan(row.occurred_at).date())


def _of_guarantee(reduction: Reduction, row: Breach) -> bool:
    return reduction.cause.startswith(f"breach {row.guarantee}")


def _in_japan(moment: datetime) -> datetime:
    return timezone.localtime(moment).replace(tzinfo=None)
