"""請求の前と次: what some units are charged a month, their last bill and their next one line by line, and why the two differ.

The one place that says so, for the pages of a customer and of a unit, for previews and for drafts. A closed month's bill is what
the ledger has; the next one is made as the close makes it: the accounts of the month, what was decided, what comes late.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

from billing.facts.ledger import LINE, Closed, closed_until, ledger_of_few, line_of
from billing.facts.load import WHOLE, Owned, accounts
from billing.facts.policy import policies
from billing.facts.span import UnitSet
from billing.facts.written import written_since
from billing.models import ChargeLine, HeldSettlement, Month
from billing.models.line import FEES
from billing.operations.bill import Bill, BillLine
from billing.operations.correct import CAUSED, causes_from, corrected, decided
from billing.operations.why_bills_differ import Difference, why_differ
from billing.terms.account import Account, UnbillableError, price_on, quantity_on
from billing.terms.month import due
from billing.terms.payers import ELSEWHERE, divided, payer_on
from billing.terms.policy import policy_on
from contracts.facts.known import NOW, Known
from contracts.facts.load import Loaded
from contracts.facts.stays import Chain
from contracts.models.among import among
from contracts.models.at_once import Asked, Row, at_once
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
    wanted = [shown] if shown <= min(months, default=shown) else [previous_month(shown), shown]
    asked = [_lines_asked([months[month].pk for month in wanted if month in months], owned)]
    if months and opened in wanted:
        asked.append(_entries_asked(owned, read.chains, months, known))
    lines, *entries = at_once(*asked)

    def of(month: date) -> Bill:
        if month in months:
            return _closed_bill(months[month], owned, lines)
        if month == opened and months:
            return next_bill(month, owned, months, read.chains, known, entries=entries[0])
        return falls_due(month, owned)

    *earlier, now = (_paid_by(payer, of(month)) for month in wanted)
    before = earlier[0] if earlier else None
    _monthly, missing = _charged(owned, on)
    why = why_differ(before, now) if before is not None else []
    return Bills(missing, before, now, why)


def _paid_by(payer: int | None, bill: Bill) -> Bill:
    if payer is not None:
        bill.lines = [one for one in bill.lines if one.customer_id == payer]
        bill.held = [one for one in bill.held if one.customer_id == payer]
    return bill


def falls_due(month: date, owned: Sequence[Owned]) -> Bill:
    """What falls due in a month by itself, in yen before tax, whoever pays it; of closed months nothing is corrected."""
    found = Bill(month, closed=False)
    _fall_due(found, owned)
    return found


def next_bill(
    month: date,
    owned: Sequence[Owned],
    months: Mapping[date, Closed],
    chains: Chains,
    known: Known = NOW,
    *,
    entries: Iterable[Row] | None = None,
) -> Bill:
    """What the next close bills for ``month``: what comes late of the closed ``months``, then what falls due in it.

    ``owned``: the accounts of whole units over all months; ``chains``: of what was ever moved into or out of them. Only units of
    which facts were written since the last close are set against the ledger, as the close does it. ``entries``: of these writes,
    where they have been read.
    """
    found = Bill(month, closed=False)
    numbers = {one.target_id: one.account.number for one in owned}
    if entries is None:
        (entries,) = at_once(_entries_asked(owned, chains, months, known))
    written = _written({one.unit_id for one in owned}, chains, {entry[0] for entry in entries})
    if written:
        row, of_units = Month(month=month, facts_revision=0), [one for one in owned if one.unit_id in written]
        ledger = ledger_of_few(UnitSet(sorted(written)), {one.target_id for one in of_units}, known)
        policy_of = {closed: some.policy for closed, some in months.items()}
        found.lines += (_stored(numbers, line) for line in decided(row, ledger.to_bill, known))
        causes = causes_from(entry for entry in sorted(entries, key=itemgetter(1)) if entry[0] in written)
        said = corrected(row, of_units, policy_of, causes, ledger.billed, ledger.left_out)
        found.lines += (_stored(numbers, line) for line in said.lines)
        found.held += (_stored(numbers, line) for line in said.held)
        for parked in said.parked:
            # A closed month that cannot be computed anew parks the target, even where the next month can be.
            number = numbers[parked.target_id]
            found.unbillable[number] = UnbillableError(number, parked.reason, parked.clause)
    _fall_due(found, owned)
    return found


def _entries_asked(owned: Sequence[Owned], chains: Chains, months: Mapping[date, Closed], known: Known) -> Asked:
    """What is asked for of the writes since the last close, of the units and of those that share contracts with them."""
    units = {one.unit_id for one in owned}
    beside = (chain.ever for chain in chains.values() if chain.ever & units)
    entries = written_since(months[max(months)].entries_seen, until=known.moment)
    return entries.filter(among("unit_id", units.union(*beside))), CAUSED


def _written(units: set[int], chains: Chains, written: set[int]) -> set[int]:
    """Of which of the units facts were written, should they have been of those ``written`` of. What bears on a contract is written of
    the unit that has it now: its other units have days of it too, as the close knows them (billing.operations.moved)."""
    beside: defaultdict[int, set[int]] = defaultdict(set)
    for chain in chains.values():
        for unit in chain.ever & units:
            beside[unit] |= chain.ever
    return {unit for unit in units if unit in written or written & beside[unit]}


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


def _lines_asked(months: Sequence[int], owned: Sequence[Owned]) -> Asked:
    """What is asked for of the ledger's lines of closed months, by the ids of the targets."""
    lines = ChargeLine.objects.filter(among("month_id", months), among("target_id", {one.target_id for one in owned}))
    return lines, ("pk", "month_id", "target_id", "customer_id", "unit_id", "corrects_month", "corrects_fee", *LINE)


def _closed_bill(closed: Closed, owned: Sequence[Owned], lines: Iterable[Row]) -> Bill:
    """The lines of a closed month, as the ledger has them, out of those that were asked for."""
    numbers = {one.target_id: one.account.number for one in owned}
    # Of a contract that was moved, another unit has lines too.
    units = {one.unit_id for one in owned}
    found = Bill(closed.month, closed=True)
    for _pk, month, target, customer, unit, corrects, fee, *values in sorted(lines, key=itemgetter(0)):
        if month == closed.pk and unit in units:
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
