"""登録: customers, management units, linked services and their states, and who looks after a unit (of many: hand_over.py)."""

from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.facts import history, name_keys
from contracts.facts.named_holders import holders_meant
from contracts.facts.unit_lock import hold_units
from contracts.facts.writing import Writing
from contracts.intake.book.read import Row
from contracts.intake.book.settle import settle
from contracts.models import Customer, FactsRevision, LinkedService, LinkedServiceState, ManagementUnit
from contracts.operations.refusal import Refused
from contracts.operations.worklist import refresh_worklist


@transaction.atomic
def register_customer(*, code: str, name: str, kana: str = "", by: User) -> Customer:
    """Register a customer. Raises Refused where the code is taken."""
    FactsRevision.advance()
    if Customer.objects.filter(code=code).exists():
        raise Refused(_("契約者コード「%(code)s」は既に使われています。") % {"code": code}, field="code")
    customer = Customer.objects.create(code=code, name=name, kana=kana)
    name_keys.keep("customer", [customer.pk])
    history.record("register", "customer", code, by=by, after=history.values_of(customer))
    return customer


@transaction.atomic
def register_unit(*, customer: Customer, code: str, name: str, by: User) -> ManagementUnit:
    """Register a management unit of a customer; whoever registers it looks after it. Raises Refused where the code is taken."""
    FactsRevision.advance()
    if ManagementUnit.objects.filter(code=code).exists():
        raise Refused(_("管理単位コード「%(code)s」は既に使われています。") % {"code": code}, field="code")
    unit = ManagementUnit.objects.create(customer=customer, code=code, name=name, account_manager=by)
    name_keys.keep("unit", [unit.pk])
    history.record("register", "unit", code, by=by, unit_id=unit.pk, after=history.values_of(unit))
    return unit


@transaction.atomic
def assign(unit: ManagementUnit, *, to: User | None, by: User) -> ManagementUnit:
    """Say who looks after a unit; None: nobody in particular."""
    hold_units([unit.pk])
    stored = ManagementUnit.objects.select_related("account_manager").get(pk=unit.pk)
    before = {"account_manager": str(stored.account_manager or "")}
    stored.account_manager = to
    stored.save(update_fields=["account_manager"])
    after = {"account_manager": str(to or "")}
    history.record("assign", "unit", stored.code, by=by, unit_id=stored.pk, before=before, after=after)
    return stored


def held_by(written: str) -> str:
    """The holder as it is stored: a customer by its code, also where it was typed by its name; another party by its name.

    Raises Refused where several customers are called so.
    """
    codes = holders_meant(written)
    if len(codes) > 1:
        said = {"name": written, "codes": "、".join(codes)}
        raise Refused(
            _("「%(name)s」という契約者が複数あります（%(codes)s）。契約者コードで入力してください。") % said,
            field="holder",
            clause="7-3",
        )
    return codes[0] if codes else written.strip()


def units_linking(code: str) -> list[int]:
    """The ids of the units that link a service of that code."""
    linking = ManagementUnit.objects.filter(targets__contract__linked_service__code=code)
    return sorted(set(linking.values_list("pk", flat=True)))


@transaction.atomic
def register_state(
    *,
    code: str,
    from_on: date,
    service: str,
    kind: str,
    item: str,
    holder: str,
    ends_on: date | None,
    on: date,
    by: User,
) -> LinkedServiceState:
    """Register a linked service, or its state from a day on. Raises Refused where a state begins on that day already."""
    writing = Writing.begin(by=by, on=on)
    values: dict[str, Any] = {
        **{"code": code, "from_on": from_on, "service": service, "kind": kind, "item": item},
        **{"holder": holder, "ends_on": ends_on},
    }
    settled, faults = settle(Row("linked_services", 0, values), {}, {})
    if faults:
        raise Refused(faults[0].said(), field=faults[0].column, clause=faults[0].clause)
    settled.values["holder"] = held_by(settled.values["holder"])
    owner, _created = LinkedService.objects.get_or_create(code=code)
    if LinkedServiceState.objects.standing().filter(linked_service=owner, from_on=from_on).exists():
        raise Refused(_("この日からの状態が既に登録されています。"), field="from_on", clause="7-5")
    kept = {name: value for name, value in settled.values.items() if name != "code"}
    state = writing.add(LinkedServiceState(linked_service=owner, known_on=on, **kept))
    history.record("register", "linked_service", code, by=by, after=history.values_of(state))
    refresh_worklist(units_linking(code))
    return state
