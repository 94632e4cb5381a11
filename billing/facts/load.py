"""Stored facts → billing.terms.account.Account, for a range of management units at once, as plain tuples.

The range's targets are read first, and everything else by their ids (billing.facts.span): a query reads the rows of the range
and no others, however large the tables. A fixed number of queries a chunk where the ids lie together.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from operator import itemgetter
from typing import NamedTuple

from django.db.models import Q

from billing.facts import questions
from billing.facts.claims import read_claims
from billing.facts.ends import add_ends, read_ends
from billing.facts.from_units import begun_from, read_from
from billing.facts.paying import chain_of, payer_all_month, payers_of
from billing.facts.read import ALWAYS, Facts, OptionRow, TargetRow
from billing.facts.span import Units
from billing.models.bulk import ROWS_A_BLOCK, WholeRow
from billing.terms.account import Account, OneTime
from billing.terms.payers import ELSEWHERE, Payers
from contracts import models
from contracts.facts.change_order import in_order
from contracts.facts.holders import HOLDERS, held_by
from contracts.facts.ids import Ids
from contracts.facts.load import Loaded
from contracts.facts.stays import Chain, chains_of
from contracts.models.among import among
from contracts.terms.art13_change_fees import CHARGED, ChargedChange
from contracts.terms.catalog import Category, LicenceType, OptionType
from contracts.terms.days import Period
from contracts.terms.unit import ContradictionError, What

WHOLE = Period(date(1900, 1, 1), date(9000, 1, 1))
"""The days of an account as a whole: every month that there has been and that can come."""

_OPTION_TYPES = {str(option): option for option in OptionType}
_LICENCE_TYPES = {str(licence): licence for licence in LicenceType}


class Owned(NamedTuple):
    """An account and the rows it belongs to; ``contradiction`` where its unit's facts cannot all be true.

    A contract that was moved has one a unit, each for the days that it is in it; ``home``: the unit that it is listed under;
    ``moved``: that it was ever moved.
    """

    target_id: int
    unit_id: int
    payers: Payers
    account: Account
    home: bool = True
    moved: bool = False
    contradiction: ContradictionError | None = None


def accounts(units: Units | Loaded, days: Period, *, as_of: int | None = None, claims: bool = True) -> Iterator[Owned]:
    """Every contract and option of the units, with what its charges in the months of ``days`` can rest on; in the order of units.

    ``as_of``: the revision of the facts in which they are told, such as the one that a closed month has seen; None: as they
    stand now. Of units that have been read (``Loaded``, as of what they were read in) only what they do not tell is asked for;
    without ``claims`` their accounts know of no reduction, which takes one query instead of three.
    All is read before the first is handed out: while lines are copied into the database it answers no other query.
    Joined and sorted here, not in SQL: the tables joined to would be read whole for every range.
    """
    facts = _read_from(units, days, claims) if isinstance(units, Loaded) else _read(units, days, as_of)
    return (_owned(facts, row) for row in facts.rows)


def of_month(units: Units, month: Period) -> Iterator[Owned | list[WholeRow]]:
    """The same of one month, as the facts stand now, but of what the month charges one price for all its days nothing but that price:
    of targets next to each other in a list, of at most ROWS_A_BLOCK.

    All is read before the first is handed out, as of ``accounts``.
    """
    facts = _read(units, month, None)
    return _of_month(facts, month)


def _of_month(facts: Facts, month: Period) -> Iterator[Owned | list[WholeRow]]:
    apart = _more_than_a_price(facts)
    monthly, options, first = facts.monthly, facts.options, month.first
    chains, alone = facts.chains, {unit: held[0].customer_id for unit, held in facts.holders.items() if len(held) == 1}
    whole: list[WholeRow] = []
    for row in facts.rows:
        pk, _number, unit_id, starts_on, *_of = row
        prices = monthly.get(pk)
        if prices is not None and starts_on is not None and starts_on <= first and pk not in apart:
            # In the order of their days, without those to come: where the last counts from the first day on, it counts alone.
            from_on, price = prices[-1]
            option = options.get(pk)
            # What comes to 0 yen is left to the rules, which leave it out.
            if price and from_on <= first and (option is None or option[1] != OptionType.EDR_LICENCE):
                # Of most units nobody but one customer ever paid, and nothing was moved.
                payer = None if chains and chain_of(facts, pk) else alone.get(unit_id)
                if payer is None:
                    payer = payer_all_month(facts, row, month)
                if payer is not None:
                    if payer != ELSEWHERE:
                        whole.append((payer, unit_id, pk, price))
                        if len(whole) == ROWS_A_BLOCK:
                            yield whole
                            whole = []
                    continue
        if whole:
            yield whole
            whole = []
        yield _owned(facts, row)
    if whole:
        yield whole


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
        found.update(row.pk for row in facts.rows if row.number in facts.ends or row.home in facts.contradictions)
    return found


def _read_from(loaded: Loaded, days: Period, claims: bool) -> Facts:
    """The same of units that have been read already."""
    facts = begun_from(loaded)
    facts.rows.sort(key=_BY_UNIT)
    read_from(facts, loaded.beside, days, claims=claims)
    homes = {row.home for row in facts.rows}
    add_ends(facts, {pk: unit for pk, unit in loaded.beside.items() if pk in homes and unit.notices})
    return facts


def _read(units: Units, days: Period, as_of: int | None) -> Facts:
    """What was read of the units."""
    facts = _begun(units, as_of)
    _read_options(facts)
    _read_accepted(facts, days)
    _read_prices(facts, days)
    _read_changes(facts)
    _read_one_time(facts, days)
    claiming = read_claims(facts, days)
    exactly = {row.home for row in facts.rows if row.pk in claiming} if claiming else ()
    read_ends(facts, days, exactly=exactly)
    return facts


def _begun(units: Units, as_of: int | None) -> Facts:
    """The targets of the units, and who pays for them; of a revision with the 課金開始日 that was on record in it."""
    held = held_by(units.ask(HOLDERS), as_of=as_of)
    chains = chains_of(held.moved, as_of=as_of) if held.moved else {}
    asked = questions.TARGETS if as_of is None else questions.TARGETS_RECORDED
    rows = [
        TargetRow(pk, number, unit, starts_on, application, unit)
        for unit, pk, number, starts_on, application in units.ask(asked, as_of=as_of)
    ]
    if chains:
        rows += _elsewhere(chains, held.holders, as_of)
    rows.sort(key=_BY_UNIT)
    facts = Facts(as_of, rows, Ids({row.pk for row in rows}), holders=held.holders, chains=chains)
    if as_of is not None:
        facts.starts = dict(questions.STARTS.of(facts.targets, as_of))
    return facts


def _elsewhere(chains: Mapping[int, Chain], units: Collection[int], as_of: int | None) -> Iterator[TargetRow]:
    """What was moved, in those of its other units that are asked for: each has the days that were or will be its own."""
    of_contract = Q(among("contract", chains)) | Q(among("option__contract", chains))
    targets = models.Target.objects.filter(of_contract)
    if as_of is not None:
        targets = targets.filter(recorded_in__lte=as_of)
    columns = ("option__contract_id", "pk", "number", "unit_id", "billing_starts_on", "application_id")
    for contract, pk, number, home, starts_on, application in targets.values_list(*columns):
        for unit in chains[contract or pk].ever:
            if unit != home and unit in units:
                yield TargetRow(pk, number, unit, starts_on, application, home)


_BY_UNIT = itemgetter(2, 0)


def _owned(facts: Facts, row: TargetRow) -> Owned:
    pk, number, unit_id, starts_on, _application, home = row
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
    if account.end is not None:
        account.concluded_on = facts.concluded.get(number)
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
    contradiction = facts.contradictions.get(home)
    moved = chain_of(facts, pk) is not None
    return Owned(pk, unit_id, payers_of(facts, row), account, home == unit_id, moved, contradiction)


def _read_options(facts: Facts) -> None:
    for pk, *values in facts.targets.ask(questions.OPTIONS):
        facts.options[pk] = OptionRow._make(values)


def _read_accepted(facts: Facts, days: Period) -> None:
    """The acceptances in these days."""
    applications = Ids(row.application_id for row in facts.rows)
    accepted = dict(applications.ask(questions.ACCEPTED, **days._asdict()))
    if accepted:
        facts.accepted = {row.pk: accepted[row.application_id] for row in facts.rows if row.application_id in accepted}


def _read_prices(facts: Facts, days: Period) -> None:
    dated = facts.monthly
    for pk, from_on, amount in questions.MONTHLY.of(facts.targets, facts.as_of, stop=days.stop):
        dated[pk] = (*dated[pk], (from_on, amount)) if pk in dated else ((from_on, amount),)
    if facts.accepted:
        facts.initial = dict(questions.INITIAL.of(Ids(facts.accepted), facts.as_of))


def _read_changes(facts: Facts) -> None:
    rows = in_order(
        questions.CHANGES.of(facts.targets, facts.as_of), key=itemgetter(0, 1, 4), application=itemgetter(5)
    )
    applications = Ids(row[5] for row in rows if row[1] in CHARGED)
    of_application = {pk: told for pk, *told in applications.ask(questions.APPLICATIONS)}
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
    asked = [questions.ONE_TIME_IN.of(facts.targets, facts.as_of, **days._asdict())]
    if facts.charged:
        asked.append(questions.ONE_TIME.of(Ids(facts.charged), facts.as_of))
    rows = {row[1]: row for some in asked for row in some}
    for target, _pk, on, amount, with_application, *told in sorted(rows.values(), key=_BY_DAY):
        quoted_with = facts.applications.get(with_application, "")
        facts.one_time[target].append(OneTime(on, amount, "、".join(filter(None, told)), quoted_with))


_BY_DAY = itemgetter(2, 1)
