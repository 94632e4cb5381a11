"""作業一覧: what somebody has to decide or mend. Computed from the facts; a row goes when its cause is gone."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models.choices import WORK
from contracts.models.customer import ManagementUnit


class UnitLook(models.Model):
    """見直し: when a unit was last looked at for its work and its effects, and the day on which either may next be otherwise.

    Derived like the rows themselves: written by contracts.operations.looks with what it tells of. The jobs look at a unit again
    once that day has come, where the unit was looked at for a later day than the job's, or by other rules (``judged_by``).
    ``tier`` and ``ended`` are what lists find units by (contracts.judge.listed), as of the last look: no list asks every unit.
    """

    unit = models.OneToOneField(
        ManagementUnit, models.CASCADE, primary_key=True, verbose_name=_("管理単位"), related_name="look"
    )
    judged_on = models.DateField(_("見直した日"))
    judged_by = models.CharField(_("判定の版"), max_length=16)
    changes_on = models.DateField(_("次に変わる日"), null=True, blank=True)
    effects_on = models.DateField(_("次に効力が生じる日"), null=True, blank=True)
    tier = models.CharField(_("カテゴリ"), max_length=16, blank=True, default="", db_default="")
    ended = models.BooleanField(_("終了"), default=False, db_default=False)

    class Meta:
        verbose_name = _("管理単位の見直し")
        verbose_name_plural = _("管理単位の見直し")
        indexes = [
            models.Index(fields=["judged_on"], name="unit_look_judged_on"),
            models.Index(fields=["judged_by"], name="unit_look_judged_by"),
            models.Index(fields=["changes_on"], name="unit_look_changes_on"),
            models.Index(fields=["effects_on"], name="unit_look_effects_on"),
            models.Index(fields=["tier", "unit"], name="unit_look_tier"),
            models.Index(fields=["unit"], condition=Q(ended=True), name="unit_look_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.changes_on}"


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
    due_on = models.DateField(_("期限・開始日"), null=True, blank=True, help_text=_("期限の日。期限がなければ開始日"))
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("担当者"), related_name="+"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, verbose_name=_("宛先"), related_name="+"
    )
    """For whom alone the row is; None: for whoever looks after the unit."""
    note = models.CharField(_("メモ"), max_length=500, blank=True)
    stake_yen = models.BigIntegerField(_("関わる額（円）"), null=True, blank=True)
    """What is at stake, by contracts.judge.stake."""
    settled_on = models.DateField(_("済みとした日"), null=True, blank=True)
    """Since when somebody says that it is done: of work that no fact tells of. What it says changes, and it is open again."""
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("済みとした人"),
        related_name="+",
    )

    class Meta:
        verbose_name = _("作業")
        verbose_name_plural = _("作業一覧")
        indexes = [
            models.Index(fields=["due_on", "id"], name="work_item_due_on"),
            models.Index(fields=["kind", "due_on", "id"], name="work_item_kind_due"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[code for code, _name in WORK]), name="work_item_kind_known")
        ]

    def __str__(self) -> str:
        return self.key
