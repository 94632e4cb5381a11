"""台帳の取込, with its warnings."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.base import FactAdmin
from contracts.admin.kit.columns import column, moment, number, plain, who
from contracts.models import BookImport

AT, NAME, BY = moment("imported_at", _("取込日時")), plain("name", _("ファイル名")), who("imported_by", _("取込者"))
ADDED, KNOWN = number("rows_added", _("追加した行数")), number("rows_known", _("既にあった行数"))
WARNED = column("warned_number", _("警告"), lambda row: len(row.warnings))
WARNINGS = column(
    "warnings",
    _("警告"),
    lambda row: (
        format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ([w] for w in row.warnings)))
        if row.warnings
        else None
    ),
)


@admin.register(BookImport)
class BookImportAdmin(FactAdmin):
    """Books taken in, newest first."""

    list_display = (AT, NAME, BY, ADDED, KNOWN, WARNED)
    search_fields = ("name",)
    search_help_text = _("ファイル名の一部から検索します")
    fieldsets = ((None, {"fields": (NAME, AT, BY, ADDED, KNOWN, plain("sha256", "SHA-256"), WARNINGS)}),)

    def heading(self, row: Any) -> str:
        return str(row.name)

    def found(self, term: str) -> Q:
        return Q(name__contains=term)
