"""An office to walk through: two people by their roles, a customer with two units, and something to do for each of them."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group, User
from playwright.sync_api import Page, expect

from contracts import clock
from contracts.models import Contract, ManagementUnit
from contracts.operations.applications import save_draft
from contracts.operations.jobs import run_due
from contracts.operations.second import ask
from contracts.operations.worklist import refresh_whole_worklist
from tests.browser.desks import PASSWORD, Desks
from tests.browser.looking import settled
from tests.contracts.book import build as had
from tests.snapshot import once

ROLES = {"sato": ("営業担当", "佐藤"), "kato": ("営業責任者", "加藤"), "ono": ("営業担当", "小野")}
LETTERS = re.compile(r"\s+")


def furnished(path: Path) -> None:
    """Facts that leave work: a module without a network, a term licence about to renew, a start that nobody has decided."""
    once("an office", lambda: _furnish(path))
    for name, (role, _called) in ROLES.items():
        User.objects.get(username=name).groups.set(Group.objects.filter(name=role))


def _furnish(path: Path) -> None:
    for name, (role, called) in ROLES.items():
        user = User.objects.create_user(name, password=PASSWORD, is_staff=True, last_name=called)
        user.groups.set(Group.objects.filter(name=role))
    began = f"{clock.today().replace(day=1) - timedelta(days=60)}"
    renews = f"{clock.today() - timedelta(days=365 - 92 - 45)}"  # the last day of a notice is some six weeks off
    facts: list[Any] = [
        had.customer(name="土佐水産株式会社"),
        had.unit(name="本社"),
        had.unit("U-2", name="西日本拠点"),
    ]
    facts += _agreed("T-1", "M-1", "U-1", began, had.module(number="M-1", starts=began, accepted=began))
    edr = had.edr("E-2", on="T-2", application="A-2", accepted=renews, starts=renews)
    term = had.licence("期間ライセンス", 1000, "L-2", on="T-2", application="A-2", accepted=renews, starts=renews)
    module = had.module(number="M-2", of="U-2", application="A-2", starts=renews, accepted=renews, ready_on=renews)
    facts += _agreed("T-2", "M-2", "U-2", renews, module, edr, term)
    facts += [*had.priced("E-2", 50_000, 1, renews), *had.priced("L-2", 900, 1, renews)]
    facts += [had.unit("U-3", name="東日本拠点")]
    facts += _agreed(
        "T-3", "M-3", "U-3", began, had.module(number="M-3", of="U-3", application="A-3", starts=began, accepted=began)
    )
    had.must_take(had.book(*facts), path / "book")
    sato = User.objects.get(username="sato")
    ManagementUnit.objects.exclude(code="U-3").update(account_manager=sato)
    refresh_whole_worklist()
    first = ManagementUnit.objects.get(code="U-1")
    assert all(job.state == "done" for job in run_due(clock.today()))
    save_draft(None, unit=first, lines=[], applied_on=clock.today(), version=0, by=sato)


def _agreed(tier: str, module: str, unit: str, day: str, *others: Any) -> list[Any]:
    application = f"A-{unit[-1]}"
    first = had.premium(tier, of=unit, application=application, accepted=day, starts=day)
    return [first, *others, *had.priced(tier, 480_000, 1, day), *had.priced(module, 100_000, 1, day)]


def asked() -> None:
    """A price that one asked for and another has to confirm."""
    contract = Contract.objects.get(target__number="T-1")
    ask(
        screen="contracts.contract",
        verb="quote",
        row=str(contract.pk),
        subject="T-1",
        unit_id=contract.target.unit_id,
        form=f"fee=one_time&amount_yen=30000&from_on={clock.today()}&reference=Q-7&note=",
        shown=["次に締める月に、一時費用30,000円の明細が出ます。"],
        on=clock.today(),
        by=User.objects.get(username="sato"),
    )


class Hand:
    """A person at a browser: what they click and fill in is counted, and every page that opens after the first; what they read is kept."""

    def __init__(self, desks: Desks, name: str, *, width: int = 1366) -> None:
        self.clicks, self.fields, self.pages = 0, 0, 0
        self.read = ""
        self.page: Page = desks.of(name, width)
        self.page.goto("/admin/")
        self.page.wait_for_selector(".first-page")
        self.look()

    def look(self) -> None:
        """Read what stands on the page once its late part is there: its text, and the labels of what can be pressed."""
        settled(self.page)
        self.read += LETTERS.sub("", self.page.locator("body").inner_text())
        labels = "[...document.querySelectorAll('[aria-label], option')].map(one => one.ariaLabel || one.textContent)"
        self.read += LETTERS.sub("", "".join(self.page.evaluate(labels)))

    def click(self, role: Any, name: str, *, leads_on: bool = True, within: str = "#content") -> None:
        """Press what has that role and name."""
        self.clicks += 1
        self.pages += leads_on
        self.page.locator(within).get_by_role(role, name=name, exact=True).first.click()
        self.page.wait_for_load_state()
        self.look()

    def press(self, locator: Any, *, leads_on: bool = True) -> None:
        """Press something that its name does not find."""
        self.clicks += 1
        self.pages += leads_on
        locator.click()
        self.page.wait_for_load_state()
        self.look()

    def fill(self, field: str, value: str) -> None:
        """Fill a field of the page, by its id."""
        self.fields += 1
        found = self.page.locator(f"#{field}")
        expect(found).to_be_visible()
        if found.evaluate("field => field.tagName") == "SELECT":
            found.select_option(value)
        elif found.get_attribute("type") in ("checkbox", "radio"):
            found.check()
        else:
            found.fill(value)

    def check(self, label: str) -> None:
        """Mark a box by its label: one field."""
        self.fields += 1
        self.page.get_by_role("checkbox", name=label).first.check()

    def says(self, words: str) -> None:
        """The page says that it is done."""
        expect(self.page.locator(".messagelist")).to_contain_text(words)

    @property
    def counted(self) -> tuple[int, int, int]:
        """Clicks, pages, fields."""
        return self.clicks, self.pages, self.fields
