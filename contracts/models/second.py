"""確認待ち: what somebody asked for and another person has to confirm, with the form as it was given and what it showed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracts.models.choices import ASKED_STATES
from contracts.models.customer import ManagementUnit


class Asked(models.Model):
    """One thing asked for: which verb, of which record, with which form. Nothing of it has happened until it is confirmed."""

    at = models.DateTimeField(_("日時"), auto_now_add=True)
    asked_on = models.DateField(_("依頼日"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("依頼者"), related_name="+")
    screen = models.CharField(_("画面"), max_length=64)
    verb = models.CharField(_("操作"), max_length=32)
    row = models.CharField(_("記録"), max_length=32)
    subject = models.CharField(_("番号"), max_length=128)
    unit = models.ForeignKey(ManagementUnit, models.PROTECT, verbose_name=_("管理単位"), related_name="+")
    permission = models.CharField(
        _("確定に要る権限"),
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text=_("空は、確定の権限だけで足りる"),
    )
    form = models.TextField(_("入力"))
    shown = models.JSONField(_("依頼の時に示した内容"), default=list)
    state = models.CharField(_("状態"), max_length=8, choices=ASKED_STATES, default="waiting")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("確認者"), related_name="+"
    )
    decided_on = models.DateField(_("確認日"), null=True, blank=True)
    reason = models.CharField(_("差戻しの理由"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("確認待ちの操作")
        verbose_name_plural = _("確認待ちの操作")
        permissions = [("confirm_asked", "確認待ちの操作を確定し、又は差し戻す")]
        indexes = [models.Index(fields=["unit"], condition=Q(state="waiting"), name="asked_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_on=None)
                | Q(state__in=["done", "refused"], decided_by__isnull=False, decided_on__isnull=False),
                name="asked_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | ~Q(decided_by=F("asked_by")), name="asked_confirmed_by_another"
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(reason=""), name="asked_refused_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.asked_on}"
