"""第15条: outages and breaches, claimed in time and too late."""

import pytest

from tests.contracts.book.build import book, breach, ips, ips_service, notice, outage, priced, sound, tier

PRICED = [*priced("T-1", 300_000), *priced("M-1", 100_000)]
ALL_MONTH = ("T-1", 300_000), ("M-1", 100_000)


def usual(month, last):
    return (
        ("T-1", "monthly", f"{month}-01", f"{month}-{last}", 300_000),
        ("M-1", "monthly", f"{month}-01", f"{month}-{last}", 100_000),
    )


def test_an_outage_over_two_months_claimed_on_the_deadline(story):
    """15-1, I-19: three units start in May (29, 30, 31), two in June; restored 2025-06-03, claimed on 2025-09-03."""
    story.facts(sound(*PRICED, outage("T-1", "2025-05-29 10:00", "2025-06-03 12:00", "2025-09-03")))
    story.close("2025-05", "2025-10")
    story.months_alike("2025-05", "2025-08", *ALL_MONTH)
    story.month(
        "2025-09",
        *usual("2025-09", 30),
        ("T-1", "outage", "2025-05-29", "2025-05-31", 3, 300_000, -30_000),
        ("T-1", "outage", "2025-06-01", "2025-06-02", 2, 300_000, -20_000),
    )
    story.months_alike("2025-10", "2025-10", *ALL_MONTH)
    story.nothing_more()


def test_the_same_outage_claimed_a_day_late_pays_nothing(story):
    story.facts(sound(*PRICED, outage("T-1", "2025-05-29 10:00", "2025-06-03 12:00", "2025-09-04")))
    story.close("2025-05", "2025-10")
    story.months_alike("2025-05", "2025-10", *ALL_MONTH)
    story.nothing_more()


@pytest.mark.parametrize(
    ("restored", "units"), [("2025-05-11 09:59", 0), ("2025-05-11 10:00", 1), ("2025-05-12 09:59", 1)]
)
def test_only_whole_days_of_24_hours_count(restored, units, story):
    story.facts(sound(*PRICED, outage("M-1", "2025-05-10 10:00", restored, "2025-05-20")))
    story.close("2025-05")
    told = [("M-1", "outage", "2025-05-10", "2025-05-10", 1, 100_000, -3_333)] if units else []
    story.month("2025-05", *usual("2025-05", 31), *told)
    story.nothing_more()


def test_an_outage_nobody_claims_pays_nothing(story):
    story.facts(sound(*PRICED, outage("T-1", "2025-05-10 10:00", "2025-05-20 10:00")))
    story.close("2025-05", "2025-09")
    story.months_alike("2025-05", "2025-09", *ALL_MONTH)
    story.nothing_more()


def test_a_claim_after_the_end_of_the_contract_is_granted(story):
    story.facts(
        sound(
            *PRICED,
            outage("M-1", "2025-09-01 00:00", "2025-09-04 00:00", "2025-12-04"),
            notice("T-1", "2025-08-01", "2025-09-30"),
            notice("M-1", "2025-08-01", "2025-09-30"),
        )
    )
    story.close("2025-09", "2025-12")
    story.months_alike("2025-09", "2025-09", *ALL_MONTH)
    story.month("2025-12", ("M-1", "outage", "2025-09-01", "2025-09-03", 3, 100_000, -10_000))
    story.nothing_more()


def test_breaches_once_a_guarantee_and_month(story):
    """15-2, I-20: a tenth for each of the two guarantees, however often; claimed until the 15th of the next month."""
    story.facts(
        sound(
            *PRICED,
            breach("T-1", "2025-05-02 01:00", "2025-06-15"),
            breach("T-1", "2025-05-20 01:00", "2025-06-15"),
            breach("T-1", "2025-05-20 01:00", "2025-06-15", "notification"),
            breach("M-1", "2025-05-20 01:00", "2025-06-16"),
        )
    )
    story.close("2025-05", "2025-07")
    story.months_alike("2025-05", "2025-05", *ALL_MONTH)
    story.month(
        "2025-06",
        *usual("2025-06", 30),
        ("T-1", "sla", "2025-05-02", "2025-05-02", -30_000),
        ("T-1", "sla", "2025-05-20", "2025-05-20", -30_000),
    )
    story.months_alike("2025-07", "2025-07", *ALL_MONTH)
    story.nothing_more()


def test_basic_has_no_guarantee_but_its_modules_have(story):
    """11-1, I-21."""
    story.facts(
        book(
            tier("ベーシック"),
            ips(number="M-1"),
            ips_service(),
            *PRICED,
            breach("T-1", "2025-05-02 01:00", "2025-05-15"),
            breach("M-1", "2025-05-02 01:00", "2025-05-15"),
        )
    )
    story.close("2025-05")
    story.month("2025-05", *usual("2025-05", 31), ("M-1", "sla", "2025-05-02", "2025-05-02", -10_000))
    story.nothing_more()


def test_outage_and_breach_of_a_month_together_reach_the_monthly_fee_at_most(story):
    """15-2: 28 units ÷ 30 and a tenth are more than the month's fee: the breach is cut to what is left."""
    story.facts(
        sound(
            *PRICED,
            outage("T-1", "2025-05-02 00:00", "2025-05-30 00:00", "2025-06-10"),
            breach("T-1", "2025-05-02 00:00", "2025-06-10"),
        )
    )
    story.close("2025-05", "2025-06")
    story.months_alike("2025-05", "2025-05", *ALL_MONTH)
    story.month(
        "2025-06",
        *usual("2025-06", 30),
        ("T-1", "outage", "2025-05-02", "2025-05-29", 28, 300_000, -280_000),
        ("T-1", "sla", "2025-05-02", "2025-05-02", -20_000),
    )
    story.nothing_more()


def test_an_outage_alone_has_no_limit(story):
    """I-22: 31 units in a month come to more than its fee; the line says so."""
    story.facts(sound(*PRICED, outage("T-1", "2025-05-01 00:00", "2025-06-01 00:00", "2025-06-10")))
    story.close("2025-06")
    story.month("2025-06", *usual("2025-06", 30), ("T-1", "outage", "2025-05-01", "2025-05-31", 31, 300_000, -310_000))
    story.nothing_more()
