"""Cells: what a written value means. Each parser returns the value or raises ValueError with what is wrong, in Japanese."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from contracts.intake.book import written
from contracts.intake.sentence import Sentence
from contracts.terms import catalog
from contracts.terms.unit import Ground, What

Parser = Callable[[Any], Any]

MOST_YEN, MOST_LICENCES = 10**10, 10**7
"""Beyond these a number is a slip of the keyboard; and a year's fee of the most licences still fits a column of whole yen."""
YEARS = range(2000, 2200)
"""The years of the days that can be meant; a day beyond them is a slip of the keyboard, in a book as in a form."""


class CellError(ValueError):
    """A cell that cannot be read, said as a Sentence, and the clause that says what may stand there, if one does."""

    def __init__(self, message: str, clause: str = "") -> None:
        super().__init__(message if isinstance(message, Sentence) else Sentence(message))
        self.clause = clause


def text(raw: Any) -> str:
    """Text without blanks around it. A whole number in a text column is its digits."""
    if isinstance(raw, bool):
        raise CellError(Sentence("文字で書いてください（{raw}）", raw=raw))
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    if isinstance(raw, date | datetime):
        raise CellError(Sentence("文字で書いてください（{raw}）", raw=raw))
    value = str(raw).strip()
    if not value.isprintable() and any(unicodedata.category(character) == "Cc" for character in value):
        raise CellError("改行などの制御文字は使えません")
    if len(value) > 255:
        raise CellError("255文字以内で書いてください")
    return value


def name(raw: Any) -> str:
    """The name of a kind or an item: at most 128 characters."""
    value = text(raw)
    if len(value) > 128:
        raise CellError("128文字以内で書いてください")
    return value


def code(raw: Any) -> str:
    """A code or number that names something: at most 64 characters, its width, case and blanks folded."""
    value = written.code(text(raw))[0]
    if len(value) > 64:
        raise CellError("64文字以内で書いてください")
    return value


_A_CODE = re.compile(r"[A-Z]{1,8}-?\d{1,16}")


def holder(raw: Any) -> str:
    """名義: a customer's code, folded as codes are, or any other party's name as it is written."""
    value = text(raw)
    as_code = written.code(value)[0]
    return as_code if _A_CODE.fullmatch(as_code) else value


def day(raw: Any) -> date:
    """A day: an Excel date, YYYY-MM-DD, or as people write it (2025/4/1, 令和7年4月1日, 20250401 …)."""
    if isinstance(raw, datetime) and raw.time() != time():
        raise CellError(Sentence("日付に時刻は付けません（{raw:%Y-%m-%d %H:%M}）", raw=raw))
    try:
        found = written.day(raw)
    except written.NoSuchDayError:
        raise CellError(Sentence("ない日付です（{raw}）", raw=raw)) from None
    if found is None:
        raise CellError(Sentence("日付はYYYY-MM-DDで書いてください（{raw}）", raw=raw))
    return _plausible(found[0])


def _plausible(value: date) -> date:
    if value.year not in YEARS:
        raise CellError(Sentence("日付は2000年から2199年までです（{value}）", value=value))
    return value


def moment(raw: Any) -> datetime:
    """A moment in Japan's time: an Excel date-time, YYYY-MM-DD HH:MM, or as people write it (2025/4/1 9:05, 24:00 …)."""
    try:
        found = written.moment(raw)
    except written.NoSuchDayError:
        raise CellError(Sentence("ない日時です（{raw}）", raw=raw)) from None
    if found is None:
        raise CellError(Sentence("日時はYYYY-MM-DD HH:MMで書いてください（{raw}）", raw=raw))
    _plausible(found[0].date())
    return found[0]


def whole(raw: Any) -> int:
    """Whole yen, 0 or more, also with ¥, 円 and commas."""
    return _bounded(raw, written.whole(raw, money=True), MOST_YEN)


def count(raw: Any) -> int:
    """A whole number that a licence or year count can be."""
    return _bounded(raw, written.whole(raw, money=False), MOST_LICENCES)


def _bounded(raw: Any, found: tuple[int, str] | None, most: int) -> int:
    if found is None:
        raise CellError(Sentence("整数で書いてください（{raw}）", raw=raw))
    if found[0] < 0:
        raise CellError(Sentence("0以上で書いてください（{raw}）", raw=raw))
    if found[0] > most:
        raise CellError(Sentence("大きすぎます（{raw}）", raw=raw))
    return found[0]


_YES, _NO = ("はい", "yes", "true", "1", "○", "料金据置"), ("いいえ", "no", "false", "0", "×")


def yes(raw: Any) -> bool | None:
    """Whether something was agreed: はい (True); いいえ says no more than an empty cell (None)."""
    written = catalog.fold(str(raw).strip())
    if written in map(catalog.fold, _YES):
        return True
    if written in map(catalog.fold, _NO):
        return None
    raise CellError(Sentence("「はい」又は「いいえ」で書いてください（{raw}）", raw=raw))


def _named(find: Callable[[str], Any], clause: str, label: str) -> Parser:
    known = lru_cache(256)(find)

    def parse(raw: Any) -> Any:
        found = known(text(raw))
        if found is None:
            raise CellError(Sentence("{label}「{raw}」は約款にありません", label=label, raw=raw), clause)
        return str(found)

    return parse


category = _named(catalog.find_category, "1", "カテゴリ")
module_type = _named(catalog.find_module_type, "2", "モジュール種別")
service = _named(catalog.find_service, "2", "対応サービス")
option = _named(catalog.find_option, "10-2", "オプション")
licence_type = _named(catalog.find_licence, "10-2(8)", "ライセンス種別")
product = _named(catalog.find_product, "10-2(8)", "EDR製品")


def one_of(names: dict[str, str], label: str) -> Parser:
    """One of a few codes, written by code or by its Japanese label."""
    by_name = {catalog.fold(code_): code_ for code_ in names} | {catalog.fold(n): code_ for code_, n in names.items()}

    def parse(raw: Any) -> str:
        found = by_name.get(raw) if isinstance(raw, str) else None
        found = found or by_name.get(catalog.fold(text(raw)))
        if found is None:
            raise CellError(
                Sentence("{label}は{names}のいずれかです（{raw}）", label=label, names="、".join(names), raw=raw)
            )
        return found

    return parse


FEES = {"initial": "初期費用", "monthly": "月額費用", "one_time": "一時費用"}
CHANGED = {
    What.CATEGORY.value: "カテゴリ",
    What.ITEM.value: "品目",
    What.RETENTION_YEARS.value: "保管年数",
    What.QUANTITY.value: "ライセンス数",
}
GROUNDS = {
    Ground.NOTICE.value: "解約通知",
    Ground.GENERAL_28_2.value: "一般規程第28条第2項",
    Ground.GENERAL_28_3.value: "一般規程第28条第3項",
    Ground.COMPANY.value: "当社による解除",
    Ground.ABOLISHED.value: "第10条第11項",
}
GUARANTEES = {"uptime": "稼働率", "notification": "通知"}
fee = one_of(FEES, "費目")
what = one_of(CHANGED, "変更事項")
ground = one_of(GROUNDS, "根拠")
guarantee = one_of(GUARANTEES, "保証事項")


def manner(parse: Parser, raw: Any) -> str:
    """How a cell that could be read was written, where it was not as agreed; '' where it was. One word a kind of writing."""
    if parse is day:
        found: Any = written.day(raw)
    elif parse is moment:
        found = written.moment(raw)
    elif parse is whole or parse is count:
        found = written.whole(raw, money=parse is whole)
    elif parse is code:
        found = written.code(text(raw))
    elif parse is holder:
        found = holder(raw), "" if holder(raw) == text(raw) else "code"
    else:
        return ""
    return str(found[1]) if found else ""
