"""A notice as people live it: entered, all that follows read, confirmed; its pair on the worklist; then taken back."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import Page, expect
from pytest_django import Settings

from contracts import clock
from contracts.models import ManagementUnit, Notice, Target
from contracts.operations.jobs import run_due
from tests.browser.desks import PASSWORD, Desks
from tests.browser.looking import grave
from tests.contracts.book.build import book, edr, licence, module, premium, priced, take

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("CSOC_PICTURES", "")


def looked(page: Page, name: str) -> None:
    """Nothing serious keeps anybody from the screen; a picture of it, where somebody wants one."""
    assert grave(page) == []
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"notice-{name}.png", full_page=True)


@pytest.fixture
def unit(transactional_db: None, settings: Settings, tmp_path: Path) -> ManagementUnit:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    start = f"{clock.today().replace(day=1) - timedelta(days=60)}"
    facts = [premium(starts=start), module(starts=start), edr(starts=start), licence("期間ライセンス", starts=start)]
    for number, yen in (("T-1", 300_000), ("M-1", 100_000), ("O-EDR", 50_000), ("O-LIC", 100)):
        facts += priced(number, yen, from_on=start)
    assert take(book(*facts), tmp_path).faults == []
    person = User.objects.create_user("sato", password=PASSWORD, is_staff=True)
    person.groups.set(Group.objects.filter(name="営業責任者"))
    ManagementUnit.objects.update(account_manager=person)
    return ManagementUnit.objects.get()


def test_a_notice_from_its_arrival_to_its_withdrawal(desks: Desks, live_server, unit: ManagementUnit) -> None:
    page = desks.of("sato")
    page.goto(f"{live_server.url}/admin/contracts/managementunit/{unit.pk}/change/")
    row = page.get_by_role("row").filter(has_text="O-EDR")
    row.get_by_text("操作").click()
    row.get_by_role("link", name="解約通知").click()
    expect(page.get_by_role("checkbox", name="O-EDR")).to_be_checked()
    looked(page, "form")
    page.get_by_role("button", name="起こることを見る").click()
    expect(page.get_by_role("heading", name="終了日が変わる契約とオプション")).to_be_visible()
    end = clock.today() + timedelta(days=30)
    row = page.get_by_role("row").filter(has_text="O-EDRの終了に伴う")
    expect(row).to_contain_text(f"{end}")
    expect(row).to_contain_text("第12条第4項、I-14")
    looked(page, "preview")
    assert Notice.objects.count() == 0

    page.get_by_role("button", name="このとおり確定する").click()
    expect(page.get_by_text("解約通知を受け付けました。")).to_be_visible()
    assert set(Target.objects.exclude(ends_on=None).values_list("number", "ends_on")) == {
        ("O-EDR", end),
        ("O-LIC", end),
    }
    assert all(job.state == "done" for job in run_due(clock.today()))
    page.goto(f"{live_server.url}/admin/contracts/workitem/calendar/?month={end:%Y-%m}")
    expect(page.locator("td.has li", has_text="同日に終了する対")).to_be_visible()
    looked(page, "worklist")

    page.goto(f"{live_server.url}/admin/contracts/notice/{Notice.objects.get().pk}/change/")
    page.get_by_role("link", name="撤回を記録").click()
    page.get_by_label("撤回の文書番号").fill("同意 2026-1")
    page.get_by_role("button", name="起こることを見る").click()
    expect(page.get_by_role("row").filter(has_text="O-LIC").get_by_text("終了しない")).to_be_visible()
    looked(page, "withdrawal")
    page.get_by_role("button", name="このとおり確定する").click()
    expect(page.get_by_text("解約通知を撤回しました。")).to_be_visible()
    assert not Target.objects.exclude(ends_on=None).exists()
    page.goto(f"{live_server.url}/admin/contracts/workitem/calendar/?month={end:%Y-%m}")
    expect(page.locator("td.has li")).to_have_count(0)
