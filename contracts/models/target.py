"""対象: whatever is priced, changed and ended by its number — a contract or an option — and its changes and notices."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models.application import Application
from contracts.models.choices import CATEGORIES, CHANGED, GROUNDS, KINDS, LICENCES, MODULE_TYPES, OPTIONS, PRODUCTS
from contracts.models.customer import ManagementUnit
from contracts.models.fact import Fact
from contracts.models.linked_service import LinkedService
from contracts.models.plain_code import plain_index


class Target(models.Model):
    """対象: the number that contracts and options share, and what they have in common.

    Three of its columns are derived, written by contracts.facts.save in the transaction of what they follow from, and checked by
    ``check_ledger``: ``billing_starts_on`` is the day of the start on record (BillingStart), ``ends_on`` what the notices on
    record come to (art12_termination.ends), ``term_licences`` the number for which a 期間ライセンス was concluded, and empty of
    all else. By the days the database refuses two tier contracts of a unit on one day, and lists find what runs; by all three
    the indexes below find what began, ended or renews in a month, and add it up, without a row of the table: no amount rests on
    ``ends_on`` or ``term_licences``.
    """

    number = models.CharField(_("対象番号"), max_length=64, unique=True)
    kind = models.CharField(_("区分"), max_length=8, choices=KINDS)
    unit = models.ForeignKey(ManagementUnit, models.PROTECT, verbose_name=_("管理単位"), related_name="targets")
    application = models.ForeignKey(Application, models.PROTECT, verbose_name=_("申込"), related_name="targets")
    billing_starts_on = models.DateField(_("課金開始日"), null=True, blank=True)
    recorded_in = models.PositiveBigIntegerField(_("記録した版"), default=0)
    ends_on = models.DateField(_("終了日"), null=True, blank=True, help_text=_("通知から計算した日（第10条、第12条）"))
    term_licences = models.PositiveIntegerField(
        _("期間ライセンスの数"), null=True, blank=True, help_text=_("期間ライセンスを申し込んだ数（第10条第2項第8号）")
    )

    class Meta:
        verbose_name = _("対象")
        verbose_name_plural = _("対象")
        indexes = [
            models.Index(fields=["billing_starts_on"], name="target_billing_starts_on"),
            models.Index(fields=["ends_on"], name="target_ends_on"),
            models.Index(fields=["billing_starts_on", "id", "ends_on"], name="target_began"),
            models.Index(
                fields=["ends_on", "id", "billing_starts_on"], condition=Q(ends_on__isnull=False), name="target_ended"
            ),
            models.Index(
                fields=["billing_starts_on", "id", "ends_on", "term_licences", "number"],
                condition=Q(term_licences__isnull=False),
                name="target_renews",
            ),
            plain_index("number", "target_number_plain"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(number=""), name="target_number_given"),
            models.CheckConstraint(condition=Q(kind__in=[code for code, _name in KINDS]), name="target_kind_known"),
        ]

    def __str__(self) -> str:
        return self.number


class Contract(models.Model):
    """契約: one IIJ C-SOCサービス契約 (第6条), as it was concluded; later changes stand in Change."""

    target = models.OneToOneField(
        Target, models.PROTECT, primary_key=True, verbose_name=_("契約番号"), related_name="contract"
    )
    category = models.CharField(_("カテゴリ"), max_length=16, choices=CATEGORIES)
    module_type = models.CharField(_("モジュール種別"), max_length=16, choices=MODULE_TYPES, blank=True)
    kind = models.CharField(_("種類"), max_length=64, blank=True)
    item = models.CharField(_("品目"), max_length=64, blank=True)
    linked_service = models.ForeignKey(
        LinkedService, models.PROTECT, null=True, blank=True, verbose_name=_("対応サービス"), related_name="contracts"
    )
    premium_consent_on = models.DateField(_("特則同意日"), null=True, blank=True, help_text=_("第17条第1項"))
    ready_on = models.DateField(_("通信環境準備完了日"), null=True, blank=True, help_text=_("第8条第1項"))

    class Meta:
        verbose_name = _("契約")
        verbose_name_plural = _("契約")
        indexes = [
            models.Index(fields=["category", "target"], condition=~Q(category="module"), name="contract_of_tier")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(category="module") & ~Q(module_type="")
                | Q(category__in=["premium", "advanced", "basic"]) & Q(module_type="", kind="", item=""),
                name="contract_tier_or_module",
            ),
            models.CheckConstraint(
                condition=Q(module_type="") | Q(module_type__in=[code for code, _name in MODULE_TYPES]),
                name="contract_module_type_known",
            ),
        ]

    def __str__(self) -> str:
        return str(self.target_id)


class Option(models.Model):
    """オプション attached to a contract (第10条), as it was concluded."""

    target = models.OneToOneField(
        Target, models.PROTECT, primary_key=True, verbose_name=_("オプション番号"), related_name="option"
    )
    contract = models.ForeignKey(Contract, models.PROTECT, verbose_name=_("契約"), related_name="options")
    option = models.CharField(_("オプション"), max_length=24, choices=OPTIONS)
    licence_type = models.CharField(_("ライセンス種別"), max_length=16, choices=LICENCES, blank=True)
    product = models.CharField(_("EDR製品"), max_length=16, choices=PRODUCTS, blank=True)
    retention_years = models.PositiveSmallIntegerField(_("保管年数"), null=True, blank=True)
    quantity = models.PositiveIntegerField(_("ライセンス数"), null=True, blank=True)

    class Meta:
        verbose_name = _("オプション")
        verbose_name_plural = _("オプション")
        constraints = [
            models.CheckConstraint(condition=Q(option__in=[code for code, _name in OPTIONS]), name="option_type_known"),
            models.CheckConstraint(
                condition=Q(option="log_retention", retention_years__range=(1, 10), retention_years__isnull=False)
                | ~Q(option="log_retention") & Q(retention_years__isnull=True),
                name="option_retention_1_to_10_years",
            ),
            models.CheckConstraint(
                condition=~Q(option="edr_licence") & Q(licence_type="", product="", quantity__isnull=True)
                | Q(option="edr_licence", quantity__isnull=False)
                & (
                    Q(licence_type="mssp", quantity__gte=100)
                    | Q(licence_type="term", quantity__gte=1000)
                    | Q(licence_type="customer", quantity__gte=1)
                ),
                name="option_minimum_licences",
            ),
        ]

    def __str__(self) -> str:
        return str(self.target_id)


class BillingStart(Fact):
    """課金開始日 of a contract or an option, once it is known (第13条): its minimum term and its monthly fee run from it."""

    target = models.ForeignKey(Target, models.PROTECT, verbose_name=_("対象番号"), related_name="starts")
    starts_on = models.DateField(_("課金開始日"))

    class Meta:
        verbose_name = _("課金開始日")
        verbose_name_plural = _("課金開始日")
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["target"], condition=Q(withdrawn_on__isnull=True), name="billing_start_one_stands"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target_id} {self.starts_on}"


class Change(Fact):
    """変更: one thing of one target, otherwise from ``effective_on`` on (第9条, 第10条第5項).

    Several applications may change it on one day: in the order of their acceptance, the last says what holds (I-53).
    """

    target = models.ForeignKey(Target, models.PROTECT, verbose_name=_("対象番号"), related_name="changes")
    what = models.CharField(_("変更事項"), max_length=16, choices=CHANGED)
    to_name = models.CharField(_("変更後"), max_length=64, blank=True, help_text=_("カテゴリ又は品目"))
    to_number = models.PositiveIntegerField(_("変更後の数"), null=True, blank=True, help_text=_("年又はライセンス"))
    application = models.ForeignKey(Application, models.PROTECT, verbose_name=_("申込"), related_name="changes")
    effective_on = models.DateField(_("変更日"))
    price_kept = models.BooleanField(_("料金据置"), default=False, help_text=_("月額費用は変わらない（I-41）"))

    class Meta:
        verbose_name = _("変更")
        verbose_name_plural = _("変更")
        indexes = [
            models.Index(
                fields=["effective_on", "target", "what"],
                condition=Q(withdrawn_on__isnull=True),
                name="change_takes_effect",
            )
        ]
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["target", "what", "effective_on", "application"],
                condition=Q(withdrawn_on__isnull=True),
                name="change_once_a_day_and_application",
            ),
            models.CheckConstraint(
                condition=Q(what="category", to_name__in=["premium", "advanced"], to_number__isnull=True)
                | Q(what="item", to_number__isnull=True) & ~Q(to_name="")
                | Q(what="retention_years", to_name="", to_number__range=(1, 10), to_number__isnull=False)
                | Q(what="quantity", to_name="", to_number__gte=1, to_number__isnull=False),
                name="change_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target_id} {self.what} {self.effective_on}"


class Notice(Fact):
    """解約通知 or another ground of an end, as it arrived; the day it takes effect is computed (第10条第10項, 第12条).

    One that was taken back with the company's consent stays on record and has no effect (I-34); ``replaced_by`` is the
    notice that stands in its place. ``letter`` joins the notices that one letter gave: the revision in which it was received.
    """

    target = models.ForeignKey(Target, models.PROTECT, verbose_name=_("対象番号"), related_name="notices")
    arrived_on = models.DateField(_("到達日"))
    requested_for = models.DateField(_("指定日"), null=True, blank=True)
    ground = models.CharField(_("根拠"), max_length=16, choices=GROUNDS, default="notice")
    reference = models.CharField(_("解約申込書の番号"), max_length=255, blank=True)
    withdrawal = models.CharField(_("撤回の文書番号"), max_length=255, blank=True)
    letter = models.PositiveBigIntegerField(_("通知書"), null=True, blank=True)

    class Meta:
        verbose_name = _("解約通知")
        verbose_name_plural = _("解約通知")
        indexes = [
            models.Index(fields=["letter"], condition=Q(letter__isnull=False), name="notice_of_letter"),
            plain_index("reference", "notice_reference_plain"),
        ]
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["target", "arrived_on", "ground"],
                condition=Q(withdrawn_on__isnull=True),
                name="notice_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(ground="notice")
                | Q(ground__in=["gp28_2", "gp28_3", "company", "abolished"], requested_for__isnull=False),
                name="notice_day_named",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True, withdrawal="")
                | Q(withdrawn_on__isnull=False) & ~Q(withdrawal=""),
                name="notice_withdrawn_by_document",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target_id} {self.arrived_on}"
