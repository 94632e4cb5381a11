"""目立つ明細 of a proposal: what rises, what falls, what is corrected and what is given back, found by amounts."""

from datetime import date

import pytest
from django.contrib.auth.models import User

from billing.operations.propose import propose_month
from billing.operations.unusual import CORRECTION_FROM_YEN, FROM_YEN, KEPT, PRICE_FROM_YEN, SHOWN, Unusual
from billing.terms.account import Account, Fee, Line, TaxCategory
from billing.terms.bridge import NOTHING, Monthly
from tests.billing.ledger import close
from tests.billing.test_corrections import late
from tests.contracts.book.build import book, change, ips, ips_service, must_take, outage, price, priced, sound, tier

APRIL = date(2025, 4, 1)


def of_lines(fee: str, *yen: int) -> list[tuple[str, int]]:
    unusual = Unusual()
    for position, amount in enumerate(yen):
        unusual.line("premium", f"T-{position}", fee, amount, "")
    return [(one["why"], one["yen"]) for one in unusual.told()]


@pytest.mark.parametrize(
    ("fee", "yen", "found"),
    [
        pytest.param("monthly", [300_000, 300_000, FROM_YEN * 2], [("far_above", FROM_YEN * 2)], id="far above"),
        pytest.param("monthly", [900_000, 900_000, 4_500_000], [], id="five times is not above five times"),
        pytest.param("monthly", [900_000, 900_000, 4_500_001], [("far_above", 4_500_001)], id="a yen above it"),
        pytest.param("monthly", [1_000, 1_000, FROM_YEN], [], id="small yet"),
        pytest.param("settlement", [FROM_YEN, FROM_YEN + 1], [("large", FROM_YEN + 1)], id="large and once"),
        pytest.param("one_time", [5, FROM_YEN + 1], [("large", FROM_YEN + 1)], id="a large fee for a fact"),
        pytest.param("outage", [-FROM_YEN - 1, -5], [("large", -FROM_YEN - 1)], id="much given back"),
        pytest.param(
            "correction",
            [50_000, -90_000, CORRECTION_FROM_YEN, -CORRECTION_FROM_YEN],
            [("corrected", -90_000), ("corrected", 50_000)],
            id="corrections both ways, the largest first",
        ),
    ],
)
def test_amounts(fee: str, yen: list[int], found: list[tuple[str, int]]) -> None:
    assert of_lines(fee, *yen) == found


def test_it_is_kept_within_a_bound() -> None:
    assert len(of_lines("correction", *range(10_001, 10_101))) == KEPT
    assert of_lines("correction", *range(10_001, 10_101))[0] == ("corrected", 10_100)
    unusual = Unusual()
    for number in range(SHOWN + 50):
        unusual.price("premium", f"T-{number}", Monthly(500_000 + number, 500_000 + number, 1), Monthly(1, 1, 1), [])
    assert len(unusual.told()) == SHOWN


def of_prices(before: Monthly, now: Monthly) -> list[tuple[str, int]]:
    unusual = Unusual()
    for position in range(3):
        unusual.price("premium", f"T-{position}", Monthly(300_000, 300_000, 1), Monthly(300_000, 300_000, 1), [])
    unusual.price("premium", "T-9", before, now, [])
    return [(one["why"], one["usual"]) for one in unusual.told()]


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        pytest.param(Monthly(50_002, 50_002, 1), Monthly(500, 500, 1), [("price_fell", 50_002)], id="fallen"),
        pytest.param(
            Monthly(30_000, 30_000, 1), Monthly(300_000, 300_000, 1), [("price_rose", 30_000)], id="a nought more"
        ),
        pytest.param(Monthly(50_000, 50_000, 1), Monthly(10_001, 10_001, 1), [], id="less than five times"),
        pytest.param(Monthly(50_000, 50_000, 1), Monthly(10_000, 10_000, 1), [("price_fell", 50_000)], id="five times"),
        pytest.param(Monthly(PRICE_FROM_YEN - 1, 9_999, 1), Monthly(1, 1, 1), [], id="too little to look at"),
        pytest.param(Monthly(500_000, 500, 1000), Monthly(50_000, 50, 1000), [("price_fell", 500)], id="each licence"),
        pytest.param(Monthly(300_000, 300_000, 1), NOTHING, [], id="ended: the bridge tells it"),
        pytest.param(NOTHING, Monthly(29_999, 29_999, 1), [("far_below", 300_000)], id="new, far below its kind"),
        pytest.param(NOTHING, Monthly(1_000, 30_000, 1), [], id="new, for a day of the month"),
    ],
)
def test_prices(before: Monthly, now: Monthly, found: list[tuple[str, int]]) -> None:
    assert of_prices(before, now) == found


def reduced(*yen: int, days: tuple[date, ...] = ()) -> list[tuple[str, int]]:
    account = Account("T-1", None, APRIL, monthly=((APRIL, 300_000), (date(2025, 5, 1), 100_000)))
    lines = [
        Line(Fee.OUTAGE, day, day, 1, 300_000, -amount, TaxCategory.RETURN, "15-1", "文", f"outage {position}")
        for position, (amount, day) in enumerate(zip(yen, days or [APRIL] * len(yen), strict=True))
    ]
    unusual = Unusual()
    unusual.reductions(account, lines)
    return [(one["why"], one["yen"]) for one in unusual.told()]


def test_outages_above_the_months_fee() -> None:
    """I-22: of one contract and month together, whatever their sentences say."""
    assert reduced(300_000) == []
    assert reduced(300_001) == reduced(200_000, 100_001) == [("over_month", -300_001)]
    may = date(2025, 5, 1)
    assert reduced(300_000, 100_000, days=(APRIL, may)) == []
    assert reduced(300_000, 100_001, days=(APRIL, may)) == [("over_month", -100_001)]


@pytest.mark.django_db
def test_a_price_that_fell_and_its_corrections_are_found(tmp_path) -> None:
    """From 300,000 to 300 and over two closed months: the fall and each correction; one-offs of two months stand apart."""
    by = User.objects.create_user("keiri")
    must_take(
        sound(
            *priced("T-1", 300_000, 50_000),
            *priced("M-1", 100_000),
            price("T-1", "one_time", 7_000, "2025-05-02"),
            price("T-1", "one_time", 8_000, "2025-06-02"),
            outage("M-1", "2025-06-01 00:00", "2025-06-04 00:00", "2025-06-10"),
        ),
        tmp_path,
    )
    close("2025-04", until="2025-05")
    late(tmp_path, price("T-1", "monthly", 300, "2025-05-01"))
    result = propose_month(date(2025, 6, 1), on=date(2027, 1, 5), by=by).result
    found = {(one["why"], one["fee"], one["yen"]) for one in result["unusual"]}
    assert found == {("price_fell", "monthly", 300), ("corrected", "correction", -299_700)}
    assert result["corrections"] == {"monthly": [1, -299_700]}
    assert result["bridge"]["one_time"] == [1, 8_000]
    assert result["bridge"]["one_time_before"] == [1, -7_000]


@pytest.mark.django_db
def test_the_kind_of_a_line_is_what_the_target_was(tmp_path) -> None:
    """The sums by tier follow an upgrade from its day on."""
    by = User.objects.create_user("keiri")
    rows = book(
        *(tier("ベーシック"), ips(), ips_service()),
        change("T-1", "category", "アドバンスト", "2025-04-16", accepted="2025-04-05"),
        *priced("T-1", 300_000),
        *priced("M-IPS", 1),
        price("T-1", "monthly", 600_000, "2025-04-16"),
        price("T-1", "one_time", 9, "2025-04-05"),
    )
    must_take(rows, tmp_path)
    kinds = propose_month(date(2025, 4, 1), on=date(2027, 1, 5), by=by).result["kinds"]
    assert (kinds["basic"][1], kinds["advanced"][1]) == (150_009, 300_000)
