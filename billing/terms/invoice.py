"""適格請求書: what an invoice comes to — taxable amount and tax by rate, rounded once, reductions as 返還, what is outside the scope apart (I-05)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from billing.terms.account import TaxCategory
from billing.terms.tax import tax_yen


class Part(NamedTuple):
    """What lines of one rate and tax category come to, in yen before tax."""

    percent: int
    category: TaxCategory
    amount_yen: int


@dataclass(frozen=True, slots=True)
class OfRate:
    """One rate's amounts: what is taxable, what is given back (not above 0), and the tax on both together, rounded down once."""

    percent: int
    taxable_yen: int
    returned_yen: int
    tax_yen: int

    @property
    def returned_tax_yen(self) -> int:
        """The tax that lies in what is given back, as the law asks it to be shown; it is part of ``tax_yen``."""
        return tax_yen(self.returned_yen, self.percent)


@dataclass(frozen=True, slots=True)
class Amounts:
    """An invoice's amounts in yen: by rate, outside the scope, and in all. Below zero it is owed to the customer."""

    rates: tuple[OfRate, ...]
    out_of_scope_yen: int

    @property
    def tax_yen(self) -> int:
        """The tax of all rates."""
        return sum(rate.tax_yen for rate in self.rates)

    @property
    def total_yen(self) -> int:
        """What is asked for, tax included."""
        before_tax = sum(rate.taxable_yen + rate.returned_yen for rate in self.rates)
        return before_tax + self.tax_yen + self.out_of_scope_yen


def amounts(parts: Iterable[Part]) -> Amounts:
    """What lines come to on one invoice, in whatever order they are told.

    Where reductions taken back exceed those granted nothing is given back at that rate: the rest is taxable (I-44).
    """
    taxable: defaultdict[int, int] = defaultdict(int)
    returned: defaultdict[int, int] = defaultdict(int)
    outside = 0
    for part in parts:
        if part.category is TaxCategory.OUT_OF_SCOPE:
            outside += part.amount_yen
        elif part.category is TaxCategory.RETURN:
            returned[part.percent] += part.amount_yen
        else:
            taxable[part.percent] += part.amount_yen
    for percent in [percent for percent, yen in returned.items() if yen > 0]:
        taxable[percent] += returned.pop(percent)
    rates = tuple(
        OfRate(percent, taxable[percent], returned[percent], tax_yen(taxable[percent] + returned[percent], percent))
        for percent in sorted({*taxable, *returned}, reverse=True)
    )
    return Amounts(rates, outside)
