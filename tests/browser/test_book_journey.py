"""A colleague's messy workbook in a real browser, in Japanese: brought, marked, mended, sent, taken in — and a list nobody has mapped yet."""

import os
from pathlib import Path

import openpyxl
import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import Page, expect
from pytest_django import Settings

from contracts.models import BookUpload, Contract, ListReading
from tests.browser.desks import PASSWORD, Desks
from tests.browser.looking import complains, grave, settled

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("CSOC_PICTURES", "")
CASES = Path(__file__).resolve().parents[1] / "contracts" / "book" / "cases" / "workbooks"
MESSY, LIST = CASES / "07_title_above.xlsx", CASES / "27_flat_list.xlsx"
UPLOADS = "/admin/contracts/bookupload/"


def looked(page: Page, name: str) -> None:
    assert grave(page) == []
    if not PICTURES:
        return
    for width in (1366, 1920):
        for theme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
            page.wait_for_timeout(400)  # colours change slowly
            page.screenshot(path=Path(PICTURES) / f"book-{name}-{width}-{theme}.png", full_page=True)
    page.evaluate("document.documentElement.dataset.theme = 'auto'")


@pytest.fixture
def people(transactional_db: None, settings: Settings) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    for name, role in (("sato", "営業担当"), ("kato", "営業責任者")):
        person = User.objects.create_user(name, password=PASSWORD, is_staff=True)
        person.groups.set(Group.objects.filter(name=role))


class Desk:
    """One person at one browser; whatever the console complains of is kept."""

    def __init__(self, desks: Desks, name: str) -> None:
        self.url, self.complaints = desks.url, list[str]()
        self.page = desks.of(name, 1366)
        self.page.on("console", self._keep)
        self.go("/admin/")

    def _keep(self, said: object) -> None:
        if complains(said, self.page):  # type: ignore[arg-type]
            self.complaints.append(said.text)  # type: ignore[attr-defined]

    def go(self, path: str) -> Page:
        self.page.goto(f"{self.url}{path}")
        return self.page

    def bring(self, file: Path) -> Page:
        page = self.go(UPLOADS)
        page.get_by_role("link", name="台帳を持ち込む").click()
        page.set_input_files("input[type=file]", file)
        page.get_by_role("button", name="台帳を持ち込む").click()
        expect(page.get_by_text("台帳を受け付けました")).to_be_visible()
        return page

    def saved(self, page: Page, link: str, to: Path) -> Path:
        with page.expect_download() as waiting:
            page.get_by_role("link", name=link).click()
        waiting.value.save_as(to)
        return to

    def leave(self) -> None:
        settled(self.page)
        assert self.complaints == []


def spoilt(path: Path) -> dict[str, str]:
    """The messy workbook with what a colleague gets wrong; what is wrong, by cell."""
    book = openpyxl.load_workbook(MESSY)
    contracts, prices = book["契約"], book["料金"]
    right = {name: contracts[name].value for name in ("J5", "C7")} | {"料金!C6": prices["C6"].value}
    contracts["J5"], contracts["C7"], prices["C6"] = "来月", "プラチナ", "百万円"
    book.save(path)
    return right


def test_a_messy_workbook_from_the_desk_to_the_facts(
    desks: Desks, live_server, people: None, in_place: None, tmp_path: Path
) -> None:
    sato, kato = (Desk(desks, name) for name in ("sato", "kato"))
    right = spoilt(tmp_path / "顧客台帳（佐藤）.xlsx")

    page = sato.go(UPLOADS)
    looked(page, "empty-list")
    page.get_by_role("link", name="台帳を持ち込む").click()
    looked(page, "bring")
    page = sato.bring(tmp_path / "顧客台帳（佐藤）.xlsx")
    expect(page.get_by_text("誤りがあるので取り込めません。何も登録していません。")).to_be_visible()
    expect(page.get_by_role("cell", name="J5", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="提出する")).to_have_count(0)
    looked(page, "faults")

    marked = sato.saved(page, "印を付けたブックを受け取る", tmp_path / "marked.xlsx")
    book = openpyxl.load_workbook(marked)
    cells = {(sheet.title, cell.coordinate) for sheet in book for row in sheet for cell in row if cell.comment}
    assert cells == {("契約", "J5"), ("契約", "C7"), ("料金", "C6")}
    book["契約"]["J5"], book["契約"]["C7"], book["料金"]["C6"] = right["J5"], right["C7"], right["料金!C6"]
    book.save(tmp_path / "直した台帳.xlsx")

    page = sato.bring(tmp_path / "直した台帳.xlsx")
    expect(page.get_by_text("誤りはありません。まだ何も登録していません。")).to_be_visible()
    looked(page, "checked")
    assert not Contract.objects.exists()
    page.get_by_role("link", name="提出する").click()
    page.get_by_role("button", name="提出する").click()
    expect(page.get_by_text("提出しました。")).to_be_visible()
    address = page.url.removeprefix(live_server.url)

    page = kato.go(address)
    looked(page, "sent")
    page.get_by_role("link", name="取り込む", exact=True).click()
    page.get_by_role("button", name="取り込む").click()
    looked(page, "take")
    page.get_by_role("button", name="確定する").dblclick()
    page.wait_for_url(f"**{address}")
    page = kato.go(address)
    expect(page.get_by_text("全部を登録しました。")).to_be_visible()
    looked(page, "taken")
    assert Contract.objects.count() == 23
    page = kato.go(UPLOADS)
    looked(page, "list")

    page.get_by_role("link", name="台帳を書き出す").click()
    looked(page, "out")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="台帳を書き出す").click()
    waiting.value.save_as(tmp_path / "out.xlsx")
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")["契約"].max_row == 24
    for desk in (sato, kato):
        desk.leave()


def test_a_list_is_mapped_and_what_it_does_not_say_is_said_once(
    desks: Desks, live_server, people: None, in_place: None, tmp_path: Path
) -> None:
    sato, kato = (Desk(desks, name) for name in ("sato", "kato"))
    book = openpyxl.load_workbook(LIST)
    at = next(cell for cell in book.active[1] if cell.value == "顧客名")
    at.value = "先方"
    book.save(tmp_path / "うちの一覧.xlsx")

    page = sato.bring(tmp_path / "うちの一覧.xlsx")
    expect(page.get_by_text("必要な列「…」がありません")).to_be_visible()
    expect(page.get_by_role("cell", name="分かりません").first).to_be_visible()
    looked(page, "unknown-list")
    page.get_by_role("link", name="一覧の読み方を決める").click()
    looked(page, "reading")
    page.get_by_label("先方").select_option(label="契約者名")
    for label, value in (
        ("種類", "FireWall-1、ファイアウォール:タイプ1"),
        ("名義", "契約者"),
        ("特則同意日", "申込日"),
        ("バイパスオプション利用開始日", "申込日"),
    ):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="この読み方で試す").click()
    expect(page.get_by_text("誤りはありません。まだ何も登録していません。")).to_be_visible()
    looked(page, "list-checked")
    page.get_by_role("link", name="提出する").click()
    page.get_by_role("button", name="提出する").click()
    page = kato.go(page.url.removeprefix(live_server.url))
    page.get_by_role("link", name="取り込む", exact=True).click()
    page.get_by_role("button", name="取り込む").click()
    page.get_by_role("button", name="確定する").click()
    expect(page.get_by_text("取込みを依頼しました。")).to_be_visible()
    assert BookUpload.objects.get().state == "taken"
    assert ListReading.objects.get().columns["先方"] == "customer"

    book.active.delete_rows(3, 30)
    book.save(tmp_path / "来月の一覧.xlsx")
    page = sato.bring(tmp_path / "来月の一覧.xlsx")
    expect(page.get_by_text("同じ見出しの一覧を前に取り込んだとき").first).to_be_visible()
    expect(page.get_by_text("新しい行がありません")).to_be_visible()
    looked(page, "remembered")
    for desk in (sato, kato):
        desk.leave()
