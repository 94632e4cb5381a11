"""料金: what was quoted for a contract or an option (第13条, 別紙2)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models.application import Application
from contracts.models.choices import FEES
from contracts.models.fact import Fact
from contracts.models.target import Target


class Price(Fact):
    """料金 of one fee from a day on, in yen before tax; a licence's monthly price is per licence.

    A price is changed or corrected by another row: the one before stays on record, replaced. Two one-time fees of a target and
    day are told apart by their reference or note (I-40). ``application`` is the one it was quoted with, where that is known:
    a one-time fee settles a change of that application before any other (I-39).
    """

    target = models.ForeignKey(Target, models.PROTECT, verbose_name=_("対象番号"), related_name="prices")
    fee = models.CharField(_("費目"), max_length=8, choices=FEES)
    amount_yen = models.PositiveBigIntegerField(_("金額"), help_text=_("円、税抜"))
    from_on = models.DateField(_("適用日"), null=True, blank=True)
    note = models.CharField(_("備考"), max_length=255, blank=True)
    reference = models.CharField(_("見積書番号"), max_length=255, blank=True)
    application = models.ForeignKey(
        Application, models.PROTECT, null=True, blank=True, verbose_name=_("申込"), related_name="prices"
    )

    class Meta:
        verbose_name = _("料金")
        verbose_name_plural = _("料金")
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["target"], condition=Q(fee="initial", withdrawn_on__isnull=True), name="price_one_initial"
            ),
            models.UniqueConstraint(
                fields=["target", "from_on"],
                condition=Q(fee="monthly", withdrawn_on__isnull=True),
                name="price_one_monthly_a_day",
            ),
            models.UniqueConstraint(
                fields=["target", "from_on", "reference", "note"],
                condition=Q(fee="one_time", withdrawn_on__isnull=True),
                name="price_one_time_told_apart",
            ),
            models.CheckConstraint(
                condition=Q(fee="initial") | Q(fee__in=["monthly", "one_time"], from_on__isnull=False),
                name="price_from_a_day",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | ~Q(withdrawn_because=""),
                name="price_withdrawn_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target_id} {self.fee} {self.amount_yen}"
