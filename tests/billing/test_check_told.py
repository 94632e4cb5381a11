"""What stands is held against what the history told last, and nothing that is sound is called a fault."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.contrib.auth.models import User

from billing.operations import check_told
from billing.operations.check_told import stored_is_what_was_told
from contracts.facts import history
from contracts.models import BillingStart, Contract, Customer, ManagementUnit, Target
from contracts.operations.jobs import run
from contracts.operations.renaming import rename
from tests.contracts.book.build import must_take
from tests.contracts.book.test_round_trip import everything
from tests.contracts.history.past_the_guards import unguarded
from tests.worlds import world

TODAY, APRIL = date(2026, 11, 27), date(2098, 4, 1)


def _taken() -> None:
    with TemporaryDirectory() as folder:
        must_take(everything(), Path(folder) / "book")


taken = world("a book of everything, told", _taken)
pytestmark = pytest.mark.usefixtures("taken")


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows by ones: what is looked at is more than one portion of them."""
    monkeypatch.setattr(check_told, "AT_ONCE", 1)


def told_of(number: str, ready_on: str) -> None:
    history.record("correct", "contract", number, by="chief", after={"ready_on": ready_on})


def set_past_the_guards(table: str, change: str, key: str) -> list[str]:
    unguarded([table], f"UPDATE {table} SET {change} WHERE {key}")
    return list(stored_is_what_was_told())


@pytest.mark.usefixtures("few_at_once")
def test_it_is_the_last_that_was_told_which_stands() -> None:
    contract = Contract.objects.exclude(ready_on=None).order_by("-pk")[0]
    number = contract.target.number
    assert list(stored_is_what_was_told()) == []
    told_of(number, "2011-03-04")
    assert list(stored_is_what_was_told()) == [f"{number}の通信環境の準備が整った日が、履歴に残した値と異なります。"]
    told_of(number, f"{contract.ready_on}")
    assert list(stored_is_what_was_told()) == []


@pytest.mark.usefixtures("few_at_once")
@pytest.mark.parametrize("kind", ["contract", "option"])
@pytest.mark.parametrize("said", ["'2098-03-04'", "NULL"])
def test_the_end_of_any_kind_of_target_is_looked_at(kind: str, said: str) -> None:
    """Of one that ended by a notice of the book, too: of it the facts are asked."""
    ended = Target.objects.exclude(ends_on=None)
    row = ended.filter(option__isnull=kind != "option").order_by("-pk")[0]
    told = set_past_the_guards("contracts_target", f"ends_on = {said}", f"id = {row.pk}")
    assert told == [f"{row.number}の終了日が、履歴又は解約通知から導かれる値と異なります。"]


@pytest.mark.parametrize("gone", ["billing_starts_on", "record"])
def test_a_start_that_stands_alone_is_looked_at(gone: str) -> None:
    """On record and not with its target, or with its target and not on record."""
    start = BillingStart.objects.standing().order_by("-pk")[0]
    changes = {
        "billing_starts_on": ("contracts_target", "billing_starts_on = NULL", start.target_id),
        "record": (
            "contracts_billingstart",
            "withdrawn_on = '2026-01-01', withdrawn_in = recorded_in, withdrawn_by = 'x'",
            start.pk,
        ),
    }
    table, change, pk = changes[gone]
    said = f"{start.target.number}の課金開始日が、記録した課金開始日と異なります。"
    assert said in set_past_the_guards(table, change, f"{Target._meta.pk.column} = {pk}")


def test_how_a_name_is_read_is_looked_at() -> None:
    customer = Customer.objects.order_by("-pk")[0]
    told = set_past_the_guards("contracts_customer", "kana = 'ベツ'", f"id = {customer.pk}")
    assert told == [f"{customer.code}の名称が、履歴に残した値と異なります。"]


def test_a_name_that_a_rehearsal_brought_up_is_the_one_recorded(settings: Any) -> None:
    """A day to come is named in a rehearsal: its name has begun there, though not today."""
    settings.REHEARSAL = True
    chief = User.objects.create_superuser("chief")
    for owner in (Customer.objects.order_by("pk")[0], ManagementUnit.objects.order_by("pk")[0]):
        rename(owner, name="新生", from_on=APRIL, reason="商号変更", on=TODAY, by=chief)
    assert list(stored_is_what_was_told()) == []
    run("dated", APRIL)
    assert Customer.objects.order_by("pk")[0].name == "新生"
    assert list(stored_is_what_was_told()) == []
