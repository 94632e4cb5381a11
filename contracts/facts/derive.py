"""Derived values: what is stored beside the facts and follows from them. Written here alone, in the transaction of the facts."""

from collections.abc import Mapping
from datetime import date

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.models import Entry, Option, Target
from contracts.models.bulk import NAMES_AT_ONCE, slices
from contracts.models.choices import GROUNDS
from contracts.terms.art12_termination import End
from contracts.terms.catalog import LicenceType


def store_ends(found: Mapping[int, Mapping[str, End]], *, by: object) -> None:
    """Bring the ends stored with the targets of whole units to what their notices come to, in sets; each that moves is told in
    the history, also one that ends no longer. ``found``: the ends of each unit, by its id.
    """
    sooner: list[Target] = []
    later: list[Target] = []
    told = []
    for some in slices(found):
        for target in Target.objects.filter(unit__in=some).order_by("pk"):
            end = found[target.unit_id].get(target.number)
            before, target.ends_on = target.ends_on, end.on if end else None
            if target.ends_on != before:
                shrinks = target.ends_on is not None and (before is None or target.ends_on < before)
                (sooner if shrinks else later).append(target)
                told.append(_moved(target, before, end, by))
    # What ends sooner first: two tiers of a unit may not overlap at any moment between.
    for targets in (sooner, later):
        Target.objects.bulk_update(targets, ["ends_on"], batch_size=NAMES_AT_ONCE)
    history.record_all(told)


def store_term_licences() -> None:
    """Bring the licences stored with each target to those for which its 期間ライセンス was concluded: of a record that is taken in whole,
    which may be older than the column.
    """
    of_term = Q(option__licence_type=LicenceType.TERM)
    Target.objects.exclude(of_term).exclude(term_licences=None).update(term_licences=None)
    concluded = Option.objects.filter(target=OuterRef("pk")).values("quantity")
    Target.objects.filter(of_term).update(term_licences=Subquery(concluded))


def _moved(target: Target, before: date | None, end: End | None, by: object) -> Entry:
    return Entry(
        actor=str(by),
        operation="move_end",
        record="option" if target.kind == "option" else "contract",
        subject=target.number,
        unit_id=target.unit_id,
        before={"ends_on": before},
        after={"ends_on": target.ends_on},
        reason=_because(end),
    )


def _because(end: End | None) -> str:
    if end is None:
        return ""
    with_it = _("%(number)sの終了に伴う") % {"number": end.after} if end.after else ""
    ground = str(dict(GROUNDS)[end.ground])
    return " ".join(part for part in (end.clause or ground, *end.readings, with_it) if part)
