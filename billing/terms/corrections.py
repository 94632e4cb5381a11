"""訂正: what a target owes of closed months, as the facts stand now, against what the ledger has billed of them.

A closed month never changes: what it billed too much or too little becomes one line per month and fee of the month being
closed, which names both. Billed + corrections = owed; said again on the same facts, nothing is left to correct.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from billing.terms.account import Account, Fee, Line, TaxCategory, UnbillableError, yen
from billing.terms.month import due
from billing.terms.payers import NOBODY, Payers, divided, succeeded
from billing.terms.policy import Corrections, Policy
from contracts.terms.days import ONE_DAY, month_of, month_period, next_month

FEE_NAMES = {
    Fee.INITIAL: "初期費用",
    Fee.MONTHLY: "月額費用",
    Fee.ONE_TIME: "一時費用",
    Fee.SETTLEMENT: "解除調定金",
    Fee.OUTAGE: "利用不能の減額",
    Fee.SLA: "品質保証の減額",
}

Key = tuple[date, Fee, int]
"""A closed month, a fee due in it, and the customer it is for (billing.terms.payers)."""


class Sum(NamedTuple):
    """What one target's fee of one month comes to, with the tax category and the clause of its lines, and their sentences."""

    amount_yen: int
    tax_category: TaxCategory
    clause: str
    basis: str = ""


Sums = dict[Key, Sum]


@dataclass(slots=True)
class Owed:
    """What one target owes of the closed months. ``held`` is the settlement that is held, if any (I-18): a target ends once;
    ``held_for`` is whom it is for.

    ``unbillable`` are the months that cannot be computed: nothing is said of them.
    """

    sums: Sums = field(default_factory=dict)
    held: Line | None = None
    held_for: int = 0
    unbillable: dict[date, UnbillableError] = field(default_factory=dict)


class HeldStanding(NamedTuple):
    """The settlement that the ledger holds for a target, and what finance decided: "billed", "waived", or "" for not yet; for whom."""

    line: Line
    decision: str
    held_for: int = 0


class Correction(NamedTuple):
    """One line to write: the closed month and the fee it corrects, and whom it is for."""

    month: date
    fee: Fee
    payer: int
    line: Line


@dataclass(slots=True)
class Late:
    """What the month being closed has to say of closed ones: corrections, and a settlement now held (of 0 yen: no longer)."""

    corrections: list[Correction]
    held: Line | None
    held_for: int = 0


def add(sums: Sums, key: Key, amount_yen: int, tax_category: TaxCategory, clause: str, basis: str = "") -> None:
    """Add an amount to what a fee of a month comes to; the first line's tax category and clause are the fee's."""
    known = sums.get(key)
    if known is None:
        sums[key] = Sum(amount_yen, tax_category, clause, basis)
        return
    told = "、".join(said for said in (known.basis, basis) if said)
    sums[key] = known._replace(amount_yen=known.amount_yen + amount_yen, basis=told)


def month_of_end(settlement: Line) -> date:
    """The month in which a settlement fell due: that of the end, the day before the settlement's first (第14条)."""
    return month_of(settlement.from_on - ONE_DAY)


def owed(account: Account, policies: Mapping[date, Policy], payers: Payers = NOBODY, closing: date = date.max) -> Owed:
    """What an account owes of each of the months, and who, each under the choices of finance that counted in it.

    What a customer owed that has merged by the month ``closing`` its successor owes (I-55).
    """
    found = Owed()
    for month, policy in policies.items():
        try:
            fallen_due = due(account, month_period(month), policy.settlement_tax)
        except UnbillableError as error:
            found.unbillable[month] = error
            continue
        for line in fallen_due.lines:
            for payer, part in divided(line, payers, month):
                key = month, line.fee, succeeded(payers, payer, closing)
                add(found.sums, key, part.amount_yen, part.tax_category, part.clause, part.basis)
        for line in fallen_due.held:
            for payer, part in divided(line, payers, month):
                found.held, found.held_for = part, succeeded(payers, payer, closing)
    return found


def succeeding(billed: Sums, payers: Payers, closing: date) -> Sums:
    """What was billed, by who owes it at the closing of a month: what a customer paid that has merged, its successor has (I-55)."""
    if len(payers) == 1:
        return billed
    found: Sums = {}
    for (month, fee, payer), known in billed.items():
        key = month, fee, succeeded(payers, payer, closing)
        add(found, key, known.amount_yen, known.tax_category, known.clause, known.basis)
    return found


def late(
    now: Owed,
    billed: Sums,
    standing: HeldStanding | None,
    *,
    closing: date,
    cause: str,
    taxed_as: Corrections = Corrections.RETURN,
    apart: int = 0,
) -> Late:
    """What of closed months is to be said in the month ``closing``; ``cause`` names what came late, '' where nobody knows.

    ``apart`` is the unit's id where the target's months are those of several units: its corrections say so.
    ``taxed_as`` is finance's choice for the corrections of that month (I-44).

    A held settlement that finance billed is among ``billed``, and is owed as the facts now have it. One that it waived, or has
    not decided, is held anew where it differs; one not decided that is owed no longer is taken back.
    """
    sums = dict(now.sums)
    if standing is not None and standing.decision == "billed":
        if now.held is not None:
            line = now.held
            key = month_of_end(line), Fee.SETTLEMENT, now.held_for
            add(sums, key, line.amount_yen, line.tax_category, line.clause, line.basis)
        held = None
    else:
        held = _held(now, standing)
    found = _corrections(sums, billed, now.unbillable)
    several = apart or len({key[2] for key in (*sums, *billed)}) > 1
    said = [_said(*one, closing, cause, taxed_as, of=f" {apart}-{one[0][2]}" if several else "") for one in found]
    return Late(said, held, now.held_for if now.held is not None or standing is None else standing.held_for)


def differs(one: Line, other: Line) -> bool:
    """Whether two held settlements are not the same: other days, or another amount."""
    return (one.from_on, one.to_on, one.amount_yen) != (other.from_on, other.to_on, other.amount_yen)


def _held(now: Owed, standing: HeldStanding | None) -> Line | None:
    if now.held is not None:
        anew = standing is None or differs(standing.line, now.held) or standing.held_for != now.held_for
        return now.held if anew else None
    if standing is None or standing.decision or not standing.line.amount_yen:
        return None
    if month_of_end(standing.line) in now.unbillable:
        return None
    basis = (
        f"保留していた解除調定金 {yen(standing.line.amount_yen)}の取消：後から届いた事実により、発生しません（I-18）"
    )
    return standing.line._replace(amount_yen=0, basis=basis)


def _corrections(sums: Sums, billed: Sums, unbillable: Iterable[date]) -> Iterator[tuple[Key, Sum | None, Sum | None]]:
    """What is owed and what is billed of each month and fee, where the amounts differ; nothing of months that cannot be computed."""
    for key in sorted({*sums, *billed}):
        right, wrong = sums.get(key), billed.get(key)
        if key[0] not in unbillable and _amount(right) != _amount(wrong):
            yield key, right, wrong


def _amount(known: Sum | None) -> int:
    return known.amount_yen if known else 0


def _said(
    key: Key, right: Sum | None, wrong: Sum | None, closing: date, cause: str, taxed_as: Corrections, *, of: str
) -> Correction:
    """The line of one correction; ``of`` tells it from those of the same month and fee for other customers and in other units."""
    month, fee, payer = key
    amount, was = _amount(right), _amount(wrong)
    # What was billed keeps its clause, and tells what the correction is measured by.
    like = wrong or right
    assert like is not None
    basis = f"{month:%Y-%m}の{FEE_NAMES[fee]}の訂正：正 {_signed(amount)} − 請求済み {_signed(was)} = {_signed(amount - was)}"
    basis += f"（{cause}）" if cause else ""
    basis += f"。正の内訳：{right.basis}" if right and right.basis else ""
    line = Line(
        *(Fee.CORRECTION, month, next_month(month) - ONE_DAY, 1, amount - was, amount - was),
        *(
            tax_category_of(like, amount - was, taxed_as),
            like.clause,
            basis,
            f"{fee} {closing:%Y-%m}" + of,
        ),
    )
    return Correction(month, fee, payer, line)


def tax_category_of(corrected: Sum, amount_yen: int, taxed_as: Corrections) -> TaxCategory:
    """How tax treats a correction of that amount (I-44).

    What lowers the invoiced is 対価の返還, or netted within its fee where finance chose so; what raises it is an ordinary
    taxable line, also where it takes a reduction back. What lies outside the tax's scope stays there.
    """
    if corrected.tax_category is TaxCategory.OUT_OF_SCOPE:
        return TaxCategory.OUT_OF_SCOPE
    if amount_yen > 0:
        return TaxCategory.TAXABLE
    return TaxCategory.RETURN if taxed_as is Corrections.RETURN else corrected.tax_category


def _signed(amount: int) -> str:
    return yen(amount).replace("-", "−")
