"""権限の変更: what somebody asks that a person or a role may do from now on, or no more, and what another decided."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

RIGHTS_STATES = [("waiting", _("決定待ち")), ("granted", _("許可済み")), ("refused", _("却下済み"))]


class RightsChange(models.Model):
    """One change of rights, of a ``person`` or of a ``role``. Nothing of it has happened until another has granted it.

    ``gives`` and ``takes`` are lists of names: of a person roles, and ``superuser`` or ``active``; of a role permissions, each
    as ``app.codename``.
    """

    at = models.DateTimeField(_("日時"), auto_now_add=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("依頼者"), related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("利用者"), related_name="+"
    )
    role = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, verbose_name=_("役割"), related_name="+")
    gives = models.JSONField(_("与える権限"), default=list)
    takes = models.JSONField(_("外す権限"), default=list)
    because = models.CharField(_("依頼の理由"), max_length=500)
    four_eyes = models.BooleanField(_("二人での確認"), default=True)
    state = models.CharField(_("状態"), max_length=8, choices=RIGHTS_STATES, default="waiting")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("決定者"), related_name="+"
    )
    decided_at = models.DateTimeField(_("決定日時"), null=True, blank=True)
    reason = models.CharField(_("却下の理由"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("権限の変更")
        verbose_name_plural = _("権限の変更")
        permissions = [("decide_rightschange", "権限の変更を許可又は却下する")]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, role__isnull=False) | Q(person__isnull=False, role=None), name="rights_of_one"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None)
                | Q(state__in=["granted", "refused"], decided_by__isnull=False, decided_at__isnull=False),
                name="rights_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="granted") | Q(person=None) | ~Q(decided_by=F("person")), name="rights_not_ones_own"
            ),
            models.CheckConstraint(
                condition=~Q(state="granted") | Q(four_eyes=False) | ~Q(decided_by=F("asked_by")),
                name="rights_granted_by_another",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(reason=""), name="rights_refused_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.role} {self.at:%Y-%m-%d}"
