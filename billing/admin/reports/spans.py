"""Which months a report can be asked for at once: the last month, some months, fiscal years; and what it was narrowed by, for paper."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext

from billing.models import Month
from billing.reports import Report
from billing.reports.filters import FIRST, back
from contracts.terms.days import previous_month


def fiscal_year(month: date, begins: int) -> tuple[date, date]:
    """The first and the last month of the fiscal year that the month lies in; ``begins``: the number of its first month."""
    first = date(month.year - (month.month < begins), begins, 1)
    return max(first, FIRST), previous_month(date(first.year + 1, first.month, 1))


def spans(report: Report, given: dict[str, str], *, today: date, newest: Month | None = None) -> list[tuple[str, str]]:
    """What each span is called, and the address that asks for it, narrowed as the page is. ``newest``: the last month, where it is known."""
    last = newest if newest and newest.closed_at else Month.last_closed()
    month = last.month if last else previous_month(today.replace(day=1))
    first, _end = fiscal_year(month, settings.FISCAL_YEAR_BEGINS)
    before, _last = fiscal_year(previous_month(first), settings.FISCAL_YEAR_BEGINS)
    found = [
        (gettext("最後に締めた月"), month, month),
        (gettext("直近の四半期"), back(month, 2), month),
        (gettext("直近の一年"), back(month, 11), month),
        (gettext("今年度（%(first)sから）") % {"first": f"{first:%Y-%m}"}, first, month),
        (gettext("前年度（%(first)sから）") % {"first": f"{before:%Y-%m}"}, before, previous_month(first)),
    ]
    kept = {name: value for name, value in given.items() if name not in ("month", "until", "p")}
    addresses = []
    for label, begin, until in found:
        if until < begin or until < FIRST:
            continue
        months = {"month": f"{begin:%Y-%m}"} | ({"until": f"{until:%Y-%m}"} if until != begin else {})
        if report.span > 1 and until == begin:
            months["until"] = f"{until:%Y-%m}"
        addresses.append((label, f"?{urlencode({**kept, **months})}"))
    return addresses


def conditions(filters: Any) -> list[tuple[str, str]]:
    """Each filter that narrows the rows, and its value as people read it."""
    found = []
    for field in filters.form:
        value = filters.data.get(field.name, "")
        if value:
            choices = dict(getattr(field.field, "choices", ()))
            found.append((str(field.label), str(choices.get(value, value))))
    return found
