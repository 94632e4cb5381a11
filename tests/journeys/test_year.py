"""A contract's life from acceptance to its end."""

from tests.contracts.book.build import (
    book,
    change,
    module,
    notice,
    option,
    price,
    priced,
    sound,
    tier,
)

PRICED = [*priced("T-1", 300_000, 50_000), *priced("M-1", 100_000, 20_000)]


def test_a_quiet_year(story):
    """Accepted in March, billed from April, the same every month; nobody ends it."""
    story.facts(sound(*PRICED))
    story.close("2025-03", "2026-03")
    story.month(
        "2025-03",
        ("T-1", "initial", "2025-03-10", "2025-03-10", 50_000),
        ("M-1", "initial", "2025-03-10", "2025-03-10", 20_000),
    )
    story.months_alike("2025-04", "2026-03", ("T-1", 300_000), ("M-1", 100_000))
    story.held()
    story.nothing_more()


def test_begun_and_raised_in_the_middle_of_a_month(story):
    story.facts(
        book(
            tier(starts="2025-04-16"),
            module(starts="2025-04-16"),
            *priced("T-1", 100_001, from_on="2025-04-16"),
            price("T-1", "monthly", 200_000, "2025-05-11"),
            *priced("M-1", 30_000, from_on="2025-01-01"),
        )
    )
    story.close("2025-04", "2025-06")
    story.month(
        "2025-04",
        ("T-1", "monthly", "2025-04-16", "2025-04-30", 1, 100_001, 50_000),
        ("M-1", "monthly", "2025-04-16", "2025-04-30", 15_000),
    )
    story.month(
        "2025-05",
        ("T-1", "monthly", "2025-05-01", "2025-05-10", 1, 100_001, 100_001 * 10 // 31),
        ("T-1", "monthly", "2025-05-11", "2025-05-31", 1, 200_000, 200_000 * 21 // 31),
        ("M-1", "monthly", "2025-05-01", "2025-05-31", 30_000),
    )
    story.month(
        "2025-06",
        ("T-1", "monthly", "2025-06-01", "2025-06-30", 200_000),
        ("M-1", "monthly", "2025-06-01", "2025-06-30", 30_000),
    )
    story.nothing_more()


def test_ended_early_both_settle_what_is_left_of_the_minimum_term(story):
    """6 months from 2025-04-01 last until 2025-09-30; the end on 2025-07-15 costs the rest (I-17)."""
    story.facts(sound(*PRICED, notice("T-1", "2025-06-10", "2025-07-15"), notice("M-1", "2025-06-10", "2025-07-15")))
    story.close("2025-03", "2025-12")
    story.month(
        "2025-03",
        ("T-1", "initial", "2025-03-10", "2025-03-10", 50_000),
        ("M-1", "initial", "2025-03-10", "2025-03-10", 20_000),
    )
    story.months_alike("2025-04", "2025-06", ("T-1", 300_000), ("M-1", 100_000))
    story.month(
        "2025-07",
        ("T-1", "monthly", "2025-07-01", "2025-07-15", 145_161),
        ("T-1", "settlement", "2025-07-16", "2025-09-30", 754_839),
        ("M-1", "monthly", "2025-07-01", "2025-07-15", 48_387),
        ("M-1", "settlement", "2025-07-16", "2025-09-30", 251_613),
    )
    story.held()
    story.nothing_more()


def test_a_notice_takes_effect_thirty_days_after_its_arrival(story):
    """12-1, I-02: arrived 2025-09-01 naming nothing: 2025-10-01, which is served, charged, and after the minimum term."""
    story.facts(sound(*PRICED, notice("T-1", "2025-09-01"), notice("M-1", "2025-09-01", "2025-09-05")))
    story.close("2025-09", "2025-11")
    story.month(
        "2025-09",
        ("T-1", "monthly", "2025-09-01", "2025-09-30", 300_000),
        ("M-1", "monthly", "2025-09-01", "2025-09-30", 100_000),
    )
    story.month(
        "2025-10",
        ("T-1", "monthly", "2025-10-01", "2025-10-01", 9_677),
        ("M-1", "monthly", "2025-10-01", "2025-10-01", 3_225),
    )
    story.nothing_more()


def test_the_day_before_the_minimum_term_is_over_costs_a_day(story):
    story.facts(
        sound(*PRICED, notice("T-1", "2025-08-01", "2025-09-29"), notice("M-1", "2025-08-01", "2025-09-30")),
        warns=["7-1"],
    )
    story.close("2025-09", "2025-10")
    story.month(
        "2025-09",
        ("T-1", "monthly", "2025-09-01", "2025-09-29", 290_000),
        ("T-1", "settlement", "2025-09-30", "2025-09-30", 10_000),
        ("M-1", "monthly", "2025-09-01", "2025-09-30", 100_000),
    )
    story.nothing_more()


def test_an_end_before_billing_starts_leaves_the_initial_fee_alone(story):
    """I-16."""
    story.facts(
        book(
            tier(accepted="2025-03-10", starts="2025-06-01"),
            module(accepted="2025-03-10", starts="2025-06-01"),
            *PRICED,
            notice("T-1", "2025-04-01", "2025-05-31"),
            notice("M-1", "2025-04-01", "2025-05-31"),
        )
    )
    story.close("2025-03", "2025-12")
    story.month(
        "2025-03",
        ("T-1", "initial", "2025-03-10", "2025-03-10", 50_000),
        ("M-1", "initial", "2025-03-10", "2025-03-10", 20_000),
    )
    story.nothing_more()


def test_under_28_2_contracts_are_spared_and_their_options_held(story):
    """14-1, I-18: no settlement for contracts; the option's is computed and waits for finance, outside the export."""
    story.facts(
        sound(
            *PRICED,
            option("現地報告オプション"),
            *priced("O-1", 60_000),
            notice("T-1", "2025-06-01", "2025-06-15", "gp28_2"),
            notice("M-1", "2025-06-01", "2025-06-15", "gp28_2"),
        )
    )
    story.close("2025-06", "2025-10")
    story.month(
        "2025-06",
        ("T-1", "monthly", "2025-06-01", "2025-06-15", 150_000),
        ("M-1", "monthly", "2025-06-01", "2025-06-15", 50_000),
        ("O-1", "monthly", "2025-06-01", "2025-06-15", 30_000),
    )
    story.held(("O-1", "2025-06-16", "2025-09-30", 30_000 + 3 * 60_000))
    story.nothing_more()


def test_ended_by_the_company_the_settlement_is_charged(story):
    story.facts(
        sound(
            *PRICED,
            notice("T-1", "2025-09-01", "2025-09-15", "company"),
            notice("M-1", "2025-09-01", "2025-09-15", "company"),
        )
    )
    story.close("2025-09", "2025-10")
    story.month(
        "2025-09",
        ("T-1", "monthly", "2025-09-01", "2025-09-15", 150_000),
        ("T-1", "settlement", "2025-09-16", "2025-09-30", 150_000),
        ("M-1", "monthly", "2025-09-01", "2025-09-15", 50_000),
        ("M-1", "settlement", "2025-09-16", "2025-09-30", 50_000),
    )
    story.nothing_more()


def test_from_basic_to_premium_by_way_of_one_time_fees(story):
    """9-1(1), I-07: each step costs its one-time fee on acceptance; the minimum term does not start again."""
    story.facts(
        book(
            tier("ベーシック", premium_consent_on="2020-01-01"),
            module("IIJセキュアMX連携モジュール", links="S-1"),
            (
                "linked_services",
                {"code": "S-1", "from_on": "2020-01-01", "service": "IIJセキュアMXサービス", "holder": "C-1"},
            ),
            *priced("T-1", 100_000, 10_000),
            *priced("M-1", 50_000, 5_000),
            change("T-1", "category", "アドバンスト", "2025-06-01", application="A-2", accepted="2025-05-20"),
            price("T-1", "one_time", 30_000, "2025-05-20", "アドバンストへ"),
            price("T-1", "monthly", 200_000, "2025-06-01"),
            change("T-1", "category", "プレミアム", "2025-08-11", application="A-3", accepted="2025-08-01"),
            price("T-1", "one_time", 40_000, "2025-08-01", "プレミアムへ"),
            price("T-1", "monthly", 310_000, "2025-08-11"),
            notice("T-1", "2025-08-20", "2025-09-30"),
            notice("M-1", "2025-08-20", "2025-09-30"),
        )
    )
    story.close("2025-05", "2025-10")
    story.month(
        "2025-05",
        ("T-1", "monthly", "2025-05-01", "2025-05-31", 100_000),
        ("T-1", "one_time", "2025-05-20", "2025-05-20", 30_000),
        ("M-1", "monthly", "2025-05-01", "2025-05-31", 50_000),
    )
    story.months_alike("2025-06", "2025-07", ("T-1", 200_000), ("M-1", 50_000))
    story.month(
        "2025-08",
        ("T-1", "monthly", "2025-08-01", "2025-08-10", 64_516),
        ("T-1", "monthly", "2025-08-11", "2025-08-31", 210_000),
        ("T-1", "one_time", "2025-08-01", "2025-08-01", 40_000),
        ("M-1", "monthly", "2025-08-01", "2025-08-31", 50_000),
    )
    story.months_alike("2025-09", "2025-09", ("T-1", 310_000), ("M-1", 50_000))
    story.nothing_more()


def test_a_tier_that_follows_another(story):
    """The old tier's last day and the new one's first adjoin; the new one has its own minimum term."""
    story.facts(
        sound(
            *PRICED,
            notice("T-1", "2025-09-01", "2025-10-15"),
            tier("プレミアム", "T-2", application="A-2", accepted="2025-09-05", starts="2025-10-16"),
            *priced("T-2", 310_000, 70_000, "2025-10-16"),
        )
    )
    story.close("2025-09", "2025-11")
    story.month(
        "2025-09",
        ("T-1", "monthly", "2025-09-01", "2025-09-30", 300_000),
        ("T-2", "initial", "2025-09-05", "2025-09-05", 70_000),
        ("M-1", "monthly", "2025-09-01", "2025-09-30", 100_000),
    )
    story.month(
        "2025-10",
        ("T-1", "monthly", "2025-10-01", "2025-10-15", 145_161),
        ("T-2", "monthly", "2025-10-16", "2025-10-31", 160_000),
        ("M-1", "monthly", "2025-10-01", "2025-10-31", 100_000),
    )
    story.months_alike("2025-11", "2025-11", ("T-2", 310_000), ("M-1", 100_000))
    story.nothing_more()
