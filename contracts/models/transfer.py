"""契約の移転: the contracts of a unit pass to another customer from a day on."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracts.models.choices import TRANSFERS
from contracts.models.customer import Customer, ManagementUnit
from contracts.models.fact import Fact


class Transfer(Fact):
    """移転 of all contracts of a unit: ``from_on`` is the receiver's first day (I-54).

    The standing transfers of a unit follow one another: each giver is the receiver before. What the unit's ``customer`` is
    today follows from them (contracts.facts.holders); the terms and the bills go by these rows alone.
    """

    unit = models.ForeignKey(ManagementUnit, models.PROTECT, verbose_name=_("管理単位"), related_name="transfers")
    giver = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("移転元"), related_name="given")
    receiver = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("移転先"), related_name="received")
    kind = models.CharField(_("移転の種類"), max_length=8, choices=TRANSFERS)
    from_on = models.DateField(_("移転日"), help_text=_("移転先の契約となる最初の日"))
    agreed_on = models.DateField(_("合意日"), help_text=_("合併のときは、合併の契約の日"))
    document = models.CharField(_("文書番号"), max_length=255)

    class Meta:
        verbose_name = _("契約の移転")
        verbose_name_plural = _("契約の移転")
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["unit", "from_on"], condition=Q(withdrawn_on__isnull=True), name="transfer_once_a_day"
            ),
            models.CheckConstraint(condition=~Q(giver=F("receiver")), name="transfer_to_another"),
            models.CheckConstraint(
                condition=Q(kind__in=[code for code, _name in TRANSFERS]), name="transfer_kind_known"
            ),
            models.CheckConstraint(condition=~Q(document=""), name="transfer_has_evidence"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.from_on}"
