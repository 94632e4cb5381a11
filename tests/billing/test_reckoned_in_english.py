"""How an amount comes about, in English: every sentence that the terms make, alone and within the correction of a month."""

import re

import pytest
from django.utils.translation import override

from billing.formats.documents.words import for_customers
from billing.operations.documents.reckoned_in_english import reckoned_in_english

JAPANESE = re.compile("[\u3000-\u30ff一-鿿（），：；［］]")

SAID = {
    "月額 98,000円": "Monthly fee ¥98,000",
    "月額 100円 × 1,220ライセンス × 7日 ÷ 31日 = 27,548円": (
        "Monthly fee ¥100 × 1,220 licences × 7 days ÷ 31 days = ¥27,548"
    ),
    "月額 300,000円 × 16日 ÷ 30日（2025-04-01から30日分の300,000円 − 移転元の140,000円） = 160,000円（移転、I-54）": (
        "Monthly fee ¥300,000 × 16 days ÷ 30 days (¥300,000 for 30 days from 1 April 2025 − ¥140,000 of the transferor)"
        " = ¥160,000 (transfer)"
    ),
    "初期費用 480,000円（2025-04-05 申込承諾）": "Initial fee ¥480,000 (application accepted on 5 April 2025)",
    "一時費用 550,000円 2025-04-23（出動）": "One-time fee ¥550,000 of 23 April 2025 (出動)",
    "一時費用 550,000円 2025-04-23": "One-time fee ¥550,000 of 23 April 2025",
    "一時費用 30,000円 2025-06-20に承諾した変更（2025-07-01から、見積の適用日2025-07-01、Q-1）（I-39）": (
        "One-time fee ¥30,000 for the change accepted on 20 June 2025 (from 1 July 2025, quoted as of 1 July 2025, Q-1)"
    ),
    "一時費用 30,000円 2025-06-20に承諾した変更（2025-07-01から、見積の適用日2025-07-02）（I-39）": (
        "One-time fee ¥30,000 for the change accepted on 20 June 2025 (from 1 July 2025, quoted as of 2 July 2025)"
    ),
    "一時費用 30,000円 2025-06-20に承諾した変更（2025-07-01から）（I-39）": (
        "One-time fee ¥30,000 for the change accepted on 20 June 2025 (from 1 July 2025)"
    ),
    "2025-08-08終了、最低利用期間は2025-10-26まで：月額 66,500円 の残余 2025-08 49,339円 + 66,500円 × 1か月 = 115,839円（I-17）": (
        "Ended on 8 August 2025, minimum term until 26 October 2025: remainder of the monthly fee of ¥66,500: August 2025"
        " ¥49,339 + ¥66,500 × 1 month = ¥115,839"
    ),
    "2025-08-31終了、契約期間は2026-03-31まで：月額 100円 × 50ライセンス の残余 5,000円 × 7か月 = 35,000円（I-17、保留 I-18）": (
        "Ended on 31 August 2025, term until 31 March 2026: remainder of the monthly fee of ¥100 × 50 licences: ¥5,000 × 7"
        " months = ¥35,000"
    ),
    "利用不能 2025-05-10 00:00〜2025-05-14 00:00（96.0時間 ÷ 24）［2025-05-10 00:00〜2025-05-13 00:00、2025-05-11 00:00〜"
    "2025-05-14 00:00を一つの状態とする］［2025-04-01の版］：2025-05分 4 × 300,000円 ÷ 30 = 40,000円 − 先の請求による減額 "
    "30,000円 − 他の月に既に減額した時間 1,000円 = 9,000円（I-19、I-38）": (
        "Outage 10 May 2025 00:00 – 14 May 2025 00:00 (96.0 hours ÷ 24) [10 May 2025 00:00 – 13 May 2025 00:00, 11 May 2025"
        " 00:00 – 14 May 2025 00:00 taken as one] [edition of 1 April 2025]: for May 2025 4 × ¥300,000 ÷ 30 = ¥40,000 − given"
        " on an earlier claim ¥30,000 − hours given in another month ¥1,000 = ¥9,000"
    ),
    "品質保証の違背（稼働率、2025-06-22 04:09）：月額 300,000円 ÷ 10 = 30,000円（I-20）、その月の減額は合わせて310,000円が限度で、"
    "先に300,000円を減額したため 10,000円（第15条第2項、I-26）": (
        "Service level not met (uptime, 22 June 2025 04:09): monthly fee ¥300,000 ÷ 10 = ¥30,000; reductions of the month are"
        " limited to ¥310,000 in all, of which ¥300,000 was given before: ¥10,000 (Art. 15, para. 2)"
    ),
    "品質保証の違背（セキュリティインシデントの通知、2025-06-22 04:09）：月額 300,000円 ÷ 10 = 30,000円（I-20）、その月の減額は"
    "合わせて310,000円となり、月額300,000円を超える（I-22）": (
        "Service level not met (notification of a security incident, 22 June 2025 04:09): monthly fee ¥300,000 ÷ 10 = ¥30,000;"
        " reductions of the month come to ¥310,000, more than the monthly fee of ¥300,000"
    ),
}


def english(sentence: str) -> str:
    with override("en"):
        return reckoned_in_english(for_customers(sentence))


@pytest.mark.parametrize("sentence", SAID)
def test_a_sentence_of_the_terms_is_said_in_english(sentence: str) -> None:
    assert english(sentence) == SAID[sentence]
    head = "2025-05の月額費用の訂正：正 −303,870円 − 請求済み 300,000円 = −603,870円"
    said = "May 2025, Monthly fee: corrected, it is −¥303,870 − invoiced ¥300,000 = −¥603,870"
    assert english(head) == said
    inside = SAID[sentence][0].lower() + SAID[sentence][1:]
    cause = "（訂正：解約通知 2025-04-10到達、料金 2025-05-01から、契約者）"
    found = english(f"{head}{cause}。正の内訳：{sentence}")
    assert found.lower().endswith(f". the corrected amount: {inside.lower()}")
    assert not JAPANESE.search(found.replace("出動", ""))


def test_what_came_late_is_named_as_the_screens_name_it() -> None:
    head = "2025-05の利用不能の減額の訂正：正 0円 − 請求済み 100,000円 = −100,000円"
    assert english(f"{head}（解約通知 2025-04-10到達、料金 2025-05-01から）") == (
        "May 2025, Reduction for outage: corrected, it is ¥0 − invoiced ¥100,000 = −¥100,000"
        " (Notice of termination arrived on 10 April 2025, Price from 1 May 2025)"
    )


def test_what_a_person_typed_stays() -> None:
    typed = "月額 1円、その他（2025年4月）の版"
    assert english(f"一時費用 1,000円 2025-04-23（{typed}）") == f"One-time fee ¥1,000 of 23 April 2025 ({typed})"
    assert english(f"一時費用 1,000円 2025-06-20に承諾した変更（2025-07-01から、{typed}）（I-39）").endswith(
        f", {typed})"
    )
    both = f"一時費用 1円 2025-04-23（{typed}）、一時費用 2円 2025-04-24（甲）"
    assert english(both) == f"One-time fee ¥1 of 23 April 2025 ({typed}), One-time fee ¥2 of 24 April 2025 (甲)"
