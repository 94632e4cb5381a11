"""The lines of a month customer by customer, in the order of codes: a page adds up its own lines, a file all in a handful of queries."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from billing.reports import line_columns as of
from billing.reports.report import ReportAsked
from contracts.facts.holders import ever_held_by
from contracts.models import Customer

FIRST_CUSTOMERS, TIMES_MORE, CUSTOMERS_AT_ONCE = 100, 8, 6400


class Part(NamedTuple):
    """Some customers — id, code and name of each on the month's last day, in the order of codes —, the lines that were asked for of them,
    and their units in the order of codes: ids, or where those were to be named as the customers are.
    """

    customers: list[tuple[int, str, str]]
    lines: QuerySet[Any]
    units: list[tuple[int, str, str]]

    @property
    def ids(self) -> list[int]:
        """The ids of the customers."""
        return [pk for pk, _code, _name in self.customers]


def parts(asked: ReportAsked, *, named: bool = False) -> Iterator[Part]:
    """All customers, a few at first, then more and more; of each part the lines are found by their units, which are ``named`` or not."""
    lines, customers = of.bare_lines(asked), Customer.objects.order_by("code")
    if asked.given.get("customer"):
        customers = customers.filter(Exists(lines.filter(customer=OuterRef("pk"))))
    customers = customers.annotate(called=of.party_name(asked, "customer", ""))
    for some in _more_and_more(customers.values_list("pk", "code", "called")):
        ids = [pk for pk, _code, _name in some]
        units = _units(asked, ids, named)
        yield Part(some, lines.filter(Q(customer__in=ids), of.among_units([pk for pk, *_named in units])), units)


def _units(asked: ReportAsked, customers: list[int], named: bool) -> list[tuple[int, str, str]]:
    units = ever_held_by(customers)
    if not named:
        return [(pk, "", "") for pk in units.order_by().values_list("pk", flat=True)]
    called = units.order_by("code").annotate(called=of.party_name(asked, "unit", ""))
    return list(called.values_list("pk", "code", "called"))


def _more_and_more(customers: QuerySet[Any, Any]) -> Iterator[list[tuple[int, str, str]]]:
    """The customers in lists, each longer than the one before, up to CUSTOMERS_AT_ONCE; each is asked for as it is come to."""
    at_once, last = FIRST_CUSTOMERS, ""
    while some := list(customers.filter(code__gt=last)[:at_once]):
        yield some
        if len(some) < at_once:
            return
        at_once, last = min(at_once * TIMES_MORE, CUSTOMERS_AT_ONCE), some[-1][1]
