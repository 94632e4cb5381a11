"""見通し: what one account is billed in the months ahead and its MRR, in runs of months that come to the same (I-67, I-68).

The yen of a month are those of its bill: ``billing.terms.month.due`` makes its lines. A month is computed where a day of it, or of
the month before, can make it otherwise; any other month goes on as the one before it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from billing.terms.account import Account, Fee, Line, UnbillableError, price_on, quantity_on
from billing.terms.art14_settlement import committed_until
from billing.terms.bridge import NOTHING, Cause, Monthly, differences, monthly_of
from billing.terms.month import due
from billing.terms.payers import ELSEWHERE, Payers, divided, payer_on
from contracts.terms.art10_options import renewal_deadline, term_of
from contracts.terms.catalog import LicenceType
from contracts.terms.days import ONE_DAY, Period, days_in_month, month_period, months_apart

Key = tuple[str, int, str]
"""What yen are told apart by: the series, who pays, and what it counts as (its tier, module type or option)."""


class Series(StrEnum):
    """What the yen of a run are, beside the fees that fall due once, which go by their own names."""

    COMMITTED = "committed"
    """契約済み: monthly fees up to the last day of the minimum term or of the term."""
    EXPECTED = "expected"
    """継続見込み: monthly fees after it, while nobody gives notice."""
    RENEWAL = "renewal"
    """更新見込み: monthly fees of terms of a 期間ライセンス that can still be stopped."""
    MRR = "mrr"
    """月額の水準: the monthly fees in force on a month's last day."""


class Run(NamedTuple):
    """So many yen a month, from a month to a month, both named by their first days."""

    series: str
    payer: int
    kind: str
    first: date
    last: date
    yen: int


class Passed(NamedTuple):
    """MRR that passes in a month from one payer to another, by agreement or by a move; what one gives is below zero (I-54)."""

    month: date
    payer: int
    yen: int


@dataclass(slots=True)
class Foreseen:
    """What was found of one account. ``bridge``: by month, what its monthly fees differ by from the month before."""

    runs: list[Run] = field(default_factory=list)
    bridge: dict[date, dict[Cause, int]] = field(default_factory=dict)
    missing: dict[date, UnbillableError] = field(default_factory=dict)
    passed: list[Passed] = field(default_factory=list)
    regrouped: list[tuple[date, str, int]] = field(default_factory=list)
    """MRR that counts from a month on as another kind: the month, the kind, and the yen, below zero where it has left."""


def bound_until(account: Account, on: date) -> date | None:
    """The last day up to which the fees are owed whatever notice is given after ``on`` (I-67): of the minimum term, or of the term.

    The term of a 期間ライセンス whose renewal can no longer be stopped (10-9) is followed by the next one.
    """
    until = committed_until(account, on)
    if until is None or account.licence_type is not LicenceType.TERM or account.starts_on is None:
        return until
    if on <= renewal_deadline(term_of(account.starts_on, on)):
        return until
    return committed_until(account, until + ONE_DAY)


def parted(line: Line, bound: date | None, after: Series) -> Iterator[tuple[Series, int]]:
    """The yen of a monthly line up to the day until which it is bound, and after it; floored once, the odd yen is the later part's."""
    if bound is None or bound < line.from_on:
        yield after, line.amount_yen
        return
    if line.to_on <= bound:
        yield Series.COMMITTED, line.amount_yen
        return
    days = (bound - line.from_on).days + 1
    firm = min(line.unit_price_yen * line.quantity * days // days_in_month(line.from_on), line.amount_yen)
    for series, yen in ((Series.COMMITTED, firm), (after, line.amount_yen - firm)):
        if yen:
            yield series, yen


def mrr_on(account: Account, day: date) -> int:
    """The monthly fees in force on a day, for a whole month, in yen before tax (I-68); 0 where none is, or no price is known."""
    try:
        return price_on(account, day) * quantity_on(account, day) if account.serves(day) else 0
    except UnbillableError:
        return 0


def foreseen(
    account: Account,
    payers: Payers,
    months: Sequence[date],
    *,
    on: date,
    kind: Callable[[date], str],
    regroups: Iterable[date] = (),
    before: Monthly = NOTHING,
) -> Foreseen:
    """What the account is billed in the months, one after the other, as seen on a day.

    ``kind`` says what it counts as on a day, ``regroups`` from which days on as something else; ``before`` are its monthly fees of
    the month before the first. A month that cannot be computed has no yen and is ``missing``.
    """
    found = Foreseen()
    bound = bound_until(account, on)
    after = Series.RENEWAL if account.licence_type is LicenceType.TERM else Series.EXPECTED
    going: dict[Key, tuple[date, int]] = {}
    for at in _to_compute(account, months, (*_turns(account, payers, bound), *regroups)):
        month = months[at]
        now, monthly = Counter[Key](), NOTHING
        try:
            now, monthly = _billed(account, payers, month_period(month), bound, after, kind)
        except UnbillableError as error:
            found.missing[month] = error
        _go_on(found.runs, going, now, month, months[at - 1])
        if differs := differences(before, monthly):
            found.bridge[month] = differs
        before = monthly
    _go_on(found.runs, going, {}, date.max, months[-1])
    return found


def _billed(
    account: Account, payers: Payers, month: Period, bound: date | None, after: Series, kind: Callable[[date], str]
) -> tuple[Counter[Key], Monthly]:
    """One month's yen, and its monthly fees as the bridge compares them."""
    now: Counter[Key] = Counter()
    fees: list[Line] = []
    for whole in due(account, month).lines:
        counts_as = kind(whole.from_on)
        for payer, line in divided(whole, payers, month.first):
            if line.fee is not Fee.MONTHLY:
                now[line.fee.value, payer, counts_as] += line.amount_yen
                continue
            fees.append(line)
            for series, yen in parted(line, bound, after):
                now[series.value, payer, counts_as] += yen
    return now, monthly_of(fees)


def mrr(
    account: Account,
    payers: Payers,
    months: Sequence[date],
    *,
    kind: Callable[[date], str],
    regroups: Iterable[date] = (),
) -> Foreseen:
    """The MRR of the account on the last day of each month, one after the other, and what of it passes from payer to payer."""
    found = Foreseen()
    going: dict[Key, tuple[date, int]] = {}
    before: tuple[int, int, str] | None = None
    for at in sorted({0, *_positions(months, (*_turns(account, payers, None), *regroups))}):
        month = months[at]
        last = month_period(month).last
        now = payer_on(payers, last), mrr_on(account, last), kind(last)
        payer, yen, counts_as = now
        _go_on(
            found.runs,
            going,
            {(Series.MRR.value, payer, counts_as): yen} if yen and payer != ELSEWHERE else {},
            month,
            months[at - 1],
        )
        if before is not None and yen and before[1]:
            _pass_on(found, month, before, now)
        before = now
    _go_on(found.runs, going, {}, date.max, months[-1])
    return found


def _pass_on(found: Foreseen, month: date, before: tuple[int, int, str], now: tuple[int, int, str]) -> None:
    """What was in force before and still is, where another pays for it or it counts as something else; at the yen of before."""
    (giver, yen, old), (receiver, _yen, new) = before, now
    if giver != receiver:
        both = (Passed(month, giver, -yen), Passed(month, receiver, yen))
        found.passed += [one for one in both if one.payer != ELSEWHERE]
    elif old != new and giver != ELSEWHERE:
        found.regrouped += [(month, old, -yen), (month, new, yen)]


def _turns(account: Account, payers: Payers, bound: date | None) -> Iterator[date]:
    """The days on which what the account is charged can become otherwise, or something falls due once."""
    days = (account.starts_on, account.accepted_on, account.end.on if account.end else None, bound)
    yield from (day for day in days if day is not None)
    for day in (account.end.on if account.end else None, bound):
        if day is not None and day < date.max:
            yield day + ONE_DAY
    for dated in (account.monthly, account.quantities):
        yield from (day for day, _value in dated)
    yield from (payer.from_on for payer in payers)
    yield from (fee.on for fee in account.one_time)
    yield from (change.accepted_on for change in account.charged_changes)


def _to_compute(account: Account, months: Sequence[date], days: Iterable[date]) -> Iterable[int]:
    """The positions of the months that can come to something else than the one before: the first, those of the days, and those after
    them, where what fell due once is gone. Of what reductions were granted to, each.
    """
    if account.outages or account.breaches:
        return range(len(months))
    turned = _positions(months, days)
    return sorted({0, *turned, *(at + 1 for at in turned if at + 1 < len(months))})


def _positions(months: Sequence[date], days: Iterable[date]) -> set[int]:
    """Where among the months, which follow one another, those days lie."""
    found = {months_apart(months[0], day) for day in days}
    return {at for at in found if 0 <= at < len(months)}


def _go_on(
    runs: list[Run], going: dict[Key, tuple[date, int]], now: Mapping[Key, int], month: date, before: date
) -> None:
    """End the runs that come to something else from the month on, and begin others; ``before``: the month before it."""
    for key, (first, yen) in [*going.items()]:
        if now.get(key) != yen:
            runs.append(Run(*key, first, before, yen))
            del going[key]
    for key, yen in now.items():
        if yen and key not in going:
            going[key] = month, yen
