"""帳票: the menu with its charts, each report on screen under its filters, and taking it out."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.kit.chart import beside_each_other, stacked
from billing.admin.reports.spans import conditions, spans
from billing.admin.reports.table import table_of
from billing.formats.csv_file import CP932
from billing.operations.export_report import CSV, XLSX, Wanted, export_report
from billing.operations.kept_sums import charts, sums_of, sums_of_each
from billing.reports import AHEAD, REPORTS, Report
from billing.reports.filters import asked as asked_by
from billing.reports.filters import filters_of
from billing.reports.ranges import rows_of
from billing.reports.report import ReportAsked
from contracts import clock
from contracts.admin.kit.columns import minute
from contracts.operations.refusal import Refused

VIEW, EXPORT = "billing.view_chargeline", "billing.export_report"
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
    months, kinds = charts()
    context = admin.site.each_context(request) | {
        "title": _("帳票"),
        "reports": [(reverse(f"admin:billing_report_{r.name}"), r.title, r.about) for r in (*REPORTS, *AHEAD)],
        "chart": stacked(months),
        "kinds": beside_each_other(kinds),
        "revenue": reverse("admin:billing_report_revenue"),
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
        "spans": _spans(report, request, filters),
        "conditions": conditions(filters) if asked else [],
        "printed_at": minute(clock.now()),
        "out": reverse(f"admin:billing_report_{report.name}_export"),
        **(table_of(report, asked, request.GET.dict()) if asked else {}),
    }
    return TemplateResponse(request, "admin/report.html", context)


def _spans(report: Report, request: HttpRequest, filters: Any) -> list[tuple[str, str]]:
    if report.begins is not None:
        return []
    return spans(report, request.GET.dict(), today=clock.today(), newest=filters.newest)


def _state(report: Report, asked: ReportAsked | None) -> str:
    """What has to be known of the months before their figures are used; '' where all are closed, or none is asked for."""
    if asked is not None and report.state is not None:
        return report.state(asked)
    if asked is None or (asked.row is not None and asked.row.closed_at is not None and not asked.each) or asked.closed:
        return ""
    if asked.each:
        if all(month.row is not None and month.row.closed_at is not None for month in (one() for one in asked.each)):
            return ""
        return gettext("締められていない月、又は台帳にない月があります。")
    if not report.of_ledger:
        return gettext("この月はまだ締められていません。今の事実から計算しています。")
    if asked.row is None:
        return gettext("この月は台帳にありません。")
    return gettext("この月はまだ締められていません。計算途中の明細です。")


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
    if asked.each:
        known = [one for one in sums_of_each(report, asked) if one is not None]
        count = (
            sum(one.count for one in known) if len(known) == len(asked.each) else rows_of(report, asked).sums([]).count
        )
        return count > MOST_ROWS_OF_A_WORKBOOK
    sums = sums_of(report, asked) or report.rows(asked).sums([])
    return sums.count > MOST_ROWS_OF_A_WORKBOOK
