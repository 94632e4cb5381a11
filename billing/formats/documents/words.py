"""How days and yen are written on a document for a customer: Japanese, whatever language the screens are in."""

import re
from datetime import date

_DAY = re.compile(r"(?<![-0-9A-Za-z])(\d{4})-(\d\d)-(\d\d)(?![-\d])")
_MONTH = re.compile(r"(?<![-0-9A-Za-z])(\d{4})-(\d\d)(?![-\d])")
_READINGS = re.compile(r"（(?:、?(?:保留 )?I-\d+)+）|、(?:保留 )?I-\d+")


def day(on: date) -> str:
    """2025年4月1日."""
    return f"{on.year}年{on.month}月{on.day}日"


def month(of: date) -> str:
    """2025年4月."""
    return f"{of.year}年{of.month}月"


def yen(amount: int) -> str:
    """1,234, and below zero −1,234: a minus that no line break takes off."""
    return f"{amount:,}".replace("-", "−")


def period(first: date, last: date, within: date) -> str:
    """The days of a line, the year left out where both lie in the month of the document: 4/1–4/30."""
    if (first.year, first.month) == (last.year, last.month) == (within.year, within.month):
        return f"{first.month}/{first.day}" + (f"–{last.month}/{last.day}" if last != first else "")
    begun = f"{first.year}/{first.month}/{first.day}"
    if first == last:
        return begun
    ended = f"{last.month}/{last.day}"
    return f"{begun}–{ended}" if first.year == last.year else f"{begun}–{last.year}/{ended}"


def for_customers(sentence: str) -> str:
    """A sentence of the ledger as a customer reads it: days in words, without the numbers of our own readings."""
    told = _READINGS.sub("", sentence)
    told = _DAY.sub(lambda found: f"{found[1]}年{int(found[2])}月{int(found[3])}日", told)
    return _MONTH.sub(lambda found: f"{found[1]}年{int(found[2])}月", told)


def postal(code: str) -> str:
    """〒123-4567; '' for none."""
    return f"〒{code}" if code else ""
