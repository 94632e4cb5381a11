"""What units that were read whole say already of their targets: filled into the facts of accounts without asking for it again.

A page, a preview and a draft have their units read; the close streams its ranges and asks for each table by itself
(billing.facts.load). Both fill the same facts, of which one function makes the accounts.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import DateField, Q

from billing.facts.claims import granted_of, put_granted
from billing.facts.read import ALWAYS, Facts, OptionRow, TargetRow
from billing.terms.account import OneTime
from contracts import models
from contracts.facts.ids import Ids
from contracts.facts.load import Loaded
from contracts.models.among import Later, among
from contracts.models.at_once import Asked, Prepared, Row, at_once
from contracts.models.written_once import Given
from contracts.terms.art13_change_fees import CHARGED, ChargedChange
from contracts.terms.catalog import Category
from contracts.terms.days import Period
from contracts.terms.unit import Change, Option, Target, Unit, What


def begun_from(loaded: Loaded) -> Facts:
    """The targets of the units that were read, and who pays for them: no query. What was moved has a row for each of the units."""
    rows = []
    for pk, values in loaded.targets.items():
        chain = loaded.chains.get(values["contract_id"] or pk)
        home = values["unit_id"]
        for unit in {home} | (chain.ever if chain else set()):
            if unit in loaded.units:
                rows.append(
                    TargetRow(pk, values["number"], unit, values["billing_starts_on"], values["application_id"], home)
                )
    return Facts(loaded.as_of, rows, Ids({row.pk for row in rows}), holders=loaded.holders, chains=dict(loaded.chains))


def read_from(facts: Facts, units: Mapping[int, Unit], days: Period, *, claims: bool) -> None:
    """Options, acceptances and changes from the units, by id; prices of all fees in one query, and with ``claims`` what was granted in one.

    What was granted is read whole: a claim is judged beside all others of its contract, whenever they are granted (I-20, I-38).
    """
    ids = {row.number: row.pk for row in facts.rows}
    known: dict[str, Target] = {target.number: target for unit in units.values() for target in unit.targets}
    for row in {row.pk: row for row in facts.rows}.values():
        target = known[row.number]
        if target.accepted_on in days:
            facts.accepted[row.pk] = target.accepted_on
        if isinstance(target, Option):
            held = (ids[target.contract], target.option.value, str(target.licence_type or ""), target.quantity)
            facts.options[row.pk] = OptionRow._make(held)
        else:
            facts.categories[row.pk].append((ALWAYS, target.category))
    # What is to come is told of two units alike.
    changes = {id(change): change for unit in units.values() for change in unit.changes if change.target in ids}
    for change in sorted(changes.values(), key=lambda one: one.effective_on):
        _put_change(facts, ids[change.target], change)
    said = {
        "targets": {row.pk for row in facts.rows},
        "contracts": {row.pk for row in facts.rows if row.pk not in facts.options},
        "stop": days.stop,
    }
    if facts.as_of is None:
        prices, *granted = _ASKED[claims](**said)
    else:
        prices, *granted = at_once(*_asked(facts.as_of, claims=claims, **said))
    _put_prices(facts, days, prices)
    if claims:
        put_granted(facts, *granted)


def _put_change(facts: Facts, pk: int, change: Change) -> None:
    if change.what is What.QUANTITY:
        facts.quantities[pk].append((change.effective_on, int(change.to)))
    elif change.what is What.CATEGORY:
        facts.categories[pk].append((change.effective_on, Category(str(change.to))))
    if change.what in CHARGED:
        facts.charged[pk].append(ChargedChange(change.accepted_on, change.effective_on, change.application))


def _asked(as_of: int | None, *, targets: Any, contracts: Any, stop: Any, claims: bool) -> tuple[Asked, ...]:
    """Prices that begin until the days end, and fees that are charged once, of any day; with ``claims`` what was granted."""
    rows = models.Price.objects.as_known_in(as_of).filter(Q(from_on__lt=stop) | Q(fee="initial") | Q(fee="one_time"))
    columns = ("target_id", "from_on", "pk", "fee", "amount_yen", "application__number", "note", "reference")
    prices = (rows.filter(among("target_id", targets)), columns)
    return (prices, *granted_of(as_of, contracts)) if claims else (prices,)


def _prepared(*, claims: bool) -> Prepared:
    later = {"targets": Later("targets"), "contracts": Later("contracts"), "stop": Given("stop", DateField())}
    return Prepared(lambda: _asked(None, claims=claims, **later))


_ASKED = {claims: _prepared(claims=claims) for claims in (True, False)}
"""As it stands, which is what pages and previews ask."""


def _put_prices(facts: Facts, days: Period, prices: Iterable[Row]) -> None:
    """Monthly prices until the days end; initial fees of what was accepted in them; one-time fees of these days, and all there
    are of a target with changes, since which fee is for which change rests on all (I-39)."""
    quoting = {change.application for some in facts.charged.values() for change in some}
    monthly, one_time = defaultdict[int, list[Any]](list), facts.one_time
    for pk, on, _id, fee, yen, number, *told in sorted(prices, key=_by_day):
        if fee == "monthly":
            monthly[pk].append((on, yen))
        elif fee == "initial" and pk in facts.accepted:
            facts.initial[pk] = yen
        elif fee == "one_time" and (on in days or pk in facts.charged):
            quoted_with = number if number in quoting else ""
            one_time[pk].append(OneTime(on, yen, "、".join(filter(None, told)), quoted_with))
    facts.monthly |= {pk: tuple(dated) for pk, dated in monthly.items()}


def _by_day(row: Row) -> tuple[int, date, int]:
    # An initial fee has no day: it falls due with the acceptance.
    target, on, pk, *_values = row
    return target, on or ALWAYS, pk
