"""What a finance department chooses: tax rates, how a settlement is taxed, when an invoice is due, accounts. Dated, and named by version."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from billing.terms.account import TAX_CATEGORIES, Fee, TaxCategory
from billing.terms.due_day import HolidayRule, PaymentTerms


class Corrections(StrEnum):
    """How a correction that lowers what was invoiced is taxed (I-44): as 対価の返還, or netted within its fee."""

    RETURN = "return"
    NET = "net"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The choices that count from ``from_on`` on. ``version`` is stamped on every line computed under them.

    ``settlement_tax`` is I-05's choice; an invoice falls due ``due_months`` after its month, on ``due_day`` (the month's last
    day where it has no such day). ``accounts`` names the account of each fee in the journal, and of what stands against it.
    ``corrections`` counts for what is corrected in the months of this set, whatever month is corrected.
    """

    version: str
    from_on: date
    tax_percent: int
    settlement_tax: TaxCategory
    due_months: int
    due_day: int
    accounts: Mapping[str, str]
    corrections: Corrections = Corrections.RETURN
    due_holiday: HolidayRule = HolidayRule.NONE

    @property
    def terms(self) -> PaymentTerms:
        """支払条件 of whoever has agreed on none of their own."""
        return PaymentTerms(self.due_months, self.due_day, self.due_holiday)

    def tax_category(self, fee: Fee) -> TaxCategory:
        """How tax treats a line of that fee (I-05)."""
        return self.settlement_tax if fee is Fee.SETTLEMENT else TAX_CATEGORIES[fee]


def policy_on(policies: Sequence[Policy], day: date) -> Policy:
    """The choices that count on a day; ``policies`` in the order of their days. Raises ValueError before the first."""
    found = next((policy for policy in reversed(policies) if policy.from_on <= day), None)
    if found is None:
        raise ValueError(f"no finance policy is known for {day}")
    return found


def in_order(policies: Iterable[Policy]) -> tuple[Policy, ...]:
    """The sets of choices in the order of their days.

    Raises ValueError where a tax rate begins within a month: the lines of a month are taxed at one rate (I-05).
    """
    found = tuple(sorted(policies, key=lambda policy: policy.from_on))
    for before, after in pairwise(found):
        if after.tax_percent != before.tax_percent and after.from_on.day != 1:
            raise ValueError(
                f"policy {after.version}: the tax rate of {after.tax_percent} % begins on {after.from_on}, within a month. "
                "A month is billed at one rate: let the set begin on the first day of a month."
            )
    return found
