"""The guides' steps are walked in a real browser: each label they name is on the way, and each picture they show is made here.

With CSOC_PICTURES=docs/screens the pictures of the guides are made anew.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import expect
from pytest_django import Settings

from billing.operations.close_month import close_month
from contracts import clock
from contracts.models import ManagementUnit, Price
from contracts.terms.days import previous_month
from tests.browser.desks import PASSWORD, Desks
from tests.browser.looking import grave
from tests.browser.office import LETTERS, Hand, asked, furnished
from tests.rewrite import rewrite

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
SCREENS = ROOT / "docs" / "screens"
GUIDES = [
    ROOT / "docs" / f"{name}.md"
    for name in ("account-managers.ja", "account-managers", "leads.ja", "leads", "finance.ja")
]
PICTURES = os.environ.get("CSOC_PICTURES", "")
A_PICTURE = re.compile(r"^!\[[^\]]*\]\(screens/([\w-]+)\.png\)$", re.M)
A_LABEL = re.compile(r"「\*\*(.+?)\*\*」")


@pytest.fixture
def office(transactional_db: None, settings: Settings, tmp_path: Path) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    furnished(tmp_path)


Hands = Callable[[str], Hand]


@pytest.fixture
def hands(desks: Desks, office: None) -> Hands:
    return lambda name: Hand(desks, name)


def first_page(hands: Hands) -> Hand:
    return hands("sato")


def done(hands: Hands) -> Hand:
    hand = hands("sato")
    hand.press(hand.page.locator(".kind.renewal").get_by_role("link", name="済みにする"))
    hand.fill("id_note", "更新する（11月20日電話、山田様）")
    return hand


def calendar(hands: Hands) -> Hand:
    hand = hands("sato")
    hand.click("link", "予定表で見る")
    for _month in range(3):
        if hand.page.locator("td.has .task").count():
            break
        with hand.page.expect_navigation():
            hand.page.keyboard.press("PageDown")
    hand.look()
    expect(hand.page.locator("td.has .task")).to_contain_text("期間ライセンスの更新")
    return hand


def first_customer(hands: Hands) -> Hand:
    hand = hands("sato")
    hand.click("link", "新しい契約者の申込を始める")
    hand.fill("id_code", "C100")
    hand.fill("id_name", "霞ヶ関電機株式会社")
    return hand


def application(hands: Hands) -> Hand:
    hand = hands("sato")
    unit = ManagementUnit.objects.get(code="U-1")
    hand.press(hand.page.locator(".customers").get_by_role("link", name="本社"))
    hand.click("link", "申込を入力")
    hand.page.locator("#add-kind").select_option(label="Microsoft 365ログ収集モジュール")
    expect(hand.page.locator("#judgement .verdict")).to_contain_text("承諾できません")
    hand.look()
    assert str(unit.pk) in hand.page.url
    return hand


def unit(hands: Hands) -> Hand:
    hand = hands("sato")
    hand.press(hand.page.locator(".customers").get_by_role("link", name="西日本拠点"))
    return hand


def notice(hands: Hands) -> Hand:
    hand = unit(hands)
    hand.click("link", "解約通知を受け付ける")
    hand.check("E-2")
    hand.fill("id_arrived_on", f"{clock.today()}")
    hand.click("button", "起こることを見る")
    return hand


def _filed(hands: Hands) -> None:
    hand = hands("sato")
    hand.press(hand.page.locator(".customers").get_by_role("link", name="西日本拠点"))
    hand.click("link", "申込を入力")
    hand.page.locator("#add-kind").select_option(label="現地報告オプション")
    hand.page.fill("#id_starts_on", f"{clock.today()}")
    hand.page.fill("#line-1-monthly_yen", "70000")
    expect(hand.page.locator("#judgement .verdict")).to_contain_text("承諾できます")
    hand.click("button", "受付")
    if hand.page.locator(".messagelist").count() == 0:
        hand.click("button", "受付")
    hand.says("受け付けました")


def lead_first_page(hands: Hands) -> Hand:
    _filed(hands)
    asked()
    return hands("kato")


def accept(hands: Hands) -> Hand:
    hand = lead_first_page(hands)
    hand.press(hand.page.locator(".kind.application .what p a").first)
    return hand


def second(hands: Hands) -> Hand:
    hand = lead_first_page(hands)
    hand.press(hand.page.locator(".kind.asked .what p a").first)
    return hand


def hand_over(hands: Hands) -> Hand:
    hand = hands("kato")
    hand.page.goto("/admin/contracts/managementunit/")
    hand.look()
    hand.click("link", "担当を引き継ぐ")
    hand.page.locator("#id_person").select_option(label="sato")
    hand.page.locator("#id_to").select_option(label="ono")
    hand.click("button", "担当を引き継ぐ")
    return hand


def _closed() -> None:
    """A month closed, since when a price fell by 99 %; two people of finance."""
    for name, called in (("mori", "森"), ("hara", "原")):
        user = User.objects.create_user(name, password=PASSWORD, is_staff=True, last_name=called)
        user.groups.set(Group.objects.filter(name="経理"))
    last = previous_month(clock.today().replace(day=1))
    close_month(previous_month(last), on=clock.today(), by="原")
    rows = Price.objects.standing().filter(target__number="T-2", fee="monthly")
    rewrite(rows, amount_yen=4_800)


def finance_first_page(hands: Hands) -> Hand:
    _closed()
    return hands("mori")


def finance_proposal(hands: Hands) -> Hand:
    hand = finance_first_page(hands)
    hand.click("link", "次の月を提案")
    hand.click("button", "次の月を提案")
    expect(hand.page.get_by_role("heading", name="締める前に確かめること")).to_be_visible()
    hand.look()
    return hand


def finance_rows(hands: Hands) -> Hand:
    hand = finance_proposal(hands)
    hand.click("link", "単価が前月の5分の1以下になった")
    return hand


def finance_report(hands: Hands) -> Hand:
    hand = finance_first_page(hands)
    hand.page.goto("/admin/billing/exportrecord/reports/invoices/")
    hand.look()
    hand.click("link", "合計（円、税抜）")
    return hand


WALKS: dict[str, Callable[[Hands], Hand]] = {
    "first-page": first_page,
    "done": done,
    "calendar": calendar,
    "first-customer": first_customer,
    "application": application,
    "unit": unit,
    "notice": notice,
    "lead-first-page": lead_first_page,
    "accept": accept,
    "second": second,
    "hand-over": hand_over,
    "finance-first-page": finance_first_page,
    "finance-proposal": finance_proposal,
    "finance-rows": finance_rows,
    "finance-report": finance_report,
}
"""The way to each picture, from the first page on."""


def told_before(guide: Path) -> Iterator[tuple[str, list[str]]]:
    """Each picture of a guide, with the labels that are named since its heading or the picture before it."""
    since: list[str] = []
    for line in guide.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            since = []
        since += A_LABEL.findall(line)
        for picture in A_PICTURE.findall(line):
            yield picture, since
            since = []


def labels_of(picture: str) -> list[str]:
    return [label for guide in GUIDES for name, labels in told_before(guide) if name == picture for label in labels]


@pytest.mark.usefixtures("in_place")
@pytest.mark.parametrize("picture", WALKS)
def test_each_label_of_a_step_is_on_the_way_and_the_picture_is_made(hands: Hands, picture: str) -> None:
    hand = WALKS[picture](hands)
    labels = labels_of(picture)
    assert labels, "a picture without a step"
    assert [label for label in labels if LETTERS.sub("", label) not in hand.read] == []
    assert grave(hand.page) == []
    assert hand.page.evaluate("document.documentElement.scrollWidth") <= 1366
    if PICTURES:
        hand.page.wait_for_timeout(300)
        hand.page.screenshot(path=ROOT / PICTURES / f"{picture}.png")


def test_the_guides_show_what_is_made_and_nothing_else() -> None:
    shown = {picture for guide in GUIDES for picture, _labels in told_before(guide)}
    assert shown == set(WALKS)
    assert {path.stem for path in SCREENS.glob("*.png")} == set(WALKS)
