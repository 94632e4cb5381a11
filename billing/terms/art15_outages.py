"""第15条第1項, 別紙4第1項: what outages take off — by the state, of which no hour runs twice (I-38), claim by claim."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from billing.terms.account import Account, Fee, Outage, price_on, yen
from billing.terms.reduction import Reduction
from contracts.terms.art15_claims import granted_on, outage_claim_deadline, unit_of, whole_units
from contracts.terms.days import month_of
from contracts.terms.editions import edition_on, terms_on


class State(NamedTuple):
    """One state of 利用不能 from when the company knew to restoration, moments in Japan, and the records it is made of."""

    began_at: datetime
    over_at: datetime
    records: tuple[Outage, ...]


class Day(NamedTuple):
    """The day on which 24 hours of a state start, the monthly fee in force on it, in yen, and the part of it that they are (別紙4-1)."""

    on: date
    fee: int
    parts: int


@dataclass(slots=True)
class _Given:
    """What the claims so far have given, by month of the outage: yen, and the days that they counted."""

    yen: Counter[date] = field(default_factory=Counter)
    days: dict[date, list[Day]] = field(default_factory=dict)


def outage_units(outage: Outage) -> int:
    """Whole 24 hours from when the company knew to restoration (15-1, 別紙4-1)."""
    return whole_units(outage.known_at, outage.restored_at)


def states(outages: Iterable[Outage]) -> list[State]:
    """Records of one contract as states, in their order: those that overlap or touch are one (I-38)."""
    found: list[State] = []
    for outage in sorted(outages, key=lambda o: (o.known_at, o.restored_at)):
        last = found[-1] if found else None
        if last is None or outage.known_at > last.over_at:
            found.append(State(outage.known_at, outage.restored_at, (outage,)))
        else:
            found[-1] = State(last.began_at, max(last.over_at, outage.restored_at), (*last.records, outage))
    return found


def outage_reductions(account: Account) -> Iterator[Reduction]:
    """15-1: units of 24 hours × monthly fee ÷ 30, by the month in which the units start, floored (I-19).

    How many hours and which part of the fee goes by the edition of the day on which the state began (I-61).

    Claim by claim in the order in which they are granted (I-37): each gives, by month, what the states of all claims so far
    come to less what the earlier ones gave (I-38). Raises UnbillableError where a served day has no price.
    """
    in_time = [outage for outage in account.outages if _claimed_in_time(outage)]
    claims = sorted(in_time, key=lambda o: (_granted_on(o), o.claimed_on, o.known_at))
    given, before = _Given(), list[State]()
    for position, claim in enumerate(claims, 1):
        merged = states(claims[:position])
        if _hours(merged) != _hours(before):
            yield from _given_by(account, claim, merged, given)
        before = merged


def _claimed_in_time(outage: Outage) -> bool:
    return outage.claimed_on is not None and outage.claimed_on <= _deadline(outage)


def _deadline(outage: Outage) -> date:
    return outage_claim_deadline(outage.restored_at.date(), known_on=outage.known_at.date())


def _granted_on(outage: Outage) -> date:
    assert outage.claimed_on is not None
    return granted_on(outage.claimed_on, outage.restored_at.date())


def _hours(found: list[State]) -> list[tuple[datetime, datetime]]:
    return [(state.began_at, state.over_at) for state in found]


def _given_by(account: Account, claim: Outage, merged: list[State], given: _Given) -> Iterator[Reduction]:
    """What one claim adds, month by month.

    States that become one count their 24 hours from one beginning: where that moves hours already paid for into another
    month, the other month's gain is the less, so that they are not paid twice.
    """
    by_month = _days_by_month(account, merged)
    gains = {month: _thirtieths(by_month.get(month, [])) - given.yen[month] for month in {*by_month, *given.yen}}
    surplus = sum(-gain for gain in gains.values() if gain < 0)
    for month, gain in sorted(gains.items()):
        moved = min(max(gain, 0), surplus)
        surplus -= moved
        if gain > moved:
            yield _reduction(claim, month, by_month[month], merged, given, moved)
            given.yen[month] += gain - moved
    given.days = by_month


def _days_by_month(account: Account, merged: list[State]) -> dict[date, list[Day]]:
    """The served days on which whole 24 hours of the states start, by month, each with the fee in force on it."""
    found: defaultdict[date, list[Day]] = defaultdict(list)
    for state in merged:
        parts = terms_on(state.began_at.date()).outage_parts
        for on in _started(state):
            if account.serves(on):
                found[month_of(on)].append(Day(on, price_on(account, on), parts))
    return dict(found)


def _thirtieths(days: list[Day]) -> int:
    """What the days give together, floored once (I-46)."""
    by_parts: Counter[int] = Counter()
    for day in days:
        by_parts[day.parts] += day.fee
    return int(sum((Fraction(fees, parts) for parts, fees in by_parts.items()), Fraction()))


def _reduction(
    claim: Outage, month: date, days: list[Day], merged: list[State], given: _Given, moved: int
) -> Reduction:
    known = given.days.get(month, [])
    known_on = {day.on for day in known}
    added = [day.on for day in days if day.on not in known_on] or [day.on for day in days]
    assert claim.claimed_on is not None
    return Reduction(
        fee=Fee.OUTAGE,
        month=month,
        claimed_on=claim.claimed_on,
        granted_on=_granted_on(claim),
        amount_yen=_thirtieths(days) - given.yen[month] - moved,
        quantity=max(len(days) - len(known), 0),
        unit_price_yen=max(day.fee for day in days),
        first=added[0],
        last=added[-1],
        clause="15-1",
        basis=_sentence(claim, month, days, merged, given.yen[month], moved),
        # With the month of the grant: where a correction moves the grant, the line of the month before stays on record.
        cause=f"outage {claim.known_at:%Y-%m-%dT%H:%M} {_granted_on(claim):%Y-%m}",
    )


def _sentence(claim: Outage, month: date, days: list[Day], merged: list[State], earlier: int, moved: int) -> str:
    """The whole sum: the states of the month with their records, the days at their fees, and what is given already."""
    counted = {day.on for day in days}
    shown = [state for state in merged if counted & _starts(state)]
    total = _thirtieths(days)
    named = [_named(state) + edition for state, edition in zip(shown, _editions(claim, shown), strict=True)]
    parts = [f"利用不能 {'、'.join(named)}：{month:%Y-%m}分 {_priced(days)} = {yen(total)}"]
    parts += [f" − 先の請求による減額 {yen(earlier)}"] if earlier else []
    parts += [f" − 他の月に既に減額した時間 {yen(moved)}"] if moved else []
    parts += [f" = {yen(total - earlier - moved)}"] if earlier or moved else []
    merges = earlier or moved or any(len(state.records) > 1 for state in shown)
    return "".join(parts) + ("（I-19、I-38）" if merges else "（I-19）")


def _editions(claim: Outage, shown: list[State]) -> list[str]:
    """The edition of each state (I-61), where they are not all that of the record claimed: a line tells that one by itself."""
    of_states = [edition_on(state.began_at.date()) for state in shown]
    same = {*of_states, edition_on(claim.known_at.date())}
    return [f"［{edition}の版］" if len(same) > 1 else "" for edition in of_states]


def _priced(days: list[Day]) -> str:
    """So many times each fee, by the part of it that they give: ``2 × 300,000円 ÷ 30``."""
    said = []
    for parts in sorted({day.parts for day in days}):
        fees = Counter(day.fee for day in days if day.parts == parts)
        said.append(" + ".join(f"{count} × {yen(fee)}" for fee, count in sorted(fees.items())) + f" ÷ {parts}")
    return " + ".join(said)


def _started(state: State) -> Iterator[date]:
    """The days on which whole 24 hours of a state start, one after the other."""
    hours = unit_of(state.began_at)
    for unit in range(whole_units(state.began_at, state.over_at)):
        yield (state.began_at + unit * hours).date()


def _starts(state: State) -> set[date]:
    return set(_started(state))


def _named(state: State) -> str:
    hours = (state.over_at - state.began_at) / timedelta(hours=1)
    unit = unit_of(state.began_at) // timedelta(hours=1)
    said = f"{_span(state.began_at, state.over_at)}（{hours:.1f}時間 ÷ {unit}）"
    if len(state.records) == 1:
        return said
    return f"{said}［{'、'.join(_span(one.known_at, one.restored_at) for one in state.records)}を一つの状態とする］"


def _span(first: datetime, last: datetime) -> str:
    return f"{first:%Y-%m-%d %H:%M}〜{last:%Y-%m-%d %H:%M}"
