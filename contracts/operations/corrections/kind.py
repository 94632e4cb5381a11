"""A kind of correction, declared; and the two things done by it: accepted facts are put right, or taken back, with all that follows.

What is put right stands as if it had always been so (I-50): the unit is judged as it then is, ends and effects follow, and what
was billed in closed months becomes a correction of the next close.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.facts.derive import store_ends
from contracts.facts.load import load_units
from contracts.facts.writing import Writing
from contracts.models import Entry, FactCorrection
from contracts.models.fact import BOOKKEEPING, Fact
from contracts.operations.corrections.ground import Ground, said_names
from contracts.operations.effects import bring_up_to
from contracts.operations.refusal import Refused
from contracts.operations.worklist import refresh_worklist
from contracts.terms.art12_termination import ends
from contracts.terms.timeline import Finding, brought_by, judge
from contracts.terms.unit import ContradictionError, Unit


@dataclass(frozen=True, slots=True)
class Put:
    """A fact put right: the row as it was, and the row that stands in its place; None: it was taken back."""

    kind: "Correction"
    was: Any
    now: Any


Says = Mapping[str, Any]
"""What facts say otherwise from now on, by the names of their columns."""


def said_of(row: Any) -> dict[str, Any]:
    """What a row says, as the history keeps it: when and by whom it was written is told by the entry itself."""
    said = {name: value for name, value in history.values_of(row).items() if name not in BOOKKEEPING}
    # One moment is written in one way, wherever it came from: else it would look changed.
    return {name: timezone.localtime(value) if isinstance(value, datetime) else value for name, value in said.items()}


def nothing_beside(writing: Writing, put: Put, because: str) -> list[Put]:
    """For kinds that nothing else was written with."""
    return []


def anything(was: Any, would: Any, on: date) -> None:
    """For kinds that the judgement of the whole unit is enough for."""


def findings_of(before: Unit, after: Unit) -> list[Finding]:
    """What the unit breaks by it, as an application would (I-09). Raises ContradictionError where it could not be."""
    found = judge(after)
    try:
        known = judge(before)
    except ContradictionError:
        # It could not be read before: what it breaks now that it can is mended by itself.
        return []
    return [finding for finding in brought_by(found, known) if finding.refused]


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One kind of fact that can be put right.

    ``kind`` names it in the record of corrections; ``record`` in the history (by default the same). ``says`` are the columns
    that may be put right. ``must`` raises Refused where a row cannot be as it would be, or (None) taken back. ``beside`` writes
    what was written with the row and has to follow it. ``broken`` tells what of a unit forbids it; where ``judged`` is False
    nothing does, since what it says is so whatever the terms want, and what units lose by it comes onto the worklist.
    """

    kind: str
    model: type[Fact]
    says: frozenset[str]
    clause: Callable[[Any], str]
    subject: Callable[[Any], str]
    unit_id: Callable[[Any], int | None]
    units: Callable[[Any], Sequence[int]]
    related: tuple[str, ...] = ()
    record: Callable[[Any], str] | None = None
    must: Callable[[Any, Any, date], None] = anything
    beside: Callable[[Writing, Put, str], list[Put]] = nothing_beside
    broken: Callable[[Unit, Unit], list[Finding]] = findings_of
    judged: bool = True
    values: Callable[[Any], dict[str, Any]] = said_of
    about_withdrawal: Mapping[str, Any] = field(default_factory=dict)

    def recorded_as(self, row: Any) -> str:
        """The kind of record in the history."""
        return self.record(row) if self.record is not None else self.kind


class WouldBreakError(Refused):
    """The unit could not be as it would be; ``findings`` are all the reasons."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(_("訂正すると利用資格を満たしません。"), clause=findings[0].violation.clause)
        self.findings = findings


def put_right(kind: Correction, rows: Sequence[Fact], says: Says, *, ground: Ground, on: date, by: User) -> list[Put]:
    """訂正: those facts say so, as if they always had. One transaction, and all of it or nothing.

    Raises Refused where the ground does not hold, nothing would be otherwise, a row cannot be so, or its unit cannot.
    """
    assert set(says) <= kind.says, f"not to be put right: {set(says) - kind.says}"
    return _corrected(kind, rows, says, ground=ground, on=on, by=by)


def take_back(kind: Correction, rows: Sequence[Fact], *, ground: Ground, on: date, by: User) -> list[Put]:
    """取消し: those facts never were. What was written with them goes too. Raises Refused as put_right does."""
    return _corrected(kind, rows, None, ground=ground, on=on, by=by)


def _corrected(
    kind: Correction, rows: Sequence[Fact], says: Says | None, *, ground: Ground, on: date, by: User
) -> list[Put]:
    try:
        with transaction.atomic():
            return _written(kind, rows, says, ground=ground, on=on, by=by)
    except IntegrityError as error:
        # Of two tier contracts the database itself keeps one a day, before the unit can be judged.
        if "target_one_tier_a_day" not in str(error):
            raise
        raise Refused(_("同じ日に、カテゴリの契約が二つになります。"), clause="7-1(1)") from None


def _written(
    kind: Correction, rows: Sequence[Fact], says: Says | None, *, ground: Ground, on: date, by: User
) -> list[Put]:
    writing = Writing.begin(by=by, on=on)
    ground.must_hold()
    stored = [_locked(kind, row) for row in rows]
    units = sorted({unit for row in stored for unit in kind.units(row)})
    before = load_units(units) if kind.judged else {}
    done: list[Put] = []
    for row in stored:
        done += _put(kind, writing, row, says, ground)
    if not done:
        clause = kind.clause(stored[0]) if stored else ""
        raise Refused(_("記録済みの内容と同じです。"), clause=clause)
    _told(done, ground, writing, by)
    _follow(kind, units, before, on, by)
    return done


def _locked(kind: Correction, row: Fact) -> Any:
    stored = (
        kind.model._default_manager.select_for_update(no_key=True, of=("self",))
        .select_related(*kind.related)
        .get(pk=row.pk)
    )
    if stored.withdrawn_on is not None:
        said = {"day": stored.withdrawn_on.isoformat()}
        raise Refused(_("この記録は%(day)sに取り消され、又は置き換えられています。") % said, clause=kind.clause(stored))
    return stored


def _put(kind: Correction, writing: Writing, row: Any, says: Says | None, ground: Ground) -> list[Put]:
    """One row put right or taken back, and what follows it; nothing where it says so already."""
    would = None if says is None else otherwise(row, says)
    if would is not None and all(getattr(row, name) == getattr(would, name) for name in said_names(row)):
        return []
    ground.must_allow(row, would, on=writing.on, by=writing.by)
    kind.must(row, would, writing.on)
    reason = ground.reason.strip()
    if says is None:
        writing.withdraw(row, because=reason, **kind.about_withdrawal)
        put = Put(kind, row, None)
    else:
        put = Put(kind, row, writing.replace(row, because=reason, **says))
    return [put, *kind.beside(writing, put, reason)]


def otherwise(row: Any, says: Says) -> Any:
    """The row as it would be, not stored."""
    would = type(row)(**{name: getattr(row, name) for name in said_names(row)})
    for name, value in says.items():
        setattr(would, name, value)
    return would


def _told(done: Sequence[Put], ground: Ground, writing: Writing, by: User) -> None:
    """An entry of the history and a row of the record of corrections, for each fact."""
    on_ground = {"correction_ground": ground.basis.value}
    if ground.document.strip():
        on_ground["correction_document"] = ground.document.strip()
    entries, corrections = [], []
    for put in done:
        kind, was, now = put.kind, put.was, put.now
        subject, unit_id = kind.subject(was), kind.unit_id(was)
        entries.append(
            Entry(
                actor=str(by),
                operation="take_back" if now is None else "correct",
                record=kind.recorded_as(was),
                subject=subject,
                unit_id=unit_id,
                reason=ground.reason.strip(),
                before=kind.values(was),
                after=(kind.values(now) if now is not None else {}) | on_ground,
            )
        )
        corrections.append(
            FactCorrection(
                on=writing.on,
                by=str(by),
                ground=ground.basis.value,
                document=ground.document.strip(),
                reason=ground.reason.strip(),
                kind=kind.kind,
                subject=subject,
                unit_id=unit_id,
                revision=writing.revision,
                was=was.pk,
                now=None if now is None else now.pk,
            )
        )
    history.record_all(entries)
    FactCorrection.objects.bulk_create(corrections)


def _follow(kind: Correction, units: Sequence[int], before: Mapping[int, Unit], on: date, by: User) -> None:
    """The units as they are now: refused where they may not be so; ends, effects and the worklist brought to them."""
    if not kind.judged:
        refresh_worklist(units, on=on)
        return
    after = load_units(units)
    try:
        broken = [finding for pk, unit in after.items() for finding in kind.broken(before[pk], unit)]
        found = {pk: ends(unit) for pk, unit in after.items()}
    except ContradictionError as error:
        raise Refused(_(error.reason), clause=error.clause) from None
    if broken:
        raise WouldBreakError(broken)
    store_ends(found, by=by)
    bring_up_to(units, on, loaded=after)
    refresh_worklist(units, on=on, loaded=after)
