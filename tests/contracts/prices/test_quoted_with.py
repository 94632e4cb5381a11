"""I-39: a one-time fee settles the change that it was quoted with — by the form, on the worklist, in the month, and in a copy by the book."""

from datetime import date

import pytest

from billing.facts.load import WHOLE, accounts
from billing.facts.span import UnitSet
from billing.models import ChargeLine, ParkedTarget
from billing.operations.close_month import close_month
from contracts.models import ManagementUnit, Price, WorkItem
from contracts.operations.worklist import refresh_worklist
from contracts.terms.art13_change_fees import QuotedFee, fees_of_changes
from tests.contracts.applications.form import Desk, upgrade
from tests.contracts.book import build as had
from tests.contracts.book.build import book, must_take, sheets_of, take, take_path
from tests.contracts.book.test_round_trip import empty, export
from tests.contracts.prices.right import correct_price

ACCEPTED = "2025-05-02"
STOCK = [
    *(
        had.tier("ベーシック", premium_consent_on=had.LONG_AGO),
        had.ips(),
        had.ips_service(premium_consent_on=had.LONG_AGO),
    ),
    *(row for number in ("T-1", "M-IPS") for row in had.priced(number, 30_000)),
]
EARLIER = upgrade("advanced", "2025-05-10", keep_price="はい")
"""Takes effect first, and has no fee of its own."""
LATER = upgrade("premium", "2025-06-01", keep_price="はい", one_time_yen="80000", quotation="見積 7")


@pytest.fixture
def desk(db: None, tmp_path) -> Desk:
    desk = Desk(tmp_path)
    desk.has(*STOCK)
    return desk


def both(desk: Desk) -> tuple[str, str]:
    """Two upgrades accepted on one day, the later one with its fee; the numbers of their applications."""
    first, second = (desk.accepted(line, on=ACCEPTED).number for line in (EARLIER, LATER))
    return first, second


def asked_for() -> list[str]:
    """What the worklist asks a one-time fee for, by the change that has none."""
    refresh_worklist(ManagementUnit.objects.values_list("pk", flat=True), on=date(2025, 5, 10))
    return list(WorkItem.objects.filter(key__contains="one_time_price_missing").values_list("subject", flat=True))


def may() -> tuple[list[str], list[str]]:
    """What May says of one-time fees, and what is parked for want of one."""
    close_month(date(2025, 5, 1), on=date(2026, 1, 5), by="試験", leave_out=["T-1"])
    fees = ChargeLine.objects.filter(fee="one_time").order_by("pk")
    return list(fees.values_list("basis", flat=True)), list(ParkedTarget.objects.values_list("reason", flat=True))


def settled() -> dict[str, int]:
    """The amount of the fee of each change of T-1 that has one, by the change's day, as the bill has it."""
    account = next(
        owned.account
        for owned in accounts(UnitSet(list(ManagementUnit.objects.values_list("pk", flat=True))), WHOLE)
        if owned.account.number == "T-1"
    )
    fees = [QuotedFee(fee.on, fee.application) for fee in account.one_time]
    return {
        f"{account.charged_changes[change].effective_on}": account.one_time[fee].amount_yen
        for change, fee in fees_of_changes(account.charged_changes, fees).items()
    }


def test_the_prices_of_a_form_name_their_application(desk: Desk) -> None:
    _first, second = both(desk)
    assert list(Price.objects.exclude(application=None).values_list("fee", "application__number")) == [
        ("one_time", second)
    ]
    price = Price.objects.get(fee="one_time")
    right = correct_price(price, amount_yen=70_000, reference="", on=date(2025, 6, 1), by=desk.decides, reason="誤り")
    assert right.application == price.application


def test_a_fee_is_that_of_the_application_it_was_quoted_with(desk: Desk) -> None:
    """Its day lies in both; the upgrade that takes effect first has none, and is asked for."""
    both(desk)
    assert settled() == {"2025-06-01": 80_000}
    assert asked_for() == ["T-1"]
    fees, parked = may()
    assert parked == ["2025-05-02に承諾した変更の一時費用の料金が登録されていません"]
    assert fees == []


def test_a_copy_by_the_book_bills_the_same(desk: Desk, tmp_path) -> None:
    both(desk)
    before, as_it_was = sheets_of(export(tmp_path / "before")), settled()
    empty()
    assert take_path(tmp_path / "before").faults == []
    assert sheets_of(export(tmp_path / "after")) == before
    assert settled() == as_it_was == {"2025-06-01": 80_000}


def test_a_book_that_does_not_say_what_a_price_was_quoted_with_says_nothing_else(desk: Desk, tmp_path) -> None:
    both(desk)
    row = had.price("T-1", "one_time", 80_000, ACCEPTED, "見積 7")
    again = must_take(book(row), tmp_path / "again")
    assert again.added == {}
    assert Price.objects.get(fee="one_time").application is not None


def test_a_price_is_quoted_with_an_application_of_its_own_unit(desk: Desk, tmp_path) -> None:
    both(desk)
    other = [had.customer(), had.unit(), had.unit("U-2"), had.tier(number="T-2", of="U-2", application="A-8")]
    other += [had.module(number="M-2", of="U-2", application="A-8")]

    def refused(named: str) -> set[tuple[str, str]]:
        row = had.price("T-1", "one_time", 5, "2025-05-20")
        row[1]["application"] = named
        answer = take(book(*other, row), tmp_path / named)
        return {(fault["sheet"], fault["column"]) for fault in answer.faults}

    assert refused("A-99") == {("prices", "application")}
    assert refused("A-8") == {("prices", "application")}
    assert refused("A-1") == set()
