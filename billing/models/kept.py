"""取り置いた合計: what a closed month's lines add up to, kept so that no page adds up a million of them again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.models.month import Month


class KeptSums(models.Model):
    """Sums of one closed month under one name, as JSON. Derived from lines that cannot change; whoever deletes a row has it made anew."""

    month = models.ForeignKey(Month, models.CASCADE, verbose_name=_("月"), related_name="kept_sums")
    what = models.CharField(_("合計の名前"), max_length=40)
    sums = models.JSONField(_("合計"))

    class Meta:
        verbose_name = _("取り置いた合計")
        verbose_name_plural = _("取り置いた合計")
        constraints = [models.UniqueConstraint(fields=["month", "what"], name="kept_sums_once")]

    def __str__(self) -> str:
        return f"{self.month_id} {self.what}"
