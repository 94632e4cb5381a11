"""Days and months of a Japanese text in English."""

import re

MONTHS: tuple[str, ...] = ("January", "February", "March", "April", "May", "June", "July", "August", "September")
MONTHS += ("October", "November", "December")

DAY = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
_PARTS = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_MONTH = re.compile(r"(\d{4})年(\d{1,2})月分?")


def days_in_english(words: str) -> str:
    """A text with its days and months in English: 31 May 2025, April 2025."""
    words = _PARTS.sub(lambda day: f"{int(day[3])} {MONTHS[int(day[2]) - 1]} {day[1]}", words)
    return _MONTH.sub(lambda month: f"{MONTHS[int(month[2]) - 1]} {month[1]}", words).replace("〜", " – ")
