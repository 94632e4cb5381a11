"""帳票 over months: one after the other, as each stood in its month; in any column's order; corrections where they are billed, or where
they belong.
"""

from datetime import date
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from billing.admin.reports import table
from billing.admin.reports.spans import fiscal_year
from billing.models import ChargeLine, Month
from billing.operations.export_report import CSV, XLSX, Wanted, export_again, export_report
from billing.operations.kept_sums import months_by_kind, rows_kept, sums_of_each
from billing.reports import INVOICES, LINES, MOVEMENTS, REPORTS, REVENUE
from billing.reports.filters import asked, filters_of
from billing.reports.ranges import Months, in_order, rows_of
from billing.reports.report import Computed, Report, ReportAsked
from contracts.models import Change
from contracts.operations.refusal import Refused
from tests.admin.conftest import signed_in
from tests.billing.ledger import close
from tests.billing.test_corrections import late
from tests.billing.test_reports import ledger
from tests.contracts.book.build import book, change, ips, ips_service, must_take, price, priced, tier
from tests.worlds import world

__all__ = ["ledger"]

pytestmark = pytest.mark.django_db
QUARTER = {"month": "2025-07", "until": "2025-09"}
TWO = {"month": "2025-08", "until": "2025-09"}


def wanted(report: Report, **given: str) -> ReportAsked:
    found = asked(filters_of(report, given))
    assert found is not None
    return found


def rows(report: Report, **given: str) -> list[dict]:
    names = [column.name for column in report.columns]
    return [dict(zip(names, row, strict=True)) for row in rows_of(report, wanted(report, **given)).stream()]


def total(first: str, last: str) -> int:
    lines = ChargeLine.objects.filter(month__month__range=(f"{first}-01", f"{last}-01"))
    return lines.aggregate(yen=Sum("amount_yen"))["yen"]


def test_a_range_is_its_months_one_after_the_other(ledger) -> None:
    for report in REPORTS:
        each = [
            row for month in range(7, 10) for row in rows(report, month=f"2025-{month:02}", until=f"2025-{month:02}")
        ]
        assert rows(report, **QUARTER) == each, report.name
        span = rows_of(report, wanted(report, **QUARTER))
        assert isinstance(span, Months)
        sums = span.sums(report.totalled)
        assert sums.count == len(each)
        for at in report.totalled:
            assert sums.totals[at] == sum(row[report.columns[at].name] or 0 for row in each)
    assert sum(row["total_yen"] for row in rows(INVOICES, **QUARTER)) == total("2025-07", "2025-09")
    assert sum(row["amount_yen"] for row in rows(LINES, **QUARTER)) == total("2025-07", "2025-09")
    assert sum(row["total_yen"] for row in rows(REVENUE, **QUARTER)) == total("2025-07", "2025-09")


def test_pages_of_a_range_put_together_are_the_whole(ledger) -> None:
    for report in REPORTS:
        span = rows_of(report, wanted(report, **TWO))
        whole = list(span.stream())
        # Five pages: of most reports both months have some of their own, and one page has rows of both.
        size = len(whole) // 5 + 1
        for known in (None, sums_of_each(report, wanted(report, **TWO))):
            found, first = [], 0
            while first < len(whole):
                sums, some = span.page(first, size, report.totalled, known)
                assert sums.count == len(whole), report.name
                found += some
                first += size
            assert found == whole, report.name


def test_a_range_of_closed_months_takes_few_queries_whatever_its_length(ledger) -> None:
    client = signed_in(User.objects.create_superuser("chief"))
    taken = []
    for until in ("2025-04", "2025-06", "2025-12"):
        address = f"{reverse('admin:billing_report_lines')}?month=2025-04&until={until}"
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        taken.append(len(queries))
    assert max(taken) <= 20
    assert taken[2] <= taken[1] + 1


@pytest.mark.parametrize(
    "given", [{"until": "2025-03"}, {"until": "2031-01"}, {"until": "2025-13"}, {"until": "9999-12"}]
)
def test_a_range_that_is_none_is_refused_at_its_field(ledger, given: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        export_report(LINES, {"month": "2025-04", **given}, Wanted(CSV), by="試験")
    assert refused.value.reason.field == "until"
    page = signed_in(User.objects.create_superuser("chief")).get(
        reverse("admin:billing_report_lines"), {"month": "2025-04", **given}
    )
    assert 'class="error"' in page.text


@pytest.mark.parametrize(
    ("month", "begins", "year"),
    [
        (date(2025, 4, 1), 4, (date(2025, 4, 1), date(2026, 3, 1))),
        (date(2026, 3, 1), 4, (date(2025, 4, 1), date(2026, 3, 1))),
        (date(2025, 12, 1), 1, (date(2025, 1, 1), date(2025, 12, 1))),
        (date(2025, 11, 1), 12, (date(2024, 12, 1), date(2025, 11, 1))),
        (date(2017, 3, 1), 4, (date(2017, 3, 1), date(2017, 3, 1))),
    ],
)
def test_a_fiscal_year_has_twelve_months_from_its_first(month: date, begins: int, year: tuple[date, date]) -> None:
    assert fiscal_year(month, begins) == year


def test_a_page_offers_the_fiscal_year_of_the_setting(ledger, settings: Settings) -> None:
    client = signed_in(User.objects.create_superuser("chief"))
    settings.FISCAL_YEAR_BEGINS = 7
    text = client.get(reverse("admin:billing_report_invoices")).text
    assert "今年度（2025-07から）" in text
    assert "month=2025-07&amp;until=2025-12" in text
    assert "month=2024-07&amp;until=2025-06" in text


def test_the_file_of_a_range_is_named_recorded_and_made_again(ledger) -> None:
    for report in (LINES, INVOICES, REVENUE, MOVEMENTS):
        first = export_report(report, QUARTER, Wanted(XLSX), by="試験")
        assert first.name == f"{report.title}_2025-07_2025-09.xlsx"
        assert (first.record.filters, first.record.closed) == ({"until": "2025-09"}, True)
        again = export_again(first.record, by="監査人")
        assert again.record.sha256 == first.record.sha256
    whole = export_report(LINES, QUARTER, Wanted(CSV), by="試験").record
    assert whole.total_yen == total("2025-07", "2025-09")


def test_a_workbook_is_set_up_for_paper(ledger) -> None:
    for report, paper in ((LINES, 8), (INVOICES, 9)):
        file = export_report(report, TWO, Wanted(XLSX), by="試験").file
        sheet = openpyxl.load_workbook(BytesIO(file.read())).active
        assert sheet.page_setup.orientation == "landscape"
        assert int(sheet.page_setup.paperSize) == paper
        assert (sheet.page_setup.fitToWidth in (None, 1), sheet.page_setup.fitToHeight) == (True, 0)
        assert sheet.print_title_rows in ("1:1", "$1:$1")
        assert sheet.oddHeader.right.text == "2025-08 – 2025-09"
        assert "&P" in sheet.oddFooter.right.text or "&[Page]" in sheet.oddFooter.right.text


def test_each_column_puts_the_rows_in_its_order(ledger) -> None:
    """Both ways; what is empty comes last; not a row is lost."""
    for report in REPORTS:
        span = rows_of(report, wanted(report, **TWO))
        read = list(span.stream())
        assert sorted(map(repr, in_order(report, span, 0, falling=False))) == sorted(map(repr, read))
        # The order is made of rows that are read: they need not be read anew for every column.
        span, whole = Computed(partial(iter, read)), sorted(map(repr, read))
        for at, column in enumerate(report.columns):
            for falling in (False, True):
                found = in_order(report, span, at, falling=falling)
                assert sorted(map(repr, found)) == whole
                names = {code: str(name) for code, name in column.names.items()}
                told = [names.get(row[at], row[at]) for row in found if row[at] not in (None, "")]
                assert told == sorted(told, reverse=falling), (report.name, column.name)
                assert all(row[at] in (None, "") for row in found[len(told) :])


def test_a_heading_sorts_the_page_and_turns(ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(User.objects.create_superuser("chief"))
    address = reverse("admin:billing_report_lines")
    answer = client.get(address, {"month": "2025-12", "sort": "-amount_yen"})
    at = next(
        at for at, stack in enumerate(answer.context["headings"]) if stack[0]["css"].startswith("column-amount_yen")
    )
    shown = [row[at][0][2] for row in answer.context["rows"]]
    most = ChargeLine.objects.filter(month__month="2025-12-01").order_by("-amount_yen")[0].amount_yen
    assert shown[0] == f"{most:,}"
    assert 'aria-sort="descending"' in answer.text
    assert "sort=amount_yen" in answer.text
    assert client.get(address, {"month": "2025-12", "sort": "no_such"}).status_code == 200
    monkeypatch.setattr(table, "most_sorted", lambda _rows: 10)
    cut = client.get(address, {"month": "2025-12", "sort": "-amount_yen"})
    assert "並べ替えていません" in cut.text
    assert len(cut.context["rows"]) == table.ROWS_A_PAGE


def test_all_rows_come_on_one_page_to_be_printed(ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(User.objects.create_superuser("chief"))
    address = reverse("admin:billing_report_lines")
    count = Month.objects.get(month="2025-12-01").line_count
    answer = client.get(address, {"month": "2025-12", "rows": "all"})
    assert len(answer.context["rows"]) == count > table.ROWS_A_PAGE
    monkeypatch.setattr(table, "MOST_PRINTED", 20)
    assert "一度に印刷できるのは" in client.get(address, {"month": "2025-12", "rows": "all"}).text


def _upgraded():
    with TemporaryDirectory() as folder:
        must_take(
            book(
                *(tier("ベーシック"), ips(), ips_service()),
                change("T-1", "category", "アドバンスト", "2025-05-16", accepted="2025-05-05"),
                *priced("T-1", 310_000),
                *priced("M-IPS", 1_000),
                price("T-1", "monthly", 620_000, "2025-05-16"),
                price("T-1", "one_time", 9, "2025-05-05"),
            ),
            Path(folder),
        )
        close("2025-04", until="2025-05")
        late(Path(folder), price("T-1", "monthly", 300_000, "2025-04-20"))
    close("2025-06")


upgraded = world("an upgrade half way in May, and a price of April put right after both months were closed", _upgraded)


def test_revenue_is_told_by_what_it_was_in_each_month(upgraded) -> None:
    told = {(row["month"], row["kind"]): row["monthly_yen"] for row in rows(REVENUE, month="2025-04", until="2025-06")}
    assert told["2025-04", "basic"] == 310_000
    assert (told["2025-05", "basic"], told["2025-05", "advanced"]) == (150_000, 320_000)
    assert ("2025-04", "advanced") not in told
    kinds = months_by_kind(12)
    assert kinds.months == ["2025-04", "2025-05", "2025-06"]
    sums = [sum(yen) for yen in zip(*(yen for _name, yen in kinds.rows), strict=True)]
    assert sums == list(Month.objects.order_by("month").values_list("total_yen", flat=True))


def test_an_upgrade_that_is_taken_back_names_the_kept_rows_otherwise(upgraded) -> None:
    wanted = asked(filters_of(REVENUE, {"month": "2025-04", "until": "2025-06"}))
    assert wanted is not None
    known = rows_kept(REVENUE, wanted)
    assert known is not None
    before = list(known.stream())
    assert any(row[1] == "advanced" for row in before)
    taken_back = {"withdrawn_on": "2025-07-01", "withdrawn_by": "x", "withdrawn_in": 99, "withdrawn_because": "誤記"}
    assert Change.objects.filter(what="category").update(**taken_back) == 1
    now = rows_kept(REVENUE, wanted)
    assert now is not None
    assert list(now.stream()) == list(rows_of(REVENUE, wanted).stream())
    assert not any(row[1] == "advanced" for row in now.stream())


def test_a_correction_counts_where_it_was_billed_or_where_it_belongs(upgraded) -> None:
    corrections = ChargeLine.objects.filter(fee="correction")
    by_month = {f"{line.corrects_month:%Y-%m}": line.amount_yen for line in corrections}
    assert set(by_month) == {"2025-04", "2025-05"}
    assert set(corrections.values_list("month__month", flat=True)) == {date(2025, 6, 1)}

    def sums(**given: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for row in rows(INVOICES, month="2025-04", until="2025-06", **given):
            found[row["month"]] = found.get(row["month"], 0) + row["total_yen"]
        return found

    billed, belonging = sums(), sums(counted="corrected")
    assert sum(billed.values()) == sum(belonging.values())
    assert belonging["2025-04"] == billed["2025-04"] + by_month["2025-04"]
    assert belonging["2025-05"] == billed["2025-05"] + by_month["2025-05"]
    assert belonging["2025-06"] == billed["2025-06"] - sum(by_month.values())
    for report in (LINES, REVENUE):
        whole = rows_of(report, wanted(report, month="2025-04", until="2025-06", counted="corrected"))
        assert whole.sums(report.totalled).totals[report.amount_at or 0] == sum(billed.values())
    record = export_report(LINES, {"month": "2025-04", "counted": "corrected"}, Wanted(CSV), by="試験").record
    assert not record.closed, "a later month may correct it again"
