"""違う理由: why the bills of two months differ, target by target, in parts that add up to the yen."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from billing.operations.bill import Bill
from billing.terms.account import Fee, Line
from billing.terms.bridge import Cause, Monthly, Once, differences, monthly_of, of_other_fees
from contracts.terms.days import days_in_month


@dataclass(frozen=True, slots=True)
class Part:
    """One cause of a difference and what it comes to in yen; the monthly fees of both months beside it, and their days."""

    cause: Cause
    yen: int
    before: Monthly
    now: Monthly
    days_before: int
    days: int
    within: bool
    """Whether both months are charged whole: days make a difference only where price or number changed within one of them."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Why a target's lines come to more or less than in the month before: its parts add up to it."""

    unit_id: int
    number: str
    parts: Sequence[Part]

    @property
    def yen(self) -> int:
        """What the target differs by."""
        return sum(part.yen for part in self.parts)


def why_differ(before: Bill, now: Bill) -> list[Difference]:
    """Why two bills differ, target by target, the largest first: what they say adds up to the difference, to the yen."""
    was, becomes = _by_target(before), _by_target(now)
    whole = days_in_month(before.month), days_in_month(now.month)
    found = []
    for unit_id, number in dict.fromkeys((*was, *becomes)):
        parts = list(_parts(was.get((unit_id, number), []), becomes.get((unit_id, number), []), whole))
        if parts:
            found.append(Difference(unit_id, number, parts))
    return sorted(found, key=lambda one: (-abs(one.yen), one.number))


def _by_target(bill: Bill) -> dict[tuple[int, str], list[Line]]:
    found: defaultdict[tuple[int, str], list[Line]] = defaultdict(list)
    for one in bill.lines:
        found[one.unit_id, one.number].append(one.line)
    return dict(found)


def _parts(before: Sequence[Line], now: Sequence[Line], whole: tuple[int, int]) -> Iterator[Part]:
    was, becomes = monthly_of(before), monthly_of(now)
    days = _days(before), _days(now)
    once = of_other_fees(_once(before), _once(now))
    for cause, yen in (*differences(was, becomes).items(), *((cause, yen) for cause, (_lines, yen) in once.items())):
        if yen:
            yield Part(cause, yen, was, becomes, *days, within=days == whole)


def _days(lines: Sequence[Line]) -> int:
    """On how many days monthly fees are charged."""
    return sum((line.to_on - line.from_on).days + 1 for line in lines if line.fee is Fee.MONTHLY)


def _once(lines: Sequence[Line]) -> dict[str, Once]:
    found: dict[str, Once] = {}
    for line in lines:
        if line.fee is not Fee.MONTHLY:
            count, yen = found.get(line.fee.value, (0, 0))
            found[line.fee.value] = count + 1, yen + line.amount_yen
    return found
