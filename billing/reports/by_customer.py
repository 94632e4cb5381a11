"""The lines of a month customer by customer, in the order of codes: a page adds up its own lines, a file all in a handful of queries."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from billing.reports import line_columns as of
from billing.reports.report import ReportAsked
from contracts.models import Customer, ManagementUnit

FIRST_CUSTOMERS, TIMES_MORE, CUSTOMERS_AT_ONCE = 100, 8, 6400


class Part(NamedTuple):
    """Some customers — id, code and name of each, in the order of codes —, and the lines that were asked for of them."""

    customers: list[tuple[int, str, str]]
    lines: QuerySet[Any]

    @property
    def ids(self) -> list[int]:
        """The ids of the customers."""
        return [pk for pk, _code, _name in self.customers]


def parts(asked: ReportAsked) -> Iterator[Part]:
    """All customers, a few at first, then more and more; of each part the lines are found by their units."""
    lines, customers = of.lines(asked), Customer.objects.order_by("code")
    if asked.given.get("customer"):
        customers = customers.filter(Exists(lines.filter(customer=OuterRef("pk"))))
    for some in _more_and_more(customers.values_list("pk", "code", "name")):
        ids = [pk for pk, _code, _name in some]
        yield Part(
            some, lines.filter(Q(customer__in=ids), among_units(ManagementUnit.objects.filter(customer__in=ids)))
        )


def among_units(units: QuerySet[Any]) -> Q:
    """Between the first and the last of those units, by whose order the lines of a month lie: PostgreSQL finds them so.

    Not the units one by one: the summary of where which unit lies would be gone through for each of them.
    """
    # Asked for the least and the greatest, PostgreSQL goes through all units from either end.
    ids = list(units.order_by().values_list("pk", flat=True))
    return Q(unit__gte=min(ids, default=0), unit__lte=max(ids, default=0))


def _more_and_more(customers: QuerySet[Any, Any]) -> Iterator[list[tuple[int, str, str]]]:
    """The customers in lists, each longer than the one before, up to CUSTOMERS_AT_ONCE; each is asked for as it is come to."""
    at_once, last = FIRST_CUSTOMERS, ""
    while some := list(customers.filter(code__gt=last)[:at_once]):
        yield some
        at_once, last = min(at_once * TIMES_MORE, CUSTOMERS_AT_ONCE), some[-1][1]
