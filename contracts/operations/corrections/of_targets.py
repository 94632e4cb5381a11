"""What can be put right of contracts and options: changes, 課金開始日, fees (第9条, 第10条第5項, 第13条)."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from contracts.facts.writing import Writing
from contracts.intake.book.cells import MOST_LICENCES
from contracts.judge.happened import CHANGE_CLAUSES
from contracts.models import BillingStart, Change, LinkedServiceState, Price
from contracts.operations.corrections.ground import rows_before, said_names
from contracts.operations.corrections.kind import Correction, Put
from contracts.operations.corrections.of_services import STATES
from contracts.operations.prices import gave_way_to, lies_ahead
from contracts.operations.readiness import broken_with_start
from contracts.operations.refusal import Refused
from contracts.terms.art10_options import is_retention, retention_bounds
from contracts.terms.catalog import TIER_RANK, Category
from contracts.terms.unit import What

OF_TARGET = ("target__unit",)


def _subject(row: Any) -> str:
    return str(row.target.number)


def _unit_id(row: Any) -> int:
    return int(row.target.unit_id)


def _units(row: Any) -> list[int]:
    return [row.target.unit_id]


def first_of(row: Any) -> Any:
    """The row with which a fact was first recorded, whatever replaced it since."""
    return (rows_before(row) or [row])[-1]


def _must_change(was: Change, would: Change | None, on: date) -> None:
    """A change says what can be stored at all; whether the terms allow it is judged with the whole unit."""
    if would is None:
        return
    what = What(was.what)
    clause = CHANGE_CLAUSES[what]
    if what is What.CATEGORY and not _upward(would.to_name):
        raise Refused(_("カテゴリは上位へのみ変更できます。"), field="to", clause=clause)
    if what is What.ITEM and not would.to_name:
        raise Refused(_("変更後の品目を選んでください。"), field="to", clause=clause)
    agreed_on = was.application.accepted_on or on
    if what is What.RETENTION_YEARS and not is_retention(would.to_number, agreed_on=agreed_on):
        sentence = _("ログの保管年数は%(least)s年から%(most)s年までです。") % retention_bounds(agreed_on)
        raise Refused(sentence, field="to", clause="10-2(5)")
    if what is What.QUANTITY and not 1 <= (would.to_number or 0) <= MOST_LICENCES:
        raise Refused(_("ライセンス数は1以上の整数です。"), field="to", clause=clause)
    same = Change.objects.standing().filter(target=was.target_id, what=was.what, effective_on=would.effective_on)
    same = same.filter(application=was.application_id)
    if same.exclude(pk=was.pk).exists():
        raise Refused(_("この日には、同じ事項の変更が既にあります。"), field="effective_on", clause=clause)


def _upward(name: str) -> bool:
    return name in set(Category) and TIER_RANK.get(Category(name), 0) > 1


def _beside_change(writing: Writing, put: Put, because: str) -> list[Put]:
    """The prices that came with the change for its day, and the linked service's state of an item (I-32), follow it."""
    was, now = put.was, put.now
    begun = first_of(was)
    done = []
    prices = Price.objects.standing().filter(
        target=was.target_id, application=was.application_id, from_on=was.effective_on
    )
    for price in prices.select_related(*OF_TARGET):
        if first_of(price).recorded_in != begun.recorded_in:
            continue
        before = gave_way_to(first_of(price))
        if now is None:
            writing.withdraw(price, because=because)
            done += [Put(PRICES, price, None), *_stands_again(writing, before)]
        elif now.effective_on != was.effective_on:
            if price.fee == "monthly":
                _must_be_free(price, now.effective_on)
            done.append(Put(PRICES, price, writing.replace(price, because=because, from_on=now.effective_on)))
            done += _stands_again(writing, before)
    return done + (_beside_item(writing, put, because) if was.what == What.ITEM else [])


def _stands_again(writing: Writing, before: Price | None) -> list[Put]:
    """What gave way to the price of a further change of its day stands again without that change (I-53)."""
    if before is None:
        return []
    said = {name: getattr(before, name) for name in said_names(before)}
    again = writing.add(Price(**said))
    before.replaced_by = again
    before.save(update_fields=["replaced_by"])
    again.target = before.target
    return [Put(PRICES, before, again)]


def _must_be_free(price: Price, day: date) -> None:
    """Raises Refused where another monthly price stands from the day on which this one is to stand."""
    same = Price.objects.standing().filter(target=price.target_id, fee=price.fee, from_on=day)
    if same.exclude(pk=price.pk).exists():
        raise Refused(_("この費目の料金は、同じ日に既に登録されています。"), field="effective_on", clause="13")


def _beside_item(writing: Writing, put: Put, because: str) -> list[Put]:
    was, now = put.was, put.now
    states = LinkedServiceState.objects.standing().filter(
        linked_service=was.target.contract.linked_service_id, from_on=was.effective_on, item=was.to_name
    )
    for state in states.select_related("linked_service"):
        if first_of(state).recorded_in != first_of(was).recorded_in:
            continue
        if now is None:
            writing.withdraw(state, because=because)
            return [Put(STATES, state, None)]
        stands = writing.replace(state, because=because, from_on=now.effective_on, item=now.to_name)
        return [Put(STATES, state, stands)]
    return []


CHANGES = Correction(
    kind="change",
    model=Change,
    related=(*OF_TARGET, "target__contract"),
    says=frozenset({"to_name", "to_number", "effective_on"}),
    clause=lambda row: CHANGE_CLAUSES[What(row.what)],
    subject=_subject,
    unit_id=_unit_id,
    units=_units,
    must=_must_change,
    beside=_beside_change,
)


def _beside_start(writing: Writing, put: Put, because: str) -> list[Put]:
    """The day of the target itself; and the first monthly price, which stood by the start and stands by the new one too."""
    target, now = put.was.target, put.now
    target.billing_starts_on = None if now is None else now.starts_on
    target.save(update_fields=["billing_starts_on"])
    if now is None:
        return []
    first = Price.objects.standing().filter(target=target, fee="monthly").order_by("from_on").first()
    if first is None or first.from_on is None or not now.starts_on < first.from_on <= put.was.starts_on:
        return []
    first.target = target
    return [Put(PRICES, first, writing.replace(first, because=because, from_on=now.starts_on))]


STARTS = Correction(
    kind="start",
    model=BillingStart,
    related=OF_TARGET,
    says=frozenset({"starts_on"}),
    clause=lambda row: "13",
    subject=_subject,
    unit_id=_unit_id,
    units=_units,
    record=lambda row: "option" if row.target.kind == "option" else "contract",
    beside=_beside_start,
    broken=broken_with_start,
    values=lambda row: {"billing_starts_on": row.starts_on},
)


def _must_price(was: Price, would: Price | None, on: date) -> None:
    """A price of a day to come is changed, not put right; of one fee and day there is one, one-time fees told apart (I-40)."""
    if lies_ahead(was, on):
        raise Refused(_("適用日が来ていない料金は、変更又は取下げをしてください。"), clause="13")
    if would is None:
        return
    if was.fee != "initial" and would.from_on is None:
        raise Refused(_("適用日が必要です。"), field="from_on", clause="13")
    if was.fee == "initial" and would.from_on is not None:
        raise Refused(_("初期費用に適用日はありません。"), field="from_on", clause="13")
    same = Price.objects.standing().filter(target=was.target_id, fee=was.fee, from_on=would.from_on)
    if was.fee == "one_time":
        same = same.filter(reference=would.reference, note=would.note)
    if same.exclude(pk=was.pk).exists():
        raise Refused(_("この費目の料金は、同じ日に既に登録されています。"), field="from_on", clause="13")


PRICES = Correction(
    kind="price",
    model=Price,
    related=OF_TARGET,
    says=frozenset({"amount_yen", "from_on", "reference", "note"}),
    clause=lambda row: "13",
    subject=_subject,
    unit_id=_unit_id,
    units=_units,
    must=_must_price,
)
