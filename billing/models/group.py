"""請求先グループ: units of one customer that are invoiced together, from a day on and until one."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.models import Customer, ManagementUnit
from contracts.models.fact import Fact


class BillingGroup(models.Model):
    """請求先グループ: units of one customer that get an invoice of their own."""

    customer = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("契約者"), related_name="billing_groups")
    code = models.CharField(_("グループコード"), max_length=32, unique=True)
    addressee = models.CharField(_("請求書の宛名"), max_length=255)

    class Meta:
        verbose_name = _("請求先グループ")
        verbose_name_plural = _("請求先グループ")
        constraints = [models.CheckConstraint(condition=~Q(code="") & ~Q(addressee=""), name="billing_group_named")]

    def __str__(self) -> str:
        return f"{self.code} {self.addressee}"


class BillingGroupUnit(Fact):
    """A unit in a group of the group's own customer, from ``from_on`` (None: from the beginning) to before ``until_on`` (None: for good).

    Of one customer a unit is in one group at most on any day. Which counts for an invoice is asked of the last day of its month
    (I-71). Once the unit's contracts have passed to another customer the group is for lines of its own customer alone.
    """

    # Older books have no moment of it; a default lets them be restored.
    recorded_at = models.DateTimeField(_("記録日時"), default=timezone.now, editable=False)
    group = models.ForeignKey(BillingGroup, models.PROTECT, verbose_name=_("請求先グループ"), related_name="units")
    unit = models.ForeignKey(ManagementUnit, models.PROTECT, verbose_name=_("管理単位"), related_name="billing_groups")
    from_on = models.DateField(_("開始日"), null=True, blank=True, help_text=_("空欄は初めから"))
    until_on = models.DateField(_("終了日の翌日"), null=True, blank=True, help_text=_("空欄は期限なし"))

    class Meta:
        verbose_name = _("グループの管理単位")
        verbose_name_plural = _("グループの管理単位")
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(from_on__isnull=True) | Q(until_on__isnull=True) | Q(until_on__gt=F("from_on")),
                name="billing_group_unit_lasts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.unit_id}"
