"""保留の決定 (I-18): finance bills or waives a settlement that was held, once and with its reason."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from billing.models import HeldDecision, HeldSettlement
from contracts.facts import history
from contracts.models import FactsRevision
from contracts.operations.refusal import Refused


@transaction.atomic
def bill_held(held: HeldSettlement, *, reason: str, by: AbstractBaseUser, on: date) -> HeldDecision:
    """Bill a held settlement: it becomes a line of the next month that is closed, its clause and sentence kept.

    Raises Refused where its month is not closed, it is decided already or stands no longer, or no reason is given.
    """
    return _decide(held, "billed", "bill_held", reason=reason, by=by, on=on)


@transaction.atomic
def waive_held(held: HeldSettlement, *, reason: str, by: AbstractBaseUser, on: date) -> HeldDecision:
    """Waive a held settlement: nothing is billed. Raises Refused as bill_held."""
    return _decide(held, "waived", "waive_held", reason=reason, by=by, on=on)


def with_later(rows: QuerySet[HeldSettlement]) -> QuerySet[HeldSettlement]:
    """Held settlements with ``replaced``: whether a later closed month holds the target's settlement anew."""
    later = HeldSettlement.objects.filter(target=OuterRef("target"), pk__gt=OuterRef("pk"))
    return rows.annotate(replaced=Exists(later.exclude(month__closed_at=None)))


WAITS = Q(decided=None, replaced=False, month__closed_at__isnull=False) & ~Q(amount_yen=0)
"""The condition on rows of ``with_later`` that a held settlement waits for finance's decision."""


def waiting() -> QuerySet[HeldSettlement]:
    """The held settlements of all closed months that wait for finance's decision."""
    return with_later(HeldSettlement.objects.all()).filter(WAITS)


def can_be_decided(held: HeldSettlement) -> bool:
    """Whether a held settlement waits for its decision. Asks the database."""
    return not _refusal(held)


def _decide(
    held: HeldSettlement, decision: str, operation: str, *, reason: str, by: AbstractBaseUser, on: date
) -> HeldDecision:
    # First of all the lock of all that amounts rest on: a month that is open is computed anew with the decision.
    FactsRevision.advance()
    held = HeldSettlement.objects.select_related("month", "target").get(pk=held.pk)
    refusal = _refusal(held)
    if refusal:
        raise Refused(refusal, clause=held.clause)
    if not reason.strip():
        raise Refused(_("理由が必要です。"), field="reason")
    decided = HeldDecision.objects.create(
        held=held, decision=decision, reason=reason.strip(), decided_by=str(by), decided_on=on
    )
    number, values = held.target.number, history.values_of(decided)
    history.record(
        operation, "held_settlement", number, by=by, unit_id=held.unit_id, after=values, reason=decided.reason
    )
    return decided


def _refusal(held: HeldSettlement) -> str:
    """Why a held settlement cannot be decided on now; '' where it can."""
    if HeldDecision.objects.filter(held=held).exists():
        return _("この解除調定金は既に決定されています。")
    if held.month.closed_at is None:
        return _("%(month)sがまだ締められていません。締めてから決定してください。") % {"month": held.month}
    later = HeldSettlement.objects.filter(target=held.target_id, pk__gt=held.pk).exclude(month__closed_at=None)
    if not held.amount_yen or later.exists():
        return _("この解除調定金は、後の月の計算に置き換えられています。")
    return ""
