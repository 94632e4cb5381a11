"""What is lawful and hardly meant is pointed out: days, amounts, thousands, twins — and each only where it is so."""

import pytest

from contracts.operations import applications as operations
from contracts.operations.pointed_out import pointed_out
from tests.contracts.applications.form import (
    ACCEPTED,
    APPLIED,
    day,
    edr,
    licence,
    licences,
    module,
    premium,
    quoted,
    tier,
    upgrade,
)
from tests.contracts.book import build as had

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(desk):
    desk.has()
    return desk


def found(desk, *lines, applied=APPLIED, on=ACCEPTED, number="", unit="U-1"):
    judgement = desk.judged(*lines, applied=applied, on=on, unit=unit)
    points = pointed_out(judgement, desk.unit(unit), number=number, applied_on=day(applied), on=day(on))
    return [(point.code, point.line, point.field) for point in points]


@pytest.mark.parametrize(
    ("starts", "codes"),
    [
        ("2025-04-01", []),
        ("2025-02-07", []),
        ("2025-02-06", [("start_long_past", "#1", "billing_starts_on")]),
        ("2026-03-11", []),
        ("2026-03-12", [("start_far_ahead", "#1", "billing_starts_on")]),
        ("", []),
        ("いつか", []),
    ],
)
def test_a_start_far_off(desk, starts, codes):
    assert found(desk, tier(starts=starts)) == codes


def test_a_change_far_off(desk):
    desk.has(had.tier(), had.module())
    assert found(desk, upgrade(on="2025-01-01")) == [("start_long_past", "#1", "effective_on")]


def test_an_application_of_long_ago(desk):
    assert found(desk, tier(), applied="2025-02-07") == []
    assert found(desk, tier(), applied="2025-02-06") == [("applied_long_ago", "", "applied_on")]


@pytest.mark.parametrize(
    ("yen", "codes"),
    [
        ("480", [("amount_in_thousands", "#1", "monthly_yen")]),
        ("999", [("amount_in_thousands", "#1", "monthly_yen")]),
        ("1000", []),
        ("0", []),
        ("", []),
        ("480000", []),
    ],
)
def test_an_amount_that_may_be_in_thousands(desk, yen, codes):
    assert found(desk, tier(monthly_yen=yen)) == codes


def test_the_price_of_a_licence_is_no_thousand_and_that_of_all_is_asked_about(desk):
    asked = [premium(), edr()]
    assert found(desk, *asked, licence("mssp", "150", monthly_yen="900")) == []
    assert found(desk, *asked, licence("mssp", "150", monthly_yen="9999")) == []
    point = ("licence_price_of_all", "#9", "monthly_yen")
    assert found(desk, *asked, licence("mssp", "150", monthly_yen="75000")) == [point]


def test_more_licences_at_the_price_of_all(desk):
    desk.has(had.premium(), had.module(), had.edr(), had.licence(quantity=150))
    line = licences("250", target="O-LIC", monthly_yen="75000")
    assert found(desk, line) == [("licence_price_of_all", "#1", "monthly_yen")]


@pytest.mark.parametrize(("yen", "far"), [("100001", False), ("100000", True), ("899999", False), ("900000", True)])
def test_an_amount_far_from_the_last(desk, yen, far):
    desk.has(had.tier(), had.module(), *had.priced("T-1", 300_000))
    point = [("amount_far_from_last", "#1", "amount_yen")] if far else []
    assert found(desk, quoted("T-1", "monthly", yen, "2025-06-01")) == point


def test_the_last_amount_in_thousands(desk):
    desk.has(had.tier(), had.module(), *had.priced("T-1", 300_000))
    assert found(desk, quoted("T-1", "monthly", "310", "2025-06-01")) == [("amount_in_thousands", "#1", "amount_yen")]


def others(desk, count, yen=300_000):
    for at in range(count):
        desk.has(
            had.customer(), had.unit(f"U-{at + 2}"),
            had.tier(number=f"T-{at + 2}", of=f"U-{at + 2}", application=f"A-{at + 2}"),
            had.module(number=f"M-{at + 2}", of=f"U-{at + 2}", application=f"A-{at + 2}"),
            had.price(f"T-{at + 2}", "monthly", yen, "2025-04-01"),
        )  # fmt: skip


@pytest.mark.parametrize(("count", "codes"), [(2, []), (3, [("amount_far_from_others", "#1", "monthly_yen")])])
def test_an_amount_far_from_others_for_the_same_thing(desk, count, codes):
    others(desk, count)
    assert found(desk, tier(monthly_yen="900000")) == codes
    assert found(desk, premium(monthly_yen="900000")) == [], "another category is another thing"
    assert found(desk, tier(monthly_yen="310000")) == []


@pytest.mark.parametrize("state", ["received", "accepted"])
def test_a_twin_of_what_waits_or_was_just_accepted(desk, state):
    asked = [tier(monthly_yen="300000"), module(monthly_yen="100000")]
    first = desk.received(*asked)
    if state == "accepted":
        desk.accept(first)
    again = [tier(starts="2025-05-01"), module(key="#3")]
    assert found(desk, *again) == [("twin", "", "")]
    assert found(desk, *again, number=first.number) == [], "an application is no twin of itself"
    assert found(desk, tier("basic"), module()) == []
    assert found(desk, module(key="#3")) == [("twin", "", "")], "a part of it is asked for a second time"


def test_what_was_accepted_long_ago_is_no_twin(desk):
    desk.accepted(tier(), module())
    assert found(desk, tier(), module(), applied="2025-04-01", on="2025-04-09") == [("twin", "", "")]
    assert found(desk, tier(), module(), applied="2025-04-01", on="2025-04-10") == []


@pytest.mark.parametrize("close", [operations.reject, operations.withdraw])
def test_what_was_closed_is_no_twin(desk, close):
    application = desk.received(tier(), module())
    assert found(desk, tier(), module()) == [("twin", "", "")]
    close(application, on=day(ACCEPTED), by=desk.decides, reason="理由")
    assert found(desk, tier(), module()) == []


def test_a_draft_is_no_twin(desk):
    desk.drafted(tier(), module())
    assert found(desk, tier(), module()) == []


def test_a_twin_for_another_unit_of_the_customer(desk):
    desk.has(had.unit("U-2"))
    desk.received(tier(), module(), unit="U-2")
    assert found(desk, tier(), module()) == [("twin", "", "")]
    desk.has(had.customer("C-9"), had.unit("U-9", "C-9"))
    assert found(desk, tier(), module(), unit="U-9") == []
