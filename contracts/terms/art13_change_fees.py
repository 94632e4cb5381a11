"""第13条, 別紙2第3項: which quoted one-time fee is for which change (I-39), and which are for facts (I-40)."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from contracts.terms.unit import What

CHARGED = (What.CATEGORY, What.ITEM)
"""別紙2-3(1), (2): the changes that owe a one-time fee each."""


class ChargedChange(NamedTuple):
    """An accepted change of category or item: its days, and the number of its application."""

    accepted_on: date
    effective_on: date
    application: str = ""


class QuotedFee(NamedTuple):
    """A one-time fee as it was quoted: its day, and the number of the application it was quoted with, '' where unknown."""

    on: date
    application: str = ""


def fees_of_changes(changes: Sequence[ChargedChange], fees: Sequence[QuotedFee]) -> dict[int, int]:
    """Position of each change that has its fee → position of that fee (I-39: 一変更につき, one fee a change).

    A fee settles the change it was quoted with, else the first accepted of those still without one whose acceptance and
    effective day it lies between or on; fees in the order of their days. A change left out has no fee; a fee left out is one
    for a fact (I-40).
    """
    found: dict[int, int] = {}
    in_order = sorted(range(len(changes)), key=lambda at: (changes[at].accepted_on, changes[at].effective_on, at))
    applications = {change.application for change in changes if change.application}
    by_day = sorted(range(len(fees)), key=lambda at: (fees[at].on, at))
    named = [at for at in by_day if fees[at].application in applications]
    for fee in named:
        of = (at for at in in_order if at not in found and changes[at].application == fees[fee].application)
        _settle(found, next(of, None), fee)
    for fee in (at for at in by_day if at not in named):
        of = (at for at in in_order if at not in found and _lies_in(fees[fee].on, changes[at]))
        _settle(found, next(of, None), fee)
    return found


def _settle(found: dict[int, int], change: int | None, fee: int) -> None:
    if change is not None:
        found[change] = fee


def _lies_in(day: date, change: ChargedChange) -> bool:
    first, last = sorted((change.accepted_on, change.effective_on))
    return first <= day <= last
