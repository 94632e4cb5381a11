"""What a contract or an option of a unit of the terms is called on a day (contracts.facts.names), and the order in which they are told."""

from collections.abc import Iterator
from datetime import date

from contracts.facts.names import content_of
from contracts.terms.timeline import Timeline
from contracts.terms.unit import Target, Unit, What


def name_on(target: Target, timeline: Timeline, day: date) -> str:
    """The category, module type or option, as the terms write it."""
    return content_of(target, timeline, day).name


def detail_on(target: Target, timeline: Timeline, day: date) -> str:
    """Kind and item of a module; licence type, licences, years and product of an option; '' where it has none."""
    return content_of(target, timeline, day).detail


def details_on(target: Target, timeline: Timeline, day: date) -> list[tuple[What | None, str]]:
    """The same part by part, each with what a change of it changes."""
    return content_of(target, timeline, day).details


def in_order(unit: Unit) -> Iterator[Target]:
    """The tier contract first, then the modules, each followed by its options."""
    for contract in sorted(unit.contracts, key=lambda contract: (not contract.is_tier, contract.number)):
        yield contract
        yield from (option for option in unit.options if option.contract == contract.number)
