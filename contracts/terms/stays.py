"""管理単位の移動: on which days a module contract, with its options, belongs to a unit (第6条, 第7条, I-54).

The tier contract is concluded for one unit (第6条第1項) and never moves; so no pair of 第12条 is ever parted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """The days of one contract in a unit: from ``first`` until before ``stop`` (None: until it ends).

    ``came`` and ``leaves`` are the days on which its coming and its leaving were agreed, None where it did neither.
    ``consents_from``: where another customer held it before, the first day of a consent that counts (I-56).
    """

    first: date
    stop: date | None = None
    came: date | None = None
    leaves: date | None = None
    consents_from: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the contract belongs to the unit on the day."""
        return self.first <= day and (self.stop is None or day < self.stop)


Stays = Mapping[str, Stay]
"""By the contract's number; a contract that is not among them has always been the unit's."""

EVER = Stay(first=date.min)


def stays_known(stays: Stays, day: date | None) -> tuple[dict[str, Stay], set[str]]:
    """The stays as known before a day, and the contracts of which nobody knew then that they would come (I-28)."""
    if day is None:
        return dict(stays), set()
    unknown = {number for number, stay in stays.items() if stay.came is not None and stay.came >= day}
    known = {
        number: stay if stay.leaves is None or stay.leaves < day else replace(stay, stop=None)
        for number, stay in stays.items()
        if number not in unknown
    }
    return known, unknown
