"""料金の未登録: what has to be charged and has no price — an error to mend before the month, never zero (第13条)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from contracts.judge.work import AHEAD, Work
from contracts.terms.art12_termination import ends
from contracts.terms.art13_change_fees import CHARGED, ChargedChange, QuotedFee, fees_of_changes
from contracts.terms.unit import ContradictionError, Target, Unit


@dataclass(slots=True)
class Prices:
    """The prices of one target that stand: whether there is an initial fee, and the days of the others."""

    initial: bool = False
    monthly: list[date] = field(default_factory=list)
    one_time: list[date] = field(default_factory=list)


def unpriced(unit: Unit, prices: Mapping[str, Prices], on: date) -> list[Work]:
    """What of the unit needs a price by a day, or within AHEAD of it. A unit whose facts contradict each other has other work."""
    try:
        ended = ends(unit)
    except ContradictionError:
        return []
    found: list[Work] = []
    for target in unit.targets:
        end = ended.get(target.number)
        if end is None or end.on >= on or (target.starts_on or on) > end.on:
            found += _of_target(target, prices.get(target.number, Prices()), on)
        found += _of_changes(unit, target, prices.get(target.number, Prices()).one_time, on)
    return found


def _of_changes(unit: Unit, target: Target, one_time: Sequence[date], on: date) -> Iterator[Work]:
    """Changes that owe a one-time fee of their own and have none quoted, by the rule of the bill (I-39)."""
    changes = [change for change in unit.changes if change.target == target.number and change.what in CHARGED]
    charged = [ChargedChange(change.accepted_on, change.effective_on, change.application) for change in changes]
    settled = fees_of_changes(charged, [QuotedFee(day) for day in one_time])
    for at, change in enumerate(changes):
        if at not in settled and change.accepted_on >= on - RECENT:
            text = "{day}に承諾した変更の一時費用の料金が登録されていません"
            said = (("day", change.accepted_on.isoformat()),)
            yield Work("price", change.target, "13", text, said, change.accepted_on, of=change.what.value)


RECENT = AHEAD * 3
"""How long after its acceptance a change without a one-time fee is asked for: older ones were closed knowingly."""


def _of_target(target: Target, prices: Prices, on: date) -> Iterator[Work]:
    if not prices.initial and target.accepted_on >= on - RECENT:
        yield Work(
            "price", target.number, "13", "初期費用の料金が登録されていません", from_on=target.accepted_on, of="initial"
        )
    starts_on = target.starts_on
    if starts_on is None or starts_on > on + AHEAD:
        return
    first = min(prices.monthly, default=None)
    if first is None or first > starts_on:
        text = "{day}からの月額費用の料金が登録されていません"
        yield Work("price", target.number, "13", text, (("day", starts_on.isoformat()),), starts_on, of="monthly")


def prices_of(rows: Sequence[tuple[str, str, date | None]]) -> dict[str, Prices]:
    """(target, fee, day) of standing prices, by target."""
    found: dict[str, Prices] = {}
    for number, fee, day in rows:
        prices = found.setdefault(number, Prices())
        if fee == "initial":
            prices.initial = True
        elif day is not None:
            (prices.monthly if fee == "monthly" else prices.one_time).append(day)
    return found
