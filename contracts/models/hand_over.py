"""引継ぎ: a colleague takes over a person's units from a day on, all of them or a selection."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models.choices import HAND_OVER_STATES


class HandOver(models.Model):
    """One hand-over: whose units, to whom, from which day on. It waits until its day, and can be taken back until then.

    ``codes`` are those of the units; empty: all that the person looks after on the day. ``handed`` are those that went over.
    """

    at = models.DateTimeField(_("日時"), auto_now_add=True)
    asked_on = models.DateField(_("記録日"))
    asked_by = models.CharField(_("記録者"), max_length=150)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("今の営業担当"), related_name="+"
    )
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("引き継ぐ人"), related_name="+"
    )
    from_on = models.DateField(_("引継日"))
    codes = models.JSONField(_("管理単位コード"), default=list, blank=True)
    state = models.CharField(_("状態"), max_length=16, choices=HAND_OVER_STATES, default="waiting")
    handed = models.JSONField(_("引き継いだ管理単位"), default=list, blank=True)
    closed_on = models.DateField(_("実施日・取消日"), null=True, blank=True)
    closed_by = models.CharField(_("実施者・取消者"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("引継ぎ")
        verbose_name_plural = _("引継ぎ")
        indexes = [models.Index(fields=["from_on"], condition=Q(state="waiting"), name="hand_over_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", closed_on=None)
                | Q(state__in=["done", "taken_back"], closed_on__isnull=False),
                name="hand_over_closed_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.from_on}"
