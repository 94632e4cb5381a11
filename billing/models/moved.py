"""動いた管理単位: the units whose lines of a month may differ from those of the month before."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contracts.models import ManagementUnit


class MovedUnit(models.Model):
    """A unit of which something was written since the last close (``written``), or something falls due in the month.

    Told of one month at one revision of the facts; thrown away once the month is closed and the next one begins.
    """

    month = models.DateField(_("月"), help_text=_("月の初日"))
    facts_revision = models.PositiveBigIntegerField(_("事実の版"))
    unit = models.ForeignKey(
        ManagementUnit,
        models.DO_NOTHING,
        verbose_name=_("管理単位"),
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    written = models.BooleanField(_("記録あり"), help_text=_("前回の締めの後に事実が記録された"))

    class Meta:
        verbose_name = _("動いた管理単位")
        verbose_name_plural = _("動いた管理単位")
        constraints = [models.UniqueConstraint(fields=["month", "facts_revision", "unit"], name="moved_unit_once")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.unit_id}"
