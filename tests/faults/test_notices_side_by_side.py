"""PostgreSQL: two people confirm at once what each was shown. One of them does it, the other is told kindly."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from contracts.models import Entry, ManagementUnit, Notice, Price
from tests.admin.test_notice_page import EDR, Page, at
from tests.contracts.book.build import book, must_take, notice
from tests.faults.test_side_by_side import together

pytestmark = pytest.mark.postgres


@pytest.fixture
def clients(transactional_db, tmp_path):
    """Two people at their desks, and a unit."""
    must_take(book(*EDR), tmp_path / "book")
    found = []
    for name in ("一人", "もう一人"):
        client = Client()
        client.force_login(User.objects.create_superuser(name))
        found.append(client)
    return found


def answers(pages, shown):
    return together(*[lambda page=page, one=one: page.confirm(one) for page, one in zip(pages, shown, strict=True)])


def test_two_people_confirm_the_same_notice(clients):
    address = reverse("admin:contracts_notice_receive", args=[ManagementUnit.objects.get().pk])
    pages = [Page(client, address) for client in clients]
    with at("2025-06-01"):
        shown = [page.ask(targets=["O-EDR"], arrived_on="2025-06-01") for page in pages]
        given = answers(pages, shown)
    assert sorted(answer.status_code for answer in given) == [200, 302]
    kind = next(answer for answer in given if answer.status_code == 200)
    assert "同じ日に到達した同じ根拠の通知が既にあります" in kind.text
    assert Notice.objects.count() == Entry.objects.filter(operation="notice").count() == 1


def test_two_people_correct_the_same_notice(clients, tmp_path):
    must_take(book(*EDR, notice("O-EDR", "2025-06-01")), tmp_path / "more")
    pages = [Page(c, reverse("admin:contracts_notice_correct", args=[Notice.objects.get().pk])) for c in clients]
    with at("2025-06-10"):
        shown = [
            page.ask(document="D-9", arrived_on="2025-06-01", reference=f"解約 {n}") for n, page in enumerate(pages)
        ]
        given = answers(pages, shown)
    assert sorted(answer.status_code for answer in given) == [200, 302]
    assert "撤回されています" in next(answer for answer in given if answer.status_code == 200).text
    assert Notice.objects.standing().count() == 1


def test_two_people_correct_the_same_price(clients):
    price = Price.objects.get(target__number="T-1", fee="monthly")
    address = reverse("admin:contracts_price_correct", args=[price.pk])
    given = {"reference": "見積 2", "reason": "誤り", "ground": "slip", "from_on": f"{price.from_on}"}
    with at("2025-06-10"):
        values = [{**given, "amount_yen": yen} for yen in (200_000, 250_000)]
        seen = [client.post(address, one).context["seen"] for client, one in zip(clients, values, strict=True)]
        found = together(
            *[
                lambda client=client, one=one, mark=mark: client.post(address, {**one, "confirmed": "1", "seen": mark})
                for client, one, mark in zip(clients, values, seen, strict=True)
            ]
        )
    assert sorted(answer.status_code for answer in found) == [200, 302]
    assert "取り消され、又は置き換えられています" in next(answer for answer in found if answer.status_code == 200).text
    assert Price.objects.filter(target__number="T-1", fee="monthly").count() == 2
