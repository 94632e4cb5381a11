"""What reports on contracts and options have in common: whose a target is, and the days on which targets end."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from billing.reports.line_columns import party_name
from billing.reports.report import ReportAsked, ReportColumn
from contracts.facts.load import load_units
from contracts.models import Target
from contracts.models.bulk import slices
from contracts.terms.art12_termination import End, ends
from contracts.terms.unit import ContradictionError

UNITS_AT_ONCE = 1000
"""Units read whole together, to compute their ends."""

NUMBER = ReportColumn("target", _("対象番号"), width=16)
WHAT = ReportColumn("what", _("契約・オプション"), width=34, beneath=True)

OWNER = ("unit__customer__code", "customer_called", "unit__code", "number")


def targets(asked: ReportAsked) -> QuerySet[Any]:
    """The contracts and options that were asked for."""
    rows = asked.narrow(Target.objects.all())
    return named(asked, rows, "unit__customer")


def named(asked: ReportAsked, rows: QuerySet[Any], path: str) -> QuerySet[Any]:
    """Rows with what the customer at the path is called on the month's last day (I-52)."""
    found: QuerySet[Any] = rows.annotate(customer_called=party_name(asked, "customer", path, as_it_stands=True))
    return found


def ends_of(targets: Collection[int]) -> dict[str, End]:
    """How those targets, by their ids, and the others of their units end, by number: computed from the facts.

    Units whose facts contradict each other have no end.
    """
    found: dict[str, End] = {}
    units = Target.objects.filter(pk__in=targets).order_by("unit_id").values_list("unit_id", flat=True).distinct()
    for some in slices(units, UNITS_AT_ONCE) if targets else ():
        for unit in load_units(some).values():
            try:
                found |= ends(unit)
            except ContradictionError:
                continue
    return found
