"""check_ledger --recompute vouches for what it computed anew: by the facts each month had seen, whatever has arrived since."""

from datetime import date
from typing import Any

import pytest
from django.db import connection

from billing.models import Month
from billing.operations.check_ledger import check_ledger
from billing.operations.recompute import Tally
from contracts.models import BillingStart, Price, Target
from contracts.operations.prices import quote, withdraw_price
from tests.billing.ledger import close
from tests.billing.test_check_ledger import unguarded
from tests.contracts.book.build import book, module, notice, priced, take, tier
from tests.contracts.prices.right import correct_price

pytestmark = pytest.mark.django_db


@pytest.fixture
def months(tmp_path: Any) -> None:
    """Two closed months of a tier and a module that ends in December."""
    facts = book(
        tier(),
        module(),
        *priced("T-1", 300_000),
        *priced("M-1", 100_000),
        notice("M-1", "2025-04-10", "2025-12-31"),
        notice("T-1", "2025-04-10", "2025-12-31"),
    )
    assert take(facts, tmp_path / "first").faults == []
    close("2025-04", until="2025-05")


def found() -> tuple[list[str], Tally]:
    tally = Tally()
    return list(check_ledger(recompute=True, tally=tally)), tally


def late_price(yen: int, user: Any) -> None:
    price = Price.objects.standing().get(target__number="T-1", fee="monthly")
    correct_price(price, amount_yen=yen, reference="", on=date(2025, 6, 10), by=user, reason="誤記")


def test_a_unit_of_which_facts_have_arrived_since_is_computed_all_the_same(months: None, admin_user: Any) -> None:
    late_price(310_000, admin_user)
    faults, tally = found()
    assert faults == []
    assert (tally.months, tally.targets, tally.derived, tally.not_computed) == (2, 4, 2, {})


def test_after_the_correction_each_month_is_still_what_it_had_seen(months: None, admin_user: Any) -> None:
    late_price(310_000, admin_user)
    close("2025-06")
    late_price(305_000, admin_user)
    faults, tally = found()
    assert faults == []
    assert (tally.months, tally.targets) == (3, 6)


def test_a_fact_that_was_changed_behind_the_operations_is_found_in_every_month_that_saw_it(
    months: None, admin_user: Any
) -> None:
    """Raw SQL past the guard: the months were closed on 300,000, whatever the table says now."""
    unguarded("UPDATE contracts_price SET amount_yen = 290000 WHERE fee = 'monthly' AND amount_yen = 300000")
    late_price(310_000, admin_user)
    faults, _tally = found()
    assert [fault for fault in faults if "T-1の月額費用は、締めた時の事実では290,000円" in fault] == [
        f"{month}：T-1の月額費用は、締めた時の事実では290,000円ですが、300,000円を請求しています。"
        for month in ("2025-04", "2025-05")
    ]


def test_what_cannot_be_computed_is_counted_and_not_vouched_for(tmp_path: Any) -> None:
    facts = book(tier(), module(), *priced("T-1", 300_000))
    assert take(facts, tmp_path / "first").faults == []
    close("2025-04", leave_out=["M-1"])
    faults, tally = found()
    assert faults == []
    assert (tally.targets, sum(tally.not_computed.values())) == (1, 1)


@pytest.mark.parametrize(
    ("column", "said"),
    [
        pytest.param(
            "ends_on", "T-1の終了日が2025-11-30と記録されていますが、事実からは2025-12-31です。", id="the end"
        ),
        pytest.param(
            "billing_starts_on",
            "T-1の課金開始日が2025-11-30と記録されていますが、事実からは2025-04-01です。",
            id="the start",
        ),
    ],
)
def test_a_derived_day_that_the_facts_do_not_imply_is_named(months: None, column: str, said: str) -> None:
    Target.objects.filter(number="T-1").update(**{column: date(2025, 11, 30)})
    assert said in found()[0]


def test_a_start_is_a_fact_and_its_day_on_the_target_follows_from_it(months: None) -> None:
    assert set(BillingStart.objects.standing().values_list("target__number", "starts_on")) == {
        ("T-1", date(2025, 4, 1)),
        ("M-1", date(2025, 4, 1)),
    }


@pytest.mark.parametrize(
    ("on_sqlite", "on_postgresql"),
    [
        pytest.param(["DROP TRIGGER {name}"], ["DROP TRIGGER {name} ON contracts_price"], id="gone"),
        pytest.param(
            ["DROP TRIGGER {name}", "CREATE TRIGGER {name} BEFORE UPDATE ON contracts_price BEGIN SELECT 1; END"],
            ["CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"],
            id="it says something else",
        ),
    ],
)
def test_a_guard_that_is_off_is_named(months: None, on_sqlite: list[str], on_postgresql: list[str]) -> None:
    name = "guard_contracts_price_fact_overwritten_update"
    with connection.cursor() as cursor:
        for statement in on_postgresql if connection.vendor == "postgresql" else on_sqlite:
            cursor.execute(statement.format(name=name))
    assert f"データベースの保護「{name}」がないか、内容が異なります（migrateで付け直せます）。" in list(check_ledger())


def test_what_was_withdrawn_last_before_a_close_is_not_told_as_known_to_it(months: None, admin_user: Any) -> None:
    """The month saw the very revision in which the price was withdrawn: it stood in it no more."""
    target = Target.objects.get(number="T-1")
    said = {"fee": "monthly", "reference": "Q", "note": "", "on": date(2025, 6, 1), "by": admin_user}
    coming = quote(target, amount_yen=900_000, from_on=date(2025, 6, 15), **said)
    withdraw_price(coming, on=date(2025, 6, 2), by=admin_user, reason="見積の取消し")
    close("2025-06")
    assert not Price.objects.as_known_in(Month.objects.latest("month").facts_revision).filter(pk=coming.pk).exists()
    assert found()[0] == []
