"""What every screen of facts has in common: read-only, and as fast at a million rows as at ten."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.utils import flatten_fieldsets, label_for_field
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.columns import Column, at, page_of
from contracts.admin.kit.earlier import COLUMNS as EARLIER
from contracts.admin.kit.earlier import gone, rows_before
from contracts.admin.kit.search import FINDS, targets_found
from contracts.facts.folding import typed

COUNT_UP_TO = 10_000
SHOWN_RELATED = 100


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than COUNT_UP_TO rows, so that neither the count nor the last page reads a whole table."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[:COUNT_UP_TO].count()
        return len(rows)


@dataclass(frozen=True, slots=True)
class Related:
    """A table of related rows on a detail page: the first SHOWN_RELATED, and a link to a list of them all.

    Without ``columns`` it has those that the rows' own screen shows beside other records (FactAdmin.beside); without
    ``heading`` it is called as its rows are.
    """

    rows: QuerySet[Any]
    columns: Sequence[Column] = ()
    more: str = ""
    heading: Any = ""

    @property
    def title(self) -> str:
        """The heading: what the rows are."""
        return str(self.heading or self.rows.model._meta.verbose_name_plural)

    def permitted(self, request: HttpRequest) -> bool:
        """Whether the person may see rows of this kind."""
        meta = self.rows.model._meta
        return request.user.has_perm(f"{meta.app_label}.view_{meta.model_name}")

    @property
    def table(self) -> dict[str, Any]:
        """What the page draws: headings, rows of cells, and whether there are more rows."""
        return self.told(list(self.rows[: SHOWN_RELATED + 1]))

    def told(self, found: Sequence[Any]) -> dict[str, Any]:
        """The same of rows that have been read."""
        columns = self.columns or admin.site.get_model_admin(self.rows.model).beside  # type: ignore[attr-defined]
        return {
            "title": self.title,
            "headings": [(column.__name__, label_for_field(column, self.rows.model)) for column in columns],
            "rows": [[(column.__name__, column(row)) for column in columns] for row in found[:SHOWN_RELATED]],
            "cut_at": SHOWN_RELATED if len(found) > SHOWN_RELATED else 0,
            "more": self.more,
        }


class CodeFilter(admin.SimpleListFilter):
    """Rows of one code, as links from other screens ask for; offers no list to choose from."""

    path = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        value = request.GET.get(str(self.parameter_name), "")
        return [(value, value)] if value else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return self.narrowed(queryset, value) if value else queryset

    def narrowed(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The rows of the code."""
        return queryset.filter(**{self.path: value})


def by_code(parameter: str, label: Any, path: str) -> type[CodeFilter]:
    """A filter ``?parameter=code`` on the code at a path."""
    return type("ByCode", (CodeFilter,), {"parameter_name": parameter, "title": label, "path": path})


LONGEST_NUMBER = 18
"""Digits of the longest number of a row that every database takes."""


class FactList(ChangeList):
    """A list whose address may hold anything: what no database holds is refused before a filter reads it."""

    def get_filters_params(self, params: Any = None) -> Any:
        found = super().get_filters_params(params)
        if any("\x00" in value for values in found.values() for value in values):
            raise DisallowedModelAdminLookup("an address holds a character that no text does")
        if any(len(value) > LONGEST_NUMBER and value.isdigit() for values in found.values() for value in values):
            raise DisallowedModelAdminLookup("an address holds a number that no row has")
        return found

    def url_for_result(self, result: Any) -> str:
        return page_of(result)


class StandingList(FactList):
    """A list of the facts that count."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> Any:
        return super().get_queryset(*args, **kwargs).filter(withdrawn_on=None)


def asks_for_one(request: HttpRequest) -> bool:
    """Whether a request is for the page of one record, not for a list."""
    match = request.resolver_match
    return match is not None and "object_id" in match.kwargs


class FactAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Facts to look at. Nothing is added, changed or deleted here; who may view is asked of the permissions."""

    actions = None
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_select_related: ClassVar[tuple[str, ...]] = ()
    list_per_page = 50
    list_max_show_all = 50
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    sortable_by: ClassVar[tuple[Any, ...]] = ()
    fieldsets: ClassVar[Any] = None  # of columns, which Django takes wherever it takes a name, and its stubs do not
    change_list_template = "admin/fact_list.html"
    change_form_template = "admin/fact.html"
    beside: Sequence[Column] = ()
    """The columns of these rows where another record's page shows them as related."""
    lists_standing = False
    """Whether the list shows only the facts that count; those that were replaced are found on the page of what stands."""
    whose_path = ""
    """Where the name of the customer stands whose row it is, for the title of its page; '' where it is nobody's."""
    subject_path = ""
    """Where the number stands by which the history names a record; '' where it keeps none of them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return flatten_fieldsets(self.get_fieldsets(request, obj))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.select_related(*self.list_select_related) if self.list_select_related else rows

    def found(self, term: str) -> Q:
        """The condition that a search for the term comes to."""
        raise NotImplementedError

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = typed(search_term)
        return (queryset.filter(self.found(term)) if term else queryset), False

    def heading(self, row: Any) -> str:
        """What the row is called on its page."""
        return str(row)

    def whose(self, row: Any) -> str:
        """The name of the customer whose row it is; '' for none."""
        return str(at(row, self.whose_path) or "") if self.whose_path and row is not None else ""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return StandingList if self.lists_standing else FactList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": self.opts.verbose_name_plural, **(extra_context or {})})

    def related(self, row: Any) -> list[Related]:
        """The tables below the row's own fields."""
        return []

    def links(self, row: Any) -> list[tuple[Any, str]]:
        """Other screens about the row: what they are called, and their address."""
        return []

    def history_of(self, row: Any) -> str:
        """The address of the history of a record and of all that is said under its number; '' where none is kept."""
        if not self.subject_path:
            return ""
        query = urlencode({"subject": at(row, self.subject_path) or ""})
        return f"{reverse('admin:contracts_entry_changelist')}?{query}"

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page of a record, which is not even looked for by whom it is not for."""
        may = self.has_change_permission if request.method == "POST" else self.has_view_permission
        if object_id is not None and not may(request):
            raise PermissionDenied
        return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Nobody deletes a fact, and none is looked for."""
        raise PermissionDenied

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Django's own log knows nothing of what operations do: the history does."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None or not self.history_of(row):
            raise Http404
        return HttpResponseRedirect(self.history_of(row))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        context["related"] = [table.table for table in self.related(row) if table.permitted(request)]
        before = rows_before(row)
        if before is not None:
            context["related"].append(Related(before, EARLIER, heading=_("これまでの記録")).table)
        links = self.links(row)
        if self.history_of(row) and request.user.has_perm("contracts.view_entry"):
            links = [*links, (_("履歴"), self.history_of(row))]
        context |= {"gone": gone(row), "links": links, "title": self.opts.verbose_name, "subtitle": self.heading(row)}
        context["whose"] = self.whose(row)
        context["adminform"].form.label_suffix = ""
        return super().render_change_form(request, context, *args, **kwargs)


class OfTargetAdmin(FactAdmin):
    """Facts about a contract or an option, found by its number, its application's, its unit's or its customer's."""

    fieldsets: ClassVar[Any]
    search_fields = ("target__number",)
    search_help_text = FINDS
    target_path = "target"
    whose_path = "target__unit__customer__name"
    number_path = "target__number"

    def heading(self, row: Any) -> str:
        return str(at(row, self.number_path))

    def found(self, term: str) -> Q:
        return Q(**{f"{self.target_path}__in": targets_found(term)})


def list_of(model: type[Model], **parameters: str) -> str:
    """The address of a list, narrowed by its filters."""
    meta = model._meta
    query = f"?{urlencode(parameters)}" if parameters else ""
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist") + query
