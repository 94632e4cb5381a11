"""帳票: what finance takes out. One file a report; REPORTS is the order in which they are offered."""

from billing.reports.ahead import COMING_DAYS, FORECAST, MRR
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
    "AHEAD",
    "COMING_DAYS",
    "FORECAST",
    "INVOICES",
    "JOURNAL",
    "LINES",
    "MOVEMENTS",
    "MRR",
    "REDUCTIONS",
    "RENEWALS",
    "REPORTS",
    "REVENUE",
    "SETTLEMENTS",
    "Report",
    "report_named",
]

REPORTS: tuple[Report, ...] = (INVOICES, LINES, REVENUE, JOURNAL, SETTLEMENTS, REDUCTIONS, MOVEMENTS, RENEWALS)
AHEAD: tuple[Report, ...] = (FORECAST, MRR, COMING_DAYS)
"""Those of the newest forecast: they say nothing of the ledger."""


def report_named(name: str) -> Report:
    """The report of that name. Raises KeyError where there is none."""
    return {report.name: report for report in (*REPORTS, *AHEAD)}[name]
