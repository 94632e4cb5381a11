"""Which edition of the terms a line was made by: told from the line and its target, kept nowhere twice (I-57, I-59, I-61)."""

import re
from datetime import date

from billing.terms.account import Fee
from contracts.terms.art10_options import term_of
from contracts.terms.editions import edition_on

_KNOWN_ON = re.compile(r"outage (\d{4}-\d\d-\d\d)T")
_OF_TERM = "14-3"


def edition_of(
    fee: str, clause: str, from_on: date, cause: str, *, accepted_on: date | None, starts_on: date | None
) -> date | None:
    """The first day of the edition whose rules and numbers the line was made by; None where the line does not tell.

    A settlement goes by the acceptance of its target, that of a 期間ライセンス by the first day of the term that was cut short;
    an outage by the day on which the company knew; a breach by its own; whatever else falls due by its first day. A correction
    of several lines is told by them.
    """
    day = _deciding(fee, clause, from_on, cause, accepted_on, starts_on)
    return edition_on(day) if day else None


def _deciding(
    fee: str, clause: str, from_on: date, cause: str, accepted_on: date | None, starts_on: date | None
) -> date | None:
    if fee == Fee.CORRECTION:
        return None
    if fee == Fee.SETTLEMENT:
        if clause == _OF_TERM:
            return term_of(starts_on, from_on).first if starts_on else None
        return accepted_on
    if fee == Fee.OUTAGE:
        known = _KNOWN_ON.match(cause)
        return date.fromisoformat(known[1]) if known else None
    return from_on
