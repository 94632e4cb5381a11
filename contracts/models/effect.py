"""効力の記録: that an end, a renewal or a change has taken effect. Written by the jobs; the days imply it, no amount rests on it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models.choices import EFFECTS
from contracts.models.target import Target


class Effect(models.Model):
    """One thing that took effect, once: a target has one row a kind, day and ``of`` (what was changed).

    ``value`` is what it came to: the new term's last day, the new item, years or licences; ``after`` is the target it ended with.
    """

    target = models.ForeignKey(Target, models.PROTECT, verbose_name=_("対象番号"), related_name="effects")
    kind = models.CharField(_("効力"), max_length=8, choices=EFFECTS)
    on = models.DateField(_("効力の生じた日"))
    of = models.CharField(_("変更事項"), max_length=16, blank=True)
    value = models.CharField(_("結果"), max_length=64, blank=True)
    after = models.CharField(_("伴った対象"), max_length=64, blank=True)
    clause = models.CharField(_("条項"), max_length=16, blank=True)
    readings = models.CharField(_("解釈"), max_length=64, blank=True)
    recorded_at = models.DateTimeField(_("記録日時"), auto_now_add=True)

    class Meta:
        verbose_name = _("効力の記録")
        verbose_name_plural = _("効力の記録")
        indexes = [models.Index(fields=["on", "id"], name="effect_on")]
        constraints = [
            models.UniqueConstraint(fields=["target", "kind", "on", "of"], name="effect_once"),
            models.CheckConstraint(condition=Q(kind__in=[code for code, _name in EFFECTS]), name="effect_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.target_id} {self.kind} {self.on}"
