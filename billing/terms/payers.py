"""I-54, I-55: whom a line is for where the contracts of its unit have passed from one customer to another.

A customer is named by a number. Every line is computed as if nothing had passed; then it is said whose it is, so that what
both pay is what one would have paid, to the yen.
"""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from billing.terms.account import Fee, Line, yen
from contracts.terms.days import ONE_DAY, days_in_month


class Payer(NamedTuple):
    """From which day on which customer pays for a unit; ``merged``: by a merger with the payer before."""

    from_on: date
    customer: int
    merged: bool = False


Payers = tuple[Payer, ...]
"""In the order of days; the first from the beginning."""


def always(customer: int) -> Payers:
    """The payers of a unit that nobody has passed on."""
    return (Payer(date.min, customer),)


NOBODY = always(0)
"""Where it does not matter who pays."""

ELSEWHERE = -1
"""In the place of a customer: on these days the contract belongs to another unit, where they are billed."""


def payer_on(payers: Payers, day: date) -> int:
    """The customer whose day it is."""
    return [payer for payer in payers if payer.from_on <= day][-1].customer


def succeeded(payers: Payers, customer: int, until: date) -> int:
    """The customer that stands in the place of one, merged by ``until``: its rights and duties have passed as a whole (I-55)."""
    found = customer
    for before, after in pairwise(payers):
        if after.merged and after.from_on <= until and before.customer == found:
            found = after.customer
    return found


def divided(line: Line, payers: Payers, month: date) -> Iterator[tuple[int, Line]]:
    """The lines that a line of the month becomes, each with its payer. One line, where nothing passes on a day of it; none for days
    on which the contract belongs to another unit.

    A monthly fee is divided by day: up to any day the payers have paid what the days up to it come to, floored once, so that the
    odd yen is the later payer's (I-54). Of any other line the day says whose it is: of an initial or one-time fee its own, of a
    settlement the end day, of a reduction the first day of what it makes up for; merged since, it is the successor's.
    """
    if len(payers) == 1:
        if payers[0].customer != ELSEWHERE:
            yield payers[0].customer, line
        return
    if line.fee is not Fee.MONTHLY:
        day = line.from_on - ONE_DAY if line.fee is Fee.SETTLEMENT else line.from_on
        payer = payer_on(payers, day)
        if payer != ELSEWHERE:
            yield succeeded(payers, payer, month), line
        return
    cuts = [payer.from_on for payer in payers if line.from_on < payer.from_on <= line.to_on]
    firsts = [line.from_on, *cuts]
    lasts = [*(cut - ONE_DAY for cut in cuts), line.to_on]
    paid = 0
    for first, last in zip(firsts, lasts, strict=True):
        part = line if not cuts else _part(line, first, last, paid)
        paid += part.amount_yen
        payer = payer_on(payers, first)
        if part.amount_yen and payer != ELSEWHERE:
            yield payer, part


def _part(line: Line, first: date, last: date, paid: int) -> Line:
    """The days of a monthly line from ``first`` to ``last``, where ``paid`` yen of it are those of the days before."""
    whole = days_in_month(line.from_on)
    fee, days = line.unit_price_yen * line.quantity, (last - line.from_on).days + 1
    amount = fee * days // whole - paid
    own = (last - first).days + 1
    said = (
        yen(line.unit_price_yen) if line.quantity == 1 else f"{yen(line.unit_price_yen)} × {line.quantity:,}ライセンス"
    )
    basis = f"月額 {said} × {own}日 ÷ {whole}日"
    if first > line.from_on:
        basis += f"（{line.from_on.isoformat()}から{days}日分の{yen(fee * days // whole)} − 移転元の{yen(paid)}）"
    return line._replace(from_on=first, to_on=last, amount_yen=amount, basis=f"{basis} = {yen(amount)}（移転、I-54）")
