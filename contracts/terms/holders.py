"""契約者の地位: who holds the contracts of a unit on a day, and whose consents count then (I-54, I-56).

The terms say nothing of transfer. A transfer moves the position in the contracts as it stands: terms, prices and notices run on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class TransferKind(StrEnum):
    """移転の種類: by agreement of all three, or by merger, where the giver's rights and duties pass as a whole (I-55)."""

    TRANSFER = "transfer"
    MERGER = "merger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred:
    """The contracts of a unit pass to ``receiver``, whose first day is ``from_on``; agreed on ``agreed_on``."""

    receiver: str
    from_on: date
    agreed_on: date

    @property
    def consents_from(self) -> date:
        """The first day of a consent that counts for the receiver: given with the transfer in view, or later (I-56)."""
        return min(self.agreed_on, self.from_on)


def in_force_on(transfers: Sequence[Transferred], day: date) -> Transferred | None:
    """The transfer by which the contracts are held on a day; None while whoever concluded them holds them."""
    begun = [transfer for transfer in transfers if transfer.from_on <= day]
    return max(begun, key=lambda transfer: transfer.from_on) if begun else None


def known_before(transfers: Sequence[Transferred], day: date | None) -> tuple[Transferred, ...]:
    """The transfers agreed before a day: what was accepted then is not to blame for what a later one breaks (I-28, I-56)."""
    return tuple(transfer for transfer in transfers if day is None or transfer.agreed_on < day)
