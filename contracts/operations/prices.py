"""料金: quoted, changed while its day lies ahead, corrected by another row once it has come (第13条, 別紙2)."""

from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.models import FactsRevision, Price, Target
from contracts.operations import history
from contracts.operations.refusal import Refused
from contracts.operations.worklist import refresh_worklist

INITIAL = "initial"


@transaction.atomic
def quote(
    target: Target, *, fee: str, amount_yen: int, from_on: date | None, reference: str, note: str, by: User
) -> Price:
    """登録: a price of a fee (yen before tax) from a day on; the initial fee has no day. Raises Refused where there is one."""
    FactsRevision.advance()
    if fee != INITIAL and from_on is None:
        raise Refused(_("適用日が必要です。"), field="from_on", clause="13")
    day = None if fee == INITIAL else from_on
    if Price.objects.filter(target=target, fee=fee, from_on=day, replaced_on=None).exists():
        raise Refused(
            _("この費目の料金は、同じ日に既に登録されています。変更又は訂正をしてください。"),
            field="from_on",
            clause="13",
        )
    price = Price.objects.create(
        target=target, fee=fee, amount_yen=amount_yen, from_on=day, reference=reference.strip(), note=note.strip()
    )
    _told("quote", price, by, before=None)
    return price


def lies_ahead(price: Price, on: date) -> bool:
    """Whether the price's day is still to come: until then nothing can have been charged by it."""
    return price.replaced_on is None and price.from_on is not None and price.from_on > on


@transaction.atomic
def change_price(
    price: Price, *, amount_yen: int, from_on: date, reference: str, on: date, by: User, reason: str
) -> Price:
    """変更 of a price whose day lies ahead. Raises Refused once it has come, or where another price stands on the new day."""
    price = _locked(price)
    _must_lie_ahead(price, on)
    if from_on <= on:
        raise Refused(_("適用日は明日以降にしてください。"), field="from_on", clause="13")
    same = Price.objects.filter(target=price.target, fee=price.fee, from_on=from_on, replaced_on=None)
    if same.exclude(pk=price.pk).exists():
        raise Refused(_("この費目の料金は、同じ日に既に登録されています。"), field="from_on", clause="13")
    before = history.values_of(price)
    price.amount_yen, price.from_on, price.reference = amount_yen, from_on, reference.strip()
    price.save(update_fields=["amount_yen", "from_on", "reference"])
    _told("change_price", price, by, before=before, reason=reason)
    return price


@transaction.atomic
def withdraw_price(price: Price, *, on: date, by: User, reason: str) -> Price:
    """取下げ of a price whose day lies ahead: it stays on record, and does not count. Raises Refused once it has come."""
    price = _locked(price)
    _must_lie_ahead(price, on)
    before = history.values_of(price)
    price.replaced_on, price.replaced_because = on, reason.strip()
    price.save(update_fields=["replaced_on", "replaced_because"])
    _told("withdraw_price", price, by, before=before, reason=reason)
    return price


@transaction.atomic
def correct_price(price: Price, *, amount_yen: int, reference: str, on: date, by: User, reason: str) -> Price:
    """訂正: another row of the same fee and day counts from now on; closed months are put right in the open one."""
    price = _locked(price)
    if lies_ahead(price, on):
        raise Refused(_("適用日が来ていない料金は、変更してください。"), clause="13")
    if amount_yen == price.amount_yen:
        raise Refused(_("金額が今の料金と同じです。"), field="amount_yen", clause="13")
    before = history.values_of(price)
    price.replaced_on, price.replaced_because = on, reason.strip()
    price.save(update_fields=["replaced_on", "replaced_because"])
    right = Price.objects.create(
        target=price.target,
        fee=price.fee,
        amount_yen=amount_yen,
        from_on=price.from_on,
        note=price.note,
        reference=reference.strip(),
    )
    _told("correct_price", right, by, before=before, reason=reason)
    return right


def _locked(price: Price) -> Price:
    FactsRevision.advance()
    stored = Price.objects.select_for_update(of=("self",)).select_related("target").get(pk=price.pk)
    if stored.replaced_on is not None:
        raise Refused(_("この料金は%(day)sに訂正又は取り下げられています。") % {"day": stored.replaced_on}, clause="13")
    return stored


def _must_lie_ahead(price: Price, on: date) -> None:
    if not lies_ahead(price, on):
        raise Refused(_("適用日の来た料金は変えられません。訂正してください。"), clause="13")


def _told(operation: str, price: Price, by: User, *, before: dict[str, object] | None, reason: str = "") -> None:
    target = price.target
    after = history.values_of(price)
    history.record(
        operation, "price", target.number, by=by, unit_id=target.unit_id, before=before, after=after, reason=reason
    )
    refresh_worklist([target.unit_id])
