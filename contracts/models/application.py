"""申込: what was asked for and accepted together."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contracts.models.customer import ManagementUnit


class Application(models.Model):
    """申込 for one management unit; the initial fee falls due on ``accepted_on`` (第13条)."""

    number = models.CharField(_("申込番号"), max_length=64, unique=True)
    unit = models.ForeignKey(ManagementUnit, models.PROTECT, verbose_name=_("管理単位"), related_name="applications")
    applied_on = models.DateField(_("申込日"), null=True, blank=True, help_text=_("変更の申込では台帳にありません"))
    accepted_on = models.DateField(_("承諾日"))

    class Meta:
        verbose_name = _("申込")
        verbose_name_plural = _("申込")
        indexes = [models.Index(fields=["accepted_on"], name="application_accepted_on")]
        constraints = [models.CheckConstraint(condition=~models.Q(number=""), name="application_number_given")]

    def __str__(self) -> str:
        return self.number
