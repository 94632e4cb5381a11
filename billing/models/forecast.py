"""見通し: the months ahead as the facts of a moment have them, in runs of months that come to the same. Derived; no bill."""

from collections.abc import Sequence

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models.proposal import PROPOSAL_STATES
from contracts.models import Customer, ManagementUnit, Target

SERIES = [
    ("committed", _("契約済み")),
    ("expected", _("継続見込み")),
    ("renewal", _("更新見込み")),
    ("initial", _("初期費用")),
    ("one_time", _("一時費用")),
    ("settlement", _("解除調定金")),
    ("outage", _("利用不能の減額")),
    ("sla", _("品質保証の減額")),
    ("correction", _("訂正")),
]
"""What is billed, by how certain it is; what falls due once by its fee."""
RISKS = [
    ("notice", _("終了予定")),
    ("eligibility", _("利用資格・同意が未解決")),
    ("renewal_open", _("更新を止められる期間ライセンス")),
    ("free", _("最低利用期間を満了")),
    ("soon", _("見通しの間に最低利用期間が満了")),
    ("bound", _("見通しの後まで拘束")),
]
OTHER_SERIES = [("mrr", _("MRR")), *RISKS]
MOVEMENTS = [
    ("new", _("新規")),
    ("back", _("復活")),
    ("more", _("増額")),
    ("less", _("減額")),
    ("lost", _("解約")),
    ("passed", _("移転")),
]
COMING = [
    ("start", _("課金開始")),
    ("end", _("終了")),
    ("price", _("料金の変更")),
    ("quantity", _("ライセンス数の変更")),
    ("renewal", _("更新")),
    ("free", _("期間の満了")),
]


def _codes(choices: Sequence[tuple[str, object]]) -> list[str]:
    return [code for code, _name in choices]


class Forecast(models.Model):
    """見通し from a month on, as seen ``on`` a day. Another number of the facts, or another month to close, makes it stale.

    The newest one that is done has its rows; of older ones the result is left.
    """

    first_month = models.DateField(_("最初の月"), help_text=_("月の初日"))
    months = models.PositiveSmallIntegerField(_("月数"))
    on = models.DateField(_("見通した日"))
    facts_revision = models.PositiveBigIntegerField(_("事実の版"))
    asked_at = models.DateTimeField(_("依頼日時"), auto_now_add=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("依頼者"), related_name="+")
    state = models.CharField(_("状態"), max_length=8, choices=PROPOSAL_STATES, default="waiting")
    done = models.PositiveIntegerField(_("処理済み"), default=0)
    total = models.PositiveIntegerField(_("全体"), default=0)
    error = models.CharField(_("エラー"), max_length=500, blank=True)
    total_yen = models.BigIntegerField(_("請求の見通し"), default=0, help_text=_("円、税抜"))
    result = models.JSONField(_("内容"), default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("見通し")
        verbose_name_plural = _("見通し")
        permissions = [("compute_forecast", _("見通しを計算する"))]
        indexes = [models.Index(fields=["-asked_at", "-id"], name="forecast_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(first_month__day=1), name="forecast_of_months"),
            models.CheckConstraint(condition=Q(months__gte=12, months__lte=24), name="forecast_of_so_many_months"),
            models.CheckConstraint(condition=Q(state__in=_codes(PROPOSAL_STATES)), name="forecast_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.first_month:%Y-%m}"


class ForecastPart(models.Model):
    """A range of units already computed, with what is put together at the end."""

    forecast = models.ForeignKey(Forecast, models.CASCADE, verbose_name=_("見通し"), related_name="parts")
    after_unit = models.BigIntegerField(_("この管理単位の次から"))
    last_unit = models.BigIntegerField(_("この管理単位まで"))
    sums = models.JSONField(_("内容"))

    class Meta:
        verbose_name = _("計算済みの見通しの範囲")
        verbose_name_plural = _("計算済みの見通しの範囲")
        constraints = [models.UniqueConstraint(fields=["forecast", "after_unit"], name="forecast_part_once")]

    def __str__(self) -> str:
        return f"{self.forecast} {self.last_unit}"


class OfForecast(models.Model):
    """What rows of a forecast have in common. No constraints of the database, as of lines: they are derived, and made by the million."""

    forecast = models.ForeignKey(
        Forecast, models.CASCADE, verbose_name=_("見通し"), related_name="+", db_constraint=False, db_index=False
    )
    customer = models.ForeignKey(
        Customer, models.DO_NOTHING, verbose_name=_("契約者"), related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        abstract = True


class OfTarget(OfForecast):
    """Rows of one contract or option, with what it counts as (its tier, module type or option)."""

    unit = models.ForeignKey(
        ManagementUnit,
        models.DO_NOTHING,
        verbose_name=_("管理単位"),
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    target = models.ForeignKey(
        Target, models.DO_NOTHING, verbose_name=_("対象番号"), related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(_("種別"), max_length=32)

    class Meta:
        abstract = True


class ForecastRow(OfTarget):
    """So many yen a month, from a month to a month: of what is billed, of MRR, and of the MRR of the day by its risk."""

    series = models.CharField(_("区分"), max_length=16, choices=[*SERIES, *OTHER_SERIES])
    first_month = models.DateField(_("最初の月"))
    last_month = models.DateField(_("最後の月"))
    months = models.PositiveSmallIntegerField(_("月数"))
    yen = models.BigIntegerField(_("金額"), help_text=_("円、税抜。一か月の額"))

    class Meta:
        verbose_name = _("見通しの行")
        verbose_name_plural = _("見通しの行")
        indexes = [
            models.Index(fields=["forecast", "series", "first_month"], name="forecast_row_series"),
            models.Index(fields=["forecast", "customer"], name="forecast_row_customer"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_month__day=1, last_month__day=1, last_month__gte=F("first_month")),
                name="forecast_row_months_in_order",
            ),
            models.CheckConstraint(
                condition=Q(series__in=_codes([*SERIES, *OTHER_SERIES])), name="forecast_row_series_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target_id} {self.series} {self.yen}"


class ForecastMovement(OfForecast):
    """What a customer's MRR differs by from the month before, and how (I-68)."""

    month = models.DateField(_("月"))
    movement = models.CharField(_("増減"), max_length=8, choices=MOVEMENTS)
    yen = models.BigIntegerField(_("金額"), help_text=_("円、税抜"))
    before_yen = models.BigIntegerField(_("前月末のMRR"), help_text=_("円、税抜"))
    after_yen = models.BigIntegerField(_("当月末のMRR"), help_text=_("円、税抜"))

    class Meta:
        verbose_name = _("MRRの増減")
        verbose_name_plural = _("MRRの増減")
        constraints = [
            models.UniqueConstraint(
                fields=["forecast", "month", "movement", "customer"], name="forecast_movement_once"
            ),
            models.CheckConstraint(condition=Q(movement__in=_codes(MOVEMENTS)), name="forecast_movement_known"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.month:%Y-%m} {self.movement}"


class ForecastEvent(OfTarget):
    """What happens to a contract or an option on a day ahead; of a renewal the last day on which notice stops it (10-9)."""

    what = models.CharField(_("出来事"), max_length=8, choices=COMING)
    on = models.DateField(_("日"))
    last_day = models.DateField(_("通知の期限"), null=True, blank=True)
    before_yen = models.BigIntegerField(_("前の月額"), help_text=_("円、税抜"))
    after_yen = models.BigIntegerField(_("後の月額"), help_text=_("円、税抜"))
    term_yen = models.BigIntegerField(_("契約期間の額"), null=True, blank=True, help_text=_("円、税抜"))

    class Meta:
        verbose_name = _("先の出来事")
        verbose_name_plural = _("先の出来事")
        indexes = [models.Index(fields=["forecast", "on"], name="forecast_event_on")]
        constraints = [models.CheckConstraint(condition=Q(what__in=_codes(COMING)), name="forecast_event_known")]

    def __str__(self) -> str:
        return f"{self.target_id} {self.on} {self.what}"
