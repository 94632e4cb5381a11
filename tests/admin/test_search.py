"""One search on every page: what it finds, for whom, and how it is shown."""

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import Invoice, Month
from billing.operations.invoices import issue_invoices
from contracts import clock
from contracts.models import Application, Contract, Customer, LinkedService, ManagementUnit, Notice, Option
from tests.admin.conftest import every_page, list_of, page_of, signed_in

pytestmark = pytest.mark.usefixtures("book")

SEARCH = "/admin/search/"


@pytest.fixture
def client(chief: User) -> Client:
    return signed_in(chief)


def found(client: Client, term: str) -> dict[str, list[str]]:
    """The codes that a term finds, by the heading of their group."""
    answer = client.get(SEARCH, {"q": term, "part": "1"})
    return {group.title: [hit.code for hit in group.hits] for group in answer.context["groups"]}


def tosa() -> Customer:
    return Customer.objects.get(name="土佐水産株式会社")


def test_a_name_finds_the_customer_its_units_and_their_contracts(client: Client) -> None:
    groups = found(client, "土佐")
    units = ManagementUnit.objects.filter(customer=tosa())
    assert groups["契約者"] == [tosa().code]
    assert set(groups["管理単位"]) == set(units.values_list("code", flat=True))
    numbers = Contract.objects.filter(target__unit__in=units).values_list("target__number", flat=True)
    assert set(groups["契約"]) <= set(numbers)
    assert groups["契約"]


@pytest.mark.parametrize("model", [Contract, Option])
def test_a_number_finds_its_contract_or_option(client: Client, model: type) -> None:
    row = model.objects.order_by("pk")[3]  # type: ignore[attr-defined]
    number = row.target.number
    label = str(model._meta.verbose_name_plural)  # type: ignore[attr-defined]
    for term in (number, number.lower(), f" {number[:2]}-{number[2:]} "):
        assert found(client, term)[label][0] == number


def test_other_codes_find_their_records(client: Client) -> None:
    for model, field, title in (
        (Application, "number", "申込"),
        (LinkedService, "code", "対応サービス"),
        (ManagementUnit, "code", "管理単位"),
        (Customer, "code", "契約者"),
    ):
        code = str(model.objects.order_by("pk").values_list(field, flat=True)[1])  # type: ignore[attr-defined]
        assert found(client, code.lower())[title][0] == code


def test_a_notice_is_found_by_the_number_of_its_form_and_by_its_target(client: Client) -> None:
    notice = Notice.objects.standing().select_related("target").order_by("pk")[0]
    assert found(client, notice.target.number)["解約通知"] == [notice.target.number]


def test_an_invoice_is_found_by_its_number_and_its_customer(client: Client, chief: User) -> None:
    issue_invoices(Month.objects.exclude(closed_at=None).order_by("month")[0], on=clock.today(), by="chief")
    invoice = Invoice.objects.select_related("customer").order_by("pk")[0]
    assert found(client, invoice.number.lower())["請求書"] == [invoice.number]
    assert invoice.number in found(client, invoice.customer.name)["請求書"]


def test_several_words_are_all_to_be_found_with_one_unit(client: Client) -> None:
    unit = ManagementUnit.objects.filter(customer=tosa())[0]
    groups = found(client, f"{unit.name} 土佐")
    assert groups["管理単位"] == [unit.code]
    assert "管理単位" not in found(client, f"{unit.name} 存在しない")


def test_the_only_record_found_is_opened_at_once(client: Client) -> None:
    service = LinkedService.objects.create(code="ZZ-9")
    answer = client.get(SEARCH, {"q": "zz9"})
    assert answer.status_code == 302
    assert answer["Location"] == page_of("contracts.linkedservice", service.pk)


def test_more_than_is_shown_is_a_link_to_the_list(client: Client) -> None:
    text = client.get(SEARCH, {"q": "C51", "part": "1"}).text
    assert f"{list_of('contracts.customer')}?q=C51" in text


@pytest.mark.parametrize("term", ["", " ", "存在しない名前", "--", "\x00", "%", "'", "<b>", "あ" * 300, "\U0010ffff"])
def test_nothing_found_is_said(client: Client, term: str) -> None:
    answer = client.get(SEARCH, {"q": term})
    assert answer.status_code == 200
    assert "<b>" not in answer.text
    assert answer.context["groups"] == []


def test_each_sees_what_they_may_view(stranger: User) -> None:
    client = signed_in(stranger)
    assert found(client, "土佐") == {}
    stranger.user_permissions.add(Permission.objects.get(codename="view_customer"))
    assert found(client, "土佐") == {"契約者": [tosa().code]}


def test_nobody_searches_without_signing_in(db: None) -> None:
    answer = Client().get(SEARCH, {"q": "土佐"})
    assert answer.status_code == 302
    assert "login" in answer["Location"]


@pytest.mark.parametrize("term", ["土佐", "tosa", "C5190019", "U5", "KA"])
def test_twelve_queries_do(client: Client, term: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get(SEARCH, {"q": term, "part": "1"})
    assert len(queries) <= 12


def test_the_box_stands_on_every_page(client: Client) -> None:
    for address in (*every_page()[:6], reverse("admin:billing_reports")):
        assert 'id="search-term"' in client.get(address).text


def test_lists_find_by_names_too(client: Client) -> None:
    for screen in ("contract", "option", "application", "managementunit", "customer", "price"):
        rows = client.get(list_of(f"contracts.{screen}"), {"q": "ﾄｻ"}).context["cl"].result_count
        assert rows == 0
        rows = client.get(list_of(f"contracts.{screen}"), {"q": "土佐　水産㈱"}).context["cl"].result_count
        assert rows > 0, screen
