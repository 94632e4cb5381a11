"""附則: the editions of the terms, and what they renamed. Contracts keep the edition they were concluded under."""

from datetime import date

EDITIONS: tuple[date, ...] = (
    date(2017, 3, 1),
    date(2018, 3, 1),
    date(2018, 6, 1),
    date(2018, 8, 1),
    date(2018, 10, 1),
    date(2018, 12, 1),
    date(2019, 4, 1),
    date(2019, 7, 1),
    date(2019, 12, 1),
    date(2020, 7, 1),
    date(2021, 5, 1),
    date(2021, 8, 1),
    date(2021, 10, 1),
    date(2022, 4, 1),
    date(2022, 9, 1),
    date(2023, 4, 1),
    date(2025, 1, 1),
    date(2025, 4, 1),
)
"""The days from which the 18 editions apply (附則)."""

RENAMED_CATEGORIES: dict[str, str] = {
    "IIJ C-SOCサービス": "アドバンスト",
    "IIJ C-SOCサービス ベーシック": "ベーシック",
}
"""令和3年5月1日変更 第3項・第4項: the tiers' names before 2021-05-01."""

RENAMED_ITEMS: dict[str, str] = {"アンチウイルス:BlackBerry": "アンチウイルス:Cylance"}
"""令和3年10月1日変更 第2項, 令和4年9月1日変更 第2項: the item's name from 2021-10-01 to 2022-08-31."""

BLACKBERRY_FROM, BLACKBERRY_UNTIL = date(2021, 10, 1), date(2022, 9, 1)
TIERS_RENAMED_ON = date(2021, 5, 1)


def edition_on(day: date) -> date | None:
    """The edition in force on a day, named by its first day; None before 2017-03-01."""
    return next((edition for edition in reversed(EDITIONS) if edition <= day), None)


def name_on(name: str, day: date) -> str:
    """The name that the edition of that day gives to a category or an item of today."""
    if day < TIERS_RENAMED_ON:
        for old, new in RENAMED_CATEGORIES.items():
            if name == new:
                return old
    if BLACKBERRY_FROM <= day < BLACKBERRY_UNTIL and name == RENAMED_ITEMS["アンチウイルス:BlackBerry"]:
        return "アンチウイルス:BlackBerry"
    return name
