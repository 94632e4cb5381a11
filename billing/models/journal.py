"""会計ソフトへの仕訳: what was taken out for a package, slip by slip, so that nothing is taken in twice. Rows are only ever added."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.invoice import Invoice
from billing.models.month import Month

PACKAGES = [
    ("yayoi", _("弥生会計")),
    ("freee", _("freee会計")),
    ("money_forward", _("マネーフォワード クラウド会計")),
    ("obc", _("勘定奉行")),
]
PACKAGE_FORMS = [
    ("inclusive", _("内税")),
    ("separate", _("別記")),
    ("deals", _("取引")),
    ("journal", _("仕訳")),
    ("columns", _("経理が定めた列")),
]


class JournalFile(models.Model):
    """One file of slips for a package. Its slips make it again, and the hash says whether it comes out the same."""

    month = models.ForeignKey(Month, models.PROTECT, verbose_name=_("月"), related_name="journal_files")
    package = models.CharField(_("会計ソフト"), max_length=16, choices=PACKAGES)
    form = models.CharField(_("形式"), max_length=16, choices=PACKAGE_FORMS)
    mapping_from = models.DateField(_("対応の開始日"), help_text=_("経理の設定の[[journal]]のfrom_on"))
    exported_by = models.CharField(_("書き出した人"), max_length=150)
    exported_at = models.DateTimeField(_("書出し日時"), auto_now_add=True)
    slip_count = models.PositiveIntegerField(_("新しい伝票"))
    reversal_count = models.PositiveIntegerField(_("取消の伝票"))
    row_count = models.PositiveBigIntegerField(_("行数"))
    total_yen = models.BigIntegerField(_("売掛金の増減"), help_text=_("円、税込"))
    size = models.PositiveBigIntegerField(_("大きさ"), help_text=_("バイト"))
    sha256 = models.CharField(_("ファイルのSHA-256"), max_length=64)

    class Meta:
        verbose_name = _("会計ソフトへの仕訳")
        verbose_name_plural = _("会計ソフトへの仕訳")

    def __str__(self) -> str:
        return f"{self.get_package_display()} {self.month} {self.pk}"


class JournalSlip(models.Model):
    """One slip of a file: an invoice as it was written for the package, or what takes back the revision that was."""

    file = models.ForeignKey(JournalFile, models.PROTECT, verbose_name=_("ファイル"), related_name="slips")
    package = models.CharField(_("会計ソフト"), max_length=16, choices=PACKAGES)
    invoice = models.ForeignKey(Invoice, models.PROTECT, verbose_name=_("請求書"), related_name="journal_slips")
    revision = models.PositiveIntegerField(_("版"))
    reversal = models.BooleanField(_("取消"))
    total_yen = models.BigIntegerField(_("売掛金の増減"), help_text=_("円、税込"))
    content = models.JSONField(_("内容"), encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("仕訳の伝票")
        verbose_name_plural = _("仕訳の伝票")
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "package", "revision", "reversal"], name="journal_slip_taken_out_once"
            ),
            models.CheckConstraint(condition=Q(revision__gte=1), name="journal_slip_revision_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} {self.package} {self.revision}{'-' if self.reversal else ''}"
