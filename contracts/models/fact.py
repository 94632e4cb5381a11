"""事実: what every table of facts has in common. A fact is a row that is withdrawn or replaced, never overwritten.

So everything can be put right without losing what was, and what was known on any day can be told. A fact stands while it is
not withdrawn; the database refuses to change anything else of it (contracts.guards).
"""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class FactQuerySet(models.QuerySet[Any]):
    """Rows of a table of facts: those that stand, and those that stood at some time."""

    def standing(self) -> Self:
        """The facts that count: neither withdrawn nor replaced. The one place that says so."""
        return self.filter(withdrawn_on=None)

    def as_known_in(self, revision: int | None) -> Self:
        """The facts that stood in a revision of the facts (contracts.models.FactsRevision); None: those that stand now."""
        if revision is None:
            return self.standing()
        gone_later = Q(withdrawn_in=None) | Q(withdrawn_in__gt=revision)
        return self.filter(gone_later, recorded_in__lte=revision)


class FactManager(models.Manager[Any]):
    """The manager of a table of facts; written out, since types of managers made on the fly are lost on the way."""

    def get_queryset(self) -> FactQuerySet:
        return FactQuerySet(self.model, using=self._db)

    def standing(self) -> FactQuerySet:
        """The facts that count."""
        return self.get_queryset().standing()

    def as_known_in(self, revision: int | None) -> FactQuerySet:
        """The facts that stood in a revision of the facts."""
        return self.get_queryset().as_known_in(revision)


class Fact(models.Model):
    """A row of facts: when it was recorded, by whom and in which revision; when it was withdrawn, why, and what replaced it.

    Revisions order all writes of facts: of two rows it is known exactly which of them a closed month had seen.
    """

    recorded_at = models.DateTimeField(_("記録日時"), auto_now_add=True)
    recorded_by = models.CharField(_("記録者"), max_length=150, blank=True)
    recorded_in = models.PositiveBigIntegerField(_("記録した版"), default=0)
    withdrawn_on = models.DateField(_("取消日"), null=True, blank=True)
    withdrawn_by = models.CharField(_("取消者"), max_length=150, blank=True)
    withdrawn_in = models.PositiveBigIntegerField(_("取消した版"), null=True, blank=True)
    withdrawn_because = models.CharField(_("取消の理由"), max_length=500, blank=True)
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("置き換えた記録"), related_name="replaces"
    )

    objects = FactManager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_on=None, withdrawn_in=None, replaced_by=None)
                | Q(withdrawn_on__isnull=False, withdrawn_in__isnull=False, withdrawn_in__gte=F("recorded_in")),
                name="%(app_label)s_%(class)s_stands_or_not",
            ),
        ]

    @property
    def stands(self) -> bool:
        """Whether it counts: neither withdrawn nor replaced."""
        return self.withdrawn_on is None


BOOKKEEPING = frozenset(
    {"id", "recorded_at", "recorded_by", "recorded_in", "withdrawn_on", "withdrawn_by", "withdrawn_in"}
    | {"withdrawn_because", "replaced_by", "replaced_by_id"}
)
"""The columns that say when and by whom; all others of a fact are what it says."""
