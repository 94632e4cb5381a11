"""帳票: the menu with its charts, each report on screen under its filters, and taking it out."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.kit.chart import BAR_WIDTH, lying, stacked
from billing.formats.csv_file import CP932
from billing.operations.export_report import CSV, XLSX, Wanted, export_report
from billing.operations.kept_sums import last_month_by_kind, last_months, sums_of
from billing.reports import AHEAD, REPORTS, Report
from billing.reports.filters import asked as asked_by
from billing.reports.filters import filters_of
from billing.reports.line_columns import MONTH
from billing.reports.report import Kind, ReportAsked, ReportColumn
from contracts.admin.kit.base import list_of
from contracts.admin.kit.columns import NOTHING, iso, thousands
from contracts.admin.kit.language import clause_said
from contracts.operations.refusal import Refused

VIEW, EXPORT = "billing.view_chargeline", "billing.export_report"
ROWS_A_PAGE = 100
MOST_ROWS_OF_A_WORKBOOK = 300_000
"""A workbook of more rows takes longer to make than a browser waits; the command has no such limit."""

KINDS_OF_FILE = {"xlsx": Wanted(XLSX), "csv": Wanted(CSV), "csv-cp932": Wanted(CSV, CP932)}
TYPES = {XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", CSV: "text/csv; charset={}"}


def addresses(site: admin.AdminSite) -> list[URLPattern]:
    """The menu, and of each report its page and where it is taken out."""
    found = [path("reports/", site.admin_view(_menu), name="billing_reports")]
    for report in (*REPORTS, *AHEAD):
        page, out = f"reports/{report.name}/", f"reports/{report.name}/export/"
        found.append(path(page, site.admin_view(_of(report, _page)), name=f"billing_report_{report.name}"))
        found.append(path(out, site.admin_view(_of(report, _export)), name=f"billing_report_{report.name}_export"))
    return found


def _of(report: Report, view: Callable[[HttpRequest, Report], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    return lambda request: view(request, report)


def _must(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def _menu(request: HttpRequest) -> HttpResponse:
    """The reports, and what the months came to."""
    _must(request, VIEW)
    month, rows = last_month_by_kind()
    context = admin.site.each_context(request) | {
        "title": _("帳票"),
        "reports": [(reverse(f"admin:billing_report_{r.name}"), r.title, r.about) for r in (*REPORTS, *AHEAD)],
        "chart": stacked(last_months()),
        "month": month,
        "module_types": lying(rows),
        "bar_width": BAR_WIDTH,
    }
    return TemplateResponse(request, "admin/reports.html", context)


def _page(request: HttpRequest, report: Report) -> HttpResponse:
    """One page of the rows that the filters leave, and the sums of all of them."""
    _must(request, VIEW)
    filters = filters_of(report, request.GET.dict())
    asked = asked_by(filters)
    query = request.GET.copy()
    query.pop("p", None)
    context = admin.site.each_context(request) | {
        "title": report.title,
        "report": report,
        "form": filters.form,
        "state": _state(report, asked),
        "query": query.urlencode(),
        "out": reverse(f"admin:billing_report_{report.name}_export"),
        **(_table(report, asked, request.GET.get("p")) if asked else {}),
    }
    return TemplateResponse(request, "admin/report.html", context)


def _state(report: Report, asked: ReportAsked | None) -> str:
    """What has to be known of the month before its figures are used; '' where it is closed, or none is asked for."""
    if asked is not None and report.state is not None:
        return report.state(asked)
    if asked is None or (asked.row is not None and asked.row.closed_at is not None):
        return ""
    if not report.of_ledger:
        return gettext("この月はまだ締められていません。今の事実から計算しています。")
    if asked.row is None:
        return gettext("この月は台帳にありません。")
    return gettext("この月はまだ締められていません。計算途中の明細です。")


def _table(report: Report, asked: ReportAsked, number: str | None) -> dict[str, Any]:
    rows = report.rows(asked)
    first = (int(number) - 1) * ROWS_A_PAGE if number and number.isdecimal() and 0 < int(number) < 10**6 else 0
    known = sums_of(report, asked)
    sums, found = rows.page(first, ROWS_A_PAGE, report.totalled, known)
    page: Page[Any] = Paginator(range(sums.count), ROWS_A_PAGE).get_page(number)
    if sums.count and page.start_index() - 1 != first:
        # A page beyond the last: the last one is shown instead.
        sums, found = rows.page(page.start_index() - 1, ROWS_A_PAGE, report.totalled, sums)
    # The month stands above, in the filter; files have it in every row.
    shown = [(at, column) for at, column in enumerate(report.columns) if column is not MONTH]
    return {
        "headings": [(_css(column), column.label) for _at, column in shown],
        "rows": [[_cell(column, row[at]) for at, column in shown] for row in found],
        "count": thousands(sums.count),
        "amount": thousands(sums.totals.get(report.amount_at)) if report.amount_at is not None else None,
        "totals": [(_css(column), thousands(sums.totals.get(at))) for at, column in shown],
        "is_totalled": bool(report.totalled and sums.count),
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
    }


def _css(column: ReportColumn) -> str:
    return f"column-{column.name}" + (" number" if column.kind in (Kind.YEN, Kind.NUMBER) else "")


def _cell(column: ReportColumn, value: Any) -> tuple[str, str, Any]:
    """What a cell looks like, where it leads, what it says."""
    return _css(column), _leads(column, value), _said(column, value)


def _leads(column: ReportColumn, value: Any) -> str:
    return list_of(apps.get_model(column.leads), q=value) if column.leads and value else ""


def _said(column: ReportColumn, value: Any) -> Any:
    if value is None or value == "":
        return NOTHING
    if column.kind is Kind.CLAUSE:
        return clause_said(value)
    if column.kind is Kind.DAY:
        return iso(value)
    return thousands(value) if isinstance(value, int) else column.names.get(value, value)


def _export(request: HttpRequest, report: Report) -> Any:
    """The file; back to the page with the reason where there is none."""
    _must(request, EXPORT)
    back = HttpResponseRedirect(f"{reverse(f'admin:billing_report_{report.name}')}?{request.GET.urlencode()}")
    wanted = KINDS_OF_FILE.get(request.POST.get("as", ""))
    if wanted is None:
        return back
    given = request.GET.dict()
    if wanted.format == XLSX and _too_long(report, given):
        messages.error(request, gettext("行数が多すぎてExcelでは取り出せません。CSVで取り出すか、絞り込んでください。"))
        return back
    try:
        exported = export_report(report, given, wanted, by=request.user)  # type: ignore[arg-type]
    except Refused as refused:
        messages.error(request, str(refused))
        return back
    kind = TYPES[wanted.format].format("shift_jis" if wanted.encoding == CP932 else wanted.encoding)
    return FileResponse(exported.file, as_attachment=True, filename=exported.name, content_type=kind)


def _too_long(report: Report, given: dict[str, str]) -> bool:
    asked = asked_by(filters_of(report, given))
    if asked is None:
        return False
    sums = sums_of(report, asked) or report.rows(asked).sums([])
    return sums.count > MOST_ROWS_OF_A_WORKBOOK
