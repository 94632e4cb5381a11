"""Module contracts that pass into another unit, of another customer or of the same: who and which unit is billed what, and nothing more."""

from datetime import date

import pytest

from billing.models import ChargeLine, Invoice, InvoiceUnit, Month
from billing.operations.invoices import issue_invoices
from contracts.models import Contract, Customer, ManagementUnit, Move, Target, WorkItem
from contracts.operations.corrections.kind import put_right, take_back
from contracts.operations.corrections.of_moves import MOVES, together
from contracts.operations.corrections.of_targets import PRICES
from contracts.operations.jobs import run
from contracts.operations.moves import MoveAsked, movable, move_contracts
from contracts.operations.refusal import Refused
from contracts.operations.transfers import TransferAsked, merge_customer
from tests.contracts.book.build import (
    book,
    customer,
    ips,
    ips_service,
    module,
    must_take,
    notice,
    option,
    premium,
    priced,
    tier,
    unit,
)
from tests.contracts.corrections.desk import agreed, price_of
from tests.journeys.test_corrections import sound  # noqa: F401 — after each, the ledger holds together

DEVICES = ("個別ログ収集モジュール", "", "タイプ1")
TWO_UNITS = [
    *(customer(), customer("C-2", "株式会社移転先"), unit(), unit("U-2", "C-2", "支社")),
    *(tier(), module(), module(*DEVICES, "M-2")),
    *(tier(number="T-9", of="U-2", application="A-9"), module(*DEVICES[:2], "タイプ2", "M-9", of="U-2", application="A-9")),
    option("ログ保管オプション", "M-2", "O-2", retention_years=1),
    *(row for number, yen in (("T-1", 90_000), ("T-9", 80_000)) for row in priced(number, yen)),
    *(row for number, yen in (("M-1", 50_000), ("M-2", 30_001), ("M-9", 20_000), ("O-2", 1_000)) for row in priced(number, yen)),
]  # fmt: skip
ON = date(2025, 6, 20)
HALF = date(2025, 6, 16)


@pytest.fixture
def lead(db, django_user_model):
    return django_user_model.objects.create_superuser("責任者")


@pytest.fixture
def begun(story, tmp_path):
    must_take(book(*TWO_UNITS), tmp_path / "book")
    return story


def moved(lead, *numbers, to="U-2", from_on=HALF, on=ON, agreed_on=None):
    contracts = list(Contract.objects.filter(target__number__in=numbers).select_related("target__unit"))
    asked = MoveAsked(
        unit=ManagementUnit.objects.get(code=to), from_on=from_on, agreed_on=agreed_on or on, document="合意書 7"
    )
    return move_contracts(contracts, asked, on=on, by=lead)


def billed(month, *numbers):
    """The lines of those targets in a month: whose, of which unit, of what, which fee, from, to, yen."""
    rows = ChargeLine.objects.filter(month__month=f"{month}-01", target__number__in=numbers)
    names = ("customer__code", "unit__code", "target__number", "fee", "from_on", "to_on", "amount_yen")
    return sorted((*row[:4], f"{row[4]}", f"{row[5]}", row[6]) for row in rows.values_list(*names))


def listed(number):
    return Target.objects.values_list("unit__code", flat=True).get(number=number)


def test_some_contracts_pass_to_another_customers_unit(begun, lead):
    """I-54: the option comes with its contract; each customer and unit has its days; the rest stays as it is."""
    begun.close("2025-04", "2025-05")
    moved(lead, "M-2")
    assert (listed("M-2"), listed("O-2"), listed("M-1")) == ("U-2", "U-2", "U-1")
    begun.close("2025-06", "2025-07")
    assert billed("2025-06", "M-2", "O-2") == [
        ("C-1", "U-1", "M-2", "monthly", "2025-06-01", "2025-06-15", 15_000),
        ("C-1", "U-1", "O-2", "monthly", "2025-06-01", "2025-06-15", 500),
        ("C-2", "U-2", "M-2", "monthly", "2025-06-16", "2025-06-30", 15_001),
        ("C-2", "U-2", "O-2", "monthly", "2025-06-16", "2025-06-30", 500),
    ]
    assert billed("2025-07", "M-2", "O-2", "M-1") == [
        ("C-1", "U-1", "M-1", "monthly", "2025-07-01", "2025-07-31", 50_000),
        ("C-2", "U-2", "M-2", "monthly", "2025-07-01", "2025-07-31", 30_001),
        ("C-2", "U-2", "O-2", "monthly", "2025-07-01", "2025-07-31", 1_000),
    ]
    assert not WorkItem.objects.filter(kind__in=["consent", "eligibility"]).exists()


def test_from_the_first_of_a_month_what_is_carried_over_is_not(begun, lead):
    begun.close("2025-04", "2025-05")
    moved(lead, "M-2", from_on=date(2025, 6, 1))
    begun.close("2025-06", "2025-07")
    assert [line[:3] for line in billed("2025-06", "M-2")] == [("C-2", "U-2", "M-2")]
    assert [line[:3] for line in billed("2025-07", "M-2")] == [("C-2", "U-2", "M-2")]


def test_back_dated_undone_and_done_again(begun, lead):
    begun.close("2025-04", "2025-06")
    rows = moved(lead, "M-2", from_on=date(2025, 6, 1), on=date(2025, 7, 3))
    begun.close("2025-07")
    corrections = [line for line in billed("2025-07", "M-2", "O-2") if line[3] == "correction"]
    assert corrections == [
        ("C-1", "U-1", "M-2", "correction", "2025-06-01", "2025-06-30", -30_001),
        ("C-1", "U-1", "O-2", "correction", "2025-06-01", "2025-06-30", -1_000),
        ("C-2", "U-2", "M-2", "correction", "2025-06-01", "2025-06-30", 30_001),
        ("C-2", "U-2", "O-2", "correction", "2025-06-01", "2025-06-30", 1_000),
    ]
    take_back(MOVES, together(rows[0]), ground=agreed(), on=date(2025, 8, 2), by=lead)
    assert listed("M-2") == listed("O-2") == "U-1"
    moved(lead, "M-2", from_on=date(2025, 6, 1), on=date(2025, 8, 3))
    begun.close("2025-08")
    assert [line[:4] for line in billed("2025-08", "M-2")] == [("C-2", "U-2", "M-2", "monthly")]


def test_taken_back_after_a_close_everything_is_the_formers_again(begun, lead):
    begun.close("2025-04", "2025-05")
    rows = moved(lead, "M-2")
    begun.close("2025-06")
    take_back(MOVES, together(rows[0]), ground=agreed(), on=date(2025, 7, 5), by=lead)
    begun.close("2025-07")
    sums = {}
    for who, at, _target, fee, *_days, yen in billed("2025-07", "M-2", "O-2"):
        sums[who, at, fee] = sums.get((who, at, fee), 0) + yen
    assert sums == {
        ("C-1", "U-1", "monthly"): 31_001,
        ("C-1", "U-1", "correction"): 15_501,
        ("C-2", "U-2", "correction"): -15_501,
    }
    assert not WorkItem.objects.filter(kind__in=["consent", "eligibility"]).exists()


def test_a_price_put_right_later_is_billed_to_whoever_had_the_days(begun, lead):
    """Of the days before the move the former customer's months are corrected, in its own unit."""
    begun.close("2025-04", "2025-05")
    moved(lead, "M-2")
    begun.close("2025-06")
    put_right(PRICES, [price_of("M-2")], {"amount_yen": 60_000}, ground=agreed(), on=date(2025, 7, 5), by=lead)
    begun.close("2025-07")
    corrections = [line for line in billed("2025-07", "M-2") if line[3] == "correction"]
    assert [(line[0], line[1], line[4], line[6]) for line in corrections] == [
        ("C-1", "U-1", "2025-04-01", 29_999),
        ("C-1", "U-1", "2025-05-01", 29_999),
        ("C-1", "U-1", "2025-06-01", 15_000),
        ("C-2", "U-2", "2025-06-01", 14_999),
    ]


def test_both_units_are_invoiced_with_the_names_of_what_moved(begun, lead):
    begun.close("2025-04", "2025-05")
    moved(lead, "M-2")
    begun.close("2025-06")
    issue_invoices(Month.objects.get(month="2025-06-01"), on=date(2025, 7, 2), by="試験")
    assert [row.customer.code for row in Invoice.objects.order_by("number")] == ["C-1", "C-2"]
    for row in InvoiceUnit.objects.all():
        assert any(line["number"] == "M-2" and line["name"] for line in row.lines)


def test_ahead_of_its_day_it_is_listed_where_it_is(begun, lead):
    begun.close("2025-04", "2025-05")
    moved(lead, "M-2", from_on=date(2025, 7, 1))
    assert listed("M-2") == "U-1"
    run("effects", date(2025, 6, 30))
    assert listed("M-2") == "U-1"
    run("effects", date(2025, 7, 1))
    assert listed("M-2") == listed("O-2") == "U-2"
    begun.close("2025-06", "2025-07")
    assert [line[:2] for line in billed("2025-06", "M-2")] == [("C-1", "U-1")]
    assert [line[:2] for line in billed("2025-07", "M-2")] == [("C-2", "U-2")]


def test_a_notice_after_the_move_settles_with_the_receiver(begun, lead):
    """The minimum term runs on from the start: moved after two months, four are left (第5条, 14-1)."""
    begun.close("2025-04", "2025-05")
    moved(lead, "M-2")
    rows = book(notice("M-2", "2025-06-25", "2025-07-31"))
    rows.pop("customers"), rows.pop("units")
    must_take(rows, begun.path / "notice")
    begun.close("2025-06", "2025-07")
    settled = [line for line in billed("2025-07", "M-2") if line[3] == "settlement"]
    assert settled == [("C-2", "U-2", "M-2", "settlement", "2025-08-01", "2025-09-30", 60_002)]


def merging():
    """Two units of one customer; the tier of the second ends on 31 May."""
    return [
        *(customer(), unit(), unit("U-2", "C-1", "支社")),
        *(tier(), module(), tier(number="T-9", of="U-2", application="A-9")),
        module(*DEVICES, "M-9", of="U-2", application="A-9"),
        *(row for number in ("T-1", "M-1", "T-9", "M-9") for row in priced(number, 30_001)),
        notice("T-9", "2025-04-20", "2025-05-31"),
    ]


def test_two_units_into_one(story, lead, tmp_path):
    """6-1: the tier of the one ends as any other, with its settlement; its module goes on under the other's."""
    must_take(book(*merging()), tmp_path / "book")
    story.close("2025-04")
    assert WorkItem.objects.filter(kind="eligibility").exists()
    moved(lead, "M-9", to="U-1", from_on=date(2025, 6, 1), on=date(2025, 5, 10))
    assert not WorkItem.objects.filter(kind="eligibility").exists()
    run("effects", date(2025, 6, 1))
    run("worklist", date(2025, 6, 1))
    # Nothing can be mended of days that are over: the unit is judged from the day on which its module left.
    assert not WorkItem.objects.filter(kind="eligibility").exists()
    assert listed("M-9") == "U-1"
    assert movable(ManagementUnit.objects.get(code="U-2"), date(2025, 6, 1)) == []
    story.close("2025-05", "2025-06")
    assert billed("2025-05", "T-9", "M-9") == [
        ("C-1", "U-2", "M-9", "monthly", "2025-05-01", "2025-05-31", 30_001),
        ("C-1", "U-2", "T-9", "monthly", "2025-05-01", "2025-05-31", 30_001),
        ("C-1", "U-2", "T-9", "settlement", "2025-06-01", "2025-09-30", 120_004),
    ]
    assert billed("2025-06", "T-9", "M-9", "T-1", "M-1") == [
        ("C-1", "U-1", "M-1", "monthly", "2025-06-01", "2025-06-30", 30_001),
        ("C-1", "U-1", "M-9", "monthly", "2025-06-01", "2025-06-30", 30_001),
        ("C-1", "U-1", "T-1", "monthly", "2025-06-01", "2025-06-30", 30_001),
    ]


def test_units_of_a_customer_that_merges_may_be_merged_after_it(story, lead, tmp_path):
    facts = [customer("C-2", "株式会社存続"), *merging()]
    must_take(book(*facts), tmp_path / "book")
    story.close("2025-04")
    first = date(2025, 6, 1)
    moved(lead, "M-9", to="U-1", from_on=first, on=date(2025, 5, 10))
    to = Customer.objects.get(code="C-2")
    asked = TransferAsked(receiver=to, from_on=HALF, agreed_on=HALF, document="合併契約")
    merge_customer(Customer.objects.get(code="C-1"), asked, on=HALF, by=lead)
    story.close("2025-05", "2025-06")
    assert billed("2025-06", "M-9") == [
        ("C-1", "U-1", "M-9", "monthly", "2025-06-01", "2025-06-15", 15_000),
        ("C-2", "U-1", "M-9", "monthly", "2025-06-16", "2025-06-30", 15_001),
    ]


@pytest.mark.parametrize(
    ("numbers", "said", "clause"),
    [
        pytest.param(["T-1"], {}, "6-1", id="the tier contract is the unit's own"),
        pytest.param(["M-1", "M-2"], {}, "7-1", id="nothing would be left of the unit"),
        pytest.param([], {}, "6-2", id="nothing chosen"),
        pytest.param(["M-2"], {"to": "U-1"}, "6-2", id="where it is already"),
        pytest.param(["M-2"], {"agreed_on": date(2025, 6, 21)}, "6-2", id="agreed tomorrow"),
        pytest.param(["M-2"], {"from_on": date(2025, 3, 9)}, "6-2", id="before it was accepted"),
        pytest.param(["M-1", "M-9"], {}, "6-2", id="of two units"),
    ],
)
def test_what_cannot_be(begun, lead, numbers, said, clause):
    with pytest.raises(Refused) as refused:
        moved(lead, *numbers, **said)
    assert refused.value.reason.clause == clause
    assert not Move.objects.exists()


def test_two_contracts_of_one_item_cannot_come_together(begun, lead):
    """6-2: one contract an item; M-1 is of クラウドログ収集, and so is the other unit's."""
    rows = book(module(number="M-8", of="U-2", application="A-8"), *priced("M-8", 1_000))
    rows.pop("customers"), rows.pop("units", None)
    must_take(rows, begun.path / "one more")
    with pytest.raises(Refused) as refused:
        moved(lead, "M-1")
    assert refused.value.reason.clause == "6-2"


def test_a_module_that_comes_asks_for_its_own_consents(story, lead, tmp_path):
    """I-56: the service is the former customer's: its consent to the link and to 17-1(1) is asked for; the unit has its own 17-1."""
    facts = [
        *(customer(), customer("C-2", "株式会社移転先"), unit(), unit("U-2", "C-2", "支社"), ips_service()),
        *(premium(), module(), ips(), premium("T-9", of="U-2", application="A-9")),
        module(number="M-9", of="U-2", application="A-9"),
        *(row for number in ("T-1", "M-1", "M-IPS", "T-9", "M-9") for row in priced(number, 10_000)),
    ]
    must_take(book(*facts), tmp_path / "book")
    rows = moved(lead, "M-IPS")
    asked = WorkItem.objects.filter(kind="consent")
    assert sorted(asked.values_list("unit__code", "clause")) == [("U-2", "7-3"), ("U-2", "7-4")]
    moved(lead, "M-IPS", to="U-1", from_on=date(2025, 7, 1))
    with pytest.raises(Refused, match="後に、別の移動"):
        take_back(MOVES, together(rows[0]), ground=agreed(), on=ON, by=lead)
