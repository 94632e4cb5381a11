"""銀行営業日: the days on which banks in Japan are open."""

from datetime import date

import jpholiday

SATURDAY = 5
YEAR_ENDS = frozenset({(12, 31), (1, 1), (1, 2), (1, 3)})
"""The days around New Year on which banks are closed beside Saturdays, Sundays and 国民の祝日 (銀行法施行令)."""


def banks_open(day: date) -> bool:
    """Whether banks are open on a day. Holidays of coming years are those of the law as it stands."""
    return day.weekday() < SATURDAY and (day.month, day.day) not in YEAR_ENDS and not jpholiday.is_holiday(day)
