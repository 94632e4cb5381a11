"""名義 in a book: a customer written by its name is that customer; several of one name are told apart by their codes (I-73)."""

from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from contracts.models import Customer, LinkedService, LinkedServiceState
from contracts.operations.renaming import rename
from tests.contracts.book.build import OTHER, book, customer, ips, ips_service, must_take, places, take, tier

pytestmark = pytest.mark.django_db


def holder() -> str:
    return LinkedServiceState.objects.standing().get().holder


@pytest.mark.parametrize("written", ["株式会社見本", "㈱見本", "株式会社 見本", "C-1"])
def test_the_customers_own_name_makes_no_stranger_of_it(written: str, tmp_path: Path) -> None:
    """Nor does it ask for a consent to itself (7-3)."""
    must_take(book(tier(), ips(), ips_service(holder=written)), tmp_path)
    assert holder() == "C-1"


def test_another_customer_by_its_name_in_the_book(tmp_path: Path) -> None:
    rows = book(
        customer(),
        customer("C-2", "株式会社別"),
        tier(),
        ips(),
        ips_service(holder="株式会社別", module_consent_on="2025-01-01"),
    )
    must_take(rows, tmp_path)
    assert holder() == "C-2"


@pytest.mark.parametrize("written", ["株式会社別", "べつ", "旧別商会"])
def test_another_customer_by_any_name_on_record(written: str, tmp_path: Path) -> None:
    by = User.objects.create_user("anybody")
    must_take(book(customer(), customer("C-2", "旧別商会")), tmp_path / "before")
    other = Customer.objects.get(code="C-2")
    rename(
        other, name="株式会社別", kana="ベツ", from_on=date(2025, 1, 1), reason="商号変更", on=date(2025, 3, 1), by=by
    )
    must_take(book(tier(), ips(), ips_service(holder=written, module_consent_on="2025-01-01")), tmp_path)
    assert holder() == "C-2"


def test_another_party_stays_one(tmp_path: Path) -> None:
    must_take(book(tier(), ips(), ips_service(holder=OTHER, module_consent_on="2025-01-01")), tmp_path)
    assert holder() == OTHER


def test_a_name_of_several_is_asked_for_by_its_code(tmp_path: Path) -> None:
    rows = book(customer(), customer("C-2", "株式会社見本"), tier(), ips(), ips_service(holder="株式会社見本"))
    answer = take(rows, tmp_path)
    assert places(rows, answer.faults) == {("7-3", "linked_services", "S-1", "holder")}
    assert "C-1、C-2" in answer.faults[0]["message"]
    assert not LinkedService.objects.exists()


def test_written_by_name_again_it_is_known(tmp_path: Path) -> None:
    must_take(book(tier(), ips(), ips_service(holder="株式会社見本")), tmp_path / "first")
    must_take(book(tier(), ips(), ips_service(holder="㈱見本")), tmp_path / "again")
    assert LinkedServiceState.objects.count() == 1


def test_what_is_on_record_by_a_name_stays_as_it_is(tmp_path: Path) -> None:
    """A third party that has become a customer since: its book comes back in as it went out."""
    rows = book(tier(), ips(), ips_service(holder=OTHER, module_consent_on="2025-01-01"))
    must_take(rows, tmp_path / "first")
    must_take(
        book(
            customer(), customer("C-2", OTHER), tier(), ips(), ips_service(holder=OTHER, module_consent_on="2025-01-01")
        ),
        tmp_path,
    )
    assert holder() == OTHER
    assert LinkedServiceState.objects.count() == 1
