"""請求: who is at fault is decided, a claim received, granted or refused — each by a person, with the reason (第11条第2項, 第15条)."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.facts.writing import Writing
from contracts.judge.claims import CLAIMED, Incident, Told, counting_beside, standing
from contracts.models import Breach, Outage
from contracts.operations.incidents import RECORDED, Row, locked, reasoned_fault, told
from contracts.operations.refusal import Refused
from contracts.terms.art15_claims import Moments, Responsibility, excuses, least_of, whole_units


def plain_of(row: Outage | Breach) -> Incident:
    """An outage or a breach as plain values, its moments in Japan."""
    of_outage = isinstance(row, Outage)
    restored_at = row.restored_at if isinstance(row, Outage) else None
    return Incident(
        kind="outage" if of_outage else "breach",
        pk=row.pk,
        guarantee=row.guarantee if isinstance(row, Breach) else "",
        contract=row.contract.target.number,
        began_at=timezone.localtime(row.known_at if isinstance(row, Outage) else row.occurred_at),
        restored_at=timezone.localtime(restored_at) if restored_at else None,
        fault=row.fault,
        claimed_on=row.claimed_on,
        decision=row.decision,
        by_book=not row.source,
        beside=_beside(row) if isinstance(row, Outage) else (),
    )


def _beside(row: Outage) -> tuple[Moments, ...]:
    """The other records of the contract that count with an outage too short by itself; nothing is read for one that is not."""
    if row.restored_at is None or whole_units(timezone.localtime(row.known_at), row.restored_at):
        return ()
    others = [one for one in row.contract.outages.all() if one.stands and one.known_at != row.known_at]
    return counting_beside((_told(one) for one in others), claimed=row.claimed_on is not None)


def _told(row: Outage) -> Told:
    over = timezone.localtime(row.restored_at) if row.restored_at else None
    return Told(timezone.localtime(row.known_at), over, row.fault, row.claimed_on, row.decision)


@transaction.atomic
def together(rows: Sequence[Row], do: Callable[[Row], Row]) -> list[Row]:
    """Do the same to the records of one event, all of it or nothing. Raises Refused, naming the contract where there are several."""
    done = []
    for row in rows:
        try:
            done.append(do(row))
        except Refused as refused:
            if len(rows) == 1:
                raise
            reason = refused.reason
            sentence = _("%(number)s：%(why)s") % {"number": row.contract.target.number, "why": reason.message}
            raise Refused(sentence, field=reason.field, clause=reason.clause) from None
    return done


@transaction.atomic
def decide_fault(row: Row, *, fault: str, reason: str, on: date, by: User) -> Row:
    """Decide who an outage or a breach is put down to (11-2). Raises Refused once its claim is decided, or without a reason."""
    writing, stored, before = _begun(row, on, by)
    if stored.decision or (stored.claimed_on and not stored.source):
        raise Refused(_("請求の認否が決まっているので、帰責は変えられません。"), field="fault", clause="11-2")
    fault_reason = reasoned_fault(fault, reason)
    new = writing.replace(stored, because=fault_reason, fault=fault, fault_reason=fault_reason)
    told("decide_fault", new, by, before, fault_reason)
    return new


@transaction.atomic
def receive_claim(row: Row, *, claimed_on: date, document: str, on: date, by: User) -> Row:
    """Put a claim on record. One after its deadline is recorded as refused, since the right has lapsed (15-1, 15-2).

    An outage may be claimed while it lasts: what it comes to is granted once it is over (I-37). Raises Refused where there is
    a claim already.
    """
    writing, stored, before = _begun(row, on, by)
    incident = plain_of(stored)
    clause, deadline = incident.clause, incident.deadline
    if stored.claimed_on is not None:
        raise Refused(_("請求は既に受け付けています。"), clause=clause)
    if not incident.began_at.date() <= claimed_on <= on:
        raise Refused(_("請求日は、発生した日から今日までの間です。"), field="claimed_on", clause=clause)
    said: dict[str, Any] = {"claimed_on": claimed_on, "claim_document": document.strip(), "source": RECORDED}
    if deadline is not None and claimed_on > deadline:
        why = _("請求の期限%(day)sを過ぎているため、権利は失われています。") % {"day": deadline.isoformat()}
        said |= _decided("refused", why, on, by)
    new = writing.replace(stored, because=_("請求の受付"), **said)
    told("receive_claim", new, by, before, new.decision_reason)
    return new


@transaction.atomic
def grant_claim(row: Row, *, reason: str = "", on: date, by: User) -> Row:
    """認める: the reduction falls into the month of the claim, not before the state is over (I-37).

    Raises Refused unless the company is at fault (11-2, 15-1), while an outage lasts, and where its state has no 24 hours.
    """
    writing, stored, before = _undecided(row, on, by)
    if said := no_grant(stored.fault):
        raise Refused(said, clause="11-2")
    must_last(plain_of(stored))
    new = writing.replace(stored, because=_("認める決定"), **_decided("granted", reason, on, by))
    told("grant_claim", new, by, before, new.decision_reason)
    return new


def no_grant(fault: str) -> str:
    """Why who is at fault keeps a claim from being granted (11-2, 15-1); '' where the company is."""
    if excuses(fault):
        return _("当社の責に帰すべき事由ではないため、認められません。")
    return "" if fault == Responsibility.COMPANY else _("先に帰責を決めてください。")


@transaction.atomic
def refuse_claim(row: Row, *, reason: str, on: date, by: User) -> Row:
    """認めない, with the reason. Raises Refused without one."""
    writing, stored, before = _undecided(row, on, by)
    if not reason.strip():
        raise Refused(_("認めない理由を入力してください。"), field="reason", clause=plain_of(stored).clause)
    new = writing.replace(stored, because=reason, **_decided("refused", reason, on, by))
    told("refuse_claim", new, by, before, new.decision_reason)
    return new


def must_last(incident: Incident) -> None:
    """Raises Refused where the state, with all that is claimed or granted beside the record, has no whole 24 hours (I-38)."""
    if not incident.too_short or incident.state is None:
        return
    began_at, over_at = incident.state
    said = {"began": f"{began_at:%Y-%m-%d %H:%M}", "over": f"{over_at:%Y-%m-%d %H:%M}"}
    said["hours"] = str(least_of(began_at) // timedelta(hours=1))
    sentence = _("利用不能の状態（%(began)s〜%(over)s）が%(hours)s時間に満たないため、認められません（I-38）。")
    raise Refused(sentence % said, clause=incident.clause)


def _decided(decision: str, reason: str, on: date, by: User) -> dict[str, Any]:
    return {"decision": decision, "decision_reason": reason.strip(), "decided_on": on, "decided_by": str(by)}


def _undecided(row: Row, on: date, by: User) -> tuple[Writing, Row, dict[str, Any]]:
    writing, stored, before = _begun(row, on, by)
    incident = plain_of(stored)
    if incident.deadline is None:
        raise Refused(_("復旧を記録するまで、請求の認否は決められません（I-37）。"), clause=incident.clause)
    if stored.claimed_on is None or standing(incident, stored.claimed_on) != CLAIMED:
        raise Refused(_("認否を決める請求がありません。"), clause=incident.clause)
    return writing, stored, before


def _begun(row: Row, on: date, by: User) -> tuple[Writing, Row, dict[str, Any]]:
    writing = Writing.begin(by=by, on=on)
    stored = locked(row)
    return writing, stored, history.values_of(stored)
