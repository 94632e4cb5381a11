"""第6条（契約の単位）: one tier contract a management unit, one module contract an item."""

from collections.abc import Iterator, Sequence

from contracts.terms.catalog import Module
from contracts.terms.unit import Contract


def surplus_tiers(tiers: Sequence[Contract]) -> Sequence[Contract]:
    """Of the tier contracts of one unit on one day, those beyond the one that 6-1 allows, the earliest kept."""
    return sorted(tiers, key=_seniority)[1:]


def surplus_modules(modules: Sequence[tuple[Contract, Module]]) -> Iterator[tuple[Contract, Contract]]:
    """Pairs (contract, earlier contract) for one item (kind or type, I-06) on one day of one unit (6-2)."""
    first: dict[Module, Contract] = {}
    for contract, module in sorted(modules, key=lambda pair: _seniority(pair[0])):
        if module in first:
            yield contract, first[module]
        else:
            first[module] = contract


def _seniority(contract: Contract) -> tuple[object, ...]:
    return contract.accepted_on, contract.number
