"""What a list tells besides its rows: what it is narrowed to, that it is empty and why, and what a thing found is."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from billing.models import Month
from contracts import clock
from contracts.operations.register import register_customer, register_state
from contracts.terms.days import ONE_DAY
from tests.admin.conftest import list_of, signed_in

pytestmark = pytest.mark.django_db


def test_a_list_without_rows_tells_where_they_come_from(chief: User) -> None:
    text = signed_in(chief).get(list_of("contracts.transfer")).text
    assert "まだありません。" in text
    assert "移転は管理単位の画面から入力し" in text.split("まだありません。")[1]


def test_a_list_that_is_narrowed_too_far_leads_back(chief: User) -> None:
    client = signed_in(chief)
    register_customer(code="C-1", name="土佐水産株式会社", by=chief)
    here = list_of("contracts.customer")
    assert "条件に合うものはありません。" in (text := client.get(here, {"q": "ない名前"}).text)
    assert '<a href="?">' in text
    assert "まだありません。" not in text
    assert "条件に合うものはありません。" not in client.get(here, {"q": "土佐"}).text


@pytest.mark.parametrize("asked", ["", "2025-02"])
def test_a_folded_filter_tells_the_month_that_is_looked_at(chief: User, asked: str) -> None:
    for number in range(1, 11):
        Month.objects.create(month=clock.today().replace(year=2025, month=number, day=1), facts_revision=1)
    text = signed_in(chief).get(list_of("billing.chargeline"), {"month": asked} if asked else {}).text
    chosen = text.split('<span class="chosen">')[1].split("</span>")[0].strip()
    assert chosen == (asked or "2025-10")


def test_all_is_written_in_one_way(chief: User) -> None:
    text = signed_in(chief).get(list_of("contracts.contract")).text
    assert "全て" not in text
    assert "すべて" in text


def test_a_linked_service_that_is_found_is_named_with_its_holder(chief: User) -> None:
    said = {"code": "S-1", "service": "swg", "kind": "", "ends_on": None, "on": clock.today(), "by": chief}
    register_state(**said, item="タイプF", holder="前の会社", from_on=clock.today() - ONE_DAY)
    register_state(**said, item="タイプE", holder="今の会社", from_on=clock.today())
    register_state(**said, item="タイプF", holder="次の会社", from_on=clock.today() + ONE_DAY)
    text = signed_in(chief).get(reverse("search"), {"q": "S-1", "part": "1"}).text
    assert "Webゲートウェイ" in text
    assert "今の会社" in text
    assert "前の会社" not in text
    assert "次の会社" not in text


@pytest.mark.parametrize(("model", "word"), [("auth.user", "利用者"), ("auth.group", "グループ")])
def test_people_and_roles_are_called_as_in_the_menu(chief: User, model: str, word: str) -> None:
    client = signed_in(chief)
    listed = client.get(list_of(model)).text
    assert f"{word}を追加" in listed
    assert "認証と認可" not in listed
    assert 'name="action"' not in listed
    added = client.get(reverse(f"admin:{model.replace('.', '_')}_add")).text
    assert f"<h1>{word}を追加" in added.replace("\n", "") or f"{word}を追加" in added
    assert "認証と認可" not in added


def test_the_requests_to_close_belong_to_the_proposals(chief: User) -> None:
    text = signed_in(chief).get(list_of("billing.monthclosing")).text
    assert text.count('aria-current="page"') >= 1
