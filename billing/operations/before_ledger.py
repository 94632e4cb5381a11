"""台帳の前: what fell due before the first month of the ledger, by target — the account's own sums, month by month."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date

from django.db.models import Max

from billing.facts.load import Owned, UnitRange, Units, UnitSet, accounts
from billing.models import Month
from billing.terms.account import Account, UnbillableError
from billing.terms.month import due
from contracts.intake.book.read import Row
from contracts.intake.faults import Fault
from contracts.judge.before_ledger import BeforeLedger, before_ledger_said
from contracts.models import ManagementUnit, Target
from contracts.models.bulk import slices
from contracts.terms.days import Period, month_of, month_period, next_month

EARLIEST = date(2000, 1, 1)
"""No fact is older: the book takes none."""
UNITS_AT_ONCE = 5_000

Warns = Callable[[Mapping[str, Row]], list[Fault]]


def first_month() -> date | None:
    """The month with which the ledger begins; None before any was opened."""
    return Month.objects.order_by("month").values_list("month", flat=True).first()


def before_ledger(begins: date) -> Iterator[BeforeLedger]:
    """All that fell due before the month ``begins``, by target in the order of units; nothing of it is ever billed.

    Streams: memory does not grow with the number of units.
    """
    last = ManagementUnit.objects.aggregate(last=Max("pk"))["last"] or 0
    for after in range(0, last, UNITS_AT_ONCE):
        yield from of_units(UnitRange(after, after + UNITS_AT_ONCE), begins)


def of_units(units: Units, begins: date) -> Iterator[BeforeLedger]:
    """What of those units fell due before the month ``begins``, by target."""
    for owned in accounts(units, Period(EARLIEST, begins)):
        found = _of_account(owned, begins)
        if found is not None:
            yield found


def warns_of_books() -> Warns | None:
    """What an import has to say of the rows that it brings, by target number; None before the ledger has begun."""
    begins = first_month()
    if begins is None:
        return None

    def warnings(rows: Mapping[str, Row]) -> list[Fault]:
        return [before_ledger_said(rows[found.number], found, begins) for found in _of_targets(rows, begins)]

    return warnings


def _of_targets(numbers: Collection[str], begins: date) -> Iterator[BeforeLedger]:
    units: set[int] = set()
    for some in slices(sorted(numbers)):
        units.update(Target.objects.filter(number__in=some).values_list("unit_id", flat=True))
    for ids in slices(sorted(units)):
        yield from (found for found in of_units(UnitSet(ids), begins) if found.number in numbers)


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
