"""別紙2第3項: a fee for every change (I-39), due on its acceptance, and a fee for every fact (I-40)."""

from datetime import date

import pytest
from django.core.management import CommandError

from billing.admin.kit.why import rests_on
from billing.models import ChargeLine, ParkedTarget
from tests.contracts.book.build import book, change, ips, ips_service, price, priced, tier

BASIC = [
    tier("ベーシック", premium_consent_on="2020-01-01"),
    ips(),
    ips_service(premium_consent_on="2020-01-01"),
    *priced("T-1", 100_000),
    *priced("M-IPS", 50_000),
]
UPGRADE = change("T-1", "category", "アドバンスト", "2025-06-01", accepted="2025-05-02", keep_price="はい")


def monthly(month, last):
    return ("T-1", "monthly", f"{month}-01", f"{month}-{last}", 100_000), (
        *("M-IPS", "monthly", f"{month}-01", f"{month}-{last}", 50_000),
    )


def test_an_upgrade_accepted_after_it_took_effect(story):
    """I-39: quoted for the day it counts from, 05-20; accepted on 06-03, so the fee is June's."""
    story.facts(
        book(
            *BASIC,
            change("T-1", "category", "アドバンスト", "2025-05-20", accepted="2025-06-03", keep_price="はい"),
            price("T-1", "one_time", 80_000, "2025-05-20"),
        )
    )
    story.close("2025-05", "2025-06")
    story.month("2025-05", *monthly("2025-05", 31))
    story.month("2025-06", *monthly("2025-06", 30), ("T-1", "one_time", "2025-06-03", "2025-06-03", 80_000))
    story.nothing_more()


@pytest.mark.parametrize("quoted", ["2025-05-02", "2025-05-20", "2025-06-01"])
def test_the_fee_of_a_change_is_due_on_its_acceptance(quoted, story):
    """13, I-39: whatever day the quoted row carries."""
    story.facts(book(*BASIC, UPGRADE, price("T-1", "one_time", 80_000, quoted)))
    story.close("2025-05", "2025-06")
    story.month("2025-05", *monthly("2025-05", 31), ("T-1", "one_time", "2025-05-02", "2025-05-02", 80_000))
    story.month("2025-06", *monthly("2025-06", 30))
    story.nothing_more()


def test_one_fee_does_not_serve_two_changes(story):
    """I-39: the fee of 05-12 is the first upgrade's; May waits for that of the second."""
    story.facts(
        book(
            *BASIC,
            UPGRADE,
            change(
                "T-1",
                "category",
                "プレミアム",
                "2025-06-20",
                application="A-3",
                accepted="2025-05-12",
                keep_price="はい",
            ),
            price("T-1", "one_time", 9_000, "2025-05-12"),
        )
    )
    with pytest.raises(CommandError, match="締めていません"):
        story.close("2025-05")
    parked = ParkedTarget.objects.get()
    assert (parked.target.number, parked.clause) == ("T-1", "13")
    assert parked.reason == "2025-05-12に承諾した変更の一時費用の料金が登録されていません"
    story.facts({"prices": [price("T-1", "one_time", 7_000, "2025-06-20")[1]]})
    story.close("2025-05")
    story.month(
        *("2025-05", *monthly("2025-05", 31)),
        ("T-1", "one_time", "2025-05-02", "2025-05-02", 9_000),
        ("T-1", "one_time", "2025-05-12", "2025-05-12", 7_000),
    )
    story.nothing_more()


def test_a_fee_beside_that_of_a_change_is_for_a_fact(story):
    """I-40: 05-20 settles the upgrade; 05-25 and July's are for facts of their days."""
    fees = [price("T-1", "one_time", yen, on) for yen, on in ((80_000, "2025-05-20"), (5_000, "2025-05-25"))]
    story.facts(book(*BASIC, UPGRADE, *fees, price("T-1", "one_time", 6_000, "2025-07-10", "出動")))
    story.close("2025-05", "2025-07")
    story.month(
        *("2025-05", *monthly("2025-05", 31)),
        ("T-1", "one_time", "2025-05-02", "2025-05-02", 80_000),
        ("T-1", "one_time", "2025-05-25", "2025-05-25", 5_000),
    )
    story.month("2025-06", *monthly("2025-06", 30))
    story.month("2025-07", *monthly("2025-07", 31), ("T-1", "one_time", "2025-07-10", "2025-07-10", 6_000))
    story.nothing_more()


def test_the_line_of_a_fee_shows_the_price_and_the_change_it_rests_on(story):
    """Quoted for 06-01, due on 05-02: what decides lies after the line's day."""
    story.facts(book(*BASIC, UPGRADE, price("T-1", "one_time", 80_000, "2025-06-01")))
    story.close("2025-05")
    prices, changes = (list(related.rows) for related in rests_on(ChargeLine.objects.get(fee="one_time"))[:2])
    assert [(row.fee, row.from_on) for row in prices] == [("one_time", date(2025, 6, 1))]
    assert [(row.application.accepted_on, row.effective_on) for row in changes] == [
        (date(2025, 5, 2), date(2025, 6, 1))
    ]
