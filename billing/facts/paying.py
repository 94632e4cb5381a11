"""Who pays for a target of a range, over time: whoever holds the unit, on the days that the contract belongs to it."""

from datetime import date

from billing.facts.read import Facts, TargetRow
from billing.terms.payers import ELSEWHERE, Payer, Payers, payer_on
from contracts.facts.holders import holder_on
from contracts.facts.stays import Chain
from contracts.terms.days import Period


def chain_of(facts: Facts, target: int) -> Chain | None:
    """The units of a target one after the other, if it was ever moved: an option's are its contract's."""
    if not facts.chains:
        return None
    option = facts.options.get(target)
    return facts.chains.get(option.contract_id if option else target)


def payers_of(facts: Facts, row: TargetRow) -> Payers:
    """Who pays for a target in the unit: whoever holds it, on the days that the contract belongs to it."""
    held = facts.holders[row.unit_id]
    chain = chain_of(facts, row.pk)
    if chain is None:
        paying = facts.paying.get(row.unit_id)
        if paying is None:
            paying = facts.paying[row.unit_id] = tuple(Payer(*one) for one in held)
        return paying
    found = []
    for at, place in enumerate(chain.places):
        stop = chain.places[at + 1].from_on if at + 1 < len(chain.places) else date.max
        if place.unit_id != row.unit_id:
            found.append(Payer(place.from_on, ELSEWHERE))
            continue
        found.append(Payer(place.from_on, holder_on(held, place.from_on)))
        found += [Payer(*one) for one in held if place.from_on < one.from_on < stop]
    return tuple(found)


def payer_all_month(facts: Facts, row: TargetRow, month: Period) -> int | None:
    """Who pays for a target in the unit on all days of the month; None where that changes within it."""
    paying = payers_of(facts, row)
    if any(month.first < payer.from_on < month.stop for payer in paying):
        return None
    return payer_on(paying, month.first)
