"""台帳の前: what fell due before the first month of the ledger, by target — the account's own sums, month by month."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from billing.facts.load import Owned, accounts
from billing.facts.span import Units, UnitSet
from billing.models import Month
from billing.terms.account import Account, UnbillableError
from billing.terms.month import due
from contracts.intake.book.read import Row
from contracts.intake.faults import Fault
from contracts.judge.before_ledger import BeforeLedger, before_ledger_said
from contracts.models import FactsRevision, Target
from contracts.models.bulk import slices
from contracts.terms.days import Period, month_of, month_period, next_month

EARLIEST = date(2000, 1, 1)
"""No fact is older: the book takes none."""
MOST_SHOWN, MOST_SUMMED = 20, 20_000
"""Targets named one by one; and targets whose accounts are computed month by month."""

Warns = Callable[[Mapping[str, Row]], list[Fault]]


def first_month() -> date | None:
    """The month with which the ledger begins; None before any was opened."""
    return Month.objects.order_by("month").values_list("month", flat=True).first()


def before_ledger(begins: date, *, since: int = 0) -> Iterator[BeforeLedger]:
    """All that fell due before the month ``begins``, by target; nothing of it is ever billed.

    ``since``: only of targets recorded after that revision of the facts.
    """
    found = _begun_before(begins, since)
    numbers = set(found.values_list("number", flat=True))
    for ids in slices(sorted(set(found.values_list("unit_id", flat=True)))):
        yield from (one for one in of_units(UnitSet(ids), begins) if one.number in numbers)


@dataclass(slots=True)
class Summary:
    """How many targets have something before the ledger, what it comes to (yen, before tax), and the first of them.

    ``yen`` is None where there are too many to be computed one by one: then ``count`` are those that began before.
    """

    count: int = 0
    yen: int | None = 0
    shown: list[BeforeLedger] = field(default_factory=list)


def summary(begins: date, *, since: int = 0) -> Summary:
    """All that fell due before the month ``begins``, summed up."""
    begun = _begun_before(begins, since).count()
    if begun > MOST_SUMMED:
        return Summary(begun, None)
    total = Summary()
    for found in before_ledger(begins, since=since):
        total.count, total.yen = total.count + 1, (total.yen or 0) + (found.yen or 0)
        if total.count <= MOST_SHOWN:
            total.shown.append(found)
    return total


def _begun_before(begins: date, since: int) -> QuerySet[Target]:
    early = Q(billing_starts_on__lt=begins) | Q(application__accepted_on__lt=begins)
    return Target.objects.filter(early, recorded_in__gt=since) if since else Target.objects.filter(early)


def of_units(units: Units, begins: date, *, as_of: int | None = None) -> Iterator[BeforeLedger]:
    """What of those units fell due before the month ``begins``, by target; as it was known in a revision, where one is given."""
    for owned in accounts(units, Period(EARLIEST, begins), as_of=as_of):
        found = _of_account(owned, begins) if owned.home else None
        if found is not None:
            yield found


def warns_of_books() -> Warns | None:
    """What an import has to say of the rows that it brings, by target number; None before the ledger has begun.

    Called once the rows are written: what was said of the same target before is not said again.
    """
    begins = first_month()
    if begins is None:
        return None

    def warnings(rows: Mapping[str, Row]) -> list[Fault]:
        return [before_ledger_said(rows[found.number], found, begins) for found in _of_targets(rows, begins)]

    return warnings


def _of_targets(numbers: Collection[str], begins: date) -> Iterator[BeforeLedger]:
    units: set[int] = set()
    for some in slices(sorted(numbers)):
        units.update(_begun_before(begins, 0).filter(number__in=some).values_list("unit_id", flat=True))
    before = FactsRevision.current() - 1
    for ids in slices(sorted(units)):
        known = {found.number: found for found in of_units(UnitSet(ids), begins, as_of=before)}
        for found in of_units(UnitSet(ids), begins):
            if found.number in numbers and found != known.get(found.number):
                yield found


def _of_account(owned: Owned, begins: date) -> BeforeLedger | None:
    account = owned.account
    months, yen, missing = [], 0, False
    month = month_of(_first_day(account, begins))
    while month < begins and owned.contradiction is None:
        try:
            found = due(account, month_period(month))
        except UnbillableError:
            months.append(month)
            missing = True
        else:
            # What is held is finance's to bill or waive; it is never put to finance for such a month either.
            lines = found.lines + found.held
            yen += sum(line.amount_yen for line in lines)
            months += [month] if lines else []
        month = next_month(month)
    return BeforeLedger(account.number, owned.unit_id, tuple(months), None if missing else yen) if months else None


def _first_day(account: Account, begins: date) -> date:
    days = [account.accepted_on, account.starts_on, *(fee.on for fee in account.one_time)]
    days += [change.accepted_on for change in account.charged_changes]
    return max(EARLIEST, min((day for day in days if day is not None), default=begins))
