"""作業一覧: what somebody has to decide or mend. Computed from the facts; a row goes when its cause is gone."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models.choices import WORK
from contracts.models.customer import ManagementUnit


class WorkItem(models.Model):
    """One row of the worklist. Facts make, change and remove it (contracts.operations.worklist); people take and note it.

    ``text`` is a sentence with ``{names}`` filled from ``values``, kept apart so that it can be said in two languages.
    """

    key = models.CharField(_("鍵"), max_length=300, unique=True)
    kind = models.CharField(_("種別"), max_length=16, choices=WORK)
    unit = models.ForeignKey(ManagementUnit, models.CASCADE, verbose_name=_("管理単位"), related_name="work")
    subject = models.CharField(_("対象番号"), max_length=64)
    clause = models.CharField(_("条項"), max_length=16)
    text = models.CharField(_("内容"), max_length=500)
    values = models.JSONField(_("値"), default=dict, blank=True)
    shown_from = models.DateField(_("表示開始日"), null=True, blank=True)
    from_on = models.DateField(_("開始日"), null=True, blank=True)
    until_on = models.DateField(_("最終日"), null=True, blank=True)
    due_at = models.DateTimeField(_("期限"), null=True, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("担当者"), related_name="+"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, verbose_name=_("宛先"), related_name="+"
    )
    """For whom alone the row is; None: for whoever looks after the unit."""
    note = models.CharField(_("メモ"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("作業")
        verbose_name_plural = _("作業一覧")
        indexes = [models.Index(fields=["from_on", "id"], name="work_item_from_on")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[code for code, _name in WORK]), name="work_item_kind_known")
        ]

    def __str__(self) -> str:
        return self.key
