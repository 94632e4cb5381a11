"""料金: quoted, and changed while its day lies ahead, by another row (第13条, 別紙2); once it has come: contracts.operations.corrections."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.facts.writing import Writing
from contracts.models import Price, Target
from contracts.operations.refusal import Refused
from contracts.operations.worklist import refresh_worklist

INITIAL, ONE_TIME = "initial", "one_time"


@transaction.atomic
def quote(
    target: Target, *, fee: str, amount_yen: int, from_on: date | None, reference: str, note: str, on: date, by: User
) -> Price:
    """登録: a price of a fee (yen before tax) from a day on; the initial fee has no day. Raises Refused where there is one.

    One-time fees of one day are told apart by their reference or note (I-40).
    """
    writing = Writing.begin(by=by, on=on)
    if fee != INITIAL and from_on is None:
        raise Refused(_("適用日が必要です。"), field="from_on", clause="13")
    day = None if fee == INITIAL else from_on
    words = {"reference": reference.strip(), "note": note.strip()}
    same = Price.objects.standing().filter(target=target, fee=fee, from_on=day)
    if fee == ONE_TIME and same.filter(**words).exists():
        sentence = _(
            "同じ日の一時費用が既に登録されています。別の事実の費用なら、見積書番号又は備考で区別してください（I-40）。"
        )
        raise Refused(sentence, field="reference", clause="別紙2-3(3)")
    if fee != ONE_TIME and same.exists():
        raise Refused(
            _("この費目の料金は、同じ日に既に登録されています。変更又は訂正をしてください。"),
            field="from_on",
            clause="13",
        )
    price = writing.add(Price(target=target, fee=fee, amount_yen=amount_yen, from_on=day, **words))
    _told("quote", price, by, before=None)
    return price


def lies_ahead(price: Price, on: date) -> bool:
    """Whether the price's day is still to come: until then nothing can have been charged by it."""
    return price.stands and price.from_on is not None and price.from_on > on


@transaction.atomic
def change_price(
    price: Price, *, amount_yen: int, from_on: date, reference: str, on: date, by: User, reason: str
) -> Price:
    """変更 of a price whose day lies ahead. Raises Refused once it has come, or where another price stands on the new day."""
    writing, price = _locked(price, on, by)
    _must_lie_ahead(price, on)
    if from_on <= on:
        raise Refused(_("適用日は明日以降にしてください。"), field="from_on", clause="13")
    same = Price.objects.standing().filter(target=price.target, fee=price.fee, from_on=from_on)
    if price.fee != ONE_TIME and same.exclude(pk=price.pk).exists():
        raise Refused(_("この費目の料金は、同じ日に既に登録されています。"), field="from_on", clause="13")
    before = history.values_of(price)
    because = reason.strip() or _("料金の変更")
    changed = writing.replace(
        price, because=because, amount_yen=amount_yen, from_on=from_on, reference=reference.strip()
    )
    _told("change_price", changed, by, before=before, reason=reason)
    return changed


@transaction.atomic
def withdraw_price(price: Price, *, on: date, by: User, reason: str) -> Price:
    """取下げ of a price whose day lies ahead: it stays on record, and does not count. Raises Refused once it has come."""
    writing, price = _locked(price, on, by)
    _must_lie_ahead(price, on)
    before = history.values_of(price)
    writing.withdraw(price, because=reason)
    _told("withdraw_price", price, by, before=before, reason=reason)
    return price


def _locked(price: Price, on: date, by: User) -> tuple[Writing, Price]:
    writing = Writing.begin(by=by, on=on)
    stored = Price.objects.select_for_update(no_key=True, of=("self",)).select_related("target").get(pk=price.pk)
    if not stored.stands:
        raise Refused(
            _("この料金は%(day)sに訂正又は取り下げられています。") % {"day": stored.withdrawn_on}, clause="13"
        )
    return writing, stored


def _must_lie_ahead(price: Price, on: date) -> None:
    if not lies_ahead(price, on):
        raise Refused(_("適用日の来た料金は変えられません。訂正してください。"), clause="13")


def _told(operation: str, price: Price, by: User | str, *, before: dict[str, object] | None, reason: str = "") -> None:
    target = price.target
    after = history.values_of(price)
    history.record(
        operation, "price", target.number, by=by, unit_id=target.unit_id, before=before, after=after, reason=reason
    )
    refresh_worklist([target.unit_id])


def give_way(writing: Writing, brought: Sequence[Mapping[str, Any]]) -> None:
    """Monthly prices that stand from the very day of one that a further change brings give way to it (I-53).

    ``brought``: the values of prices about to be written. What gave way is told by the revision in which it did:
    ``gave_way_to`` finds it, should the change be taken back.
    """
    days = {(row["target"], row["from_on"]) for row in brought if row["fee"] == "monthly"}
    if not days:
        return
    rows = Price.objects.standing().filter(
        fee="monthly", target__number__in=[number for number, _day in days], from_on__in=[day for _n, day in days]
    )
    for row in rows.select_related("target"):
        if (row.target.number, row.from_on) in days:
            before, because = history.values_of(row), _("同じ日の後の変更による料金")
            writing.withdraw(row, because=because)
            _told("withdraw_price", row, writing.by, before=before, reason=because)


def gave_way_to(price: Price) -> Price | None:
    """The price that gave way to this one when it was accepted."""
    rows = Price.objects.filter(target=price.target_id, fee="monthly", from_on=price.from_on)
    return rows.filter(withdrawn_in=price.recorded_in, replaced_by=None).select_related("target__unit").last()
