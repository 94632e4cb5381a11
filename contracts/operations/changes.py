"""変更: what is put on record about a change once it was accepted — that its price was kept (I-41)."""

from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.facts.writing import Writing
from contracts.judge.unpriced import REPRICED
from contracts.models import Change, Price
from contracts.operations.refusal import Refused
from contracts.operations.worklist import refresh_worklist
from contracts.terms.unit import What


def may_keep_price(change: Change) -> bool:
    """Whether 料金据置 can still be recorded of the change: it stands, may have a price of its own, and nothing was said yet."""
    return change.stands and not change.price_kept and What(change.what) in REPRICED


@transaction.atomic
def keep_price(change: Change, *, reference: str, on: date, by: User) -> Change:
    """料金据置: the application left the monthly price as it was. ``reference`` is the document that says so.

    Raises Refused where it is on record already, or a monthly price from the day of the change says otherwise.
    """
    writing = Writing.begin(by=by, on=on)
    stored = Change.objects.select_for_update(no_key=True, of=("self",)).select_related("target").get(pk=change.pk)
    if not may_keep_price(stored):
        raise Refused(_("この変更には、料金据置を記録できません。"), clause="13")
    target = stored.target
    if Price.objects.standing().filter(target=target, fee="monthly", from_on=stored.effective_on).exists():
        raise Refused(_("変更日からの月額費用が登録されています。料金据置ではありません。"), clause="13")
    before = history.values_of(stored)
    kept: Change = writing.replace(stored, because=reference, price_kept=True)
    after = history.values_of(kept)
    history.record(
        "keep_price",
        "change",
        target.number,
        by=by,
        unit_id=target.unit_id,
        before=before,
        after=after,
        reason=reference,
    )
    refresh_worklist([target.unit_id])
    return kept
