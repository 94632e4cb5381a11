"""Contracts that pass to another customer, before and after a close, back-dated, taken back, done again: who is billed what, and nothing more."""

from datetime import date

import pytest

from billing.models import ChargeLine, Invoice, InvoiceUnit, Month
from billing.operations.invoices import issue_invoices
from contracts.facts.writing import Writing
from contracts.models import Customer, ManagementUnit, Transfer, WorkItem
from contracts.operations.corrections.kind import put_right, take_back
from contracts.operations.corrections.of_targets import PRICES
from contracts.operations.corrections.of_transfers import TRANSFERS, together
from contracts.operations.jobs import run
from contracts.operations.refusal import Refused
from contracts.operations.register import register_customer, register_unit
from contracts.operations.transfers import TransferAsked, merge_customer, transfer_unit
from tests.contracts.book.build import book, customer, module, must_take, notice, premium, price, priced, tier, unit
from tests.contracts.book.build import service as linked
from tests.contracts.corrections.desk import agreed, price_of
from tests.journeys.test_corrections import sound  # noqa: F401 — after each, the ledger holds together

ON = date(2025, 6, 20)
HALF = date(2025, 6, 16)
OWNED = [customer(), customer("C-2", "株式会社移転先"), unit(), tier(), module()]
FACTS = book(*OWNED, *priced("T-1", 100_001), *priced("M-1", 50_000))


@pytest.fixture
def lead(db, django_user_model):
    return django_user_model.objects.create_superuser("責任者")


@pytest.fixture
def begun(story):
    story.facts(FACTS)
    return story


def asked(to="C-2", *, from_on=HALF, agreed_on=ON, **more):
    receiver = Customer.objects.get(code=to)
    return TransferAsked(receiver=receiver, from_on=from_on, agreed_on=agreed_on, document="移転の合意書 1", **more)


def passed(lead, code="U-1", *, on=ON, **said):
    (row,) = transfer_unit(ManagementUnit.objects.get(code=code), asked(**said), on=on, by=lead)
    return row


def billed(month):
    """The lines of a month: whose, of what, which fee, from, to, yen."""
    rows = ChargeLine.objects.filter(month__month=f"{month}-01").order_by("pk")
    names = ("customer__code", "target__number", "fee", "from_on", "to_on", "amount_yen")
    return sorted((*row[:3], f"{row[3]}", f"{row[4]}", row[5]) for row in rows.values_list(*names))


def whole(month, who, last):
    """Both contracts for a whole month."""
    first, last = f"{month}-01", f"{month}-{last}"
    return [(who, "M-1", "monthly", first, last, 50_000), (who, "T-1", "monthly", first, last, 100_001)]


DIVIDED = sorted(
    [
        ("C-1", "M-1", "monthly", "2025-06-01", "2025-06-15", 25_000),
        ("C-1", "T-1", "monthly", "2025-06-01", "2025-06-15", 50_000),
        ("C-2", "M-1", "monthly", "2025-06-16", "2025-06-30", 25_000),
        ("C-2", "T-1", "monthly", "2025-06-16", "2025-06-30", 50_001),
    ]
)


def test_each_pays_their_days_and_the_odd_yen_is_the_receivers(begun, lead):
    """I-54: 100,001 yen in June are 50,000 for the 15 days before and 50,001 from the receiver's first day on."""
    begun.close("2025-04", "2025-05")
    passed(lead)
    assert ManagementUnit.objects.get().customer.code == "C-2"
    begun.close("2025-06", "2025-07")
    assert billed("2025-06") == DIVIDED
    assert billed("2025-07") == whole("2025-07", "C-2", "31")


def test_back_dated_into_closed_months_undone_and_done_again(begun, lead):
    """Closed months stay: the giver is given back its days, and the receiver pays them, in the next close (I-55)."""
    begun.close("2025-04", "2025-06")
    row = passed(lead, from_on=date(2025, 5, 17), on=date(2025, 7, 2))
    begun.close("2025-07")
    assert billed("2025-07") == sorted(
        [
            *whole("2025-07", "C-2", "31"),
            ("C-1", "M-1", "correction", "2025-05-01", "2025-05-31", -24_194),
            ("C-1", "M-1", "correction", "2025-06-01", "2025-06-30", -50_000),
            ("C-1", "T-1", "correction", "2025-05-01", "2025-05-31", -48_388),
            ("C-1", "T-1", "correction", "2025-06-01", "2025-06-30", -100_001),
            ("C-2", "M-1", "correction", "2025-05-01", "2025-05-31", 24_194),
            ("C-2", "M-1", "correction", "2025-06-01", "2025-06-30", 50_000),
            ("C-2", "T-1", "correction", "2025-05-01", "2025-05-31", 48_388),
            ("C-2", "T-1", "correction", "2025-06-01", "2025-06-30", 100_001),
        ]
    )
    take_back(TRANSFERS, together(row), ground=agreed(), on=date(2025, 8, 2), by=lead)
    assert ManagementUnit.objects.get().customer.code == "C-1"
    again = passed(lead, from_on=date(2025, 5, 17), on=date(2025, 8, 3))
    begun.close("2025-08")
    assert billed("2025-08") == whole("2025-08", "C-2", "31")
    take_back(TRANSFERS, together(again), ground=agreed(), on=date(2025, 9, 2), by=lead)
    begun.close("2025-09")
    both = {}
    for who, _target, fee, *_days, yen in billed("2025-09"):
        both[who, fee] = both.get((who, fee), 0) + yen
    owed = 24_194 + 48_388 + 3 * 150_001
    assert both == {("C-1", "monthly"): 150_001, ("C-1", "correction"): owed, ("C-2", "correction"): -owed}


def test_a_transfer_put_right_before_the_close(begun, lead):
    begun.close("2025-04", "2025-05")
    row = passed(lead, from_on=date(2025, 6, 10))
    put_right(TRANSFERS, [row], {"from_on": HALF}, ground=agreed(), on=ON, by=lead)
    begun.close("2025-06")
    assert billed("2025-06") == DIVIDED


def test_ahead_of_its_day_nothing_of_the_page_changes(begun, lead):
    begun.close("2025-04", "2025-05")
    passed(lead, from_on=date(2025, 7, 1))
    assert ManagementUnit.objects.get().customer.code == "C-1"
    run("effects", date(2025, 6, 30))
    assert ManagementUnit.objects.get().customer.code == "C-1"
    run("effects", date(2025, 7, 1))
    assert ManagementUnit.objects.get().customer.code == "C-2"
    begun.close("2025-06", "2025-07")
    assert billed("2025-06") == whole("2025-06", "C-1", "30")
    assert billed("2025-07") == whole("2025-07", "C-2", "31")


def test_one_off_fees_and_settlements_go_to_whom_the_day_says(story, lead, tmp_path):
    """The end day is the receiver's: so is the settlement; a one-time fee before the day is the giver's (I-55)."""
    more = [price("T-1", "one_time", 7_000, "2025-06-10"), notice("M-1", "2025-06-01", "2025-07-15")]
    must_take(book(*OWNED, *priced("T-1", 100_001), *priced("M-1", 50_000), *more), tmp_path / "book")
    story.close("2025-04", "2025-05")
    passed(lead)
    story.close("2025-06", "2025-07")
    assert ("C-1", "T-1", "one_time", "2025-06-10", "2025-06-10", 7_000) in billed("2025-06")
    found = [line for line in billed("2025-07") if line[2] == "settlement"]
    assert [(who, target) for who, target, *_ in found] == [("C-2", "M-1")]


def test_both_are_invoiced_for_the_month_and_an_issued_invoice_stays(begun, lead):
    begun.close("2025-04", "2025-05")
    issue_invoices(Month.objects.get(month="2025-05-01"), on=ON, by="試験")
    before = list(InvoiceUnit.objects.order_by("pk").values())
    passed(lead, from_on=date(2025, 5, 17))
    begun.close("2025-06")
    issue_invoices(Month.objects.get(month="2025-06-01"), on=date(2025, 7, 2), by="試験")
    assert list(InvoiceUnit.objects.filter(month__month="2025-05-01").values()) == before
    found = Invoice.objects.filter(month__month="2025-06-01").order_by("number")
    assert [(row.customer.code, row.line_count) for row in found] == [("C-1", 2), ("C-2", 4)]
    given_back = InvoiceUnit.objects.get(invoice=found[0])
    assert [line["corrects_invoice"] for line in given_back.lines] == ["2025-05-00001"] * 2
    paid = InvoiceUnit.objects.get(invoice=found[1])
    assert [line["corrects_invoice"] for line in paid.lines if line["corrects_month"]] == ["", ""]


THREE = [
    customer(),
    customer("C-2", "株式会社存続"),
    *(
        row
        for n in (1, 2, 3)
        for row in (
            unit(f"U-{n}"),
            tier(number=f"T-{n}", of=f"U-{n}", application=f"A-{n}"),
            module(number=f"M-{n}", of=f"U-{n}", application=f"A-{n}"),
            *priced(f"T-{n}", 30_000 * n + 1),
            *priced(f"M-{n}", 5_000),
        )
    ),
]


def test_a_merger_of_three_units_leaves_closed_months_alone(story, lead, tmp_path):
    """I-55: rights and duties pass as a whole. What the giver was billed stays billed; what is said of it later is the successor's."""
    must_take(book(*THREE), tmp_path / "book")
    story.close("2025-04", "2025-06")
    rows = merge_customer(
        Customer.objects.get(code="C-1"), asked(from_on=date(2025, 6, 1)), on=date(2025, 7, 2), by=lead
    )
    assert [row.unit.code for row in rows] == ["U-1", "U-2", "U-3"]
    assert set(ManagementUnit.objects.values_list("customer__code", flat=True)) == {"C-2"}
    with pytest.raises(Refused, match="消滅"):
        passed(lead, to="C-1", from_on=date(2025, 8, 1))
    story.close("2025-07")
    assert {line[0] for line in billed("2025-07")} == {"C-2"}
    assert {line[2] for line in billed("2025-07")} == {"monthly"}
    put_right(PRICES, [price_of("T-1")], {"amount_yen": 30_101}, ground=agreed(), on=date(2025, 8, 2), by=lead)
    story.close("2025-08")
    corrected = [(line[0], *line[3:]) for line in billed("2025-08") if line[2] == "correction"]
    assert corrected == [
        ("C-2", "2025-04-01", "2025-04-30", 100),
        ("C-2", "2025-05-01", "2025-05-31", 100),
        ("C-2", "2025-06-01", "2025-06-30", 100),
        ("C-2", "2025-07-01", "2025-07-31", 100),
    ]
    take_back(TRANSFERS, together(rows[0]), ground=agreed(), on=date(2025, 9, 2), by=lead)
    assert not Transfer.objects.standing().exists()
    story.close("2025-09")
    sums = {}
    for who, _target, fee, *_days, yen in billed("2025-09"):
        sums[who, fee] = sums.get((who, fee), 0) + yen
    month = 180_003 + 15_000 + 100
    assert sums[("C-1", "monthly")] == month
    assert sums[("C-1", "correction")] == -sums[("C-2", "correction")] > 0


LINKED = [
    customer(),
    customer("C-2", "株式会社移転先"),
    unit(),
    linked("IIJセキュアMXサービス"),
    premium(),
    module("IIJセキュアMX連携モジュール", links="S-1"),
    *priced("T-1", 100_000),
    *priced("M-1", 50_000),
]


def wanted():
    return sorted(WorkItem.objects.filter(kind="consent").values_list("clause", "due_on"))


def test_consents_are_asked_for_anew(story, lead):
    """I-56: the service stays the giver's, whose consents are asked for; 17-1 is the receiver's own."""
    story.facts(book(*LINKED))
    assert wanted() == []
    passed(lead)
    assert wanted() == [("17-1", HALF), ("7-3", HALF), ("7-4", HALF)]


def test_a_service_that_passes_too_asks_for_the_receivers_own_consent_alone(story, lead):
    story.facts(book(*LINKED))
    row = passed(lead, services=True)
    assert wanted() == [("17-1", HALF), ("7-4", HALF)]
    take_back(TRANSFERS, together(row), ground=agreed(), on=ON, by=lead)
    assert wanted() == []


def test_what_cannot_be(begun, lead):
    passed(lead)
    for said, field in (
        ({"from_on": HALF}, "from_on"),
        ({"from_on": date(2025, 6, 10)}, "from_on"),
        ({"from_on": date(2025, 7, 1)}, "receiver"),
        ({"to": "C-1", "from_on": date(2025, 7, 1), "agreed_on": date(2025, 6, 21)}, "agreed_on"),
    ):
        with pytest.raises(Refused) as refused:
            passed(lead, **said)
        assert refused.value.reason.field == field
    first = Transfer.objects.get()
    passed(lead, to="C-1", from_on=date(2025, 7, 1))
    with pytest.raises(Refused, match="後に、別の移転"):
        take_back(TRANSFERS, together(first), ground=agreed(), on=ON, by=lead)


def test_a_unit_that_a_colleague_has_just_passed_on_is_not_merged(begun, lead, monkeypatch):
    """Whoever is faster has it: the merger is of what the giver holds once nobody else writes, and the other customer has not merged."""
    register_customer(code="C-3", name="株式会社第三", by=lead)
    register_unit(customer=Customer.objects.get(code="C-1"), code="U-8", name="支社", by=lead)
    begin, waiting = Writing.begin, ["a colleague"]

    def after_a_colleague(**said):
        if waiting:
            waiting.clear()
            passed(lead, from_on=date(2025, 6, 2))
        return begin(**said)

    monkeypatch.setattr("contracts.operations.transfers.Writing.begin", after_a_colleague)
    merge_customer(Customer.objects.get(code="C-1"), asked("C-3"), on=ON, by=lead)
    told = Transfer.objects.standing().order_by("unit__code")
    assert list(told.values_list("unit__code", "giver__code", "receiver__code", "kind")) == [
        ("U-1", "C-1", "C-2", "transfer"),
        ("U-8", "C-1", "C-3", "merger"),
    ]
