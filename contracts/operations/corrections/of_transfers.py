"""A transfer put right or taken back, while no other has followed it (I-54)."""

from datetime import date

from django.utils.translation import gettext as _

from contracts.facts.load import load_units
from contracts.facts.writing import Writing
from contracts.models import LinkedServiceState, Transfer
from contracts.operations.corrections.kind import Correction, Put
from contracts.operations.corrections.of_services import STATES
from contracts.operations.holding import hold
from contracts.operations.refusal import Refused
from contracts.operations.register import units_linking
from contracts.operations.transfers import said_of


def _must(was: Transfer, would: Transfer | None, on: date) -> None:
    """No later transfer stands on it; and it still passes to another customer, on a day after the transfer before."""
    others = Transfer.objects.standing().filter(unit=was.unit_id).exclude(pk=was.pk)
    if others.filter(from_on__gt=was.from_on).exists():
        raise Refused(_("この移転の後に、別の移転が記録されています。後の移転を先に取り消してください。"))
    if would is None:
        return
    if would.receiver_id == was.giver_id:
        raise Refused(_("移転先が移転元と同じです。"), field="receiver")
    if others.filter(from_on__gte=would.from_on).exists():
        raise Refused(_("移転日が、前の移転の日以前です。"), field="from_on")
    if would.agreed_on > on:
        raise Refused(_("合意日が未来の日です。"), field="agreed_on")
    if not would.document.strip():
        raise Refused(_("移転には、契約者及び当社の合意を示す文書番号が必要です。"), field="evidence")


def _beside(writing: Writing, put: Put, because: str) -> list[Put]:
    """The states of linked services that passed with it; and who holds the unit today."""
    was, now = put.was, put.now
    done = []
    for state in _passed_with(was):
        if now is None:
            writing.withdraw(state, because=because)
            done.append(Put(STATES, state, None))
        else:
            stands = writing.replace(state, because=because, holder=now.receiver.code, from_on=now.from_on)
            done.append(Put(STATES, state, stands))
    hold(load_units([was.unit_id]), writing.on, by=writing.by)
    return done


def _passed_with(row: Transfer) -> list[LinkedServiceState]:
    """The states of linked services that were written with a transfer: in one revision, and nothing else of the kind is."""
    states = LinkedServiceState.objects.standing().filter(
        holder=row.receiver.code, from_on=row.from_on, recorded_in=row.recorded_in
    )
    return list(states.select_related("linked_service"))


def _units(row: Transfer) -> list[int]:
    """The unit, and those that link a service that passed with it."""
    linking = {pk for state in _passed_with(row) for pk in units_linking(state.linked_service.code)}
    return sorted({row.unit_id, *linking})


def together(row: Transfer) -> list[Transfer]:
    """The standing transfers that were recorded as one: those of all units of a merger."""
    rows = Transfer.objects.standing().filter(recorded_in=row.recorded_in, kind=row.kind)
    return list(rows.select_related("unit", "giver", "receiver").order_by("unit__code"))


TRANSFERS = Correction(
    kind="transfer",
    model=Transfer,
    related=("unit", "giver", "receiver"),
    says=frozenset({"receiver_id", "from_on", "agreed_on", "document"}),
    clause=lambda row: "",
    subject=lambda row: row.unit.code,
    unit_id=lambda row: row.unit_id,
    units=_units,
    must=_must,
    beside=_beside,
    # What a unit loses by who holds it is asked for anew, never refused (I-56).
    broken=lambda before, after: [],
    values=said_of,
)
