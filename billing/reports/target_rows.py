"""What reports on contracts and options have in common: whose a target is, and the days on which targets end."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from billing.reports.report import ReportAsked, ReportColumn
from contracts.facts.load import load_units
from contracts.models import Notice, Target
from contracts.models.bulk import slices
from contracts.terms.art12_termination import End, ends
from contracts.terms.unit import ContradictionError

UNITS_AT_ONCE = 1000
"""Units read whole together, to compute their ends."""

NUMBER = ReportColumn("target", _("対象番号"), width=16)
WHAT = ReportColumn("what", _("契約・オプション"), width=34)

OWNER = ("unit__customer__code", "unit__customer__name", "unit__code", "number")


def targets(asked: ReportAsked) -> QuerySet[Any]:
    """The contracts and options that were asked for."""
    return asked.narrow(Target.objects.all())


def ends_of(asked: ReportAsked, touched: Q) -> dict[str, End]:
    """How each target ends, by number, of the units with notices that have a target asked for that is ``touched``.

    What ends is computed from the facts; units whose facts contradict each other have no day.
    """
    found: dict[str, End] = {}
    units = targets(asked).filter(touched).values("unit")
    noticed = Notice.objects.standing().filter(target__unit__in=units).order_by("target__unit_id")
    ids = list(noticed.values_list("target__unit_id", flat=True).distinct())
    for some in slices(ids, UNITS_AT_ONCE):
        for unit in load_units(some).values():
            try:
                found |= ends(unit)
            except ContradictionError:
                continue
    return found
