"""How long a target is bound: the last day of its minimum term (第5条, 第10条第8項)."""

from datetime import date

from contracts.terms.art05_minimum_term import minimum_term_last_day
from contracts.terms.art10_options import minimum_term_months
from contracts.terms.days import last_day
from contracts.terms.unit import Contract, Target


def minimum_term_end(target: Target) -> date | None:
    """The last day of a target's minimum term (第5条, 第10条第8項); None without a start, and for a 期間ライセンス."""
    if target.starts_on is None:
        return None
    if isinstance(target, Contract):
        return minimum_term_last_day(target.starts_on, concluded_on=target.accepted_on)
    months = minimum_term_months(target.option, target.licence_type, concluded_on=target.accepted_on)
    return last_day(target.starts_on, months=months) if months else None
