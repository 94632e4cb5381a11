"""名称: what a customer or a management unit is called from a day on."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models.customer import Customer, ManagementUnit
from contracts.models.fact import Fact


class Name(Fact):
    """名称 of a customer or of a unit from ``from_on`` on (I-52); None: from the beginning.

    Whoever was never called otherwise has no row: its one name stands with it. With the first change of name comes a row for
    what it was called before, so that of any day it is known what was said.
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, verbose_name=_("契約者"), related_name="names"
    )
    unit = models.ForeignKey(
        ManagementUnit, models.PROTECT, null=True, blank=True, verbose_name=_("管理単位"), related_name="names"
    )
    name = models.CharField(_("名称"), max_length=255)
    kana = models.CharField(_("フリガナ"), max_length=255, blank=True)
    from_on = models.DateField(_("適用日"), null=True, blank=True, help_text=_("空欄は初めからの名称"))

    class Meta:
        verbose_name = _("名称")
        verbose_name_plural = _("名称")
        indexes = [models.Index(fields=["from_on"], name="name_from_on")]
        constraints = [
            *Fact.Meta.constraints,
            *(
                models.UniqueConstraint(
                    fields=[owner, "from_on"],
                    condition=Q(withdrawn_on__isnull=True, from_on__isnull=False),
                    name=f"name_of_{owner}_once_a_day",
                )
                for owner in ("customer", "unit")
            ),
            *(
                models.UniqueConstraint(
                    fields=[owner],
                    condition=Q(withdrawn_on__isnull=True, from_on__isnull=True),
                    name=f"name_of_{owner}_one_first",
                )
                for owner in ("customer", "unit")
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=False, unit__isnull=True)
                | Q(customer__isnull=True, unit__isnull=False, kana=""),
                name="name_of_one",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="name_given"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner(self) -> Customer | ManagementUnit:
        """Whose name it is."""
        found = self.customer or self.unit
        assert found is not None
        return found
