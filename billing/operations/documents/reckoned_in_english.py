"""How an amount comes about, in English: the ledger's sentence of a line, made by billing.terms alone, phrase by phrase.

What a person typed of a one-time fee stays as it was typed, words of the catalogue apart; the record that brought a correction is named as the screens name it.
"""

import re
from collections.abc import Mapping
from functools import cache

from django.utils.translation import gettext, override

from billing.operations.documents.days_in_english import DAY, days_in_english
from billing.terms.art15_reductions import GUARANTEES
from billing.terms.corrections import FEE_NAMES
from contracts.models.choices import OPERATIONS, RECORDS
from contracts.terms.clause import spoken_in_english

_DAY, YEN = DAY.pattern, r"[−-]?[\d,]+円"
_FEES = "|".join(FEE_NAMES.values())

_TYPED = re.compile(rf"(一時費用 {YEN} {_DAY})（(.*?)）(?=$|、一時費用 )")
"""A one-time fee of a fact, with what was typed beside it."""
_TYPED_OF_CHANGE = re.compile(
    rf"(に承諾した変更（{_DAY}から(?:、見積の適用日{_DAY})?)、(?!見積の適用日\d)(.*?)）(?=$|、一時費用 )"
)
_CAUSE = re.compile(rf"(の(?:{_FEES})の訂正：正 {YEN} − 請求済み {YEN} = {YEN})（(.+?)）(?=$|。正の内訳：)")
_PART = re.compile(
    rf"(?:(?P<operation>[^：]+)：)?(?P<record>.+?)(?: (?P<day>{_DAY})(?P<what>到達|請求|から|課金開始))?$"
)
_KEPT = "\ue000{}\ue001"
"""Where a text stands that is put back at the end, private letters around its place."""

PHRASES = (
    (rf"の({_FEES})の訂正：正 ", lambda found: f", {gettext(found[1])}: corrected, it is "),
    (" − 請求済み ", " − invoiced "),
    ("。正の内訳：", ". The corrected amount: "),
    ("初期費用 ", "Initial fee "),
    (rf"（({_DAY}) 申込承諾）", r" (application accepted on \1)"),
    (rf"一時費用 ({YEN}) ({_DAY})に承諾した変更（({_DAY})から", r"One-time fee \1 for the change accepted on \2 (from \3"),
    (rf"、見積の適用日({_DAY})", r", quoted as of \1"),
    (rf"一時費用 ({YEN}) (?={_DAY})", r"One-time fee \1 of "),
    (rf"({_DAY})終了、(最低利用期間|契約期間)は({_DAY})まで：", lambda found: _ended(found)),
    (r"月額 (.+?) の残余 ", r"remainder of the monthly fee of \1: "),
    (r" × (\d+)か月", lambda found: f" × {found[1]} month{'' if int(found[1]) == 1 else 's'}"),
    (rf"品質保証の違背（({'|'.join(GUARANTEES.values())})、(.+?)）：", lambda found: _broken(found)),
    (rf"、その月の減額は合わせて({YEN})が限度で、先に({YEN})を減額したため ({YEN})", r"; reductions of the month are limited to \1 in all, of which \2 was given before: \3"),
    (rf"、その月の減額は合わせて({YEN})となり、月額({YEN})を超える", r"; reductions of the month come to \1, more than the monthly fee of \2"),
    (r"（第15条第2項）", lambda found: f" ({spoken_in_english('15-2')})"),
    ("利用不能 ", "Outage "),
    (r"［(.+?)を一つの状態とする］", r" [\1 taken as one]"),
    (r"［(.+?)の版］", r" [edition of \1]"),
    (r"（([\d.]+)時間 ÷ (\d+)）", r" (\1 hours ÷ \2)"),
    (r"：(\d{4}年\d{1,2}月)分 ", r": for \1 "),
    (" − 先の請求による減額 ", " − given on an earlier claim "),
    (" − 他の月に既に減額した時間 ", " − hours given in another month "),
    (rf"（({_DAY})から(\d+)日分の({YEN}) − 移転元の({YEN})）", r" (\3 for \2 days from \1 − \4 of the transferor)"),
    ("（移転）", " (transfer)"),
    ("月額 ", "monthly fee "),
    (r"([\d,]+)ライセンス", r"\1 licences"),
    (r"(\d+)日 ÷ (\d+)日", r"\1 days ÷ \2 days"),
    ("〜", " – "),
    ("、", ", "),
)  # fmt: skip
"""In this order: what the terms write, and what it is in English."""


def reckoned_in_english(sentence: str) -> str:
    """A sentence of the ledger, as ``for_customers`` has it, in English. To be called with English active."""
    kept: list[str] = []

    def keep(words: str) -> str:
        kept.append(words)
        return _KEPT.format(len(kept) - 1)

    told = _CAUSE.sub(lambda found: f"{found[1]} ({keep(_cause(found[2]))})", sentence)
    told = _TYPED.sub(lambda found: f"{found[1]} ({keep(gettext(found[2]))})", told)
    told = _TYPED_OF_CHANGE.sub(lambda found: f"{found[1]}, {keep(gettext(found[2]))})", told)
    for phrase, english in PHRASES:
        told = re.sub(phrase, english, told)
    told = days_in_english(in_yen(told.replace("）", ")")))
    for at, words in enumerate(kept):
        told = told.replace(_KEPT.format(at), words)
    return told[:1].upper() + told[1:]


def in_yen(words: str) -> str:
    """A text with its amounts as English writes them: ¥1,000, −¥1,000."""
    return re.sub(YEN, lambda found: f"¥{found[0][:-1]}".replace("¥−", "−¥"), words)


def _ended(found: re.Match[str]) -> str:
    term = "minimum term" if found[2] == "最低利用期間" else "term"
    return f"Ended on {found[1]}, {term} until {found[3]}: "


_GUARANTEED = {GUARANTEES["uptime"]: "uptime", GUARANTEES["notification"]: "notification of a security incident"}


def _broken(found: re.Match[str]) -> str:
    return f"Service level not met ({_GUARANTEED[found[1]]}, {found[2]}): "


_WHEN = {"到達": "arrived on", "請求": "claimed on", "から": "from", "課金開始": "charged from"}


def _cause(words: str) -> str:
    """What came late, as ``billing.operations.correct`` names it."""
    return ", ".join(_one_cause(part) for part in words.split("、"))


def _one_cause(words: str) -> str:
    found = _PART.match(words)
    assert found is not None
    english = _names()
    said = english.get(found["record"], found["record"])
    if found["operation"]:
        said = f"{english.get(found['operation'], found['operation'])}: {said}"
    return f"{said} {_WHEN[found['what']]} {days_in_english(found['day'])}" if found["day"] else said


@cache
def _names() -> Mapping[str, str]:
    """What the history calls operations and records, Japanese to English."""
    found: dict[str, str] = {}
    for names in (OPERATIONS, RECORDS):
        for _code, name in names:
            with override("ja"):
                japanese = str(name)
            with override("en"):
                found[japanese] = str(name)
    return found
