"""Pairs that end together (第12条), and 期間ライセンス with its terms (10-9, 10-10, 14-3)."""

import pytest

from tests.contracts.book.build import book, change, edr, licence, module, notice, option, premium, priced, sound, tier

BASE = [*priced("T-1", 300_000), *priced("M-1", 100_000)]
EDR = [*priced("O-EDR", 50_000), *priced("O-LIC", 100)]


def edr_unit(kind, *more):
    """A premium unit with a module and an EDR pair, priced."""
    return book(premium(), module(), edr(), licence(kind), *BASE, *EDR, *more)


def monthly(*also):
    return ("T-1", 300_000), ("M-1", 100_000), *also


def test_edr_operation_takes_the_term_licence_with_it(story):
    """12-4, I-14: 30 days end the operation on 2025-07-01, and the licence with it, 90 days or not; both settle."""
    story.facts(edr_unit("期間ライセンス", notice("O-EDR", "2025-06-01")))
    story.close("2025-04", "2025-09")
    story.months_alike("2025-04", "2025-06", *monthly(("O-EDR", 50_000), ("O-LIC", 100_000)))
    one_day, one_day_licence = 50_000 // 31, 100_000 // 31
    story.month(
        "2025-07",
        ("T-1", "monthly", "2025-07-01", "2025-07-31", 300_000),
        ("M-1", "monthly", "2025-07-01", "2025-07-31", 100_000),
        ("O-EDR", "monthly", "2025-07-01", "2025-07-01", one_day),
        ("O-EDR", "settlement", "2025-07-02", "2026-03-31", 9 * 50_000 - one_day),
        ("O-LIC", "monthly", "2025-07-01", "2025-07-01", 1000, 100, one_day_licence),
        ("O-LIC", "settlement", "2025-07-02", "2026-03-31", 1000, 100, 9 * 100_000 - one_day_licence),
    )
    story.months_alike("2025-08", "2025-09", *monthly())
    story.nothing_more()


def test_the_term_licence_takes_the_operation_with_it(story):
    """12-4 the other way: the licence's 90 days, 2025-08-30, end the operation too."""
    story.facts(edr_unit("期間ライセンス", notice("O-LIC", "2025-06-01")))
    story.close("2025-08", "2025-09")
    operation, licences = 50_000 * 30 // 31, 100_000 * 30 // 31
    story.month(
        "2025-08",
        ("T-1", "monthly", "2025-08-01", "2025-08-31", 300_000),
        ("M-1", "monthly", "2025-08-01", "2025-08-31", 100_000),
        ("O-EDR", "monthly", "2025-08-01", "2025-08-30", operation),
        ("O-EDR", "settlement", "2025-08-31", "2026-03-31", 8 * 50_000 - operation),
        ("O-LIC", "monthly", "2025-08-01", "2025-08-30", 1000, 100, licences),
        ("O-LIC", "settlement", "2025-08-31", "2026-03-31", 1000, 100, 8 * 100_000 - licences),
    )
    story.months_alike("2025-09", "2025-09", *monthly())
    story.nothing_more()


@pytest.mark.parametrize("arrived", ["2025-11-01", "2025-12-31"])
def test_a_term_licence_in_time_ends_with_its_term(arrived, story):
    """10-9, I-10, I-11: in time until 2025-12-31; the term's last day, though 90 days from then lie after it."""
    story.facts(edr_unit("期間ライセンス", notice("O-LIC", arrived, "2026-03-31")))
    story.close("2026-03", "2026-05")
    story.months_alike("2026-03", "2026-03", *monthly(("O-EDR", 50_000), ("O-LIC", 100_000)))
    story.months_alike("2026-04", "2026-05", *monthly())
    story.nothing_more()


@pytest.mark.parametrize(
    ("arrived", "ends", "days"), [("2026-01-01", "2026-04-01", 1), ("2026-01-15", "2026-04-15", 15)]
)
def test_a_term_licence_a_day_late_has_renewed(arrived, ends, days, story):
    """10-10, I-12: 90 days after the arrival, in a term that has renewed until 2027-03-31 and is settled (14-3)."""
    story.facts(edr_unit("期間ライセンス", notice("O-LIC", arrived, "2026-03-31")))
    story.close("2026-03", "2026-05")
    story.months_alike("2026-03", "2026-03", *monthly(("O-EDR", 50_000), ("O-LIC", 100_000)))
    operation, licences = 50_000 * days // 30, 100_000 * days // 30
    after = f"2026-04-{days + 1:02}"
    story.month(
        "2026-04",
        ("T-1", "monthly", "2026-04-01", "2026-04-30", 300_000),
        ("M-1", "monthly", "2026-04-01", "2026-04-30", 100_000),
        ("O-EDR", "monthly", "2026-04-01", ends, operation),
        ("O-LIC", "monthly", "2026-04-01", ends, 1000, 100, licences),
        ("O-LIC", "settlement", after, "2027-03-31", 1000, 100, 12 * 100_000 - licences),
    )
    story.months_alike("2026-05", "2026-05", *monthly())
    story.nothing_more()


def test_a_term_licence_renews_by_itself(story):
    """10-9: nobody gives notice, and the second year is charged like the first."""
    story.facts(edr_unit("期間ライセンス"))
    story.close("2026-03", "2026-06")
    story.months_alike("2026-03", "2026-06", *monthly(("O-EDR", 50_000), ("O-LIC", 100_000)))
    story.nothing_more()


def test_licences_added_and_given_back_in_the_middle_of_a_month(story):
    """I-04: a line a run of days with one quantity; the settlement is at the quantity of the end day (I-17)."""
    story.facts(
        edr_unit(
            "MSSPライセンス",
            change("O-LIC", "quantity", 160, "2025-05-11", application="A-2", accepted="2025-05-01"),
            change("O-LIC", "quantity", 120, "2025-06-16", application="A-3", accepted="2025-06-01"),
            notice("O-LIC", "2026-02-01", "2026-03-30"),
        )
    )
    story.close("2025-04", "2025-07")
    story.months_alike("2025-04", "2025-04", *monthly(("O-EDR", 50_000), ("O-LIC", 10_000)))
    rest = [("T-1", "monthly"), ("M-1", "monthly"), ("O-EDR", "monthly")]
    yen = dict(zip(rest, (300_000, 100_000, 50_000), strict=True))
    story.month(
        "2025-05",
        *((number, fee, "2025-05-01", "2025-05-31", yen[number, fee]) for number, fee in rest),
        ("O-LIC", "monthly", "2025-05-01", "2025-05-10", 100, 100, 3_225),
        ("O-LIC", "monthly", "2025-05-11", "2025-05-31", 160, 100, 10_838),
    )
    story.month(
        "2025-06",
        *((number, fee, "2025-06-01", "2025-06-30", yen[number, fee]) for number, fee in rest),
        ("O-LIC", "monthly", "2025-06-01", "2025-06-15", 160, 100, 8_000),
        ("O-LIC", "monthly", "2025-06-16", "2025-06-30", 120, 100, 6_000),
    )
    story.months_alike("2025-07", "2025-07", *monthly(("O-EDR", 50_000), ("O-LIC", 12_000)))
    story.nothing_more()
    story.close("2025-08", "2026-04")
    story.months_alike("2025-08", "2026-02", *monthly(("O-EDR", 50_000), ("O-LIC", 12_000)))
    story.month(
        "2026-03",
        ("T-1", "monthly", "2026-03-01", "2026-03-31", 300_000),
        ("M-1", "monthly", "2026-03-01", "2026-03-31", 100_000),
        ("O-EDR", "monthly", "2026-03-01", "2026-03-30", 48_387),
        ("O-EDR", "settlement", "2026-03-31", "2026-03-31", 1_613),
        ("O-LIC", "monthly", "2026-03-01", "2026-03-30", 120, 100, 11_612),
        ("O-LIC", "settlement", "2026-03-31", "2026-03-31", 120, 100, 388),
    )
    story.months_alike("2026-04", "2026-04", *monthly())
    story.nothing_more()


@pytest.mark.parametrize("ended", ["M-1", "O-1"])
def test_microsoft_365_module_and_option_end_together(ended, story):
    """12-3, I-13: whichever of the two the notice names, 2025-10-31 ends both; the other modules go on."""
    story.facts(
        book(
            tier(),
            module("Microsoft 365ログ収集モジュール"),
            option("Microsoft 365ログ監視オプション", "M-1"),
            module(number="M-2"),
            *BASE,
            *priced("O-1", 31_000),
            *priced("M-2", 10_000),
            notice(ended, "2025-09-01", "2025-10-10"),
        )
    )
    story.close("2025-09", "2025-11")
    story.months_alike("2025-09", "2025-09", *monthly(("O-1", 31_000), ("M-2", 10_000)))
    story.month(
        "2025-10",
        ("T-1", "monthly", "2025-10-01", "2025-10-31", 300_000),
        ("M-2", "monthly", "2025-10-01", "2025-10-31", 10_000),
        ("M-1", "monthly", "2025-10-01", "2025-10-10", 32_258),
        ("O-1", "monthly", "2025-10-01", "2025-10-10", 10_000),
    )
    story.months_alike("2025-11", "2025-11", ("T-1", 300_000), ("M-2", 10_000))
    story.nothing_more()


def test_cloud_log_module_and_monitoring_end_together(story):
    """12-2, both ways."""
    story.facts(
        sound(
            *BASE,
            option("クラウドログ監視オプション", "M-1"),
            *priced("O-1", 20_000),
            module("個別ログ収集モジュール", item="タイプ1", number="M-2"),
            *priced("M-2", 10_000),
            notice("O-1", "2025-09-10"),
        )
    )
    story.close("2025-10", "2025-11")
    story.month(
        "2025-10",
        ("T-1", "monthly", "2025-10-01", "2025-10-31", 300_000),
        ("M-2", "monthly", "2025-10-01", "2025-10-31", 10_000),
        ("M-1", "monthly", "2025-10-01", "2025-10-10", 32_258),
        ("O-1", "monthly", "2025-10-01", "2025-10-10", 6_451),
    )
    story.months_alike("2025-11", "2025-11", ("T-1", 300_000), ("M-2", 10_000))
    story.nothing_more()


def test_device_log_monitoring_ends_alone(story):
    """I-15: no paragraph pairs 個別ログ監視 with its module."""
    story.facts(
        book(
            tier(),
            module("個別ログ収集モジュール", item="タイプ1"),
            option("個別ログ監視オプション", "M-1"),
            *BASE,
            *priced("O-1", 31_000),
            notice("O-1", "2025-09-10", "2025-10-15"),
        )
    )
    story.close("2025-10", "2025-11")
    story.month(
        "2025-10",
        ("T-1", "monthly", "2025-10-01", "2025-10-31", 300_000),
        ("M-1", "monthly", "2025-10-01", "2025-10-31", 100_000),
        ("O-1", "monthly", "2025-10-01", "2025-10-15", 15_000),
    )
    story.months_alike("2025-11", "2025-11", *monthly())
    story.nothing_more()


def test_abolished_for_all_the_settlements_are_held(story):
    """10-11, I-18: both EDR options end on the day named; what the rest of their terms comes to waits for finance."""
    story.facts(
        edr_unit(
            "MSSPライセンス",
            notice("O-EDR", "2025-09-01", "2025-12-31", "abolished"),
            notice("O-LIC", "2025-09-01", "2025-12-31", "abolished"),
        )
    )
    story.close("2025-12", "2026-01")
    story.months_alike("2025-12", "2025-12", *monthly(("O-EDR", 50_000), ("O-LIC", 10_000)))
    story.months_alike("2026-01", "2026-01", *monthly())
    story.held(("O-EDR", "2026-01-01", "2026-03-31", 150_000), ("O-LIC", "2026-01-01", "2026-03-31", 30_000))
    story.nothing_more()
