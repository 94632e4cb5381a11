"""取り置いた合計: what is kept of a closed month is what its lines add up to; what can still change is made each time."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import Max
from django.test.utils import CaptureQueriesContext

from billing.models import ChargeLine, KeptSums, Month
from billing.operations.close_month import close_month
from billing.operations.invoices import issue_invoices
from billing.operations.kept_sums import (
    fees_of,
    keep_sums,
    kept_sums_are_the_lines,
    last_months,
    rows_kept,
    sums_of,
)
from billing.reports import INVOICES, JOURNAL, LINES, MOVEMENTS, REPORTS, REVENUE
from billing.reports.filters import asked, filters_of
from billing.reports.ranges import rows_of
from contracts.models import Change, Customer
from contracts.operations.import_book import import_book
from tests.conftest import SAMPLE

pytestmark = pytest.mark.django_db
APRIL = date(2025, 4, 1)


@pytest.fixture
def month() -> Month:
    """The sample book, its first four months closed."""
    import_book(SAMPLE, by="試験", on=date(2026, 11, 23))
    for number in (1, 2, 3, 4):
        assert close_month(date(2025, number, 1), on=date(2027, 1, 5), by="試験").closed
    return Month.objects.get(month=APRIL)


def wanted(report, **given):
    found = asked(filters_of(report, {"month": "2025-04", **given}))
    assert found is not None
    return found


def kept():
    return set(KeptSums.objects.values_list("month__month", "what"))


def test_what_is_kept_is_what_the_lines_add_up_to(month):
    issue_invoices(month, on=date(2025, 5, 2), by="経理")
    keep_sums(month)
    of_ledger = [report for report in REPORTS if report.of_ledger]
    told = Change.objects.filter(what__in=["category", "item"]).aggregate(last=Max("recorded_in"))["last"]
    of_revenue = {(APRIL, f"rows {REVENUE.name} {told}")}
    assert kept() == {(APRIL, "fees"), *((APRIL, f"report {report.name}") for report in of_ledger), *of_revenue}
    for report in of_ledger:
        asked_for = wanted(report)
        known, counted = sums_of(report, asked_for), report.rows(asked_for).sums(report.totalled)
        assert known == counted, report.name
        rows = list(report.rows(asked_for).stream())
        assert known.count == len(rows)
        assert known.totals == {at: sum(row[at] or 0 for row in rows) for at in report.totalled}
        for first in (0, 7, max(0, len(rows) - 3)):
            assert report.rows(asked_for).page(first, 5, report.totalled, known) == (known, rows[first : first + 5])
    assert sum(one.yen for one in fees_of(month)) == month.total_yen
    assert list(kept_sums_are_the_lines()) == []


def test_reports_by_customer_go_on_to_the_last_one(month, monkeypatch):
    """However many customers are read at once, where the last part is full too, and whether their units are named or lie between two."""
    issue_invoices(month, on=date(2025, 5, 2), by="経理")
    asked_for = {report: wanted(report) for report in (INVOICES, JOURNAL)}

    def pages():
        return [report.rows(one).page(0, 1000, report.totalled) for report, one in asked_for.items()]

    whole, customers = pages(), Customer.objects.count()
    assert all(sums.count == len(rows) > 5 for sums, rows in whole)
    for first in (2, customers // 2, customers):
        monkeypatch.setattr("billing.reports.by_customer.FIRST_CUSTOMERS", first)
        monkeypatch.setattr("billing.reports.by_customer.TIMES_MORE", 1)
        for named in (5_000, 0):
            monkeypatch.setattr("billing.reports.line_columns.UNITS_NAMED", named)
            assert pages() == whole


def test_the_rows_that_are_kept_are_those_of_each_month(month):
    year = wanted(REVENUE, month="2024-06", until="2025-04")
    found = rows_kept(REVENUE, year)
    assert found is not None
    rows = list(found.stream())
    assert rows == list(rows_of(REVENUE, year).stream())
    assert len({row[0] for row in rows}) == 4
    with CaptureQueriesContext(connection) as queries:
        again = rows_kept(REVENUE, year)
        assert again is not None
        assert list(again.stream()) == rows
    assert not [query["sql"] for query in queries if "chargeline" in query["sql"]]
    # Narrowed, or counted where it belongs, it is made each time; so is a month that is open.
    assert rows_kept(REVENUE, wanted(REVENUE, tier="basic")) is None
    assert rows_kept(REVENUE, wanted(REVENUE, counted="corrected")) is None
    assert rows_kept(LINES, wanted(LINES)) is None
    Month.objects.create(month=date(2025, 5, 1), facts_revision=1)
    assert rows_kept(REVENUE, wanted(REVENUE, until="2025-05")) is None


def test_what_is_kept_is_not_added_up_again(month):
    fees_of(month), sums_of(LINES, wanted(LINES)), last_months()
    with CaptureQueriesContext(connection) as queries:
        fees_of(month), sums_of(LINES, wanted(LINES)), last_months()
    assert not [query["sql"] for query in queries if "chargeline" in query["sql"]]


def test_what_can_still_change_is_not_kept(month):
    """An open month; entries by invoice before the invoices are issued; what is narrowed; what is computed from the facts."""
    assert sums_of(JOURNAL, wanted(JOURNAL)) is None
    assert sums_of(INVOICES, wanted(INVOICES, fee="monthly")) is None
    assert sums_of(MOVEMENTS, wanted(MOVEMENTS)) is None
    open_month = Month.objects.create(month=date(2025, 5, 1), facts_revision=1)
    assert fees_of(open_month) == []
    assert kept() == set()
    line = ChargeLine.objects.filter(month=month, fee="monthly").order_by("pk").first()
    assert line is not None
    line.pk, line.month, line.from_on, line.to_on = None, open_month, date(2025, 5, 1), date(2025, 5, 31)
    line.save(force_insert=True)
    assert [one.yen for one in fees_of(open_month)] == [line.amount_yen]
    issue_invoices(month, on=date(2025, 5, 2), by="経理")
    assert sums_of(JOURNAL, wanted(JOURNAL)) is not None


def test_a_check_finds_what_is_kept_wrong(month):
    fees_of(month)
    row = KeptSums.objects.get()
    row.sums[0][3] += 1
    row.save()
    assert list(kept_sums_are_the_lines()) == ["2025-04：取り置いた費目ごとの合計が、明細の合計と一致しません。"]
