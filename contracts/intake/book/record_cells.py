"""A value on record as a cell, and back: the same value to the last letter and microsecond, whatever spreadsheet saved it between."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from contracts.facts.recorded import RecordColumn
from contracts.intake.book import written
from contracts.intake.book.cells import CellError
from contracts.intake.sentence import Sentence
from contracts.models import Entry

LONGEST_PIECE = 16_000
"""Letters of a cell: a spreadsheet holds 32,767 halves of letters. What is longer goes on in the line below."""
GOES_ON = "…"
_MOST_EXACT = 10**15
"""Numbers below are exact in a spreadsheet."""
_YES, _NO = "はい", "いいえ"
_ZONE = " JST"

# What a file or a spreadsheet would not give back as it is, or would take for a formula: told by its number.
_ODD = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_NOWHERE = re.compile("[\x00\ud800-\udfff]")
"""What no database holds."""
_FIRST, _LAST = re.compile(r"^[\s=+\-@]"), re.compile(r"\s$")
_ANY = re.compile(rf"\\|{_ODD.pattern}|{_FIRST.pattern}|{_LAST.pattern}")
_TOLD = re.compile(r"\\(?:\\|u([0-9a-f]{4}))")


def as_cell(column: RecordColumn, value: Any) -> str | int | date | None:
    """A value of a column as it is written; None where the cell stays empty."""
    if value is None:
        return None
    if isinstance(column.field, models.JSONField):
        return _ODD.sub(_by_number, json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, datetime):
        local = timezone.localtime(value).replace(tzinfo=None)
        return f"{local.isoformat(sep=' ', timespec='microseconds')}{_ZONE}"
    if isinstance(value, date):
        # A spreadsheet's calendar begins in 1900, with a day that never was.
        return value if 1901 <= value.year <= 9000 else value.isoformat()
    if isinstance(value, int):
        return value if abs(value) < _MOST_EXACT else str(value)
    return _escaped(str(value)) or None


def _escaped(text: str) -> str:
    if not _ANY.search(text):
        return text
    text = _ODD.sub(_by_number, text.replace("\\", "\\\\"))
    return _LAST.sub(_by_number, _FIRST.sub(_by_number, text))


def _by_number(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _TOLD.sub(lambda match: chr(int(match[1], 16)) if match[1] else "\\", text)


def pieces(cell: str) -> list[str]:
    """A text in pieces that a cell holds, each but the last with a mark that it goes on, each but the first that it goes on there."""
    cut = [cell[at : at + LONGEST_PIECE] for at in range(0, len(cell), LONGEST_PIECE)]
    last = len(cut) - 1
    return [f"{GOES_ON if at else ''}{piece}{GOES_ON if at < last else ''}" for at, piece in enumerate(cut)]


def joined(before: Any, piece: Any) -> str:
    """What stands in a cell and goes on in the line below. Raises CellError where they are not pieces of one text."""
    if not (
        isinstance(before, str) and before.endswith(GOES_ON) and isinstance(piece, str) and piece.startswith(GOES_ON)
    ):
        raise CellError("前の行の続きではありません")
    return before[: -len(GOES_ON)] + piece[len(GOES_ON) :]


def reader(column: RecordColumn) -> Callable[[Any], Any]:
    """What reads a cell of the column: the value that it says, a code or a number where the column refers to another table's row.

    It raises CellError.
    """
    field, parse = column.field, _parser(column)
    longest = None if column.refers_to is not None else field.max_length
    # The history outlives the names of what was done.
    choices = frozenset(_choices(field)) if field.choices and field.model is not Entry else None

    def read(raw: Any) -> Any:
        value = parse(raw)
        if longest is not None and isinstance(value, str) and len(value) > longest:
            raise CellError(Sentence("{most}文字以内で書いてください", most=longest))
        if choices is not None and value not in choices:
            raise CellError(Sentence("{names}のいずれかです（{raw}）", names="、".join(_choices(field)), raw=raw))
        if isinstance(value, Decimal):
            _must_fit(field, value)
        return value

    return read


def _must_fit(field: "models.Field[Any, Any]", value: Decimal) -> None:
    try:
        field.run_validators(value)
    except ValidationError:
        raise CellError(Sentence("数で書いてください（{raw}）", raw=value)) from None


def empty_value(column: RecordColumn) -> Any:
    """What an empty cell says. Raises CellError where a value is needed."""
    field = column.field
    if field.null:
        return None
    if isinstance(field, models.CharField | models.TextField) and column.refers_to is None and not field.choices:
        return ""
    if field.choices and field.blank:
        return ""
    raise CellError("値が必要です")


def _choices(field: "models.Field[Any, Any]") -> tuple[str, ...]:
    return tuple(str(code) for code, _name in field.flatchoices)


def _parser(column: RecordColumn) -> Callable[[Any], Any]:
    field = column.field
    if column.refers_to is not None:
        return _text
    for kind, parse in _PARSERS:
        if isinstance(field, kind):
            return parse
    raise TypeError(f"{field.model.__name__}.{field.name}")


def _text(raw: Any) -> str:
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    if not isinstance(raw, str):
        raise CellError(Sentence("文字で書いてください（{raw}）", raw=raw))
    text = _unescaped(raw)
    if _NOWHERE.search(text):
        raise CellError("使えない文字があります")
    return text


def _whole(raw: Any) -> int:
    text = str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw).strip()
    if not re.fullmatch(r"-?[0-9]{1,19}", text):
        raise CellError(Sentence("整数で書いてください（{raw}）", raw=raw))
    return int(text)


def _number_of_a_row(raw: Any) -> int:
    number = _whole(raw)
    if not 0 < number < _MOST_EXACT:
        raise CellError(Sentence("記録番号は1以上です（{raw}）", raw=raw))
    return number


def _counted(raw: Any) -> int:
    number = _whole(raw)
    if not 0 <= number < 1 << 63:
        raise CellError(Sentence("0以上で書いてください（{raw}）", raw=raw))
    return number


def _truth(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    if raw not in (_YES, _NO):
        raise CellError(Sentence("「はい」又は「いいえ」で書いてください（{raw}）", raw=raw))
    return bool(raw == _YES)


def _day(raw: Any) -> date:
    if isinstance(raw, datetime) and raw.time() != time():
        raise CellError(Sentence("日付に時刻は付けません（{raw:%Y-%m-%d %H:%M}）", raw=raw))
    if isinstance(raw, date):
        return raw.date() if isinstance(raw, datetime) else raw
    try:
        return date.fromisoformat(str(raw))
    except ValueError:
        pass
    try:
        found = written.day(raw)
    except written.NoSuchDayError:
        raise CellError(Sentence("ない日付です（{raw}）", raw=raw)) from None
    if found is None:
        raise CellError(Sentence("日付はYYYY-MM-DDで書いてください（{raw}）", raw=raw))
    return found[0]


def _moment(raw: Any) -> datetime:
    try:
        return timezone.make_aware(datetime.fromisoformat(str(raw).removesuffix(_ZONE)))
    except (ValueError, OverflowError):
        raise CellError(Sentence("日時はYYYY-MM-DD HH:MM:SS JSTで書いてください（{raw}）", raw=raw)) from None


def _decimal(raw: Any) -> Decimal:
    try:
        value = Decimal(str(raw))
    except InvalidOperation:
        raise CellError(Sentence("数で書いてください（{raw}）", raw=raw)) from None
    if not value.is_finite() or abs(value) >= _MOST_EXACT:
        raise CellError(Sentence("数で書いてください（{raw}）", raw=raw))
    return value


def _json(raw: Any) -> Any:
    try:
        return json.loads(str(raw))
    except (ValueError, RecursionError):
        raise CellError("JSONとして読めません") from None


_PARSERS: tuple[tuple[type["models.Field[Any, Any]"], Callable[[Any], Any]], ...] = (
    (models.AutoField, _number_of_a_row),
    (models.ForeignKey, _number_of_a_row),
    (models.JSONField, _json),
    (models.BooleanField, _truth),
    (models.DateTimeField, _moment),
    (models.DateField, _day),
    (models.DecimalField, _decimal),
    (models.PositiveBigIntegerField, _counted),
    (models.PositiveIntegerField, _counted),
    (models.PositiveSmallIntegerField, _counted),
    (models.IntegerField, _whole),
    (models.CharField, _text),
    (models.TextField, _text),
)
