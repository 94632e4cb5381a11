"""請求先: whom a customer's or a billing group's invoices go to from a day on, how they pay; and order numbers of units."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.group import BillingGroup
from contracts.models import Customer, ManagementUnit
from contracts.models.fact import Fact
from contracts.models.plain_code import plain_index

HONORIFICS = [("御中", _("御中")), ("様", _("様"))]
SENDINGS = [("post", _("郵送")), ("mail", _("メール")), ("other", _("その他"))]
HOLIDAY_RULES = [("none", _("動かさない")), ("previous", _("前営業日")), ("next", _("翌営業日"))]
LANGUAGES = [("ja", _("日本語")), ("en", _("英語"))]
LAST_DAY = 31
MOST_MONTHS = 12


class BillingParty(Fact):
    """請求先 from ``from_on`` on, until the next one's day (I-71): of a customer's own invoices, or of those of one of its groups.

    ``company`` '' is the customer's name, or the group's addressee. Payment terms that are not given (``due_months`` None) are
    those that finance has for all. ``bank`` is the key of one of the issuer's accounts; '' for its first.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("契約者"), related_name="billing_parties")
    group = models.ForeignKey(
        BillingGroup, models.PROTECT, null=True, blank=True, verbose_name=_("請求先グループ"), related_name="parties"
    )
    from_on = models.DateField(_("適用日"))
    company = models.CharField(_("宛名（会社名）"), max_length=255, blank=True, default="")
    postal_code = models.CharField(_("郵便番号"), max_length=8, blank=True, default="")
    address = models.CharField(_("住所"), max_length=255, blank=True, default="")
    building = models.CharField(_("建物名・階"), max_length=255, blank=True, default="")
    department = models.CharField(_("部署"), max_length=255, blank=True, default="")
    person = models.CharField(_("担当者"), max_length=255, blank=True, default="")
    honorific = models.CharField(_("敬称"), max_length=2, choices=HONORIFICS, default="御中")
    email = models.EmailField(_("メールアドレス"), blank=True, default="")
    sending = models.CharField(_("送付方法"), max_length=8, choices=SENDINGS, default="post")
    due_months = models.PositiveSmallIntegerField(
        _("支払月"), null=True, blank=True, help_text=_("請求する月の何か月後か")
    )
    due_day = models.PositiveSmallIntegerField(_("支払日"), null=True, blank=True, help_text=_("31は月末"))
    due_holiday = models.CharField(_("銀行休業日のとき"), max_length=8, choices=HOLIDAY_RULES, default="none")
    bank = models.CharField(_("振込先"), max_length=32, blank=True, default="")
    customer_number = models.CharField(_("お客様番号"), max_length=64, blank=True, default="")
    order_number = models.CharField(_("注文番号"), max_length=64, blank=True, default="")
    language = models.CharField(_("言語"), max_length=2, choices=LANGUAGES, default="ja")

    class Meta:
        verbose_name = _("請求先")
        verbose_name_plural = _("請求先")
        indexes = [plain_index("order_number", "billing_party_order_plain")]
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["customer", "from_on"],
                condition=Q(withdrawn_on__isnull=True, group__isnull=True),
                name="billing_party_of_customer_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["group", "from_on"],
                condition=Q(withdrawn_on__isnull=True, group__isnull=False),
                name="billing_party_of_group_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(person="") | Q(honorific="様"), name="billing_party_person_is_addressed_as_one"
            ),
            models.CheckConstraint(condition=~Q(sending="mail") | ~Q(email=""), name="billing_party_mail_has_address"),
            models.CheckConstraint(
                condition=Q(due_months__isnull=True, due_day__isnull=True)
                | Q(due_months__lte=MOST_MONTHS, due_day__gte=1, due_day__lte=LAST_DAY),
                name="billing_party_terms_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.from_on}"


class OrderNumber(Fact):
    """注文番号 that a customer gave for a unit, from ``from_on`` on; '' for none any more. Of a month its last day's counts (I-71)."""

    unit = models.ForeignKey(ManagementUnit, models.PROTECT, verbose_name=_("管理単位"), related_name="order_numbers")
    number = models.CharField(_("注文番号"), max_length=64, blank=True, default="")
    from_on = models.DateField(_("適用日"))

    class Meta:
        verbose_name = _("管理単位の注文番号")
        verbose_name_plural = _("管理単位の注文番号")
        indexes = [plain_index("number", "order_number_plain")]
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["unit", "from_on"], condition=Q(withdrawn_on__isnull=True), name="order_number_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class KeptSeal(models.Model):
    """印影: the image of a seal as it was when an invoice was first issued with it, by the SHA-256 of its bytes."""

    sha256 = models.CharField(_("SHA-256"), max_length=64, unique=True)
    media_type = models.CharField(_("種類"), max_length=32)
    content = models.BinaryField(_("内容"))

    class Meta:
        verbose_name = _("印影")
        verbose_name_plural = _("印影")

    def __str__(self) -> str:
        return self.sha256
