"""廃止: the EDR options end for all customers on one day (第10条第11項)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Abolition(models.Model):
    """EDRオプションの廃止: the day, when and how it was announced. A job ends every EDR option of every customer by it."""

    announced_on = models.DateField(_("告知日"))
    ends_on = models.DateField(_("廃止日"), unique=True)
    reference = models.CharField(_("文書番号"), max_length=255)
    reason = models.CharField(_("理由"), max_length=500)
    declared_on = models.DateField(
        _("登録日"), help_text=_("この日からの申込は、廃止日以後も続くことができない（I-43）")
    )
    declared_by = models.CharField(_("登録者"), max_length=150)

    class Meta:
        verbose_name = _("EDRオプションの廃止")
        verbose_name_plural = _("EDRオプションの廃止")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("announced_on")), name="abolition_announced_before"
            ),
            models.CheckConstraint(
                condition=~models.Q(reference="") & ~models.Q(reason=""), name="abolition_has_evidence"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ends_on}"
