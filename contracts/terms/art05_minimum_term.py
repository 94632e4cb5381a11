"""第5条（最低利用期間）: six months for every contract, counted from its own 課金開始日."""

from datetime import date

from contracts.terms.days import last_day

CONTRACT_MONTHS = 6


def minimum_term_last_day(starts_on: date) -> date:
    """Last day of a contract's minimum term, whatever its category or module type (第5条).

    An upgrade, an item change, another price or quantity does not restart it (I-07).
    """
    return last_day(starts_on, months=CONTRACT_MONTHS)
