"""請求書 on screen and on paper: the document that is sent, in Japanese whatever the screen speaks."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import BillingGroup, ChargeLine, Invoice, Month
from billing.operations.invoices import issue_invoices
from contracts.models import Customer, ManagementUnit
from tests.admin.conftest import signed_in


@pytest.fixture
def issued(book: None) -> Month:
    month = Month.objects.get(month=date(2025, 4, 1))
    issue_invoices(month, on=date(2025, 5, 2), by="経理")
    return month


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_document_says_what_the_law_asks(issued: Month, chief: User, language: str) -> None:
    invoice = Invoice.objects.order_by("number")[0]
    page = signed_in(chief, language).get(reverse("admin:billing_invoice_print", args=[invoice.pk])).text
    for said in (invoice.addressee, "御中", invoice.issuer, invoice.registration, invoice.number, "10%対象"):
        assert said in page
    assert "2025年4月1日〜2025年4月30日" in page
    assert f"¥{invoice.total_yen:,}" in page
    assert "2025年5月31日" in page


def test_every_line_of_the_invoice_is_on_it(issued: Month, chief: User) -> None:
    invoice = Invoice.objects.order_by("-line_count")[0]
    page = signed_in(chief).get(reverse("admin:billing_invoice_print", args=[invoice.pk])).text
    lines = ChargeLine.objects.filter(month=issued, unit__in=invoice.units.values("unit"))
    assert lines.count() == invoice.line_count
    assert all(line.basis in page for line in lines)


def test_all_of_a_month_are_one_document_in_few_queries(issued: Month, chief: User) -> None:
    client = signed_in(chief)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(reverse("admin:billing_invoice_print-all", args=[issued.pk]))
        page = b"".join(answer.streaming_content).decode()
    assert page.count('<article class="invoice">') == Invoice.objects.count()
    assert len(queries) <= 15


def test_finance_issues_by_a_button_once(book: None, chief: User) -> None:
    client, month = signed_in(chief), Month.objects.get(month=date(2025, 4, 1))
    address = reverse("admin:billing_month_issue", args=[month.pk])
    assert client.get(address).status_code == 200
    client.post(address, {"sure": "1"})
    assert Invoice.objects.exists()
    assert client.get(address).status_code == 302
    assert "すべての請求書を印刷" in client.get(reverse("admin:billing_month_change", args=[month.pk])).text


def test_a_group_is_made_and_filled(book: None, chief: User) -> None:
    client, customer = signed_in(chief), Customer.objects.order_by("pk")[0]
    unit = ManagementUnit.objects.filter(customer=customer)[0]
    values = {"customer": customer.code, "code": "G-1", "addressee": "甲社 経理部"}
    client.post(reverse("admin:billing_billinggroup_make"), values)
    group = BillingGroup.objects.get()
    fill = reverse("admin:billing_billinggroup_fill", args=[group.pk])
    assert "管理単位がありません：U-NONE" in client.post(fill, {"units": f"{unit.code}\nU-NONE"}).text
    client.post(fill, {"units": unit.code})
    assert list(group.units.values_list("unit__code", flat=True)) == [unit.code]
