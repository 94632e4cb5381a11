"""The month of one account: every line that falls due in it."""

from typing import NamedTuple

from billing.terms import art13_charges, art14_settlement, art15_reductions
from billing.terms.account import Account, Line, TaxCategory
from contracts.terms.days import Period


class Due(NamedTuple):
    """What falls due in a month: lines to charge, and settlements computed but held for finance (I-18)."""

    lines: list[Line]
    held: list[Line]


def due(account: Account, month: Period, settlement_tax: TaxCategory = TaxCategory.OUT_OF_SCOPE) -> Due:
    """Every line of one contract or option in one month; lines of 0 yen are left out. ``settlement_tax`` is finance's (I-05).

    Raises UnbillableError where a price or quantity is missing: the account is parked, the run goes on.
    """
    lines: list[Line] = art13_charges.monthly_lines(account, month)
    held: list[Line] = []
    if account.accepted_on is not None and account.accepted_on in month:
        lines.insert(0, art13_charges.initial_line(account, account.accepted_on))
    if account.one_time or account.charged_changes:
        lines += art13_charges.one_time_lines(account, month)
    if account.end is not None and account.end.on in month:
        settled = art14_settlement.settlement(account)
        if settled is not None:
            charged = settled.standing is art14_settlement.SettlementState.CHARGED
            (lines if charged else held).append(settled.line._replace(tax_category=settlement_tax))
    if account.outages or account.breaches:
        lines += art15_reductions.reduction_lines(account, month.first)
    return Due([line for line in lines if line.amount_yen], held)
