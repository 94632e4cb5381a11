"""What finance decided on settlements that were held (I-18). Rows are only ever added (billing.0005)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.line import HeldSettlement

DECISIONS = [("billed", _("請求する")), ("waived", _("免除する"))]


class HeldDecision(models.Model):
    """保留の決定: billed in the next month that is closed, or waived; why, and by whom. One a held settlement."""

    held = models.OneToOneField(
        HeldSettlement, models.PROTECT, verbose_name=_("保留した解除調定金"), related_name="decided"
    )
    decision = models.CharField(_("決定"), max_length=8, choices=DECISIONS)
    reason = models.CharField(_("理由"), max_length=500)
    decided_by = models.CharField(_("決定者"), max_length=150)
    decided_on = models.DateField(_("決定日"))

    class Meta:
        verbose_name = _("保留の決定")
        verbose_name_plural = _("保留の決定")
        constraints = [
            models.CheckConstraint(condition=Q(decision__in=["billed", "waived"]), name="held_decision_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="held_decision_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.held_id} {self.decision}"
