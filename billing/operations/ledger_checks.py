"""台帳の検査の実行: every day by the schedule, or when somebody asks; what it found is kept, and the head of the history is told elsewhere."""

from datetime import date, timedelta
from logging import getLogger
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from billing.models import LedgerCheck, Month
from billing.operations.check_ledger import check_ledger
from contracts.clock import now
from contracts.facts import chain, history, marks
from contracts.operations.effects import SYSTEM
from contracts.operations.step import JobSteps, Step

FAULTS_KEPT = 200
DEAD_AFTER = timedelta(hours=6)
"""A check that has been running for so long is taken for one whose process died, and is begun anew."""

log = getLogger(__name__)


@transaction.atomic
def ask_to_check(*, by: AbstractBaseUser) -> LedgerCheck:
    """Ask for a check; to be carried out once this transaction is committed. One that waits or is at work is the answer to both.

    Raises nothing: looking at the ledger is nobody's secret from those who may see it.
    """
    unfinished = LedgerCheck.objects.filter(state__in=["waiting", "running"]).order_by("-pk").first()
    return unfinished or LedgerCheck.objects.create(asked_by=str(by))


def last_check() -> LedgerCheck | None:
    """The last check that is over; None while there is none."""
    return LedgerCheck.objects.filter(state__in=["done", "failed"]).order_by("-finished_at").first()


def carry_out(pk: int) -> str:
    """Check the ledger and keep what was found; the state it comes to. One that is over, or at work elsewhere, stays as it is."""
    if not _begun(pk):
        return LedgerCheck.objects.values_list("state", flat=True).get(pk=pk)
    try:
        # What is kept is what people of this firm read, whatever language the one who asked reads.
        with translation.override("ja"):
            count, faults = _found()
    except Exception as error:
        log.exception("the check %s of the ledger failed", pk)
        told = f"{type(error).__name__}: {error}"[:500]
        LedgerCheck.objects.filter(pk=pk, state="running").update(state="failed", finished_at=now(), error=told)
        return "failed"
    _kept(pk, count, faults)
    send_head(pk)
    return "done"


def _begun(pk: int) -> bool:
    """Claim the check. False where it is over, or somebody else is at it."""
    free = Q(state="waiting") | Q(state="running", started_at__lt=now() - DEAD_AFTER)
    return bool(LedgerCheck.objects.filter(free, pk=pk).update(state="running", started_at=now()))


def _found() -> tuple[int, list[str]]:
    count, faults = 0, []
    for fault in check_ledger(keep=True):
        count += 1
        if count <= FAULTS_KEPT:
            faults.append(fault)
    return count, faults


@transaction.atomic
def _kept(pk: int, count: int, faults: list[str]) -> None:
    position, head = chain.head()
    closed = Month.objects.exclude(closed_at=None)
    row = LedgerCheck.objects.select_for_update(no_key=True).get(pk=pk)
    row.state, row.finished_at, row.fault_count, row.faults = "done", now(), count, faults
    row.months, row.lines = closed.count(), closed.aggregate(lines=Sum("line_count"))["lines"] or 0
    row.position, row.head = position, head
    row.save()
    after = {"fault_count": count, "position": position, "head": head, "marks": marks.digest_of_marks()}
    history.record("check", "ledger_check", str(row.pk), by=row.asked_by or SYSTEM, after=after)
    if count:
        log.error("the check %s of the ledger found %s faults", pk, count)


def send_head(pk: int) -> None:
    """Tell the head of the history elsewhere: a line in the file, and a mail. Told once; what fails is tried again with the next check."""
    row = LedgerCheck.objects.get(pk=pk)
    if row.sent_at is not None or not (settings.CHAIN_HEAD_FILE or settings.CHAIN_HEAD_MAIL):
        return
    at = timezone.localtime(row.finished_at)
    try:
        if settings.CHAIN_HEAD_FILE:
            with Path(settings.CHAIN_HEAD_FILE).open("a", encoding="utf-8") as file:
                file.write(f"{at.isoformat(timespec='seconds')} {row.position} {row.head}\n")
        if settings.CHAIN_HEAD_MAIL:
            _mail(row).send()
    except OSError:
        log.exception("the head of the history of check %s could not be told", pk)
        return
    LedgerCheck.objects.filter(pk=pk).update(sent_at=now())


def _mail(row: LedgerCheck) -> EmailMessage:
    with translation.override("ja"):
        found = _("誤りなし") if row.sound else _("誤り%(count)s件") % {"count": f"{row.fault_count:,}"}
        said = {"day": timezone.localtime(row.finished_at).date(), "found": found}
        lines = [
            _("台帳の検査：%(found)s") % said,
            *row.faults[:20],
            "",
            _("履歴の鎖の位置：%(position)s") % {"position": row.position},
            _("履歴の鎖の末尾：%(head)s") % {"head": row.head},
            "",
            _("この値を保管してください。履歴の全体が書き換えられても、この値と照らし合わせれば分かります。"),
            f"{settings.SITE_URL}/admin/billing/ledgercheck/{row.pk}/change/",
            "",
        ]
        subject = _("【契約・料金管理】%(day)s 台帳の検査（%(found)s）") % said
        return EmailMessage(subject, "\n".join(lines), to=settings.CHAIN_HEAD_MAIL)


def _one(on: date) -> int:
    return 1


def _put_down(on: date, after: int) -> Step:
    """The day's check is asked for; it is carried out after this step, which holds the facts' lock."""
    _row, made = LedgerCheck.objects.get_or_create(on=on)
    return Step(None, 1, int(made))


def _of_the_day(on: date) -> None:
    row = LedgerCheck.objects.filter(on=on).first()
    if row is not None and row.state in ("waiting", "running"):
        carry_out(row.pk)


CHECK = JobSteps(_one, _put_down, _of_the_day)
