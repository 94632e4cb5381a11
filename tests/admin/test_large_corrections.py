"""Corrections of closed months that come to much wait for a second person, whoever makes them (LARGE_CORRECTION_YEN)."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.urls import reverse

from billing.models import ChargeLine
from billing.operations.check_ledger import check_ledger
from billing.operations.close_month import close_month
from contracts.models import Asked, Change, Entry, FactCorrection, Price, WorkItem
from tests.admin.test_second import NOON, confirm, of_role, page
from tests.contracts.book.build import book, change, edr, licence, must_take, premium, priced
from tests.worlds import world

SLIP = {"ground": "slip", "document": "", "reason": "書き間違い"}
MONTHLY = 100_000
WAITS = "確定すると、別の人に確認を依頼します。別の人が確定するまで、何も起こりません。"


@pytest.fixture(autouse=True)
def in_august():
    with NOON:
        yield


@pytest.fixture(autouse=True)
def bound(settings):
    settings.LARGE_CORRECTION_YEN = 30_000


def _months():
    """Four closed months of a unit with a change of licences that ought not to have been; corrected it is 40,000 yen."""
    rows = [premium(), edr(), licence(), *priced("T-1", MONTHLY), *priced("O-EDR", 50_000), *priced("O-LIC", 100)]
    more = change("O-LIC", "ライセンス数", "200", "2025-04-01", application="A-2", accepted="2025-03-20")
    with NOON, TemporaryDirectory() as folder:
        must_take(book(*rows, more), Path(folder))
        for month in (3, 4, 5, 6, 7):
            close_month(date(2025, month, 1), on=date(2025, 12, 1), by="試験")


months = world("a change of licences that ought not to have been", _months)


@pytest.fixture
def lead(months):
    return of_role("営業責任者", "責任者")


@pytest.fixture
def other(months):
    return of_role("営業責任者", "別の責任者")


def give(client, address, given):
    """What is shown, and the page that follows once it was confirmed."""
    shown = client.post(address, given)
    assert shown.context["following"], shown.context["form"].errors
    answer = client.post(address, {**given, "confirmed": "1", "seen": shown.context["seen"]}, follow=True)
    return shown.context["following"], answer


def of_price(number="T-1"):
    row = Price.objects.standing().get(target__number=number, fee="monthly")
    return row, reverse("admin:contracts_price_correct", args=[row.pk])


def by(yen, number="T-1"):
    row, address = of_price(number)
    said = {"amount_yen": row.amount_yen + yen, "from_on": row.from_on, "reference": "", "note": ""}
    return address, {**said, **SLIP}


def corrections():
    """What a close of the next month corrects, then undone in nothing: yen by month."""
    close_month(date(2025, 8, 1), on=date(2025, 12, 1), by="試験")
    rows = ChargeLine.objects.filter(fee="correction").order_by("corrects_month")
    return [(f"{month:%m}", yen) for month, yen in rows.values_list("corrects_month", "amount_yen")]


def test_a_lead_alone_brings_no_large_correction_about(lead, other):
    """Asked for, shown to the other lead as it then would be, confirmed: then the next close bills it, and nothing more."""
    address, given = by(10_000)
    told, answer = give(lead, address, given)
    assert told[-1] == WAITS
    assert any("+40,000円の訂正明細" in sentence for sentence in told)
    assert "別の人が確定するまで、何も起こりません" in answer.text
    assert of_price()[0].amount_yen == MONTHLY
    asked = Asked.objects.get()
    assert WAITS not in asked.shown
    assert WorkItem.objects.filter(kind="asked", subject="T-1").exists()
    own, _answer = confirm(lead, asked)
    assert "依頼した人は確認できません" in own.text
    shown, answer = confirm(other, asked)
    assert "責任者の依頼（2025-08-10）：T-1の「料金を訂正」" in shown.text
    assert answer.status_code == 302
    assert of_price()[0].amount_yen == MONTHLY + 10_000
    assert FactCorrection.objects.get().by == "別の責任者"
    assert list(Entry.objects.filter(record="asked").order_by("pk").values_list("operation", "actor")) == [
        ("ask", "責任者"),
        ("confirm", "別の責任者"),
    ]
    assert not WorkItem.objects.filter(kind="asked").exists()
    assert corrections() == [(month, 10_000) for month in ("04", "05", "06", "07")]
    assert list(check_ledger(recompute=True)) == []


def test_a_large_one_downwards_waits_too_and_may_go_back(lead, other):
    address, given = by(-10_000)
    give(lead, address, given)
    asked = Asked.objects.get()
    other.post(page("send-back", asked), {"reason": "合意がない"})
    asked.refresh_from_db()
    assert (asked.state, of_price()[0].amount_yen) == ("refused", MONTHLY)
    assert corrections() == []
    assert list(check_ledger(recompute=True)) == []


@pytest.mark.parametrize(("yen", "waits"), [(7_499, False), (7_500, True), (-7_499, False), (-7_500, True)])
def test_the_bound_itself_is_large(lead, yen, waits):
    """Four months: 29,996 yen are done at once, 30,000 wait."""
    address, given = by(yen)
    told, _answer = give(lead, address, given)
    assert (WAITS in told, Asked.objects.exists()) == (waits, waits)
    assert of_price()[0].amount_yen == (MONTHLY if waits else MONTHLY + yen)


def test_taking_back_waits_too(lead, other):
    """The change never was: 100 licences less in each of four months. Confirmed, and undone again by a correction of its own."""
    row = Change.objects.standing().get()
    give(lead, reverse("admin:contracts_change_take-back", args=[row.pk]), SLIP)
    assert Change.objects.standing().exists()
    confirm(other, Asked.objects.get())
    assert not Change.objects.standing().exists()
    assert corrections() == [(month, -10_000) for month in ("04", "05", "06", "07")]
    assert list(check_ledger(recompute=True)) == []


def test_little_waits_for_nobody(lead):
    """One licence more over four months."""
    row = Change.objects.standing().get()
    address = reverse("admin:contracts_change_correct", args=[row.pk])
    told, _answer = give(lead, address, {"to": 201, "effective_on": "2025-04-01", **SLIP})
    assert WAITS not in told
    assert Change.objects.standing().get().to_number == 201


def test_without_four_eyes_it_is_done_at_once(lead, settings):
    settings.FOUR_EYES = False
    address, given = by(10_000)
    told, _answer = give(lead, address, given)
    assert WAITS not in told
    assert of_price()[0].amount_yen == MONTHLY + 10_000
    assert not Asked.objects.exists()


def test_changed_meanwhile_it_is_shown_anew(lead, other):
    """A month is closed between the asking and the confirming: the yen are others, and have to be seen."""
    address, given = by(10_000)
    give(lead, address, given)
    asked = Asked.objects.get()
    seen = other.get(page("confirm", asked), {"part": "whole"}).context["seen"]
    close_month(date(2025, 8, 1), on=date(2025, 12, 1), by="試験")
    again = other.post(page("confirm", asked), {"confirmed": "1", "seen": seen})
    assert "表示した後に事実が変わりました" in again.text
    assert of_price()[0].amount_yen == MONTHLY
