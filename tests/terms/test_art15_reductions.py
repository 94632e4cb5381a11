"""第15条（料金の減額）, 第11条, 別紙1, 別紙4."""

import pytest

from billing.terms.art15_reductions import (
    breach_claim_deadline,
    breach_reductions,
    capped,
    outage_claim_deadline,
    outage_reductions,
    outage_units,
    reduction_lines,
)
from contracts.terms.catalog import Category
from tests.terms.build import account, breach, day, outage

BASIC = ((day("2020-01-01"), Category.BASIC),)
UPGRADED = (*BASIC, (day("2025-05-10"), Category.ADVANCED))


def granted(of, in_month):
    """(fee, yen) of each reduction granted in a month."""
    return [(str(line.fee), line.amount_yen) for line in reduction_lines(of, day(f"{in_month}-01"))]


@pytest.mark.parametrize(
    ("known", "restored", "units"),
    [
        pytest.param("2025-05-10 09:00", "2025-05-13 15:30", 3, id="78.5 hours: three whole 24 hours"),
        pytest.param("2025-05-10 09:00", "2025-05-11 08:59", 0, id="a minute short of 24 hours"),
        pytest.param("2025-05-10 09:00", "2025-05-11 09:00", 1, id="24 hours to the minute"),
        pytest.param("2025-05-10 09:00", "2025-05-12 08:59", 1, id="a minute short of 48 hours"),
    ],
)
def test_whole_twenty_four_hours_count(known, restored, units):
    assert outage_units(outage(known, restored)) == units


@pytest.mark.parametrize(
    ("restored", "deadline"),
    [
        pytest.param("2025-05-13", "2025-08-13", id="three months after restoration, its day not counted"),
        pytest.param("2025-02-28", "2025-05-31", id="counted from 03-01"),
        pytest.param("2025-11-29", "2026-02-28", id="counted from 11-30, without counterpart"),
    ],
)
def test_until_when_an_outage_is_claimed(restored, deadline):
    assert outage_claim_deadline(day(restored)) == day(deadline)


@pytest.mark.parametrize(
    ("occurred", "deadline"),
    [("2025-05-01", "2025-06-15"), ("2025-05-31", "2025-06-15"), ("2025-12-10", "2026-01-15")],
)
def test_until_when_a_breach_is_claimed(occurred, deadline):
    assert breach_claim_deadline(day(occurred)) == day(deadline)


OUTAGE = "2025-05-10 09:00", "2025-05-13 15:30"


@pytest.mark.parametrize(
    ("claimed", "in_month", "expected"),
    [
        pytest.param("2025-06-01", "2025-06", [("outage", -30_000)], id="three thirtieths, in the month of the claim"),
        pytest.param("2025-06-01", "2025-05", [], id="not in the month of the outage"),
        pytest.param("2025-08-13", "2025-08", [("outage", -30_000)], id="claimed on the last day"),
        pytest.param("2025-08-14", "2025-08", [], id="claimed a day late: lapsed"),
        pytest.param(None, "2025-06", [], id="not claimed: nothing"),
    ],
)
def test_an_outage_is_reduced_on_a_timely_claim(claimed, in_month, expected):
    assert granted(account(outages=(outage(*OUTAGE, claimed),)), in_month) == expected


def amounts(of):
    """(month, yen) of each outage reduction."""
    return [(f"{r.month:%Y-%m}", r.amount_yen) for r in outage_reductions(of)]


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        pytest.param(
            account(100_000, outages=(outage(*OUTAGE, "2025-06-01"),)),
            [("2025-05", 10_000)],
            id="three thirtieths exactly",
        ),
        pytest.param(
            account(100_001, outages=(outage(*OUTAGE, "2025-06-01"),)), [("2025-05", 10_000)], id="floored once (I-19)"
        ),
        pytest.param(
            account([("2020-01-01", 300_000), ("2025-05-12", 330_000)], outages=(outage(*OUTAGE, "2025-06-01"),)),
            [("2025-05", 31_000)],
            id="the fee in force when each 24 hours start",
        ),
        pytest.param(
            account(100_000, outages=(outage("2025-05-30 12:00", "2025-06-02 12:00", "2025-06-05"),)),
            [("2025-05", 6_666), ("2025-06", 3_333)],
            id="over the turn of a month: floored by the month in which they start",
        ),
        pytest.param(
            account(ends="2025-05-11", outages=(outage(*OUTAGE, "2025-06-01"),)),
            [("2025-05", 20_000)],
            id="only 24 hours that start while it is served",
        ),
        pytest.param(
            account(starts="2025-06-01", outages=(outage(*OUTAGE, "2025-06-01"),)), [], id="before 課金開始日 nothing"
        ),
        pytest.param(
            account(categories=BASIC, outages=(outage(*OUTAGE, "2025-06-01"),)),
            [("2025-05", 30_000)],
            id="15-1 knows no exception for ベーシック",
        ),
    ],
)
def test_what_an_outage_reduces(of, expected):
    assert amounts(of) == expected


def test_an_outage_alone_has_no_limit_but_is_flagged():
    # I-22: thirty-one 24 hours in one month.
    (reduction,) = outage_reductions(account(outages=(outage("2025-05-01 00:00", "2025-06-01 00:00", "2025-06-02"),)))
    assert reduction.amount_yen == 310_000
    assert "I-22" in reduction.basis
    (reduction,) = outage_reductions(account(outages=(outage("2025-05-01 00:00", "2025-05-31 00:00", "2025-06-02"),)))
    assert reduction.amount_yen == 300_000
    assert "I-22" not in reduction.basis


@pytest.mark.parametrize(
    ("of", "in_month", "expected"),
    [
        pytest.param(
            account(breaches=(breach("2025-05-20 10:00", "2025-06-15"),)),
            "2025-06",
            [("sla", -30_000)],
            id="on the 15th",
        ),
        pytest.param(
            account(breaches=(breach("2025-05-20 10:00", "2025-06-16"),)), "2025-06", [], id="on the 16th: lapsed"
        ),
        pytest.param(account(breaches=(breach("2025-05-20 10:00"),)), "2025-06", [], id="not claimed"),
        pytest.param(
            account(99_999, breaches=(breach("2025-05-20 10:00", "2025-06-01"),)),
            "2025-06",
            [("sla", -9_999)],
            id="floored",
        ),
        pytest.param(
            account(breaches=(breach("2025-05-20 10:00", "2025-06-01"), breach("2025-05-25 10:00", "2025-06-01"))),
            "2025-06",
            [("sla", -30_000)],
            id="once a guarantee and month (I-20)",
        ),
        pytest.param(
            account(
                breaches=(
                    breach("2025-05-20 10:00", "2025-06-01"),
                    breach("2025-05-20 10:00", "2025-06-01", "notification"),
                )
            ),
            "2025-06",
            [("sla", -30_000), ("sla", -30_000)],
            id="each guarantee for itself (I-20)",
        ),
        pytest.param(
            account(breaches=(breach("2025-05-20 10:00", "2025-06-10"), breach("2025-06-02 10:00", "2025-06-10"))),
            "2025-06",
            [("sla", -30_000), ("sla", -30_000)],
            id="each month for itself (I-20)",
        ),
        pytest.param(
            account(breaches=(breach("2025-05-20 10:00", "2025-06-16"), breach("2025-05-25 10:00", "2025-06-10"))),
            "2025-06",
            [("sla", -30_000)],
            id="a lapsed claim does not use up the month",
        ),
        pytest.param(
            account(categories=BASIC, breaches=(breach("2025-05-20 10:00", "2025-06-01"),)),
            "2025-06",
            [],
            id="ベーシック has no guarantee (11-1)",
        ),
        pytest.param(
            account(categories=UPGRADED, breaches=(breach("2025-05-09 23:59", "2025-06-01"),)),
            "2025-06",
            [],
            id="still ベーシック on the day of the breach",
        ),
        pytest.param(
            account(categories=UPGRADED, breaches=(breach("2025-05-10 00:00", "2025-06-01"),)),
            "2025-06",
            [("sla", -30_000)],
            id="no longer ベーシック on the day of the breach",
        ),
        pytest.param(
            account(
                categories=((day("2020-01-01"), Category.MODULE),), breaches=(breach("2025-05-20 10:00", "2025-06-01"),)
            ),
            "2025-06",
            [("sla", -30_000)],
            id="a module is not of its unit's tier (I-21)",
        ),
        pytest.param(
            account(ends="2025-05-19", breaches=(breach("2025-05-20 10:00", "2025-06-01"),)),
            "2025-06",
            [],
            id="after its end",
        ),
    ],
)
def test_a_breach_is_reduced_on_a_timely_claim(of, in_month, expected):
    assert granted(of, in_month) == expected


LONG_OUTAGE = "2025-05-01 00:00", "2025-05-30 00:00"


@pytest.mark.parametrize(
    ("outage_claimed", "breach_claimed", "expected"),
    [
        pytest.param("2025-06-10", "2025-06-01", {"outage": 290_000, "sla": 10_000}, id="one month: the outage first"),
        pytest.param(
            "2025-07-10", "2025-06-01", {"outage": 270_000, "sla": 30_000}, id="the breach claimed a month earlier"
        ),
        pytest.param(
            "2025-05-31", "2025-06-01", {"outage": 290_000, "sla": 10_000}, id="the outage claimed a month earlier"
        ),
        pytest.param("2025-06-10", None, {"outage": 290_000}, id="no breach claimed: nothing is cut"),
        pytest.param("2025-06-10", "2025-06-16", {"outage": 290_000}, id="a lapsed claim cuts nothing"),
    ],
)
def test_together_at_most_the_monthly_fee(outage_claimed, breach_claimed, expected):
    # I-26: 29 of 30 thirtieths and a tenth.
    of = account(
        outages=(outage(*LONG_OUTAGE, outage_claimed),), breaches=(breach("2025-05-20 10:00", breach_claimed),)
    )
    kept = capped([*outage_reductions(of), *breach_reductions(of)])
    assert {str(reduction.fee): reduction.amount_yen for reduction in kept} == expected


def test_what_is_cut_says_so_and_what_is_cut_to_nothing_is_no_line():
    of = account(
        outages=(outage("2025-05-01 00:00", "2025-06-01 00:00", "2025-06-10"),),
        breaches=(breach("2025-05-20 10:00", "2025-06-01"),),
    )
    cut = {str(r.fee): r for r in capped([*outage_reductions(of), *breach_reductions(of)])}
    assert (cut["outage"].amount_yen, cut["sla"].amount_yen) == (300_000, 0)
    assert "第15条第2項、I-26" in cut["outage"].basis
    assert granted(of, "2025-06") == [("outage", -300_000)]


def test_breaches_alone_are_not_capped_and_months_are_apart():
    of = account(
        outages=(outage("2025-04-01 00:00", "2025-04-30 00:00", "2025-06-01"),),
        breaches=(breach("2025-05-20 10:00", "2025-06-01"), breach("2025-05-20 10:00", "2025-06-01", "notification")),
    )
    assert granted(of, "2025-06") == [("outage", -290_000), ("sla", -30_000), ("sla", -30_000)]


def test_the_cap_is_the_highest_fee_the_reductions_rest_on():
    # The fee rose on 2025-05-12: two 24 hours at 300,000, eighteen at 600,000, and a breach while it was 300,000.
    of = account(
        [("2020-01-01", 300_000), ("2025-05-12", 600_000)],
        outages=(outage("2025-05-10 00:00", "2025-05-30 00:00", "2025-06-01"),),
        breaches=(breach("2025-05-10 10:00", "2025-06-01"),),
    )
    assert granted(of, "2025-06") == [("outage", -380_000), ("sla", -30_000)]
