"""請求先グループ: made, and given their units from a day on."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from billing.facts.parties import holds_on
from billing.models import BillingGroup, BillingGroupUnit
from contracts.facts import history
from contracts.facts.writing import Writing
from contracts.models import Customer, ManagementUnit
from contracts.operations.refusal import Refused


@transaction.atomic
def make_group(*, customer: Customer, code: str, addressee: str, by: User) -> BillingGroup:
    """Make a billing group of a customer. Raises Refused where the code is taken."""
    if BillingGroup.objects.filter(code=code).exists():
        raise Refused(_("グループコード「%(code)s」は既に使われています。") % {"code": code}, field="code")
    group = BillingGroup.objects.create(customer=customer, code=code, addressee=addressee)
    history.record("register", "billing_group", code, by=by, after=history.values_of(group))
    return group


@transaction.atomic
def put_in_group(
    group: BillingGroup, *, units: Sequence[ManagementUnit], from_on: date | None = None, on: date, by: User
) -> BillingGroup:
    """Say which units of its customer a group has from a day on (None: from the beginning), and none but these.

    What was said of days from then on is replaced; earlier days stay. Raises Refused where a unit is of another customer, or in
    another group of this one on any day from then on.
    """
    writing = Writing.beside(by=by, on=on)
    group = BillingGroup.objects.select_for_update(no_key=True, of=("self",)).get(pk=group.pk)
    strange = [unit.code for unit in units if unit.customer_id != group.customer_id]
    if strange:
        sentence = _("%(units)sは、グループの契約者の管理単位ではありません。")
        raise Refused(sentence % {"units": _("、").join(strange)}, field="units")
    wanted = {unit.pk: unit for unit in units}
    _refuse_elsewhere(group, wanted, from_on)
    before = units_of(group, from_on)
    for row in _reaching(group, from_on):
        goes_on = row.until_on is None and row.unit_id in wanted
        if goes_on and (row.from_on is None or (from_on is not None and row.from_on <= from_on)):
            del wanted[row.unit_id]
        elif from_on is not None and (row.from_on is None or row.from_on < from_on):
            writing.replace(row, until_on=from_on)
        else:
            writing.withdraw(row)
    for pk in wanted:
        writing.add(BillingGroupUnit(group=group, unit_id=pk, from_on=from_on))
    after = {"units": sorted(unit.code for unit in units), "from_on": from_on}
    history.record("group", "billing_group", group.code, by=by, before={"units": before}, after=after)
    return group


def units_of(group: BillingGroup, day: date | None) -> list[str]:
    """The codes of the units that a group has on a day; None: of those that it has from the beginning on."""
    rows = BillingGroupUnit.objects.standing().filter(group=group)
    rows = rows.filter(from_on__isnull=True) if day is None else rows.filter(holds_on(day))
    return sorted(rows.values_list("unit__code", flat=True))


def _reaching(group: BillingGroup, from_on: date | None) -> list[BillingGroupUnit]:
    """The rows of a group that say something of days from one on."""
    rows = BillingGroupUnit.objects.standing().filter(group=group).order_by("pk")
    return [row for row in rows if from_on is None or row.until_on is None or row.until_on > from_on]


def _refuse_elsewhere(group: BillingGroup, units: dict[int, ManagementUnit], from_on: date | None) -> None:
    rows = BillingGroupUnit.objects.standing().filter(unit__in=list(units), group__customer=group.customer_id)
    for row in rows.exclude(group=group).select_related("group"):
        if from_on is None or row.until_on is None or row.until_on > from_on:
            said = {"unit": units[row.unit_id].code, "group": row.group.code}
            raise Refused(_("%(unit)sは、グループ%(group)sに属しています。") % said, field="units")
