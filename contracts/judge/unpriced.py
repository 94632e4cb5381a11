"""料金の未登録: what has to be charged and has no price — an error to mend before the month, never zero (第13条)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from contracts.facts.price_days import PriceDay
from contracts.judge.lookout import Lookout
from contracts.judge.work import AHEAD, Work
from contracts.terms.art12_termination import ends
from contracts.terms.art13_change_fees import CHARGED, ChargedChange, QuotedFee, fees_of_changes
from contracts.terms.unit import Change, ContradictionError, Target, Unit, What


@dataclass(slots=True)
class Prices:
    """The prices of one target that stand: whether there is an initial fee, the days of the monthly ones, the one-time fees."""

    initial: bool = False
    monthly: list[date] = field(default_factory=list)
    one_time: list[QuotedFee] = field(default_factory=list)


def unpriced(unit: Unit, prices: Mapping[str, Prices], on: Lookout) -> list[Work]:
    """What of the unit needs a price by a day, or within AHEAD of it. A unit whose facts contradict each other has other work."""
    try:
        ended = ends(unit)
    except ContradictionError:
        return []
    found: list[Work] = []
    for target in unit.targets:
        end = ended.get(target.number)
        if end is None or target.starts_on is None or target.starts_on > end.on or not on.over(end.on):
            found += _of_target(target, prices.get(target.number, Prices()), on)
        found += _of_changes(unit, target, prices.get(target.number, Prices()).one_time, on)
    for change in prices_kept_silently(unit, prices):
        days = (("day", change.effective_on.isoformat()),)
        of = f"{change.what.value}{change.effective_on.isoformat()}"
        found.append(
            Work("price", change.target, "13", KEPT, days, change.effective_on, of=of, code="price_kept_silently")
        )
    return found


def _of_changes(unit: Unit, target: Target, one_time: Sequence[QuotedFee], on: Lookout) -> Iterator[Work]:
    """Changes that owe a one-time fee of their own and have none quoted, by the rule of the bill (I-39)."""
    changes = [change for change in unit.changes if change.target == target.number and change.what in CHARGED]
    charged = [ChargedChange(change.accepted_on, change.effective_on, change.application) for change in changes]
    settled = fees_of_changes(charged, one_time)
    for at, change in enumerate(changes):
        if at not in settled and not on.over(change.accepted_on + RECENT):
            text = "{day}に承諾した変更の一時費用の料金が登録されていません"
            said = (("day", change.accepted_on.isoformat()),)
            yield Work(
                "price",
                change.target,
                "13",
                text,
                said,
                change.accepted_on,
                of=change.what.value,
                code="one_time_price_missing",
            )


KEPT = "{day}の変更に、この日からの月額費用がありません。料金を登録するか、料金据置を記録してください（I-41）"
PRICE_KEPT_SILENTLY = "変更日からの月額費用も料金据置もありません。このままでは、これまでの料金が続きます（I-41）"
KEPT_AND_PRICED = "料金据置と、変更日からの新しい月額費用の両方があります。どちらか一つにしてください（I-41）"
REPRICED = frozenset({What.CATEGORY, What.ITEM, What.RETENTION_YEARS})
"""What has a price of its own; a licence's price is for one licence, however many there are."""


def prices_kept_silently(unit: Unit, prices: Mapping[str, Prices]) -> Iterator[Change]:
    """Changes with neither a monthly price from their day nor 料金据置: the old price goes on and nobody said so (I-41)."""
    try:
        ended = ends(unit)
    except ContradictionError:
        return
    for change in unit.changes:
        if change.what not in REPRICED or change.price_kept:
            continue
        end = ended.get(change.target)
        if end is not None and end.on < change.effective_on:
            continue  # never takes effect
        if change.effective_on not in prices.get(change.target, Prices()).monthly:
            yield change


def kept_and_priced(changes: Iterable[Change], brought: Iterable[PriceDay]) -> Iterator[Change]:
    """Changes told with both 料金据置 and a monthly price from their day: which of them is meant, nobody has said (I-41)."""
    priced = {(price.target, price.from_on) for price in brought if price.fee == "monthly"}
    for change in changes:
        if change.price_kept and (change.target, change.effective_on) in priced:
            yield change


RECENT = AHEAD * 3
"""How long after its acceptance a change without a one-time fee is asked for: older ones were closed knowingly."""


def _of_target(target: Target, prices: Prices, on: Lookout) -> Iterator[Work]:
    if not prices.initial and not on.over(target.accepted_on + RECENT):
        text, accepted = "初期費用の料金が登録されていません", target.accepted_on
        yield Work("price", target.number, "13", text, from_on=accepted, of="initial", code="initial_price_missing")
    starts_on = target.starts_on
    if starts_on is None:
        return
    first = min(prices.monthly, default=None)
    if (first is None or first > starts_on) and on.reached(starts_on - AHEAD):
        text = "{day}からの月額費用の料金が登録されていません"
        values = (("day", starts_on.isoformat()),)
        yield Work("price", target.number, "13", text, values, starts_on, of="monthly", code="monthly_price_missing")


def prices_of(rows: Iterable[PriceDay]) -> dict[str, Prices]:
    """Standing prices by target."""
    found: dict[str, Prices] = {}
    for row in rows:
        prices = found.setdefault(row.target, Prices())
        if row.fee == "initial":
            prices.initial = True
        elif row.from_on is not None and row.fee == "monthly":
            prices.monthly.append(row.from_on)
        elif row.from_on is not None:
            prices.one_time.append(QuotedFee(row.from_on, row.application))
    return found
