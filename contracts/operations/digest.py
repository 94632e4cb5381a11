"""期限のお知らせ: each account manager's worklist of the day as one mail — written first, sent once."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from logging import getLogger
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.clock import now
from contracts.facts import history
from contracts.intake.sentence import Sentence
from contracts.judge.kinds import ACTS, FOR_A_YEAR, Act
from contracts.models import Digest, WorkItem
from contracts.operations.refusal import Refused
from contracts.operations.step import Step
from contracts.operations.told_by_mail import falling_due, matters, people, tells, to_decide
from contracts.terms.clause import spoken

PEOPLE_AT_ONCE = 20
ROWS_SHOWN = 100
SEND_ATTEMPTS = 5

log = getLogger(__name__)


def count_people(on: date) -> int:
    """How many people a run for the day looks at."""
    return people().count()


def compose(on: date, after: int) -> Step:
    """Write the mails of the next people after the id ``after``, one each and day; nothing to tell, no mail."""
    some = list(people().filter(pk__gt=after)[:PEOPLE_AT_ONCE])
    if not some:
        return Step(None)
    mails = Digest.objects.filter(person__in=some)
    known = set(mails.filter(on=on).values_list("person_id", flat=True))
    last = dict(mails.filter(on__lt=on).values("person_id").annotate(last=Max("on")).values_list("person_id", "last"))
    rows: defaultdict[int, list[WorkItem]] = defaultdict(list)
    for row in falling_due(some, on):
        person_id = row.taken_by_id or row.person_id or row.unit.account_manager_id or 0
        if tells(row, last.get(person_id), on):
            rows[person_id].append(row)
    for row, person_id in to_decide(some):
        rows[person_id].append(row)
    new = [_digest(one, on, rows[one.pk]) for one in some if one.pk not in known and matters(rows[one.pk])]
    Digest.objects.bulk_create(new)
    return Step(some[-1].pk, len(some), len(new))


def _digest(person: User, on: date, rows: list[WorkItem]) -> Digest:
    with translation.override("ja"):
        count = sum(ACTS[row.kind] is not Act.NOTE for row in rows)
        subject = _("【契約・料金管理】%(day)s 期限のお知らせ（%(count)s件）") % {"day": on, "count": count}
        return Digest(person=person, on=on, subject=subject, body=_body(person, on, rows))


_HEADINGS = {
    Act.DECISION: gettext_lazy("■ あなたの決定を待つもの"),
    Act.TASK: gettext_lazy("■ すること"),
    Act.OUTCOME: gettext_lazy("■ あなたが入力したもの"),
    Act.NOTE: gettext_lazy("■ 7日以内の予定"),
}
"""The parts of a mail, in their order."""


def _body(person: User, on: date, rows: list[WorkItem]) -> str:
    lines = [
        _("%(name)s様") % {"name": person.get_full_name() or person.username},
        "",
        _("%(day)sの時点で、対応が必要なこと、期限の近いことは次のとおりです。") % {"day": on},
        "",
    ]
    shown = rows[:ROWS_SHOWN]
    for act, heading in _HEADINGS.items():
        told = _together(row for row in shown if ACTS[row.kind] is act)
        for number, alike in enumerate(told):
            lines += [str(heading)] if not number else []
            lines += [_line(alike, on), f"　　{alike[0].unit.code} {alike[0].unit.customer.name} {alike[0].unit.name}"]
        lines += [""] if told else []
    if len(rows) > ROWS_SHOWN:
        lines += [_("ほか%(count)s件") % {"count": len(rows) - ROWS_SHOWN}, ""]
    return "\n".join([*lines, f"{settings.SITE_URL}/admin/", ""])


def _together(rows: Iterable[WorkItem]) -> list[list[WorkItem]]:
    """The rows of one kind, unit and day that say the same of several contracts as one."""
    found: dict[tuple[Any, ...], list[WorkItem]] = {}
    for row in rows:
        said = Sentence(row.text, **row.values).said()
        found.setdefault((row.kind, row.unit_id, row.due_on, said), []).append(row)
    return list(found.values())


def _line(alike: list[WorkItem], on: date) -> str:
    row, subjects = alike[0], _("、").join(dict.fromkeys(row.subject for row in alike))
    when = timezone.localtime(row.due_at).strftime("%Y-%m-%d %H:%M") if row.due_at else f"{row.from_on or ''}"
    is_late = row.from_on and row.from_on < on and row.kind != "renewal" and ACTS[row.kind] is Act.TASK
    late = _("（期限超過）") if is_late else ""
    said = Sentence(row.text, **row.values).said()
    clause = f"（{spoken(row.clause)}）" if row.clause else ""
    return f"・{when}{late} {row.get_kind_display()}：{subjects} {said}{clause}{_stake(alike)}"


def _stake(alike: list[WorkItem]) -> str:
    yen = sum({row.subject: row.stake_yen or 0 for row in alike}.values())
    if not yen:
        return ""
    text = _(" 年額%(yen)s円") if alike[0].kind in FOR_A_YEAR else _(" 月額%(yen)s円")
    return text % {"yen": f"{yen:,}"}


def send_waiting(on: date) -> None:
    """Send what waits, each mail claimed before it leaves, so that none leaves twice.

    A mail that was claimed by a process that died stays 「送信中」: nobody can know whether it left; somebody may resend it.
    """
    for pk in list(Digest.objects.filter(state="waiting").order_by("pk").values_list("pk", flat=True)):
        if Digest.objects.filter(pk=pk, state="waiting").update(state="sending"):
            _send(Digest.objects.select_related("person").get(pk=pk))


def _send(digest: Digest) -> None:
    host = settings.SITE_URL.split("//")[-1]
    message = EmailMessage(
        digest.subject,
        digest.body,
        to=[digest.person.email],
        headers={"Message-ID": f"<digest-{digest.on}-{digest.person_id}-{digest.attempts}@{host}>"},
    )
    try:
        message.send()
    except Exception as error:
        attempts = digest.attempts + 1
        state = "failed" if attempts >= SEND_ATTEMPTS else "waiting"
        Digest.objects.filter(pk=digest.pk).update(state=state, attempts=attempts, error=f"{error}"[:500])
        log.exception("digest %s was not sent", digest.pk)
    else:
        Digest.objects.filter(pk=digest.pk).update(state="sent", sent_at=now(), error="")


@transaction.atomic
def resend(digest: Digest, *, by: Any) -> Digest:
    """再送: let a mail leave once more. Raises Refused where it is still waiting."""
    digest = Digest.objects.select_for_update(no_key=True, of=("self",)).select_related("person").get(pk=digest.pk)
    if digest.state == "waiting":
        raise Refused(_("このお知らせは、まだ送信を待っています。"))
    before = {"state": digest.state}
    digest.state, digest.sent_at, digest.attempts, digest.error = "waiting", None, 0, ""
    digest.save(update_fields=["state", "sent_at", "attempts", "error"])
    subject = f"{digest.person} {digest.on}"
    history.record("resend", "job", subject, by=by, before=before, after={"state": "waiting"})
    return digest
