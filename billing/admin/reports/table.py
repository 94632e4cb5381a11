"""A report's rows as a table: one page of them, or all for printing; in the order of a column; narrow columns beneath each other."""

from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.core.paginator import Page, Paginator
from django.utils.translation import gettext

from billing.operations.kept_sums import keep_of, kept_of, rows_kept, sums_of_each
from billing.reports import Report
from billing.reports.line_columns import MONTH
from billing.reports.ranges import Months, Rows, in_order, most_sorted, rows_of
from billing.reports.report import Kind, ReportAsked, ReportColumn, Row, Sums
from contracts.admin.kit.base import list_of
from contracts.admin.kit.columns import NOTHING, iso, thousands
from contracts.admin.kit.language import clause_said

ROWS_A_PAGE = 100
MOST_PRINTED = 2_000
"""Rows that are put on one page to be printed."""
ALL = "all"

Stack = list[tuple[int, ReportColumn]]
"""Columns that stand beneath each other, each with its position in a row."""


def table_of(report: Report, asked: ReportAsked, given: dict[str, str]) -> dict[str, Any]:
    """The context of the table. ``given``: sort (a column, - before it for falling), p (the page), rows (all)."""
    few = rows_kept(report, asked)
    rows = few or rows_of(report, asked)
    known = None if few else sums_of_each(report, asked) if asked.each else kept_of(report, asked)
    at_once = MOST_PRINTED if given.get("rows") == ALL else ROWS_A_PAGE
    number = given.get("p")
    first = (int(number) - 1) * at_once if number and number.isdecimal() and 0 < int(number) < 10**6 else 0
    at, falling = _sorted_by(report, given.get("sort", ""))
    unsorted = ""
    sums, found = _page(rows, 0 if at is not None else first, at_once, report.totalled, known)
    if known is None and not few:
        # They were summed up with the page's rows: whoever asks next need not.
        keep_of(report, asked, sums)
    if at is not None and sums.count > most_sorted(rows):
        unsorted = gettext("%(most)s行を超えるので並べ替えていません。絞り込むと並べ替えられます。")
        unsorted %= {"most": thousands(most_sorted(rows))}
        at = None
    page: Page[Any] = Paginator(range(sums.count), at_once).get_page(number)
    start = page.start_index() - 1 if sums.count else 0
    if at is not None:
        found = in_order(report, rows, at, falling=falling)[start : start + at_once]
    elif start != first or unsorted:
        # A page beyond the last: the last one is shown instead.
        sums, found = _page(rows, start, at_once, report.totalled, known or (None if asked.each else sums))
    stacks = _stacks(report, asked)
    return {
        "headings": [_heading(stack, given) for stack in stacks],
        "rows": [[[_cell(column, row[at]) for at, column in stack] for stack in stacks] for row in found],
        "count": thousands(sums.count),
        "amount": thousands(sums.totals.get(report.amount_at)) if report.amount_at is not None else None,
        "totals": [[(_css(column), thousands(sums.totals.get(at))) for at, column in stack] for stack in stacks],
        "is_totalled": bool(report.totalled and sums.count),
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "unsorted": unsorted,
        "cut": at_once == MOST_PRINTED and sums.count > MOST_PRINTED,
        "whole": f"?{urlencode({**_without(given, 'p'), 'rows': ALL})}",
        "is_whole": given.get("rows") == ALL,
    }


def _page(rows: Rows | Months, first: int, size: int, positions: list[int], known: Any) -> tuple[Sums, list[Row]]:
    return rows.page(first, size, positions, known)


def _sorted_by(report: Report, asked: str) -> tuple[int | None, bool]:
    """The position of the column asked for, and whether from the greatest on; None where there is no such column."""
    name = asked.removeprefix("-")
    at = next((at for at, column in enumerate(report.columns) if column.name == name), None)
    return at, asked.startswith("-")


def _stacks(report: Report, asked: ReportAsked) -> list[Stack]:
    """The columns as they are shown. A single month stands above, in the filter; files have it in every row."""
    found: list[Stack] = []
    for at, column in enumerate(report.columns):
        if column is MONTH and not asked.each:
            continue
        if column.beneath and found:
            found[-1].append((at, column))
        else:
            found.append([(at, column)])
    return found


def _without(given: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in given.items() if name not in names}


def _heading(stack: Stack, given: dict[str, str]) -> list[dict[str, Any]]:
    """Each heading of a column, with the address that puts the rows in its order, or in the other one where they are in it."""
    found = []
    for _at, column in stack:
        now = {column.name: "ascending", f"-{column.name}": "descending"}.get(given.get("sort", ""), "")
        turned = f"-{column.name}" if now == "ascending" else column.name
        address = f"?{urlencode({**_without(given, 'p', 'sort'), 'sort': turned})}"
        found.append({"css": _css(column), "label": column.label, "sorted": now, "address": address})
    return found


def _css(column: ReportColumn) -> str:
    return f"column-{column.name}" + (" number" if column.kind in (Kind.YEN, Kind.NUMBER) else "")


def _cell(column: ReportColumn, value: Any) -> tuple[str, str, Any]:
    """What a cell looks like, where it leads, what it says."""
    return _css(column), _leads(column, value), _said(column, value)


def _leads(column: ReportColumn, value: Any) -> str:
    return list_of(apps.get_model(column.leads), q=value) if column.leads and value else ""


def _said(column: ReportColumn, value: Any) -> Any:
    if value is None or value == "":
        return "" if column.beneath else NOTHING
    if column.kind is Kind.CLAUSE:
        return clause_said(value)
    if column.kind is Kind.DAY:
        return iso(value)
    return thousands(value) if isinstance(value, int) else column.names.get(value, value)
