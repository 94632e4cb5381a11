"""請求: who is at fault is decided, a claim received, granted or refused — each by a person, with the reason (第11条第2項, 第15条)."""

from datetime import date
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.judge.claims import CLAIMED, Incident, standing
from contracts.models import Breach, FactsRevision, Outage
from contracts.operations import history
from contracts.operations.incidents import RECORDED, reasoned_fault, told
from contracts.operations.refusal import Refused
from contracts.terms.art15_claims import Fault, excuses

Row = TypeVar("Row", Outage, Breach)


def plain_of(row: Outage | Breach) -> Incident:
    """An outage or a breach as plain values, its moments in Japan."""
    of_outage = isinstance(row, Outage)
    restored_at = row.restored_at if isinstance(row, Outage) else None
    return Incident(
        kind="outage" if of_outage else "breach",
        pk=row.pk,
        contract=row.contract.target.number,
        began_at=timezone.localtime(row.known_at if isinstance(row, Outage) else row.occurred_at),
        restored_at=timezone.localtime(restored_at) if restored_at else None,
        fault=row.fault,
        claimed_on=row.claimed_on,
        decision=row.decision,
        by_book=not row.source,
    )


@transaction.atomic
def decide_fault(row: Row, *, fault: str, reason: str, by: User) -> Row:
    """Decide who an outage or a breach is put down to (11-2). Raises Refused once its claim is decided, or without a reason."""
    stored, before = _locked(row)
    if stored.decision or (stored.claimed_on and not stored.source):
        raise Refused(_("請求の認否が決まっているので、帰責は変えられません。"), field="fault", clause="11-2")
    stored.fault, stored.fault_reason = fault, reasoned_fault(fault, reason)
    stored.save(update_fields=["fault", "fault_reason"])
    told("decide_fault", stored, by, before, stored.fault_reason)
    return stored


@transaction.atomic
def receive_claim(row: Row, *, claimed_on: date, document: str, on: date, by: User) -> Row:
    """Put a claim on record. One after its deadline is recorded as refused, since the right has lapsed (15-1, 15-2).

    Raises Refused where there is a claim already, or nothing to claim yet.
    """
    stored, before = _locked(row)
    incident = plain_of(stored)
    clause, deadline = incident.clause, incident.deadline
    if deadline is None:
        raise Refused(_("復旧を記録するまで、請求を受け付けられません。"), clause=clause)
    if stored.claimed_on is not None:
        raise Refused(_("請求は既に受け付けています。"), clause=clause)
    if not incident.began_at.date() <= claimed_on <= on:
        raise Refused(_("請求日は、発生した日から今日までの間です。"), field="claimed_on", clause=clause)
    stored.claimed_on, stored.claim_document, stored.source = claimed_on, document.strip(), RECORDED
    if claimed_on > deadline:
        said = _("請求の期限%(day)sを過ぎているため、権利は失われています。") % {"day": deadline.isoformat()}
        _decided(stored, "refused", said, on, by)
    stored.save()
    told("receive_claim", stored, by, before, stored.decision_reason)
    return stored


@transaction.atomic
def grant_claim(row: Row, *, reason: str = "", on: date, by: User) -> Row:
    """認める: the reduction falls into the month of the claim. Raises Refused unless the company is at fault (11-2, 15-1)."""
    stored, before = _undecided(row)
    clause = plain_of(stored).clause
    if excuses(stored.fault):
        raise Refused(_("当社の責に帰すべき事由ではないため、認められません。"), clause="11-2")
    if stored.fault != Fault.COMPANY:
        raise Refused(_("先に帰責を決めてください。"), clause="11-2")
    if plain_of(stored).too_short:
        raise Refused(_("利用不能が24時間に満たないため、認められません。"), clause=clause)
    _decided(stored, "granted", reason, on, by)
    stored.save()
    told("grant_claim", stored, by, before, stored.decision_reason)
    return stored


@transaction.atomic
def refuse_claim(row: Row, *, reason: str, on: date, by: User) -> Row:
    """認めない, with the reason. Raises Refused without one."""
    stored, before = _undecided(row)
    if not reason.strip():
        raise Refused(_("認めない理由を入力してください。"), field="reason", clause=plain_of(stored).clause)
    _decided(stored, "refused", reason, on, by)
    stored.save()
    told("refuse_claim", stored, by, before, stored.decision_reason)
    return stored


def _decided(row: Outage | Breach, decision: str, reason: str, on: date, by: User) -> None:
    row.decision, row.decision_reason = decision, reason.strip()
    row.decided_on, row.decided_by = on, str(by)


def _undecided(row: Row) -> tuple[Row, dict[str, Any]]:
    stored, before = _locked(row)
    incident = plain_of(stored)
    if stored.claimed_on is None or standing(incident, stored.claimed_on) != CLAIMED:
        raise Refused(_("認否を決める請求がありません。"), clause=incident.clause)
    return stored, before


def _locked(row: Row) -> tuple[Row, dict[str, Any]]:
    FactsRevision.advance()
    rows = type(row).objects.select_for_update(of=("self",)).select_related("contract__target")
    stored = rows.get(pk=row.pk)
    return stored, history.values_of(stored)
