"""Days, moments and numbers as people write them: the value, and in which manner where it is not the agreed one ('' where it is)."""

import math
import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from contracts.intake.book.people import PEOPLE, plain
from contracts.intake.book.table import Uncounted

_DAYS, _MOMENTS, _NUMBERS = PEOPLE["days"], PEOPLE["moments"], PEOPLE["numbers"]
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_FIRST_SERIAL, _LAST_SERIAL = 36_526, 109_574
"""2000-01-01 and 2199-12-31 as a workbook counts days."""
_DAY_ZERO = datetime(1899, 12, 30)
LONGEST = 64
NOISE = 1e-6
"""A sum that a spreadsheet worked out in floats misses the whole yen by less."""


class NoSuchDayError(ValueError):
    """Written as a day, and there is none such."""


def folded(raw: Any) -> str:
    """What is written, in half width, its dashes alike, without blanks around it."""
    return unicodedata.normalize("NFKC", str(raw)).translate(_DASHES).strip()


def manner(raw: Any) -> str:
    """What writings of one kind have in common: 2025/4/1 and 2025/12/31 are written alike."""
    return re.sub(r"[\d,]+", "9", str(raw).strip())


def _is_none(raw: Any) -> bool:
    """Whether the text is longer than any day or number, or has a ② or ² in it: it is not searched for one."""
    return isinstance(raw, str) and (
        len(raw) > LONGEST or any(unicodedata.category(character) in ("No", "Nl") for character in raw)
    )


def _serial(number: float) -> datetime | None:
    """The day and time of a number as a workbook counts days, where it lies within reason."""
    return _DAY_ZERO + timedelta(days=number) if _FIRST_SERIAL <= number < _LAST_SERIAL + 1 else None


_DIGITS = r"(?P<year>\d{4})"
_ERAS = {plain(name): era for era in _DAYS["eras"] for name in era["names"]}
_ERA = rf"(?P<era>{'|'.join(sorted(map(re.escape, _ERAS), key=len, reverse=True))})(?P<year>\d{{1,2}}|{_DAYS['first_year']})"
_REST = r"(?P<month>\d{1,2})%s(?P<day>\d{1,2})"
_PATTERNS = [
    re.compile(head + middle + _REST % between + end)
    for head in (_DIGITS, _ERA)
    for middle, between, end in (
        *((re.escape(mark), re.escape(mark), r"\.?") for mark in "-/."),
        (_DAYS["year"], _DAYS["month"], f"{_DAYS['day']}?"),
    )
]
_WEEKDAY = re.compile(rf"\(([{_DAYS['weekdays']}])\)$")
_MIDNIGHT = re.compile(r"[T\s]+0{1,2}:00(:00(\.0+)?)?$")


def day(raw: Any) -> tuple[date, str] | None:
    """The day that is written, and the manner; None where it is no way to write a day. Raises NoSuchDayError for 2025-02-30.

    A cell with a time of day is no day: only midnight is let be.
    """
    if isinstance(raw, datetime):
        return (raw.date(), "") if raw.time() == time() else None
    if isinstance(raw, date):
        return raw, ""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float) or _is_none(raw):
        return None
    if isinstance(raw, int | float):
        if isinstance(raw, Uncounted):
            return None
        found = _number_as_day(float(raw))
        return (found, "9") if found else None
    text = _MIDNIGHT.sub("", folded(raw))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return _of(*map(int, text.split("-"))), "" if text == raw.strip() else manner(raw)
    if re.fullmatch(r"\d{5}|\d{8}", text):
        found = _number_as_day(float(text))
        return (found, manner(raw)) if found else None
    text = "".join(text.split()).casefold()
    weekday = _WEEKDAY.search(text)
    if weekday:
        text = text[: weekday.start()]
    match = next((m for m in (pattern.fullmatch(text) for pattern in _PATTERNS) if m), None)
    if match is None:
        return None
    found = _of_match(match)
    if weekday and _DAYS["weekdays"][found.weekday()] != weekday[1]:
        raise NoSuchDayError(raw)
    return found, manner(raw)


_MONTH = re.compile(rf"(?P<year>\d{{4}})\s*(?:[-/.]|{_DAYS['year']})?\s*(?P<month>\d{{1,2}})\s*{_DAYS['month']}?")
_MONTH_OF_ERA = re.compile(
    rf"(?P<era>{'|'.join(sorted(map(re.escape, _ERAS), key=len, reverse=True))})"
    rf"(?P<year>\d{{1,2}}|{_DAYS['first_year']})(?:[-/.]|{_DAYS['year']})(?P<month>\d{{1,2}}){_DAYS['month']}?"
)


def month(raw: str) -> date | None:
    """The first day of the month that is written, as 2025-04, 2025/4, 2025年4月 or 令和7年4月; None where it is no month."""
    if _is_none(raw):
        return None
    text = folded(raw)
    match = _MONTH.fullmatch(text) or _MONTH_OF_ERA.fullmatch("".join(text.split()).casefold())
    if match is None:
        return None
    found = match.groupdict()
    year = 1 if found["year"] == _DAYS["first_year"] else int(found["year"])
    if era := _ERAS.get(found.get("era") or ""):
        year += era["begins"].year - 1
    try:
        value = date(year, int(found["month"]), 1)
    except ValueError:
        return None
    # The month in which an era begins or ends is of both.
    if era and not date(era["begins"].year, era["begins"].month, 1) <= value <= era.get("ends", date.max):
        return None
    return value


def _number_as_day(number: float) -> date | None:
    if not math.isfinite(number) or number != int(number):
        return None
    counted = _serial(number)
    if counted is not None:
        return counted.date()
    digits = str(int(number))
    return _of(int(digits[:4]), int(digits[4:6]), int(digits[6:])) if len(digits) == 8 else None


def _of(year: int, month: int, day_: int) -> date:
    try:
        return date(year, month, day_)
    except ValueError:
        raise NoSuchDayError from None


def _of_match(match: re.Match[str]) -> date:
    found = match.groupdict()
    year = 1 if found["year"] == _DAYS["first_year"] else int(found["year"])
    era = _ERAS[found["era"]] if found.get("era") else None
    if era is None:
        return _of(year, int(found["month"]), int(found["day"]))
    value = _of(era["begins"].year + year - 1, int(found["month"]), int(found["day"]))
    # A day before an era began, or after it was over, is not of that era.
    if not era["begins"] <= value <= era.get("ends", date.max):
        raise NoSuchDayError
    return value


_HALF = "|".join(map(re.escape, (*_MOMENTS["forenoon"], *_MOMENTS["afternoon"])))
_CLOCK = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(:\d{2}(\.\d+)?)?$")
_SPOKEN = re.compile(
    rf"(?P<half>{_HALF})?\s*(?P<hour>\d{{1,2}}){_MOMENTS['hour']}"
    rf"\s*((?P<minute>\d{{1,2}}){_MOMENTS['minute']}(\s*\d{{1,2}}{_MOMENTS['second']})?)?$"
)
_AGREED = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?")


def moment(raw: Any) -> tuple[datetime, str] | None:
    """The moment that is written, to the minute, and the manner; None where it is no way to write one.

    A workbook's day without a time is its midnight: the two are one number there. In text a time has to be written.
    """
    if isinstance(raw, float) and math.isfinite(raw) and not isinstance(raw, Uncounted):
        counted = _serial(raw)
        return (_to_the_minute(counted), "9.9") if counted else None
    if isinstance(raw, datetime):
        return _to_the_minute(raw), ""
    if isinstance(raw, date):
        return datetime(raw.year, raw.month, raw.day), ""
    if not isinstance(raw, str) or _is_none(raw):
        return None
    text = folded(raw).casefold()
    match = _CLOCK.search(text) or _SPOKEN.search(text)
    of_day = day(text[: match.start()].rstrip(" t")) if match else None
    if match is None or of_day is None:
        return None
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match.groupdict().get("half") in _MOMENTS["afternoon"] and hour < 12:
        hour += 12
    # 24:00 is the midnight that ends the day.
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        raise NoSuchDayError(raw)
    value = datetime.combine(of_day[0], time()) + timedelta(hours=hour, minutes=minute)
    return value, "" if _AGREED.fullmatch(raw.strip()) else manner(raw)


def _to_the_minute(value: datetime) -> datetime:
    # A workbook counts days in floats: a minute may come as its last millisecond before.
    return (value + timedelta(milliseconds=500)).replace(second=0, microsecond=0)


_BEFORE = "|".join(re.escape(plain(word)) for word in _NUMBERS["before"])
_AFTER = "|".join(re.escape(plain(word)) for word in sorted(_NUMBERS["after"], key=len, reverse=True))
_UNITS = "|".join(re.escape(plain(word)) for word in sorted(_NUMBERS["units"], key=len, reverse=True))
_NUMBER = r"(?P<sign>[-+]?)(?P<whole>\d{1,3}(?:,\d{3})+|\d{1,18})(?P<part>\.\d+)?"
_MONEY = re.compile(rf"(?:{_BEFORE})?{_NUMBER}(?:{_AFTER})*")
_COUNT = re.compile(rf"{_NUMBER}(?:{_UNITS})?")


def whole(raw: Any, *, money: bool) -> tuple[int, str] | None:
    """The whole number that is written, and the manner; None where it is none. Yen where ``money``, else years or licences.

    What a float is off by is no part of the number; half a yen is a fault.
    """
    if isinstance(raw, bool) or _is_none(raw):
        return None
    if isinstance(raw, int | float):
        if not math.isfinite(raw) or abs(raw - round(raw)) > NOISE:
            return None
        return round(raw), "" if raw == round(raw) else "9.9"
    text = plain(folded(raw))
    match = (_MONEY if money else _COUNT).fullmatch(text)
    if match is None or not _is_noise(match["part"] or ""):
        return None
    number = int(match["whole"].replace(",", ""))
    if match["part"] and Decimal(match["part"]) > Decimal("0.5"):
        number += 1
    number = -number if match["sign"] == "-" else number
    return number, "" if re.fullmatch(r"-?[\d,]+", str(raw).strip()) else manner(raw)


def _is_noise(part: str) -> bool:
    # 180.000 may be a hundred and eighty thousand to who wrote it: one or two zeros, or what floats leave behind.
    if re.fullmatch(r"(\.0{1,2})?", part):
        return True
    off = Decimal(part)
    return len(part) > 6 and min(off, 1 - off) <= Decimal(str(NOISE))


_CODE = re.compile(r"[-0-9A-Z_/.]+")


def code(raw: str) -> tuple[str, str]:
    """A code folded (width, case, blanks, kinds of dash), and the manner."""
    if _CODE.fullmatch(raw):
        return raw, ""
    value = "".join(folded(raw).split()).upper()
    # A long vowel mark between Latin letters or digits is a dash that was typed in Japanese.
    value = re.sub(r"(?<=[0-9A-Z])\u30fc(?=[0-9A-Z])", "-", value)
    return value, "" if value == raw.strip() else "code"
