"""The month as finance lives it: proposed, a parked contract mended, closed by another; a late notice corrected in the next
month; an invoice printed; reports taken out and opened again.
"""

import csv
import io
import os
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import Settings

from billing.models import ChargeLine, Invoice, Month
from billing.operations.check_ledger import check_ledger
from billing.operations.close_month import close_month
from contracts import clock
from contracts.models import ManagementUnit, Price, Target
from contracts.operations.notices import NoticeAsked, receive_notice
from tests.browser.desks import PASSWORD, Desks
from tests.browser.looking import grave
from tests.contracts.book.build import book, module, priced, take, tier
from tests.rewrite import rewrite

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("CSOC_PICTURES", "")


def looked(page: Page, name: str) -> None:
    assert grave(page) == []
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"finance-{name}.png", full_page=True)


def first_of(month: date, back: int) -> date:
    for _each in range(back):
        month = (month.replace(day=1) - timedelta(days=1)).replace(day=1)
    return month


@pytest.fixture
def months(transactional_db: None, settings: Settings, tmp_path: Path) -> list[date]:
    """Three months that are over, the first of them closed; since then a module is without its price."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    this = clock.today().replace(day=1)
    found = [first_of(this, back) for back in (3, 2, 1)]
    start = f"{found[0]}"
    facts = [tier(starts=start), module(starts=start)]
    facts += [*priced("T-1", 300_000, from_on=start), *priced("M-1", 100_000, from_on=start)]
    assert take(book(*facts), tmp_path / "1").faults == []
    close_month(found[0], on=clock.today(), by="試験")
    for name in ("sato", "kato"):
        person = User.objects.create_user(name, password=PASSWORD, is_staff=True)
        person.groups.set(Group.objects.filter(name="経理"))
    rewrite(Price.objects.filter(target__number="M-1", fee="monthly"), from_on=this)
    return found


class Desk:
    """One person at one browser."""

    def __init__(self, desks: Desks, name: str) -> None:
        self.url = desks.url
        self.page = desks.of(name)
        self.go("/admin/")

    def go(self, path: str) -> Page:
        self.page.goto(f"{self.url}{path}")
        return self.page

    def propose(self) -> Page:
        page = self.go("/admin/billing/proposal/propose/")
        page.get_by_role("button", name="次の月を提案").click()
        expect(page.get_by_text("提案の計算を依頼しました。")).to_be_visible()
        return page

    def close(self, address: str) -> None:
        page = self.go(address)
        page.get_by_role("link", name="締める", exact=True).click()
        page.get_by_role("button", name="確定する").click()
        expect(page.get_by_text("締めを依頼しました。")).to_be_visible()


def test_the_month_from_its_proposal_to_its_reports(
    desks: Desks, live_server, months: list[date], in_place: None, tmp_path: Path
) -> None:
    sato, kato = (Desk(desks, name) for name in ("sato", "kato"))

    page = sato.propose()
    expect(page.get_by_role("cell", name="M-1")).to_be_visible()
    expect(page.get_by_text("月額費用の料金が登録されていません")).to_be_visible()
    looked(page, "parked")
    rewrite(Price.objects.standing().filter(target__number="M-1", fee="monthly"), from_on=months[0])

    page = sato.propose()
    expect(page.get_by_role("heading", name=f"{months[0]:%Y-%m}からの差異")).to_be_visible()
    looked(page, "proposal")
    assert not ChargeLine.objects.filter(month__month=months[1]).exists()
    address = page.url.removeprefix(live_server.url)
    _refused(sato, address)
    kato.close(address)
    assert Month.objects.get(month=months[1]).closed_by == "kato"

    # A notice that arrived within the closed month is entered only now.
    unit, today = ManagementUnit.objects.get(), clock.today()
    asked = NoticeAsked(targets=("M-1",), arrived_on=months[0] + timedelta(days=5))
    receive_notice(unit, asked, on=today, by=User.objects.get(username="sato"))
    assert Target.objects.get(number="M-1").ends_on == months[0] + timedelta(days=35)

    page = sato.propose()
    expect(page.locator("table.bars").get_by_role("rowheader", name="訂正", exact=True)).to_be_visible()
    looked(page, "correction")
    address = page.url.removeprefix(live_server.url)
    page.get_by_role("link", name="締めた月を減らす訂正").click()
    expect(page.get_by_role("link", name="M-1", exact=True).first).to_be_visible()
    looked(page, "rows")
    kato.close(address)
    corrections = ChargeLine.objects.filter(month__month=months[2], fee="correction")
    assert {line.corrects_month for line in corrections} == {months[1]}
    assert list(check_ledger(recompute=True)) == []

    month = Month.objects.get(month=months[2])
    page = sato.go(f"/admin/billing/month/{month.pk}/change/")
    page.get_by_role("link", name="請求書を発行").click()
    page.get_by_role("button", name="請求書を発行").click()
    page.get_by_role("button", name="確定する").click()
    expect(page.get_by_text("請求書を発行しました。")).to_be_visible()
    looked(page, "issued")
    together = page.get_by_role("link", name="すべての請求書を一つのPDFで").get_attribute("href")
    assert page.request.get(f"{live_server.url}{together}").body().startswith(b"%PDF")
    invoice = Invoice.objects.get()
    assert invoice.total_yen == month.total_yen + invoice.tax_yen

    page = sato.go("/admin/billing/ledgercheck/ask/")
    page.get_by_role("button", name="検査する").click()
    expect(page.get_by_text("台帳の検査を依頼しました。")).to_be_visible()
    sato.go("/admin/")
    expect(page.get_by_text("誤りなし。")).to_be_visible()
    _reports(sato, month, tmp_path)


def _refused(desk: Desk, address: str) -> None:
    """Whoever proposed is not offered to close, and is told why where they go there by its address."""
    page = desk.go(address)
    expect(page.get_by_role("heading", name="合計", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="締める", exact=True)).to_have_count(0)
    page = desk.go(address.replace("/change/", "/close/"))
    expect(page.get_by_text("提案した人は締められません")).to_be_visible()


def _reports(desk: Desk, month: Month, folder: Path) -> None:
    """The lines, as CSV and as a workbook, opened again: the ledger's own total."""
    page = desk.go(f"{reverse('admin:billing_report_lines')}?month={month}")
    looked(page, "report")
    for kind, button in (("csv", "CSVで取り出す"), ("xlsx", "Excelで取り出す")):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=button).click()
        file = folder / f"lines.{kind}"
        waiting.value.save_as(file)
        if kind == "csv":
            rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
            assert sum(int(row["金額（円）"]) for row in rows) == month.total_yen
        else:
            sheet = openpyxl.load_workbook(io.BytesIO(file.read_bytes())).worksheets[0]
            assert month.total_yen in [cell.value for cell in list(sheet.rows)[-1]]
