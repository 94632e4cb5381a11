"""Contracts that pass on, ahead of the day, late, taken back or put right: giver and receiver are shown the bill that the close makes."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import time_machine
from django.db.models import Sum
from django.urls import reverse

from billing.models import ChargeLine
from contracts.models import Contract, Customer, ManagementUnit
from contracts.operations.corrections.kind import put_right, take_back
from contracts.operations.corrections.of_moves import MOVES
from contracts.operations.corrections.of_transfers import TRANSFERS, together
from contracts.operations.moves import MoveAsked, move_contracts
from contracts.operations.transfers import TransferAsked, merge_customer, transfer_unit
from tests.contracts.book.build import book, customer, module, priced, tier, unit
from tests.contracts.corrections.desk import agreed
from tests.journeys.story import Story
from tests.journeys.test_corrections import sound  # noqa: F401 — after each, the ledger holds together
from tests.worlds import world

ON = date(2025, 7, 10)
FACTS = book(
    *(customer(), customer("C-2", "株式会社移転先"), customer("C-3", "株式会社第三"), unit(), unit("U-2", "C-2")),
    *(tier(), module(), module("個別ログ収集モジュール", "", "タイプ1", "M-2")),
    *(tier(number="T-9", of="U-2", application="A-9"),),
    module("個別ログ収集モジュール", "", "タイプ2", "M-9", of="U-2", application="A-9"),
    *(row for number in ("T-1", "M-1", "M-2", "T-9", "M-9") for row in priced(number, 100_001)),
)


def _begun():
    with TemporaryDirectory() as folder:
        story = Story(Path(folder))
        story.facts(FACTS)
        story.close("2025-04", "2025-06")


begun = world("two customers with a unit and a third, their months closed up to June", _begun)


@pytest.fixture
def office(begun, story, client, django_user_model):
    """Three customers, two of them with a unit; three months closed, and nothing passed on yet."""
    office = Office(story, client, django_user_model.objects.create_superuser("責任者"))
    client.force_login(office.lead)
    return office


class Office:
    """A lead, who does one thing after the other, and the pages of the customers."""

    def __init__(self, story, client, lead):
        self.story, self.client, self.lead = story, client, lead

    def asked(self, to, from_on):
        receiver = Customer.objects.get(code=to)
        return TransferAsked(receiver=receiver, from_on=from_on, agreed_on=min(from_on, ON), document="移転の合意書 1")

    def transfer(self, to="C-2", from_on=date(2025, 7, 8)):
        (row,) = transfer_unit(ManagementUnit.objects.get(code="U-1"), self.asked(to, from_on), on=ON, by=self.lead)
        return row

    def merge(self, to="C-2", from_on=date(2025, 5, 20)):
        giver = Customer.objects.get(code="C-1")
        return merge_customer(giver, self.asked(to, from_on), on=ON, by=self.lead)

    def move(self, from_on=date(2025, 5, 20)):
        asked = MoveAsked(
            unit=ManagementUnit.objects.get(code="U-2"),
            from_on=from_on,
            agreed_on=min(from_on, ON),
            document="移動の合意書 1",
        )
        (row,) = move_contracts([Contract.objects.get(target__number="M-2")], asked, on=ON, by=self.lead)
        return row

    def as_shown(self, month, day):
        """What each customer's page says that the month bills it, set against what its close bills: yen by customer."""
        pages = {}
        with time_machine.travel(f"{day}T12:00:00+09:00"):
            for one in Customer.objects.all():
                bill = self.bills_of("customer", one)["now"]
                assert bill["month"] == month
                pages[one.code] = _yen(bill["yen"])
            units = {one.code: _yen(self.bills_of("managementunit", one)["now"]["yen"]) for one in _units()}
        self.story.close(month)
        assert units == {code: _sum(month, unit__code=code) for code in units}
        with time_machine.travel(f"{day}T12:00:00+09:00"):
            before = {one.code: _yen(self.bills_of("managementunit", one)["before"]["yen"]) for one in _units()}
        assert before == units
        sums = ChargeLine.objects.filter(month__month=f"{month}-01").order_by().values_list("customer__code")
        billed = dict(sums.annotate(Sum("amount_yen")))
        assert pages == {code: billed.get(code, 0) for code in pages}
        return pages

    def bills_of(self, name, row):
        """What a page says was billed last and is billed next: its late part has that, and is what the whole page has too."""
        address = reverse(f"admin:contracts_{name}_change", args=[row.pk])
        return self.client.get(address, {"part": "late"}).context["bills"]


def _units():
    return ManagementUnit.objects.all()


def _yen(said):
    return int(said.replace(",", "").replace("−", "-"))


def _sum(month, **whose):
    rows = ChargeLine.objects.filter(month__month=f"{month}-01", **whose)
    return rows.aggregate(yen=Sum("amount_yen"))["yen"] or 0


TIER = 100_001
BEFORE = {"C-1": 3 * TIER, "C-2": 2 * TIER, "C-3": 0}


def test_ahead_of_its_day_the_receiver_sees_the_days_it_will_pay(office):
    """On 2025-07-10 for the 21st on: 20 of 31 days are the giver's, 64,516 of each 100,001 yen."""
    office.transfer(from_on=date(2025, 7, 21))
    days = 3 * 64_516
    pages = office.as_shown("2025-07", ON)
    assert pages == {"C-1": days, "C-2": 2 * TIER + 3 * TIER - days, "C-3": 0}


@pytest.mark.parametrize("from_on", [date(2025, 7, 8), date(2025, 5, 20), date(2025, 4, 1), date(2025, 6, 30)])
@pytest.mark.parametrize("how", ["transfer", "merge", "move"])
def test_begun_and_back_dated(office, how, from_on):
    getattr(office, how)(from_on=from_on)
    pages = office.as_shown("2025-07", ON)
    assert sum(pages.values()) == 5 * TIER
    assert pages["C-1"] < 3 * TIER


def test_billed_and_then_taken_back_the_receiver_sees_what_it_is_given_back(office):
    row = office.transfer(from_on=date(2025, 6, 1))
    office.as_shown("2025-07", ON)
    take_back(TRANSFERS, together(row), ground=agreed(), on=date(2025, 8, 3), by=office.lead)
    pages = office.as_shown("2025-08", date(2025, 8, 3))
    assert pages == {"C-1": 3 * TIER + 6 * TIER, "C-2": 2 * TIER - 6 * TIER, "C-3": 0}


def test_billed_and_then_put_right_to_another_the_first_receiver_sees_what_it_is_given_back(office):
    row = office.transfer(to="C-3", from_on=date(2025, 6, 1))
    office.as_shown("2025-07", ON)
    right = {"receiver_id": Customer.objects.get(code="C-2").pk}
    put_right(TRANSFERS, [row], right, ground=agreed(), on=date(2025, 8, 3), by=office.lead)
    pages = office.as_shown("2025-08", date(2025, 8, 3))
    assert pages == {"C-1": 0, "C-2": 5 * TIER + 6 * TIER, "C-3": -6 * TIER}


def test_a_merger_taken_back_and_passed_on_again(office):
    rows = office.merge(to="C-3", from_on=date(2025, 6, 16))
    office.as_shown("2025-07", ON)
    take_back(TRANSFERS, rows, ground=agreed(), on=date(2025, 8, 3), by=office.lead)
    office.transfer(from_on=date(2025, 8, 20))
    office.as_shown("2025-08", date(2025, 8, 4))
    assert office.as_shown("2025-09", date(2025, 9, 4)) == {"C-1": 0, "C-2": 5 * TIER, "C-3": 0}


def test_a_move_billed_and_taken_back(office):
    row = office.move()
    office.as_shown("2025-07", ON)
    take_back(MOVES, [row], ground=agreed(), on=date(2025, 8, 3), by=office.lead)
    office.as_shown("2025-08", date(2025, 8, 3))
    assert office.as_shown("2025-09", date(2025, 9, 3)) == BEFORE


def test_moved_then_transferred_then_merged(office):
    office.move()
    office.transfer(to="C-3", from_on=date(2025, 7, 5))
    office.as_shown("2025-07", ON)
    merged = TransferAsked(
        receiver=Customer.objects.get(code="C-1"), from_on=date(2025, 6, 10), agreed_on=ON, document="合併 1"
    )
    merge_customer(Customer.objects.get(code="C-2"), merged, on=date(2025, 8, 3), by=office.lead)
    office.as_shown("2025-08", date(2025, 8, 3))


PASSES_BETWEEN = {
    "transfer": (("customer", "C-1"), ("customer", "C-2"), ("managementunit", "U-1")),
    "merge": (("customer", "C-1"), ("customer", "C-2"), ("managementunit", "U-1")),
    "move": (("customer", "C-1"), ("customer", "C-2"), ("managementunit", "U-1"), ("managementunit", "U-2")),
}
"""The pages that tell anything of it: those of whom it leaves, of whom it comes to, and of what passes."""


@pytest.mark.parametrize("how", PASSES_BETWEEN)
@pytest.mark.parametrize("from_on", [date(2025, 7, 21), date(2025, 7, 8), date(2025, 5, 20)])
def test_pages_of_both_tell_of_any_day(office, how, from_on):
    """Also of what is going to come from another unit, and of what has left: each by its name, or its number."""
    getattr(office, how)(from_on=from_on)
    for name, code in PASSES_BETWEEN[how]:
        row = {"customer": Customer, "managementunit": ManagementUnit}[name].objects.get(code=code)
        address = reverse(f"admin:contracts_{name}_change", args=[row.pk])
        for on, known in (
            ("2025-04-15", ""),
            ("2025-07-10", "2025-07-10"),
            ("2025-07-21", ""),
            ("2025-08-01", "2025-07-10"),
        ):
            with time_machine.travel("2025-07-10T12:00:00+09:00"):
                page = office.client.get(address, {"on": on, "known": known, "part": "whole"})
            assert page.status_code == 200
