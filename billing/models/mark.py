"""請求書の印: sent and paid, by hand or of a file of receipts. A mark is never overwritten; one that is wrong is taken back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.invoice import Invoice
from billing.models.party import SENDINGS

MARKS = [("sent", _("送付済み")), ("paid", _("入金済み"))]


class Receipts(models.Model):
    """入金の一覧: a CSV of the bank's receipts as it was read, and when what it matches was marked paid.

    ``rows`` are its rows as they were written: line, number, day, yen and payer. What they match is found anew each time it is
    asked; ``doubtful`` are the rows that were left alone when the others were marked, each with the reason.
    """

    name = models.CharField(_("ファイル名"), max_length=255)
    sha256 = models.CharField(_("ファイルのSHA-256"), max_length=64, unique=True)
    rows = models.JSONField(_("行"), default=list)
    read_at = models.DateTimeField(_("読込日時"), auto_now_add=True)
    read_by = models.CharField(_("読み込んだ人"), max_length=150)
    taken_at = models.DateTimeField(_("記録日時"), null=True, blank=True)
    taken_by = models.CharField(_("記録した人"), max_length=150, blank=True, default="")
    doubtful = models.JSONField(_("記録しなかった行"), default=list)

    class Meta:
        verbose_name = _("入金の一覧")
        verbose_name_plural = _("入金の一覧")
        permissions = [("mark_invoice", "請求書の送付と入金を記録する")]

    def __str__(self) -> str:
        return self.name


class InvoiceMark(models.Model):
    """A mark of an invoice: sent on a day in a way, or paid on a day in full. ``amount_yen`` is what was paid; tax included."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, verbose_name=_("請求書"), related_name="marks")
    kind = models.CharField(_("種別"), max_length=8, choices=MARKS)
    done_on = models.DateField(_("日"))
    way = models.CharField(_("送付方法"), max_length=8, choices=SENDINGS, blank=True, default="")
    amount_yen = models.BigIntegerField(_("入金額（円）"), null=True, blank=True)
    note = models.CharField(_("メモ"), max_length=255, blank=True, default="")
    receipts = models.ForeignKey(
        Receipts, models.PROTECT, null=True, blank=True, verbose_name=_("入金の一覧"), related_name="marks"
    )
    marked_at = models.DateTimeField(_("記録日時"), auto_now_add=True)
    marked_by = models.CharField(_("記録者"), max_length=150)
    taken_back_at = models.DateTimeField(_("取消日時"), null=True, blank=True)
    taken_back_by = models.CharField(_("取消者"), max_length=150, blank=True, default="")
    taken_back_because = models.CharField(_("取消の理由"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("送付と入金")
        verbose_name_plural = _("送付と入金")
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "kind"], condition=Q(taken_back_at__isnull=True), name="invoice_marked_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="sent", amount_yen__isnull=True) | Q(kind="paid", way="", amount_yen__isnull=False),
                name="invoice_mark_is_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.done_on}"
