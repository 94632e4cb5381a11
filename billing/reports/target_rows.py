"""What reports on contracts and options have in common: whose a target is, and the days on which targets end."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from billing.reports.line_columns import party_name
from billing.reports.report import ReportAsked, ReportColumn
from contracts.facts import party_names
from contracts.facts.load import load_units
from contracts.models import Target
from contracts.models.bulk import slices
from contracts.terms.art12_termination import End, ends
from contracts.terms.days import month_period
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


def named(asked: ReportAsked, rows: QuerySet[Any], path: str, *, few: bool = False) -> QuerySet[Any]:
    """Rows with what the customer at the path is called on the month's last day (I-52); ``few``: some hundreds."""
    if few:
        called = party_names.named("customer", path, on=month_period(asked.month).last)
    else:
        called = party_name(asked, "customer", path, as_it_stands=True)
    found: QuerySet[Any] = rows.annotate(customer_called=called)
    return found


def ends_of(units: Collection[int]) -> dict[str, End]:
    """How the targets of units, by their ids, end, by number: computed from the facts.

    Units whose facts contradict each other have no end.
    """
    found: dict[str, End] = {}
    for some in slices(sorted(units), UNITS_AT_ONCE):
        for unit in load_units(some).values():
            try:
                found |= ends(unit)
            except ContradictionError:
                continue
    return found
