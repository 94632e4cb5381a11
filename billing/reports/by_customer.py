"""The lines of a month customer by customer, in the order of codes: a page adds up its own lines, a file all in a handful of queries."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from billing.reports import line_columns as of
from billing.reports.report import ROWS_AT_ONCE, ReportAsked
from contracts.models import Customer, ManagementUnit

FIRST_CUSTOMERS, TIMES_MORE, CUSTOMERS_AT_ONCE = 25, 8, 6400


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
    for some in _more_and_more(customers.values_list("pk", "code", "name").iterator(chunk_size=ROWS_AT_ONCE)):
        ids = [pk for pk, _code, _name in some]
        yield Part(some, lines.filter(of_units(ManagementUnit.objects.filter(customer__in=ids))))


def of_units(units: QuerySet[Any]) -> Q:
    """The lines of those units. On PostgreSQL between the first and the last of them too, by which the lines of a month lie."""
    if connection.vendor != "postgresql":
        return Q(unit__in=units.values("pk"))
    ids = list(units.values_list("pk", flat=True))
    return Q(unit__in=ids, unit__gte=min(ids), unit__lte=max(ids)) if ids else Q(unit__in=())


def _more_and_more(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """The rows in lists, each longer than the one before, up to CUSTOMERS_AT_ONCE."""
    rest, at_once = iter(rows), FIRST_CUSTOMERS
    while some := list(islice(rest, at_once)):
        yield some
        at_once = min(at_once * TIMES_MORE, CUSTOMERS_AT_ONCE)
