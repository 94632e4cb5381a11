"""請求書: issued once and whole, numbered without a gap, kept as issued; every line of the month is on one of them."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from billing.models import BillingGroup, BillingGroupUnit, ChargeLine, Invoice, InvoiceRate, InvoiceUnit, Month
from billing.operations import invoices as operations
from billing.operations.check_invoices import invoice_numbers_have_no_gap, invoices_are_the_lines
from billing.operations.check_ledger import check_ledger
from billing.operations.close_month import close_month
from billing.operations.groups import make_group, put_in_group
from billing.operations.invoices import issue_invoices
from contracts import clock
from contracts.models import Customer, Entry, ManagementUnit
from contracts.operations.import_book import import_book
from contracts.operations.refusal import Refused
from tests.conftest import SAMPLE
from tests.worlds import world

ON = date(2026, 1, 5)


def _closed() -> None:
    """The sample's months with reductions in them, closed."""
    import_book(SAMPLE, by="試験", on=clock.today())
    for month in range(1, 13):
        close_month(date(2025, month, 1), on=ON, by="試験")


months = world("the sample with 2025 closed", _closed)


def december() -> Month:
    return Month.objects.get(month=date(2025, 12, 1))


@pytest.mark.usefixtures("months")
def test_every_line_is_on_one_invoice() -> None:
    month = december()
    issued = issue_invoices(month, on=ON, by="経理")
    lines = ChargeLine.objects.filter(month=month)
    assert issued == Invoice.objects.count() == lines.values("customer").distinct().count()
    assert sum(Invoice.objects.values_list("line_count", flat=True)) == lines.count()
    before_tax = sum(invoice.total_yen - invoice.tax_yen for invoice in Invoice.objects.all())
    assert before_tax == lines.aggregate(Sum("amount_yen"))["amount_yen__sum"] == month.total_yen
    assert list(invoices_are_the_lines()) == list(invoice_numbers_have_no_gap()) == []
    assert InvoiceRate.objects.filter(returned_yen__lt=0).exists()


@pytest.mark.usefixtures("months")
def test_numbers_follow_the_customers_without_a_gap() -> None:
    issued = issue_invoices(december(), on=ON, by="経理")
    found = list(Invoice.objects.order_by("number").values_list("number", "customer__code"))
    assert [number for number, _code in found] == [f"2025-12-{n:05}" for n in range(1, issued + 1)]
    assert [code for _number, code in found] == sorted(code for _number, code in found)


@pytest.mark.usefixtures("months")
def test_issued_once() -> None:
    assert issue_invoices(december(), on=ON, by="経理")
    assert issue_invoices(december(), on=date(2026, 2, 1), by="経理") == 0
    assert set(Invoice.objects.values_list("issued_on", flat=True)) == {ON}
    assert Entry.objects.filter(operation="issue").count() == 1


@pytest.mark.usefixtures("months")
def test_what_fails_half_way_leaves_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object) -> None:
        raise OSError("途中で止まる")

    with monkeypatch.context() as broken:
        broken.setattr(operations, "statements", fails)
        with pytest.raises(OSError, match="途中で止まる"):
            issue_invoices(december(), on=ON, by="経理")
    assert Invoice.objects.count() == 0
    issue_invoices(december(), on=ON, by="経理")
    assert list(invoice_numbers_have_no_gap()) == []


@pytest.mark.usefixtures("months")
def test_an_open_month_has_no_invoices() -> None:
    opened = Month.objects.create(month=date(2026, 1, 1), facts_revision=1)
    with pytest.raises(Refused, match="まだ締められていません"):
        issue_invoices(opened, on=ON, by="経理")


@pytest.mark.usefixtures("months")
def test_a_wrong_registration_number_stops_it(settings: Settings) -> None:
    settings.INVOICE_REGISTRATION = "T1234567890123"
    with pytest.raises(Refused, match="検査用数字"):
        issue_invoices(december(), on=ON, by="経理")


@pytest.mark.usefixtures("months")
def test_a_group_gets_an_invoice_of_its_own(django_user_model) -> None:
    by = django_user_model.objects.create_user("keiri")
    unit = ManagementUnit.objects.filter(pk__in=ChargeLine.objects.filter(month=december()).values("unit"))[0]
    group = make_group(customer=unit.customer, code="G-1", addressee="青葉精機株式会社 情報システム部", by=by)
    put_in_group(group, units=[unit], on=ON, by=by)
    issue_invoices(december(), on=ON, by="経理")
    mine = Invoice.objects.get(group=group)
    assert mine.addressee == "青葉精機株式会社 情報システム部"
    assert mine.line_count == ChargeLine.objects.filter(month=december(), unit=unit).count()
    assert list(check_ledger()) == [], "the journal rounds tax once an invoice too"
    # What is grouped later moves nothing that is issued.
    put_in_group(group, units=[], on=ON, by=by)
    assert list(InvoiceUnit.objects.filter(invoice=mine).values_list("unit", flat=True)) == [unit.pk]
    assert list(invoices_are_the_lines()) == []


@pytest.mark.usefixtures("months")
def test_a_unit_of_another_customer_is_in_no_group(django_user_model) -> None:
    by = django_user_model.objects.create_user("keiri")
    one, other = Customer.objects.order_by("pk")[:2]
    group = make_group(customer=one, code="G-1", addressee="甲", by=by)
    strange = ManagementUnit.objects.filter(customer=other)[0]
    with pytest.raises(Refused, match="グループの契約者の管理単位ではありません"):
        put_in_group(group, units=[strange], on=ON, by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        BillingGroupUnit.objects.create(group=group, unit=strange)


@pytest.mark.usefixtures("months")
@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("UPDATE billing_invoice SET total_yen = 0", id="an amount"),
        pytest.param("UPDATE billing_invoice SET addressee = '他人'", id="an addressee"),
        pytest.param("UPDATE billing_invoicerate SET tax_yen = 0", id="a tax"),
        pytest.param("DELETE FROM billing_invoicerate", id="a rate away"),
        pytest.param("DELETE FROM billing_invoiceunit", id="a unit away"),
        pytest.param("UPDATE billing_invoiceunit SET lines = '[]'", id="what it says"),
    ],
)
def test_what_is_issued_stays(sql: str) -> None:
    issue_invoices(december(), on=ON, by="経理")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.usefixtures("months")
@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        pytest.param("billing_invoice", "total_yen = total_yen + 1", "異なります", id="a yen more"),
        pytest.param("billing_invoicerate", "tax_yen = tax_yen - 1", "税率ごとの額", id="a yen of tax less"),
        pytest.param("billing_invoice", "number = number || 'x'", "欠番又は重複", id="a number"),
        pytest.param("billing_invoiceunit", "lines = '[]'", "記載（0行）が、明細と異なります", id="what it says"),
    ],
)
def test_the_check_finds_what_was_tampered_with(table: str, change: str, said: str) -> None:
    issue_invoices(december(), on=ON, by="経理")
    assert list(check_ledger()) == []
    first = Invoice.objects.order_by("pk")[0].pk
    column = "id" if table == "billing_invoice" else "invoice_id"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            cursor.execute(f"DROP TRIGGER guard_ledger_{table.removeprefix('billing_')}_invoice_issued_update")
        cursor.execute(f"UPDATE {table} SET {change} WHERE {column} = {first}")
    assert any(said in fault for fault in check_ledger())


@pytest.mark.usefixtures("months")
def test_the_number_of_queries_does_not_grow_with_customers() -> None:
    with CaptureQueriesContext(connection) as queries:
        issue_invoices(december(), on=ON, by="経理")
    # Three of them read back what was issued, for the hash that the history keeps.
    assert len(queries) <= 25


@pytest.mark.usefixtures("months")
def test_the_command_issues_and_says_so() -> None:
    out = StringIO()
    call_command("issue_invoices", "2025-12", "--on", "2026-01-05", stdout=out)
    call_command("issue_invoices", "2025-12", stdout=out)
    assert "通発行しました" in out.getvalue()
    assert "発行済みです" in out.getvalue()
    with pytest.raises(CommandError, match="2030-01はまだ締められていません"):
        call_command("issue_invoices", "2030-01")
    with pytest.raises(CommandError, match="2099-01-01は未来の日です"):
        call_command("issue_invoices", "2025-12", "--on", "2099-01-01")


def test_a_group_needs_its_name(db: None) -> None:
    customer = Customer.objects.create(code="C", name="甲")
    with pytest.raises(IntegrityError), transaction.atomic():
        BillingGroup.objects.create(customer=customer, code="G", addressee="")
