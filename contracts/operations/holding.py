"""契約者 of a unit as lists and pages show it: brought to whoever holds its contracts on a day. Nothing is judged or billed by it."""

from collections.abc import Mapping
from datetime import date

from contracts.facts import history
from contracts.models import Customer, Entry, ManagementUnit
from contracts.terms.holders import in_force_on
from contracts.terms.unit import Unit


def hold(units: Mapping[int, Unit], on: date, *, by: object) -> None:
    """Bring the customer of those units to who holds their contracts on the day; each that changes is told in the history."""
    wanted = {pk: _holder(unit, on) for pk, unit in units.items()}
    rows = ManagementUnit.objects.filter(pk__in=list(wanted)).select_related("customer").order_by("pk")
    moved = [row for row in rows if row.customer.code != wanted[row.pk]]
    if not moved:
        return
    customers = {row.code: row for row in Customer.objects.filter(code__in={wanted[row.pk] for row in moved})}
    entries = []
    for row in moved:
        before, row.customer = row.customer.code, customers[wanted[row.pk]]
        values = {"before": {"customer": before}, "after": {"customer": row.customer.code}}
        told = {"actor": str(by), "operation": "hold", "record": "unit", "subject": row.code, "unit_id": row.pk}
        entries.append(Entry(**told, **values))
    ManagementUnit.objects.bulk_update(moved, ["customer"])
    history.record_all(entries)


def _holder(unit: Unit, on: date) -> str:
    transfer = in_force_on(unit.transfers, on)
    return transfer.receiver if transfer else unit.customer
