"""解約通知: received, taken back, corrected — each with all that follows, in one transaction (第10条第10項, 第12条, I-34)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.facts.derive import store_ends
from contracts.facts.load import load_units
from contracts.facts.translate import notice_of
from contracts.facts.writing import Writing
from contracts.intake.book.read import Row
from contracts.judge.abolished import ended_by_abolition, with_notices
from contracts.judge.following import Following, following, having, term_end, without
from contracts.models import Entry, ManagementUnit, Notice, Target
from contracts.operations.effects import bring_up_to
from contracts.operations.refusal import Refused
from contracts.operations.worklist import refresh_worklist
from contracts.terms.art12_termination import ends
from contracts.terms.lives import arrives_too_early
from contracts.terms.unit import ContradictionError, Ground, Unit
from contracts.terms.unit import Notice as PlainNotice
from contracts.terms.unit import Target as PlainTarget


@dataclass(frozen=True, slots=True)
class NoticeAsked:
    """A notice as it is entered: for one or more targets of one unit, with its days, its ground and the form's reference.

    ``at_term_end`` names each target's own last day: of its minimum term, or of the term of a 期間ライセンス.
    """

    targets: tuple[str, ...]
    arrived_on: date
    requested_for: date | None = None
    at_term_end: bool = False
    ground: Ground = Ground.NOTICE
    reference: str = ""

    def plain(self, unit: Unit) -> list[PlainNotice]:
        """One notice a target, as the terms see it. Raises Refused where a target has no term that still runs."""
        targets = {target.number: target for target in unit.targets}
        return [
            PlainNotice(target=n, arrived_on=self.arrived_on, requested_for=self._day(targets[n]), ground=self.ground)
            for n in self.targets
        ]

    def _day(self, target: PlainTarget) -> date | None:
        if not self.at_term_end:
            return self.requested_for
        day = term_end(target, self.arrived_on)
        if day is None:
            sentence = _("%(number)sには、到達日の後に満了する期間がありません。指定日を入力してください。")
            raise Refused(sentence % {"number": target.number}, field="requested_for", clause="12-1")
        return day


def plan_notice(unit: ManagementUnit, asked: NoticeAsked, *, on: date) -> Following:
    """What follows from a notice entered on a day; writes nothing.

    Raises Refused where it cannot be entered; never for what it breaks (I-09).
    """
    before = load_units([unit.pk])[unit.pk]
    must_be_sound(before, asked, on)
    return _following(before, having(before, asked.plain(before)))


def plan_withdrawal(*notices: Notice, on: date, instead: NoticeAsked | None = None) -> Following:
    """What follows where notices of one unit are taken back on a day, or stand as ``instead`` says; writes nothing.

    A notice put right is judged as one received. Raises Refused.
    """
    unit = notices[0].target.unit
    before = load_units([unit.pk])[unit.pk]
    after = without(before, [plain_of(notice) for notice in notices])
    if instead is not None:
        must_be_sound(after, instead, on)
        after = having(after, instead.plain(after))
    if all(notice.ground != Ground.ABOLISHED.value for notice in notices):
        after = with_notices(after, _of_abolition(after))
    return _following(before, after)


@transaction.atomic
def receive_notice(
    unit: ManagementUnit, asked: NoticeAsked, *, on: date, by: User, reason: str = "", letter: int | None = None
) -> list[Notice]:
    """受付: the notice is on record, and every end that follows from it; ``letter``: that of which it is, where it is of one that
    was begun (contracts.operations.letters). Raises Refused.
    """
    writing = Writing.begin(by=by, on=on)
    plan = plan_notice(unit, asked, on=on)
    notices = _written(writing, asked.plain(plan.before), asked.reference, letter=letter or writing.revision)
    history.record_all(_entry("notice", notice, by, before=None, reason=reason) for notice in notices)
    _follow(unit, plan.after, on, by)
    return notices


@transaction.atomic
def withdraw_notice(notice: Notice, *, on: date, document: str, reason: str, by: User) -> Notice:
    """撤回: with the company's consent a notice never had effect (I-34): all that followed from it is undone.

    After its effect day it is a correction: a reason is needed. Raises Refused — also where the unit could not be as it would
    then be, since an application leaned on the end.
    """
    return taken_back("withdraw_notice", [notice], None, on=on, document=document, reason=reason, by=by)[0]


@transaction.atomic
def correct_notice(notice: Notice, instead: NoticeAsked, *, on: date, document: str, reason: str, by: User) -> Notice:
    """訂正: the notice stands as ``instead`` says, as if it had always been so. Raises Refused, also for what is not received."""
    return taken_back("correct_notice", [notice], instead, on=on, document=document, reason=reason, by=by)[0]


def plain_of(notice: Notice) -> PlainNotice:
    """A stored notice as the terms see it."""
    return notice_of(
        {
            "target": notice.target.number,
            "arrived_on": notice.arrived_on,
            "requested_for": notice.requested_for,
            "basis": notice.ground,
        }
    )


def taken_back(
    operation: str,
    notices: Sequence[Notice],
    instead: NoticeAsked | None,
    *,
    on: date,
    document: str,
    reason: str,
    by: User,
) -> list[Notice]:
    """Notices of one unit withdrawn or put right with all that follows, in the transaction of the caller. Raises Refused."""
    writing = Writing.begin(by=by, on=on)
    rows = _locked(notices)
    if instead is not None:
        instead = replace(instead, targets=tuple(row.target.number for row in rows))
        if not differs(rows, instead):
            raise Refused(_("記録済みの通知と同じ内容です。"), clause="12-1")
    plan = plan_withdrawal(*rows, on=on, instead=instead)
    _must_be_told_why(plan, rows, on, reason)
    before = [history.values_of(row) for row in rows]
    standing = [writing.withdraw(row, because=reason, withdrawal=document.strip()) for row in rows]
    if instead is not None:
        standing = _written(writing, instead.plain(plan.before), instead.reference, letter=rows[0].letter)
        by_target = {row.target_id: row for row in standing}
        for row in rows:
            row.replaced_by = by_target[row.target_id]
            row.save(update_fields=["replaced_by"])
    told = [_entry(operation, row, by, before=was, reason=reason) for row, was in zip(rows, before, strict=True)]
    if instead is not None:
        told += [_entry("notice", row, by, before=None, reason=reason) for row in standing]
    told += _ended_by_abolition(writing, plan, standing, by)
    history.record_all(told)
    _follow(rows[0].target.unit, plan.after, on, by)
    return standing


def _locked(notices: Sequence[Notice]) -> list[Notice]:
    """The notices as they stand, of one unit. Raises Refused where one stands no more."""
    found = Notice.objects.select_for_update(no_key=True, of=("self",)).select_related("target__unit")
    rows = [found.get(pk=notice.pk) for notice in notices]
    for row in rows:
        if row.withdrawn_on is not None:
            raise Refused(_("この通知は%(day)sに撤回されています。") % {"day": row.withdrawn_on}, clause="12-1")
    assert len({row.target.unit_id for row in rows}) == 1, "notices of several units"
    return rows


def _must_be_told_why(plan: Following, rows: Sequence[Notice], on: date, reason: str) -> None:
    """Raises Refused without a reason once an end has come, and where an application leaned on an end."""
    found = ends(plan.before)
    over = min((found[row.target.number] for row in rows), key=lambda end: end.on)
    if over.on < on and not reason.strip():
        sentence = _("%(day)sに効力が生じた通知です。訂正には理由が必要です。")
        raise Refused(sentence % {"day": over.on}, field="reason", clause=over.clause)
    refused = [finding for finding in plan.lost if finding.refused]
    if refused:
        clause = refused[0].violation.clause
        raise Refused(_("この通知による終了を前提に申込を承諾しているため、取り消せません。"), clause=clause)


def _of_abolition(unit: Unit) -> list[Row]:
    """The notices of a declared abolition for EDR options that would outlive it: they were to end sooner (10-11, I-43)."""
    return ended_by_abolition(unit, {option.number for option in unit.options})


def _ended_by_abolition(writing: Writing, plan: Following, standing: Sequence[Notice], by: User) -> list[Entry]:
    """What would outlive a declared abolition without the notice ends by it: written as the plan has it."""
    known = {*plan.before.notices, *map(plain_of, standing)}
    new = [one for one in plan.after.notices if one.ground is Ground.ABOLISHED and one not in known]
    references = {one.ends_on: one.reference for one in plan.after.abolitions}
    rows = [row for one in new if one.requested_for for row in _written(writing, [one], references[one.requested_for])]
    return [_entry("notice", row, by, before=None, reason="") for row in rows]


def differs(rows: Sequence[Notice], instead: NoticeAsked) -> bool:
    """Whether the notices would say anything else."""
    stored = {(row.arrived_on, row.requested_for, row.ground, row.reference) for row in rows}
    asked = (instead.arrived_on, instead.requested_for, instead.ground.value, instead.reference.strip())
    return stored != {asked} or instead.at_term_end


def must_be_sound(unit: Unit, asked: NoticeAsked, on: date) -> None:
    """Raises Refused where a notice cannot be entered on a day: nothing chosen, a day to come, out of a target's time, told twice."""
    if not asked.targets:
        raise Refused(_("対象を一つ以上選んでください。"), field="targets")
    if asked.arrived_on > on:
        raise Refused(_("到達日が未来の日です。"), field="arrived_on", clause="12-1")
    if asked.ground is not Ground.NOTICE and asked.requested_for is None and not asked.at_term_end:
        raise Refused(_("根拠が解約通知でない終了には指定日が必要です"), field="requested_for", clause="12-1")
    targets = {target.number: target for target in unit.targets}
    for number in asked.targets:
        target = targets.get(number)
        if target is None:
            raise Refused(_("%(number)sはこの管理単位の対象ではありません。") % {"number": number}, field="targets")
        if arrives_too_early(target, asked.arrived_on, asked.ground):
            sentence = _("到達日が%(number)sの申込の承諾日（%(day)s）より前です。")
            raise Refused(sentence % {"number": number, "day": target.accepted_on}, field="arrived_on", clause="12-1")
    same = [n.target for n in unit.notices if (n.arrived_on, n.ground) == (asked.arrived_on, asked.ground)]
    for number in asked.targets:
        if number in same:
            sentence = _("%(number)sには、同じ日に到達した同じ根拠の通知が既にあります。")
            raise Refused(sentence % {"number": number}, field="arrived_on", clause="12-1")


def _following(before: Unit, after: Unit) -> Following:
    try:
        return following(before, after)
    except ContradictionError as error:
        raise Refused(_(error.reason), clause=error.clause) from None


def _written(
    writing: Writing, plain: Sequence[PlainNotice], reference: str, *, letter: int | None = None
) -> list[Notice]:
    """The notices as rows."""
    targets = {t.number: t for t in Target.objects.filter(number__in=[notice.target for notice in plain])}
    rows = [
        Notice(
            target=targets[notice.target],
            arrived_on=notice.arrived_on,
            requested_for=notice.requested_for,
            ground=notice.ground.value,
            reference=reference.strip(),
            letter=letter,
        )
        for notice in plain
    ]
    writing.add_all(Notice, rows)
    return rows


def _follow(unit: ManagementUnit, after: Unit, on: date, by: User) -> None:
    """Store every end that has moved, record what has happened by today and nothing else, refresh the list."""
    loaded = {unit.pk: after}
    store_ends({unit.pk: ends(after)}, by=by)
    bring_up_to([unit.pk], on, loaded=loaded)
    refresh_worklist([unit.pk], on=on, loaded=loaded)


def _entry(operation: str, notice: Notice, by: User, *, before: dict[str, object] | None, reason: str) -> Entry:
    target = notice.target
    after = {name: value for name, value in history.values_of(notice).items() if name not in ("id", "target", "letter")}
    return Entry(
        actor=str(by),
        operation=operation,
        record="notice",
        subject=target.number,
        unit_id=target.unit_id,
        before={name: value for name, value in before.items() if name not in ("id", "target", "letter")}
        if before
        else None,
        after=after,
        reason=reason,
    )
