"""帳票 on screen: filtered, paged and summed in few queries; taken out by who may, whole or not at all."""

import re
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from billing.admin.kit.chart import stacked
from billing.admin.reports import page as reports
from billing.admin.reports import table
from billing.models import ExportRecord, Month
from billing.operations.kept_sums import MonthSums, last_month_by_kind, last_months
from billing.reports import INVOICES, LINES, MOVEMENTS, REPORTS
from contracts.models import Customer
from tests.admin.conftest import signed_in

pytestmark = pytest.mark.usefixtures("book")
AT_MOST_QUERIES = 20
"""Of 異動一覧: seven read units with notices whole, two what the targets are called on their days."""


def page_of(report, **given) -> str:
    query = "&".join(f"{name}={value}" for name, value in given.items())
    return reverse(f"admin:billing_report_{report.name}") + (f"?{query}" if query else "")


def out_of(report, query: str = "") -> str:
    return reverse(f"admin:billing_report_{report.name}_export") + query


@pytest.mark.parametrize("language", ["ja", "en"])
def test_each_report_answers_in_few_queries(language: str) -> None:
    """Asked by a role, whose permissions take queries of their own, and for facts of a month with ends in it."""
    user = User.objects.create_user("keiri", is_staff=True)
    user.groups.set(Group.objects.filter(name="経理"))
    client = signed_in(user, language)
    for report in REPORTS:
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(page_of(report, month="2025-04" if report.of_ledger else "2025-12"))
        assert answer.status_code == 200
        assert len(queries) <= AT_MOST_QUERIES, report.name
        with override("ja"):
            title = str(report.title)
        assert (title in answer.text) is (language == "ja")


def test_queries_do_not_grow_with_rows(chief: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client, taken = signed_in(chief), []
    client.get(page_of(LINES, month="2025-04"))  # whoever asks first has the sums of the month made, and kept
    for rows in (3, 60):
        monkeypatch.setattr(table, "ROWS_A_PAGE", rows)
        with CaptureQueriesContext(connection) as queries:
            text = client.get(page_of(LINES, month="2025-04")).text
        taken.append(len(queries))
        assert text.count("<tr>") == rows + 2
    assert taken[0] == taken[1]


def test_the_sum_is_of_all_that_is_filtered_not_of_the_page(chief: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "ROWS_A_PAGE", 3)
    total = f"{Month.objects.get(month='2025-04-01').total_yen:,}"
    client = signed_in(chief)
    text = client.get(page_of(LINES, month="2025-04", p=2)).text
    assert total in text
    assert 'aria-current="page">2<' in text
    assert total not in client.get(page_of(LINES, month="2025-04", customer="C5190001")).text


def test_the_newest_closed_month_is_shown_first(chief: User) -> None:
    assert 'value="2025-04"' in signed_in(chief).get(page_of(INVOICES)).text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"month": "2025-05"}, "まだ締められていません", id="a month that is open"),
        pytest.param({"month": "2026-01"}, "台帳にありません", id="a month that the ledger has not"),
        pytest.param(
            {"month": "2025-04", "customer": "nobody"}, "この条件に当たる行はありません", id="no such customer"
        ),
        pytest.param({"month": "abc"}, 'class="error"', id="no month at all"),
        pytest.param({"month": "2025-04", "p": "99"}, "合計", id="a page beyond the last is the last"),
    ],
)
def test_what_there_is_not_is_said(chief: User, given: dict[str, str], said: str) -> None:
    assert said in signed_in(chief).get(page_of(LINES, **given)).text


def test_files_leave_under_their_japanese_names_and_are_recorded(chief: User) -> None:
    client = signed_in(chief, "en")
    for kind, ending, begins in (
        ("xlsx", "xlsx", b"PK"),
        ("csv", "csv", "\ufeff月".encode()),
        ("csv-cp932", "csv", "月".encode("cp932")),
    ):
        answer = client.post(out_of(LINES, "?month=2025-04&customer=C519"), {"as": kind})
        named = re.fullmatch(r"attachment; filename\*=utf-8''(.+)", answer.headers["Content-Disposition"])
        assert named is not None
        assert unquote(named[1]) == f"請求明細_2025-04.{ending}"
        content = b"".join(answer.streaming_content)
        assert content.startswith(begins)
        row = ExportRecord.objects.latest("pk")
        assert (row.exported_by, row.filters, row.size) == ("chief", {"customer": "C519"}, len(content))


def test_what_cp932_lacks_brings_back_to_the_page_with_the_reason(chief: User) -> None:
    Customer.objects.filter(code="C5190001").update(name="𠮷野商事")
    answer = signed_in(chief).post(out_of(INVOICES, "?month=2025-04"), {"as": "csv-cp932"}, follow=True)
    assert answer.redirect_chain[0][0] == page_of(INVOICES, month="2025-04")
    assert "文字「𠮷」（U+20BB7）" in answer.text
    assert not ExportRecord.objects.exists()


def test_too_many_rows_for_a_workbook_are_refused_kindly(chief: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MOST_ROWS_OF_A_WORKBOOK", 3)
    answer = signed_in(chief).post(out_of(LINES, "?month=2025-04"), {"as": "xlsx"}, follow=True)
    assert "行数が多すぎて" in answer.text
    assert not ExportRecord.objects.exists()


def test_looking_at_an_address_of_export_takes_nothing_out(chief: User) -> None:
    assert signed_in(chief).get(out_of(LINES)).status_code == 302
    assert not ExportRecord.objects.exists()


def test_who_may_only_look_has_no_buttons_and_takes_nothing_out(viewer: User) -> None:
    client = signed_in(viewer)
    assert "Excelで取り出す" not in client.get(page_of(LINES)).text
    assert client.post(out_of(LINES), {"as": "csv"}).status_code == 403


def test_made_again_and_compared(chief: User) -> None:
    client = signed_in(chief)
    for report in (LINES, MOVEMENTS):
        list(client.post(out_of(report, "?month=2025-04&unit=U5190"), {"as": "xlsx"}).streaming_content)
        first = ExportRecord.objects.latest("pk")
        page = reverse("admin:billing_exportrecord_change", args=[first.pk])
        assert "管理単位コード U5190" in client.get(page).text
        answer = client.post(
            reverse("admin:billing_exportrecord_again", args=[first.pk]), {"confirmed": "1"}, follow=True
        )
        assert "同じです（SHA-256が一致）" in answer.text
        assert ExportRecord.objects.latest("pk").again_of == first


def test_charts_are_drawn_of_the_months_with_a_table_beside(chief: User) -> None:
    client = signed_in(chief)
    with CaptureQueriesContext(connection) as queries:
        text = client.get(reverse("admin:billing_reports")).text
    assert len(queries) <= AT_MOST_QUERIES
    assert 'role="img"' in text
    assert text.count("<title>2025-04") == len(last_months()[-1].yen)
    total = Month.objects.get(month="2025-04-01").total_yen
    assert f"{total:,}" in text
    month, rows = last_month_by_kind()
    assert (month, sum(yen for _name, yen in rows)) == ("2025-04", total)


def test_what_is_below_zero_hangs_below_the_line() -> None:
    chart = stacked([MonthSums("2025-04", {"monthly": 3_000_000, "initial": 1_000_000, "outage": -500_000})])
    assert chart is not None
    bars = {bar.css: bar for bar in chart.bars}
    zero = float(chart.zero)
    assert float(bars["outage"].y) == zero
    assert float(bars["initial"].y) + float(bars["initial"].height) == pytest.approx(zero, abs=0.2)
    assert float(bars["monthly"].y) + float(bars["monthly"].height) == pytest.approx(float(bars["initial"].y), abs=0.2)
    assert stacked([]) is None
