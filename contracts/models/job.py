"""定時処理: what runs by itself, for which day, how far it has come; and the mails that it sends."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models.choices import JOB_STATES, JOBS, MAIL_STATES


class Job(models.Model):
    """One job for one day. Its row is the lock of its work: each step is done under it and written with how far it came.

    ``cursor`` is where the next step goes on; ``attempts`` counts since the last step done, and stops a job that comes no further.
    """

    name = models.CharField(_("処理"), max_length=16, choices=JOBS)
    on = models.DateField(_("対象日"))
    state = models.CharField(_("状態"), max_length=8, choices=JOB_STATES, default="waiting")
    attempts = models.PositiveIntegerField(_("進まなかった試行"), default=0)
    cursor = models.BigIntegerField(_("続きの位置"), default=0)
    done = models.PositiveIntegerField(_("処理済み"), default=0)
    total = models.PositiveIntegerField(_("全体"), default=0)
    count = models.PositiveIntegerField(_("結果の件数"), default=0)
    failed = models.JSONField(_("処理できなかったもの"), default=list, blank=True)
    error = models.CharField(_("エラー"), max_length=500, blank=True)
    asked_by = models.CharField(_("依頼者"), max_length=150, blank=True)
    started_at = models.DateTimeField(_("開始日時"), null=True, blank=True)
    finished_at = models.DateTimeField(_("終了日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("定時処理")
        verbose_name_plural = _("定時処理")
        constraints = [
            models.UniqueConstraint(fields=["name", "on"], name="job_once_a_day"),
            models.CheckConstraint(condition=Q(state__in=[code for code, _name in JOB_STATES]), name="job_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=["done", "stopped"], finished_at__isnull=False)
                | Q(state__in=["waiting", "running"], finished_at__isnull=True),
                name="job_finished_when_over",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.on}"


class Digest(models.Model):
    """期限のお知らせ: one mail to one person for one day, written first and sent once."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("宛先"), related_name="+")
    on = models.DateField(_("対象日"))
    subject = models.CharField(_("件名"), max_length=255)
    body = models.TextField(_("本文"))
    state = models.CharField(_("状態"), max_length=8, choices=MAIL_STATES, default="waiting")
    attempts = models.PositiveIntegerField(_("試行"), default=0)
    error = models.CharField(_("エラー"), max_length=500, blank=True)
    sent_at = models.DateTimeField(_("送信日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("期限のお知らせ")
        verbose_name_plural = _("期限のお知らせ")
        indexes = [
            models.Index(fields=["id"], condition=Q(state__in=["waiting", "sending"]), name="digest_not_sent"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "on"], name="digest_once_a_day"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at__isnull=True),
                name="digest_sent_when_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.on}"
