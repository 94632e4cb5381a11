"""訂正の記録: on what ground an accepted fact was put right or taken back, by whom, and which row stands in its place."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models.choices import BASES, CORRECTED
from contracts.models.customer import ManagementUnit


class FactCorrection(models.Model):
    """One accepted fact put right (I-50, I-51). The database refuses to change or delete it.

    ``was`` is the id of the row that was put right in the table of its kind, ``now`` of the row that stands in its place; None:
    it was taken back. What else was written with it in the same transaction is told beside it, under the same revision.
    """

    at = models.DateTimeField(_("日時"), auto_now_add=True)
    on = models.DateField(_("訂正日"))
    by = models.CharField(_("訂正者"), max_length=150)
    ground = models.CharField(_("訂正の根拠"), max_length=16, choices=BASES)
    document = models.CharField(_("訂正の文書番号"), max_length=255, blank=True)
    reason = models.CharField(_("理由"), max_length=500)
    kind = models.CharField(_("訂正した記録"), max_length=24, choices=CORRECTED)
    subject = models.CharField(_("番号"), max_length=128)
    unit = models.ForeignKey(
        ManagementUnit,
        models.DO_NOTHING,
        null=True,
        blank=True,
        verbose_name=_("管理単位"),
        related_name="+",
        db_constraint=False,
    )
    revision = models.PositiveBigIntegerField(_("版"))
    was = models.PositiveBigIntegerField(_("訂正前の記録"))
    now = models.PositiveBigIntegerField(_("訂正後の記録"), null=True, blank=True)

    class Meta:
        verbose_name = _("訂正の記録")
        verbose_name_plural = _("訂正の記録")
        permissions = [("decide_correction", "契約者を拘束する事実を訂正する")]
        indexes = [models.Index(fields=["subject", "-id"], name="correction_of_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ground="slip") | Q(ground="agreed") & ~Q(document=""), name="correction_has_ground"
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(by=""), name="correction_has_reason"),
            models.UniqueConstraint(fields=["kind", "was"], name="correction_once_a_row"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.on}"
