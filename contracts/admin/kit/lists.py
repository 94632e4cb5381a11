"""Lists to work with: own rows first, sorted, narrowed as one left them, taken out as a file."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar, cast

from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from contracts.admin.kit.base import COUNT_UP_TO, CappedPaginator, FactAdmin, FactList, StandingList
from contracts.admin.kit.list_file import MOST_ROWS_OF_A_WORKBOOK, csv_of, taken_out, workbook_of
from contracts.models import ManagementUnit
from contracts.operations.lists import choice_of, keep_choice, record_taken_out

SORT, RESET = "o", "reset"
"""Of a list's address: the order, and that nothing of what was chosen before is meant."""
EXPORT = "billing.export_report"
"""The permission to take data out, which is billing's and known here by name only."""
CSV, XLSX = "csv", "xlsx"


class OwnFirst(CappedPaginator):
    """The rows of units that a person looks after, then the others; neither is sorted among the other."""

    def __init__(self, own: QuerySet[Any], others: QuerySet[Any], per_page: int) -> None:
        super().__init__(others, per_page, allow_empty_first_page=True)
        self.own = own

    @cached_property
    def _own_count(self) -> int:
        return self.own.order_by()[:COUNT_UP_TO].count()

    @cached_property
    def count(self) -> int:
        others = cast(QuerySet[Any], self.object_list).order_by()[: COUNT_UP_TO - self._own_count]
        return self._own_count + (others.count() if self._own_count < COUNT_UP_TO else 0)

    def page(self, number: Any) -> Page[Any]:
        """The rows of a page, from both."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        rows = list(self.own[first:last])
        skipped = max(0, first - self._own_count)
        rows += list(cast(Any, self.object_list)[skipped : skipped + (last - first - len(rows))])
        return Page(rows, number, self)


class WorkingList(FactAdmin):
    """A list of records of units: ``unit_path`` leads from a row to its unit, '' where the row is the unit itself."""

    unit_path: ClassVar[str] = "unit"
    kept_choices: ClassVar[tuple[str, ...]] = ("manager", "running", "tier", SORT)
    """The filters that stay as a person left them; codes, which links from other screens ask for, do not."""
    fieldsets: ClassVar[Any]
    change_list_template = "admin/working_list.html"

    @property
    def _manager(self) -> str:
        return "__".join(filter(None, (self.unit_path, "account_manager")))

    def get_paginator(self, request: HttpRequest, queryset: Any, per_page: Any, *args: Any, **said: Any) -> Any:
        if SORT in request.GET or "manager" in request.GET or not _looks_after_any(request.user):
            return super().get_paginator(request, queryset, per_page, *args, **said)
        own = {self._manager: request.user.pk}
        others = queryset.filter(Q(**{self._manager: None}) | ~Q(**own))
        return OwnFirst(queryset.filter(**own), others, per_page)

    def get_urls(self) -> list[Any]:
        page = path("out/", self.admin_site.admin_view(self.out_view), name=self._name("out"))
        return [page, *super().get_urls()]

    def get_changelist(self, request: HttpRequest, **said: Any) -> type[ChangeList]:
        return _StandingWorked if self.lists_standing else _Worked

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        person, of = cast(User, request.user), self.opts.label_lower
        if self.has_view_permission(request):
            if RESET in request.GET:
                keep_choice(person, of, "")
                return HttpResponseRedirect(request.path)
            if not request.GET and (query := choice_of(person, of)):
                return HttpResponseRedirect(f"{request.path}?{query}")
            if query := self._chosen(request):
                keep_choice(person, of, query)
        query = request.GET.urlencode()
        out = reverse(f"admin:{self._name('out')}") + f"?{query}{'&' if query else ''}as="
        context = {"out": out if request.user.has_perm(EXPORT) else "", **(extra_context or {})}
        return super().changelist_view(request, context)

    def out_view(self, request: HttpRequest) -> HttpResponseBase:
        """The rows that the list shows under the same search and filters, every one of them, as CSV or as a workbook."""
        if not self.has_view_permission(request) or not request.user.has_perm(EXPORT):
            raise PermissionDenied
        asked, kind = request.GET.copy(), request.GET.get("as", CSV)
        asked.pop("as", None)
        request.GET = asked  # type: ignore[assignment]
        listed = self.get_changelist_instance(request)
        rows, columns = listed.get_queryset(request), self._columns(request)
        title = str(self.opts.verbose_name_plural)
        if kind != XLSX:
            record_taken_out(title, CSV, _narrowed(listed), by=cast(User, request.user))
            return taken_out(csv_of(columns, rows), f"{title}.csv")
        if rows.order_by()[: MOST_ROWS_OF_A_WORKBOOK + 1].count() > MOST_ROWS_OF_A_WORKBOOK:
            said = {"most": f"{MOST_ROWS_OF_A_WORKBOOK:,}"}
            messages.warning(request, gettext("%(most)s行を超えるため、CSVで書き出してください。") % said)
            return HttpResponseRedirect(self._address("changelist") + f"?{asked.urlencode()}")
        record_taken_out(title, XLSX, _narrowed(listed), by=cast(User, request.user))
        return workbook_of(columns, rows, title)

    def _columns(self, request: HttpRequest) -> list[tuple[str, Callable[[Any], Any]]]:
        found: list[tuple[str, Callable[[Any], Any]]] = []
        for column in self.get_list_display(request):
            if callable(column):
                found.append((str(column.short_description), column))  # type: ignore[attr-defined]
            else:
                field = self.opts.get_field(str(column))
                found.append((str(field.verbose_name), _value_of(str(column))))  # type: ignore[union-attr]
        return found

    def _chosen(self, request: HttpRequest) -> str:
        return urlencode([(name, request.GET[name]) for name in self.kept_choices if request.GET.get(name)])

    def _name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def _address(self, page: str) -> str:
        return reverse(f"admin:{self._name(page)}")


class _Worked(FactList):
    """A list that forgets how it was left where nothing remains chosen."""

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        found = super().get_query_string(new_params, remove)
        return f"?{RESET}=1" if found == "?" else found


class _StandingWorked(_Worked, StandingList):
    """The same, of the facts that count."""


def _chosen_of(spec: SimpleListFilter) -> str:
    names = {str(code): name for code, name in spec.lookup_choices}
    return str(names.get(str(spec.value()), spec.value()))


def _narrowed(listed: ChangeList) -> str:
    """What the list was narrowed by, as people say it."""
    chosen = [
        f"{spec.title}：{_chosen_of(spec)}"
        for spec in listed.filter_specs
        if isinstance(spec, SimpleListFilter) and spec.value()
    ]
    return gettext("、").join([*(f"「{listed.query}」" for _once in (1,) if listed.query), *chosen])


def _looks_after_any(person: Any) -> bool:
    return isinstance(person, User) and ManagementUnit.objects.filter(account_manager=person).exists()


def _value_of(name: str) -> Callable[[Any], Any]:
    return lambda row: getattr(row, name)


def sorted_by(column: Callable[[Any], Any], path_: str) -> Callable[[Any], Any]:
    """The column, by which a list can be sorted too."""

    def show(row: Any) -> Any:
        return column(row)

    show.__name__ = column.__name__
    show.short_description = column.short_description  # type: ignore[attr-defined]
    show.admin_order_field = path_  # type: ignore[attr-defined]
    return show
