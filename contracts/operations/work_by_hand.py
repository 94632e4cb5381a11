"""What people do to rows of the worklist by hand: take them, note what is being done, say that it is done."""

from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.facts.unit_lock import hold_units
from contracts.judge.kinds import DONE_OUTSIDE
from contracts.models import WorkItem
from contracts.operations.refusal import Refused


def line_of(item: WorkItem) -> list[WorkItem]:
    """The rows that stand on one line with the row as it is now: of its unit, kind and day, with its taker, for the same person."""
    item = _locked(item)
    same = WorkItem.objects.filter(unit=item.unit_id, kind=item.kind, due_on=item.due_on, taken_by=item.taken_by_id)
    return list(same.filter(person=item.person_id, settled_on=item.settled_on).order_by("pk"))


@transaction.atomic
def take(item: WorkItem, *, by: User, taken: bool | None = None, note: str | None = None) -> None:
    """Take a row or give it back, and note what is being done about it; None leaves the one or the other as it is.

    Raises Refused where somebody else has taken the row: it has to be given back first.
    """
    stored = _locked(item)
    if taken and stored.taken_by not in (None, by):
        raise Refused(_("%(who)sさんが既に引き受けています。") % {"who": stored.taken_by})
    before = {"taken_by": str(stored.taken_by or ""), "note": stored.note}
    if taken is not None:
        stored.taken_by = by if taken else None
    if note is not None:
        stored.note = note.strip()
    stored.save(update_fields=["taken_by", "note"])
    after = {"taken_by": str(stored.taken_by or ""), "note": stored.note}
    history.record("take", "work_item", stored.subject, by=by, unit_id=stored.unit_id, before=before, after=after)


@transaction.atomic
def take_line(item: WorkItem, *, by: User, taken: bool | None = None, note: str | None = None) -> None:
    """Take, give back or note a whole line, all of it or nothing. Raises Refused as ``take`` does."""
    for one in line_of(item):
        take(one, by=by, taken=taken, note=note)


@transaction.atomic
def settle_line(item: WorkItem, *, on: date, by: User, note: str) -> None:
    """Say of a whole line that it is done. Raises Refused as ``settle`` does."""
    for one in line_of(item):
        settle(one, on=on, by=by, note=note)


@transaction.atomic
def settle(item: WorkItem, *, on: date, by: User, note: str) -> WorkItem:
    """済み: what no fact tells of is done, and what came of it; the row is off the list until what it says changes.

    Raises Refused for work that facts tell of, which is done by doing it, and without a word of what came of it.
    """
    stored = _locked(item)
    if stored.kind not in DONE_OUTSIDE:
        raise Refused(_("この作業は、その原因がなくなれば一覧から消えます。済みにはできません。"))
    if stored.settled_on is not None:
        raise Refused(_("この作業は既に済みです。"))
    if not note.strip():
        raise Refused(_("理由が必要です。"), field="note")
    before: dict[str, Any] = {"note": stored.note, "settled_on": None}
    stored.note, stored.settled_on, stored.settled_by = note.strip(), on, by
    stored.save(update_fields=["note", "settled_on", "settled_by"])
    _told("settle", stored, by, before)
    return stored


@transaction.atomic
def unsettle(item: WorkItem, *, by: User) -> WorkItem:
    """済みの取消し: it is not done after all. Raises Refused where nobody said that it was."""
    stored = _locked(item)
    if stored.settled_on is None:
        raise Refused(_("この作業は済みではありません。"))
    before = {"note": stored.note, "settled_on": stored.settled_on}
    stored.settled_on, stored.settled_by = None, None
    stored.save(update_fields=["settled_on", "settled_by"])
    _told("unsettle", stored, by, before)
    return stored


def _locked(item: WorkItem) -> WorkItem:
    """The row for this transaction alone; the unit before it, as whoever brings its worklist up has it."""
    hold_units([item.unit_id])
    stored = WorkItem.objects.select_for_update(no_key=True, of=("self",)).filter(pk=item.pk).first()
    if stored is None:
        raise Refused(_("この作業は、その原因がなくなり、一覧から消えています。読み込み直してください。"))
    return stored


def _told(operation: str, item: WorkItem, by: User, before: dict[str, Any]) -> None:
    after = {"note": item.note, "settled_on": item.settled_on}
    history.record(operation, "work_item", item.subject, by=by, unit_id=item.unit_id, before=before, after=after)
