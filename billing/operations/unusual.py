"""目立つ明細: what of a proposed month should be looked at before it is closed. Found by amounts and codes, never by words.

Amounts far above what is usual for their fee and kind, large amounts that fall due once, corrections both ways, prices that
jumped or collapsed since last month, and reductions above the month's fee (I-22). Whatever is kept is kept within a bound.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from operator import itemgetter
from statistics import median
from typing import Any

from billing.terms.account import Account, Fee, Line, price_on
from billing.terms.bridge import Monthly
from contracts.terms.days import month_of

KEPT = 20
"""Lines of one fee and kind that are remembered, the largest."""
SHOWN = 200
TIMES, TIMES_BELOW = 5, 10
FROM_YEN = 1_000_000
CORRECTION_FROM_YEN = 10_000
PRICE_FROM_YEN = 10_000
"""A price that jumps by less than this a month is not worth a look."""
ONCE = frozenset({Fee.SETTLEMENT, Fee.ONE_TIME, Fee.OUTAGE, Fee.SLA})

Told = dict[str, Any]
CarriedFee = tuple[int, int, int, str]
"""A whole monthly fee: yen, unit price in yen, the id of the target, the sentence."""
_AMOUNT = itemgetter(0)


class Largest:
    """The entries of the largest sizes among very many."""

    def __init__(self, most: int) -> None:
        self._most, self._heap, self._pushed = most, list[tuple[int, int, Told]](), 0

    def push(self, size: int, told: Told) -> None:
        """Remember an entry while it is among the largest; of equal ones the first."""
        self._pushed -= 1
        heapq.heappush(self._heap, (size, self._pushed, told))
        if len(self._heap) > self._most:
            heapq.heappop(self._heap)

    def wants(self, size: int) -> bool:
        """Whether an entry of this size would be remembered."""
        return len(self._heap) < self._most or size > self._heap[0][0]

    def put(self, found: Iterable[tuple[int, Told]]) -> None:
        """Remember what another found among those that come next."""
        for size, told in found:
            self.push(size, told)

    def found(self) -> list[tuple[int, Told]]:
        """The entries with their sizes, the largest first."""
        return [(size, told) for size, _order, told in sorted(self._heap, reverse=True)]


class Unusual:
    """What is unusual among lines that stream by."""

    def __init__(self) -> None:
        self._amounts: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._largest: defaultdict[tuple[str, str], Largest] = defaultdict(lambda: Largest(KEPT))
        self._prices: defaultdict[str, list[int]] = defaultdict(list)
        self._new: defaultdict[str, Largest] = defaultdict(lambda: Largest(KEPT))
        self._over_month, self._jumped = Largest(SHOWN), Largest(SHOWN)

    def line(self, kind: str, number: str, fee: str, yen: int, basis: str) -> None:
        """One line: what it counts as, the target's number, its fee and amount."""
        self._amounts[fee, kind].append(yen)
        largest = self._largest[fee, kind]
        if largest.wants(abs(yen)):
            largest.push(abs(yen), _told(number, fee, yen, basis))

    def carried(
        self, kind: str, fees: Sequence[CarriedFee], numbers: Callable[[Collection[int]], dict[int, str]]
    ) -> None:
        """Monthly fees of one kind that are last month's, many at once; the numbers of their targets are asked for where they show."""
        self._amounts[Fee.MONTHLY, kind] += [fee[0] for fee in fees]
        self._prices[kind] += [fee[1] for fee in fees]
        largest = self._largest[Fee.MONTHLY, kind]
        found = [fee for fee in heapq.nlargest(KEPT, fees, key=_AMOUNT) if largest.wants(fee[0])]
        called = numbers([target for _yen, _price, target, _basis in found])
        for yen, _price, target, basis in found:
            if largest.wants(yen):
                largest.push(yen, _told(called[target], Fee.MONTHLY, yen, basis))

    def reductions(self, account: Account, lines: Sequence[Line]) -> None:
        """The lines of one target: whether its outages of one month take more than that month's fee (I-22)."""
        of_month: defaultdict[date, list[Line]] = defaultdict(list)
        for line in lines:
            if line.fee is Fee.OUTAGE:
                of_month[month_of(line.from_on)].append(line)
        for outages in of_month.values():
            taken = -sum(line.amount_yen for line in outages)
            days = {day for line in outages for day in (line.from_on, line.to_on) if account.serves(day)}
            fee = max((price_on(account, day) for day in days), default=taken)
            if taken > fee:
                told = _told(account.number, Fee.OUTAGE, -taken, "、".join(line.basis for line in outages))
                self._over_month.push(taken, told | {"why": "over_month", "usual": fee})

    def price(self, kind: str, number: str, before: Monthly, now: Monthly, lines: Sequence[Line]) -> None:
        """The monthly fee of one target: whether its unit price jumped or collapsed, or is far below others of its kind."""
        if not now.amount_yen:
            return
        basis = next((line.basis for line in reversed(lines) if line.fee is Fee.MONTHLY), "")
        told = _told(number, Fee.MONTHLY, now.amount_yen, basis)
        self._prices[kind].append(now.unit_price_yen)
        if not before.amount_yen:
            self._new[kind].push(-now.unit_price_yen, told)
            return
        low, high = sorted((before.unit_price_yen, now.unit_price_yen))
        differs_by = (high - low) * now.quantity
        if high >= TIMES * low and differs_by >= PRICE_FROM_YEN:
            why = "price_fell" if now.unit_price_yen == low else "price_rose"
            self._jumped.push(differs_by, told | {"why": why, "usual": before.unit_price_yen})

    def kept(self) -> Told:
        """What was seen so far, as JSON; in lists, since the order in which things were first seen counts."""
        return {
            "amounts": [[*key, yen] for key, yen in self._amounts.items()],
            "largest": [[*key, largest.found()] for key, largest in self._largest.items()],
            "prices": list(self._prices.items()),
            "new": [[kind, smallest.found()] for kind, smallest in self._new.items()],
            "over_month": self._over_month.found(),
            "jumped": self._jumped.found(),
        }

    def put(self, part: Told) -> None:
        """Add what another kept of the lines that come next."""
        for fee, kind, yen in part["amounts"]:
            self._amounts[fee, kind] += yen
        for fee, kind, found in part["largest"]:
            self._largest[fee, kind].put(found)
        for kind, prices in part["prices"]:
            self._prices[kind] += prices
        for kind, found in part["new"]:
            self._new[kind].put(found)
        self._over_month.put(part["over_month"])
        self._jumped.put(part["jumped"])

    def told(self) -> list[Told]:
        """What was found: prices that collapsed or jumped and reductions over the fee first, then the largest amounts, either way."""
        found = [*self._far_above(), *self._far_below()]
        found.sort(key=lambda one: -abs(int(one["yen"])))
        first = [told for _size, told in (*self._jumped.found(), *self._over_month.found())]
        first.sort(key=lambda told: told["why"] != "price_fell")
        return [*first, *found][:SHOWN]

    def _far_above(self) -> list[Told]:
        found = []
        for (fee, kind), largest in self._largest.items():
            middle = int(median(self._amounts[fee, kind]))
            bound, why = _bound(fee, middle)
            found += [told | why for size, told in largest.found() if size > bound]
        return found

    def _far_below(self) -> list[Told]:
        found = []
        for kind, smallest in self._new.items():
            middle = int(median(self._prices[kind]))
            why = {"why": "far_below", "usual": middle}
            found += [told | why for size, told in smallest.found() if -size * TIMES_BELOW < middle]
        return found


def _bound(fee: str, middle: int) -> tuple[int, Told]:
    """The yen from which an amount of a fee is unusual, and why it then is."""
    if fee == Fee.CORRECTION:
        return CORRECTION_FROM_YEN, {"why": "corrected"}
    if fee in ONCE:
        return FROM_YEN, {"why": "large"}
    return max(FROM_YEN, TIMES * middle), {"why": "far_above", "usual": middle}


def _told(number: str, fee: str, yen: int, basis: str) -> Told:
    return {"number": number, "fee": str(fee), "yen": yen, "basis": basis}
