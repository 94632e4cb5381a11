"""The keys of names are written with the names, found by, checked, and made anew."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.operations.check_ledger import check_ledger
from contracts.facts import name_keys
from contracts.models import Customer, ManagementUnit, NameKey, plain_code
from contracts.operations.import_book import import_book
from contracts.operations.register import register_customer, register_unit
from contracts.operations.search_keys import remake_search_keys
from tests.conftest import SAMPLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> User:
    return User.objects.create_user("yamada")


def called(kind: str, term: str) -> set[int]:
    return set(name_keys.called(kind, term, at_most=1000))


def test_whoever_is_registered_is_found(by: User) -> None:
    customer = register_customer(code="C-1", name="トサ水産株式会社", by=by)
    unit = register_unit(customer=customer, code="U-1", name="大阪支店", by=by)
    assert called("customer", "とさ") == called("customer", "tosa") == {customer.pk}
    assert called("unit", "阪支") == {unit.pk}
    # A kind has its own names, and every part of every one of the words is meant.
    assert called("unit", "とさ") == called("customer", "大阪") == called("customer", "とさか") == set()


def test_whoever_a_book_brings_is_found_and_only_by_their_own_names() -> None:
    import_book(SAMPLE, by="試験", on=date(2027, 1, 5))
    tosa = Customer.objects.get(name="土佐水産株式会社")
    assert called("customer", "ﾄﾞ") == set()
    assert called("customer", "土佐") == {tosa.pk}
    assert called("unit", "拠点") == set(
        ManagementUnit.objects.filter(name__contains="拠点").values_list("pk", flat=True)
    )
    assert list(name_keys.keys_are_of_the_names()) == []


def test_a_name_longer_than_a_key_is_compared_as_a_whole(by: User) -> None:
    long = "あいうえおかきくけこさしすせそたちつてとなにぬねの"
    one = register_customer(code="C-1", name=long + "はひ", by=by)
    register_customer(code="C-2", name=long + "ふへ", by=by)
    assert called("customer", long + "は") == {one.pk}


def test_more_than_are_asked_for_are_not_brought(by: User) -> None:
    for number in range(5):
        register_customer(code=f"C-{number}", name="見本商事", by=by)
    assert len(name_keys.called("customer", "見本", at_most=3)) == 3


def test_one_query_finds_them_whatever_the_ways_to_write_it(by: User) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        name_keys.called("customer", "toukyou", at_most=10)
    assert len(queries) == 1


@pytest.mark.parametrize("spoil", ["gone", "otherwise", "stray"])
def test_keys_that_are_not_of_the_names_are_told_and_mended(by: User, spoil: str) -> None:
    customer = register_customer(code="C-1", name="見本商事", by=by)
    assert list(check_ledger()) == []
    if spoil == "gone":
        NameKey.objects.filter(place=1).delete()
    elif spoil == "otherwise":
        NameKey.objects.filter(place=0).update(key="別の商事")
    else:
        NameKey.objects.create(kind="customer", of=customer.pk + 1, place=0, key="見本")
    (told,) = check_ledger()
    assert "検索の索引" in told
    remake_search_keys()
    assert list(check_ledger()) == []


def test_a_rename_leaves_no_key_of_the_name_before(by: User) -> None:
    customer = register_customer(code="C-1", name="見本商事", by=by)
    other = register_customer(code="C-2", name="見本物産", by=by)
    Customer.objects.filter(pk=customer.pk).update(name="別の商事")
    name_keys.keep("customer", [customer.pk])
    assert called("customer", "見本") == {other.pk}
    assert called("customer", "別の") == {customer.pk}


@pytest.mark.parametrize(
    "term", ["KA-5120 0012", "ka51200012", "ＫＡ５１２０００１２".lower(), "ka.51_20/0012", "KA512"]
)
def test_codes_are_found_whatever_stands_between_their_letters(by: User, term: str) -> None:
    found = register_customer(code="KA-51200012", name="見本", by=by)
    register_customer(code="KB-51200012", name="見本", by=by)
    folded = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in term)
    assert list(Customer.objects.filter(plain_code.begins("code", folded))) == [found]


def test_what_is_nothing_but_signs_is_no_code(by: User) -> None:
    register_customer(code="KA-1", name="見本", by=by)
    assert not Customer.objects.filter(plain_code.begins("code", "- /")).exists()
