"""台帳の検査: who asked whether the ledger still is what was closed, when, and what was found."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

CHECK_STATES = [
    ("waiting", _("待機中")),
    ("running", _("検査中")),
    ("sound", _("誤りなし")),
    ("faulty", _("誤りあり")),
    ("failed", _("検査できませんでした")),
]


class LedgerCheck(models.Model):
    """One check of the ledger, asked for on screen and done in the background; ``faults`` are the first sentences of what was found."""

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("依頼者"), related_name="+")
    asked_at = models.DateTimeField(_("依頼日時"), auto_now_add=True)
    recompute = models.BooleanField(_("事実から計算し直す"), default=False)
    state = models.CharField(_("状態"), max_length=8, choices=CHECK_STATES, default="waiting")
    ended_at = models.DateTimeField(_("終了日時"), null=True, blank=True)
    months = models.PositiveIntegerField(_("検査した月数"), default=0)
    lines = models.PositiveBigIntegerField(_("検査した明細数"), default=0)
    fault_count = models.PositiveIntegerField(_("誤りの数"), default=0)
    faults = models.JSONField(_("誤り"), default=list, blank=True)
    error = models.CharField(_("エラー"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("台帳の検査")
        verbose_name_plural = _("台帳の検査")
        permissions = [("check_ledger", "台帳を検査する")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[code for code, _name in CHECK_STATES]), name="ledger_check_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
