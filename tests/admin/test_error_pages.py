"""When something does not work: in Japanese, with whether anything was recorded, and the way back to what was typed."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from contracts.models import Customer, Submission
from tests.admin.conftest import list_of, signed_in

NOTHING = "何も記録していません。"
REGISTER = "admin:contracts_customer_register"


def typed() -> dict[str, str]:
    return {"code": "C-1", "name": "見本商事", "once": str(uuid.uuid4())}


@pytest.fixture
def client(chief: User) -> Client:
    client = signed_in(chief)
    client.raise_request_exception = False
    return client


def failing(error: Exception) -> Callable[..., Any]:
    def fail(*_args: Any, **_named: Any) -> Any:
        raise error

    return fail


def test_an_address_of_nothing_leads_on(client: Client) -> None:
    answer = client.get("/admin/nowhere/")
    assert answer.status_code == 404
    assert "見つかりません" in answer.text
    assert 'id="search-term"' in answer.text
    assert NOTHING in answer.text


def test_who_may_not_is_told_so(stranger: User) -> None:
    answer = signed_in(stranger).get(list_of("contracts.customer"))
    assert answer.status_code == 403
    assert "権限がありません" in answer.text
    assert NOTHING in answer.text


def test_a_stranger_learns_nothing_of_the_menu(db: None) -> None:
    answer = Client().get("/nowhere/")
    assert answer.status_code == 404
    assert "search-term" not in answer.text


@pytest.mark.parametrize(
    ("error", "status"), [(RuntimeError("secret words"), 500), (OperationalError("secret words"), 503)]
)
def test_a_fault_of_ours_records_nothing_and_loses_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    # After the row was written: what was written goes with it.
    monkeypatch.setattr("contracts.operations.register.history.record", failing(error))
    address = reverse(REGISTER)
    answer = client.post(address, typed())
    assert answer.status_code == status
    assert NOTHING in answer.text
    assert "このブラウザーに残っています" in answer.text
    assert f'href="{address}"' in answer.text
    assert "secret words" not in answer.text
    assert not Customer.objects.filter(code="C-1").exists()
    assert not Submission.objects.exists()
    assert "stored" not in answer.cookies


def test_of_a_form_without_a_key_it_is_not_said(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contracts.operations.register.history.record", failing(RuntimeError()))
    answer = client.post(reverse(REGISTER), {"code": "C-1", "name": "見本商事"})
    assert answer.status_code == 500
    assert NOTHING not in answer.text
    assert "元の画面で確かめてください" in answer.text


def test_a_page_that_only_looked_says_that_nothing_was_recorded(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contracts.admin.customer.admin.CustomerAdmin.get_queryset", failing(RuntimeError()))
    answer = client.get(list_of("contracts.customer"))
    assert answer.status_code == 500
    assert NOTHING in answer.text
    assert "このブラウザーに残っています" not in answer.text


def test_a_form_of_another_site_is_not_taken(chief: User) -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "ja"})
    answer = client.post(reverse("set_language"), {"language": "en"})
    assert answer.status_code == 403
    assert "送信を受け付けませんでした" in answer.text
    assert NOTHING in answer.text


def test_while_it_is_worked_on_every_page_says_so(client: Client, settings: Settings) -> None:
    settings.MAINTENANCE = True
    for answer in (client.get(list_of("contracts.customer")), client.post(reverse(REGISTER), typed())):
        assert answer.status_code == 503
        assert "保守作業" in answer.text
        assert NOTHING in answer.text
        assert int(answer["Retry-After"]) > 0
    assert not Customer.objects.exists()
    assert client.get("/healthz/live").status_code == 200


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_they_speak_english_too(client: Client, chief: User, settings: Settings, status: int, monkeypatch: Any) -> None:
    english = signed_in(chief, "en")
    english.raise_request_exception = False
    settings.MAINTENANCE = status == 503
    if status == 500:
        monkeypatch.setattr("contracts.admin.customer.admin.CustomerAdmin.get_queryset", failing(RuntimeError()))
    if status == 403:
        chief.is_superuser = False
        chief.save()
    address = "/admin/nowhere/" if status == 404 else list_of("contracts.customer")
    answer = english.get(address)
    assert answer.status_code == status
    assert "Nothing was recorded." in answer.text
    assert '<html lang="en"' in answer.text
