"""The sums of a proposal: what a month comes to, without a line kept. Sums of parts put together are those of the whole."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from billing.operations.unusual import CarriedFee, Unusual
from billing.terms.account import Fee

PARKED_SHOWN = 200


class Difference(NamedTuple):
    """What one target adds to one cause of the bridge, and what it came to and comes to: yen before tax; unit prices in yen."""

    customer: int
    unit: int
    target: int
    kind: str
    cause: str
    yen: int
    before_yen: int = 0
    now_yen: int = 0
    price_before: int = 0
    price_now: int = 0
    basis: str = ""


@dataclass(slots=True)
class Sums:
    """What streams by, summed up; of a part of a month, or of parts put together in their order."""

    lines: int = 0
    total: int = 0
    fees: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    kinds: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    customers: Counter[int] = field(default_factory=Counter)
    bridge: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    parked: list[dict[str, str]] = field(default_factory=list)
    parked_count: int = 0
    known: set[str] = field(default_factory=set)
    held: list[int] = field(default_factory=lambda: [0, 0])
    corrections: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    unusual: Unusual = field(default_factory=Unusual)
    differences: list[Difference] = field(default_factory=list)
    """Of a part alone; they are rows of a table, and no part of what is kept here."""

    def add(self, kind: str, customer: int, number: str, fee: str, yen: int, basis: str) -> None:
        """One line."""
        self.lines += 1
        self.total += yen
        for sums, key in ((self.fees, fee), (self.kinds, kind)):
            sums[key][0] += 1
            sums[key][1] += yen
        self.customers[customer] += yen
        self.unusual.line(kind, number, fee, yen, basis)

    def carry(
        self, kind: str, fees: Sequence[CarriedFee], numbers: Callable[[Collection[int]], dict[int, str]]
    ) -> None:
        """Whole monthly fees of one kind that are last month's, without their customers; ``numbers`` of targets by their ids."""
        yen = sum(fee[0] for fee in fees)
        self.lines += len(fees)
        self.total += yen
        for sums, key in ((self.fees, Fee.MONTHLY), (self.kinds, kind)):
            sums[key][0] += len(fees)
            sums[key][1] += yen
        self.unusual.carried(kind, fees, numbers)

    def add_correction(self, fee: str, yen: int) -> None:
        """Of one line the fee that it corrects."""
        self.corrections[fee][0] += 1
        self.corrections[fee][1] += yen

    def park(self, number: str, reason: str, clause: str) -> None:
        """One target that cannot be computed; said once, for the first reason."""
        if number in self.known:
            return
        self.known.add(number)
        self.parked_count += 1
        if len(self.parked) < PARKED_SHOWN:
            self.parked.append({"number": number, "reason": reason, "clause": clause})

    def bridge_by(self, found: dict[Any, int]) -> None:
        """What one target adds to the bridge."""
        for cause, yen in found.items():
            self.bridge[cause.value][0] += 1
            self.bridge[cause.value][1] += yen

    def fees_once(self) -> dict[str, tuple[int, int]]:
        """Lines and yen of each fee."""
        return {fee: (lines, yen) for fee, (lines, yen) in self.fees.items()}

    def kept(self) -> dict[str, Any]:
        """The sums as JSON."""
        plain = {name: getattr(self, name) for name in (*_COUNTED, *_BY_CODE, "parked", "held")}
        return {**plain, "customers": list(self.customers.items()), "unusual": self.unusual.kept()}

    def put(self, part: dict[str, Any]) -> None:
        """Add what was kept of the part that comes next."""
        for name in _COUNTED:
            setattr(self, name, getattr(self, name) + part[name])
        for name in _BY_CODE:
            sums = getattr(self, name)
            for code, (lines, yen) in part[name].items():
                sums[code][0] += lines
                sums[code][1] += yen
        for customer, yen in part["customers"]:
            self.customers[customer] += yen
        self.parked += part["parked"][: PARKED_SHOWN - len(self.parked)]
        self.held = [one + other for one, other in zip(self.held, part["held"], strict=True)]
        self.unusual.put(part["unusual"])


_COUNTED = ("lines", "total", "parked_count")
_BY_CODE = ("fees", "kinds", "bridge", "corrections")
