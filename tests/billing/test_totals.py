"""What an application comes to before it is accepted is what the months then bill, to the yen."""

from datetime import date

import pytest

from billing.models import ChargeLine
from billing.operations.close_month import close_month
from billing.operations.totals import totals
from tests.contracts.applications.form import (
    ACCEPTED,
    Desk,
    day,
    edr,
    licence,
    licences,
    module,
    option,
    premium,
    upgrade,
)
from tests.contracts.book import build as had

pytestmark = pytest.mark.django_db

FEES = {"initial_yen": "100000", "monthly_yen": "310000"}
FIRST = [
    premium(initial_yen="480000", monthly_yen="480000"),
    module(key="#2", starts="2025-04-16", **FEES),
    edr(key="#3", initial_yen="0", monthly_yen="60000"),
    licence("mssp", "150", key="#4", initial_yen="10000", monthly_yen="900"),
]


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def billed(first, last, **narrowed):
    """The yen that the closed months from the first to the last hold."""
    return sum(
        ChargeLine.objects.filter(month__month__gte=first, month__month__lte=last, **narrowed).values_list(
            "amount_yen", flat=True
        )
    )


def closed(*months):
    for month in months:
        close_month(date.fromisoformat(f"{month}-01"), on=date(2027, 1, 5), by="経理")


def test_what_a_first_application_comes_to_is_what_is_billed(desk):
    desk.has()
    shown = totals(desk.judged(*FIRST), accepted_on=day(ACCEPTED))
    assert (shown.initial_yen, shown.monthly_yen) == (590_000, 480_000 + 310_000 + 60_000 + 900 * 150)
    assert (str(shown.first_month), shown.first_yen) == ("2025-03-01", 590_000)
    assert shown.missing == []
    desk.accepted(*FIRST)
    closed("2025-03", "2025-04", "2025-05")
    assert billed("2025-03-01", "2025-03-31") == shown.first_yen
    assert billed("2025-05-01", "2025-05-31") == shown.monthly_yen


def test_the_minimum_commitment_is_what_the_months_of_the_minimum_term_bill(desk):
    """Six months for the contracts; the last of them ends in mid-month, by days."""
    desk.has()
    asked = [
        premium(initial_yen="480000", monthly_yen="480000"),
        module(initial_yen="0", monthly_yen="50000"),
        module("device_log", item="タイプ1", key="#3", starts="2025-04-16", **FEES),
    ]
    shown = totals(desk.judged(*asked), accepted_on=day(ACCEPTED))
    from_april = 480_000 + 6 * (480_000 + 50_000)
    from_mid_april = 100_000 + 310_000 * 15 // 30 + 5 * 310_000 + 310_000 * 15 // 31
    assert (shown.committed_yen, str(shown.committed_until)) == (from_april + from_mid_april, "2025-10-15")
    desk.accepted(*asked)
    closed(*(f"2025-{month:02}" for month in range(3, 10)))
    assert billed("2025-03-01", "2025-09-30") == shown.committed_yen - 310_000 * 15 // 31


def test_what_has_no_price_is_named_and_in_no_figure_that_needs_it(desk):
    desk.has()
    shown = totals(desk.judged(premium(**FEES), module()), accepted_on=day(ACCEPTED))
    assert {error.number for error in shown.missing} == {"#2"}
    assert (shown.initial_yen, shown.monthly_yen) == (100_000, 310_000)
    shown = totals(desk.judged(premium(**FEES), module(monthly_yen="50000")), accepted_on=day(ACCEPTED))
    assert [str(error) for error in shown.missing] == ["#2: 初期費用の料金が登録されていません"]
    assert (shown.initial_yen, shown.monthly_yen) == (100_000, 360_000)


def test_a_change_comes_to_its_difference(desk):
    desk.has(had.tier(), had.module(), *had.priced("T-1", 300_000), *had.priced("M-1", 100_000))
    asked = upgrade(premium_consent_on="", monthly_yen="900000", one_time_yen="80000")
    shown = totals(desk.judged(asked), accepted_on=day(ACCEPTED))
    assert (shown.initial_yen, shown.monthly_yen, shown.committed_yen) == (80_000, 600_000, 0)
    assert (str(shown.first_month), shown.first_yen) == ("2025-03-01", 80_000)
    desk.accepted(asked)
    closed("2025-03", "2025-04", "2025-05")
    lines = {"target__number": "T-1"}
    assert billed("2025-03-01", "2025-03-31", fee="one_time", **lines) == shown.initial_yen
    after, before = billed("2025-05-01", "2025-05-31", **lines), billed("2025-04-01", "2025-04-30", **lines)
    assert after - before == shown.monthly_yen


def test_more_licences_come_to_their_number_times_the_price(desk):
    desk.has()
    desk.accepted(*FIRST)
    number = desk.facts().options[-1].number
    shown = totals(desk.judged(licences("250", target=number)), accepted_on=day(ACCEPTED))
    assert (shown.monthly_yen, shown.initial_yen) == (900 * 100, 0)


def test_without_a_day_nothing_is_promised(desk):
    desk.has()
    shown = totals(
        desk.judged(premium(starts="", **FEES), option("on_site_report", starts="")), accepted_on=day(ACCEPTED)
    )
    assert (shown.monthly_yen, shown.committed_yen, shown.committed_until) == (0, 0, None)
