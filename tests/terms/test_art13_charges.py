"""第13条（料金）, 別紙2: initial, monthly and one-time fees."""

import pytest

from billing.terms.account import UnbillableError
from billing.terms.art13_charges import initial_line, monthly_lines, one_time_lines, served_days
from billing.terms.month import due
from contracts.terms.catalog import OptionType
from contracts.terms.unit import Ground
from tests.terms.build import account, breach, day, days, licence_account, month, one_time, outage


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


UPGRADE = {"charged_changes": ((day("2025-06-20"), day("2025-07-01")),)}


@pytest.mark.parametrize(
    ("of", "in_month", "amounts"),
    [
        pytest.param(
            account(one_time=(one_time("2025-06-20", 30_000),), **UPGRADE), "2025-06", [30_000], id="acceptance"
        ),
        pytest.param(account(one_time=(one_time("2025-06-20", 30_000),), **UPGRADE), "2025-07", [], id="not again"),
        pytest.param(
            account(one_time=(one_time("2025-07-01", 30_000),), **UPGRADE),
            "2025-06",
            [],
            id="quoted for the day it counts",
        ),
        pytest.param(
            account(one_time=(one_time("2025-08-05", 80_000, "出動"), one_time("2025-08-05", 80_000, "再出動"))),
            "2025-08",
            [80_000, 80_000],
            id="facts that happened (別紙2第3項第3号)",
        ),
    ],
)
def test_one_time_fees(of, in_month, amounts):
    assert [line.amount_yen for line in one_time_lines(of, month(in_month))] == amounts


@pytest.mark.parametrize(
    "quoted",
    [
        pytest.param((), id="none quoted"),
        pytest.param((one_time("2025-06-19", 30_000),), id="one quoted for the day before the acceptance"),
        pytest.param((one_time("2025-07-02", 30_000),), id="one quoted for the day after it counts"),
    ],
)
def test_a_change_without_a_one_time_fee_quoted_is_an_error(quoted):
    with pytest.raises(UnbillableError, match="一時費用"):
        list(one_time_lines(account(one_time=quoted, **UPGRADE), month("2025-06")))


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
