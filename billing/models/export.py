"""帳票の書出し: every file that left the system, with what it was made from and its hash. Rows are only ever added (billing.0009)."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

FORMATS = [("csv", "CSV"), ("xlsx", "Excel")]
ENCODINGS = [("utf-8", "UTF-8"), ("cp932", "Shift_JIS (cp932)")]
HEADINGS = [("ja", _("日本語")), ("en", _("機械用の符号"))]
REPORTS = [
    ("invoices", _("請求一覧")),
    ("lines", _("請求明細")),
    ("journal", _("仕訳")),
    ("settlements", _("解除調定金一覧")),
    ("reductions", _("減額一覧")),
    ("movements", _("異動一覧")),
    ("renewals", _("更新期限一覧")),
    ("forecast", _("見通しの明細")),
    ("mrr", _("MRRの増減")),
    ("coming", _("先の出来事")),
]


class ExportRecord(models.Model):
    """One export: report, month and filters are what makes it again; the hash says whether it comes out the same."""

    report = models.CharField(_("帳票"), max_length=16, choices=REPORTS)
    month = models.DateField(_("月"), help_text=_("月の初日"))
    filters = models.JSONField(_("絞り込み"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    format = models.CharField(_("形式"), max_length=4, choices=FORMATS)
    encoding = models.CharField(_("文字コード"), max_length=8, choices=ENCODINGS, blank=True)
    headings = models.CharField(_("見出し"), max_length=2, choices=HEADINGS, default="ja")
    exported_by = models.CharField(_("書き出した人"), max_length=150)
    exported_at = models.DateTimeField(_("書出し日時"), auto_now_add=True)
    row_count = models.PositiveBigIntegerField(_("行数"))
    total_yen = models.BigIntegerField(_("合計"), null=True, blank=True, help_text=_("円、税抜"))
    size = models.PositiveBigIntegerField(_("大きさ"), help_text=_("バイト"))
    sha256 = models.CharField(_("ファイルのSHA-256"), max_length=64)
    facts_revision = models.PositiveBigIntegerField(_("事実の版"))
    closed = models.BooleanField(_("締めた月"), help_text=_("書き出した時に月が締められていたか"))
    again_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("元の書出し"), related_name="again"
    )

    class Meta:
        verbose_name = _("帳票の書出し")
        verbose_name_plural = _("帳票の書出し")
        permissions = [("export_report", "帳票を書き出す")]
        indexes = [models.Index(fields=["month", "-id"], name="export_of_month")]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="export_month_named_by_first_day"),
            models.CheckConstraint(
                condition=Q(format="csv", encoding__in=["utf-8", "cp932"]) | Q(format="xlsx", encoding=""),
                name="export_encoding_of_csv",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_report_display()} {self.month:%Y-%m}"
