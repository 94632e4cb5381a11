"""仕訳: what one customer's month comes to in the accounts that finance chose. Each entry balances by itself."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from billing.terms.account import Fee, TaxCategory
from billing.terms.policy import Policy
from billing.terms.tax import tax_yen

REDUCTIONS = frozenset({Fee.OUTAGE, Fee.SLA})
TAXED = frozenset({TaxCategory.TAXABLE, TaxCategory.RETURN})
RECEIVABLE, TAX = "receivable", "tax"


class Summed(NamedTuple):
    """The sum of one customer's lines of a month under one policy, fee and tax category, in yen before tax.

    ``corrects`` is the closed month that they correct; None for the month's own lines. ``served`` is the month of a
    reduction's days, where it was asked for.
    """

    policy: Policy
    fee: Fee
    tax_category: TaxCategory
    amount_yen: int
    corrects: date | None = None
    served: date | None = None


class Posting(NamedTuple):
    """One entry: ``yen`` (above 0) from ``credit`` to ``debit``. ``of`` is the fee, or TAX; ``percent`` None where untaxed.

    ``corrects`` is the month that is corrected; None for the month's own lines, and for tax, which is one for both.
    """

    debit: str
    credit: str
    yen: int
    of: str
    tax_category: TaxCategory
    percent: int | None
    corrects: date | None = None


def account_of(fee: Fee, policy: Policy) -> str:
    """The account of a line's amount. ``fee`` is the one a line counts under: a correction's is the fee that it corrects."""
    return policy.accounts["reduction" if fee in REDUCTIONS else fee]


def postings(sums: Iterable[Summed]) -> Iterator[Posting]:
    """The entries of one customer's month: each sum against the receivable, and tax once per rate as on the invoice (I-05)."""
    taxable: dict[int, int] = {}
    policies: dict[int, Policy] = {}
    for summed in sums:
        policy, taxed = summed.policy, summed.tax_category in TAXED
        percent = policy.tax_percent if taxed else None
        against = account_of(summed.fee, policy)
        posted = _posted(policy.accounts, against, summed.amount_yen, summed.fee, summed.tax_category, percent)
        yield from (posting._replace(corrects=summed.corrects) for posting in posted)
        if taxed:
            taxable[policy.tax_percent] = taxable.get(policy.tax_percent, 0) + summed.amount_yen
            policies[policy.tax_percent] = policy
    for percent, yen in taxable.items():
        accounts = policies[percent].accounts
        yield from _posted(accounts, accounts[TAX], tax_yen(yen, percent), TAX, TaxCategory.TAXABLE, percent)


def _posted(
    accounts: Mapping[str, str], against: str, yen: int, of: str, tax_category: TaxCategory, percent: int | None
) -> Iterator[Posting]:
    """What is owed to us is a debit of the receivable; what we owe, a credit of it. Nothing for nothing."""
    receivable = accounts[RECEIVABLE]
    if yen > 0:
        yield Posting(receivable, against, yen, of, tax_category, percent)
    elif yen < 0:
        yield Posting(against, receivable, -yen, of, tax_category, percent)
