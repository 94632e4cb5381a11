"""お客様への書面: what left the house on paper — invoices and letters —, its bytes as they were made once, and the mails that carry it."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.invoice import Invoice
from contracts.models import Customer, ManagementUnit
from contracts.models.choices import MAIL_STATES
from contracts.models.plain_code import plain_index

DOCUMENT_KINDS = [
    ("invoice", _("請求書")),
    ("start", _("利用開始のご案内")),
    ("leaving", _("解約受付のご案内")),
    ("renewal", _("更新のご案内")),
    ("quotation", _("見積書")),
]
DOCUMENT_MAIL_STATES = [*MAIL_STATES, ("bounced", _("不達"))]


class DocumentManager(models.Manager["Document"]):
    """Papers without their bytes, which are read where they are asked for alone: a list of fifty documents is no list of PDFs."""

    def get_queryset(self) -> models.QuerySet["Document"]:
        return super().get_queryset().defer("data", "told")


class Document(models.Model):
    """One document: made once, kept to the byte, never changed. ``told`` is what a letter says; an invoice says what its own rows say.

    ``edition`` is 0 for the document as it was first made; 1, 2 … are the 再発行 of an invoice, which keep its number (I-72).
    """

    kind = models.CharField(_("書面"), max_length=12, choices=DOCUMENT_KINDS)
    number = models.CharField(_("番号"), max_length=32)
    edition = models.PositiveSmallIntegerField(_("再発行の回数"), default=0)
    on = models.DateField(_("書面の日付"))
    customer = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("契約者"), related_name="documents")
    unit = models.ForeignKey(
        ManagementUnit, models.PROTECT, null=True, blank=True, verbose_name=_("管理単位"), related_name="documents"
    )
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, null=True, blank=True, verbose_name=_("請求書"), related_name="documents"
    )
    subject = models.CharField(_("対象の番号"), max_length=64, blank=True)
    addressee = models.CharField(_("宛名"), max_length=255)
    told = models.JSONField(_("記載した内容"), default=dict, blank=True)
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    data = models.BinaryField(_("PDF"))
    size = models.PositiveIntegerField(_("大きさ（バイト）"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    made_at = models.DateTimeField(_("作成日時"), auto_now_add=True)
    made_by = models.CharField(_("作成した人"), max_length=150)

    objects = DocumentManager()
    whole: models.Manager["Document"] = models.Manager()

    class Meta:
        verbose_name = _("お客様への書面")
        verbose_name_plural = _("お客様への書面")
        base_manager_name = "objects"
        default_manager_name = "objects"
        permissions = [
            ("make_document", "お客様への書面を再発行し、メールで送る"),
            ("make_letter", "お客様への案内と見積書を作る"),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="document_of_customer"),
            models.Index(fields=["subject"], name="document_of_subject"),
            plain_index("number", "document_number_plain"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number", "edition"], name="document_once"),
            models.UniqueConstraint(fields=["invoice", "edition"], name="document_once_an_invoice"),
            models.CheckConstraint(
                condition=Q(kind="invoice", invoice__isnull=False) | ~Q(kind="invoice") & Q(invoice__isnull=True),
                name="document_of_its_invoice",
            ),
            models.CheckConstraint(condition=Q(edition=0) | ~Q(reason=""), name="document_made_again_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.number}-{self.edition}" if self.edition else self.number

    @property
    def pdf(self) -> bytes:
        """Its bytes; PostgreSQL hands them out as a view of memory."""
        kept: Any = self.data
        return bytes(kept)


class DocumentMail(models.Model):
    """One document to one address by mail: written first, claimed before it leaves, so that it leaves once.

    A mail that came back (``bounced``) is for somebody to look at: another address, or by post.
    """

    document = models.ForeignKey(Document, models.PROTECT, verbose_name=_("書面"), related_name="mails")
    to = models.EmailField(_("宛先"))
    state = models.CharField(_("状態"), max_length=8, choices=DOCUMENT_MAIL_STATES, default="waiting")
    attempts = models.PositiveIntegerField(_("試行"), default=0)
    error = models.CharField(_("エラー"), max_length=500, blank=True)
    asked_by = models.CharField(_("依頼した人"), max_length=150)
    asked_at = models.DateTimeField(_("依頼日時"), auto_now_add=True)
    sent_at = models.DateTimeField(_("送信日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("書面のメール")
        verbose_name_plural = _("書面のメール")
        indexes = [
            models.Index(fields=["id"], condition=Q(state__in=["waiting", "sending"]), name="document_mail_not_sent"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["document", "to"], name="document_mail_once"),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "bounced"], sent_at__isnull=False)
                | ~Q(state__in=["sent", "bounced"]) & Q(sent_at__isnull=True),
                name="document_mail_sent_when_sent",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[code for code, _name in DOCUMENT_MAIL_STATES]), name="document_mail_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.to}"
