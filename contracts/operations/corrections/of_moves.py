"""A move of contracts between units put right or taken back, while no other has followed it."""

from datetime import date

from django.utils.translation import gettext as _

from contracts.facts.writing import Writing
from contracts.judge.work import CONSENTS
from contracts.models import Move
from contracts.operations.corrections.kind import Correction, Put
from contracts.operations.holding import settle
from contracts.operations.moves import said_of
from contracts.operations.refusal import Refused
from contracts.terms.timeline import Finding, brought_by, judge
from contracts.terms.unit import Unit


def _must(was: Move, would: Move | None, on: date) -> None:
    others = Move.objects.standing().filter(contract=was.contract_id).exclude(pk=was.pk)
    if others.filter(from_on__gt=was.from_on).exists():
        raise Refused(_("この移動の後に、別の移動が記録されています。後の移動を先に取り消してください。"), clause="6-2")
    if would is None:
        return
    if others.filter(from_on__gte=would.from_on).exists():
        raise Refused(_("移動日が、前の移動の日以前です。"), field="from_on", clause="6-2")
    if would.agreed_on > on:
        raise Refused(_("合意日が未来の日です。"), field="agreed_on", clause="6-2")
    if not would.document.strip():
        raise Refused(_("移動には、合意を示す文書番号が必要です。"), field="evidence", clause="6-2")


def _beside(writing: Writing, put: Put, because: str) -> list[Put]:
    """Where the contract is listed today."""
    settle([put.was.origin_id, put.was.unit_id], writing.on, by=writing.by)
    return []


def _broken(before: Unit, after: Unit) -> list[Finding]:
    """第6条, 第7条 but for consents, which are asked for (I-56)."""
    return [one for one in brought_by(judge(after), judge(before)) if one.violation.clause not in CONSENTS]


def together(row: Move) -> list[Move]:
    """The standing moves that were recorded as one."""
    rows = Move.objects.standing().filter(recorded_in=row.recorded_in, origin=row.origin_id, unit=row.unit_id)
    return list(rows.select_related("contract__target", "origin", "unit").order_by("contract__target__number"))


MOVES = Correction(
    kind="move",
    model=Move,
    related=("contract__target", "origin", "unit"),
    says=frozenset({"from_on", "agreed_on", "document"}),
    clause=lambda row: "6-2",
    subject=lambda row: row.contract.target.number,
    unit_id=lambda row: row.origin_id,
    units=lambda row: [row.origin_id, row.unit_id],
    must=_must,
    beside=_beside,
    broken=_broken,
    values=said_of,
)
