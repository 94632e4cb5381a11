"""請求書: issued once for a closed month, kept as issued; sent and paid are marked on it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.group import BillingGroup
from billing.models.month import Month
from billing.models.party import SENDINGS
from contracts.models import Customer, ManagementUnit
from contracts.models.plain_code import plain_index


class Invoice(models.Model):
    """適格請求書 of one customer or billing group and month. What it says is what it said when it was issued; nothing changes it.

    ``paper`` has its words beside lines and amounts (billing.terms.paper.Paper); {} where it was issued before they were kept.
    ``sent_on`` and ``paid_on`` follow from its marks (billing.models.InvoiceMark), and change with them alone.
    """

    number = models.CharField(_("請求書番号"), max_length=32, unique=True)
    month = models.ForeignKey(Month, models.PROTECT, verbose_name=_("月"), related_name="invoices")
    customer = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("契約者"), related_name="invoices")
    group = models.ForeignKey(
        BillingGroup, models.PROTECT, null=True, blank=True, verbose_name=_("請求先グループ"), related_name="invoices"
    )
    addressee = models.CharField(_("宛名"), max_length=255)
    issuer = models.CharField(_("発行者"), max_length=255)
    registration = models.CharField(_("登録番号"), max_length=14)
    issued_on = models.DateField(_("発行日"))
    due_on = models.DateField(_("お支払期限"))
    line_count = models.PositiveIntegerField(_("明細数"))
    out_of_scope_yen = models.BigIntegerField(_("不課税の額"))
    tax_yen = models.BigIntegerField(_("消費税額"))
    total_yen = models.BigIntegerField(_("請求金額"), help_text=_("円、税込"))
    policy = models.CharField(_("経理方針の版"), max_length=16)
    paper = models.JSONField(_("記載した宛先と発行者"), default=dict)
    sending = models.CharField(_("送付方法"), max_length=8, choices=SENDINGS, default="post")
    sent_on = models.DateField(_("送付日"), null=True, blank=True)
    paid_on = models.DateField(_("入金日"), null=True, blank=True)

    class Meta:
        verbose_name = _("請求書")
        verbose_name_plural = _("請求書")
        permissions = [("issue_invoice", "請求書を発行する")]
        indexes = [
            models.Index(fields=["month", "number"], name="invoice_of_month"),
            plain_index("number", "invoice_number_plain"),
            models.Index(fields=["issued_on", "id"], name="invoice_by_day"),
            models.Index(fields=["total_yen", "id"], name="invoice_by_amount"),
            models.Index(fields=["due_on", "id"], condition=Q(paid_on__isnull=True), name="invoice_unpaid"),
            models.Index(fields=["number"], condition=Q(sent_on__isnull=True), name="invoice_unsent"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["month", "customer"], condition=Q(group__isnull=True), name="invoice_once_a_customer"
            ),
            models.UniqueConstraint(
                fields=["month", "group"], condition=Q(group__isnull=False), name="invoice_once_a_group"
            ),
            models.CheckConstraint(condition=Q(registration__startswith="T"), name="invoice_registered"),
        ]

    def __str__(self) -> str:
        return self.number


class InvoiceUnit(models.Model):
    """A unit that an invoice covers: of a month in which its contracts passed on two customers' invoices do (I-54). With its code, its name and its lines in the words in which they were issued.

    ``lines`` are the rows of the document, made by billing.operations.statement: later facts name a target otherwise, the
    invoice goes on saying what it said.
    """

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="units")
    month = models.ForeignKey(Month, models.PROTECT, related_name="+")
    unit = models.ForeignKey(ManagementUnit, models.PROTECT, related_name="+")
    code = models.CharField(_("管理単位コード"), max_length=64)
    name = models.CharField(_("管理単位名"), max_length=255)
    lines = models.JSONField(_("記載した明細"), default=list)
    order_number = models.CharField(_("注文番号"), max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("請求書の管理単位")
        verbose_name_plural = _("請求書の管理単位")
        constraints = [models.UniqueConstraint(fields=["invoice", "unit"], name="invoice_unit_once")]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.unit_id}"


class InvoiceRate(models.Model):
    """One rate of an invoice: taxable amount, what is given back, and the tax, rounded once (I-05)."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="rates")
    percent = models.PositiveSmallIntegerField(_("税率"))
    taxable_yen = models.BigIntegerField(_("課税対象額"))
    returned_yen = models.BigIntegerField(_("対価の返還額"))
    tax_yen = models.BigIntegerField(_("消費税額"))

    class Meta:
        verbose_name = _("税率ごとの額")
        verbose_name_plural = _("税率ごとの額")
        constraints = [
            models.UniqueConstraint(fields=["invoice", "percent"], name="invoice_rate_once"),
            models.CheckConstraint(condition=Q(returned_yen__lte=0), name="invoice_returns_not_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.percent}%"
