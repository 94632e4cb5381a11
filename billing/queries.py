"""Named questions to the ledger."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from billing.models import ChargeLine, Month


class ExportedLine(NamedTuple):
    """One line as it leaves the system; days inclusive, yen before tax. ``option`` is '' for a contract's own line."""

    month: str
    customer: str
    unit: str
    contract: str
    option: str
    fee: str
    from_on: date
    to_on: date
    quantity: int
    unit_price_yen: int
    amount_yen: int
    tax_category: str
    clause: str
    basis: str


_COLUMNS = ["customer__code", "unit__code", "target__number", "target__option__contract__target__number", "fee"]
_COLUMNS += ["from_on", "to_on", "quantity", "unit_price_yen", "amount_yen", "tax_category", "clause", "basis"]


def lines_of(month: Month) -> Iterator[ExportedLine]:
    """The month's lines in the order in which they were computed; streams."""
    name = f"{month.month:%Y-%m}"
    rows: Any = ChargeLine.objects.filter(month=month).order_by("pk").values_list(*_COLUMNS)
    for customer, unit, number, contract, *rest in rows.iterator(chunk_size=5000):
        yield ExportedLine(name, customer, unit, contract or number, number if contract else "", *rest)
