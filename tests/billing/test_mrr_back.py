"""復活 in the movements of MRR (I-68): who was charged before comes back, however long ago that was; who never was is new."""

from datetime import date

import pytest
from django.contrib.auth.models import User

from billing.models import ForecastMovement
from billing.operations.forecast import forecast
from tests.contracts.book.build import book, customer, module, must_take, notice, price, priced, tier, unit

ON, BACK_ON = date(2025, 6, 20), "2025-05-01"
LONG_BEFORE = {"accepted": "2021-03-10", "starts": "2021-04-01"}
NOW = {"accepted": "2025-04-10", "starts": BACK_ON}


def _contracts(number: str, of: str, **said: str):
    yield tier(number=f"T{number}", of=of, application=f"A{number}", **said)
    yield module(number=f"M{number}", of=of, application=f"A{number}", **said)
    for one in (f"T{number}", f"M{number}"):
        yield from priced(one, 100_000, from_on=said["starts"])


def _ended(number: str, arrived: str):
    yield from (notice(f"T{number}", arrived), notice(f"M{number}", arrived))


@pytest.mark.django_db
def test_who_was_charged_years_ago_comes_back_and_who_never_was_is_new(tmp_path) -> None:
    """The opening is thirteen months back; C-1 was charged until 2022, C-3 had an end before its beginning, C-4 never stopped."""
    facts = [fact for n in range(1, 5) for fact in (customer(f"C-{n}", f"第{n}"), unit(f"U-{n}", of=f"C-{n}"))]
    facts += [*_contracts("1a", "U-1", **LONG_BEFORE), *_ended("1a", "2022-01-10"), *_contracts("1b", "U-1", **NOW)]
    facts += _contracts("2", "U-2", **NOW)
    facts += [*_contracts("3a", "U-3", **LONG_BEFORE | {"starts": "2022-04-01"}), *_ended("3a", "2021-05-10")]
    facts += _contracts("3b", "U-3", **NOW)
    facts += [*_contracts("4a", "U-4", **LONG_BEFORE), price("T4a", "monthly", 300_000, BACK_ON)]
    must_take(book(*facts), tmp_path / "book")
    row = forecast(12, on=ON, by=User.objects.create_user("keiri"))
    moved = ForecastMovement.objects.filter(forecast=row).order_by("customer__code", "month")
    told = [(one.customer.code, f"{one.month:%Y-%m}", one.movement, one.yen) for one in moved]
    assert told == [
        ("C-1", "2025-05", "back", 200_000),
        ("C-2", "2025-05", "new", 200_000),
        ("C-3", "2025-05", "new", 200_000),
        ("C-4", "2025-05", "more", 200_000),
    ]
