"""第13条（料金）, 別紙2: initial, monthly and one-time fees."""

import pytest

from billing.terms.account import UnbillableError
from billing.terms.art13_charges import initial_line, monthly_lines, one_time_lines, served_days
from billing.terms.month import due
from contracts.terms.catalog import OptionType
from contracts.terms.unit import Ground
from tests.terms.build import account, breach, charged, day, days, licence_account, month, one_time, outage


def monthly(of, in_month):
    """(first day, last day, quantity, yen) of each monthly line."""
    return [
        (str(line.from_on)[5:], str(line.to_on)[5:], line.quantity, line.amount_yen)
        for line in monthly_lines(of, month(in_month))
    ]


def test_the_initial_fee_falls_due_on_acceptance():
    line = initial_line(account(initial_yen=50_000), account().accepted_on)
    assert (line.from_on, line.amount_yen, line.clause) == (day("2025-03-10"), 50_000, "13")


def test_a_licences_initial_fee_is_one_amount():
    # I-25
    assert (
        initial_line(licence_account(initial_yen=45_000, quantities=1000), account().accepted_on).amount_yen == 45_000
    )


def test_no_initial_fee_quoted_is_an_error_not_zero():
    with pytest.raises(UnbillableError, match="初期費用") as told:
        initial_line(account(), account().accepted_on)
    assert (told.value.number, told.value.clause) == ("K-1", "13")


@pytest.mark.parametrize(
    ("of", "in_month", "expected"),
    [
        pytest.param(account(), "2025-04", [("04-01", "04-30", 1, 300_000)], id="a whole month"),
        pytest.param(account(), "2025-03", [], id="nothing before 課金開始日"),
        pytest.param(account(starts=None), "2025-04", [], id="nothing while 課金開始日 is not known"),
        pytest.param(account(starts="2025-04-16"), "2025-04", [("04-16", "04-30", 1, 150_000)], id="from mid-month"),
        pytest.param(
            account(starts="2025-05-10"), "2025-05", [("05-10", "05-31", 1, 300_000 * 22 // 31)], id="floored (I-04)"
        ),
        pytest.param(
            account(ends="2025-07-15"), "2025-07", [("07-01", "07-15", 1, 145_161)], id="the end day is charged (I-03)"
        ),
        pytest.param(
            account(ends="2025-07-31"), "2025-07", [("07-01", "07-31", 1, 300_000)], id="ended with the month"
        ),
        pytest.param(account(ends="2025-06-30"), "2025-07", [], id="nothing after the end"),
        pytest.param(account(ends="2025-03-20"), "2025-04", [], id="ended before it began (I-16)"),
        pytest.param(
            account(starts="2025-04-10", ends="2025-04-10"),
            "2025-04",
            [("04-10", "04-10", 1, 10_000)],
            id="a single day",
        ),
        pytest.param(
            account([("2020-01-01", 300_000), ("2025-04-11", 330_000)]),
            "2025-04",
            [("04-01", "04-10", 1, 100_000), ("04-11", "04-30", 1, 220_000)],
            id="a new price counts from its day on: two lines",
        ),
        pytest.param(
            account([("2020-01-01", 300_000), ("2025-04-11", 300_000)]),
            "2025-04",
            [("04-01", "04-30", 1, 300_000)],
            id="the same price quoted again is one run of days",
        ),
        pytest.param(
            account([("2020-01-01", 300_000), ("2025-04-01", 310_000), ("2025-05-01", 1)]),
            "2025-04",
            [("04-01", "04-30", 1, 310_000)],
            id="a price from the month's first day, and one from the next month's",
        ),
        pytest.param(account(0), "2025-04", [("04-01", "04-30", 1, 0)], id="a price of 0 is a price"),
        pytest.param(
            licence_account(), "2025-04", [("04-01", "04-30", 1000, 500_000)], id="a licence's price is per licence"
        ),
        pytest.param(
            licence_account(quantities=[("2020-01-01", 1000), ("2025-04-16", 1200)]),
            "2025-04",
            [("04-01", "04-15", 1000, 250_000), ("04-16", "04-30", 1200, 300_000)],
            id="a new quantity counts from its day on",
        ),
        pytest.param(
            licence_account(
                quantities=[("2020-01-01", 1000), ("2025-04-16", 1200)],
                monthly=[("2020-01-01", 500), ("2025-04-16", 600)],
            ),
            "2025-04",
            [("04-01", "04-15", 1000, 250_000), ("04-16", "04-30", 1200, 360_000)],
            id="price and quantity on one day: one cut",
        ),
        pytest.param(
            licence_account(monthly=333, quantities=1001, starts="2025-04-30"),
            "2025-04",
            [("04-30", "04-30", 1001, 333 * 1001 // 30)],
            id="floored once, after price × quantity",
        ),
    ],
)
def test_monthly_fees(of, in_month, expected):
    assert monthly(of, in_month) == expected


def test_no_price_is_an_error_not_zero():
    with pytest.raises(UnbillableError, match="2025-04-01の月額費用"):
        monthly(account([("2025-04-02", 300_000)]), "2025-04")
    with pytest.raises(UnbillableError):
        monthly(account([]), "2025-04")


def test_a_licence_without_a_quantity_is_an_error():
    with pytest.raises(UnbillableError, match="ライセンス数") as told:
        monthly(licence_account(quantities=None), "2025-04")
    assert told.value.clause == "10-2(8)"


def test_served_days():
    assert served_days(account(), month("2025-05")) == month("2025-05")
    assert served_days(account(ends="2025-05-01"), month("2025-05")) == days("2025-05-01", "2025-05-01")
    assert served_days(account(ends="2025-05-01"), month("2025-06")) is None


@pytest.mark.parametrize(
    ("of", "in_month", "said"),
    [
        (account(), "2025-04", "月額 300,000円"),
        (account(ends="2025-07-15"), "2025-07", "月額 300,000円 × 15日 ÷ 31日 = 145,161円"),
        (licence_account(), "2025-04", "月額 500円 × 1,000ライセンス = 500,000円"),
    ],
)
def test_a_line_explains_its_amount(of, in_month, said):
    assert [line.basis for line in monthly_lines(of, month(in_month))] == [said]


UPGRADE = {"charged_changes": (charged("2025-06-20", "2025-07-01"),)}
TWO = {"charged_changes": (charged("2025-05-02", "2025-06-01", "A-2"), charged("2025-05-12", "2025-06-20", "A-3"))}


def one_times(of, in_month):
    """(day, yen) of each one-time fee due in a month."""
    return [(str(line.from_on)[5:], line.amount_yen) for line in one_time_lines(of, month(in_month))]


@pytest.mark.parametrize(
    ("of", "in_month", "expected"),
    [
        pytest.param(
            account(one_time=(one_time("2025-06-20", 30_000),), **UPGRADE),
            "2025-06",
            [("06-20", 30_000)],
            id="acceptance",
        ),
        pytest.param(account(one_time=(one_time("2025-06-20", 30_000),), **UPGRADE), "2025-07", [], id="not again"),
        pytest.param(
            account(one_time=(one_time("2025-07-01", 30_000),), **UPGRADE),
            "2025-06",
            [("06-20", 30_000)],
            id="due on acceptance, though quoted for the day the change counts from (I-39)",
        ),
        pytest.param(
            account(one_time=(one_time("2025-07-01", 30_000),), **UPGRADE), "2025-07", [], id="and not in that month"
        ),
        pytest.param(
            account(one_time=(one_time("2025-05-20", 80_000),), charged_changes=(charged("2025-06-03", "2025-05-20"),)),
            "2025-06",
            [("06-03", 80_000)],
            id="accepted after it took effect: quoted in May, due in June (I-39)",
        ),
        pytest.param(
            account(one_time=(one_time("2025-05-20", 80_000),), charged_changes=(charged("2025-06-03", "2025-05-20"),)),
            "2025-05",
            [],
            id="nothing in May",
        ),
        pytest.param(
            account(one_time=(one_time("2025-05-12", 9_000), one_time("2025-05-12", 8_000)), **TWO),
            "2025-05",
            [("05-02", 9_000), ("05-12", 8_000)],
            id="one fee a change, the first to the change accepted first",
        ),
        pytest.param(
            account(one_time=(one_time("2025-06-10", 8_000), one_time("2025-05-12", 9_000)), **TWO),
            "2025-05",
            [("05-02", 9_000), ("05-12", 8_000)],
            id="in the order of their days, however they are told",
        ),
        pytest.param(
            account(
                one_time=(one_time("2025-05-12", 9_000, "", "A-3"), one_time("2025-05-30", 8_000, "", "A-2")), **TWO
            ),
            "2025-05",
            [("05-02", 8_000), ("05-12", 9_000)],
            id="the change it was quoted with",
        ),
        pytest.param(
            account(
                one_time=(one_time("2025-05-02", 8_000, "", "A-2"), one_time("2025-05-02", 7_000, "", "A-2")),
                charged_changes=(
                    charged("2025-05-02", "2025-06-01", "A-2"),
                    charged("2025-05-02", "2025-06-20", "A-2"),
                ),
            ),
            "2025-05",
            [("05-02", 8_000), ("05-02", 7_000)],
            id="two changes of one application, two fees",
        ),
        pytest.param(
            account(one_time=(one_time("2025-09-30", 9_000, "", "A-3"), one_time("2025-05-12", 8_000)), **TWO),
            "2025-05",
            [("05-02", 8_000), ("05-12", 9_000)],
            id="the change it was quoted with, whatever its day",
        ),
        pytest.param(
            account(
                one_time=(one_time("2025-06-20", 30_000), one_time("2025-06-25", 7_000), one_time("2025-06-25", 7_000)),
                **UPGRADE,
            ),
            "2025-06",
            [("06-20", 30_000), ("06-25", 7_000), ("06-25", 7_000)],
            id="one fee settles the change: the others are for facts, due on their own day (I-40)",
        ),
        pytest.param(
            account(one_time=(one_time("2025-08-05", 80_000, "出動"), one_time("2025-08-05", 80_000, "再出動"))),
            "2025-08",
            [("08-05", 80_000), ("08-05", 80_000)],
            id="two facts of one day and amount are two fees (I-40, 別紙2第3項第3号)",
        ),
    ],
)
def test_one_time_fees(of, in_month, expected):
    assert one_times(of, in_month) == expected


def test_fees_of_one_day_are_told_apart():
    # I-40: a line is one target's, of one fee, first day and cause.
    fee = one_time("2025-08-05", 80_000)
    assert [line.cause for line in one_time_lines(account(one_time=(fee, fee, fee)), month("2025-08"))] == [
        *("one_time", "one_time 2", "one_time 3")
    ]
    of = account(one_time=(fee, fee), charged_changes=(charged("2025-08-05", "2025-08-05"),))
    assert [line.cause for line in one_time_lines(of, month("2025-08"))] == ["change 2025-08-05", "one_time"]


def test_a_fee_of_a_change_explains_itself():
    (line,) = one_time_lines(account(one_time=(one_time("2025-07-01", 30_000, "Q-1"),), **UPGRADE), month("2025-06"))
    assert line.basis == (
        "一時費用 30,000円 2025-06-20に承諾した変更（2025-07-01から、見積の適用日2025-07-01、Q-1）（I-39）"
    )


@pytest.mark.parametrize(
    ("quoted", "changes"),
    [
        pytest.param((), UPGRADE, id="none quoted"),
        pytest.param((one_time("2025-06-19", 30_000),), UPGRADE, id="one quoted for the day before the acceptance"),
        pytest.param((one_time("2025-07-02", 30_000),), UPGRADE, id="one quoted for the day after it counts"),
        pytest.param(
            (one_time("2025-06-25", 30_000, "", "A-2"),),
            {
                "charged_changes": (
                    charged("2025-06-20", "2025-07-01", "A-3"),
                    charged("2025-01-20", "2025-02-01", "A-2"),
                )
            },
            id="one quoted with another change",
        ),
    ],
)
def test_a_change_without_a_one_time_fee_quoted_is_an_error(quoted, changes):
    with pytest.raises(UnbillableError, match="2025-06-20に承諾した変更の一時費用"):
        list(one_time_lines(account(one_time=quoted, **changes), month("2025-06")))


def test_the_second_of_two_changes_with_one_fee_is_an_error():
    # I-39: the fee of 05-12 lies in both; it is the first one's.
    with pytest.raises(UnbillableError, match="2025-05-12に承諾した変更の一時費用"):
        list(one_time_lines(account(one_time=(one_time("2025-05-12", 9_000),), **TWO), month("2025-05")))


def test_a_month_holds_everything_that_falls_due_in_it():
    of = account(
        initial_yen=50_000,
        accepted="2025-04-01",
        ends="2025-04-15",
        one_time=(one_time("2025-04-02", 1_000),),
        outages=(outage("2025-04-03 00:00", "2025-04-04 00:00", "2025-04-20"),),
        breaches=(breach("2025-04-05 00:00", "2025-04-20"),),
    )
    assert {str(line.fee): line.amount_yen for line in due(of, month("2025-04")).lines} == {
        "initial": 50_000,
        "monthly": 150_000,
        "one_time": 1_000,
        "settlement": 1_650_000,
        "outage": -10_000,
        "sla": -30_000,
    }
    assert due(of, month("2025-05")).lines == []


def test_a_month_leaves_out_lines_of_nothing():
    assert due(account(0, initial_yen=0, accepted="2025-04-01"), month("2025-04")).lines == []


def test_a_held_settlement_is_not_a_line_to_charge():
    of = account(option_type=OptionType.ON_SITE_REPORT, ends="2025-04-30", ground=Ground.GENERAL_28_2)
    found = due(of, month("2025-04"))
    assert [str(line.fee) for line in found.lines] == ["monthly"]
    assert [line.amount_yen for line in found.held] == [1_500_000]


def test_an_end_before_the_billing_start_leaves_the_initial_fee():
    # I-16
    of = account(initial_yen=50_000, ends="2025-03-20")
    assert [str(line.fee) for line in due(of, month("2025-03")).lines] == ["initial"]


@pytest.mark.parametrize(
    ("accepted", "fees"), [("2025-03-31", []), ("2025-04-01", [50_000]), ("2025-04-30", [50_000]), ("2025-05-01", [])]
)
def test_the_initial_fee_is_in_the_month_of_acceptance(accepted, fees):
    of = account(starts=None, initial_yen=50_000, accepted=accepted)
    assert [line.amount_yen for line in due(of, month("2025-04")).lines] == fees
