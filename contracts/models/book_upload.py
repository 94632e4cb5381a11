"""台帳の持込: a book that somebody brought to the admin, what its trial came to, and who decided on it; how lists are read."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracts.models.revision import BookImport

BOOK_STATES = [
    ("waiting", _("受付済み")),
    ("running", _("試行中")),
    ("tried", _("試行済み")),
    ("sent", _("提出済み")),
    ("taking", _("取込中")),
    ("taken", _("取込済み")),
    ("rejected", _("却下")),
    ("failed", _("失敗")),
]


class BookUpload(models.Model):
    """A file as it was brought (its bytes are BookUploadPart), on its way to a BookImport.

    ``result`` is what the trial came to, as billing.operations.book_result keeps it, on the facts of ``facts_revision``. Where
    four eyes were asked for when it was sent, who takes it in is not who sent it.
    """

    name = models.CharField(_("ファイル名"), max_length=255)
    size = models.PositiveBigIntegerField(_("大きさ（バイト）"))
    sha256 = models.CharField(_("ファイルのSHA-256"), max_length=64)
    brought_at = models.DateTimeField(_("持込日時"), auto_now_add=True)
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("持ち込んだ人"), related_name="+"
    )
    state = models.CharField(_("状態"), max_length=8, choices=BOOK_STATES, default="waiting")
    said = models.JSONField(_("一覧について述べた値"), default=dict, blank=True)
    columns = models.JSONField(_("一覧の列の読み方"), default=dict, blank=True)
    phase = models.CharField(_("進み具合"), max_length=100, blank=True)
    done = models.PositiveIntegerField(_("読んだ行数"), default=0)
    facts_revision = models.PositiveBigIntegerField(_("事実の版"), null=True, blank=True)
    tried_at = models.DateTimeField(_("試行日時"), null=True, blank=True)
    result = models.JSONField(_("試行の結果"), default=dict, blank=True)
    error = models.CharField(_("エラー"), max_length=500, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("提出した人"), related_name="+"
    )
    sent_at = models.DateTimeField(_("提出日時"), null=True, blank=True)
    four_eyes = models.BooleanField(_("二人での確認"), default=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("決定した人"), related_name="+"
    )
    decided_at = models.DateTimeField(_("決定日時"), null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    book_import = models.ForeignKey(
        BookImport, models.PROTECT, null=True, blank=True, verbose_name=_("台帳の取込"), related_name="uploads"
    )

    class Meta:
        verbose_name = _("台帳の持込")
        verbose_name_plural = _("台帳の持込")
        permissions = [("take_bookupload", "提出された台帳を取り込み、又は却下する")]
        indexes = [models.Index(fields=["sha256"], name="book_upload_sha256")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[code for code, _name in BOOK_STATES]), name="book_upload_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "taking", "taken"]) | Q(sent_by__isnull=False), name="book_upload_sent"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["taking", "taken", "rejected"]) | Q(decided_by__isnull=False),
                name="book_upload_decided",
            ),
            models.CheckConstraint(
                condition=Q(four_eyes=False) | ~Q(state__in=["taking", "taken"]) | ~Q(decided_by=F("sent_by")),
                name="book_upload_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BookUploadPart(models.Model):
    """A piece of a file that was brought: no process needs all of it in its memory."""

    upload = models.ForeignKey(BookUpload, models.CASCADE, verbose_name=_("台帳の持込"), related_name="parts")
    number = models.PositiveIntegerField(_("番号"))
    data = models.BinaryField(_("内容"))

    class Meta:
        verbose_name = _("持ち込まれた台帳の内容")
        verbose_name_plural = _("持ち込まれた台帳の内容")
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="book_upload_part_once")]

    def __str__(self) -> str:
        return f"{self.upload_id} {self.number}"


class ListReading(models.Model):
    """一覧の読み方: how a list of one sheet with these headings was read when it was taken in last."""

    key = models.CharField(_("見出しの組"), max_length=64, unique=True)
    headings = models.JSONField(_("見出し"), default=list)
    columns = models.JSONField(_("列の読み方"), default=dict)
    said = models.JSONField(_("述べた値"), default=dict)
    used_by = models.CharField(_("使った人"), max_length=150)
    used_on = models.DateField(_("使った日"))

    class Meta:
        verbose_name = _("一覧の読み方")
        verbose_name_plural = _("一覧の読み方")

    def __str__(self) -> str:
        return "、".join(self.headings)[:80]
