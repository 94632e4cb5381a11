"""履歴: who did what to which record, when, why, and what it was before and after. Rows are only ever added."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from contracts.models.choices import OPERATIONS, RECORDS
from contracts.models.customer import ManagementUnit


class Entry(models.Model):
    """One entry, written in the transaction of what it tells of. The database refuses to change or delete it (contracts.0004).

    Names a record by its kind and number, and people by name; it outlives both, and no foreign key holds it to its unit.
    """

    at = models.DateTimeField(_("日時"), auto_now_add=True)
    actor = models.CharField(_("行為者"), max_length=150)
    operation = models.CharField(_("操作"), max_length=32, choices=OPERATIONS)
    record = models.CharField(_("記録の種別"), max_length=24, choices=RECORDS)
    subject = models.CharField(_("番号"), max_length=128)
    unit = models.ForeignKey(
        ManagementUnit,
        models.DO_NOTHING,
        null=True,
        blank=True,
        verbose_name=_("管理単位"),
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    before = models.JSONField(_("変更前"), null=True, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("変更後"), null=True, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("履歴")
        verbose_name_plural = _("履歴")
        indexes = [
            # The newest first of each filter, and the beginning of a number or a name.
            models.Index(
                fields=["subject", "-id"], name="entry_of_subject", opclasses=["varchar_pattern_ops", "int8_ops"]
            ),
            models.Index(fields=["actor", "-id"], name="entry_of_actor", opclasses=["varchar_pattern_ops", "int8_ops"]),
            models.Index(fields=["unit", "-id"], name="entry_of_unit"),
            models.Index(fields=["record", "-id"], name="entry_of_record"),
            models.Index(fields=["operation", "-id"], name="entry_of_operation"),
            models.Index(fields=["at"], name="entry_at"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.record} {self.subject}"
