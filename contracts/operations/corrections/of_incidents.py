"""What can be put right of 利用不能 and 品質保証の違背: their moments, and what was decided on their claims (第11条, 第15条)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts import clock
from contracts.judge.claims import LAPSED, standing
from contracts.models import Breach, Outage
from contracts.operations.claims import must_last, no_grant, plain_of
from contracts.operations.concerned import serving
from contracts.operations.corrections.ground import Ground
from contracts.operations.corrections.kind import Correction, Put, put_right
from contracts.operations.incidents import must_be_late, must_break, reasoned_fault
from contracts.operations.refusal import Refused
from contracts.terms.art15_claims import notification_broken_at

CLAIM = frozenset(
    {"claimed_on", "claim_document", "fault", "fault_reason", "decision", "decision_reason", "decided_by", "decided_on"}
)
"""The columns that say what was claimed and decided."""

Row = Outage | Breach


def _must_claim(would: Row, clause: str, on: date) -> None:
    """A claim of a day from the incident to today; granted only where the company is at fault, in time, and it lasted long enough."""
    incident = plain_of(would)
    if would.claimed_on is not None and not incident.began_at.date() <= would.claimed_on <= on:
        raise Refused(_("請求日は、発生した日から今日までの間です。"), field="claimed_on", clause=clause)
    if would.decision and would.claimed_on is None:
        raise Refused(_("認否には請求日が必要です。"), field="claimed_on", clause=clause)
    if would.decision == "refused" and not would.decision_reason.strip():
        raise Refused(_("認めない理由を入力してください。"), field="reason", clause=clause)
    if would.decision != "granted":
        return
    if why_not := no_grant(would.fault):
        raise Refused(why_not, field="fault", clause="11-2")
    if incident.deadline is None:
        raise Refused(_("復旧を記録するまで、請求の認否は決められません（I-37）。"), clause=clause)
    if standing(incident, on) == LAPSED:
        said = {"day": incident.deadline.isoformat()}
        raise Refused(_("請求の期限%(day)sを過ぎているため、権利は失われています。") % said, clause=clause)
    must_last(incident)


def _must_outage(was: Outage, would: Outage | None, on: date) -> None:
    """Moments in order and not ahead, of days on which the contract served; one record a moment."""
    if would is None:
        return
    now = clock.now()
    if would.known_at > now:
        raise Refused(_("覚知日時が現在より後です。"), field="known_at", clause="15-1")
    if would.restored_at is not None and not would.known_at <= would.restored_at <= now:
        raise Refused(_("復旧日時は、覚知日時から現在までの間です。"), field="restored_at", clause="15-1")
    _must_serve(would.contract_id, would.known_at, "known_at", "15-1")
    same = Outage.objects.standing().filter(contract=was.contract_id, known_at=would.known_at)
    if same.exclude(pk=was.pk).exists():
        raise Refused(_("同じ日時の利用不能が既に記録されています。"), field="known_at", clause="15-1")
    if would.restored_at is None and not would.source and would.claimed_on:
        raise Refused(_("台帳の請求がある記録には復旧日時が必要です。"), field="restored_at", clause="15-1")
    _must_claim(would, "15-1", on)


def _must_serve(contract_id: int, moment: datetime, column: str, clause: str) -> None:
    if not serving(timezone.localtime(moment).date()).filter(pk=contract_id).exists():
        raise Refused(_("その日に利用中の契約ではありません。"), field=column, clause=clause)


def _must_breach(was: Breach, would: Breach | None, on: date) -> None:
    """A guarantee that was broken, once a moment."""
    if would is None:
        return
    if would.measured_percent is not None:
        must_break(would.measured_percent, timezone.localtime(would.occurred_at).date(), "measured_percent")
    if would.detected_at is not None and would.notified_at is not None:
        if would.notified_at > clock.now():
            raise Refused(_("通知日時が現在より後です。"), field="notified_at", clause="11-1(2)")
        must_be_late(timezone.localtime(would.detected_at), would.notified_at)
    if would.occurred_at != was.occurred_at:
        _must_serve(would.contract_id, would.occurred_at, "occurred_at", "15-2")
    same = Breach.objects.standing().filter(
        contract=was.contract_id, guarantee=was.guarantee, occurred_at=would.occurred_at
    )
    if same.exclude(pk=was.pk).exists():
        raise Refused(_("同じ日時の違背が既に記録されています。"), field="occurred_at", clause="15-2")
    _must_claim(would, "15-2", on)


def _of_contract(kind: str, model: type[Any], moments: frozenset[str], clause: str, must: Any) -> Correction:
    return Correction(
        kind=kind,
        model=model,
        related=("contract__target__unit",),
        says=moments | CLAIM,
        clause=lambda row: clause,
        subject=lambda row: str(row.contract.target.number),
        unit_id=lambda row: int(row.contract.target.unit_id),
        units=lambda row: [row.contract.target.unit_id],
        must=must,
        judged=False,
    )


OUTAGES = _of_contract("outage", Outage, frozenset({"known_at", "restored_at"}), "15-1", _must_outage)
BREACHES = _of_contract(
    "breach",
    Breach,
    frozenset({"occurred_at", "measured_percent", "detected_at", "notified_at"}),
    "15-2",
    _must_breach,
)


def kind_of(row: Row) -> Correction:
    """The kind of correction of an outage or a breach."""
    return OUTAGES if isinstance(row, Outage) else BREACHES


def correct_notification(row: Breach, *, detected_at: datetime, notified_at: datetime) -> dict[str, Any]:
    """What a late notification says with other moments: it is broken as the minutes have run (I-36)."""
    occurred_at = notification_broken_at(timezone.localtime(detected_at))
    return {"detected_at": detected_at, "notified_at": notified_at, "occurred_at": occurred_at}


def correct_decision(
    rows: Sequence[Row], *, decision: str, fault: str, fault_reason: str, ground: Ground, on: date, by: User
) -> list[Put]:
    """Decide claims otherwise: granted, refused, or ('') still to be decided. Raises Refused as put_right does.

    The reason of the correction is the reason of the decision too. What was granted in a closed month and is refused now is
    charged again, and the other way about, in the next close.
    """
    says: dict[str, Any] = {"fault": fault, "fault_reason": reasoned_fault(fault, fault_reason) if fault else ""}
    says |= {"decision": decision, "decision_reason": ground.reason.strip() if decision else ""}
    says |= {"decided_by": str(by) if decision else "", "decided_on": on if decision else None}
    kind = kind_of(rows[0])
    return put_right(kind, rows, says, ground=ground, on=on, by=by)
