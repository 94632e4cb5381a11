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
    if announced_on > on:
        raise Refused(_("告知日が未来の日です。"), field="announced_on", clause="10-11")
    if ends_on < announced_on:
        raise Refused(_("廃止日が告知日より前です。"), field="ends_on", clause="10-11")
    if Abolition.objects.filter(ends_on=ends_on).exists():
        raise Refused(_("この日の廃止は既に登録されています。"), field="ends_on", clause="10-11")
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


def count_to_abolish(on: date) -> int:
    """How many units the abolition of that day still has before it."""
    return extent(on).units


def end_abolished(on: date, after: int) -> Step:
    """End the EDR options of the next units by the abolition of that day, in the transaction of the caller."""
    row = Abolition.objects.get(ends_on=on)
    writing = Writing.begin(by=row.declared_by, on=row.announced_on)
    open_ = concerned(on).filter(target__unit_id__gt=after)
    ids = list(open_.order_by("target__unit_id").values_list("target__unit_id", flat=True).distinct()[:UNITS_AT_ONCE])
    if not ids:
        return Step(None)
    targets = list(Target.objects.filter(option__in=concerned(on), unit__in=ids).order_by("pk"))
    writing.add_all(Notice, (_notice(target, row) for target in targets))
    history.record_all(_entry(target, row) for target in targets)
    store_ends({pk: ends(unit) for pk, unit in load_units(ids).items()}, by=row.declared_by)
    refresh_worklist(ids)
    return Step(ids[-1], len(ids), len(targets))


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
