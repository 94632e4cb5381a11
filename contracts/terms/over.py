"""What is over for good: told from the notices alone, without the rest of a unit's facts (第10条第10項, 第12条).

An end is the earliest of all that bring it about, and what ends with another ends on that other's day. So a bound of the days
of the notices is a bound of every end in the unit; only a pair (12-2, 12-3, 12-4) may be ended by what has none.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from contracts.terms.art10_options import EDR_OPTIONS
from contracts.terms.catalog import OptionType
from contracts.terms.days import days_after
from contracts.terms.editions import in_force, terms_on
from contracts.terms.unit import Ground

ENDS_ITS_MODULE = frozenset({OptionType.CLOUD_LOG_MONITORING, OptionType.M365_LOG_MONITORING})
"""Options with which their module ends (12-2, 12-3)."""


class Held(NamedTuple):
    """An option of a unit: what it is, and the contract that it is on."""

    option: OptionType
    contract: int


def ended_by(arrived_on: date, requested_for: date | None, ground: Ground) -> date:
    """The last day on which a notice can end its target: arrival and the most days of its edition, or the later day it names.

    A ground that ends on the day named and names none ends nothing that could be told: the last day of the calendar.
    """
    if ground is not Ground.NOTICE:
        return requested_for or date.max
    longest = days_after(arrived_on, terms_on(arrived_on).longest_notice_days)
    return max(longest, requested_for or longest)


def ends_from(arrived_on: date, requested_for: date | None, ground: Ground) -> date:
    """The first day on which a notice can end its target: no notice does so before it arrives, another ground on its day."""
    return arrived_on if ground is Ground.NOTICE else requested_for or date.min


def longest_notice_days() -> int:
    """The most days that lie between an arrival and an effect that no day is named for, whatever edition counts (10-10, 12-1)."""
    return max(values.longest_notice_days for values in in_force().every_values())


def over_before(first: date, bounds: Mapping[int, date], options: Mapping[int, Held]) -> frozenset[int] | None:
    """The targets of one unit that ended before ``first``, where nothing else of it ends by these notices; None if not told.

    ``bounds``: the least of ended_by of each target with notices; those may be left out whose notices all end it after the days
    that are asked about (ends_from), with what they bring to an end. ``options``: the unit's options. Both by the target's id.
    """
    if any(bound >= first for bound in bounds.values()):
        return None
    over = set(bounds)
    # An option ends with its contract at the latest (I-15).
    over.update(pk for pk, held in options.items() if held.contract in over)
    return None if _may_end_another(over, options) else frozenset(over)


def _may_end_another(over: Collection[int], options: Mapping[int, Held]) -> bool:
    """Whether a pair reaches from what is over to what is not known to be (12-2, 12-3, 12-4)."""
    ended = [options[pk] for pk in over if pk in options]
    if any(held.option in EDR_OPTIONS for held in ended) and _edr_left(over, options.items()):
        return True
    return any(held.option in ENDS_ITS_MODULE and held.contract not in over for held in ended)


def _edr_left(over: Collection[int], options: Iterable[tuple[int, Held]]) -> bool:
    return any(held.option in EDR_OPTIONS and pk not in over for pk, held in options)
