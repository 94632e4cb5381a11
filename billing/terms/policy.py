"""What a finance department chooses: tax rates, how a settlement is taxed, when an invoice is due, accounts. Dated, and named by version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from billing.terms.account import TAX_CATEGORIES, Fee, TaxCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The choices that count from ``from_on`` on. ``version`` is stamped on every line computed under them.

    ``settlement_tax`` is I-05's choice; an invoice falls due ``due_months`` after its month, on ``due_day`` (the month's last
    day where it has no such day). ``accounts`` names the account of each fee in the journal, and of what stands against it.
    """

    version: str
    from_on: date
    tax_percent: int
    settlement_tax: TaxCategory
    due_months: int
    due_day: int
    accounts: Mapping[str, str]

    def tax_category(self, fee: Fee) -> TaxCategory:
        """How tax treats a line of that fee (I-05)."""
        return self.settlement_tax if fee is Fee.SETTLEMENT else TAX_CATEGORIES[fee]


def policy_on(policies: Sequence[Policy], day: date) -> Policy:
    """The choices that count on a day; ``policies`` in the order of their days. Raises ValueError before the first."""
    found = next((policy for policy in reversed(policies) if policy.from_on <= day), None)
    if found is None:
        raise ValueError(f"no finance policy is known for {day}")
    return found
