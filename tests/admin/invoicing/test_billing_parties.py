"""Whom we bill on screen: the party of a customer and of a group, the day of issue, what is found, sent and paid."""

from datetime import date, timedelta
from unittest import mock

from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import BillingGroup, BillingParty, Invoice, Month, OrderNumber
from billing.operations import issuing
from billing.operations.groups import make_group
from billing.operations.invoices import issue_invoices
from billing.operations.marks import mark_paid, mark_sent
from billing.operations.statement import paper_of
from contracts import clock
from contracts.models import Customer, ManagementUnit
from tests.admin.conftest import signed_in
from tests.admin.invoices import april, first_customer

PARTY = {
    "from_on": "2025-04-01",
    "company": "",
    "postal_code": "1000001",
    "address": "東京都千代田区1-1",
    "department": "経理部",
    "person": "山田花子",
    "honorific": "様",
    "sending": "mail",
    "email": "keiri@example.com",
    "due_months": "2",
    "due_day": "31",
    "due_holiday": "next",
    "bank": "second",
    "order_number": "PO-1",
    "language": "ja",
}


def test_a_party_is_set_on_the_customers_page_corrected_and_taken_back(book: None, chief: User) -> None:
    client, customer = signed_in(chief), first_customer()
    page = reverse("admin:contracts_customer_change", args=[customer.pk])
    address = reverse("admin:contracts_customer_billing-party", args=[customer.pk])
    assert address in client.get(page).text
    assert "グループ" not in client.get(address).context["form"].fields
    refused = client.post(address, {**PARTY, "honorific": "御中"})
    assert "担当者の敬称は「様」です" in refused.text
    client.post(address, PARTY)
    row = BillingParty.objects.get()
    told = client.get(page, {"part": "whole"}).text
    assert "経理部 山田花子 様" in told
    shown = client.get(reverse("admin:billing_billingparty_change", args=[row.pk])).text
    assert "〒100-0001 東京都千代田区1-1" in shown
    assert "2か月後の月末（銀行休業日は翌営業日）" in shown
    # What comes next begins with what stands.
    assert client.get(address).context["form"].initial["order_number"] == "PO-1"
    correct = reverse("admin:billing_billingparty_correct", args=[row.pk])
    client.post(correct, {**PARTY, "order_number": "PO-2", "reason": "書き間違い"})
    assert BillingParty.objects.standing().get().order_number == "PO-2"
    now = BillingParty.objects.standing().get()
    client.post(reverse("admin:billing_billingparty_take-back", args=[now.pk]), {"reason": "決まらなかった"})
    assert not BillingParty.objects.standing().exists()
    history = client.get(reverse("admin:contracts_entry_changelist"), {"record": "billing_party"}).text
    for said in ("請求先の決定", "訂正", "取消し", "PO-2", "山田花子"):
        assert said in history


def test_a_group_has_a_party_of_its_own(book: None, chief: User) -> None:
    client, customer = signed_in(chief), first_customer()
    group = make_group(customer=customer, code="G-1", addressee="甲社 大阪支店", by=chief)
    client.post(reverse("admin:billing_billinggroup_billing-party", args=[group.pk]), PARTY)
    assert BillingParty.objects.get().group == group
    client.post(
        reverse("admin:contracts_customer_billing-party", args=[customer.pk]),
        {**PARTY, "group": "G-1", "from_on": "2025-05-01"},
    )
    assert set(BillingParty.objects.values_list("group__code", flat=True)) == {"G-1"}
    assert "甲社 大阪支店" in client.get(reverse("admin:billing_billinggroup_change", args=[group.pk])).text


def test_a_group_gets_its_units_from_a_day_on(book: None, chief: User) -> None:
    client, customer = signed_in(chief), first_customer()
    group = make_group(customer=customer, code="G-1", addressee="甲社", by=chief)
    unit = ManagementUnit.objects.filter(customer=customer)[0]
    fill = reverse("admin:billing_billinggroup_fill", args=[group.pk])
    client.post(fill, {"units": unit.code, "from_on": "2025-04-01"})
    row = group.units.get()
    assert (row.unit, row.from_on) == (unit, date(2025, 4, 1))
    listed = client.get(reverse("admin:billing_billinggroup_changelist"))
    assert BillingGroup.objects.count() == 1
    assert [one.unit_count for one in listed.context["cl"].result_list] == [1]
    client.post(fill, {"units": "", "from_on": "2025-05-01"})
    listed = client.get(reverse("admin:billing_billinggroup_changelist"))
    assert [one.unit_count for one in listed.context["cl"].result_list] == [0]


def test_an_order_number_is_set_on_the_units_page(book: None, chief: User) -> None:
    client, unit = signed_in(chief), ManagementUnit.objects.order_by("pk")[0]
    client.post(
        reverse("admin:contracts_managementunit_order-number", args=[unit.pk]),
        {"number": "PO-7", "from_on": "2025-04-01"},
    )
    assert OrderNumber.objects.get().number == "PO-7"


def test_issuing_shows_what_it_comes_to_before_anything_is_issued(book: None, chief: User) -> None:
    client, month = signed_in(chief), april()
    address = reverse("admin:billing_month_issue", args=[month.pk])
    tomorrow = (clock.today() + timedelta(1)).isoformat()
    assert "今日までの日" in client.post(address, {"on": tomorrow}).text
    assert "I-70" in client.post(address, {"on": "2025-04-29"}).text
    shown = client.post(address, {"on": "2025-05-02"})
    assert not Invoice.objects.exists()
    told = "".join(shown.context["following"])
    for said in (
        "2025-05-02の日付",
        "お支払期限は2025-05-31",
        "発行者は株式会社発行",
        "青空銀行",
        "住所の記録がありません",
    ):
        assert said in told
    again = client.post(address, {"on": "2025-05-03", "confirmed": "1", "seen": shown.context["seen"]})
    assert "following" in again.context, "another day than was shown"
    assert not Invoice.objects.exists()
    with mock.patch.object(issuing, "issue_invoices", wraps=issuing.issue_invoices) as done:
        client.post(address, {"on": "2025-05-02", "confirmed": "1", "seen": shown.context["seen"]})
    assert done.call_count == 1, "what was shown is not rehearsed once more"
    count = Invoice.objects.count()
    assert f"{count}通" in told
    assert set(Invoice.objects.values_list("issued_on", flat=True)) == {date(2025, 5, 2)}


def test_the_invoices_page_says_whom_it_went_to(book: None, chief: User) -> None:
    client, customer = signed_in(chief), first_customer()
    client.post(reverse("admin:contracts_customer_billing-party", args=[customer.pk]), PARTY)
    issue_invoices(april(), on=date(2025, 5, 2), by="経理")
    invoice = Invoice.objects.get(customer=customer)
    shown = client.get(reverse("admin:billing_invoice_change", args=[invoice.pk])).text
    for said in ("山田花子 様", "PO-1", "朝日銀行", "メール", "2025-06-30"):
        assert said in shown
    assert paper_of(invoice).addressee.email == "keiri@example.com"


def test_the_pages_ask_few_queries(issued: Month, chief: User) -> None:
    client = signed_in(chief)
    for one in Invoice.objects.order_by("number"):
        mark_sent(one, sent_on=date(2025, 5, 7), way="post", on=clock.today(), by=chief)
        if one.total_yen:
            mark_paid(one, paid_on=date(2025, 5, 7), on=clock.today(), by=chief)
    for customer in Customer.objects.all():
        client.post(reverse("admin:contracts_customer_billing-party", args=[customer.pk]), PARTY)
    pages = {
        "invoices": reverse("admin:billing_invoice_changelist") + "?issued_from=2025-05-01&party=C",
        "marks": reverse("admin:billing_invoicemark_changelist"),
        "parties": reverse("admin:billing_billingparty_changelist"),
    }
    for name, address in pages.items():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        assert len(queries) <= 12, (name, len(queries))
