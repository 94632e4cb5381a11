"""請求先: dated, put right and taken back; what an invoice says of both sides stays as it was issued (I-70, I-71)."""

from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from billing.facts.issuer import issuers
from billing.facts.parties import groups_on
from billing.models import (
    BillingGroup,
    BillingGroupUnit,
    BillingParty,
    ChargeLine,
    Invoice,
    InvoiceUnit,
    KeptSeal,
    Month,
    OrderNumber,
)
from billing.operations.check_ledger import check_ledger
from billing.operations.close_month import close_month
from billing.operations.groups import make_group, put_in_group
from billing.operations.invoices import issue_invoices
from billing.operations.issuing import issued_in
from billing.operations.parties import correct_party, said_by, set_order_number, set_party, withdraw_party
from billing.operations.statement import paper_of
from contracts import clock
from contracts.models import Customer, Entry, FactsRevision, ManagementUnit
from contracts.operations.import_book import import_book
from contracts.operations.refusal import Refused
from contracts.operations.renaming import rename
from tests.billing.issuer_file import SEAL, finance_file
from tests.conftest import SAMPLE
from tests.worlds import world

ON = date(2026, 1, 5)


def _closed() -> None:
    """The sample with two closed months, and somebody of finance."""
    User.objects.create_user("keiri")
    import_book(SAMPLE, by="試験", on=clock.today())
    for month in (11, 12):
        close_month(date(2025, month, 1), on=ON, by="試験")


months = world("the sample with November and December closed", _closed)
pytestmark = pytest.mark.usefixtures("months")


@pytest.fixture(autouse=True)
def own_issuer(settings: Settings, tmp_path: Path) -> None:
    settings.FINANCE_FILE = finance_file(tmp_path)


def keiri() -> User:
    return User.objects.get(username="keiri")


def december() -> Month:
    return Month.objects.get(month=date(2025, 12, 1))


def unit_billed() -> ManagementUnit:
    """A unit with lines in both months, of a customer with several such units if there is one."""
    return ManagementUnit.objects.filter(pk__in=ChargeLine.objects.filter(month=december()).values("unit")).order_by(
        "pk"
    )[0]


def party(customer: Customer, from_on: str = "2025-04-01", **says: Any) -> BillingParty:
    group = says.pop("group", None)
    said = {"address": "東京都港区1-1", **says}
    return set_party(customer, group=group, from_on=date.fromisoformat(from_on), says=said, on=ON, by=keiri())


def invoice_of(customer: Customer, group: BillingGroup | None = None) -> Invoice:
    return Invoice.objects.get(month=december(), customer=customer, group=group)


def test_without_a_party_an_invoice_says_who_the_customer_is_and_where_to_pay() -> None:
    customer = unit_billed().customer
    issue_invoices(december(), on=ON, by="経理")
    invoice = invoice_of(customer)
    paper = paper_of(invoice)
    assert (paper.addressee.company, paper.addressee.honorific) == (customer.name, "御中")
    assert paper.addressee.customer_number == customer.code
    assert (
        (paper.issuer.name, paper.issuer.telephone)
        == ("株式会社発行", "03-0000-0000")
        == (invoice.issuer, "03-0000-0000")
    )
    assert paper.bank is not None
    assert paper.bank.key == "main"
    assert paper.issuer.seal_sha256 == sha256(SEAL).hexdigest()
    assert bytes(KeptSeal.objects.get().content) == SEAL


def test_the_party_of_the_day_of_issue_is_on_the_invoice() -> None:
    customer = unit_billed().customer
    terms = {"due_months": 1, "due_day": 31, "due_holiday": "previous"}
    person = {"person": "山田花子", "honorific": "様", "department": "経理部"}
    party(customer, "2025-04-01", company="旧宛名")
    party(customer, "2026-01-05", **person, **terms, postal_code="１０００００１", bank="second", order_number="PO-1")
    party(customer, "2026-01-06", company="後の宛名")
    issue_invoices(december(), on=ON, by="経理")
    invoice = invoice_of(customer)
    paper = paper_of(invoice)
    lines = ("〒100-0001", "東京都港区1-1", customer.name, "経理部", "山田花子 様")
    assert paper.addressee.lines == lines
    assert paper.addressee.order_number == "PO-1"
    assert paper.bank is not None
    assert paper.bank.key == "second"
    # 2026-01-31 is a Saturday.
    assert invoice.due_on == date(2026, 1, 30)
    assert invoice.addressee == customer.name


def test_what_comes_later_changes_no_issued_invoice(settings: Settings, tmp_path: Path) -> None:
    customer = unit_billed().customer
    row = party(customer, person="山田花子", honorific="様")
    issue_invoices(december(), on=ON, by="経理")
    before = paper_of(invoice_of(customer))
    correct_party(row, says={**said_by(row), "person": "別人"}, from_on=row.from_on, reason="異動", on=ON, by=keiri())
    (tmp_path / "seal.png").write_bytes(b"another")
    rename(customer, name="株式会社別名", from_on=date(2025, 1, 1), reason="商号変更", on=ON, by=keiri())
    assert paper_of(invoice_of(customer)) == before
    assert bytes(KeptSeal.objects.get().content) == SEAL
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(customer=customer).update(paper={})
    with pytest.raises(IntegrityError), transaction.atomic():
        KeptSeal.objects.all().update(content=b"")


def test_the_issuer_is_that_of_the_day_of_issue() -> None:
    issue_invoices(december(), on=date(2026, 2, 2), by="経理")
    assert set(Invoice.objects.values_list("issuer", flat=True)) == {"株式会社新発行"}
    paper = paper_of(Invoice.objects.order_by("pk")[0])
    assert (paper.bank, paper.issuer.seal_sha256) == (None, "")


def test_an_invoice_issued_late_is_due_later() -> None:
    issue_invoices(december(), on=date(2026, 3, 5), by="経理")
    assert set(Invoice.objects.values_list("due_on", flat=True)) == {date(2026, 3, 31)}


def test_none_is_issued_before_its_month_is_over() -> None:
    with pytest.raises(Refused, match="I-70"):
        issue_invoices(december(), on=date(2025, 12, 30), by="経理")
    assert issue_invoices(december(), on=date(2025, 12, 31), by="経理")


def test_an_account_that_the_issuer_lacks_on_the_day_stops_all(settings: Settings) -> None:
    party(unit_billed().customer, bank="second")
    with pytest.raises(Refused, match=r"2026-02-02の発行者にありません：C\d+「second」（I-71）"):
        issue_invoices(december(), on=date(2026, 2, 2), by="経理")
    assert not Invoice.objects.exists()


def test_before_the_first_issuer_nothing_is_issued(settings: Settings, tmp_path: Path) -> None:
    later = '[[issuer]]\nfrom_on = 2026-01-06\nname = "甲"\nregistration = "T8700110005901"\n'
    (tmp_path / "later").mkdir()
    settings.FINANCE_FILE = finance_file(tmp_path / "later", later)
    with pytest.raises(Refused, match="2026-01-05の発行者"):
        issue_invoices(december(), on=ON, by="経理")


@pytest.mark.parametrize(
    ("says", "field"),
    [
        pytest.param({"postal_code": "12345"}, "postal_code", id="five digits"),
        pytest.param({"postal_code": "abc"}, "postal_code", id="no digits"),
        pytest.param({"person": "山田", "honorific": "御中"}, "honorific", id="a person with 御中"),
        pytest.param({"sending": "mail"}, "email", id="a mail to nowhere"),
        pytest.param({"due_months": 1}, "due_day", id="half of the terms"),
        pytest.param({"due_months": 1, "due_day": 32}, "due_day", id="no such day"),
        pytest.param({"due_months": 13, "due_day": 1}, "due_day", id="more than a year"),
        pytest.param({"bank": "third"}, "bank", id="an account that is nobody's"),
    ],
)
def test_what_cannot_be_printed_sent_or_paid_is_refused(says: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        party(unit_billed().customer, **says)
    assert refused.value.reason.field == field
    assert not BillingParty.objects.exists()


def test_of_one_day_there_is_one_party_of_a_customer_and_of_each_group() -> None:
    unit = unit_billed()
    group = make_group(customer=unit.customer, code="G-1", addressee="甲社 経理部", by=keiri())
    row = party(unit.customer)
    party(unit.customer, group=group)
    for of in (None, group):
        with pytest.raises(Refused, match="既に記録されています"):
            party(unit.customer, group=of)
    with pytest.raises(IntegrityError), transaction.atomic():
        BillingParty.objects.create(customer=unit.customer, from_on=row.from_on)
    other = party(unit.customer, "2025-05-01")
    with pytest.raises(Refused, match="既に記録されています"):
        correct_party(other, says=said_by(other), from_on=row.from_on, reason="誤記", on=ON, by=keiri())


def test_a_group_of_another_customer_has_no_party_here() -> None:
    unit = unit_billed()
    other = Customer.objects.exclude(pk=unit.customer_id)[0]
    group = make_group(customer=other, code="G-1", addressee="乙社", by=keiri())
    with pytest.raises(Refused, match="この契約者のものではありません"):
        party(unit.customer, group=group)


def test_what_is_put_right_or_taken_back_stays_on_record() -> None:
    customer = unit_billed().customer
    first, second = party(customer, "2025-04-01", company="初め"), party(customer, "2025-10-01", company="次")
    right = correct_party(
        second, says={**said_by(second), "company": "正"}, from_on=date(2025, 11, 1), reason="誤記", on=ON, by=keiri()
    )
    second.refresh_from_db()
    assert (second.replaced_by, second.stands, right.company) == (right, False, "正")
    with pytest.raises(Refused, match="既に置き換えられ"):
        withdraw_party(second, reason="二度", on=ON, by=keiri())
    with pytest.raises(Refused, match="理由"):
        withdraw_party(right, reason=" ", on=ON, by=keiri())
    withdraw_party(right, reason="決まらなかった", on=ON, by=keiri())
    issue_invoices(december(), on=ON, by="経理")
    assert invoice_of(customer).addressee == "初め"
    assert list(BillingParty.objects.standing()) == [first]
    told = Entry.objects.filter(record="billing_party", subject=customer.code).order_by("pk")
    assert list(told.values_list("operation", flat=True)) == ["bill_to", "bill_to", "correct", "take_back"]
    with pytest.raises(IntegrityError), transaction.atomic():
        BillingParty.objects.filter(pk=first.pk).update(company="上書き")


def test_an_address_makes_no_proposal_stale() -> None:
    """No charge is computed from it: a month that was proposed can still be closed."""
    unit = unit_billed()
    before = FactsRevision.current()
    row = party(unit.customer)
    group = make_group(customer=unit.customer, code="G-1", addressee="甲", by=keiri())
    put_in_group(group, units=[unit], on=ON, by=keiri())
    set_order_number(unit, number="PO", from_on=ON, on=ON, by=keiri())
    assert FactsRevision.current() == before == row.recorded_in


def test_a_group_has_its_units_from_a_day_on_and_until_one() -> None:
    unit, by = unit_billed(), keiri()
    group = make_group(customer=unit.customer, code="G-1", addressee="甲社 経理部", by=by)
    key = (unit.customer_id, unit.pk)
    put_in_group(group, units=[unit], from_on=date(2025, 12, 1), on=ON, by=by)
    assert [key in groups_on(date(2025, 11, 30)), key in groups_on(date(2025, 12, 1))] == [False, True]
    put_in_group(group, units=[], from_on=date(2026, 1, 1), on=ON, by=by)
    assert [key in groups_on(date(2025, 12, 31)), key in groups_on(date(2026, 1, 1))] == [True, False]
    for month in (11, 12):
        issue_invoices(Month.objects.get(month=date(2025, month, 1)), on=ON, by="経理")
    [mine] = Invoice.objects.filter(group=group)
    assert (str(mine.month), mine.addressee) == ("2025-12", "甲社 経理部")
    assert list(check_ledger()) == []
    # Back in from the middle of what was said: the later row gives way to the earlier one.
    put_in_group(group, units=[unit], from_on=date(2025, 12, 15), on=ON, by=by)
    standing = BillingGroupUnit.objects.standing().values_list("from_on", "until_on")
    assert sorted(standing) == [(date(2025, 12, 1), date(2025, 12, 15)), (date(2025, 12, 15), None)]
    put_in_group(group, units=[unit], on=ON, by=by)
    assert list(BillingGroupUnit.objects.standing().values_list("from_on", "until_on")) == [(None, None)]
    put_in_group(group, units=[unit], from_on=date(2026, 5, 1), on=ON, by=by)
    assert BillingGroupUnit.objects.standing().count() == 1


def test_a_unit_is_in_one_group_of_its_customer_on_any_day() -> None:
    unit, by = unit_billed(), keiri()
    first = make_group(customer=unit.customer, code="G-1", addressee="甲", by=by)
    second = make_group(customer=unit.customer, code="G-2", addressee="乙", by=by)
    put_in_group(first, units=[unit], from_on=date(2025, 12, 1), on=ON, by=by)
    put_in_group(first, units=[], from_on=date(2026, 1, 1), on=ON, by=by)
    with pytest.raises(Refused, match="グループG-1に属しています"):
        put_in_group(second, units=[unit], from_on=date(2025, 12, 31), on=ON, by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        BillingGroupUnit.objects.create(group=second, unit=unit, until_on=date(2025, 12, 2))
    put_in_group(second, units=[unit], from_on=date(2026, 1, 1), on=ON, by=by)
    assert groups_on(date(2026, 1, 1))[unit.customer_id, unit.pk] == second.pk


def test_a_group_has_a_party_of_its_own() -> None:
    unit, by = unit_billed(), keiri()
    group = make_group(customer=unit.customer, code="G-1", addressee="甲社 大阪支店", by=by)
    put_in_group(group, units=[unit], on=ON, by=by)
    party(unit.customer, company="本社")
    party(unit.customer, group=group, sending="mail", email="osaka@example.com", customer_number="K-9")
    issue_invoices(december(), on=ON, by="経理")
    paper = paper_of(invoice_of(unit.customer, group))
    assert (paper.addressee.company, paper.addressee.customer_number) == ("甲社 大阪支店", "K-9")
    assert invoice_of(unit.customer, group).sending == "mail"


def test_the_order_number_of_the_months_last_day_is_with_its_unit() -> None:
    unit, by = unit_billed(), keiri()
    set_order_number(unit, number="PO-1", from_on=date(2025, 4, 1), on=ON, by=by)
    set_order_number(unit, number="PO-2", from_on=date(2025, 12, 31), on=ON, by=by)
    set_order_number(unit, number="", from_on=date(2026, 1, 1), on=ON, by=by)
    with pytest.raises(Refused, match="既に「PO-1」です"):
        set_order_number(unit, number=" PO-1 ", from_on=date(2025, 5, 1), on=ON, by=by)
    for month in (11, 12):
        issue_invoices(Month.objects.get(month=date(2025, month, 1)), on=ON, by="経理")
    told = InvoiceUnit.objects.filter(unit=unit).order_by("month__month").values_list("order_number", flat=True)
    assert list(told) == ["PO-1", "PO-2"]
    # Of the same day: the row is replaced.
    set_order_number(unit, number="PO-3", from_on=date(2025, 12, 31), on=ON, by=by)
    assert OrderNumber.objects.standing().count() == 3
    assert InvoiceUnit.objects.filter(unit=unit, order_number="PO-3").count() == 0


def test_what_issuing_comes_to_is_told() -> None:
    first = Customer.objects.filter(pk__in=ChargeLine.objects.filter(month=december()).values("customer")).order_by(
        "code"
    )[0]
    party(first, sending="mail", email="a@example.com", due_months=2, due_day=31)
    count = issue_invoices(december(), on=ON, by="経理")
    told = issued_in(december())
    assert told.count == count == Invoice.objects.count()
    assert told.total_yen == sum(Invoice.objects.values_list("total_yen", flat=True))
    assert (told.first_due, told.last_due) == (date(2026, 1, 31), date(2026, 2, 28))
    assert (told.by_mail, len(told.without_address)) == (1, min(count - 1, 21))
    assert told.issuer == "株式会社発行"
    assert "青空銀行" in told.bank


def test_parties_cost_no_query_each() -> None:
    for customer in Customer.objects.all():
        party(customer)
    with CaptureQueriesContext(connection) as queries:
        issue_invoices(december(), on=ON, by="経理")
    assert len(queries) <= 29
    assert all(paper_of(one).addressee.address == "東京都港区1-1" for one in Invoice.objects.all())


@pytest.mark.parametrize(
    ("issuer", "said"),
    [
        pytest.param('[[issuer]]\nfrom_on = 2014-04-01\nname = "甲"\n', "registrationがありません", id="no number"),
        pytest.param(
            '[[issuer]]\nfrom_on = 2014-04-01\nname = "甲"\nregistration = "T8700110005902"\n',
            "検査用数字",
            id="check digit",
        ),
        pytest.param(
            '[[issuer]]\nfrom_on = 2014-04-01\nname = "甲"\nregistration = "T8700110005901"\ncolour = "red"\n',
            "colourは知られていません",
            id="an unknown key",
        ),
        pytest.param(
            '[[issuer]]\nfrom_on = "2014-04-01"\nname = "甲"\nregistration = "T8700110005901"\n',
            "日付で",
            id="a day as text",
        ),
        pytest.param(
            '[[issuer]]\nfrom_on = 2014-04-01\nname = "甲"\nregistration = "T8700110005901"\nseal = "none.png"\n',
            "none.pngがありません",
            id="no seal there",
        ),
        pytest.param(
            '[[issuer]]\nfrom_on = 2014-04-01\nname = "甲"\nregistration = "T8700110005901"\nseal = "finance.toml"\n',
            ".png",
            id="no image",
        ),
        pytest.param(
            '[[issuer]]\nfrom_on = 2014-04-01\nname = "甲"\nregistration = "T8700110005901"\n'
            '[[issuer.bank]]\nkey = "a"\nname = "b"\nbranch = "c"\nkind = "普通"\nnumber = 1234567\nholder = "d"\n',
            "引用符",
            id="a number that loses its zeros",
        ),
    ],
)
def test_a_wrong_issuer_is_told_at_start(settings: Settings, tmp_path: Path, issuer: str, said: str) -> None:
    other = tmp_path / "wrong"
    other.mkdir()
    settings.FINANCE_FILE = finance_file(other, issuer)
    found = [one.msg for one in run_checks() if one.id == "billing.E002"]
    assert any(said in one for one in found), found
    with pytest.raises(ImproperlyConfigured):
        issuers()
