"""仕訳の伝票: one invoice as an accounting package takes it in — tax split by sale and return and by account, never a yen off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from billing.terms.account import Fee, TaxCategory
from billing.terms.journal import TAXED, Summed
from billing.terms.tax import tax_yen

ORDER = (TaxCategory.TAXABLE, TaxCategory.RETURN, TaxCategory.OUT_OF_SCOPE)
"""In which entries stand: sales, what is given back, what lies outside the scope."""


@dataclass(frozen=True, slots=True)
class Split:
    """A sum of an invoice's lines with its share of the invoice's tax, both signed: above 0 the customer owes it.

    ``month`` is the month that the lines are for: the corrected one, that of a reduction's days, else the month billed.
    """

    fee: Fee
    category: TaxCategory
    percent: int | None
    net_yen: int
    tax_yen: int
    month: date
    corrects: bool

    @property
    def gross_yen(self) -> int:
        """With the tax in it."""
        return self.net_yen + self.tax_yen


def split(sums: Iterable[Summed], month: date) -> list[Split]:
    """One invoice's sums with their tax. Whatever comes to 0 is left out.

    The tax of a rate is the invoice's, rounded once on sales and returns together (I-05). That of the returns is rounded on
    their own sum; the sales bear the rest (I-65). Within either, each sum gets its own tax rounded down, the remainder the largest.
    """
    found = [_untaxed(summed, month) for summed in sums if summed.amount_yen]
    found.sort(key=lambda one: (ORDER.index(one.category), one.corrects, one.month if one.corrects else month))
    taxes: dict[int, int] = {}
    for percent in {one.percent for one in found if one.percent is not None}:
        of_rate = [at for at, one in enumerate(found) if one.percent == percent]
        returned = [at for at in of_rate if found[at].category is TaxCategory.RETURN]
        sold = [at for at in of_rate if found[at].category is not TaxCategory.RETURN]
        whole = tax_yen(sum(found[at].net_yen for at in of_rate), percent)
        of_returns = tax_yen(sum(found[at].net_yen for at in returned), percent)
        for places, yen in ((sold, whole - of_returns), (returned, of_returns)):
            shares = allocated([found[at].net_yen for at in places], yen, percent)
            taxes.update(zip(places, shares, strict=True))
    return [replace(one, tax_yen=taxes.get(at, 0)) for at, one in enumerate(found)]


def allocated(bases: Sequence[int], yen: int, percent: int) -> list[int]:
    """``yen`` of tax shared out over bases: to each its own, rounded down, the remainder to the largest of its sign.

    Where no base has the remainder's sign, the largest bears less. No share gets the sign that its base has not.
    """
    shares = [tax_yen(base, percent) for base in bases]
    rest = yen - sum(shares)
    if rest:
        shares[max(range(len(bases)), key=lambda at: (bases[at] * rest > 0, abs(bases[at])))] += rest
    return shares


def _untaxed(summed: Summed, month: date) -> Split:
    percent = summed.policy.tax_percent if summed.tax_category in TAXED else None
    of = summed.corrects or summed.served or month
    return Split(summed.fee, summed.tax_category, percent, summed.amount_yen, 0, of, summed.corrects is not None)


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the package knows it: by name or by code, with its sub-account and department, '' for none."""

    account: str
    sub_account: str = ""
    department: str = ""


@dataclass(frozen=True, slots=True)
class SlipEntry:
    """One entry against the receivable, in the package's own words. Yen are signed: above 0 the customer owes it."""

    words: str
    month: str
    category: TaxCategory
    percent: int | None
    net_yen: int
    tax_yen: int
    account: Account
    tax_name: str

    @property
    def gross_yen(self) -> int:
        """With the tax in it."""
        return self.net_yen + self.tax_yen


@dataclass(frozen=True, slots=True)
class Slip:
    """What one invoice is in a package. ``revision`` counts from 1; a ``reversal`` takes that revision back.

    ``partner`` is what the package knows the customer by. ``month`` and the entries' months are written 2025-10.
    """

    invoice: str
    group: str
    revision: int
    reversal: bool
    on: date
    due_on: date
    customer: str
    partner: str
    receivable: Account
    receivable_tax: str
    tax_account: Account
    entries: tuple[SlipEntry, ...]

    @property
    def number(self) -> str:
        """The slip's own number, the same whenever it is written: the invoice's, /2 for what replaced it, - for a reversal."""
        return self.invoice + (f"/{self.revision}" if self.revision > 1 else "") + ("-" if self.reversal else "")

    @property
    def total_yen(self) -> int:
        """What it puts on the receivable: the invoice's total."""
        return sum(entry.gross_yen for entry in self.entries)

    def reversed(self) -> "Slip":
        """What takes it back: the sides swapped, the amounts the same."""
        entries = (replace(entry, net_yen=-entry.net_yen, tax_yen=-entry.tax_yen) for entry in self.entries)
        return replace(self, reversal=True, entries=tuple(entries))
