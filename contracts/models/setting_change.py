"""設定変更: a setting of a linked service changed without asking, under the consent of 第17条第1項, and who was told (第17条第2項)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracts.models.target import Contract


class SettingChange(models.Model):
    """設定変更 of what one module links: what, why, when; and when and how the customer was told."""

    contract = models.ForeignKey(Contract, models.PROTECT, verbose_name=_("契約番号"), related_name="setting_changes")
    what = models.CharField(_("変更した設定"), max_length=500)
    why = models.CharField(_("変更の理由"), max_length=500)
    changed_at = models.DateTimeField(_("変更日時"))
    changed_by = models.CharField(_("記録者"), max_length=150)
    told_at = models.DateTimeField(_("報告日時"), null=True, blank=True)
    told_how = models.CharField(_("報告の方法"), max_length=255, blank=True)
    told_by = models.CharField(_("報告者"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("設定変更")
        verbose_name_plural = _("設定変更")
        indexes = [models.Index(fields=["changed_at"], condition=Q(told_at__isnull=True), name="setting_change_untold")]
        constraints = [
            models.CheckConstraint(
                condition=Q(told_at__isnull=True, told_how="")
                | Q(told_at__isnull=False, told_at__gte=F("changed_at")) & ~Q(told_how=""),
                name="setting_change_told_after",
            ),
            models.CheckConstraint(condition=~Q(what="") & ~Q(why=""), name="setting_change_what_and_why"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.what}"
