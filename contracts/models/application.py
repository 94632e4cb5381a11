"""申込: one form for one management unit, from its draft to its acceptance, rejection or withdrawal."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracts.models.choices import APPLICATION_STATES, RETURNS
from contracts.models.customer import ManagementUnit
from contracts.models.plain_code import plain_index


class Application(models.Model):
    """申込 for one management unit; the initial fee falls due on ``accepted_on`` (第13条).

    ``lines`` is the form as it was filled in (contracts.intake.form). Acceptance makes contracts, options and changes of it;
    what a book brings in is accepted already and has none. Once decided it does not change (contracts.guards.of_contracts).

    What was received may come back as a draft before it is decided: sent back by whoever decides (差戻し), with a word why, or
    corrected by whoever entered it. ``returned`` and its columns tell of the last time; the history has every version.
    """

    number = models.CharField(_("申込番号"), max_length=64, unique=True)
    unit = models.ForeignKey(ManagementUnit, models.PROTECT, verbose_name=_("管理単位"), related_name="applications")
    state = models.CharField(_("状態"), max_length=16, choices=APPLICATION_STATES, default="accepted")
    applied_on = models.DateField(
        _("申込日"), null=True, blank=True, help_text=_("台帳から取り込んだ変更の申込では空欄です")
    )
    received_on = models.DateField(_("受付日"), null=True, blank=True)
    accepted_on = models.DateField(_("承諾日"), null=True, blank=True)
    closed_on = models.DateField(_("拒絶・取下げ日"), null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("入力者"), related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("決定者"), related_name="+"
    )
    four_eyes = models.BooleanField(_("二人での確認"), default=False)
    lines = models.JSONField(_("申込の内容"), default=list, blank=True)
    version = models.PositiveIntegerField(_("版"), default=0)
    received_because = models.CharField(_("承諾できないまま受け付けた理由"), max_length=500, blank=True)
    returned = models.CharField(_("戻した経緯"), max_length=16, choices=RETURNS, blank=True)
    returned_on = models.DateField(_("下書きに戻した日"), null=True, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("戻した人"), related_name="+"
    )
    returned_because = models.CharField(_("戻した理由"), max_length=500, blank=True)
    known = models.JSONField(_("承知している指摘"), default=list, blank=True)
    """The points that whoever entered it was shown and knows (contracts.judge.points.Point.key): they are not asked about again."""
    acknowledged_on = models.DateField(_("拒絶を確認した日"), null=True, blank=True)
    """On which day whoever entered it took note of its rejection."""

    class Meta:
        verbose_name = _("申込")
        verbose_name_plural = _("申込")
        permissions = [
            ("enter_application", "申込を入力し、受け付ける"),
            ("decide_application", "申込を承諾又は拒絶する"),
        ]
        indexes = [
            models.Index(fields=["accepted_on"], name="application_accepted_on"),
            models.Index(fields=["state"], condition=Q(state__in=["draft", "received"]), name="application_open"),
            plain_index("number", "application_number_plain"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(number=""), name="application_number_given"),
            models.CheckConstraint(
                condition=Q(state="draft", accepted_on__isnull=True, closed_on__isnull=True)
                | Q(state="received", received_on__isnull=False, accepted_on__isnull=True, closed_on__isnull=True)
                | Q(state="accepted", accepted_on__isnull=False, closed_on__isnull=True)
                | Q(state__in=["rejected", "withdrawn"], accepted_on__isnull=True, closed_on__isnull=False)
                & ~Q(reason=""),
                name="application_state_and_days",
            ),
            models.CheckConstraint(
                condition=Q(four_eyes=False)
                | ~Q(state="accepted")
                | Q(entered_by__isnull=False, decided_by__isnull=False) & ~Q(decided_by=F("entered_by")),
                name="application_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(returned="", returned_on=None, returned_by=None, returned_because="")
                | Q(returned="sent_back", returned_on__isnull=False, returned_by__isnull=False)
                & ~Q(returned_because="")
                | Q(returned="reopened", returned_on__isnull=False, returned_by__isnull=False),
                name="application_returned_whole",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_on=None) | Q(state="rejected"), name="application_acknowledged_rejection"
            ),
        ]

    def __str__(self) -> str:
        return self.number
