"""設定変更: changed without asking under 第17条第1項, recorded, and the customer told (第17条第2項)."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.facts.load import load_units
from contracts.models import Contract, SettingChange
from contracts.operations.refusal import Refused
from contracts.operations.worklist import refresh_worklist
from contracts.terms.standing import premium_tiers
from contracts.terms.timeline import Timeline


@transaction.atomic
def record_setting_change(
    contract: Contract, *, what: str, why: str, changed_at: datetime, by: User, now: datetime
) -> SettingChange:
    """Record a change. Raises Refused where the customer had not consented to it then (17-1), or it lies ahead of ``now``."""
    if changed_at > now:
        raise Refused(_("変更日時が現在より後です。"), field="changed_at", clause="17-2")
    _allowed(contract, changed_at)
    change = SettingChange.objects.create(
        contract=contract, what=what.strip(), why=why.strip(), changed_at=changed_at, changed_by=str(by)
    )
    _told("setting_change", change, by, None)
    return change


@transaction.atomic
def tell_customer(change: SettingChange, *, told_at: datetime, how: str, by: User, now: datetime) -> SettingChange:
    """Record when and how the customer was told (17-2). Raises Refused where that is recorded already or cannot be."""
    change = (
        SettingChange.objects.select_for_update(no_key=True, of=("self",))
        .select_related("contract__target")
        .get(pk=change.pk)
    )
    if change.told_at is not None:
        raise Refused(_("この設定変更は既に報告済みです。"), clause="17-2")
    if not change.changed_at <= told_at <= now:
        raise Refused(_("報告日時は、変更日時から現在までの間です。"), field="told_at", clause="17-2")
    before = history.values_of(change)
    change.told_at, change.told_how, change.told_by = told_at, how.strip(), str(by)
    change.save(update_fields=["told_at", "told_how", "told_by"])
    _told("tell", change, by, before)
    return change


def _allowed(contract: Contract, changed_at: datetime) -> None:
    """17-1: under プレミアム, for a linking module, with the customer's consent on the day."""
    unit_id, number = contract.target.unit_id, contract.target.number
    day = timezone.localtime(changed_at).date()
    standing = Timeline(load_units([unit_id])[unit_id]).on(day)
    if number not in {module.number for module, _module in standing.linking}:
        raise Refused(_("この日に利用中の連携モジュールの契約ではありません。"), field="changed_at", clause="17-1")
    if not any(standing.consented_itself(tier) for tier in premium_tiers(standing)):
        raise Refused(_("この日には、特則についての契約者の同意がありません。"), field="changed_at", clause="17-1")


def _told(operation: str, change: SettingChange, by: User, before: dict[str, object] | None) -> None:
    target = change.contract.target
    after = history.values_of(change)
    history.record(
        operation,
        "setting_change",
        target.number,
        by=by,
        unit_id=target.unit_id,
        before=before,
        after=after,
        reason=change.why,
    )
    refresh_worklist([target.unit_id])
