"""英文の請求書: what the document of an invoice says, for a party whose language is English (I-71).

Made of the Japanese value: what the house always writes the same, days, months, fees and how amounts come about are put into English.
Names of the catalogue, which has them in Japanese alone, what people named or typed, and the issuer's own words stay as they are.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, override

from billing.operations.documents.days_in_english import MONTHS, days_in_english
from billing.operations.documents.reckoned_in_english import reckoned_in_english

Told = dict[str, Any]

WORDS = {
    "請求書": "Invoice",
    "適格返還請求書": "Qualified Return Invoice",
    "返金明細書": "Statement of Refund",
    "ご請求金額（税込）": "Amount due (tax included)",
    "ご返金額（税込）": "Amount to be paid back (tax included)",
    "お支払期限": "Payment due",
    "ご返金予定日": "To be paid back on",
    "対象期間": "Period",
    "不課税": "Out of scope",
    "返還": "return",
    "訂正": "correction",
}
"""Words and names of fields."""

_SHORT = re.compile(r"(?:(\d{4})/)?(\d{1,2})/(\d{1,2})")
_SUBJECT = re.compile(r"IIJ C-SOCサービス ご利用料金 (.+)")
_LOWERS = re.compile(r"(返還|訂正)の対象：(\d{4}年\d{1,2}月)分(?:（請求書 ([^、）]+)(?:、(.+)発行)?）)?")


def in_english(told: Told, sentences: Mapping[str, str]) -> Told:
    """The same in English; ``sentences`` are those of the house, Japanese to English."""

    def of(words: str) -> str:
        return sentences.get(words) or WORDS.get(words) or days_in_english(words)

    with override("en"):
        return told | {
            "language": "en",
            "title": of(told["title"]),
            "issued": of(told["issued"]),
            "reissued": days_in_english(told["reissued"]).replace("再発行", "Reissued"),
            "honorific": "",
            "person": f"Attn. {told['person']}" if told["person"] else "",
            "subject": days_in_english(_SUBJECT.sub(r"IIJ C-SOC Service, charges for \1", told["subject"])),
            "total": told["total"] | {"label": of(told["total"]["label"])},
            "days": [[of(what), of(when)] for what, when in told["days"]],
            "sentences": [of(words) for words in told["sentences"]],
            "remarks": [of(words) for words in told["remarks"]],
            "legend": of(told["legend"]),
            "rates": [row | {"called": _rate(row["called"])} for row in told["rates"]],
            "corrects": [[number, of(on), of(month), yen] for number, on, month, yen in told["corrects"]],
            "units": [unit | {"lines": [_line(line) for line in unit["lines"]]} for unit in told["units"]],
        }


def _rate(called: str) -> str:
    return called.replace("対象", " taxable") if called.endswith("対象") else WORDS.get(called, called)


def _line(line: Told) -> Told:
    fee, correction = re.subn("の訂正$", "", line["fee"])
    return line | {
        "name": " → ".join(gettext(name) for name in line["name"].split(" → ")),
        "fee": f"Correction: {gettext(fee)}" if correction else gettext(fee),
        "mark": WORDS.get(line["mark"], line["mark"]),
        "days": _SHORT.sub(_short, line["days"]),
        "tax": WORDS.get(line["tax"], line["tax"]),
        "notes": [_lowered(words) or reckoned_in_english(words) for words in line["notes"]],
    }


def _short(day: re.Match[str]) -> str:
    year = f" {day[1]}" if day[1] else ""
    return f"{int(day[3])} {MONTHS[int(day[2]) - 1][:3]}{year}"


def _lowered(words: str) -> str:
    """The month and the invoice that a line lowers or corrects; '' where that is not what is said."""
    found = _LOWERS.fullmatch(words)
    if found is None:
        return ""
    what = "Return for" if found[1] == "返還" else "Correction of"
    issued = f", issued {days_in_english(found[4])}" if found[4] else ""
    invoice = f" (invoice {found[3]}{issued})" if found[3] else ""
    return f"{what} {days_in_english(found[2])}{invoice}"
