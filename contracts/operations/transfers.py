"""契約の移転: the contracts of units pass to another customer from a day on, one unit's or, by a merger, all (I-54 … I-56).

The terms say nothing of it. Minimum terms, terms, prices, notices and claims run on as if nothing had happened, and no initial fee
falls due; consents are asked for anew, and what lacks one comes onto the worklist.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.facts.holders import Holdings, ever_held_by, holder_on, holdings_of
from contracts.facts.load import load_linked, load_units
from contracts.facts.writing import Writing
from contracts.models import Customer, Entry, LinkedServiceState, ManagementUnit, Transfer
from contracts.operations.effects import bring_up_to
from contracts.operations.holding import hold
from contracts.operations.refusal import Refused
from contracts.operations.worklist import refresh_worklist
from contracts.terms.holders import TransferKind
from contracts.terms.unit import linked_on


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferAsked:
    """A transfer as it is entered: to whom, from which day on, when it was agreed and on which document.

    ``services``: the linked services that the giver holds pass with the contracts; the options on them stay with them.
    """

    receiver: Customer
    from_on: date
    agreed_on: date
    document: str
    services: bool = False


def held_units(giver: Customer, on: date) -> list[ManagementUnit]:
    """The units whose contracts a customer holds on a day, in the order of their codes."""
    units = list(ever_held_by([giver.pk]).order_by("code"))
    holdings = holdings_of([unit.pk for unit in units]) if units else {}
    return [unit for unit in units if holder_on(holdings[unit.pk], on) == giver.pk]


@transaction.atomic
def transfer_unit(
    unit: ManagementUnit, asked: TransferAsked, *, on: date, by: User, reason: str = ""
) -> list[Transfer]:
    """移転: the contracts of one unit pass to another customer. Raises Refused."""
    return _transferred(Writing.begin(by=by, on=on), TransferKind.TRANSFER, [unit], asked, by, reason)


@transaction.atomic
def merge_customer(giver: Customer, asked: TransferAsked, *, on: date, by: User, reason: str = "") -> list[Transfer]:
    """合併: all units of a customer pass to another at once, with all its rights and duties (I-55). Raises Refused."""
    # Which units it holds is asked once nobody else writes: one that has just passed on is not the giver's to merge.
    writing = Writing.begin(by=by, on=on)
    units = held_units(giver, asked.from_on)
    if not units:
        raise Refused(_("この契約者には、移転日に管理単位がありません。"), field="from_on")
    return _transferred(writing, TransferKind.MERGER, units, asked, by, reason)


def _transferred(
    writing: Writing,
    kind: TransferKind,
    units: Sequence[ManagementUnit],
    asked: TransferAsked,
    by: User,
    reason: str,
) -> list[Transfer]:
    on = writing.on
    if asked.agreed_on > on:
        raise Refused(_("合意日が未来の日です。"), field="agreed_on")
    if not asked.document.strip():
        raise Refused(_("移転には、契約者及び当社の合意を示す文書番号が必要です。"), field="document")
    merged = Transfer.objects.standing().filter(giver=asked.receiver, kind=TransferKind.MERGER.value).first()
    if merged is not None:
        said = {"customer": asked.receiver.code, "day": merged.from_on.isoformat()}
        raise Refused(_("%(customer)sは、%(day)sに合併により消滅しています。") % said, field="receiver")
    ids = [unit.pk for unit in units]
    holdings = holdings_of(ids)
    rows = [_row(kind, unit, holdings[unit.pk], asked) for unit in units]
    givers = {row.giver_id for row in rows}
    writing.add_all(Transfer, rows)
    stored = list(
        Transfer.objects.standing()
        .filter(unit__in=ids, recorded_in=writing.revision)
        .select_related("unit", "giver", "receiver")
        .order_by("unit__code")
    )
    history.record_all(_entry(row, by, reason) for row in stored)
    also = _services(writing, Customer.objects.filter(pk__in=givers), ids, kind, asked, by) if asked.services else set()
    follow([*ids, *sorted(also - set(ids))], on=on, by=by)
    return stored


def _row(kind: TransferKind, unit: ManagementUnit, held: Holdings, asked: TransferAsked) -> Transfer:
    """The transfer of one unit, not stored. Raises Refused where a later one stands, or nobody else would hold it."""
    if held[-1].from_on >= asked.from_on:
        said = {"unit": unit.code, "day": held[-1].from_on.isoformat()}
        raise Refused(_("%(unit)sには、%(day)sからの移転が既に記録されています。") % said, field="from_on")
    if held[-1].customer_id == asked.receiver.pk:
        raise Refused(_("%(unit)sは、既に移転先の契約者のものです。") % {"unit": unit.code}, field="receiver")
    return Transfer(
        unit=unit,
        giver_id=held[-1].customer_id,
        receiver=asked.receiver,
        kind=kind.value,
        from_on=asked.from_on,
        agreed_on=asked.agreed_on,
        document=asked.document.strip(),
    )


def _services(
    writing: Writing, givers: Any, unit_ids: Sequence[int], kind: TransferKind, asked: TransferAsked, by: User
) -> set[int]:
    """Linked services that the giver holds on the day get a state of the receiver's from it on; the units that link them.

    By a merger all of them, else those that the units link. One with a later state is left to be put right by hand.
    """
    standing = LinkedServiceState.objects.standing()
    later = standing.filter(from_on__gte=asked.from_on).values("linked_service")
    of_givers = standing.filter(holder__in=[giver.code for giver in givers]).exclude(linked_service__in=later)
    if kind is TransferKind.TRANSFER:
        of_givers = of_givers.filter(linked_service__contracts__target__unit__in=unit_ids)
    owners = {state.linked_service.code: state.linked_service for state in of_givers.select_related("linked_service")}
    codes = {giver.code for giver in givers}
    entries = []
    for code, states in load_linked(sorted(owners)).items():
        stands = linked_on(states, asked.from_on)
        if stands is None or stands.holder not in codes:
            continue
        names = ("service", "kind", "item", "bypass_option_on", "advanced_support_on", "ends_on")
        values = {name: getattr(stands, name) for name in names}
        row = LinkedServiceState(
            linked_service=owners[code],
            holder=asked.receiver.code,
            from_on=asked.from_on,
            known_on=writing.on,
            **{name: value.value if name == "service" else value for name, value in values.items()},
        )
        writing.add(row)
        told = {"actor": str(by), "operation": "transfer", "record": "linked_service", "subject": code}
        entries.append(Entry(**told, after=history.values_of(row)))
    history.record_all(entries)
    linking = ManagementUnit.objects.filter(targets__contract__linked_service__code__in=list(owners))
    return set(linking.values_list("pk", flat=True))


def follow(unit_ids: Sequence[int], *, on: date, by: User) -> None:
    """What follows from transfers of those units: who holds them today, the record of effects, the worklist."""
    loaded = load_units(unit_ids)
    hold(loaded, on, by=by)
    bring_up_to(unit_ids, on, loaded=loaded)
    refresh_worklist(unit_ids, on=on, loaded=loaded)


def said_of(row: Transfer) -> dict[str, object]:
    """What a transfer says, as the history keeps it."""
    names: Mapping[str, object] = {
        "giver": row.giver.code,
        "receiver": row.receiver.code,
        "kind": row.kind,
        "from_on": row.from_on,
        "agreed_on": row.agreed_on,
        "document": row.document,
    }
    return dict(names)


def _entry(row: Transfer, by: User, reason: str) -> Entry:
    return Entry(
        actor=str(by),
        operation="transfer",
        record="transfer",
        subject=row.unit.code,
        unit_id=row.unit_id,
        after=said_of(row),
        reason=reason,
    )
