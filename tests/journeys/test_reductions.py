"""第15条: outages and breaches, claimed in time and too late."""

import pytest

from billing.models import ChargeLine
from tests.contracts.book.build import book, breach, ips, ips_service, notice, outage, price, priced, sound, tier

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


def test_a_claim_made_while_the_outage_lasts_is_granted_when_it_is_over(story):
    """I-37: three units of May at 100,000, two of June at 400,000; June's price was known beforehand."""
    story.facts(
        sound(
            *priced("T-1", 100_000),
            price("T-1", "monthly", 400_000, "2025-06-01"),
            *priced("M-1", 100_000),
            outage("T-1", "2025-05-29 09:00", "2025-06-03 09:00", "2025-05-31"),
        )
    )
    story.close("2025-05", "2025-06")
    story.months_alike("2025-05", "2025-05", ("T-1", 100_000), ("M-1", 100_000))
    story.month(
        "2025-06",
        ("T-1", "monthly", "2025-06-01", "2025-06-30", 400_000),
        ("M-1", "monthly", "2025-06-01", "2025-06-30", 100_000),
        ("T-1", "outage", "2025-05-29", "2025-05-31", 3, 100_000, -10_000),
        ("T-1", "outage", "2025-06-01", "2025-06-02", 2, 400_000, -26_666),
    )
    story.nothing_more()


def test_a_claim_is_judged_beside_hours_and_prices_of_months_to_come(story):
    """I-26, I-37: the breach of June claimed in June; the outage that cuts nothing of it is priced and granted in August."""
    story.facts(
        sound(
            *priced("T-1", 300_000),
            price("T-1", "monthly", 600_000, "2025-07-01"),
            *priced("M-1", 100_000),
            breach("T-1", "2025-06-10 00:00", "2025-06-20"),
            outage("T-1", "2025-06-28 00:00", "2025-08-02 00:00", "2025-06-28"),
        )
    )
    story.close("2025-06", "2025-08")
    story.month("2025-06", *usual("2025-06", 30), ("T-1", "sla", "2025-06-10", "2025-06-10", -30_000))
    story.months_alike("2025-07", "2025-07", ("T-1", 600_000), ("M-1", 100_000))
    story.month(
        "2025-08",
        ("T-1", "monthly", "2025-08-01", "2025-08-31", 600_000),
        ("M-1", "monthly", "2025-08-01", "2025-08-31", 100_000),
        ("T-1", "outage", "2025-06-28", "2025-06-30", 3, 300_000, -30_000),
        ("T-1", "outage", "2025-07-01", "2025-07-31", 31, 600_000, -620_000),
        ("T-1", "outage", "2025-08-01", "2025-08-01", 1, 600_000, -20_000),
    )
    story.nothing_more()


def test_overlapping_outages_are_one_state(story):
    """I-38: 96 hours, though the records have 72 each."""
    story.facts(
        sound(
            *PRICED,
            outage("T-1", "2025-05-10 00:00", "2025-05-13 00:00", "2025-05-20"),
            outage("T-1", "2025-05-11 00:00", "2025-05-14 00:00", "2025-05-20"),
        )
    )
    story.close("2025-05")
    story.month(
        "2025-05",
        *usual("2025-05", 31),
        ("T-1", "outage", "2025-05-10", "2025-05-12", 3, 300_000, -30_000),
        ("T-1", "outage", "2025-05-13", "2025-05-13", 1, 300_000, -10_000),
    )
    story.nothing_more()


def test_outages_within_another_add_nothing(story):
    """I-38, I-22: 30 units of one state are the month's fee; nothing is above it."""
    within = [outage("T-1", f"2025-05-{n:02} 00:00", f"2025-05-{n + 1:02} 00:00", "2025-06-20") for n in range(2, 30)]
    story.facts(sound(*PRICED, outage("T-1", "2025-05-01 00:00", "2025-05-31 00:00", "2025-06-20"), *within))
    story.close("2025-06")
    story.month("2025-06", *usual("2025-06", 30), ("T-1", "outage", "2025-05-01", "2025-05-30", 30, 300_000, -300_000))
    assert "I-22" not in ChargeLine.objects.get(fee="outage").basis
    story.nothing_more()


def test_a_claim_that_comes_later_gives_what_the_state_has_more(story):
    """I-38: of a state of 14 days, ten are given in June; July's claim, of an earlier record, gives four."""
    story.facts(sound(*PRICED, outage("T-1", "2025-05-05 00:00", "2025-05-15 00:00", "2025-06-20")))
    story.close("2025-06")
    story.month("2025-06", *usual("2025-06", 30), ("T-1", "outage", "2025-05-05", "2025-05-14", 10, 300_000, -100_000))
    story.facts({"outages": [outage("T-1", "2025-05-01 00:00", "2025-05-11 00:00", "2025-07-20")[1]]})
    story.close("2025-07")
    story.month("2025-07", *usual("2025-07", 31), ("T-1", "outage", "2025-05-01", "2025-05-04", 4, 300_000, -40_000))
    story.nothing_more()


def test_a_second_breach_of_the_month_claimed_later_takes_nothing_back(story):
    """I-20, I-26: the breach of 06-10 was claimed first and stands at the fee of its day; July says nothing."""
    story.facts(
        sound(
            *PRICED,
            price("T-1", "monthly", 500_000, "2025-06-08"),
            breach("T-1", "2025-06-10 09:15", "2025-06-20", "notification"),
        )
    )
    story.close("2025-06")
    june = (
        ("T-1", "monthly", "2025-06-01", "2025-06-07", 70_000),
        ("T-1", "monthly", "2025-06-08", "2025-06-30", 383_333),
    )
    story.month(
        *("2025-06", *june, ("M-1", "monthly", "2025-06-01", "2025-06-30", 100_000)),
        ("T-1", "sla", "2025-06-10", "2025-06-10", -50_000),
    )
    story.facts({"breaches": [breach("T-1", "2025-06-05 09:15", "2025-07-10", "notification")[1]]})
    story.close("2025-07")
    story.months_alike("2025-07", "2025-07", ("T-1", 500_000), ("M-1", 100_000))
    story.nothing_more()
