"""台帳の検査: one run of the check of the ledger, what it found, and how far the history was chained then."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

CHECK_STATES = [
    ("waiting", _("待機中")),
    ("running", _("検査中")),
    ("done", _("検査済み")),
    ("failed", _("検査できませんでした")),
]


class LedgerCheck(models.Model):
    """One check: the daily one (``on`` is its day), or one that somebody asked for. Once over it stays as it is.

    ``position`` and ``head`` are the last link of the history's chain when it was walked: what is told elsewhere, so that a history
    that was rewritten whole is found too.
    """

    on = models.DateField(_("定時の検査の日"), null=True, blank=True, unique=True)
    asked_at = models.DateTimeField(_("依頼日時"), auto_now_add=True)
    asked_by = models.CharField(_("依頼者"), max_length=150, blank=True)
    state = models.CharField(_("状態"), max_length=8, choices=CHECK_STATES, default="waiting")
    started_at = models.DateTimeField(_("開始日時"), null=True, blank=True)
    finished_at = models.DateTimeField(_("終了日時"), null=True, blank=True)
    fault_count = models.PositiveIntegerField(_("誤りの件数"), default=0)
    faults = models.JSONField(_("誤り"), default=list, blank=True)
    months = models.PositiveIntegerField(_("検査した月"), default=0)
    lines = models.PositiveBigIntegerField(_("検査した明細"), default=0)
    position = models.PositiveBigIntegerField(_("履歴の鎖の位置"), default=0)
    head = models.CharField(_("履歴の鎖の末尾"), max_length=64, blank=True)
    error = models.CharField(_("エラー"), max_length=500, blank=True)
    sent_at = models.DateTimeField(_("末尾を送った日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("台帳の検査")
        verbose_name_plural = _("台帳の検査")
        permissions = [("ask_ledgercheck", "台帳の検査を依頼する")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[code for code, _name in CHECK_STATES]), name="ledger_check_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "failed"], finished_at__isnull=False)
                | Q(state__in=["waiting", "running"], finished_at=None),
                name="ledger_check_finished_when_over",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def sound(self) -> bool:
        """Whether it was carried out to its end and found nothing."""
        return self.state == "done" and not self.fault_count
