"""訂正: on what ground a fact that was accepted is put right, and whose slip of today it is. Not a change of contract (第9条)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Basis(StrEnum):
    """訂正の根拠: agreed with the customer (I-50), or our own slip, our record differing from what was agreed (I-51)."""

    AGREED = "agreed"
    SLIP = "slip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Who wrote a row of facts, and on which day in Japan."""

    by: str
    on: date


def own_slip_of_today(written: Written, *, by: str, on: date) -> bool:
    """Whether a row is the person's own of today: until the day is over whoever wrote it may put it right alone (I-51)."""
    return (written.by, written.on) == (by, on)
