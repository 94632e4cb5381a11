"""請求の前と次: what some units are charged a month, their last bill and their next one line by line, and why the two differ.

The one place that says so, for the pages of a customer and of a unit, for previews and for drafts. A closed month's bill is what
the ledger has; the next one is made as the close makes it: the accounts of the month, what was decided, what comes late.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from billing.facts.ledger import LINE, Closed, closed_until, line_of
from billing.facts.load import WHOLE, Owned, accounts
from billing.facts.policy import policies
from billing.facts.span import UnitSet, targets_of
from billing.facts.written import written_since
from billing.models import ChargeLine, HeldSettlement, Month
from billing.models.line import FEES
from billing.operations.bill import Bill, BillLine
from billing.operations.correct import causes_of, corrected, decided
from billing.operations.why_bills_differ import Difference, why_differ
from billing.terms.account import Account, UnbillableError, price_on, quantity_on
from billing.terms.month import due
from billing.terms.payers import ELSEWHERE, divided, payer_on
from billing.terms.policy import policy_on
from contracts.facts.ids import Ids
from contracts.facts.known import NOW, Known
from contracts.facts.load import Loaded
from contracts.facts.stays import Chain
from contracts.models.among import among
from contracts.terms.days import month_of, month_period, next_month, previous_month

Chains = Mapping[int, Chain]


@dataclass(frozen=True, slots=True)
class Charged:
    """What a target is charged for a whole month as it stands on a day: unit price in yen, and licences (1 for anything else)."""

    unit_price_yen: int
    quantity: int

    @property
    def yen(self) -> int:
        """Price × number."""
        return self.unit_price_yen * self.quantity


@dataclass(frozen=True, slots=True)
class PriceAhead:
    """A monthly unit price that is to come: from which day, from how much to how much, in yen."""

    unit_id: int
    number: str
    on: date
    before_yen: int | None
    after_yen: int


@dataclass(slots=True)
class Monthly:
    """What some units are charged a month as they stand on a day (``missing``: what has no price), and the prices to come."""

    monthly: dict[str, Charged]
    missing: dict[str, UnbillableError]
    ahead: list[PriceAhead]

    def monthly_yen(self, numbers: Iterator[str] | Sequence[str]) -> int:
        """What the targets of those numbers come to a month; those that are not charged on the day count nothing."""
        return sum(self.monthly[number].yen for number in numbers if number in self.monthly)


@dataclass(slots=True)
class Bills:
    """The bills of two months of some units and why they differ; ``missing``: what has no price on the day.

    ``before`` is None where nothing was closed before; then nothing is compared.
    """

    missing: dict[str, UnbillableError]
    before: Bill | None
    now: Bill
    why: list[Difference]

    @property
    def fee_names(self) -> dict[str, Any]:
        """What the fees are called, in their order."""
        return dict(FEES)


def monthly(read: Loaded, *, on: date) -> Monthly:
    """What units that have been read are charged a month as they stand on a day: one query."""
    owned = list(accounts(read, WHOLE, claims=False))
    return Monthly(*_charged(owned, on), list(prices_ahead(owned, on)))


def bills(read: Loaded, *, on: date, today: date, known: Known = NOW, payer: int | None = None) -> Bills:
    """The bills of units that have been read, as of the same: a fixed number of queries, however large the units.

    ``payer``: of a customer of that id alone; of units that have passed on, two have lines of one month (I-54).

    Seen from today the later bill is that of the month that is closed next; seen from any other day, that of the day's month.
    Before the first close it is that of the day's month in any case.
    """
    owned = list(accounts(read, WHOLE))
    months = closed_until(known.moment)
    opened = next_month(max(months)) if months else month_of(on)
    shown = opened if on == today and months else month_of(on)
    now = _paid_by(payer, _bill(shown, opened, owned, months, read.chains, known))
    before = None
    if shown > min(months, default=shown):
        before = _paid_by(payer, _bill(previous_month(shown), opened, owned, months, read.chains, known))
    _monthly, missing = _charged(owned, on)
    why = why_differ(before, now) if before is not None else []
    return Bills(missing, before, now, why)


def _paid_by(payer: int | None, bill: Bill) -> Bill:
    if payer is not None:
        bill.lines = [one for one in bill.lines if one.customer_id == payer]
        bill.held = [one for one in bill.held if one.customer_id == payer]
    return bill


def _bill(
    month: date, opened: date, owned: Sequence[Owned], months: Mapping[date, Closed], chains: Chains, known: Known
) -> Bill:
    if month in months:
        return _closed_bill(months[month], owned)
    if month == opened and months:
        return next_bill(month, owned, months, chains, known)
    return falls_due(month, owned)


def falls_due(month: date, owned: Sequence[Owned]) -> Bill:
    """What falls due in a month by itself, in yen before tax, whoever pays it; of closed months nothing is corrected."""
    found = Bill(month, closed=False)
    _fall_due(found, owned)
    return found


def next_bill(
    month: date, owned: Sequence[Owned], months: Mapping[date, Closed], chains: Chains, known: Known = NOW
) -> Bill:
    """What the next close bills for ``month``: what comes late of the closed ``months``, then what falls due in it.

    ``owned``: the accounts of whole units over all months; ``chains``: of what was ever moved into or out of them. Only units of
    which facts were written since the last close are set against the ledger, as the close does it.
    """
    found = Bill(month, closed=False)
    numbers = {one.target_id: one.account.number for one in owned}
    last = months[max(months)]
    written = _written(owned, chains, last.entries_seen, known)
    if written:
        units, row = UnitSet(written), Month(month=month, facts_revision=0)
        targets = targets_of(units)
        of_units = [one for one in owned if one.unit_id in set(written)]
        policy_of = {closed: some.policy for closed, some in months.items()}
        found.lines += (_stored(numbers, line) for line in decided(row, units, known, targets=targets))
        causes = causes_of(written, last.entries_seen, until=known.moment)
        said = corrected(row, units, of_units, policy_of, causes, known, targets=targets)
        found.lines += (_stored(numbers, line) for line in said.lines)
        found.held += (_stored(numbers, line) for line in said.held)
        for parked in said.parked:
            # A closed month that cannot be computed anew parks the target, even where the next month can be.
            number = numbers[parked.target_id]
            found.unbillable[number] = UnbillableError(number, parked.reason, parked.clause)
    _fall_due(found, owned)
    return found


def _written(owned: Sequence[Owned], chains: Chains, seen: int, known: Known) -> list[int]:
    """Of which of the units facts were written after an entry, in the order of their ids. What bears on a contract is written of
    the unit that has it now: its other units have days of it too, as the close knows them (billing.operations.moved)."""
    units = {one.unit_id for one in owned}
    if not units:
        return []
    beside: defaultdict[int, set[int]] = defaultdict(set)
    for chain in chains.values():
        for unit in chain.ever & units:
            beside[unit] |= chain.ever
    entries = written_since(seen, until=known.moment).filter(among("unit_id", units.union(*beside.values()))).order_by()
    found = set(entries.values_list("unit_id", flat=True).distinct())
    return sorted(unit for unit in units if unit in found or found & beside[unit])


def _stored(numbers: Mapping[int, str], row: ChargeLine | HeldSettlement) -> BillLine:
    line = line_of([getattr(row, name) for name in LINE])
    corrects, fee = getattr(row, "corrects_month", None), getattr(row, "corrects_fee", "")
    return BillLine(row.customer_id, row.unit_id, numbers[row.target_id], line, corrects, str(fee))


def _fall_due(found: Bill, owned: Sequence[Owned]) -> None:
    """The month's own lines of each account; what contradicts itself or has no price is told, never counted as nothing."""
    period, policy = month_period(found.month), policy_on(policies(), found.month)
    for one in owned:
        number, contradiction = one.account.number, one.contradiction
        if contradiction is not None:
            found.unbillable[number] = UnbillableError(number, contradiction.reason, contradiction.clause)
            continue
        try:
            fallen_due = due(one.account, period, policy.settlement_tax)
        except UnbillableError as error:
            found.unbillable[number] = error
            continue
        for lines, whole in ((found.lines, fallen_due.lines), (found.held, fallen_due.held)):
            for payer, line in (part for each in whole for part in divided(each, one.payers, found.month)):
                lines.append(BillLine(payer, one.unit_id, number, line))


def _closed_bill(closed: Closed, owned: Sequence[Owned]) -> Bill:
    """The lines of a closed month, as the ledger has them: one query, by the ids of the targets."""
    numbers = {one.target_id: one.account.number for one in owned}
    # Of a contract that was moved, another unit has lines too.
    units = {one.unit_id for one in owned}
    found = Bill(closed.month, closed=True)
    lines = ChargeLine.objects.filter(month=closed.pk).order_by("pk")
    columns = ("customer_id", "unit_id", "corrects_month", "corrects_fee", *LINE)
    for target, customer, unit, corrects, fee, *values in Ids(numbers).named(lines, "target_id", *columns):
        if unit in units:
            found.lines.append(BillLine(customer, unit, numbers[target], line_of(values), corrects, fee))
    return found


def charged_on(account: Account, day: date) -> Charged | None:
    """What an account is charged for a whole month as it stands on a day; None where it is not charged. Raises UnbillableError."""
    return Charged(price_on(account, day), quantity_on(account, day)) if account.serves(day) else None


def _charged(owned: Sequence[Owned], on: date) -> tuple[dict[str, Charged], dict[str, UnbillableError]]:
    found_of, missing = {}, {}
    for one in owned:
        if payer_on(one.payers, on) == ELSEWHERE:
            continue
        try:
            found = charged_on(one.account, on)
        except UnbillableError as error:
            missing[error.number] = error
            continue
        if found is not None:
            found_of[one.account.number] = found
    return found_of, missing


def prices_ahead(owned: Sequence[Owned], on: date) -> Iterator[PriceAhead]:
    """The monthly prices that begin after a day, of what is charged on theirs."""
    for one in owned:
        before: int | None = None
        for day, yen in one.account.monthly:
            begins = one.account.starts_on is not None and day > one.account.starts_on
            here = begins and payer_on(one.payers, day) != ELSEWHERE
            if day > on and here and one.account.serves(day) and yen != before:
                yield PriceAhead(one.unit_id, one.account.number, day, before, yen)
            before = yen
