"""認めた場合の減額: what a claim comes to — granted in a rehearsal while it is undecided, as it stands once it is granted (第15条)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import User
from django.utils import timezone

from billing.operations.outlook import Granted, outlook
from billing.operations.rehearse import rehearse
from billing.terms.account import Fee, Line, UnbillableError
from contracts.models import Breach, Outage
from contracts.operations.claims import decide_fault, grant_claim, plain_of, receive_claim
from contracts.terms.art15_claims import Fault
from contracts.terms.days import month_of

TRIAL = User(username="試算")
"""Who decides in a rehearsal that nobody asked for by a button."""


@dataclass(frozen=True, slots=True)
class Reduced:
    """The reductions of one claim, each with the month it falls into, and what they come to; or why nothing can be said.

    ``again``: the guarantee's month is reduced for another breach already (I-20). ``above_a_month``: a month is reduced by
    more than its fee, which no clause limits for outages alone (I-22).
    """

    lines: Sequence[tuple[date, Line]] = ()
    yen: int = 0
    again: bool = False
    above_a_month: bool = False
    missing: UnbillableError | None = None


def as_granted(row: Outage | Breach) -> Reduced:
    """What a claim that is granted reduces, by the contract's account."""
    target = row.contract.target
    found = outlook([target.unit_id], ledger=False).granted(target.number)
    lines = [one for one in found.lines if _is_of(one[1], row)]
    return Reduced(lines, -_sum(lines), above_a_month=_above_a_month(lines, found.lines), missing=found.missing)


def if_granted(row: Outage | Breach, *, on: date) -> Reduced:
    """What an undecided claim would reduce: claimed by the day, the company at fault unless that is decided, and granted.

    Raises Refused where it cannot be granted whatever is decided, or while others write facts: a page does not wait for them.
    """
    target = row.contract.target

    def do() -> Outage | Breach:
        now: Outage | Breach = row
        if now.claimed_on is None:
            deadline = plain_of(now).deadline
            claimed_on = on if deadline is None else min(on, deadline)
            now = receive_claim(now, claimed_on=claimed_on, document="", on=on, by=TRIAL)
        if not now.fault:
            now = decide_fault(now, fault=Fault.COMPANY.value, reason=TRIAL.username, on=on, by=TRIAL)
        return grant_claim(now, on=on, by=TRIAL)

    rehearsal = rehearse(do, [target.unit_id], ledger=False, wait=False)
    return reduced(row, rehearsal.before.granted(target.number).lines, rehearsal.after.granted(target.number))


def reduced(row: Outage | Breach, before: Sequence[tuple[date, Line]], after: Granted) -> Reduced:
    """What a claim that was just granted reduces: what the account grants beside what it granted ``before``."""
    if after.missing is not None:
        return Reduced(missing=after.missing)
    lines = [one for one in after.lines if one not in before]
    again = not lines and any(_again(line, row) for _month, line in before)
    return Reduced(lines, _sum(before) - _sum(after.lines), again, _above_a_month(lines, after.lines))


def _sum(lines: Sequence[tuple[date, Line]]) -> int:
    return sum(line.amount_yen for _month, line in lines)


def _above_a_month(lines: Sequence[tuple[date, Line]], all_lines: Sequence[tuple[date, Line]]) -> bool:
    """Whether in a month that the lines reduce, all reductions of the contract together are more than its fee."""
    for month in {month_of(line.from_on) for _granted, line in lines}:
        of_month = [line for _granted, line in all_lines if month_of(line.from_on) == month]
        if -sum(line.amount_yen for line in of_month) > max(line.unit_price_yen for line in of_month):
            return True
    return False


def _is_of(line: Line, row: Outage | Breach) -> bool:
    if isinstance(row, Outage):
        return line.cause == f"outage {_in_japan(row.known_at):%Y-%m-%dT%H:%M}"
    return line.cause == f"breach {row.guarantee}" and line.from_on == _in_japan(row.occurred_at).date()


def _again(line: Line, row: Outage | Breach) -> bool:
    if not isinstance(row, Breach) or line.fee is not Fee.SLA:
        return False
    same_month = month_of(line.from_on) == month_of(_in_japan(row.occurred_at).date())
    return line.cause == f"breach {row.guarantee}" and same_month


def _in_japan(moment: datetime) -> datetime:
    return timezone.localtime(moment).replace(tzinfo=None)
