"""明細: the lines of a month, each with the sentence that explains its amount."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models.month import Month
from contracts.models import Customer, ManagementUnit, Target

FEES = [
    ("initial", _("初期費用")),
    ("monthly", _("月額費用")),
    ("one_time", _("一時費用")),
    ("settlement", _("解除調定金")),
    ("outage", _("利用不能の減額")),
    ("sla", _("品質保証の減額")),
    ("correction", _("訂正")),
]
TAX_CATEGORIES = [
    ("taxable", _("課税")),
    ("taxable_return", _("課税（対価の返還）")),
    ("out_of_scope", _("不課税")),
]


class LineFields(models.Model):
    """What a charged line and a held settlement have in common.

    Its foreign keys are not constraints of the database: checking 2 million of them a month costs more than the month.
    Triggers keep what a line rests on from being deleted instead (billing.0002).
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, verbose_name=_("契約者"), related_name="+", db_constraint=False, db_index=False
    )
    unit = models.ForeignKey(
        ManagementUnit,
        models.PROTECT,
        verbose_name=_("管理単位"),
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    target = models.ForeignKey(
        Target, models.PROTECT, verbose_name=_("対象番号"), related_name="+", db_constraint=False, db_index=False
    )
    fee = models.CharField(_("費目"), max_length=10, choices=FEES)
    from_on = models.DateField(_("開始日"))
    to_on = models.DateField(_("終了日"))
    quantity = models.PositiveIntegerField(_("数量"))
    unit_price_yen = models.BigIntegerField(_("単価"), help_text=_("円、税抜"))
    amount_yen = models.BigIntegerField(_("金額"), help_text=_("円、税抜"))
    tax_category = models.CharField(_("税区分"), max_length=16, choices=TAX_CATEGORIES)
    clause = models.CharField(_("条項"), max_length=16)
    basis = models.TextField(_("計算根拠"))
    cause = models.CharField(_("発生事由"), max_length=64)
    policy = models.CharField(_("経理方針の版"), max_length=16, help_text=_("計算したときの経理方針"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.target_id} {self.fee} {self.amount_yen}"


class ChargeLine(LineFields):
    """明細: one amount of a month. One line a target, fee, first day and cause; unchangeable once its month is closed.

    A correction names the closed month and the fee that it corrects; no other line does.
    """

    month = models.ForeignKey(
        Month, models.PROTECT, verbose_name=_("月"), related_name="lines", db_constraint=False, db_index=False
    )
    corrects_month = models.DateField(_("訂正する月"), null=True, blank=True, help_text=_("月の初日"))
    # Both have a value of the database's own where they do not apply: COPY of the month's lines leaves them out.
    corrects_fee = models.CharField(_("訂正する費目"), max_length=10, choices=FEES, blank=True, db_default="")

    class Meta:
        verbose_name = _("料金明細")
        verbose_name_plural = _("料金明細")
        indexes = [models.Index(fields=["month", "id"], name="line_month")]
        constraints = [
            models.UniqueConstraint(fields=["target", "fee", "from_on", "cause"], name="line_once"),
            models.UniqueConstraint(
                fields=["target", "month", "corrects_month", "corrects_fee", "customer", "unit"],
                condition=Q(fee="correction"),
                name="line_corrects_once_a_month",
            ),
            models.CheckConstraint(
                condition=Q(fee="correction", corrects_month__isnull=False) & ~Q(corrects_fee="")
                | ~Q(fee="correction") & Q(corrects_month__isnull=True, corrects_fee=""),
                name="line_correction_names_what_it_corrects",
            ),
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="line_days_in_order"),
            models.CheckConstraint(condition=Q(fee__in=[code for code, _name in FEES]), name="line_fee_known"),
        ]


class HeldSettlement(LineFields):
    """保留した解除調定金: computed, but billed or waived by finance only (I-18).

    Where later facts change what is held for a target, a later month holds it anew; the newest stands. One of 0 yen says that
    nothing is held any more.
    """

    month = models.ForeignKey(
        Month, models.PROTECT, verbose_name=_("月"), related_name="held", db_constraint=False, db_index=False
    )

    class Meta:
        verbose_name = _("保留した解除調定金")
        verbose_name_plural = _("保留した解除調定金")
        constraints = [models.UniqueConstraint(fields=["target", "month", "from_on"], name="held_once")]
        permissions = [("decide_heldsettlement", _("保留した解除調定金を請求又は免除する"))]
