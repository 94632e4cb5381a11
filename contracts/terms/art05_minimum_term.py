"""第5条（最低利用期間）: so many months for every contract, counted from its own 課金開始日."""

from datetime import date

from contracts.terms.days import last_day
from contracts.terms.editions import terms_on


def minimum_term_last_day(starts_on: date, *, concluded_on: date) -> date:
    """Last day of a contract's minimum term, whatever its category or module type (第5条): by the edition of its acceptance (I-57).

    An upgrade, an item change, another price or quantity does not restart it (I-07).
    """
    return last_day(starts_on, months=terms_on(concluded_on).contract_months)
