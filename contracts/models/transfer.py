"""契約の移転, 管理単位の移動: contracts pass to another customer, or into another unit, from a day on."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracts.models.choices import TRANSFERS
from contracts.models.customer import Customer, ManagementUnit
from contracts.models.fact import Fact
from contracts.models.target import Contract


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


class Move(Fact):
    """管理単位の移動: a module contract with its options belongs to another unit from a day on, of the same customer or another.

    The tier contract is the unit's own (第6条第1項) and stays. ``Target.unit`` is where the contract is today.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, verbose_name=_("契約番号"), related_name="moves")
    origin = models.ForeignKey(ManagementUnit, models.PROTECT, verbose_name=_("移動元"), related_name="moved_out")
    unit = models.ForeignKey(ManagementUnit, models.PROTECT, verbose_name=_("移動先"), related_name="moved_in")
    from_on = models.DateField(_("移動日"), help_text=_("移動先の管理単位での最初の日"))
    agreed_on = models.DateField(_("合意日"))
    document = models.CharField(_("文書番号"), max_length=255)

    class Meta:
        verbose_name = _("管理単位の移動")
        verbose_name_plural = _("管理単位の移動")
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["contract", "from_on"], condition=Q(withdrawn_on__isnull=True), name="move_once_a_day"
            ),
            models.CheckConstraint(condition=~Q(origin=F("unit")), name="move_to_another"),
            models.CheckConstraint(condition=~Q(document=""), name="move_has_evidence"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.from_on}"
