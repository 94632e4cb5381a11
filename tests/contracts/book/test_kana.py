"""フリガナ of customers in the book: taken in, given out, found by; a book without it says nothing of it."""

from datetime import date

import pytest
from django.contrib.auth.models import User

from contracts.facts.name_keys import called
from contracts.models import Customer
from contracts.operations.renaming import rename
from tests.contracts.book.build import book, customer, must_take, take

pytestmark = pytest.mark.django_db
KANA = "ミホンショウジ"


def kana_of(code="C-1"):
    return Customer.objects.get(code=code).kana


def test_it_is_taken_in_and_found_by(tmp_path):
    must_take(book(customer(kana=KANA), customer("C-2", "別の会社")), tmp_path / "in")
    assert (kana_of(), kana_of("C-2")) == (KANA, "")
    found = Customer.objects.filter(pk__in=called("customer", "みほんしょう", at_most=10))
    assert [row.code for row in found] == ["C-1"]


def test_a_book_without_it_is_known_again(tmp_path):
    must_take(book(customer(kana=KANA)), tmp_path / "in")
    for again in (customer(), customer(kana=""), customer(kana="－"), customer(kana=KANA)):
        must_take(book(again), tmp_path / f"again{again[1].get('kana')}")
    assert kana_of() == KANA


@pytest.mark.parametrize(("stored", "said"), [(KANA, "ベツショウジ"), ("", KANA)])
def test_another_is_refused_where_it_stands(stored, said, tmp_path):
    must_take(book(customer(kana=stored)), tmp_path / "in")
    (fault,) = take(book(customer(kana=said)), tmp_path / "again").faults
    assert (fault["sheet"], fault["column"]) == ("customers", "kana")
    assert "フリガナ" in fault["message"]
    assert kana_of() == stored


def test_another_name_is_told_without_it(tmp_path):
    must_take(book(customer(kana=KANA)), tmp_path / "in")
    (fault,) = take(book(customer(name="別の会社")), tmp_path / "again").faults
    assert fault["column"] == "name"


def test_a_book_from_before_a_new_name_is_known_again(tmp_path):
    must_take(book(customer(kana=KANA)), tmp_path / "in")
    by = User.objects.create_user("staff")
    on = date(2026, 11, 2)
    rename(Customer.objects.get(), name="株式会社新生", kana="シンセイ", from_on=on, reason="商号変更", on=on, by=by)
    assert kana_of() == "シンセイ"
    must_take(book(customer(kana=KANA)), tmp_path / "before")
    must_take(book(customer()), tmp_path / "without")
    must_take(book(customer(name="株式会社新生", kana="シンセイ")), tmp_path / "after")
    assert kana_of() == "シンセイ"


def test_it_is_no_longer_than_a_name(tmp_path):
    (fault,) = take(book(customer(kana="ア" * 256)), tmp_path / "in").faults
    assert fault["column"] == "kana"
