"""Invoices are found by day, amount and party, marked as sent and paid, by one button or by a list of receipts."""

import re
from datetime import date
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from billing.models import Invoice, InvoiceMark, Month, Receipts
from billing.operations.close_month import close_month
from billing.operations.groups import make_group, put_in_group
from billing.operations.invoices import issue_invoices
from billing.operations.marks import mark_paid, mark_sent
from billing.operations.parties import set_order_number, set_party, withdraw_party
from contracts import clock
from contracts.models import Customer, ManagementUnit
from tests.admin.conftest import signed_in
from tests.admin.invoices import april, first_customer


def search(client: Client, **asked: str) -> set[str]:
    rows = client.get(reverse("admin:billing_invoice_changelist"), asked).context["cl"].result_list
    return {row.number for row in rows}


def test_invoices_are_found_by_day_amount_and_party_together(issued: Month, chief: User) -> None:
    client = signed_in(chief)
    rows = list(Invoice.objects.select_related("customer").order_by("total_yen"))
    middle = rows[len(rows) // 2]
    every = {row.number for row in rows}
    assert search(client, issued_from="2025-05-02", issued_to="2025-05-02") == every
    assert search(client, issued_from="2025-05-03") == search(client, issued_to="2025-05-01") == set()
    above = search(client, yen_from=str(middle.total_yen))
    assert above == {row.number for row in rows if row.total_yen >= middle.total_yen}
    assert search(client, yen_from=str(middle.total_yen), yen_to=str(middle.total_yen)) == {
        row.number for row in rows if row.total_yen == middle.total_yen
    }
    code = middle.customer.code
    assert search(client, party=code) == {row.number for row in rows if row.customer.code == code}
    assert search(client, party=middle.customer.name, yen_from=str(middle.total_yen), issued_from="2025-05-01") == {
        row.number for row in rows if row.customer == middle.customer and row.total_yen >= middle.total_yen
    }
    assert search(client, party=code, yen_from=str(middle.total_yen + 1), yen_to=str(middle.total_yen + 1)) == set()


def test_invoices_are_found_by_the_order_number_that_they_say(book: None, chief: User) -> None:
    """Of the party or of a unit, as it stood at the issue; signs and case apart."""
    customer, on = first_customer(), date(2025, 5, 2)
    unit = ManagementUnit.objects.filter(pk__in=april().lines.exclude(customer=customer).values("unit"))[0]
    party = set_party(customer, from_on=date(2025, 4, 1), says={"order_number": "PO-77"}, on=on, by=chief)
    set_order_number(unit, number="AB/2025", from_on=date(2025, 4, 1), on=on, by=chief)
    issue_invoices(april(), on=on, by="経理")
    withdraw_party(party, reason="終了", on=on, by=chief)
    set_party(customer, from_on=date(2025, 4, 1), says={"order_number": "ZZ-9"}, on=on, by=chief)
    set_order_number(unit, number="CD-1", from_on=date(2025, 4, 1), on=on, by=chief)
    own = {Invoice.objects.get(customer=customer).number}
    others = set(Invoice.objects.filter(units__unit=unit).values_list("number", flat=True))
    client = signed_in(chief)
    assert own != others
    assert search(client, ordered="po77") == search(client, ordered="PO-7") == own
    assert search(client, ordered="AB2025") == others
    assert (
        search(client, ordered="CD-1")
        == search(client, ordered="ZZ-9")
        == search(client, ordered="77")
        == search(client, ordered="-")
        == set()
    )
    assert search(client, ordered="PO-77", party=unit.customer.code) == set()


def test_invoices_are_found_by_the_name_that_they_are_addressed_to(book: None, chief: User) -> None:
    """The party's, whoever the customer is: that is the 取引先 of the paper. Another customer's and a later name find nothing of it."""
    customer, on = first_customer(), date(2025, 5, 2)
    other = Customer.objects.exclude(pk=customer.pk).order_by("code")[0]
    set_party(customer, from_on=date(2025, 4, 1), says={"company": "Kaede経理代行株式会社"}, on=on, by=chief)
    issue_invoices(april(), on=on, by="経理")
    set_party(customer, from_on=date(2025, 5, 3), says={"company": "後の名称"}, on=on, by=chief)
    set_party(other, from_on=date(2025, 5, 3), says={"company": "Kaede経理代行株式会社"}, on=on, by=chief)
    own = {Invoice.objects.get(customer=customer).number}
    client = signed_in(chief)
    assert (
        search(client, party="経理代行") == search(client, party="KAEDE") == search(client, party=customer.code) == own
    )
    assert search(client, party="経理代行", issued_from="2025-05-03") == search(client, party="後の名称") == set()


def test_invoices_are_found_by_the_name_of_their_group(book: None, chief: User) -> None:
    customer, on = first_customer(), date(2025, 5, 2)
    group = make_group(customer=customer, code="G-1", addressee="つばき事業部", by=chief)
    put_in_group(group, units=list(ManagementUnit.objects.filter(customer=customer)), on=on, by=chief)
    issue_invoices(april(), on=on, by="経理")
    client = signed_in(chief)
    assert search(client, party="つばき") == set(Invoice.objects.filter(group=group).values_list("number", flat=True))
    assert Invoice.objects.filter(group=group).exists()


def test_what_is_no_day_finds_nothing_and_says_so(issued: Month, chief: User) -> None:
    answer = signed_in(chief).get(reverse("admin:billing_invoice_changelist"), {"issued_from": "2025-02-30"})
    assert not answer.context["cl"].result_list
    assert 'role="alert"' in answer.text


def test_the_search_keeps_what_else_narrows_the_list(issued: Month, chief: User) -> None:
    answer = signed_in(chief).get(reverse("admin:billing_invoice_changelist"), {"state": "unpaid", "q": "2025"})
    form = answer.text.partition('class="wanted"')[2].partition("</form>")[0]
    assert '<input type="hidden" name="state" value="unpaid">' in form


def test_a_search_looks_at_every_month(issued: Month, chief: User) -> None:
    """Without one the list has the newest month, which has no invoices here."""
    Month.objects.create(month=date(2031, 1, 1), facts_revision=1)
    client = signed_in(chief)
    assert search(client) == set()
    assert search(client, issued_from="2025-05-01")
    assert search(client, state="unsent")


def test_what_became_of_an_invoice_is_seen_and_filtered(issued: Month, chief: User) -> None:
    client = signed_in(chief)
    one, two, *_rest = Invoice.objects.order_by("number")
    client.post(reverse("admin:billing_invoice_sent", args=[one.pk]), {"sent_on": "2025-05-07", "way": "post"})
    client.post(reverse("admin:billing_invoice_paid", args=[two.pk]), {"paid_on": "2025-05-30"})
    shown = client.get(reverse("admin:billing_invoice_changelist"), {"month": "2025-04"}).text
    assert "送付 05-07" in shown
    assert "入金 05-30" in shown
    every = set(Invoice.objects.values_list("number", flat=True))
    assert search(client, state="unsent") == every - {one.number}
    assert search(client, state="unpaid") == every - {two.number}
    assert search(client, state="overdue") == every - {two.number}
    assert search(client, state="paid") == {two.number}
    page = client.get(reverse("admin:billing_invoice_change", args=[two.pk])).text
    assert "入金済みにする" not in page
    mark = InvoiceMark.objects.get(kind="paid")
    client.post(reverse("admin:billing_invoicemark_take-back", args=[mark.pk]), {"reason": "別の契約者の入金"})
    assert search(client, state="paid") == set()


def test_the_months_page_tells_what_became_of_its_invoices(book: None, chief: User) -> None:
    """Each count with its yen, and the list of as many; nothing before the issue, and nothing of another month."""
    client, address = signed_in(chief), reverse("admin:billing_month_change", args=[april().pk])
    counted = re.compile(
        r'<a href="([^"]+)">(発行|未送付|未入金|期限超過)</a></th><td class="number">([\d,]+)</td><td class="number">([-−\d,]+)'
    )
    assert not counted.search(client.get(address).text)
    issue_invoices(april(), on=date(2025, 5, 2), by="経理")
    parked = close_month(date(2025, 5, 1), on=date(2025, 6, 5), by="経理").parked
    close_month(date(2025, 5, 1), on=date(2025, 6, 5), by="経理", leave_out=[one.number for one in parked])
    issue_invoices(Month.objects.get(month=date(2025, 5, 1)), on=clock.today(), by="経理")
    one, two, *_rest = Invoice.objects.filter(month=april()).order_by("number")
    mark_sent(one, sent_on=date(2025, 5, 7), way="post", on=clock.today(), by=chief)
    mark_paid(one, paid_on=date(2025, 5, 30), on=clock.today(), by=chief)
    mark_paid(two, paid_on=date(2025, 5, 30), on=clock.today(), by=chief)
    found = {
        name: (address, int(count.replace(",", "")), yen)
        for address, name, count, yen in counted.findall(client.get(address).text)
    }
    rows = list(Invoice.objects.filter(month=april()))
    expected = {
        "発行": rows,
        "未送付": [row for row in rows if row != one],
        "未入金": [row for row in rows if row not in (one, two)],
        "期限超過": [row for row in rows if row not in (one, two)],
    }
    assert {name: (count, yen) for name, (_address, count, yen) in found.items()} == {
        name: (len(some), f"{sum(row.total_yen for row in some):,}") for name, some in expected.items()
    }
    for name, (place, count, _yen) in found.items():
        listed = client.get(unescape(place)).context["cl"].result_list
        assert {row.number for row in listed} == {row.number for row in expected[name]}
        assert len(listed) == count
    may = reverse("admin:billing_month_change", args=[Month.objects.get(month=date(2025, 5, 1)).pk])
    of_may = {name: count for _address, name, count, _yen in counted.findall(client.get(may).text)}
    assert of_may["期限超過"] == "0"
    assert of_may["未入金"] == of_may["発行"] == of_may["未送付"]


def test_an_invoice_that_is_not_due_is_not_overdue(book: None, chief: User) -> None:
    issue_invoices(april(), on=clock.today(), by="経理")
    client = signed_in(chief)
    assert search(client, state="unpaid")
    assert search(client, state="overdue") == set()


def test_all_of_a_month_are_marked_sent_by_one_button(issued: Month, chief: User) -> None:
    client, count = signed_in(chief), Invoice.objects.count()
    address = reverse("admin:billing_month_sent", args=[issued.pk])
    shown = client.post(address, {"way": "post", "sent_on": "2025-05-07"})
    assert f"{count}通を、2025-05-07に送付済みとします。" in shown.context["following"]
    client.post(address, {"way": "post", "sent_on": "2025-05-07", "confirmed": "1", "seen": shown.context["seen"]})
    assert not Invoice.objects.filter(sent_on=None).exists()
    assert client.get(address).status_code == 302


def test_receipts_are_read_shown_and_only_then_recorded(issued: Month, chief: User) -> None:
    client = signed_in(chief)
    one, two, *_rest = Invoice.objects.order_by("number")
    text = f"請求書番号,入金日,金額\n{one.number},2025-05-30,{one.total_yen}\n{two.number},2025-05-30,{two.total_yen - 1}\n"
    read = reverse("admin:billing_receipts_read")
    answer = client.post(read, {"file": SimpleUploadedFile("入金.csv", text.encode("cp932"))})
    row = Receipts.objects.get()
    page = reverse("admin:billing_receipts_change", args=[row.pk])
    assert answer.headers["Location"] == page
    shown = client.get(page)
    assert (shown.context["fits_count"], shown.context["doubtful_count"]) == (1, 1)
    assert "差額-1円" in shown.text
    assert not InvoiceMark.objects.exists()
    again = client.post(read, {"file": SimpleUploadedFile("again.csv", text.encode("cp932"))})
    assert "同じ内容のファイル" in again.text
    take = reverse("admin:billing_receipts_take", args=[row.pk])
    told = client.get(take)
    assert f"1通（{one.total_yen:,}円）を入金済みとします。" in told.context["following"]
    client.post(take, {"confirmed": "1", "seen": told.context["seen"]})
    assert list(InvoiceMark.objects.values_list("invoice", "receipts")) == [(one.pk, row.pk)]
    after = client.get(page).text
    assert "差額-1円" in after
    assert "入金済みにした請求書" in after
    assert client.get(take).status_code == 302


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n"])
def test_what_is_no_list_of_receipts_is_refused_at_its_field(book: None, chief: User, content: bytes) -> None:
    answer = signed_in(chief).post(
        reverse("admin:billing_receipts_read"), {"file": SimpleUploadedFile("x.csv", content)}
    )
    assert answer.status_code == 200
    assert answer.context["form"].errors["file"]
    assert not Receipts.objects.exists()
