"""請求先と注文番号: whom invoices go to from a day on, put right and taken back (I-71). No charge is computed from them."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from unicodedata import normalize

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from billing.facts.issuer import issuers
from billing.models import BillingGroup, BillingParty, OrderNumber
from billing.models.party import LAST_DAY, MOST_MONTHS
from billing.terms.issuer import POSTAL_CODE
from billing.terms.paper import Honorific, Sending
from contracts.facts import history
from contracts.facts.writing import Writing
from contracts.models import Customer, ManagementUnit
from contracts.models.fact import BOOKKEEPING
from contracts.operations.refusal import Refused

SAYS = tuple(
    field.name
    for field in BillingParty._meta.concrete_fields
    if field.name not in BOOKKEEPING | {"customer", "group", "from_on"}
)
"""What a party says, by the columns of its table."""


def said_by(row: BillingParty) -> dict[str, Any]:
    """What a party says, from its day on."""
    return {name: getattr(row, name) for name in SAYS}


@transaction.atomic
def set_party(
    customer: Customer,
    *,
    group: BillingGroup | None = None,
    from_on: date,
    says: Mapping[str, Any],
    on: date,
    by: User,
) -> BillingParty:
    """Say whom a customer's own invoices go to from a day on, or those of one of its groups. Invoices issued before stay.

    Raises Refused where a party begins on that day already (it is put right instead), where the group is another customer's, and
    where what it says cannot be printed or paid.
    """
    writing = Writing.beside(by=by, on=on)
    if group is not None and group.customer_id != customer.pk:
        raise Refused(_("グループ%(group)sは、この契約者のものではありません。") % {"group": group.code}, field="group")
    same = BillingParty.objects.standing().filter(customer=customer, group=group, from_on=from_on)
    if same.exists():
        raise Refused(_("この日からの請求先が既に記録されています。その請求先を訂正してください。"), field="from_on")
    said = _must_be_sound(says)
    row = writing.add(BillingParty(customer=customer, group=group, from_on=from_on, **said))
    _record("bill_to", row, by=by, before=None)
    return row


@transaction.atomic
def correct_party(
    row: BillingParty, *, says: Mapping[str, Any], from_on: date, reason: str, on: date, by: User
) -> BillingParty:
    """Put a party right: what it ought to have said, and from which day. Issued invoices stay. Raises Refused without a reason."""
    writing = Writing.beside(by=by, on=on)
    row = _standing(BillingParty, row.pk)
    _must_have(reason)
    same = BillingParty.objects.standing().filter(customer=row.customer_id, group=row.group_id, from_on=from_on)
    if same.exclude(pk=row.pk).exists():
        raise Refused(_("この日からの請求先が既に記録されています。その請求先を訂正してください。"), field="from_on")
    before = {**said_by(row), "from_on": row.from_on}
    new = writing.replace(row, because=reason, from_on=from_on, **_must_be_sound(says))
    _record("correct", new, by=by, before=before, reason=reason)
    return new


@transaction.atomic
def withdraw_party(row: BillingParty, *, reason: str, on: date, by: User) -> BillingParty:
    """Take a party back: from its day on the one before it counts. Raises Refused without a reason."""
    writing = Writing.beside(by=by, on=on)
    row = _standing(BillingParty, row.pk)
    _must_have(reason)
    before = {**said_by(row), "from_on": row.from_on}
    writing.withdraw(row, because=reason)
    history.record("take_back", "billing_party", _subject(row), by=by, before=before, reason=reason.strip())
    return row


@transaction.atomic
def set_order_number(unit: ManagementUnit, *, number: str, from_on: date, on: date, by: User) -> OrderNumber:
    """Say under which number a customer orders a unit's services from a day on; '' for none any more. One of that day is replaced.

    Raises Refused where that is so already.
    """
    writing = Writing.beside(by=by, on=on)
    known = OrderNumber.objects.standing().filter(unit=unit, from_on__lte=from_on).order_by("-from_on").first()
    before = known.number if known else ""
    number = number.strip()
    if before == number:
        raise Refused(_("この日の注文番号は、既に「%(number)s」です。") % {"number": number or "—"}, field="number")
    if known is not None and known.from_on == from_on:
        row: OrderNumber = writing.replace(known, number=number)
    else:
        row = writing.add(OrderNumber(unit=unit, number=number, from_on=from_on))
    # Not under the unit's id: nothing is charged otherwise, and its months need not be looked at again.
    after = {"number": number, "from_on": from_on}
    history.record("order_number", "order_number", unit.code, by=by, before={"number": before}, after=after)
    return row


def _standing(model: Any, pk: int) -> Any:
    row = model.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
    if not row.stands:
        raise Refused(_("この記録は、既に置き換えられているか取り消されています。"))
    return row


def _must_have(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("理由が必要です。"), field="reason")


def _must_be_sound(says: Mapping[str, Any]) -> dict[str, Any]:
    """What a party says, trimmed. Raises Refused where it cannot be printed, sent or paid."""
    said = {name: value.strip() if isinstance(value, str) else value for name, value in says.items() if name in SAYS}
    if said.get("postal_code"):
        digits = re.sub(r"[^0-9]", "", normalize("NFKC", said["postal_code"]))
        said["postal_code"] = f"{digits[:3]}-{digits[3:]}"
        if not POSTAL_CODE.fullmatch(said["postal_code"]):
            raise Refused(_("郵便番号は、7桁の数字です。"), field="postal_code")
    if said.get("person") and said.get("honorific") != Honorific.PERSON:
        raise Refused(_("担当者の敬称は「様」です。「御中」は、担当者のない宛先に付けます。"), field="honorific")
    if said.get("sending") == Sending.MAIL and not said.get("email"):
        raise Refused(_("メールで送るには、メールアドレスが必要です。"), field="email")
    months, day = said.get("due_months"), said.get("due_day")
    if (months is None) != (day is None):
        raise Refused(_("支払月と支払日は、両方を決めるか、両方を空欄にしてください。"), field="due_day")
    if isinstance(months, int) and isinstance(day, int) and not (months <= MOST_MONTHS and 1 <= day <= LAST_DAY):
        raise Refused(
            _("支払月は%(months)sまで、支払日は%(day)sまでです。") % {"months": MOST_MONTHS, "day": LAST_DAY},
            field="due_day",
        )
    keys = {bank.key for issuing in issuers() for bank in issuing.banks}
    if said.get("bank") and said["bank"] not in keys:
        sentence = _("振込先「%(key)s」は、経理の設定の発行者にありません。")
        raise Refused(sentence % {"key": said["bank"]}, field="bank")
    return said


def _subject(row: BillingParty) -> str:
    return str(row.group.code if row.group else row.customer.code)


def _record(operation: str, row: BillingParty, *, by: User, before: dict[str, Any] | None, reason: str = "") -> None:
    after = {**said_by(row), "from_on": row.from_on}
    history.record(operation, "billing_party", _subject(row), by=by, before=before, after=after, reason=reason.strip())
