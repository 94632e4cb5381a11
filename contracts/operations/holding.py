"""Under which customer a unit, and under which unit a contract, is listed: brought to what transfers and moves come to on a day.

Nothing is judged or billed by it.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Q

from contracts.facts import history
from contracts.facts.stays import chains_of
from contracts.models import Customer, Entry, ManagementUnit, Target
from contracts.operations.looks import look_again
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


def settle(unit_ids: Iterable[int], on: date, *, by: object) -> set[int]:
    """List what was moved into or out of those units under the unit that it belongs to on the day; the ids of units that changed.

    What is changed so is looked at again by the jobs.
    """
    changed: set[int] = set()
    entries = []
    for contract, chain in sorted(chains_of(unit_ids).items()):
        wanted = [place for place in chain.places if place.from_on <= on][-1].unit_id
        if wanted == chain.home:
            continue
        targets = Target.objects.filter(Q(pk=contract) | Q(option__contract=contract))
        targets.update(unit=wanted)
        codes = dict(ManagementUnit.objects.filter(pk__in=[chain.home, wanted]).values_list("pk", "code"))
        values = {"before": {"unit": codes[chain.home]}, "after": {"unit": codes[wanted]}}
        told = {"actor": str(by), "operation": "stay", "record": "contract", "subject": chain.number}
        entries.append(Entry(**told, unit_id=wanted, **values))
        changed |= {chain.home, wanted}
    history.record_all(entries)
    if changed:
        look_again(ManagementUnit.objects.filter(pk__in=changed).values("pk"))
    return changed
