"""英文の案内と見積書: what a letter says, for a party whose language is English (I-71); made of the Japanese value, as an invoice is.

Every sentence of billing.operations.documents.letters has its English here. Names of the catalogue,
which has them in Japanese alone, and what people named stay as they are.
"""

import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext, override

from billing.operations.documents.days_in_english import DAY, days_in_english
from billing.operations.documents.reckoned_in_english import YEN, in_yen, reckoned_in_english
from contracts.terms.clause import spoken_in_english

Told = dict[str, Any]
English = str | Callable[[re.Match[str]], str]

WORDS = {
    "利用開始のご案内": "Start of Service",
    "解約受付のご案内": "Receipt of Notice of Termination",
    "更新のご案内": "Renewal of Term Licences",
    "見積書": "Quotation",
    "お見積りの内訳": "Breakdown",
    "契約番号": "Contract No.",
    "内容": "Service",
    "数量": "Quantity",
    "課金開始日": "Charged from",
    "最低利用期間等の満了日": "Minimum term until",
    "初期費用": "Initial fee",
    "月額費用": "Monthly fee",
    "終了日": "Ends on",
    "根拠": "By",
    "解除調定金": "Termination charge",
    "満了日": "Term until",
    "お申出の期限": "Notice by",
    "更新後の契約期間": "Term after renewal",
    "単価（月額）": "Unit price a month",
    "別途ご案内": "to be advised",
    "ご通知の到達日": "Notice arrived on",
    "最後の終了日": "Last end",
    "最後の月額費用": "Last monthly fees",
    "解除調定金の合計": "Termination charges in all",
    "ありません": "none",
    "初期費用・一時費用": "Initial and one-time fees",
    "有効期限": "Valid until",
    "月額費用（税込）": "Monthly fees (tax included)",
    "ご利用いただき、誠にありがとうございます。": "Thank you for choosing our service.",
    "ご通知がない場合は、更新後の契約期間のとおり自動的に更新されます（第10条第9項）。お手続きは必要ありません。": (
        "Without a notice the terms renew by themselves for the term after renewal (Art. 10, para. 9). Nothing has to be done."
    ),
    "下記のとおりお見積り申し上げます。ご検討くださいますようお願いいたします。": (
        "We are pleased to quote as follows, and look forward to hearing from you."
    ),
    "ご利用中の期間ライセンスは、次のとおり契約期間が満了いたします。更新を希望されない場合は、お申出の期限までに解約のご通知が当社に"
    "到達するようお送りください。": (
        "The terms of the licences below come to their end. If you do not wish to renew them, please have your notice of "
        "termination reach us by the day named."
    ),
}
"""What is written whole."""

PHRASES: tuple[tuple[str, English], ...] = (
    (r"IIJ C-SOCサービス お見積り（管理単位 (.+)）", r"IIJ C-SOC Service, quotation for unit \1"),
    ("IIJ C-SOCサービス ご利用開始のご案内", "IIJ C-SOC Service, start of service"),
    ("IIJ C-SOCサービス 解約受付のご案内", "IIJ C-SOC Service, receipt of your notice of termination"),
    ("IIJ C-SOCサービス 期間ライセンスの更新のご案内", "IIJ C-SOC Service, renewal of term licences"),
    (r"管理単位 (.+)", r"Unit \1"),
    (
        rf"お申込み（申込番号 (.+)）を、({DAY.pattern})付で次のとおり承諾いたしました。ご利用いただき、誠にありがとうございます。",
        r"Your application (No. \1) was accepted on \2 as follows. Thank you for choosing our service.",
    ),
    (
        rf"({DAY.pattern})に到達した解約のご通知を、次のとおり承りました。終了日をもって、次のサービスのご提供を終了いたします。",
        r"We have received your notice of termination, which arrived on \1. The services below end at the end of the days named.",
    ),
    (r"(\d{4}年\d{1,2}月)分（終了日までの日割り）", r"of \1 (by the day up to the end)"),
    (rf"({YEN})（不課税）", r"\1 (out of scope of tax)"),
    (
        r"金額はいずれも税抜です。消費税等は、ご請求の際に税率ごとに計算して加算します。(.*)",
        lambda found: _before_tax(found[1]),
    ),
    (
        r"月額費用は、課金開始日から生じます。最低利用期間又は契約期間の満了前に終了したときは、解除調定金を申し受けます（第14条）。",
        "Monthly fees are due from the day charged from. A termination charge is due where a service ends before its minimum term "
        "or term is over (Art. 14).",
    ),
    (
        "解除調定金は、現在の料金による予定額です。終了日の属する月の請求書でご請求します（第14条）。",
        "Termination charges are as expected by the present prices. They are invoiced with the month of the end (Art. 14).",
    ),
    (
        rf"お申込みを({DAY.pattern})に承諾した場合の額です。承諾日又は課金開始日が変わると、初月の額と満了日が変わります。",
        r"The amounts are those of an application accepted on \1. Another day of acceptance or of the first charge changes the amount "
        "of the first month and the days on which terms end.",
    ),
    (rf"({DAY.pattern})までの合計", r"In all until \1"),
    (rf"({YEN})（税抜、初期費用を含む）", r"\1 (before tax, initial fees included)"),
    (rf"({YEN})（税抜）", r"\1 (before tax)"),
    (rf"税抜 ({YEN})、消費税（(\d+%)） ({YEN})", r"before tax \1, consumption tax (\2) \3"),
    (rf"({DAY.pattern})（契約期間）", r"\1 (term)"),
    (r"(.+)とともに終了（(.+)）", lambda found: f"with {found[1]} ({_clauses(found[2])})"),
    (r"([^：、 ]+)：(.+(?:円|まで).+)", lambda found: f"{found[1]}: {reckoned_in_english(found[2])}"),
    (r"(.+?)（(.+) → (.+)）", lambda found: f"{gettext(found[1])} ({gettext(found[2])} → {gettext(found[3])})"),
)
"""What has values in it, as a whole: the first that is so."""

_ADDED = {
    "": "",
    "数量のあるものの月額費用は、一ライセンス当たりの額です。": " Monthly fees of what has a quantity are those of one licence.",
    "更新後の契約期間の途中で終了したときは、残りの期間の解除調定金を申し受けます（第14条第3項）。": (
        " Where a renewed term is ended before it is over, a termination charge is due for the rest of it (Art. 14, para. 3)."
    ),
}
_CLAUSE = re.compile(r"(?:(一般規程)?第(\d+)条|別紙(\d+))(?:第(\d+)項)?(?:第(\d+)号)?")


def letter_in_english(told: Told) -> Told:
    """The same letter in English."""
    with override("en"):
        return told | {
            "language": "en",
            "title": said(told["title"]),
            "issued": said(told["issued"]),
            "honorific": "",
            "person": f"Attn. {told['person']}" if told["person"] else "",
            "subject": said(told["subject"]),
            "paragraphs": [said(words) for words in told["paragraphs"]],
            "total": told["total"]
            and told["total"] | {name: said(told["total"][name]) for name in ("label", "beside")},
            "tables": [_table(table) for table in told["tables"]],
            "facts": [[said(what), said(value)] for what, value in told["facts"]],
            "notes": [said(words) for words in told["notes"]],
        }


def _table(table: Told) -> Told:
    return {
        "heading": said(table["heading"]),
        "columns": [column | {"label": said(column["label"])} for column in table["columns"]],
        "rows": [[said(cell) for cell in row] for row in table["rows"]],
    }


def said(words: str) -> str:
    """A text of a letter in English. To be called with English active."""
    return days_in_english(in_yen(_clauses(_worded(words))))


def _worded(words: str) -> str:
    if words in WORDS:
        return WORDS[words]
    for phrase, english in PHRASES:
        found = re.fullmatch(phrase, words)
        if found is not None:
            return english(found) if callable(english) else found.expand(english)
    return gettext(words) if words else ""


def _before_tax(added: str) -> str:
    return f"All amounts are before tax. Consumption tax is computed by rate and added when invoiced.{_ADDED[added]}"


def _clauses(words: str) -> str:
    """Clauses as English writes them."""

    def one(found: re.Match[str]) -> str:
        general, article, appendix, paragraph, item = found.groups()
        head = f"別紙{appendix}" if appendix else f"{general or ''}{article}"
        return spoken_in_english(head + (f"-{paragraph}" if paragraph else "") + (f"({item})" if item else ""))

    return _CLAUSE.sub(one, words)
