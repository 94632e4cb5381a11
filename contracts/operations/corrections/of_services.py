"""What can be put right of linked services: their states and holders, and what was consented to (第7条第3項〜第7項, 第17条第1項).

Facts of the world are not refused for what units lose by them: that comes onto the worklist (I-28).
"""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.facts.writing import Writing
from contracts.models import Consent, Contract, LinkedServiceState
from contracts.operations.consents import STATED, units_of
from contracts.operations.corrections.kind import Correction, Put
from contracts.operations.refusal import Refused
from contracts.operations.register import units_linking
from contracts.terms.consents import CLAUSES, Assent


def _must_state(was: LinkedServiceState, would: LinkedServiceState | None, on: date) -> None:
    """One state a day, held by somebody, which does not end before it begins; a service keeps a state while a contract links it."""
    others = LinkedServiceState.objects.standing().filter(linked_service=was.linked_service_id).exclude(pk=was.pk)
    if would is None:
        if not others.exists() and was.linked_service.contracts.exists():
            sentence = _("契約が連携している対応サービスの、ただ一つの状態です。取り消せません。訂正してください。")
            raise Refused(sentence, clause="7-5")
        return
    if not would.holder.strip():
        raise Refused(_("名義を入力してください。"), field="holder", clause="7-3")
    if would.ends_on is not None and would.ends_on < would.from_on:
        raise Refused(_("終了日が適用日より前です。"), field="ends_on", clause="7-5")
    if others.filter(from_on=would.from_on).exists():
        raise Refused(_("この日からの状態が既に登録されています。"), field="from_on", clause="7-5")


STATES = Correction(
    kind="linked_service",
    model=LinkedServiceState,
    related=("linked_service",),
    says=frozenset({"from_on", "service", "kind", "item", "holder", "ends_on", "known_on"}),
    clause=lambda row: "7-5",
    subject=lambda row: row.linked_service.code,
    unit_id=lambda row: None,
    units=lambda row: units_linking(row.linked_service.code),
    must=_must_state,
    judged=False,
)


def _clause_of(row: Consent) -> str:
    return CLAUSES[Assent(row.assent)]


def _owner(row: Consent) -> Any:
    return row.linked_service or row.contract


def _subject(row: Consent) -> str:
    return row.contract.target.number if row.contract else str(row.linked_service)


def _must_consent(was: Consent, would: Consent | None, on: date) -> None:
    """Evidence, and an end that does not lie before the beginning; one record of a kind and day."""
    if would is None:
        return
    clause = _clause_of(was)
    if not would.given_by.strip() or not would.document.strip():
        raise Refused(_("同意には、同意した者及び文書番号が必要です。"), field="evidence", clause=clause)
    if would.ends_on is not None and would.ends_on < would.given_on:
        raise Refused(_("終了日が同意日より前です。"), field="ends_on", clause=clause)
    if (would.ends_on is None) != (not would.ended_by_document.strip()):
        raise Refused(_("終了には、終了日と終了の文書番号の両方が必要です。"), field="ends_on", clause=clause)
    same = Consent.objects.standing().filter(
        linked_service=was.linked_service_id, contract=was.contract_id, assent=was.assent, given_on=would.given_on
    )
    if same.exclude(pk=was.pk).exists():
        raise Refused(_("同じ日の同じ同意・前提が既に記録されています。"), field="given_on", clause=clause)


def _beside_consent(writing: Writing, put: Put, because: str) -> list[Put]:
    """The day that the state of a linked service, or the contract, states for it, whose evidence the record is."""
    was, now = put.was, put.now
    given_on = None if now is None else now.given_on
    if given_on == was.given_on:
        return []
    if was.contract is not None:
        contract = was.contract
        if contract.premium_consent_on == was.given_on:
            contract.premium_consent_on = given_on
            contract.save(update_fields=["premium_consent_on"])
            _told_of_contract(writing, contract, was.given_on, because)
        return []
    column = STATED[Assent(was.assent)]
    states = LinkedServiceState.objects.standing().filter(
        linked_service=was.linked_service_id, **{column: was.given_on}
    )
    says: dict[str, Any] = {column: given_on}
    return [
        Put(STATES, state, writing.replace(state, because=because, **says))
        for state in states.select_related("linked_service")
    ]


def _told_of_contract(writing: Writing, contract: Contract, before: date, because: str) -> None:
    target = contract.target
    said: dict[str, Any] = {"before": {"premium_consent_on": before}}
    said |= {"after": {"premium_consent_on": contract.premium_consent_on}, "unit_id": target.unit_id}
    history.record("correct", "contract", target.number, by=writing.by, reason=because, **said)


CONSENTS = Correction(
    kind="consent",
    model=Consent,
    says=frozenset({"given_on", "given_by", "document", "ends_on", "ended_by_document"}),
    clause=_clause_of,
    subject=_subject,
    unit_id=lambda row: row.contract.target.unit_id if row.contract else None,
    units=lambda row: units_of(_owner(row)),
    must=_must_consent,
    beside=_beside_consent,
    judged=False,
)
