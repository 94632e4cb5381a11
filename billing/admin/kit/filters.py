"""Filters of the ledger's lists: one month at a time, since only a month's rows are few enough to look through."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.models import Month
from contracts.intake.book import written

ALL = "all"
CODES = ("target", "unit", "customer", "invoice", "decided")


class MonthFilter(admin.SimpleListFilter):
    """One month: the one asked for, else the newest.

    Every month at once only for rows that a search or a code has narrowed, which indexes of their own answer.
    """

    title = _("月")
    parameter_name = "month"
    codes: tuple[str, ...] = CODES
    """The parameters that narrow the rows enough for every month at once."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        self.months = dict(Month.objects.order_by("-month").values_list("month", "pk")[:36])
        self.narrowed = bool(request.GET.get("q", "").strip()) or any(request.GET.get(code) for code in self.codes)
        return [(f"{month:%Y-%m}", f"{month:%Y-%m}") for month in self.months]

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: Any) -> Any:
        if self.narrowed:
            query = changelist.get_query_string({self.parameter_name: ALL})
            yield {"selected": self._asked() is None, "query_string": query, "display": _("すべて")}
        for month in self.months:
            query = changelist.get_query_string({self.parameter_name: f"{month:%Y-%m}"})
            yield {"selected": month == self._asked(), "query_string": query, "display": f"{month:%Y-%m}"}

    def _asked(self) -> date | None:
        """The month to show; None for all of them."""
        value = self.value()
        if value and value != ALL:
            try:
                return date.fromisoformat(f"{value}-01")
            except ValueError:
                pass
        return None if self.narrowed else max(self.months, default=None)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        month = self._asked()
        return queryset if month is None else queryset.filter(month_id=self.months.get(month))


class AnyMonthFilter(MonthFilter):
    """All months, or the one asked for: of rows that are few, and that wait in a month that is not the newest."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        found = super().lookups(request, model_admin)
        self.narrowed = True
        return found


def in_month(path: str, term: str) -> Q:
    """The condition that the month at a path is the one typed, as a form reads it, or lies in the year typed; nothing for other words."""
    if month := written.month(term):
        return Q(**{path: month})
    year = written.folded(term).removesuffix("年")
    # A year beyond the calendar is none; of a number of any length not even the value is asked for.
    if not year.isdecimal() or len(year) > len("2025") or not int(year):
        return Q(pk__in=())
    return Q(**{f"{path}__year": int(year)})
