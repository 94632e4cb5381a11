"""Stored facts → billing.terms.account.Account, for a range of management units at once, as plain tuples.

The range's targets are read first, and everything else by their ids (billing.facts.span): a query reads the rows of the range
and no others, however large the tables. A fixed number of queries a chunk where the ids lie together.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import QuerySet

from billing.facts.claims import read_claims
from billing.facts.ends import add_ends, read_ends
from billing.facts.read import ALWAYS, Facts, OptionRow, TargetRow
from billing.facts.span import Units
from billing.models.bulk import WholeRow
from billing.terms.account import Account, OneTime
from contracts import models
from contracts.facts.change_order import in_order
from contracts.facts.ids import Ids
from contracts.terms.art13_change_fees import CHARGED, ChargedChange
from contracts.terms.catalog import Category, LicenceType, OptionType
from contracts.terms.days import Period
from contracts.terms.unit import ContradictionError, Unit, What

WHOLE = Period(date(1900, 1, 1), date(9000, 1, 1))
"""The days of an account as a whole: every month that there has been and that can come."""

_OPTION_TYPES = {str(option): option for option in OptionType}
_LICENCE_TYPES = {str(licence): licence for licence in LicenceType}


class Owned(NamedTuple):
    """An account and the rows it belongs to; ``contradiction`` where its unit's facts cannot all be true."""

    target_id: int
    unit_id: int
    customer_id: int
    account: Account
    contradiction: ContradictionError | None = None


def accounts(
    units: Units, days: Period, *, as_of: int | None = None, loaded: Mapping[int, Unit] | None = None
) -> Iterator[Owned]:
    """Every contract and option of the units, with what its charges in the months of ``days`` can rest on; in the order of units.

    ``as_of``: the revision of the facts in which they are told, such as the one that a closed month has seen; None: as they
    stand now. ``loaded``: the units as the terms see them, where all of them have been read already, as of the same.
    All is read before the first is handed out: while lines are copied into the database it answers no other query.
    Joined and sorted here, not in SQL: the tables joined to would be read whole for every range.
    """
    facts, customers = _read(units, days, as_of, loaded)
    return (_owned(facts, customers, row) for row in facts.rows)


def of_month(units: Units, month: Period) -> Iterator[Owned | WholeRow]:
    """The same of one month, as the facts stand now, but of what the month charges one price for all its days nothing but that price.

    All is read before the first is handed out, as of ``accounts``.
    """
    facts, customers = _read(units, month, None, None)
    return _of_month(facts, customers, month)


def _of_month(facts: Facts, customers: dict[int, int], month: Period) -> Iterator[Owned | WholeRow]:
    apart = _more_than_a_price(facts)
    monthly, options, first = facts.monthly, facts.options, month.first
    for row in facts.rows:
        pk, _number, unit_id, starts_on, _application = row
        prices = monthly.get(pk)
        if pk not in apart and prices is not None and len(prices) == 1 and starts_on is not None and starts_on <= first:
            from_on, price = prices[0]
            option = options.get(pk)
            if from_on <= first and (option is None or option[1] != OptionType.EDR_LICENCE):
                yield WholeRow(customers[unit_id], unit_id, pk, price)
                continue
        yield _owned(facts, customers, row)


def _more_than_a_price(facts: Facts) -> set[int]:
    """The targets of which anything but a start and prices was read."""
    found = {
        *facts.accepted,
        *facts.one_time,
        *facts.charged,
        *facts.quantities,
        *facts.outages,
        *facts.breaches,
        *facts.over,
    }
    if facts.ends or facts.contradictions:
        found.update(row.pk for row in facts.rows if row.number in facts.ends or row.unit_id in facts.contradictions)
    return found


def _read(
    units: Units, days: Period, as_of: int | None, loaded: Mapping[int, Unit] | None
) -> tuple[Facts, dict[int, int]]:
    """What was read of the units, and their customers."""
    facts = _begun(units, as_of)
    _read_options(facts)
    _read_accepted(facts, days)
    _read_prices(facts, days)
    _read_changes(facts)
    _read_one_time(facts, days)
    claiming = read_claims(facts, days)
    if loaded is not None:
        add_ends(facts, {pk: unit for pk, unit in loaded.items() if unit.notices})
    else:
        exactly = {row.unit_id for row in facts.rows if row.pk in claiming} if claiming else ()
        read_ends(facts, days, exactly=exactly)
    return facts, dict(models.ManagementUnit.objects.filter(units.of("pk")).values_list("pk", "customer_id"))


def _begun(units: Units, as_of: int | None) -> Facts:
    """The targets of the units; of a revision with the 課金開始日 that was on record in it."""
    targets: QuerySet[Any, Any] = models.Target.objects.filter(units.of("unit_id"))
    if as_of is not None:
        targets = targets.filter(recorded_in__lte=as_of)
    columns = ("pk", "number", "unit_id", "billing_starts_on", "application_id")
    rows = [TargetRow._make(row) for row in sorted(targets.values_list(*columns), key=_BY_UNIT)]
    facts = Facts(as_of, rows, Ids(row.pk for row in rows))
    if as_of is not None:
        facts.starts = dict(facts.rows_of(facts.known(models.BillingStart), "starts_on"))
    return facts


_BY_UNIT = itemgetter(2, 0)


def _owned(facts: Facts, customers: dict[int, int], row: TargetRow) -> Owned:
    pk, number, unit_id, starts_on, _application = row
    held = facts.options.get(pk)
    account = Account(
        number,
        facts.accepted.get(pk),
        starts_on if facts.starts is None else facts.starts.get(pk),
        None if held is None else _OPTION_TYPES[held[1]],
        None if held is None else _LICENCE_TYPES.get(held[2]),
        facts.initial.get(pk),
        facts.monthly.get(pk, ()),
    )
    account.end, account.over = facts.ends.get(number), pk in facts.over
    if held is not None:
        if held[3] is not None:
            account.quantities = ((ALWAYS, held[3]), *facts.quantities.get(pk, ()))
    elif pk in facts.breaches:
        account.categories = tuple(facts.categories[pk])
    if pk in facts.one_time:
        account.one_time = tuple(facts.one_time[pk])
    if pk in facts.charged:
        account.charged_changes = tuple(facts.charged[pk])
    if pk in facts.outages or pk in facts.breaches:
        account.outages, account.breaches = tuple(facts.outages.get(pk, ())), tuple(facts.breaches.get(pk, ()))
    return Owned(pk, unit_id, customers[unit_id], account, facts.contradictions.get(unit_id))


def _read_options(facts: Facts) -> None:
    columns = ("contract_id", "option", "licence_type", "quantity")
    for pk, *values in facts.rows_of(models.Option.objects.all(), *columns):
        facts.options[pk] = OptionRow._make(values)


def _read_accepted(facts: Facts, days: Period) -> None:
    """The acceptances in these days. Days are compared here: an index of days would lead through those of all units."""
    applications = Ids(row.application_id for row in facts.rows)
    accepted = {
        pk: on
        for pk, on in applications.rows(models.Application.objects.all(), "pk", "accepted_on")
        if on is not None and on in days
    }
    facts.accepted = {row.pk: accepted[row.application_id] for row in facts.rows if row.application_id in accepted}


def _read_prices(facts: Facts, days: Period) -> None:
    prices = facts.known(models.Price)
    monthly = prices.filter(fee="monthly", from_on__lt=days.stop).order_by("target_id", "from_on")
    dated = facts.monthly
    for pk, from_on, amount in facts.rows_of(monthly, "from_on", "amount_yen"):
        dated[pk] = (*dated[pk], (from_on, amount)) if pk in dated else ((from_on, amount),)
    if facts.accepted:
        rows = Ids(facts.accepted).rows(prices.filter(fee="initial"), "target_id", "amount_yen")
        facts.initial = dict(rows)


def _read_changes(facts: Facts) -> None:
    columns = ("what", "to_name", "to_number", "effective_on", "application_id")
    rows = in_order(
        facts.rows_of(facts.known(models.Change), *columns), key=itemgetter(0, 1, 4), application=itemgetter(5)
    )
    applications = Ids(row[5] for row in rows if row[1] in CHARGED)
    of_application = {
        pk: told for pk, *told in applications.rows(models.Application.objects.all(), "pk", "accepted_on", "number")
    }
    for pk, what, name, number, effective_on, application in rows:
        if what == What.QUANTITY:
            facts.quantities[pk].append((effective_on, number))
        elif what == What.CATEGORY:
            facts.categories[pk].append((effective_on, Category(name)))
        if what in CHARGED:
            accepted_on, quoted_with = of_application[application]
            facts.charged[pk].append(ChargedChange(accepted_on, effective_on, quoted_with))
            facts.applications[application] = quoted_with


def _read_one_time(facts: Facts, days: Period) -> None:
    """一時費用 of these days; and all there are of a target with changes: which fee is for which change rests on all (I-39)."""
    fees = facts.known(models.Price).filter(fee="one_time")
    columns = ("pk", "from_on", "amount_yen", "application_id", "note", "reference")
    asked = [facts.rows_of(fees.filter(from_on__gte=days.first, from_on__lt=days.stop), *columns)]
    if facts.charged:
        asked.append(Ids(facts.charged).rows(fees, "target_id", *columns))
    rows = {row[1]: row for some in asked for row in some}
    for target, _pk, on, amount, with_application, *told in sorted(rows.values(), key=_BY_DAY):
        quoted_with = facts.applications.get(with_application, "")
        facts.one_time[target].append(OneTime(on, amount, "、".join(filter(None, told)), quoted_with))


_BY_DAY = itemgetter(2, 1)
