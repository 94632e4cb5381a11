"""対応サービス: the services that modules link (第2条), and their states from day to day."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contracts.models.choices import SERVICES
from contracts.models.fact import Fact
from contracts.models.plain_code import plain_index


class LinkedService(models.Model):
    """対応サービス of one code; what it is and who holds it stand in its states."""

    code = models.CharField(_("対応サービスコード"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("対応サービス")
        verbose_name_plural = _("対応サービス")
        indexes = [plain_index("code", "linked_service_code_plain")]

    def __str__(self) -> str:
        return self.code


class LinkedServiceState(Fact):
    """対応サービス from ``from_on`` until its next state: kind, item, holder, consents (7-3, 7-4), options on it (7-6, 7-7).

    ``known_on`` is the day on which the state became known here, None where it was known from the beginning: an application
    accepted before it is not to blame for what the state breaks (I-27, I-28).
    """

    linked_service = models.ForeignKey(
        LinkedService, models.PROTECT, verbose_name=_("対応サービス"), related_name="states"
    )
    from_on = models.DateField(_("適用日"))
    service = models.CharField(_("サービス"), max_length=32, choices=SERVICES)
    kind = models.CharField(_("種類"), max_length=128, blank=True)
    item = models.CharField(_("品目"), max_length=128, blank=True)
    holder = models.CharField(_("名義"), max_length=255, help_text=_("契約者コード、又は第三者の名称"))
    module_consent_on = models.DateField(_("連携同意日"), null=True, blank=True, help_text=_("第7条第3項"))
    premium_consent_on = models.DateField(_("設定変更同意日"), null=True, blank=True, help_text=_("第7条第4項"))
    bypass_option_on = models.DateField(
        _("バイパスオプション利用開始日"), null=True, blank=True, help_text=_("第7条第6項")
    )
    advanced_support_on = models.DateField(
        _("アドバンストサポート利用開始日"), null=True, blank=True, help_text=_("第7条第7項")
    )
    ends_on = models.DateField(_("終了日"), null=True, blank=True)
    known_on = models.DateField(_("記録日"), null=True, blank=True)

    class Meta:
        verbose_name = _("対応サービスの状態")
        verbose_name_plural = _("対応サービスの状態")
        indexes = [models.Index(fields=["holder"], name="linked_state_holder")]
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["linked_service", "from_on"],
                condition=models.Q(withdrawn_on__isnull=True),
                name="linked_state_once_a_day",
            ),
            models.CheckConstraint(condition=~models.Q(holder=""), name="linked_state_holder_given"),
        ]

    def __str__(self) -> str:
        return f"{self.linked_service_id} {self.from_on}"
