"""The month of one account: every line that falls due in it."""

from dataclasses import dataclass, field

from billing.terms import art13_charges, art14_settlement, art15_reductions
from billing.terms.account import Account, Line
from contracts.terms.days import Period


@dataclass(slots=True)
class Due:
    """What falls due in a month: lines to charge, and settlements computed but held for finance (I-18)."""

    lines: list[Line] = field(default_factory=list)
    held: list[Line] = field(default_factory=list)


def due(account: Account, month: Period) -> Due:
    """Every line of one contract or option in one month; lines of 0 yen are left out.

    Raises UnbillableError where a price or quantity is missing: the account is parked, the run goes on.
    """
    found = Due()
    if account.accepted_on in month:
        found.lines.append(art13_charges.initial_line(account))
    found.lines += art13_charges.monthly_lines(account, month)
    if account.one_time or account.charged_changes:
        found.lines += art13_charges.one_time_lines(account, month)
    if account.end is not None and account.end.on in month:
        settled = art14_settlement.settlement(account)
        if settled is not None:
            charged = settled.standing is art14_settlement.Standing.CHARGED
            (found.lines if charged else found.held).append(settled.line)
    if account.outages or account.breaches:
        found.lines += art15_reductions.reduction_lines(account, month.first)
    found.lines = [line for line in found.lines if line.amount_yen]
    return found
