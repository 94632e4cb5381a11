"""廃止: all EDR options of all customers end on one day (第10条第11項) — one operation, carried out by a job that can be resumed."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.facts.derive import store_ends
from contracts.facts.load import load_units
from contracts.facts.writing import Writing
from contracts.models import Abolition, Entry, FactsRevision, Notice, Option, Target
from contracts.operations import jobs
from contracts.operations.looks import look_again
from contracts.operations.refusal import Refused
from contracts.operations.step import Step
from contracts.operations.worklist import refresh_worklist
from contracts.terms.art10_options import EDR_OPTIONS
from contracts.terms.art12_termination import ends
from contracts.terms.unit import Ground

UNITS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Extent:
    """How many options, units and customers an abolition on a day would end."""

    options: int
    units: int
    customers: int


def concerned(ends_on: date) -> QuerySet[Option]:
    """The EDR options that would end by it: those that do not end sooner, nor by an abolition already.

    One whose own notice ends it on that very day is among them: of two grounds of a day the sparing one counts (I-42).
    """
    edr = Option.objects.filter(option__in=[option.value for option in EDR_OPTIONS])
    going_on = edr.filter(Q(target__ends_on=None) | Q(target__ends_on__gte=ends_on))
    abolished = Notice.objects.standing().filter(target=OuterRef("target"), ground=Ground.ABOLISHED.value)
    return going_on.filter(~Exists(abolished))


def extent(ends_on: date) -> Extent:
    """What an abolition on the day comes to. Writes nothing."""
    found = concerned(ends_on)
    units = found.values("target__unit").distinct().count()
    return Extent(found.count(), units, found.values("target__unit__customer").distinct().count())


@transaction.atomic
def abolish(
    *, announced_on: date, ends_on: date, reference: str, reason: str, counted: int, on: date, by: User
) -> Abolition:
    """Declare the abolition and ask for the job that carries it out. ``counted`` is the number of options shown before.

    Raises Refused where another number of options would end by now, or the days are out of order.
    """
    FactsRevision.advance()
    must_be_sound(announced_on, ends_on, on)
    found = extent(ends_on)
    if found.options != counted:
        sentence = _("表示した後に対象が%(before)s件から%(now)s件に変わりました。確かめて、もう一度確定してください。")
        raise Refused(sentence % {"before": counted, "now": found.options}, clause="10-11")
    row = Abolition.objects.create(
        announced_on=announced_on,
        ends_on=ends_on,
        reference=reference.strip(),
        reason=reason.strip(),
        declared_on=on,
        declared_by=str(by),
    )
    history.record("abolish", "abolition", str(row), by=by, after=history.values_of(row), reason=reason)
    # It bears on every unit with an EDR option, ended or not: what may be applied for, and what violates 10-11.
    edr = Option.objects.filter(option__in=[option.value for option in EDR_OPTIONS])
    look_again(edr.values("target__unit"))
    jobs.ask("abolition", ends_on, by=by)
    return row


def must_be_sound(announced_on: date, ends_on: date, on: date, *, but: Abolition | None = None) -> None:
    """Raises Refused where the days are out of order, or another abolition (than ``but``) stands for the day."""
    if announced_on > on:
        raise Refused(_("告知日が未来の日です。"), field="announced_on", clause="10-11")
    if ends_on < announced_on:
        raise Refused(_("廃止日が告知日より前です。"), field="ends_on", clause="10-11")
    others = Abolition.objects.standing().filter(ends_on=ends_on)
    if (others.exclude(pk=but.pk) if but else others).exists():
        raise Refused(_("この日の廃止は既に登録されています。"), field="ends_on", clause="10-11")


def gone_notices(on: date) -> QuerySet[Notice]:
    """The standing notices of abolitions of that day that stand no more: they are still to be taken back."""
    gone = Abolition.objects.filter(ends_on=on).exclude(withdrawn_on=None)
    found = Notice.objects.standing().filter(ground=Ground.ABOLISHED.value, requested_for=on)
    if not gone.exists():
        return found.none()
    for standing in Abolition.objects.standing().filter(ends_on=on):
        found = found.exclude(arrived_on=standing.announced_on, reference=standing.reference)
    return found


def count_to_abolish(on: date) -> int:
    """How many units the abolition of that day still has before it, those among them from which it is taken back."""
    units = set(concerned(on).values_list("target__unit", flat=True)) if _of_day(on) else set()
    return len(units | set(gone_notices(on).values_list("target__unit", flat=True)))


def end_abolished(on: date, after: int) -> Step:
    """End the EDR options of the next units by the abolition of that day, in the transaction of the caller.

    Where one of that day stands no more its notices are taken back first, and the options end by what stands in its place.
    """
    row, gone = _of_day(on), _gone(on)
    stale = gone_notices(on).filter(target__unit_id__gt=after).values_list("target__unit_id", flat=True)
    ids = set(stale.order_by("target__unit_id").distinct()[:UNITS_AT_ONCE])
    if row is not None:
        open_ = concerned(on).filter(target__unit_id__gt=after).values_list("target__unit_id", flat=True)
        ids |= set(open_.order_by("target__unit_id").distinct()[:UNITS_AT_ONCE])
    units = sorted(ids)[:UNITS_AT_ONCE]
    if not units:
        return Step(None)
    count = _taken_back(on, gone, units) if gone is not None else 0
    row = row or _instead(gone)
    if row is not None:
        count += _ended(row, units)
    refresh_worklist(units)
    return Step(units[-1], len(units), count)


def _of_day(on: date) -> Abolition | None:
    return Abolition.objects.standing().filter(ends_on=on).first()


def _gone(on: date) -> Abolition | None:
    return Abolition.objects.filter(ends_on=on).exclude(withdrawn_on=None).order_by("pk").last()


def _instead(gone: Abolition | None) -> Abolition | None:
    """What stands in the place of an abolition, whatever replaced what; None: nothing does."""
    while gone is not None and gone.replaced_by is not None:
        gone = gone.replaced_by
    return gone if gone is not None and gone.withdrawn_on is None else None


def _ended(row: Abolition, unit_ids: list[int]) -> int:
    writing = Writing.begin(by=row.declared_by, on=row.announced_on)
    targets = list(Target.objects.filter(option__in=concerned(row.ends_on), unit__in=unit_ids).order_by("pk"))
    writing.add_all(Notice, (_notice(target, row) for target in targets))
    history.record_all(_entry(target, row) for target in targets)
    store_ends({pk: ends(unit) for pk, unit in load_units(unit_ids).items()}, by=row.declared_by)
    return len(targets)


def _taken_back(on: date, gone: Abolition, unit_ids: list[int]) -> int:
    assert gone.withdrawn_on is not None
    writing = Writing.begin(by=gone.withdrawn_by, on=gone.withdrawn_on)
    rows = list(gone_notices(on).filter(target__unit__in=unit_ids).select_related("target"))
    told = []
    for row in rows:
        before = {name: getattr(row, name) for name in ("arrived_on", "requested_for", "ground", "reference")}
        writing.withdraw(row, because=gone.withdrawn_because, withdrawal=gone.withdrawal or gone.reference)
        told.append(_withdrawal(row, gone, before))
    history.record_all(told)
    # Which options another abolition ends is told by their ends without this one.
    store_ends({pk: ends(unit) for pk, unit in load_units(unit_ids).items()}, by=gone.withdrawn_by)
    return len(rows)


def _withdrawal(row: Notice, gone: Abolition, before: dict[str, object]) -> Entry:
    return Entry(
        actor=gone.withdrawn_by,
        operation="withdraw_notice",
        record="notice",
        subject=row.target.number,
        unit_id=row.target.unit_id,
        before=before,
        after={"withdrawn_on": gone.withdrawn_on, "withdrawal": row.withdrawal},
        reason=gone.withdrawn_because,
    )


def _notice(target: Target, row: Abolition) -> Notice:
    return Notice(
        target=target,
        arrived_on=row.announced_on,
        requested_for=row.ends_on,
        ground=Ground.ABOLISHED.value,
        reference=row.reference,
    )


def _entry(target: Target, row: Abolition) -> Entry:
    after = {"arrived_on": row.announced_on, "requested_for": row.ends_on, "ground": Ground.ABOLISHED.value}
    return Entry(
        actor=row.declared_by,
        operation="notice",
        record="notice",
        subject=target.number,
        unit_id=target.unit_id,
        after=after,
        reason=row.reason,
    )
