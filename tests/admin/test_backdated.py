"""A start or a change in closed months: its months and yen are shown before it is saved; large ones are for the lead to confirm."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from pytest_django import Settings

from billing.operations.close_month import close_month
from contracts.models import Application, Contract, Entry, FactsRevision, Price, Target
from tests.admin.applications import decides, enters, new, posted
from tests.admin.conftest import signed_in
from tests.contracts.applications.form import Desk, module, upgrade
from tests.contracts.book import build as had

TODAY = "2025-07-10"
UPGRADE = {"premium_consent_on": "", "monthly_yen": "900000", "one_time_yen": "80000"}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(f"{TODAY}T03:00:00+00:00"):
        yield


@pytest.fixture
def desk(db: None, tmp_path: Any) -> Desk:
    """A unit with its prices; 2025-04 to 2025-06 are closed."""
    found = Desk(tmp_path)
    found.has(had.tier(), had.module(), *had.priced("T-1", 300_000), *had.priced("M-1", 100_000))
    for month in (4, 5, 6):
        close_month(date(2025, month, 1), on=date(2025, 7, 5), by="試験")
    return found


def corrections(answer: Any) -> list[str]:
    return answer.context["panel"]["corrections"]  # type: ignore[no-any-return]


def checked(desk: Desk, *lines: dict[str, str]) -> Any:
    return enters(desk).post(new(desk), posted(*lines, applied=TODAY, check="1"))


def test_the_form_shows_the_months_and_the_yen_and_writes_nothing(desk: Desk) -> None:
    before = (Application.objects.count(), Entry.objects.count(), FactsRevision.current(), Target.objects.count())
    shown = corrections(checked(desk, upgrade(on="2025-05-01", **UPGRADE)))
    assert shown == [
        "締め済みの2025-05、2025-06に触れます。次に締める月（2025-07）に+1,200,000円の訂正明細が出ます。",
        "訂正の内訳：2025-05分 +600,000円、2025-06分 +600,000円",
        "承諾するときに、営業責任者が訂正の額を確認します（1,000,000円以上）。",
    ]
    assert before == (
        *(Application.objects.count(), Entry.objects.count(), FactsRevision.current(), Target.objects.count()),
    )


def test_what_starts_in_an_open_month_touches_nothing(desk: Desk) -> None:
    assert corrections(checked(desk, upgrade(on="2025-07-01", **UPGRADE))) == []
    assert corrections(checked(desk, upgrade(on="2025-06-30", **UPGRADE)))[0].startswith("締め済みの2025-06に触れます")


def test_a_small_correction_needs_no_word_of_the_lead(desk: Desk) -> None:
    shown = corrections(checked(desk, upgrade(on="2025-06-01", **UPGRADE)))
    assert len(shown) == 1


def test_what_is_not_acceptable_is_not_rehearsed(desk: Desk) -> None:
    assert corrections(checked(desk, upgrade("basic", on="2025-05-01"))) == []


def accepting(desk: Desk, on: str) -> tuple[Any, str, dict[str, str]]:
    application = desk.received(upgrade(on=on, **UPGRADE), applied=TODAY)
    client, address = decides(desk), reverse("admin:contracts_application_accept", args=[application.pk])
    hidden = client.get(address).context["hidden"]
    return client, address, {"on": TODAY, **{name: str(value) for name, value in hidden.items()}}


def test_the_lead_confirms_a_large_correction_by_a_tick(desk: Desk) -> None:
    client, address, given = accepting(desk, "2025-05-01")
    assert "締め済みの月の訂正 +1,200,000円（2025-05、2025-06）を確認しました" in client.get(address).text
    answer = client.post(address, given)
    assert "締め済みの月の訂正を確かめ、印を付けてください。" in answer.text
    assert Application.objects.filter(state="received").exists()
    assert client.post(address, given | {"corrections": "on"}).status_code == 302
    assert not Application.objects.filter(state="received").exists()


def test_a_small_correction_asks_for_no_tick(desk: Desk, settings: Settings) -> None:
    client, address, given = accepting(desk, "2025-06-01")
    assert 'name="corrections"' not in client.get(address).text
    settings.LARGE_CORRECTION_YEN = 600_000
    assert "印を付けてください" in client.post(address, given).text
    settings.LARGE_CORRECTION_YEN = 600_001
    assert client.post(address, given).status_code == 302


@pytest.mark.parametrize("seen", [True, False], ids=["as shown", "past the preview"])
def test_a_large_start_is_for_the_lead_to_decide(desk: Desk, settings: Settings, seen: bool) -> None:
    settings.LARGE_CORRECTION_YEN = 150_000
    price = {"initial_yen": "0", "monthly_yen": "80000"}
    desk.accepted(module("device_log", item="タイプ1", key="#1", starts="", **price), applied=TODAY, on=TODAY)
    contract = Contract.objects.get(module_type="device_log")
    address = reverse("admin:contracts_contract_start", args=[contract.pk])
    manager = User.objects.create_user("manager", is_staff=True)
    may = Permission.objects.filter(codename__in=["view_contract", "change_contract"])
    manager.user_permissions.set(may)
    own = signed_in(manager)
    # The prices of a form without a day stand from its acceptance on: April to June cannot be billed, July can.
    given = {"starts_on": "2025-04-01"}
    desk.has(had.price(contract.target.number, "monthly", 80_000, "2025-04-01"))
    refused = own.post(address, given if seen else given | {"confirmed": "1"})
    assert "+240,000円の訂正が生じます。この額は営業責任者が定めます。" in refused.text
    assert Target.objects.get(number=contract.target.number).billing_starts_on is None
    later = own.post(address, {"starts_on": "2025-06-01"})
    assert "営業責任者" not in later.text
    lead = User.objects.create_user("lead", is_staff=True)
    lead.user_permissions.set([*may, Permission.objects.get(codename="decide_application")])
    shown = signed_in(lead).post(address, given)
    confirmed = given | {"confirmed": "1", "seen": shown.context["seen"]}
    assert signed_in(lead).post(address, confirmed).status_code == 302
    assert str(Target.objects.get(number=contract.target.number).billing_starts_on) == "2025-04-01"


def test_a_licences_price_is_shown_with_its_number_and_what_that_comes_to(desk: Desk, chief: User) -> None:
    desk.has(had.customer(), had.unit("U-2"), *(
        (sheet, row | {"unit": "U-2"} if "unit" in row else row)
        for sheet, row in (had.premium(number="T-2", application="A-9"), had.module(number="M-2", application="A-9"))
    ))  # fmt: skip
    desk.has(
        had.edr("O-E", on="T-2", application="A-9"),
        had.licence(quantity=150, number="O-L", on="T-2", application="A-9"),
    )
    desk.has(*had.priced("O-L", 900), had.change("O-L", "ライセンス数", "250", "2025-06-01"))
    price = Price.objects.get(target__number="O-L", fee="monthly")
    client = signed_in(chief)
    text = client.get(reverse("admin:contracts_price_change", args=[price.pk])).text
    assert "900円 × 250ライセンス = 月額225,000円" in text
    given = {"amount_yen": "800", "from_on": "2025-04-01", "reference": "見積-2", "ground": "slip", "reason": "誤り"}
    shown = client.post(reverse("admin:contracts_price_correct", args=[price.pk]), given)
    assert "800円 × 250ライセンス = 月額200,000円" in shown.context["following"]
