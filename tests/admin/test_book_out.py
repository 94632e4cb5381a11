"""The book out of the admin: of everything, of a customer, of a unit — for whoever may take reports out, and in the history."""

import zipfile
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from contracts.models import Contract, Customer, Entry, ManagementUnit
from tests.admin.books import person
from tests.admin.conftest import signed_in

pytestmark = pytest.mark.usefixtures("book")
OUT = "admin:contracts_bookupload_out"


def taken(client: Any, **given: str) -> bytes:
    answer = client.post(reverse(OUT), {"form": "xlsx", "headings": "ja", **given})
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment"), answer.text[:2000]
    return b"".join(answer.streaming_content)


def test_of_everything_of_a_customer_and_of_a_unit() -> None:
    client, unit = (
        signed_in(person("営業責任者", "kato")),
        ManagementUnit.objects.select_related("customer").order_by("pk")[0],
    )
    all_of_them, of_customer, of_unit = (
        openpyxl.load_workbook(BytesIO(taken(client, **given)))["契約"].max_row - 1
        for given in ({}, {"customer": unit.customer.code}, {"unit": f" {unit.code.lower()} "})
    )
    contracts = Contract.objects.all()
    assert all_of_them == contracts.count()
    assert of_customer == contracts.filter(target__unit__customer=unit.customer).count()
    assert of_unit == contracts.filter(target__unit=unit).count()
    told = Entry.objects.filter(record="book_export").order_by("pk").values_list("subject", "actor", "unit_id")
    assert list(told) == [("*", "kato", None), (unit.customer.code, "kato", None), (unit.code, "kato", unit.pk)]


def test_as_csv_with_english_headings() -> None:
    content = taken(signed_in(person("監査")), form="csv", headings="en")
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert "contracts.csv" in archive.namelist()
        assert archive.read("customers.csv").decode("utf-8-sig").startswith("code,name,kana\n")


def test_the_pages_of_a_customer_and_of_a_unit_lead_there() -> None:
    lead, sales = signed_in(person("営業責任者")), signed_in(person("営業担当"))
    for row, name in (
        (Customer.objects.order_by("pk")[0], "customer"),
        (ManagementUnit.objects.order_by("pk")[0], "unit"),
    ):
        page = reverse(f"admin:contracts_{row._meta.model_name}_change", args=[row.pk])
        address = f"{reverse(OUT)}?{name}={row.code}"
        assert address in lead.get(page).text
        assert reverse(OUT) not in sales.get(page).text
        assert f'value="{row.code}"' in lead.get(address).text


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"customer": "C-NONE"}, "「C-NONE」は登録されていません"),
        ({"customer": "C1", "unit": "U1"}, "どちらか一つ"),
        ({"form": "pdf"}, "正しく選択"),
        ({"customer": "x\ny"}, "C1"),
    ],
)
def test_what_cannot_be_taken_out(given: dict[str, str], says: str) -> None:
    answer = signed_in(person("監査")).post(reverse(OUT), {"form": "xlsx", "headings": "ja", **given})
    assert answer.status_code == 200
    assert says in answer.text or "Content-Disposition" not in answer.headers
    assert not Entry.objects.filter(record="book_export").exists()
