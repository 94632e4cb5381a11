"""番号: the next number of each series, for what is concluded here and not brought by a book."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NumberSeries(models.Model):
    """The last number given out under a prefix. Its row is the lock of the series."""

    prefix = models.CharField(_("接頭辞"), max_length=16, unique=True)
    last = models.PositiveBigIntegerField(_("最後の番号"), default=0)

    class Meta:
        verbose_name = _("番号")
        verbose_name_plural = _("番号")

    def __str__(self) -> str:
        return f"{self.prefix}{self.last}"
