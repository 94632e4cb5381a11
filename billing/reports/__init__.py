"""帳票: what finance takes out. One file a report; REPORTS is the order in which they are offered."""

from billing.reports.invoices import INVOICES
from billing.reports.journal import JOURNAL
from billing.reports.lines import LINES
from billing.reports.movements import MOVEMENTS
from billing.reports.reductions import REDUCTIONS
from billing.reports.renewals import RENEWALS
from billing.reports.report import Report
from billing.reports.revenue import REVENUE
from billing.reports.settlements import SETTLEMENTS

__all__ = [
    "INVOICES",
    "JOURNAL",
    "LINES",
    "MOVEMENTS",
    "REDUCTIONS",
    "RENEWALS",
    "REPORTS",
    "REVENUE",
    "SETTLEMENTS",
    "Report",
    "report_named",
]

REPORTS: tuple[Report, ...] = (INVOICES, LINES, REVENUE, JOURNAL, SETTLEMENTS, REDUCTIONS, MOVEMENTS, RENEWALS)


def report_named(name: str) -> Report:
    """The report of that name. Raises KeyError where there is none."""
    return {report.name: report for report in REPORTS}[name]
