"""帳票の書出し: what was taken out, by whom, and whether it comes out the same again."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.reports import page as reports
from billing.models import ExportRecord
from billing.operations.export_report import export_again
from billing.reports import report_named
from contracts.admin.kit.base import CodeFilter, Related, by_code, list_of
from contracts.admin.kit.columns import choice, column, link, moment, number, plain, who, yen
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.kit.words import LISTED, MODELS
from contracts.models import Entry

MODELS["export"] = ExportRecord
LONGEST_NUMBER = 18
"""Digits that the number of a record may have."""

LISTED["export"] = (ExportRecord, "number")


def _filters(row: ExportRecord) -> str:
    """The filters as their labels and values."""
    fields = report_named(row.report).filters.base_filters
    return gettext("、").join(
        f"{fields[name].label} {_value(fields[name], value)}" for name, value in row.filters.items()
    )


def _value(filter_: Any, value: str) -> Any:
    return dict(filter_.extra.get("choices", ())).get(value, value)


def _same(row: ExportRecord) -> str:
    """Whether the file made again is the one that it was made after; where not, what may be why."""
    original = row.again_of
    if original is None:
        return ""
    if original.sha256 == row.sha256:
        return gettext("同じです（SHA-256が一致）")
    if original.facts_revision != row.facts_revision:
        shown = {"before": original.facts_revision, "after": row.facts_revision}
        return gettext("異なります（事実の版 %(before)s → %(after)s）") % shown
    return gettext("異なります")


def _again(row: ExportRecord, given: Given, by: User) -> ExportRecord:
    exported = export_again(row, by=by)
    exported.file.close()
    return exported.record


NUMBER = column("number", _("番号"), lambda row: row.pk)
AT, BY = moment("exported_at", _("書出し日時")), who("exported_by", _("書き出した人"))
REPORT, MONTH = choice("report", _("帳票")), column("month_name", _("月"), lambda row: f"{row.month:%Y-%m}")
FILTERS, FORMAT = column("filters", _("絞り込み"), _filters), choice("format", _("形式"))
ENCODING, HEADINGS = choice("encoding", _("文字コード")), choice("headings", _("見出し"))
ROWS, TOTAL = number("row_count", _("行数")), yen("total_yen", _("合計（円、税抜）"))
SIZE, REVISION = number("size", _("大きさ（バイト）")), number("facts_revision", _("事実の版"))
HASH, SHORT = plain("sha256", _("SHA-256")), column("hash", _("SHA-256"), lambda row: row.sha256[:12])
CLOSED = column("closed_month", _("月の状態"), lambda row: gettext("締め済み") if row.closed else gettext("締め前"))
ORIGINAL, SAME = link("again_of", _("元の書出し")), column("same", _("元の書出しとの比較"), _same)

AGAIN = Verb(
    name="again",
    label=_("もう一度作る"),
    permission=reports.EXPORT,
    form=forms.Form,
    do=_again,
    done=_("もう一度作り、元の書出しと比べました。"),
    help=_(
        "同じ月、絞り込み、形式でもう一度作り、SHA-256が同じかどうかを記録します。締めた月の明細は、いつ作っても同じになります。"
    ),
    weight="main",
)


class NumberFilter(CodeFilter):
    """The record of that number."""

    parameter_name = "number"
    title = _("番号")

    def narrowed(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        is_number = value.isdecimal() and len(value) <= LONGEST_NUMBER
        return queryset.filter(pk=int(value)) if is_number else queryset.none()


@admin.register(ExportRecord)
class ExportRecordAdmin(ActingAdmin):
    """Exports, newest first. The reports themselves stand beside them."""

    list_display = (AT, REPORT, MONTH, FILTERS, FORMAT, ROWS, TOTAL, BY, SHORT, SAME)
    list_select_related = ("again_of",)
    list_filter = (
        "report",
        "format",
        NumberFilter,
        by_code("by", _("書き出した人"), "exported_by"),
    )
    search_fields = ("sha256",)
    search_help_text = _("SHA-256の先頭、又は書き出した人の名前で検索します")
    fieldsets = (
        (None, {"fields": (NUMBER, REPORT, MONTH, CLOSED, FILTERS, FORMAT, ENCODING, HEADINGS, AT, BY)}),
        (_("内容"), {"fields": (ROWS, TOTAL, SIZE, HASH, REVISION, ORIGINAL, SAME)}),
    )
    verbs = (AGAIN,)

    def get_urls(self) -> list[Any]:
        return [*reports.addresses(self.admin_site), *super().get_urls()]

    def found(self, term: str) -> Q:
        return Q(sha256__startswith=term.lower()) | Q(exported_by=term)

    def related(self, row: Any) -> list[Related]:
        again = ExportRecord.objects.filter(again_of=row).select_related("again_of").order_by("-pk")
        return [Related(again, (NUMBER, AT, BY, ROWS, TOTAL, SAME))] if row.again_of_id is None else []

    def history_of(self, row: Any) -> str:
        return list_of(Entry, record="export", subject=str(row.pk))

    def links(self, row: Any) -> list[tuple[Any, str]]:
        address = reverse(f"admin:billing_report_{row.report}")
        return [(_("この帳票を開く"), f"{address}?{urlencode({**row.filters, 'month': f'{row.month:%Y-%m}'})}")]
