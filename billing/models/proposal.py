"""提案: what a month would come to if it were closed on the facts of a moment; and the asking for its close."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

CLOSING_STATES = [
    ("waiting", _("待機中")),
    ("running", _("計算中")),
    ("done", _("締め済み")),
    ("failed", _("締められませんでした")),
]


PROPOSAL_STATES = [
    ("waiting", _("待機中")),
    ("running", _("計算中")),
    ("done", _("提案済み")),
    ("failed", _("計算できませんでした")),
]


class Proposal(models.Model):
    """提案 of a month, computed range by range and stored as its result alone. Another number of the facts makes it stale.

    While it is computed, lines and total are those of the ranges done; the result is there once all are.
    """

    month = models.DateField(_("月"), help_text=_("月の初日"))
    facts_revision = models.PositiveBigIntegerField(_("事実の版"))
    proposed_at = models.DateTimeField(_("提案日時"), auto_now_add=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("提案者"), related_name="+"
    )
    state = models.CharField(_("状態"), max_length=8, choices=PROPOSAL_STATES, default="waiting")
    done = models.PositiveIntegerField(_("処理済み"), default=0)
    total = models.PositiveIntegerField(_("全体"), default=0)
    error = models.CharField(_("エラー"), max_length=500, blank=True)
    line_count = models.PositiveBigIntegerField(_("明細数"), default=0)
    total_yen = models.BigIntegerField(_("合計"), default=0, help_text=_("円、税抜"))
    result = models.JSONField(_("内容"), default=dict)

    class Meta:
        verbose_name = _("月次の提案")
        verbose_name_plural = _("月次の提案")
        permissions = [("propose_month", "月次の提案を計算する"), ("close_month", "月次を締める")]
        indexes = [models.Index(fields=["-month", "-id"], name="proposal_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="proposal_of_a_month"),
            models.CheckConstraint(
                condition=Q(state__in=[code for code, _name in PROPOSAL_STATES]), name="proposal_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ProposalPart(models.Model):
    """A part of a proposal already computed: its sums, kept until the proposal is done."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, verbose_name=_("提案"), related_name="parts")
    after_unit = models.BigIntegerField(_("この管理単位の次から"))
    last_unit = models.BigIntegerField(_("この管理単位まで"))
    sums = models.JSONField(_("内容"))

    class Meta:
        verbose_name = _("計算済みの提案の範囲")
        verbose_name_plural = _("計算済みの提案の範囲")
        constraints = [models.UniqueConstraint(fields=["proposal", "after_unit"], name="proposal_part_once")]

    def __str__(self) -> str:
        return f"{self.proposal} {self.last_unit}"


class MonthClosing(models.Model):
    """締めの依頼: who asked to close a month on which proposal, and what became of it. Where four eyes are asked for, the
    one who asks is not the one who proposed.
    """

    proposal = models.OneToOneField(Proposal, models.PROTECT, verbose_name=_("提案"), related_name="closing")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("依頼者"), related_name="+")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("提案者"), related_name="+"
    )
    four_eyes = models.BooleanField(_("二人での確認"))
    asked_at = models.DateTimeField(_("依頼日時"), auto_now_add=True)
    leave_out = models.JSONField(_("除外する対象"), default=list, blank=True)
    reason = models.CharField(_("除外の理由"), max_length=500, blank=True)
    state = models.CharField(_("状態"), max_length=8, choices=CLOSING_STATES, default="waiting")
    done = models.PositiveIntegerField(_("処理済み"), default=0)
    total = models.PositiveIntegerField(_("全体"), default=0)
    error = models.CharField(_("エラー"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("締めの依頼")
        verbose_name_plural = _("締めの依頼")
        constraints = [
            models.CheckConstraint(
                condition=Q(four_eyes=False) | ~Q(asked_by=F("proposed_by")), name="closing_four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[code for code, _name in CLOSING_STATES]), name="closing_state_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.proposal)
