"""利用不能 and 品質保証の違背: what a customer may claim a reduction for (第15条)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracts.models.choices import GUARANTEES
from contracts.models.target import Contract


class Outage(models.Model):
    """利用不能: from when the company knew of it to restoration (第15条第1項)."""

    contract = models.ForeignKey(Contract, models.PROTECT, verbose_name=_("契約番号"), related_name="outages")
    known_at = models.DateTimeField(_("覚知日時"))
    restored_at = models.DateTimeField(_("復旧日時"))
    claimed_on = models.DateField(_("請求日"), null=True, blank=True)

    class Meta:
        verbose_name = _("利用不能")
        verbose_name_plural = _("利用不能")
        constraints = [
            models.UniqueConstraint(fields=["contract", "known_at"], name="outage_known_once"),
            models.CheckConstraint(condition=Q(restored_at__gte=F("known_at")), name="outage_restored_after_known"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.known_at}"


class Breach(models.Model):
    """品質保証の違背 of one guarantee (第11条, 第15条第2項)."""

    contract = models.ForeignKey(Contract, models.PROTECT, verbose_name=_("契約番号"), related_name="breaches")
    guarantee = models.CharField(_("保証事項"), max_length=16, choices=GUARANTEES)
    occurred_at = models.DateTimeField(_("発生日時"))
    claimed_on = models.DateField(_("請求日"), null=True, blank=True)

    class Meta:
        verbose_name = _("品質保証の違背")
        verbose_name_plural = _("品質保証の違背")
        constraints = [
            models.UniqueConstraint(fields=["contract", "guarantee", "occurred_at"], name="breach_occurred_once"),
            models.CheckConstraint(
                condition=Q(guarantee__in=["uptime", "notification"]), name="breach_guarantee_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.occurred_at}"
