"""引継ぎ: a colleague takes over a person's units, all or a selection, at once or from a day on."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.facts.unit_lock import hold_units
from contracts.models import Entry, FactsRevision, HandOver, ManagementUnit
from contracts.operations.refusal import Refused


def looked_after(person: User, *, codes: Sequence[str] = ()) -> QuerySet[ManagementUnit]:
    """The units that a person looks after: all of them, or those of the codes. Raises Refused for codes of others."""
    own = ManagementUnit.objects.filter(account_manager=person).order_by("code")
    if not codes:
        return own
    found = own.filter(code__in=codes)
    missing = sorted(set(codes) - set(found.values_list("code", flat=True)))
    if missing:
        said = {"codes": "、".join(missing), "person": person}
        raise Refused(_("%(person)sの担当ではありません：%(codes)s") % said, field="codes")
    return found


@transaction.atomic
def hand_over(
    person: User,
    *,
    to: User | None,
    from_on: date,
    codes: Sequence[str] = (),
    counted: int | None = None,
    on: date,
    by: User,
) -> HandOver:
    """引継ぎ from a day on: at once where the day has come, else by the morning of the day. ``counted``: shown before.

    Of a person's units without codes are meant those that they look after on the day. Raises Refused where there are none, to
    the same person, for a day gone by, and where their number is no longer what was shown.
    """
    if to == person:
        raise Refused(_("引き継ぐ人が同じです。"), field="to")
    if from_on < on:
        raise Refused(_("引継日は今日以降の日です。"), field="from_on")
    FactsRevision.hold()  # many units at once: nobody else takes several of them in another order
    found = looked_after(person, codes=codes).count()
    if not found:
        raise Refused(_("引き継ぐ管理単位がありません。"), field="person")
    if counted is not None and counted != found:
        raise Refused(
            _("対象の管理単位が変わり、%(number)s件になりました。もう一度確かめてください。") % {"number": found}
        )
    row = HandOver.objects.create(
        asked_on=on, asked_by=str(by), person=person, to=to, from_on=from_on, codes=sorted(set(codes))
    )
    if from_on > on:
        _told("plan_hand_over", row, by=by)
        return row
    return _carry_out(row, on=on, by=str(by))


@transaction.atomic
def take_back(row: HandOver, *, on: date, by: User) -> HandOver:
    """取消し of a hand-over that waits for its day. Raises Refused once it has been carried out or taken back."""
    stored = HandOver.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.pk)
    if stored.state != "waiting":
        raise Refused(_("この引継ぎは既に%(state)sです。") % {"state": stored.get_state_display()})
    _close(stored, "taken_back", on=on, by=str(by))
    _told("take_back", stored, by=by)
    return stored


def carry_out_due(on: date, *, by: str) -> int:
    """Every hand-over whose day has come, in the order of their days, in the transaction of the caller; how many units went over."""
    rows = HandOver.objects.select_for_update(no_key=True, of=("self",)).filter(state="waiting", from_on__lte=on)
    return sum(len(_carry_out(row, on=on, by=by).handed) for row in rows.order_by("from_on", "pk"))


def waiting_for(unit: ManagementUnit) -> list[HandOver]:
    """The hand-overs by which a unit goes to somebody else on a day to come, as it is looked after now."""
    if unit.account_manager_id is None:
        return []
    rows = HandOver.objects.filter(state="waiting", person=unit.account_manager_id).select_related("person", "to")
    return [row for row in rows.order_by("from_on", "pk") if not row.codes or unit.code in row.codes]


def _carry_out(row: HandOver, *, on: date, by: str) -> HandOver:
    """Those of the units that the person still looks after go over; what has gone to others meanwhile stays with them."""
    own = ManagementUnit.objects.filter(account_manager=row.person).order_by("code")
    own = own.filter(code__in=row.codes) if row.codes else own
    hold_units(own.values_list("pk", flat=True))
    units = list(own)
    ManagementUnit.objects.filter(pk__in=[unit.pk for unit in units]).update(account_manager=row.to)
    before, after = {"account_manager": str(row.person)}, {"account_manager": str(row.to or "")}
    shared = {"actor": by, "operation": "assign", "record": "unit", "before": before, "after": after}
    history.record_all(Entry(subject=unit.code, unit_id=unit.pk, **shared) for unit in units)
    row.handed = [unit.code for unit in units]
    _close(row, "done", on=on, by=by)
    return row


def _close(row: HandOver, state: str, *, on: date, by: str) -> None:
    row.state, row.closed_on, row.closed_by = state, on, by
    row.save(update_fields=["state", "closed_on", "closed_by", "handed"])


def _told(operation: str, row: HandOver, *, by: User) -> None:
    said = {"to": str(row.to or ""), "from_on": row.from_on, "codes": row.codes, "state": row.state}
    history.record(operation, "hand_over", str(row.person), by=by, after=said)
