"""What ten jobs take, from the first page on: clicks, pages and fields, counted as a person does them; the guide's appendix has them."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect
from pytest_django import Settings

from contracts import clock
from contracts.models import BookUpload, ManagementUnit, Notice, Price, WorkItem
from contracts.operations.notices import NoticeAsked, receive_notice
from tests.browser.desks import Desks
from tests.browser.office import Hand, asked, furnished
from tests.contracts.book import build as had

pytestmark = pytest.mark.browser

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "account-managers.ja.md"
A_JOB = re.compile(r"^\| (.+?) \| .+ \| (\d+) / (\d+) / (\d+) \|$", re.M)

TOLD = {job: tuple(map(int, counts)) for job, *counts in A_JOB.findall(GUIDE.read_text(encoding="utf-8"))}
"""The appendix: what each job takes now."""

Hands = Callable[[str], Hand]


@pytest.fixture
def hands(desks: Desks, settings: Settings, tmp_path: Path) -> Hands:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    furnished(tmp_path)
    return lambda name: Hand(desks, name)


def by_menu(hand: Hand, work: str, screen: str) -> None:
    menu = hand.page.locator("#nav-sidebar")
    hand.press(menu.locator("summary", has_text=work), leads_on=False)
    hand.press(menu.get_by_role("link", name=screen, exact=True))


def of_mine(hand: Hand, name: str) -> None:
    hand.press(hand.page.locator(".customers").get_by_role("link", name=name))


def verdict(hand: Hand) -> None:
    expect(hand.page.locator("#judgement .verdict")).to_contain_text("承諾できます")


def received(hand: Hand) -> None:
    hand.click("button", "受付")
    hand.says("受け付けました")


def accepted(hands: Hands) -> Hand:
    lead = hands("kato")
    expect(lead.page.locator(".decision .verdict")).to_contain_text("承諾できます")
    lead.click("button", "承諾する")
    lead.says("承諾しました")
    return lead


def new_option(hands: Hands) -> Hand:
    hand = hands("sato")
    of_mine(hand, "西日本拠点")
    hand.click("link", "申込を入力")
    hand.fields += 1
    hand.page.locator("#add-kind").select_option(label="現地報告オプション")
    hand.fill("id_starts_on", f"{clock.today() + timedelta(days=7)}")
    hand.fill("line-1-initial_yen", "100000")
    hand.fill("line-1-monthly_yen", "70000")
    verdict(hand)
    received(hand)
    return hand


def an_option(hands: Hands) -> list[Hand]:
    return [new_option(hands), accepted(hands)]


def a_later_start(hands: Hands) -> list[Hand]:
    new_option(hands)
    hand = hands("sato")
    hand.press(hand.page.locator("#mine + ul .put-right"))
    field = (
        "line-1-billing_starts_on" if hand.page.locator("#line-1-billing_starts_on").is_visible() else "id_starts_on"
    )
    hand.fill(field, f"{clock.today() + timedelta(days=38)}")
    verdict(hand)
    received(hand)
    return [hand, accepted(hands)]


def more_licences(hands: Hands) -> list[Hand]:
    hand = hands("sato")
    of_mine(hand, "西日本拠点")
    row = hand.page.get_by_role("row").filter(has_text="L-2").filter(has_text="操作")
    hand.press(row.get_by_role("link", name="1,000ライセンス"))
    hand.fill("line-1-to_quantity", "1200")
    hand.fill("line-1-effective_on", f"{clock.today() + timedelta(days=7)}")
    verdict(hand)
    received(hand)
    return [hand, accepted(hands)]


def a_letter(hands: Hands) -> list[Hand]:
    hand = hands("sato")
    of_mine(hand, "西日本拠点")
    hand.click("link", "解約通知を受け付ける")
    hand.click("button", "すべて選ぶ", leads_on=False)
    hand.fill("id_arrived_on", f"{clock.today()}")
    hand.fill("id_reference", "通知書 7")
    hand.click("button", "起こることを見る")
    hand.click("button", "このとおり確定する")
    hand.says("解約通知を受け付けました")
    assert Notice.objects.standing().count() == 4
    return [hand]


def a_letter_put_right(hands: Hands) -> list[Hand]:
    unit, sato = ManagementUnit.objects.get(code="U-2"), User.objects.get(username="sato")
    letter = NoticeAsked(targets=("E-2", "L-2", "M-2", "T-2"), arrived_on=clock.today(), reference="通知書 7")
    receive_notice(unit, letter, on=clock.today(), by=sato)
    hand = hands("kato")
    hand.press(hand.page.locator("#nav-sidebar").get_by_role("link", name="解約", exact=True))
    hand.press(hand.page.locator("#result_list a").first)
    hand.click("link", "訂正")
    hand.fill("id_arrived_on", f"{clock.today() - timedelta(days=3)}")
    hand.fill("id_document", "同意 7")
    hand.click("button", "起こることを見る")
    hand.click("button", "このとおり確定する")
    hand.says("訂正しました")
    days = set(Notice.objects.standing().values_list("arrived_on", flat=True))
    assert days == {clock.today() - timedelta(days=3)}
    return [hand]


def renewals(hands: Hands) -> list[Hand]:
    hand = hands("sato")
    hand.click("link", "予定表で見る")
    due = WorkItem.objects.get(kind="renewal").due_on
    assert due is not None
    if not hand.page.locator("td.has .task").count():
        hand.press(hand.page.get_by_role("link", name=f"{due:%Y-%m}", exact=True))
    expect(hand.page.locator("td.has .task").first).to_contain_text("期間ライセンスの更新")
    return [hand]


def asked_about(hands: Hands) -> list[Hand]:
    hand = hands("sato")
    hand.press(hand.page.locator(".kind.renewal").get_by_role("link", name="済みにする"))
    hand.fill("id_note", "更新する（電話）")
    hand.click("button", "済みにする")
    expect(hand.page.locator(".kind.renewal")).to_have_count(0)
    return [hand]


def as_of_a_day(hands: Hands) -> list[Hand]:
    hand = hands("sato")
    of_mine(hand, "西日本拠点")
    hand.fill("on", f"{clock.today() - timedelta(days=60)}")
    hand.click("button", "この日で見る")
    expect(hand.page.locator("table.targets").first).to_contain_text("L-2")
    return [hand]


def confirmed(hands: Hands) -> list[Hand]:
    asked()
    lead = hands("kato")
    lead.press(lead.page.locator(".kind.asked .what p a").first)
    lead.click("button", "確定する")
    lead.says("確定しました")
    assert Price.objects.standing().filter(amount_yen=30_000).exists()
    return [lead]


def taken_over(hands: Hands) -> list[Hand]:
    lead = hands("kato")
    lead.click("link", "担当を引き継ぐ")
    for field, name in (("id_person", "sato"), ("id_to", "ono")):
        lead.fields += 1
        lead.page.locator(f"#{field}").select_option(label=name)
    lead.click("button", "担当を引き継ぐ")
    lead.click("button", "確定する")
    lead.says("担当の引継ぎを記録しました")
    assert ManagementUnit.objects.filter(account_manager__username="ono").count() == 2
    return [lead]


def a_book(hands: Hands, tmp_path: Path) -> list[Hand]:
    facts = had.book(had.customer("C-9", "別の会社"), had.unit("U-9", of="C-9"))
    had.as_workbook(facts, tmp_path / "新しい台帳.xlsx")
    hand = hands("sato")
    by_menu(hand, "申込", "台帳の持込")
    hand.click("link", "台帳を持ち込む")
    hand.fields += 1
    hand.page.set_input_files("input[type=file]", tmp_path / "新しい台帳.xlsx")
    hand.click("button", "台帳を持ち込む")
    hand.click("link", "提出する")
    hand.click("button", "提出する")
    lead = hands("kato")
    lead.press(lead.page.locator(".book-waits a").first)
    lead.click("link", "取り込む")
    lead.click("button", "取り込む")
    lead.click("button", "確定する")
    expect(lead.page.locator(".messagelist")).to_be_visible()
    assert BookUpload.objects.get().state == "taken"
    return [hand, lead]


def found_by_a_few_letters(hands: Hands) -> list[Hand]:
    hand = hands("sato")
    hand.fields += 1
    hand.page.keyboard.press("/")
    hand.page.keyboard.type("土佐")
    hand.press(hand.page.locator("#search-found a").first)
    expect(hand.page.locator("h1")).to_contain_text("土佐水産株式会社")
    return [hand]


def the_next_bill(hands: Hands) -> list[Hand]:
    hand = hands("sato")
    of_mine(hand, "土佐水産株式会社")
    expect(hand.page.locator("dl.figures")).to_contain_text("見通し")
    return [hand]


def leaving(hands: Hands) -> list[Hand]:
    hand = hands("sato")
    of_mine(hand, "西日本拠点")
    hand.click("link", "解約・変更の見通し")
    expect(hand.page.locator(".prospect .figures")).to_contain_text("解除調定金なしで終えられる最初の日")
    expect(hand.page.locator(".prospect .figures")).to_contain_text("そのために通知が届く期限")
    return [hand]


def by_keys(hand: Hand, term: str) -> None:
    """A key, a few letters, Enter: no hand leaves the keyboard."""
    hand.fields, hand.pages = hand.fields + 1, hand.pages + 1
    hand.page.keyboard.press("/")
    hand.page.keyboard.type(term)
    expect(hand.page.locator("#search-found a").first).to_be_visible()
    hand.page.keyboard.press("ArrowDown")
    hand.page.keyboard.press("Enter")
    hand.page.wait_for_url("**/change/")
    hand.look()


def renamed(hands: Hands) -> list[Hand]:
    hand = hands("sato")
    by_keys(hand, "土佐")
    hand.click("link", "名称を変更")
    hand.fill("id_name", "株式会社土佐シーフーズ")
    hand.fill("id_from_on", f"{clock.today() + timedelta(days=30)}")
    hand.fill("id_reason", "商号変更")
    hand.click("button", "名称を変更")
    hand.click("button", "確定する")
    expect(hand.page.locator("#content")).to_contain_text("株式会社土佐シーフーズ")
    return [hand]


JOBS: dict[str, Callable[..., list[Hand]]] = {
    "名称の一部から契約者を開く": found_by_a_few_letters,
    "契約者の次の請求額と、前の月と違う理由を見る": the_next_bill,
    "やめるときの費用と、費用なしで終えられる日を見る": leaving,
    "契約者の名称を、ある日から変える（「/」の検索から）": renamed,
    "オプションを一つ申し込み、承諾する": an_option,
    "受け付けた申込の開始日を一月遅らせる": a_later_start,
    "ライセンス数を変える": more_licences,
    "四つの対象を終わらせる一通の通知": a_letter,
    "その通知の到達日の誤りを直す": a_letter_put_right,
    "だれのライセンスがいつ更新されるか": renewals,
    "更新の意向を尋ね、済みにする": asked_about,
    "ある日に何を契約していたか": as_of_a_day,
    "依頼された操作を二人目として確定する": confirmed,
    "同僚の管理単位をすべて引き継ぐ": taken_over,
    "同僚の台帳を取り込む": a_book,
}


@pytest.mark.parametrize("job", JOBS)
def test_a_job_takes_what_the_guide_says(job: str, hands: Hands, in_place: None, tmp_path: Path) -> None:
    took = JOBS[job](hands, tmp_path) if job == "同僚の台帳を取り込む" else JOBS[job](hands)
    counted = tuple(sum(numbers) for numbers in zip(*(hand.counted for hand in took), strict=True))
    assert counted == TOLD.get(job)


def test_the_appendix_has_these_jobs_and_the_first_application() -> None:
    assert set(TOLD) - set(JOBS) == {"新しい契約者の最初の申込（プレミアム、SWG、Microsoft 365、EDR）"}
    assert set(JOBS) <= set(TOLD)
