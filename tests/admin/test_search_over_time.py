"""Names of other days in the search and the lists: former ones, those to come and their kana find; what was taken back or put right does not."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from contracts.models import Customer, ManagementUnit
from contracts.operations.corrections.kind import put_right, take_back
from contracts.operations.corrections.of_names import NAMES
from contracts.operations.renaming import rename
from tests.admin.conftest import signed_in
from tests.contracts.book.build import book, customer, must_take, unit
from tests.contracts.corrections.desk import agreed

TODAY = date(2026, 1, 10)
FIRST, LAST = date(2025, 10, 1), date(2026, 4, 1)


@pytest.fixture
def lead(db: None, tmp_path, django_user_model) -> User:
    must_take(book(customer(), unit(), customer("C-2", "株式会社乙")), tmp_path)
    return django_user_model.objects.create_superuser("責任者")


def called(owner, name: str, from_on: date, lead: User, **more: str):
    return rename(owner, name=name, from_on=from_on, reason="商号変更", on=TODAY, by=lead, **more)


def finds(client: Client, term: str) -> set[str]:
    """The kinds of records found by a term: by the one search; the lists of customers and of units must say the same."""
    answer = client.get("/admin/search/", {"q": term, "part": "1"})
    groups = {group.title for group in answer.context["groups"]}
    for title, model in (("契約者", "customer"), ("管理単位", "managementunit")):
        listed = client.get(reverse(f"admin:contracts_{model}_changelist"), {"q": term}).context["cl"].result_count
        assert bool(listed) == (title in groups), (term, title)
    return groups


BOTH = {"契約者", "管理単位"}


@pytest.mark.parametrize("term", ["見本", "あけぼの", "曙", "アケボノ", "みらい", "ﾐﾗｲ", "未来"])
def test_names_of_any_day_and_their_kana_find(lead: User, term: str) -> None:
    owner = Customer.objects.get(code="C-1")
    called(owner, "株式会社曙", FIRST, lead, kana="アケボノ")
    called(owner, "未来株式会社", LAST, lead, kana="ミライ")
    assert finds(signed_in(lead), term) >= BOTH


def test_what_was_taken_back_or_put_right_finds_no_more(lead: User) -> None:
    owner, client = Customer.objects.get(code="C-1"), signed_in(lead)
    first = called(owner, "株式会社曙", FIRST, lead, kana="アケボノ")
    later = called(owner, "未来株式会社", LAST, lead, kana="ミライ")
    (put,) = put_right(NAMES, [first], {"name": "株式会社暁", "kana": "アカツキ"}, ground=agreed(), on=TODAY, by=lead)
    assert [bool(finds(client, term)) for term in ("曙", "あけぼの", "暁", "あかつき")] == [False, False, True, True]
    take_back(NAMES, [later], ground=agreed(), on=TODAY, by=lead)
    assert [bool(finds(client, term)) for term in ("未来", "みらい", "見本")] == [False, False, True]
    take_back(NAMES, [put.now], ground=agreed(), on=TODAY, by=lead)
    assert [bool(finds(client, term)) for term in ("暁", "あかつき", "見本")] == [False, False, True]
    called(Customer.objects.get(code="C-1"), "株式会社曙", FIRST, lead, kana="アケボノ")
    assert finds(client, "アケボノ") >= BOTH


def test_a_unit_is_found_by_names_of_any_day(lead: User) -> None:
    row, client = ManagementUnit.objects.get(), signed_in(lead)
    first = row.name
    named = called(row, "大阪工場", LAST, lead)
    assert [finds(client, term) for term in ("大阪", first)] == [{"管理単位"}] * 2
    take_back(NAMES, [named], ground=agreed(), on=TODAY, by=lead)
    assert [finds(client, term) for term in ("大阪", first)] == [set(), {"管理単位"}]


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "O'Brien;--", "😀株式会社", "100%s", "{{7*7}}"],
)
def test_a_hostile_name_is_found_and_shown_as_it_was_typed(lead: User, name: str) -> None:
    called(Customer.objects.get(code="C-2"), name, FIRST, lead)
    client = signed_in(lead)
    answer = client.get("/admin/search/", {"q": name, "part": "1"})
    assert answer.context["groups"][0].hits[0].code == "C-2"
    for page in (
        answer,
        client.get("/admin/"),
        client.get(reverse("admin:contracts_customer_changelist"), {"q": name}),
    ):
        assert "<script>alert" not in page.content.decode()
        assert "<img src=x" not in page.content.decode()
