"""同意・前提: recorded with their evidence, ended, and what units lose by it (第7条第3項〜第7項, 第17条第1項)."""

from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.facts.writing import Writing
from contracts.models import Consent, Contract, LinkedService, LinkedServiceState, ManagementUnit
from contracts.models.choices import ASSENTS
from contracts.operations.refusal import Refused
from contracts.operations.worklist import refresh_worklist
from contracts.terms.catalog import Service
from contracts.terms.consents import CLAUSES, Assent, can_be_of

STATED = {
    Assent.MODULE_CONSENT: "module_consent_on",
    Assent.PREMIUM_CONSENT: "premium_consent_on",
    Assent.BYPASS_OPTION: "bypass_option_on",
    Assent.ADVANCED_SUPPORT: "advanced_support_on",
}
"""The column of a linked service's state in which the book states each."""


ASSENT_NAMES = dict(ASSENTS)


@transaction.atomic
def record_consent(
    owner: LinkedService | Contract, *, assent: Assent, given_on: date, given_by: str, document: str, on: date, by: User
) -> Consent:
    """Record a consent or a prerequisite with its evidence. Raises Refused where that day's is recorded already."""
    writing = Writing.begin(by=by, on=on)
    if Consent.objects.standing().filter(**_owned(owner), assent=assent, given_on=given_on).exists():
        raise Refused(_("同じ日の同じ同意・前提が既に記録されています。"), field="given_on", clause=CLAUSES[assent])
    if isinstance(owner, LinkedService):
        _state_it(writing, owner, assent, given_on)
    evidence = {"given_by": given_by.strip(), "document": document.strip()}
    consent = writing.add(Consent(**_owned(owner), assent=assent, given_on=given_on, **evidence))
    _told("consent", consent, by, None)
    refresh_worklist(units_of(owner))
    return consent


@transaction.atomic
def end_consent(consent: Consent, *, ends_on: date, document: str, on: date, by: User, reason: str) -> Consent:
    """End a consent or a prerequisite on a day, on which it still holds. What units lose by it comes onto the worklist."""
    writing = Writing.begin(by=by, on=on)
    consent = Consent.objects.select_for_update(no_key=True).get(pk=consent.pk)
    clause = CLAUSES[Assent(consent.assent)]
    if not consent.stands:
        raise Refused(_("この記録は%(day)sに置き換えられています。") % {"day": consent.withdrawn_on}, clause=clause)
    if consent.ends_on is not None:
        raise Refused(_("この同意・前提は既に%(day)sで終了しています。") % {"day": consent.ends_on}, clause=clause)
    if ends_on < consent.given_on:
        raise Refused(_("終了日が同意日より前です。"), field="ends_on", clause=clause)
    before = history.values_of(consent)
    consent = writing.replace(consent, because=reason, ends_on=ends_on, ended_by_document=document.strip())
    _told("end_consent", consent, by, before, reason)
    refresh_worklist(units_of(consent.linked_service or consent.contract))
    return consent


def _state_it(writing: Writing, service: LinkedService, assent: Assent, given_on: date) -> None:
    """State the day where the book states it, unless it states one already: so a written book has it too."""
    states = list(LinkedServiceState.objects.standing().filter(linked_service=service).order_by("from_on"))
    if not states:
        raise Refused(_("対応サービスの状態が登録されていません。"), clause="7-3")
    begun = [state for state in states if state.from_on <= given_on]
    state, column = (begun or states)[-1 if begun else 0], STATED[assent]
    if not can_be_of(assent, Service(state.service)):
        named = {"service": state.get_service_display(), "assent": ASSENT_NAMES[assent]}
        raise Refused(_("%(service)sに%(assent)sはありません。") % named, field="assent", clause=CLAUSES[assent])
    if getattr(state, column) is None:
        said: dict[str, Any] = {column: given_on}
        writing.replace(state, because=_("同意・前提の記録"), **said)


def _owned(owner: LinkedService | Contract) -> dict[str, LinkedService | Contract]:
    return {"linked_service": owner} if isinstance(owner, LinkedService) else {"contract": owner}


def units_of(owner: LinkedService | Contract | None) -> list[int]:
    """The ids of the units whose conditions a consent of its owner bears on."""
    if isinstance(owner, Contract):
        return [owner.target.unit_id]
    linking = ManagementUnit.objects.filter(targets__contract__linked_service=owner)
    return sorted(set(linking.values_list("pk", flat=True)))


def _told(operation: str, consent: Consent, by: User, before: dict[str, object] | None, reason: str = "") -> None:
    contract = consent.contract
    subject = contract.target.number if contract else str(consent.linked_service)
    history.record(
        operation,
        "consent",
        subject,
        by=by,
        unit_id=contract.target.unit_id if contract else None,
        before=before,
        after=history.values_of(consent),
        reason=reason,
    )
