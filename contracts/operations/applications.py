"""申込: drafted, received, and then accepted, rejected or withdrawn — one transaction each, with its entry in the history."""

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.facts.writing import Writing
from contracts.intake.form import MOST_LINES, Line, Verb, by_number, named, number_of
from contracts.judge.application import Judgement, judge_application
from contracts.judge.remarks import Remark
from contracts.models import Application, Entry, ManagementUnit
from contracts.operations import numbering
from contracts.operations.accepted import write, written
from contracts.operations.filing import locked, overtaken, told, values
from contracts.operations.four_eyes import by_another, hands, lend_hand
from contracts.operations.refusal import Refused
from contracts.operations.worklist import refresh_worklist


class NotAcceptableError(Refused):
    """The terms do not allow the application; ``remarks`` are all the reasons."""

    def __init__(self, remarks: list[Remark]) -> None:
        super().__init__(_("この申込は承諾できません。指摘を解消してください。"), clause="7-1")
        self.remarks = remarks


class FactsChangedError(Refused):
    """What the acceptance was prepared on has changed since; ``entries`` tell what was done meanwhile."""

    def __init__(self, entries: list[Entry]) -> None:
        super().__init__(_("判定した後に事実が変わりました。内容を確かめて、もう一度承諾してください。"))
        self.entries = entries


def judge(application: Application, *, on: date) -> Judgement:
    """What the terms say to a stored application, were it accepted on the day."""
    return judge_application(
        application.unit,
        application.lines,
        number=application.number,
        applied_on=application.applied_on or application.received_on or on,
        on=on,
    )


@transaction.atomic
def save_draft(
    application: Application | None,
    *,
    unit: ManagementUnit,
    lines: Sequence[Line],
    applied_on: date,
    version: int,
    by: User,
    known: Sequence[str] = (),
) -> Application:
    """Keep the form as it is filled in, whatever is wrong with it. A new one gets its number.

    ``known`` are the points of which whoever fills it in has said that they are known.
    Raises Refused where somebody else has saved it since ``version``, it is no draft any more, or it has more than MOST_LINES.
    """
    if len(lines) > MOST_LINES:
        said = {"count": len(lines), "most": MOST_LINES}
        raise Refused(
            _("一つの申込は%(most)s行までです（いま%(count)s行）。二つ以上の申込に分けてください。") % said,
            clause="10-1",
        )
    kept = [dict(line) for line in lines]
    if application is None:
        number = numbering.next_numbers(numbering.APPLICATION, 1)[0]
        application = Application.objects.create(
            number=number,
            unit=unit,
            state="draft",
            applied_on=applied_on,
            entered_by=by,
            lines=kept,
            known=list(known),
            version=1,
        )
        lend_hand("application", application.pk, by=by, did="draft")
        told("draft", application, by, None)
        return application
    before = values(Application.objects.get(pk=application.pk))
    written = {"lines": kept, "applied_on": applied_on, "entered_by": by, "known": list(known), "version": version + 1}
    changed = Application.objects.filter(pk=application.pk, state="draft", version=version).update(**written)
    if not changed:
        raise overtaken(application.pk)
    application.refresh_from_db()
    lend_hand("application", application.pk, by=by, did="draft")
    told("draft", application, by, before)
    return application


@transaction.atomic
def receive(
    application: Application, *, on: date, by: User, reason: str = "", known: Sequence[str] | None = None
) -> Application:
    """受付: from now on the form is fixed, and waits for a decision. Raises Refused where it is no draft or asks for nothing.

    What the judgement refuses is received only for a ``reason``, which is kept and shown to whoever decides. ``known``: the
    points that were shown and are known (None: as the draft has them).
    """
    locked(application, "draft")
    before = values(application)
    if not list(named(application.lines)):
        raise Refused(_("申込の内容がありません。"), clause="10-1")
    if application.applied_on and on < application.applied_on:
        raise Refused(_("受付日が申込日より前です。"), field="on")
    refused = judge(application, on=max(on, application.applied_on or on)).refused
    if refused and not reason.strip():
        raise _needs_a_word(refused)
    application.state, application.received_on = "received", on
    application.received_because = reason.strip() if refused else ""
    application.entered_by, application.four_eyes = by, settings.FOUR_EYES
    # A form of the draft that is still open somewhere is out of date from now on.
    application.version += 1
    application.known = list(known) if known is not None else application.known
    columns = ["state", "received_on", "received_because", "entered_by", "four_eyes", "version", "known"]
    application.save(update_fields=columns)
    lend_hand("application", application.pk, by=by, did="receive")
    told("receive", application, by, before, reason)
    refresh_worklist([application.unit_id])
    return application


@transaction.atomic
def accept(
    application: Application, *, on: date, by: User, seen: str, entries_seen: int = 0, reason: str = ""
) -> Application:
    """承諾: writes every contract, option, change and price that the form asks for; the initial fee falls due (第13条).

    ``seen`` is what the judgement shown to ``by`` was made on (Judgement.seen), ``entries_seen`` the newest entry of the
    history then. Raises FactsChangedError, NotAcceptableError, or Refused where it is not for ``by`` to accept.
    """
    writing = Writing.begin(by=by, on=on)
    locked(application, "received")
    if application.four_eyes:
        people = hands("application", application.pk, [application.entered_by_id])
        by_another(by, people, said=_("下書き、入力、受付又は訂正をした人は承諾できません。別の人が承諾してください。"))
    if application.received_on and on < application.received_on:
        raise Refused(_("承諾日が受付日より前です。"), field="on")
    before = values(application)
    judgement = judge(application, on=on)
    if judgement.seen != seen:
        raise FactsChangedError(_entries_since(entries_seen, judgement))
    if not judgement.acceptable:
        raise NotAcceptableError(judgement.refused)
    application.lines = _numbered(application.lines)
    judgement = judge(application, on=on)
    application.state, application.accepted_on, application.decided_by = "accepted", on, by
    application.reason = reason.strip()
    application.save(update_fields=["state", "accepted_on", "decided_by", "reason", "lines"])
    write(application, judgement, writing)
    told("accept", application, by, before)
    history.record_all(written(application, judgement, by))
    refresh_worklist(units_concerned(judgement))
    return application


@transaction.atomic
def trial(unit: ManagementUnit, *, lines: Sequence[Line], applied_on: date, on: date, by: User) -> None:
    """Write what the acceptance of a form would, to be rehearsed and taken back: nobody has applied for it yet.

    With its entries in the history, by which the next close finds what is late. Raises NotAcceptableError.
    """
    writing = Writing.begin(by=by, on=on)
    number = numbering.next_numbers(numbering.APPLICATION, 1)[0]
    application = Application.objects.create(
        number=number, unit=unit, state="accepted", applied_on=applied_on, accepted_on=on, lines=_numbered(lines)
    )
    judgement = judge(application, on=on)
    if not judgement.acceptable:
        raise NotAcceptableError(judgement.refused)
    write(application, judgement, writing)
    history.record_all(written(application, judgement, by))


@transaction.atomic
def reject(application: Application, *, on: date, by: User, reason: str) -> Application:
    """拒絶: the company does not accept. Raises Refused where it was not received, or no reason is given."""
    return _close(application, "reject", "rejected", ("received",), on=on, by=by, reason=reason)


@transaction.atomic
def withdraw(application: Application, *, on: date, by: User, reason: str) -> Application:
    """取下げ: the customer takes it back, or a draft is given up. Raises Refused where it is decided, or no reason is given."""
    return _close(application, "withdraw", "withdrawn", ("draft", "received"), on=on, by=by, reason=reason)


def _needs_a_word(refused: Sequence[Remark]) -> Refused:
    sentence = _("判定では承諾できない申込です（%(count)s件）。このまま受け付けるには、理由を記入してください。")
    return Refused(sentence % {"count": len(refused)}, field="reason", clause=refused[0].clause)


def units_concerned(judgement: Judgement) -> list[int]:
    """The unit, and every other unit that links a service of which the application writes a new state."""
    codes = {row.values["code"] for row in judgement.merged.new["linked_services"]}
    found = ManagementUnit.objects.filter(code=judgement.before.code).values_list("pk", flat=True)
    linking = ManagementUnit.objects.filter(targets__contract__linked_service__code__in=codes).values_list(
        "pk", flat=True
    )
    return sorted({*found, *linking})


def _close(
    application: Application, operation: str, state: str, allowed: tuple[str, ...], *, on: date, by: User, reason: str
) -> Application:
    locked(application, *allowed)
    before = values(application)
    if not reason.strip():
        raise Refused(_("理由が必要です。"), field="reason")
    application.state, application.closed_on, application.decided_by = state, on, by
    application.reason = reason.strip()
    application.save(update_fields=["state", "closed_on", "decided_by", "reason"])
    told(operation, application, by, before)
    refresh_worklist([application.unit_id])
    return application


def _numbered(lines: Sequence[Line]) -> list[dict[str, str]]:
    """The lines with a number for everything that is concluded, and references to it by that number."""
    typed = {number_of(line) for _key, _verb, line in named(lines) if line.get("number")}
    given: dict[str, str] = {}
    for verb, prefix in ((Verb.CONTRACT, numbering.CONTRACT), (Verb.OPTION, numbering.OPTION)):
        waiting = [key for key, asked, line in named(lines) if asked is verb and number_of(line) == key]
        given |= dict(zip(waiting, numbering.next_numbers(prefix, len(waiting), besides=typed), strict=True))
    return by_number([{**line, "number": given[line["key"]]} if line.get("key") in given else line for line in lines])


def _entries_since(entries_seen: int, judgement: Judgement) -> list[Entry]:
    codes = {*judgement.before.linked, *judgement.merged.known.linked_services}
    later = Entry.objects.filter(pk__gt=entries_seen).order_by("pk")
    of_unit = later.filter(unit__code=judgement.before.code)
    return list((of_unit | later.filter(record__in=["linked_service", "consent"], subject__in=codes))[:50])


def newest_entry() -> int:
    """The newest entry of the history: what an acceptance is prepared on lies at or before it."""
    return Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
