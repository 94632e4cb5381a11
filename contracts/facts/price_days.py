"""料金 as the judge needs them: for which target, fee and day there is one — never how much."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from contracts import models
from contracts.models.bulk import slices


class PriceDay(NamedTuple):
    """A price without its amount: what tells it apart, and the number of the application it was quoted with ('': unknown)."""

    target: str
    fee: str
    from_on: date | None
    note: str
    application: str = ""


PRICE_DAY = ("target__number", "fee", "from_on", "note", "application__number")
"""The columns of a PriceDay, from a price."""


def price_day_of(row: tuple[Any, ...]) -> PriceDay:
    """A PriceDay of those columns."""
    target, fee, from_on, note, application = row
    return PriceDay(target, fee, from_on, note, application or "")


def price_day_written(values: dict[str, Any]) -> PriceDay:
    """A PriceDay by the names of a price's values."""
    names = ("target", "fee", "from_on", "note", "application")
    return price_day_of(tuple(values[name] for name in names))


def load_price_days(numbers: Iterable[str]) -> list[PriceDay]:
    """The standing prices of those targets, in sets."""
    found: list[PriceDay] = []
    for some in slices(sorted(numbers)):
        prices = models.Price.objects.standing().filter(target__number__in=some)
        found += map(price_day_of, prices.values_list(*PRICE_DAY))
    return found
