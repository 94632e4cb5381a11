"""An abolition of the EDR options put right or taken back (10-11): declared here at once, carried out by the job that can be resumed."""

from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.facts.writing import Writing
from contracts.models import Abolition, FactCorrection, Notice
from contracts.operations import jobs
from contracts.operations.abolition import concerned, must_be_sound
from contracts.operations.corrections.ground import Ground
from contracts.operations.refusal import Refused
from contracts.terms.unit import Ground as EndGround


def units_of(row: Abolition, *, ends_on: date | None = None) -> list[int]:
    """The units that it ended options of, and those of options that would end on another day."""
    ended = Notice.objects.standing().filter(
        ground=EndGround.ABOLISHED.value, requested_for=row.ends_on, arrived_on=row.announced_on
    )
    found = set(ended.values_list("target__unit", flat=True))
    if ends_on is not None:
        found |= set(concerned(ends_on).values_list("target__unit", flat=True))
    return sorted(found)


@transaction.atomic
def correct_abolition(
    row: Abolition, *, announced_on: date, ends_on: date, reference: str, ground: Ground, on: date, by: User
) -> Abolition:
    """訂正: the options end by what stands in its place, as if that had been declared. Raises Refused."""
    writing, stored = _locked(row, ground, on, by)
    must_be_sound(announced_on, ends_on, on, but=stored)
    said = {"announced_on": announced_on, "ends_on": ends_on, "reference": reference.strip()}
    if all(getattr(stored, name) == value for name, value in said.items()):
        raise Refused(_("記録済みの内容と同じです。"), clause="10-11")
    _withdraw(stored, ground, writing)
    # What was accepted since it was declared ends by it too (I-43): it counts from the same day.
    values = {name: getattr(stored, name) for name in ("reason", "declared_on", "declared_by")}
    now = Abolition.objects.create(**said, **values)
    stored.replaced_by = now
    stored.save(update_fields=["replaced_by"])
    _told(stored, now, ground, writing)
    jobs.ask("abolition", stored.ends_on, by=by)
    if ends_on != stored.ends_on:
        jobs.ask("abolition", ends_on, by=by)
    return now


@transaction.atomic
def take_abolition_back(row: Abolition, *, ground: Ground, on: date, by: User) -> Abolition:
    """取消し: nothing ends by it. Raises Refused."""
    writing, stored = _locked(row, ground, on, by)
    _withdraw(stored, ground, writing)
    _told(stored, None, ground, writing)
    jobs.ask("abolition", stored.ends_on, by=by)
    return stored


def _locked(row: Abolition, ground: Ground, on: date, by: User) -> tuple[Writing, Abolition]:
    writing = Writing.begin(by=by, on=on)
    ground.must_hold()
    if not ground.leads:
        raise Refused(_("廃止の訂正は、責任者が行います（I-51）。"), field="ground", clause="10-11")
    stored = Abolition.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.pk)
    if stored.withdrawn_on is not None:
        said = {"day": stored.withdrawn_on.isoformat()}
        raise Refused(_("この記録は%(day)sに取り消され、又は置き換えられています。") % said, clause="10-11")
    return writing, stored


def _withdraw(row: Abolition, ground: Ground, writing: Writing) -> None:
    row.withdrawn_on, row.withdrawn_by = writing.on, writing.by
    row.withdrawn_because, row.withdrawal = ground.reason.strip(), ground.document.strip()
    row.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_because", "withdrawal"])


def _said(row: Abolition) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("announced_on", "ends_on", "reference", "declared_on")}


def _told(row: Abolition, now: Abolition | None, ground: Ground, writing: Writing) -> None:
    after = {"correction_ground": ground.basis.value} | (_said(now) if now is not None else {})
    if ground.document.strip():
        after["correction_document"] = ground.document.strip()
    operation, reason = "take_back" if now is None else "correct", ground.reason.strip()
    history.record(operation, "abolition", str(row), by=writing.by, before=_said(row), after=after, reason=reason)
    FactCorrection.objects.create(
        on=writing.on,
        by=writing.by,
        ground=ground.basis.value,
        document=ground.document.strip(),
        reason=reason,
        kind="abolition",
        subject=str(row),
        revision=writing.revision,
        was=row.pk,
        now=None if now is None else now.pk,
    )
