"""履歴: who did what to which record, when, why, before and after — as a page, and as CSV."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.base import CodeFilter, FactAdmin, by_code
from contracts.admin.kit.columns import choice, column, link, minute, moment, plain, who
from contracts.admin.kit.days import day_typed
from contracts.admin.kit.search import begins
from contracts.admin.kit.words import differences, place_of
from contracts.facts.moments import start_of
from contracts.models import Entry
from contracts.models.choices import OPERATIONS, RECORDS

BOM = "\ufeff"
LONGEST = 160
"""Letters of what an entry changed on the list; its page and the CSV have all of it."""

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula; such a text gets an apostrophe before it."""


class OnDay(CodeFilter):
    """Entries from a day on, or up to a day, as a form reads it; what is no day finds nothing: it must not be taken for "any"."""

    later = 0

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        typed = (self.value() or "").strip()
        if not typed:
            return queryset
        day = day_typed(typed, any_year=True)
        if day is None:
            return queryset.none()
        # No entry lies outside these days, and a day at the end of the calendar has none after it.
        day = min(max(day, FIRST_DAY), LAST_DAY) + timedelta(days=self.later)
        return queryset.filter(**{self.path: start_of(day)})


def _on_day(parameter: str, label: Any, path: str, later: int) -> type[OnDay]:
    return type("OnDay", (OnDay,), {"parameter_name": parameter, "title": label, "path": path, "later": later})


def _subject(row: Entry) -> Any:
    address = place_of(row.record, row.subject)
    return format_html('<a href="{}">{}</a>', address, row.subject) if address else row.subject


def _changes(row: Entry) -> str:
    return gettext("、").join(_said(*difference) for difference in differences(row))


def _said(label: str, before: Any, after: Any) -> str:
    return f"{label} {before} → {after}".strip() if before else f"{label} {after}".strip()


AT, ACTOR = moment("at", _("日時")), who("actor", _("行為者"))
OPERATION, RECORD = choice("operation", _("操作")), choice("record", _("記録の種別"))
SUBJECT, REASON = column("subject", _("番号"), _subject), plain("reason", _("理由"))
UNIT = link("unit", _("管理単位"))
CHANGES = column("changes", _("変更前と変更後"), lambda row: Truncator(_changes(row)).chars(LONGEST))


@admin.register(Entry)
class EntryAdmin(FactAdmin):
    """The history, newest first."""

    list_display = (AT, ACTOR, OPERATION, SUBJECT, RECORD, UNIT, CHANGES, REASON)
    list_select_related = ("unit",)
    list_filter = (
        "record",
        "operation",
        by_code("subject", _("番号"), "subject"),
        by_code("unit", _("管理単位コード"), "unit__code"),
        by_code("actor", _("行為者"), "actor"),
        _on_day("from", _("この日から"), "at__gte", 0),
        _on_day("to", _("この日まで"), "at__lt", 1),
    )
    search_fields = ("subject",)
    search_help_text = _("番号の先頭又は行為者の名前で検索します")
    fieldsets = ((None, {"fields": (AT, ACTOR, OPERATION, RECORD, SUBJECT, UNIT, REASON)}),)
    change_list_template = "admin/entry_list.html"
    change_form_template = "admin/entry.html"

    def found(self, term: str) -> Q:
        # Each part is answered by an index, and all that is found is there: the CSV is evidence, and may not be cut.
        return begins("subject", term) | Q(actor=term)

    def heading(self, row: Any) -> str:
        return f"{row.get_operation_display()} {row.subject}"

    def get_urls(self) -> list[Any]:
        page = path("csv/", self.admin_site.admin_view(self.csv_view), name="contracts_entry_csv")
        return [page, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        query = request.GET.urlencode()
        address = reverse("admin:contracts_entry_csv") + (f"?{query}" if query else "")
        days = {"from_day": request.GET.get("from", ""), "to_day": request.GET.get("to", "")}
        wrong = any(text.strip() and day_typed(text, any_year=True) is None for text in days.values())
        kept = [(name, value) for name, value in request.GET.items() if name not in ("from", "to", "p")]
        context = {"csv_address": address, "kept": kept, "wrong_day": wrong, **days, **(extra_context or {})}
        return super().changelist_view(request, context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["differences"] = list(differences(kwargs["obj"]))
        return super().render_change_form(request, context, *args, **kwargs)

    def csv_view(self, request: HttpRequest) -> StreamingHttpResponse:
        """What the list shows under the same filters, row by row: memory does not grow with the rows."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_changelist_instance(request).get_queryset(request).order_by("pk")
        language = get_language() or "ja"
        answer = StreamingHttpResponse(_csv(rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="history-{language}.csv"'
        return answer


HEADINGS = ("日時", "行為者", "操作", "記録の種別", "番号", "管理単位", "理由", "変更前と変更後")
ROWS_AT_ONCE = 1000
"""Rows read and sent together."""


def _csv(rows: QuerySet[Entry]) -> Iterator[str]:
    """The file in pieces. Codes are named once: asking a row for the name of its code costs more than all else of it."""
    operations, records = ({code: str(name) for code, name in names} for names in (OPERATIONS, RECORDS))
    piece = StringIO()
    writer = csv.writer(piece)
    piece.write(BOM)
    writer.writerow([gettext(heading) for heading in HEADINGS])
    for position, row in enumerate(rows.iterator(chunk_size=ROWS_AT_ONCE), 1):
        operation, record = operations.get(row.operation, row.operation), records.get(row.record, row.record)
        unit = row.unit.code if row.unit else ""
        texts = (row.actor, operation, record, row.subject, unit, row.reason, _changes(row))
        writer.writerow([minute(row.at), *map(plain_text, texts)])
        if position % ROWS_AT_ONCE == 0:
            yield piece.getvalue()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue()


def plain_text(value: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value
