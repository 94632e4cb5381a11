"""Who sees the form of an application, what its selects offer, that it keeps the rules of pages, and its queries."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.admin.applications import KEEPING, LINKED, check, edit, enters, new, page, posted
from tests.admin.conftest import signed_in
from tests.admin.test_pages import Page
from tests.contracts.applications.form import (
    Desk,
    module,
    option,
    other_item,
    quoted,
    tier,
    upgrade,
)
from tests.contracts.book import build as had
from tests.contracts.book.build import LONG_AGO, OTHER


def test_only_who_may_enter_applications_sees_the_form(desk: Desk, viewer: User) -> None:
    desk.has()
    application = desk.drafted(tier())
    for address in (new(desk), edit(application)):
        assert signed_in(viewer).get(address).status_code == 403
        assert signed_in(viewer).post(address, posted(tier(), check="1")).status_code == 403


def test_selects_offer_what_the_unit_has(desk: Desk, client: Client) -> None:
    long_since = {"accepted": "2024-01-10", "starts": "2024-02-01", "application": "A-0"}
    ended = had.module(number="M-OLD", **long_since), had.notice("M-OLD", "2025-01-01", "2025-02-28")
    desk.has(had.tier(**long_since), *KEEPING[1:], *ended, had.ips_service())
    data = client.get(new(desk)).context["data"]
    assert sorted(data["targets"]) == ["M-1", "O-KEEP", "T-1"], "what has ended is not offered"
    assert data["targets"]["O-KEEP"] | {"name": ""} == {
        **{"number": "O-KEEP", "name": "", "option": "log_retention"},
        **{"years": 3, "licences": None, "on": "M-1"},
    }
    assert [service["code"] for service in data["services"]] == ["S-1"]
    assert "log_retention" not in data["catalogue"]["options"]["mx"]
    assert data["catalogue"]["options"]["cloud_log"] == ["cloud_log_monitoring", "log_retention"]


def test_a_service_held_by_another_is_offered_only_where_the_unit_links_it(desk: Desk, client: Client) -> None:
    desk.has(
        *(had.tier(), had.ips(), had.ips_service(holder=OTHER, module_consent_on=LONG_AGO)),
        *(had.ips_service(code="S-2", holder=OTHER), had.ips_service(code="S-3")),
    )
    services = client.get(new(desk)).context["data"]["services"]
    assert [(service["code"], service["own"]) for service in services] == [("S-3", True), ("S-1", False)]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_form_keeps_the_pages_rules(desk: Desk, language: str) -> None:
    """No script or style of its own, and one language at a time."""
    desk.has(*LINKED)
    answer = enters(desk, language).post(new(desk), posted(upgrade(), check="1"))
    found = Page(answer.text)
    assert found.inline == []
    assert "None" not in found.text
    if language == "en":
        assert "Cannot be accepted" in answer.text
        assert "Art. 17" in answer.text or "17" in answer.text
        assert "直すには" not in answer.text


def crowd(contracts: int) -> list:
    """A unit with so many contracts, each with an option and a price, one after another."""
    rows = [had.premium(), had.ips(), had.ips_service(premium_consent_on=LONG_AGO)]
    for at in range(contracts):
        number, starts = f"M-{at}", f"{2026 + at}-04-01"
        rows += [
            had.module(number=number, starts=starts),
            had.option("ログ保管オプション", number, f"O-{at}", starts=starts, retention_years=1),
            had.notice(number, "2025-06-01", f"{2027 + at}-03-31"),
            had.price(number, "monthly", 1000, starts),
        ]
    return rows


@pytest.mark.parametrize("asked", ["form", "check", "draft", "page"])
def test_queries_do_not_grow_with_the_unit(desk: Desk, client: Client, asked: str) -> None:
    taken = []
    for contracts in (1, 30):
        code = f"U-{contracts}"
        desk.has(had.customer(), had.unit(code), *((sheet, _renamed(row, code)) for sheet, row in crowd(contracts)))
        lines = [other_item(target=f"{code}-M-IPS"), quoted(f"{code}-T-1", "monthly", "1000", "2026-01-01", "#2")]
        lines += [
            module(links=f"{code}-S-1", key="#3"),
            option("log_retention", f"{code}-M-0", "#4", retention_years="2"),
        ]
        application = desk.drafted(*lines, unit=code)
        form = new(desk, code)
        address = {"form": form, "check": form, "draft": edit(application), "page": page(application)}[asked]
        for _time in ("what a process keeps is kept by now", "and this counts"):
            with CaptureQueriesContext(connection) as queries:
                assert check(client, form, *lines) if asked == "check" else client.get(address).status_code == 200
        taken.append(len(queries))
    assert taken[0] == taken[1]
    # Fifteen to judge it; its amounts, the prices of others, the applications beside it, the closed months: one query each.
    assert taken[1] <= 20, [query["sql"][:120] for query in queries]


def _renamed(row: dict, code: str) -> dict:
    names = {"number", "target", "contract", "linked_service", "application"}
    renamed = {name: f"{code}-{value}" if name in names and value else value for name, value in row.items()}
    if "unit" in row:
        renamed["unit"] = code
    if "code" in row and "holder" in row:
        renamed["code"] = f"{code}-{row['code']}"
    return renamed
