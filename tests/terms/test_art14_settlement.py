"""第14条, 別紙3（最低利用期間又は契約期間内解除調定金）."""

import pytest

from billing.terms.account import UnbillableError
from billing.terms.art14_settlement import SettlementState, committed_until, settlement
from contracts.terms.catalog import LicenceType, OptionType
from contracts.terms.unit import Ground
from tests.terms.build import account, day, licence_account

REPORT = {"option_type": OptionType.ON_SITE_REPORT}
EDR = {"option_type": OptionType.EDR_OPERATION}


def owed(of):
    """The settlement's amount; None where there is none."""
    settled = settlement(of)
    return settled and settled.line.amount_yen


def test_the_worked_example():
    # I-17: 300,000 a month from 2025-04-01, ended 2025-07-15: July's rest 154,839, August and September.
    line = settlement(account(ends="2025-07-15")).line
    assert line.amount_yen == 754_839
    assert (line.from_on, line.to_on, line.clause) == (day("2025-07-16"), day("2025-09-30"), "14-1")
    assert line.basis == (
        "2025-07-15終了、最低利用期間は2025-09-30まで："
        "月額 300,000円 の残余 2025-07 154,839円 + 300,000円 × 2か月 = 754,839円（I-17）"
    )


@pytest.mark.parametrize(
    ("of", "amount"),
    [
        pytest.param(account(ends="2025-09-30"), None, id="on the minimum term's last day"),
        pytest.param(account(ends="2025-09-29"), 10_000, id="a day before it"),
        pytest.param(account(ends="2026-01-15"), None, id="after it"),
        pytest.param(account(ends="2025-04-01"), 1_790_000, id="on the first day"),
        pytest.param(account(ends="2025-03-31"), None, id="before it began (I-16)"),
        pytest.param(account(starts=None, ends="2025-03-31"), None, id="it never began (I-16)"),
        pytest.param(account(), None, id="not ended"),
        pytest.param(
            account(starts="2025-08-31", ends="2026-02-27"), 10_715, id="the term ends 02-28, without counterpart"
        ),
        pytest.param(account(starts="2025-08-31", ends="2026-02-28"), None, id="and on 02-28 nothing is owed"),
        pytest.param(
            account(starts="2025-04-16", ends="2025-08-31"),
            300_000 + 300_000 * 15 // 31,
            id="the term ends in mid-month: September, and October to the 15th",
        ),
    ],
)
def test_what_an_early_end_costs(of, amount):
    assert owed(of) == amount


@pytest.mark.parametrize(
    ("of", "until", "clause"),
    [
        pytest.param(account(ends="2025-05-31"), "2025-09-30", "14-1", id="a contract: six months"),
        pytest.param(account(ends="2025-05-31", **REPORT), "2025-09-30", "14-2", id="現地報告: six months"),
        pytest.param(account(ends="2025-05-31", **EDR), "2026-03-31", "14-2", id="EDR運用: a year"),
        pytest.param(licence_account(LicenceType.MSSP, ends="2025-05-31"), "2026-03-31", "14-2", id="MSSP: a year"),
        pytest.param(
            licence_account(LicenceType.CUSTOMER, ends="2025-05-31"), "2025-09-30", "14-2", id="顧客: six months"
        ),
        pytest.param(
            licence_account(LicenceType.TERM, ends="2025-05-31"), "2026-03-31", "14-3", id="期間: its first term"
        ),
        pytest.param(
            licence_account(LicenceType.TERM, ends="2026-04-15"), "2027-03-31", "14-3", id="期間: renewed (I-12)"
        ),
    ],
)
def test_until_when_and_under_which_paragraph(of, until, clause):
    line = settlement(of).line
    assert committed_until(of, of.end.on) == line.to_on == day(until)
    assert line.clause == clause


def test_a_renewed_term_licence_owes_the_rest_of_its_new_term():
    # I-12: ended 2026-04-15, the term renewed on 2026-04-01; 1,000 licences at 500.
    assert owed(licence_account(ends="2026-04-15")) == 250_000 + 11 * 500_000


def test_what_never_began_is_committed_to_nothing():
    assert committed_until(account(starts=None), day("2025-04-01")) is None


@pytest.mark.parametrize(
    ("of", "standing"),
    [
        pytest.param(account(ends="2025-05-31"), SettlementState.CHARGED, id="contract, notice"),
        pytest.param(account(ends="2025-05-31", ground=Ground.GENERAL_28_2), None, id="contract, 28-2: spared by 14-1"),
        pytest.param(account(ends="2025-05-31", ground=Ground.GENERAL_28_3), None, id="contract, 28-3: spared by 14-1"),
        pytest.param(
            account(ends="2025-05-31", ground=Ground.COMPANY), SettlementState.CHARGED, id="contract, the company's end"
        ),
        pytest.param(account(ends="2025-05-31", **REPORT), SettlementState.CHARGED, id="option, notice"),
        pytest.param(
            account(ends="2025-05-31", ground=Ground.GENERAL_28_2, **REPORT),
            SettlementState.HELD,
            id="option, 28-2: held (I-18)",
        ),
        pytest.param(
            account(ends="2025-05-31", ground=Ground.GENERAL_28_3, **REPORT),
            SettlementState.HELD,
            id="option, 28-3: held (I-18)",
        ),
        pytest.param(
            account(ends="2025-05-31", ground=Ground.COMPANY, **REPORT),
            SettlementState.CHARGED,
            id="option, the company's end",
        ),
        pytest.param(
            account(ends="2025-05-31", ground=Ground.ABOLISHED, **EDR),
            SettlementState.HELD,
            id="EDR運用, abolition: held (I-18)",
        ),
        pytest.param(
            licence_account(ends="2025-05-31", ground=Ground.ABOLISHED),
            SettlementState.HELD,
            id="期間ライセンス, abolition: held",
        ),
        pytest.param(
            licence_account(ends="2025-05-31", ground=Ground.COMPANY),
            SettlementState.CHARGED,
            id="期間ライセンス, the company's end",
        ),
    ],
)
def test_who_is_spared_and_whose_is_held(of, standing):
    settled = settlement(of)
    assert (settled and settled.standing) == standing
    if settled:
        assert ("保留 I-18" in settled.line.basis) is (standing is SettlementState.HELD)


@pytest.mark.parametrize(
    ("prices", "amount"),
    [
        pytest.param(
            [("2020-01-01", 300_000), ("2025-07-11", 310_000)], 310_000 * 21 // 31 - 310_000 * 5 // 31, id="run"
        ),
        pytest.param(
            [("2020-01-01", 300_000), ("2025-07-05", 310_001), ("2025-07-08", 310_001)],
            310_001 * 27 // 31 - 310_001 * 11 // 31,
            id="the run began with the first of two same prices",
        ),
        pytest.param([("2020-01-01", 300_000), ("2025-07-11", 300_000)], 154_839, id="same price again: one run"),
        pytest.param(
            [("2020-01-01", 300_000), ("2025-07-16", 310_000)], 154_839, id="a price from after the end is not its"
        ),
    ],
)
def test_the_price_of_the_end_day_counts(prices, amount):
    # July's rest only: August and September are whole months of the same price.
    of = account(prices, ends="2025-07-15")
    fee = settlement(of).line.unit_price_yen
    assert owed(of) - 2 * fee == amount


def test_no_price_on_the_end_day_is_an_error():
    with pytest.raises(UnbillableError):
        settlement(account([], ends="2025-05-31"))


def test_an_end_with_a_month_leaves_no_rest_of_that_month_to_speak_of():
    line = settlement(account(ends="2025-07-31")).line
    assert line.amount_yen == 600_000
    assert "残余 300,000円 × 2か月 = 600,000円" in line.basis
