"""廃止: the EDR options end for all customers on one day (第10条第11項)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AbolitionManager(models.Manager["Abolition"]):
    """Abolitions: those that stand, and those that stood."""

    def standing(self) -> "models.QuerySet[Abolition]":
        """Those that count."""
        return self.filter(withdrawn_on=None)


class Abolition(models.Model):
    """EDRオプションの廃止: the day, when and how it was announced. A job ends every EDR option of every customer by it.

    One that is put right or taken back stays on record, withdrawn; the same job takes its notices back (I-51).
    """

    objects = AbolitionManager()

    announced_on = models.DateField(_("告知日"))
    ends_on = models.DateField(_("廃止日"))
    reference = models.CharField(_("文書番号"), max_length=255)
    reason = models.CharField(_("理由"), max_length=500)
    declared_on = models.DateField(
        _("登録日"), help_text=_("この日からの申込は、廃止日以後も続くことができない（I-43）")
    )
    declared_by = models.CharField(_("登録者"), max_length=150)
    withdrawn_on = models.DateField(_("取消日"), null=True, blank=True)
    withdrawn_by = models.CharField(_("取消者"), max_length=150, blank=True)
    withdrawn_because = models.CharField(_("取消の理由"), max_length=500, blank=True)
    withdrawal = models.CharField(_("訂正の文書番号"), max_length=255, blank=True)
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("置き換えた記録"), related_name="replaces"
    )

    class Meta:
        verbose_name = _("EDRオプションの廃止")
        verbose_name_plural = _("EDRオプションの廃止")
        constraints = [
            models.UniqueConstraint(
                fields=["ends_on"], condition=models.Q(withdrawn_on__isnull=True), name="abolition_one_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_on=None, replaced_by=None)
                | models.Q(withdrawn_on__isnull=False) & ~models.Q(withdrawn_because=""),
                name="abolition_withdrawn_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("announced_on")), name="abolition_announced_before"
            ),
            models.CheckConstraint(
                condition=~models.Q(reference="") & ~models.Q(reason=""), name="abolition_has_evidence"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ends_on}"
