"""第15条（料金の減額）, 第11条, 別紙1, 別紙4."""

import pytest

from billing.terms.art15_outages import outage_reductions, outage_units, states
from billing.terms.art15_reductions import reduction_lines, reductions
from contracts.terms.art15_claims import breach_claim_deadline, granted_on, outage_claim_deadline
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
    assert outage_claim_deadline(day(restored), known_on=day(restored)) == day(deadline)


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
    (reduction,) = reductions(account(outages=(outage("2025-05-01 00:00", "2025-06-01 00:00", "2025-06-02"),)))
    assert reduction.amount_yen == 310_000
    assert "合わせて310,000円となり、月額300,000円を超える（I-22）" in reduction.basis
    (reduction,) = reductions(account(outages=(outage("2025-05-01 00:00", "2025-05-31 00:00", "2025-06-02"),)))
    assert reduction.amount_yen == 300_000
    assert "I-22" not in reduction.basis


def test_the_flag_goes_by_what_a_month_is_reduced_in_all():
    # I-22: 16 and 15 units are 31; the one that brings them above the month's fee says so.
    first, second = reductions(
        account(
            outages=(
                outage("2025-05-01 00:00", "2025-05-17 00:00", "2025-06-02"),
                outage("2025-05-17 00:00", "2025-06-01 00:00", "2025-06-03"),
            )
        )
    )
    assert ("I-22" in first.basis, "I-22" in second.basis) == (False, True)


@pytest.mark.parametrize(
    ("claimed", "over", "granted"),
    [
        ("2025-05-31", "2025-06-03", "2025-06-03"),
        ("2025-06-03", "2025-06-03", "2025-06-03"),
        ("2025-06-10", "2025-06-03", "2025-06-10"),
    ],
)
def test_a_claim_is_granted_on_its_day_but_not_before_the_state_is_over(claimed, over, granted):
    assert granted_on(day(claimed), day(over)) == day(granted)


def test_a_claim_while_the_outage_lasts_is_granted_in_the_month_of_restoration():
    # I-37: three units of May at 100,000, two of June at 400,000.
    of = account(
        [("2020-01-01", 100_000), ("2025-06-01", 400_000)],
        outages=(outage("2025-05-29 09:00", "2025-06-03 09:00", "2025-05-31"),),
    )
    assert granted(of, "2025-05") == []
    assert granted(of, "2025-06") == [("outage", -10_000), ("outage", -26_666)]


def test_a_state_that_ends_at_midnight_ends_on_the_day_that_begins():
    of = account(outages=(outage("2025-05-29 00:00", "2025-06-01 00:00", "2025-05-31"),))
    assert (granted(of, "2025-05"), granted(of, "2025-06")) == ([], [("outage", -30_000)])


def merged(*spans):
    """The states that outages with those days come to: (first day, last day, records)."""
    found = states(outage(f"2025-05-{first}", f"2025-05-{last}") for first, last in spans)
    return [(f"{s.began_at:%d %H:%M}", f"{s.over_at:%d %H:%M}", len(s.records)) for s in found]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([("01 00:00", "11 00:00"), ("05 00:00", "15 00:00")], [("01 00:00", "15 00:00", 2)], id="overlap"),
        pytest.param([("01 00:00", "02 12:00"), ("02 12:00", "03 00:00")], [("01 00:00", "03 00:00", 2)], id="touch"),
        pytest.param(
            [("01 00:00", "02 12:00"), ("02 12:01", "03 00:00")],
            [("01 00:00", "02 12:00", 1), ("02 12:01", "03 00:00", 1)],
            id="a minute between",
        ),
        pytest.param([("02 00:00", "03 00:00"), ("01 00:00", "31 00:00")], [("01 00:00", "31 00:00", 2)], id="nested"),
        pytest.param(
            [("01 00:00", "03 00:00"), ("05 00:00", "07 00:00"), ("02 00:00", "06 00:00")],
            [("01 00:00", "07 00:00", 3)],
            id="one that joins two",
        ),
    ],
)
def test_records_that_overlap_or_touch_are_one_state(spans, expected):
    # I-38
    assert merged(*spans) == merged(*reversed(spans)) == expected


def claimed(*spans, monthly=300_000):
    """(month of the outage, month of the grant, yen) of outages with (known, restored, claimed)."""
    found = reductions(account(monthly, outages=tuple(outage(*span) for span in spans)))
    return [(f"{r.month:%m}", f"{r.granted_on:%m}", r.amount_yen) for r in found]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param(
            [
                ("2025-05-10 00:00", "2025-05-13 00:00", "2025-05-20"),
                ("2025-05-11 00:00", "2025-05-14 00:00", "2025-05-20"),
            ],
            [("05", "05", 30_000), ("05", "05", 10_000)],
            id="96 hours of one state",
        ),
        pytest.param(
            [
                ("2025-05-01 00:00", "2025-05-31 00:00", "2025-06-20"),
                ("2025-05-02 00:00", "2025-05-03 00:00", "2025-06-20"),
                ("2025-05-29 00:00", "2025-05-30 00:00", "2025-06-20"),
            ],
            [("05", "06", 300_000)],
            id="nested: 30 units of one state",
        ),
        pytest.param(
            [
                ("2025-05-01 00:00", "2025-05-11 00:00", "2025-07-01"),
                ("2025-05-05 00:00", "2025-05-15 00:00", "2025-06-01"),
            ],
            [("05", "06", 100_000), ("05", "07", 40_000)],
            id="what was claimed first gives its own, the later the rest of the union",
        ),
        pytest.param(
            [
                ("2025-05-10 00:00", "2025-05-10 20:00", "2025-06-01"),
                ("2025-05-10 20:00", "2025-05-11 16:00", "2025-07-01"),
            ],
            [("05", "07", 10_000)],
            id="two that touch, each too short by itself",
        ),
        pytest.param(
            [
                ("2025-05-10 00:00", "2025-05-12 12:00", "2025-06-01"),
                ("2025-05-12 12:00", "2025-05-14 00:00", "2025-06-01"),
            ],
            [("05", "06", 20_000), ("05", "06", 20_000)],
            id="two that touch: four units, not two and one",
        ),
        pytest.param(
            [
                ("2025-05-10 00:00", "2025-05-13 00:00", None),
                ("2025-05-11 00:00", "2025-05-14 00:00", "2025-06-01"),
            ],
            [("05", "06", 30_000)],
            id="what nobody claimed gives nothing",
        ),
        pytest.param(
            [
                ("2025-05-10 00:00", "2025-05-13 00:00", "2025-08-14"),
                ("2025-05-11 00:00", "2025-05-14 00:00", "2025-06-01"),
            ],
            [("05", "06", 30_000)],
            id="a lapsed claim counts for nothing",
        ),
        pytest.param(
            [
                ("2025-05-20 00:00", "2025-07-02 00:00", "2025-06-01"),
                ("2025-05-10 00:00", "2025-05-30 00:00", "2025-06-10"),
            ],
            [("05", "06", 200_000), ("05", "07", 20_000), ("06", "07", 300_000), ("07", "07", 10_000)],
            id="a claim whose record still lasts takes its turn when it is over",
        ),
        pytest.param(
            [
                ("2025-06-01 00:00", "2025-06-03 00:00", "2025-06-10"),
                ("2025-05-31 12:00", "2025-06-01 00:00", "2025-06-20"),
            ],
            [("06", "06", 20_000)],
            id="60 hours are two units: what moves to the month before is not paid twice",
        ),
    ],
)
def test_no_hour_of_a_state_runs_twice(spans, expected):
    # I-38
    assert sorted(claimed(*spans)) == sorted(claimed(*reversed(spans))) == sorted(expected)


def test_the_union_is_floored_once_a_month():
    # I-19, I-38: 2 units of 100,001 are 6,666; 3 are 10,000.
    first = ("2025-05-10 00:00", "2025-05-12 00:00", "2025-06-01")
    second = ("2025-05-11 00:00", "2025-05-13 00:00", "2025-06-02")
    assert [yen for *_, yen in claimed(first, second, monthly=100_001)] == [6_666, 3_334]


def test_a_union_says_what_it_is_made_of_and_what_was_given():
    first, second = reductions(
        account(
            outages=(
                outage("2025-05-10 00:00", "2025-05-13 00:00", "2025-05-20"),
                outage("2025-05-11 00:00", "2025-05-14 00:00", "2025-05-20"),
            )
        )
    )
    assert first.basis == (
        "利用不能 2025-05-10 00:00〜2025-05-13 00:00（72.0時間 ÷ 24）：2025-05分 3 × 300,000円 ÷ 30 = 30,000円（I-19）"
    )
    assert second.basis == (
        "利用不能 2025-05-10 00:00〜2025-05-14 00:00（96.0時間 ÷ 24）"
        "［2025-05-10 00:00〜2025-05-13 00:00、2025-05-11 00:00〜2025-05-14 00:00を一つの状態とする］："
        "2025-05分 4 × 300,000円 ÷ 30 = 40,000円 − 先の請求による減額 30,000円 = 10,000円（I-19、I-38）"
    )
    assert (second.first, second.last, second.quantity) == (day("2025-05-13"), day("2025-05-13"), 1)


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
                [("2020-01-01", 300_000), ("2025-05-22", 500_000)],
                breaches=(breach("2025-05-20 10:00", "2025-06-02"), breach("2025-05-25 10:00", "2025-06-01")),
            ),
            "2025-06",
            [("sla", -50_000)],
            id="the breach claimed first counts (I-20)",
        ),
        pytest.param(
            account(
                [("2020-01-01", 300_000), ("2025-05-22", 500_000)],
                breaches=(breach("2025-05-25 10:00", "2025-06-01"), breach("2025-05-20 10:00", "2025-06-01")),
            ),
            "2025-06",
            [("sla", -30_000)],
            id="of one day the one that occurred first (I-20)",
        ),
        pytest.param(
            account(
                [("2020-01-01", 300_000), ("2025-06-08", 500_000)],
                breaches=(breach("2025-06-10 09:15", "2025-06-20"), breach("2025-06-05 09:15", "2025-07-10")),
            ),
            "2025-07",
            [],
            id="a later claim for an earlier breach adds nothing (I-20)",
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
        pytest.param("2025-06-10", "2025-06-10", {"outage": 290_000, "sla": 10_000}, id="one day: the outage first"),
        pytest.param(
            "2025-06-10", "2025-06-09", {"outage": 270_000, "sla": 30_000}, id="the breach claimed a day earlier"
        ),
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
    assert {str(reduction.fee): reduction.amount_yen for reduction in reductions(of)} == expected


ALL_OF_MAY = "2025-05-01 00:00", "2025-06-01 00:00"
TWENTY_EIGHT_UNITS = "2025-05-01 00:00", "2025-05-29 00:00"


@pytest.mark.parametrize(
    ("span", "outage_claimed", "breach_claimed", "expected"),
    [
        pytest.param(ALL_OF_MAY, "2025-06-10", None, {"outage": 310_000}, id="31 units alone"),
        pytest.param(
            ALL_OF_MAY,
            "2025-06-10",
            "2025-06-12",
            {"outage": 310_000, "sla": 0},
            id="a breach claimed too adds 0 and takes nothing back",
        ),
        pytest.param(
            ALL_OF_MAY,
            "2025-06-10",
            "2025-06-01",
            {"outage": 280_000, "sla": 30_000},
            id="the breach claimed before: it stands, and both give what the outage gives alone",
        ),
        pytest.param(
            TWENTY_EIGHT_UNITS,
            "2025-06-10",
            "2025-05-25",
            {"outage": 270_000, "sla": 30_000},
            id="a tenth claimed in May, 28 units in June",
        ),
    ],
)
def test_a_claim_never_makes_the_customer_worse_off(span, outage_claimed, breach_claimed, expected):
    # I-26: at most the monthly fee, or what 15-1 gives alone.
    of = account(outages=(outage(*span, outage_claimed),), breaches=(breach("2025-05-20 10:00", breach_claimed),))
    assert {str(reduction.fee): reduction.amount_yen for reduction in reductions(of)} == expected


def test_what_is_cut_says_so_and_what_is_cut_to_nothing_is_no_line():
    of = account(
        outages=(outage(*ALL_OF_MAY, "2025-06-10"),),
        breaches=(
            breach("2025-05-20 10:00", "2025-06-01"),
            breach("2025-05-21 10:00", "2025-06-11", "notification"),
        ),
    )
    first, cut, nothing = reductions(of)
    assert (first.amount_yen, cut.amount_yen, nothing.amount_yen) == (30_000, 280_000, 0)
    assert "合わせて310,000円が限度で、先に30,000円を減額したため 280,000円（第15条第2項、I-26）" in cut.basis
    assert granted(of, "2025-06") == [("sla", -30_000), ("outage", -280_000)]


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


def test_what_was_claimed_first_stands_though_it_is_granted_later():
    """I-26, I-37: the outage of 05-02 to 06-05 claimed on 05-20, the breach on 05-25: the 30 units of May leave it nothing."""
    of = account(
        outages=(outage("2025-05-02 00:00", "2025-06-05 00:00", "2025-05-20"),),
        breaches=(breach("2025-05-03 00:00", "2025-05-25"),),
    )
    assert granted(of, "2025-05") == []
    assert sum(line.amount_yen for line in reduction_lines(of, day("2025-06-01"))) == -300_000 - 40_000
