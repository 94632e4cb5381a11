"""新しい契約者の申込を始める: all of it is registered, or nothing, and each refusal stands at its field."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from contracts.admin.kit.search import customers_found
from contracts.models import Consent, Customer, Entry, LinkedServiceState, ManagementUnit
from contracts.operations.register import register_customer
from tests.admin.conftest import signed_in

ADDRESS = "admin:contracts_customer_first"
CUSTOMER = {"code": "C9", "name": "新しい契約者", "unit_name": "本社"}
SERVICE = {"service_code": "S9", "offer": "swg||タイプF", "service_from": "2026-04-01"}
EVIDENCE = {"assents": ["bypass_option", "premium_consent"], "given_by": "山田", "document": "同意書-1"}


@pytest.fixture
def desk(chief: User) -> Client:
    return signed_in(chief)


def send(client: Client, **given: Any) -> Any:
    return client.post(reverse(ADDRESS), given)


def nothing() -> bool:
    rows = (Customer, ManagementUnit, LinkedServiceState, Consent, Entry)
    return not any(model.objects.exists() for model in rows)


def test_all_of_it_leads_to_the_form(desk: Client, chief: User) -> None:
    answer = send(desk, **CUSTOMER, **SERVICE, **EVIDENCE)
    unit = ManagementUnit.objects.get()
    assert answer.headers["Location"] == reverse("admin:contracts_application_new", args=[unit.pk])
    assert (unit.code, unit.name, unit.customer.code, unit.account_manager) == ("C9-1", "本社", "C9", chief)
    state = LinkedServiceState.objects.standing().get()
    assert (state.holder, state.service, state.item, str(state.from_on)) == ("C9", "swg", "タイプF", "2026-04-01")
    given = Consent.objects.standing().order_by("assent").values_list("assent", "given_by", "document")
    assert list(given) == [("bypass_option", "山田", "同意書-1"), ("premium_consent", "山田", "同意書-1")]
    assert {str(consent.given_on) for consent in Consent.objects.standing()} == {"2026-04-01"}


def test_without_a_service(desk: Client) -> None:
    assert send(desk, **CUSTOMER, unit_code="U9").status_code == 302
    assert ManagementUnit.objects.get().code == "U9"
    assert not LinkedServiceState.objects.exists()


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({**SERVICE, "offer": ""}, "offer", "対応サービスを登録するときは必要です。"),
        ({**SERVICE, "service_from": ""}, "service_from", "対応サービスを登録するときは必要です。"),
        ({**SERVICE, "service_code": ""}, "service_code", "対応サービスの欄をすべて空欄にしてください。"),
        ({"given_by": "山田"}, "service_code", "対応サービスの欄をすべて空欄にしてください。"),
        ({**SERVICE, **EVIDENCE, "document": ""}, "document", "同意した者と文書番号が必要です。"),
        ({**SERVICE, **EVIDENCE, "given_by": " "}, "document", "同意した者と文書番号が必要です。"),
    ],
)
def test_half_a_service_is_refused_and_nothing_is_kept(desk: Client, given: Any, field: str, sentence: str) -> None:
    answer = send(desk, **CUSTOMER, **given)
    assert any(sentence in error for error in answer.context["form"].errors[field])
    assert nothing()


def test_a_code_that_is_taken_is_said_at_its_field(desk: Client) -> None:
    send(desk, **CUSTOMER, **SERVICE)
    other = {"code": "C8", "name": "別の契約者", "unit_name": "本社"}
    assert "code" in send(desk, **CUSTOMER).context["form"].errors
    assert "unit_code" in send(desk, **other, unit_code="C9-1").context["form"].errors
    answer = send(desk, **other, **SERVICE)
    assert "既に登録されています" in answer.context["form"].errors["service_from"][0]
    assert Customer.objects.count() == 1


def test_it_asks_for_every_permission_that_it_uses(db: None) -> None:
    user = User.objects.create_user("manager", is_staff=True)
    for codename in ("add_customer", "add_managementunit"):
        client = signed_in(User.objects.get(pk=user.pk))
        assert send(client, **CUSTOMER).status_code == (403 if codename == "add_customer" else 200)
        user.user_permissions.add(Permission.objects.get(codename=codename))
    client = signed_in(User.objects.get(pk=user.pk))
    assert "権限がありません" in send(client, **CUSTOMER, **SERVICE).text
    assert nothing()
    assert send(client, **CUSTOMER).status_code == 302


def test_a_new_customer_is_found_by_its_kana(desk: Client) -> None:
    send(desk, **CUSTOMER | {"name": "土佐水産株式会社"}, kana="トサスイサン")
    customer = Customer.objects.get()
    assert customer.kana == "トサスイサン"
    assert [customers_found(typed) for typed in ("トサ", "とさすい", "tosa", "ﾄｻｽｲｻﾝ", "とざ")] == [
        [customer.pk]
    ] * 4 + [[]]


def test_kana_are_added_to_a_customer_that_has_none(desk: Client, chief: User) -> None:
    customer = register_customer(code="C9", name="土佐水産株式会社", by=chief)
    given = {
        "name": "土佐水産株式会社",
        "kana": "トサスイサン",
        "ground": "slip",
        "reason": "フリガナの記入",
        "confirmed": "1",
    }
    answer = desk.post(reverse("admin:contracts_customer_correct-name", args=[customer.pk]), given)
    assert answer.status_code == 302, answer.context["form"].errors
    assert customers_found("とさすい") == [customer.pk]
