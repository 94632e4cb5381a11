"""期限のお知らせ: each account manager's worklist of the day as one mail — written first, sent once."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from logging import getLogger
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contracts.clock import now
from contracts.facts import history
from contracts.intake.sentence import Sentence
from contracts.judge.coming import REMINDERS
from contracts.models import Digest, WorkItem
from contracts.operations.refusal import Refused
from contracts.operations.step import Step
from contracts.terms.clause import spoken

PEOPLE_AT_ONCE = 20
ROWS_SHOWN = 100
WEEK = timedelta(days=7)
SEND_ATTEMPTS = 5

log = getLogger(__name__)


def people() -> QuerySet[User]:
    """Who gets a digest: whoever looks after a unit, has taken a row or is meant by one, is active and has an address."""
    managing = User.objects.filter(
        Q(pk__in=WorkItem.objects.exclude(unit__account_manager=None).values("unit__account_manager"))
        | Q(pk__in=WorkItem.objects.exclude(taken_by=None).values("taken_by"))
        | Q(pk__in=WorkItem.objects.exclude(person=None).values("person"))
    )
    return managing.filter(is_active=True).exclude(email="").order_by("pk")


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
        if row.kind != "renewal" or _reminds(row, last.get(person_id), on):
            rows[person_id].append(row)
    new = [_digest(person, on, rows[person.pk]) for person in some if person.pk not in known and rows[person.pk]]
    Digest.objects.bulk_create(new)
    return Step(some[-1].pk, len(some), len(new))


def _digest(person: User, on: date, rows: list[WorkItem]) -> Digest:
    with translation.override("ja"):
        subject = _("【契約・料金管理】%(day)s 期限のお知らせ（%(count)s件）") % {"day": on, "count": len(rows)}
        return Digest(person=person, on=on, subject=subject, body=_body(person, on, rows))


def falling_due(some: Iterable[User], on: date) -> QuerySet[WorkItem]:
    """The rows that those people look after, are meant by or have taken, and that are late or fall due within a week of the day."""
    wanted = list(some)
    own = Q(unit__account_manager__in=wanted, taken_by=None, person=None)
    own |= Q(person__in=wanted, taken_by=None) | Q(taken_by__in=wanted)
    standing = (Q(until_on=None) | Q(until_on__gte=on)) & (Q(shown_from=None) | Q(shown_from__lte=on))
    near = Q(kind="renewal") | Q(from_on=None) | Q(from_on__lte=on + WEEK)
    rows = WorkItem.objects.filter(own, standing, near).select_related("unit__customer")
    return rows.order_by("from_on", "pk")


def _reminds(row: WorkItem, last: date | None, on: date) -> bool:
    """Whether a renewal is to be told of again: 90, 60 and 30 days before the deadline, and every day from the safe day on (I-33).

    A reminder whose day fell between the last mail and today is made up for.
    """
    if last is None or row.from_on is None or row.until_on is None or on >= row.from_on:
        return True
    return any(last < row.until_on - timedelta(days=days) <= on for days in REMINDERS)


def _body(person: User, on: date, rows: list[WorkItem]) -> str:
    lines = [
        _("%(name)s様") % {"name": person.get_full_name() or person.username},
        "",
        _("%(day)sの時点で、対応が必要なこと、期限の近いことは次のとおりです。") % {"day": on},
        "",
    ]
    for row in rows[:ROWS_SHOWN]:
        lines += [_line(row, on), f"　　{row.unit.code} {row.unit.customer.name} {row.unit.name}"]
    if len(rows) > ROWS_SHOWN:
        lines.append(_("ほか%(count)s件") % {"count": len(rows) - ROWS_SHOWN})
    return "\n".join([*lines, "", f"{settings.SITE_URL}/admin/", ""])


def _line(row: WorkItem, on: date) -> str:
    when = timezone.localtime(row.due_at).strftime("%Y-%m-%d %H:%M") if row.due_at else f"{row.from_on or ''}"
    late = _("（期限超過）") if row.from_on and row.from_on < on and row.kind != "renewal" else ""
    said = Sentence(row.text, **row.values).said()
    clause = f"（{spoken(row.clause)}）" if row.clause else ""
    return f"・{when}{late} {row.get_kind_display()}：{row.subject} {said}{clause}"


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
    digest = Digest.objects.select_for_update(of=("self",)).select_related("person").get(pk=digest.pk)
    if digest.state == "waiting":
        raise Refused(_("このお知らせは、まだ送信を待っています。"))
    before = {"state": digest.state}
    digest.state, digest.sent_at, digest.attempts, digest.error = "waiting", None, 0, ""
    digest.save(update_fields=["state", "sent_at", "attempts", "error"])
    subject = f"{digest.person} {digest.on}"
    history.record("resend", "job", subject, by=by, before=before, after={"state": "waiting"})
    return digest
