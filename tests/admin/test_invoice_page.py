"""請求書 on screen and on paper: the document that is sent, in Japanese whatever the screen speaks."""

import io
import zipfile
from datetime import date
from urllib.parse import quote

import pypdf
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.formats.documents.printer import printed
from billing.formats.documents.words import yen
from billing.models import BillingGroup, ChargeLine, Document, DocumentMail, Invoice, InvoiceUnit, Month
from billing.operations.documents.invoice_told import told_of
from billing.operations.documents.making import make_missing
from billing.operations.groups import make_group, put_in_group
from billing.operations.invoices import issue_invoices
from contracts.models import Contract, Customer, ManagementUnit
from tests.admin.conftest import signed_in
from tests.billing.documents import text_of


@pytest.fixture
def issued(book: None) -> Month:
    month = Month.objects.get(month=date(2025, 4, 1))
    issue_invoices(month, on=date(2025, 5, 2), by="経理")
    return month


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_document_says_what_the_law_asks(issued: Month, chief: User, language: str) -> None:
    invoice = Invoice.objects.order_by("number")[0]
    answer = signed_in(chief, language).get(reverse("admin:billing_invoice_print", args=[invoice.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert (
        quote(f"20250502_{invoice.addressee}_{invoice.total_yen}_{invoice.number}.pdf") in answer["Content-Disposition"]
    )
    text = text_of(answer.content)
    for said in (invoice.addressee, "御中", invoice.issuer, invoice.registration, invoice.number, "10%対象"):
        assert said in text
    assert "2025年4月1日〜2025年4月30日" in text
    assert f"¥{invoice.total_yen:,}" in text


def test_every_line_of_the_invoice_is_on_it(issued: Month, chief: User) -> None:
    invoice = Invoice.objects.order_by("-line_count")[0]
    text = text_of(signed_in(chief).get(reverse("admin:billing_invoice_print", args=[invoice.pk])).content)
    lines = ChargeLine.objects.filter(month=issued, unit__in=invoice.units.values("unit"))
    assert lines.count() == invoice.line_count
    assert all(line.target.number in text and yen(line.amount_yen) in text for line in lines)


def test_it_is_the_same_file_whoever_opens_it_again(issued: Month, chief: User) -> None:
    invoice = Invoice.objects.order_by("number")[0]
    address = reverse("admin:billing_invoice_print", args=[invoice.pk])
    first = signed_in(chief).get(address).content
    (kept,) = Document.whole.all()
    assert first == signed_in(chief).get(address).content == kept.pdf
    assert signed_in(chief).get(reverse("admin:billing_document_pdf", args=[kept.pk])).content == first


def test_all_of_a_month_are_one_document_in_few_queries(issued: Month, chief: User) -> None:
    client = signed_in(chief)
    address = reverse("admin:billing_invoice_print-all", args=[issued.pk])
    answer = client.get(address, follow=True)
    assert "まだPDFのない請求書が" in answer.text
    make_missing(issued, by="経理")
    with CaptureQueriesContext(connection) as queries:
        pages = pypdf.PdfReader(io.BytesIO(b"".join(client.get(address).streaming_content)))
    assert len(pages.outline) == Invoice.objects.count()
    assert len(queries) <= 15
    with CaptureQueriesContext(connection) as queries:
        files = b"".join(client.get(reverse("admin:billing_invoice_zip-all", args=[issued.pk])).streaming_content)
    assert len(zipfile.ZipFile(io.BytesIO(files)).namelist()) == Invoice.objects.count()
    assert len(queries) <= 15


def test_an_invoice_is_issued_again_and_sent_by_its_buttons(issued: Month, chief: User) -> None:
    client, invoice = signed_in(chief), Invoice.objects.order_by("number")[0]
    again = reverse("admin:billing_invoice_reissue", args=[invoice.pk])
    assert "再発行の理由" in client.get(again).text
    client.post(again, {"on": "2025-06-01", "reason": "紛失", "sure": "1"})
    assert list(Document.objects.order_by("edition").values_list("edition", flat=True)) == [0, 1]
    mail = reverse("admin:billing_invoice_mail", args=[invoice.pk])
    client.post(mail, {"to": "keiri@example.jp"})
    sent = DocumentMail.objects.get()
    assert (sent.to, sent.state, sent.document.edition) == ("keiri@example.jp", "waiting", 0)
    assert "既に依頼しています" in client.post(mail, {"to": "keiri@example.jp"}).text
    assert "keiri@example.jp" in client.get(reverse("admin:billing_documentmail_changelist")).text
    page = client.get(reverse("admin:billing_invoice_change", args=[invoice.pk])).text
    assert f"{invoice.number}-1" in page


def test_finance_issues_by_a_button_once(book: None, chief: User) -> None:
    client, month = signed_in(chief), Month.objects.get(month=date(2025, 4, 1))
    address = reverse("admin:billing_month_issue", args=[month.pk])
    assert client.get(address).status_code == 200
    client.post(address, {"on": "2025-05-02", "confirmed": "1"})
    assert Invoice.objects.exists()
    assert client.get(address).status_code == 302
    assert "すべての請求書をZIPで" in client.get(reverse("admin:billing_month_change", args=[month.pk])).text


def test_a_group_is_made_and_filled(book: None, chief: User) -> None:
    client, customer = signed_in(chief), Customer.objects.order_by("pk")[0]
    unit = ManagementUnit.objects.filter(customer=customer)[0]
    values = {"customer": customer.code, "code": "G-1", "addressee": "甲社 経理部"}
    client.post(reverse("admin:billing_billinggroup_make"), values)
    group = BillingGroup.objects.get()
    fill = reverse("admin:billing_billinggroup_fill", args=[group.pk])
    assert (
        "管理単位がありません：U-NONE"
        in client.post(fill, {"units": f"{unit.code}\nU-NONE", "from_on": "2025-04-01"}).text
    )
    client.post(fill, {"units": unit.code, "from_on": "2025-04-01"})
    assert list(group.units.values_list("unit__code", flat=True)) == [unit.code]


def test_an_issued_invoice_says_what_it_said(issued: Month, chief: User) -> None:
    """Facts that come later name its targets otherwise, its unit too; its words are those of the day of issue."""
    contract = Contract.objects.filter(category="basic").order_by("pk")[0]
    unit = contract.target.unit
    invoice = Invoice.objects.get(units__unit=unit)
    address = reverse("admin:billing_invoice_print", args=[invoice.pk])
    before = text_of(printed("invoice", told_of([invoice])[0]))
    assert "ベーシック" in before
    assert unit.name in before
    contract.target.changes.create(
        what="category",
        to_name="advanced",
        application=contract.target.application,
        effective_on=date(2025, 4, 1),
    )
    ManagementUnit.objects.filter(pk=unit.pk).update(name="別の名前")
    assert text_of(signed_in(chief).get(address).content) == before


def test_a_line_is_named_as_it_stood_on_its_days(book: None) -> None:
    contract = Contract.objects.filter(category="basic", target__billing_starts_on__lte="2025-04-01").order_by("pk")[0]
    contract.target.changes.create(
        what="category",
        to_name="advanced",
        application=contract.target.application,
        effective_on=date(2025, 4, 11),
    )
    month = Month.objects.get(month=date(2025, 4, 1))
    issue_invoices(month, on=date(2025, 5, 2), by="経理")
    [stated] = InvoiceUnit.objects.filter(unit=contract.target.unit)
    [line] = [line for line in stated.lines if line["number"] == contract.target.number]
    assert (line["from_on"], line["to_on"], line["days"]) == ("2025-04-01", "2025-04-30", 30)
    assert line["name"] == "ベーシック → アドバンスト"


def test_an_invoice_leads_to_its_own_lines(book: None, chief: User) -> None:
    """Not to those of another invoice of its customer."""
    month = Month.objects.get(month=date(2025, 4, 1))
    lines = ChargeLine.objects.filter(month=month)
    customer = next(
        c for c in Customer.objects.order_by("pk") if lines.filter(customer=c).values("unit").distinct().count() > 1
    )
    units = ManagementUnit.objects.filter(customer=customer, pk__in=lines.values("unit")).order_by("pk")
    put_in_group(
        make_group(customer=customer, code="G-1", addressee="甲", by=chief),
        units=[units[0]],
        on=date(2025, 5, 2),
        by=chief,
    )
    issue_invoices(month, on=date(2025, 5, 2), by="経理")
    for invoice in Invoice.objects.filter(customer=customer):
        page = signed_in(chief).get(reverse("admin:billing_invoice_change", args=[invoice.pk]))
        [address] = [place for label, place in page.context["links"] if str(label) == "この請求書の明細"]
        shown = signed_in(chief).get(address).context["cl"]
        assert shown.result_count == invoice.line_count
        assert {row.unit_id for row in shown.result_list} <= set(invoice.units.values_list("unit", flat=True))
