"""月: the months of the ledger, one after the other, each open until it is closed for good."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models import Target


class Month(models.Model):
    """月 of the ledger. Once ``closed_at`` is set neither it nor its lines can change, by any SQL (billing.0002)."""

    month = models.DateField(_("月"), unique=True, help_text=_("月の初日"))
    facts_revision = models.PositiveBigIntegerField(_("事実の版"), help_text=_("明細を計算したときの版"))
    closed_at = models.DateTimeField(_("締め日時"), null=True, blank=True)
    closed_by = models.CharField(_("締めた人"), max_length=150, blank=True)
    left_out = models.JSONField(_("除外した対象"), default=list, blank=True)
    line_count = models.PositiveBigIntegerField(_("明細数"), default=0)
    total_yen = models.BigIntegerField(_("合計"), default=0, help_text=_("円、税抜"))
    entries_seen = models.PositiveBigIntegerField(
        _("締めた時の履歴"), default=0, help_text=_("締めた時の最後の履歴の番号。より新しい履歴は次の月の訂正になる")
    )
    sha256 = models.CharField(_("締めのSHA-256"), max_length=64, blank=True, help_text=_("明細と前月のSHA-256から計算"))

    class Meta:
        verbose_name = _("月次")
        verbose_name_plural = _("月次")
        constraints = [models.CheckConstraint(condition=Q(month__day=1), name="month_named_by_first_day")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @classmethod
    def last_closed(cls, before: date | None = None) -> "Month | None":
        """The last month that is closed, of those ``before`` a month where one is named; None where there is none."""
        closed = cls.objects.exclude(closed_at=None).order_by("-month")
        return (closed if before is None else closed.filter(month__lt=before)).first()


class MonthChunk(models.Model):
    """The mark of a part of a month already computed, written with its lines in one transaction."""

    month = models.ForeignKey(Month, models.CASCADE, verbose_name=_("月"), related_name="chunks")
    after_unit = models.BigIntegerField(_("この管理単位の次から"))
    last_unit = models.BigIntegerField(_("この管理単位まで"))
    line_count = models.PositiveIntegerField(_("明細数"))
    total_yen = models.BigIntegerField(_("合計"))
    sha256 = models.CharField(_("明細のSHA-256"), max_length=64)

    class Meta:
        verbose_name = _("計算済みの範囲")
        verbose_name_plural = _("計算済みの範囲")
        constraints = [models.UniqueConstraint(fields=["month", "after_unit"], name="month_chunk_once")]

    def __str__(self) -> str:
        return f"{self.after_unit}–{self.last_unit}"


class ParkedTarget(models.Model):
    """保留: a contract or option that could not be billed in a month, and why."""

    month = models.ForeignKey(Month, models.CASCADE, verbose_name=_("月"), related_name="parked")
    target = models.ForeignKey(Target, models.PROTECT, verbose_name=_("対象番号"), related_name="+")
    reason = models.CharField(_("理由"), max_length=500)
    clause = models.CharField(_("条項"), max_length=16, blank=True)

    class Meta:
        verbose_name = _("計算できない対象")
        verbose_name_plural = _("計算できない対象")
        constraints = [models.UniqueConstraint(fields=["month", "target"], name="parked_once_a_month")]

    def __str__(self) -> str:
        return f"{self.target_id} {self.reason}"
