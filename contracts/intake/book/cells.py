"""Cells: what a written value means. Each parser returns the value or raises ValueError with what is wrong, in Japanese."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from contracts.intake.sentence import Sentence
from contracts.terms import catalog
from contracts.terms.unit import Ground, What

Parser = Callable[[Any], Any]

MOST_YEN, MOST_LICENCES = 10**10, 10**7
"""Beyond these a number is a slip of the keyboard; and a year's fee of the most licences still fits a column of whole yen."""


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
    if any(unicodedata.category(character) == "Cc" for character in value):
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
    """A code or number that names something: at most 64 characters."""
    value = text(raw)
    if len(value) > 64:
        raise CellError("64文字以内で書いてください")
    return value


def day(raw: Any) -> date:
    """A day: an Excel date, or YYYY-MM-DD."""
    if isinstance(raw, datetime):
        if raw.hour or raw.minute or raw.second:
            raise CellError(Sentence("日付に時刻は付けません（{raw:%Y-%m-%d %H:%M}）", raw=raw))
        return _plausible(raw.date())
    if isinstance(raw, date):
        return _plausible(raw)
    written = unicodedata.normalize("NFKC", str(raw)).strip()
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", written):
        raise CellError(Sentence("日付はYYYY-MM-DDで書いてください（{raw}）", raw=raw))
    try:
        return _plausible(date.fromisoformat(written))
    except ValueError as error:
        raise CellError(
            error.args[0] if isinstance(error, CellError) else Sentence("ない日付です（{raw}）", raw=raw)
        ) from None


def _plausible(value: date) -> date:
    if not 2000 <= value.year <= 2199:
        raise CellError(Sentence("日付は2000年から2199年までです（{value}）", value=value))
    return value


def moment(raw: Any) -> datetime:
    """A moment in Japan's time: an Excel date-time, or YYYY-MM-DD HH:MM."""
    if isinstance(raw, datetime):
        _plausible(raw.date())
        # A workbook counts days in floats: a minute may come as its last millisecond before.
        return (raw + timedelta(milliseconds=500)).replace(second=0, microsecond=0)
    written = unicodedata.normalize("NFKC", str(raw)).strip().replace("T", " ")
    for pattern in ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"):
        try:
            value = datetime.strptime(written, pattern)
        except ValueError:
            continue
        _plausible(value.date())
        return value.replace(second=0)
    raise CellError(Sentence("日時はYYYY-MM-DD HH:MMで書いてください（{raw}）", raw=raw))


def whole(raw: Any) -> int:
    """A whole number, 0 or more."""
    if isinstance(raw, bool):
        raise CellError(Sentence("整数で書いてください（{raw}）", raw=raw))
    if isinstance(raw, int | float):
        if raw != int(raw):
            raise CellError(Sentence("整数で書いてください（{raw}）", raw=raw))
        number = int(raw)
    else:
        written = unicodedata.normalize("NFKC", str(raw)).strip().replace(",", "")
        if not re.fullmatch(r"-?\d{1,18}", written):
            raise CellError(Sentence("整数で書いてください（{raw}）", raw=raw))
        number = int(written)
    if number < 0:
        raise CellError(Sentence("0以上で書いてください（{raw}）", raw=raw))
    if number > MOST_YEN:
        raise CellError(Sentence("大きすぎます（{raw}）", raw=raw))
    return number


def count(raw: Any) -> int:
    """A whole number that a licence or year count can be."""
    number = whole(raw)
    if number > MOST_LICENCES:
        raise CellError(Sentence("大きすぎます（{raw}）", raw=raw))
    return number


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
    def parse(raw: Any) -> Any:
        found = find(text(raw))
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
        found = by_name.get(catalog.fold(text(raw)))
        if found is None:
            raise CellError(
                Sentence("{label}は{names}のいずれかです（{raw}）", label=label, names="、".join(names), raw=raw)
            )
        return found

    return parse


fee = one_of({"initial": "初期費用", "monthly": "月額費用", "one_time": "一時費用"}, "費目")
what = one_of(
    {
        What.CATEGORY.value: "カテゴリ",
        What.ITEM.value: "品目",
        What.RETENTION_YEARS.value: "保管年数",
        What.QUANTITY.value: "ライセンス数",
    },
    "変更事項",
)
ground = one_of(
    {
        Ground.NOTICE.value: "解約通知",
        Ground.GENERAL_28_2.value: "一般規程第28条第2項",
        Ground.GENERAL_28_3.value: "一般規程第28条第3項",
        Ground.COMPANY.value: "当社による解除",
        Ground.ABOLISHED.value: "第10条第11項",
    },
    "根拠",
)
guarantee = one_of({"uptime": "稼働率", "notification": "通知"}, "保証事項")
