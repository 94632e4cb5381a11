"""Lists to work with: found by names, narrowed by whose and whether it runs, own rows first, kept as left, taken out."""

import csv
from collections.abc import Iterator
from datetime import date
from io import BytesIO, StringIO

import openpyxl
import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.test import Client

from contracts.models import Change, Contract, Entry, ListChoice, ManagementUnit, Target
from contracts.terms.catalog import Category
from tests.admin.conftest import list_of, page_of, signed_in

pytestmark = pytest.mark.usefixtures("book")

TODAY = date(2026, 4, 15)
CONTRACTS, UNITS = "contracts.contract", "contracts.managementunit"
LISTS = [CONTRACTS, UNITS, "contracts.option", "contracts.application", "contracts.notice"]


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    with time_machine.travel("2026-04-15 10:00+09:00"):
        yield


@pytest.fixture
def client(chief: User) -> Client:
    return signed_in(chief)


def shown(client: Client, screen: str, query: str = "") -> list[object]:
    answer = client.get(list_of(screen) + query)
    assert answer.status_code == 200
    return list(answer.context["cl"].result_list)


def counted(client: Client, screen: str, query: str) -> int:
    found: int = client.get(list_of(screen) + query).context["cl"].result_count
    return found


def own_unit(by: User) -> ManagementUnit:
    unit = ManagementUnit.objects.order_by("pk")[2]
    ManagementUnit.objects.filter(pk=unit.pk).update(account_manager=by)
    return unit


def test_the_states_are_all_contracts_and_each_only_once(client: Client) -> None:
    found = {
        state: counted(client, CONTRACTS, f"?running={state}") for state in ("running", "ending", "ended", "waiting")
    }
    assert sum(found.values()) == Contract.objects.count()
    assert found["ended"] == Contract.objects.filter(target__ends_on__lt=TODAY).count() > 0
    assert found["ending"] == Contract.objects.filter(target__ends_on__gte=TODAY).count() > 0
    assert found["running"] > 0


def test_what_ends_today_has_not_ended(client: Client) -> None:
    contract = Contract.objects.filter(target__ends_on=None, target__billing_starts_on__lte=TODAY)[0]
    Target.objects.filter(pk=contract.target_id).update(ends_on=TODAY)
    assert contract in shown(client, CONTRACTS, "?running=ending")
    assert contract not in shown(client, CONTRACTS, "?running=ended")


def test_the_tier_is_the_one_that_stands_today(client: Client) -> None:
    change = Change.objects.standing().filter(what="category", effective_on__lte=TODAY).order_by("pk")[0]
    contract = Contract.objects.get(pk=change.target_id)
    assert contract.category != change.to_name
    assert contract in shown(client, CONTRACTS, f"?tier={change.to_name}")
    assert contract not in shown(client, CONTRACTS, f"?tier={contract.category}")
    with time_machine.travel(f"{change.effective_on.replace(day=1):%Y-%m-%d} 00:00+09:00"):
        before = change.effective_on.day > 1
        assert (contract in shown(client, CONTRACTS, f"?tier={contract.category}")) is before
    tiers = sum(counted(client, CONTRACTS, f"?tier={tier}") for tier in Category)
    assert tiers == Contract.objects.count()


def test_of_two_upgrades_the_later_one_counts(client: Client) -> None:
    change = Change.objects.standing().filter(what="category", effective_on__lte=TODAY).order_by("pk")[0]
    contract = Contract.objects.get(pk=change.target_id)
    of_change = {
        "target": contract.target,
        "what": "category",
        "application": change.application,
        "recorded_by": "chief",
    }
    withdrawn = {"withdrawn_on": TODAY, "withdrawn_by": "chief", "withdrawn_in": 9, "withdrawn_because": "誤記"}
    Change.objects.filter(pk=change.pk).update(**withdrawn)
    # Recorded in the other order: the day counts, not the record.
    Change.objects.create(**of_change, to_name="premium", effective_on=TODAY, recorded_in=9)
    Change.objects.create(**of_change, to_name="advanced", effective_on=change.effective_on, recorded_in=9)
    found = {tier: contract in shown(client, CONTRACTS, f"?tier={tier}") for tier in Category}
    assert found == {tier: tier == "premium" for tier in Category}


def test_a_change_that_was_taken_back_makes_no_tier(client: Client) -> None:
    change = Change.objects.standing().filter(what="category", effective_on__lte=TODAY).order_by("pk")[0]
    contract = Contract.objects.get(pk=change.target_id)
    Change.objects.filter(pk=change.pk).update(
        withdrawn_on=TODAY, withdrawn_by="chief", withdrawn_in=9, withdrawn_because="誤記"
    )
    assert contract not in shown(client, CONTRACTS, f"?tier={change.to_name}")


def test_units_by_state_and_tier(client: Client) -> None:
    premium = {unit.pk for unit in shown(client, UNITS, "?tier=premium")}  # type: ignore[attr-defined]
    contracts = shown(client, CONTRACTS, "?tier=premium&running=running")
    assert premium
    assert {row.target.unit_id for row in contracts} == premium  # type: ignore[attr-defined]
    ended = shown(client, UNITS, "?running=ended")
    for unit in ended:
        assert not Target.objects.filter(unit=unit, ends_on=None).exists()


def test_own_rows_come_first_and_all_others_once_behind(client: Client, chief: User) -> None:
    unit = own_unit(chief)
    rows = shown(client, CONTRACTS)
    own = Contract.objects.filter(target__unit=unit).count()
    assert own > 0
    assert all(row.target.unit_id == unit.pk for row in rows[:own])  # type: ignore[attr-defined]
    every: list[object] = []
    pages = counted(client, CONTRACTS, "") // 50 + 1
    for page in range(1, pages + 1):
        every += shown(client, CONTRACTS, f"?p={page}")
    assert len(every) == len(set(every)) == Contract.objects.count()


def test_own_rows_may_fill_more_than_a_page(client: Client, chief: User) -> None:
    numbers = list(ManagementUnit.objects.order_by("pk").values_list("pk", flat=True)[:20])
    ManagementUnit.objects.filter(pk__in=numbers).update(account_manager=chief)
    every = [row for page in (1, 2, 3) for row in shown(client, CONTRACTS, f"?p={page}")]
    assert len(set(every)) == len(every) == Contract.objects.count()
    mine = [row.target.unit_id in numbers for row in every]  # type: ignore[attr-defined]
    assert mine == sorted(mine, reverse=True)
    assert sum(mine) > 50


def test_a_list_is_narrowed_by_who_looks_after_it(client: Client, chief: User) -> None:
    unit = own_unit(chief)
    other = User.objects.create_user("yamada")
    theirs = ManagementUnit.objects.exclude(pk=unit.pk).order_by("pk")[0]
    ManagementUnit.objects.filter(pk=theirs.pk).update(account_manager=other)
    assert shown(client, UNITS, "?manager=own") == [unit]
    assert shown(client, UNITS, "?manager=yamada") == [theirs]
    assert counted(client, UNITS, "?manager=none") == ManagementUnit.objects.count() - 2
    assert {row.target.unit_id for row in shown(client, CONTRACTS, "?manager=own")} == {unit.pk}  # type: ignore[attr-defined]


def test_a_list_is_sorted_by_number_and_start(client: Client) -> None:
    numbers = [row.target.number for row in shown(client, CONTRACTS, "?o=0")]  # type: ignore[attr-defined]
    assert numbers == sorted(numbers)
    starts = [row.target.billing_starts_on for row in shown(client, CONTRACTS, "?o=-4&running=running")]  # type: ignore[attr-defined]
    assert starts == sorted(starts, reverse=True)


def test_choices_stay_and_can_be_let_go(client: Client, viewer: User) -> None:
    address = list_of(CONTRACTS)
    client.get(address, {"running": "ending", "o": "1", "q": "土佐", "unit": "U51900001"})
    again = client.get(address)
    assert again.status_code == 302
    assert again["Location"] == f"{address}?running=ending&o=1"
    # Another person, and another list, are as they come; a link that asks for something gets just that.
    assert signed_in(viewer).get(address).status_code == 200
    assert client.get(list_of("contracts.option")).status_code == 200
    assert client.get(address, {"unit": "U51900001"}).status_code == 200
    assert client.get(address)["Location"] == f"{address}?running=ending&o=1"
    text = client.get(address, {"running": "ending"}).text
    assert 'href="?reset=1"' in text
    assert client.get(address, {"reset": "1"})["Location"] == address
    assert client.get(address).status_code == 200
    assert not ListChoice.objects.exists()


def test_a_choice_that_is_too_long_is_not_kept(client: Client) -> None:
    client.get(list_of(CONTRACTS), {"manager": "x" * 600})
    assert not ListChoice.objects.exists()


def csv_of(client: Client, screen: str, query: str) -> list[list[str]]:
    answer = client.get(list_of(screen) + "out/" + query)
    assert answer.status_code == 200
    return list(csv.reader(StringIO(answer.getvalue().decode("utf-8-sig"))))


@pytest.mark.parametrize("screen", LISTS)
def test_a_list_is_taken_out_with_all_its_rows(client: Client, screen: str) -> None:
    rows = csv_of(client, screen, "?as=csv")
    assert len(rows) - 1 == counted(client, screen, "?p=1")
    assert all(len(row) == len(rows[0]) for row in rows)
    assert not any("<" in cell for row in rows for cell in row)
    book = openpyxl.load_workbook(BytesIO(client.get(list_of(screen) + "out/?as=xlsx").getvalue()))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == rows[0]
    assert sheet.max_row == len(rows)


def test_search_and_filters_are_in_force(client: Client) -> None:
    query = "?q=土佐&running=running"
    rows = csv_of(client, CONTRACTS, query + "&as=csv")
    assert {row[0] for row in rows[1:]} == {row.target.number for row in shown(client, CONTRACTS, query)}  # type: ignore[attr-defined]
    assert len(rows) > 1
    entry = Entry.objects.get(operation="book_export")
    assert entry.reason == "csv 「土佐」、利用状態：利用中"
    assert entry.actor == "chief"


def test_days_are_days_in_a_workbook(client: Client) -> None:
    book = openpyxl.load_workbook(BytesIO(client.get(list_of(CONTRACTS) + "out/?as=xlsx&running=running").getvalue()))
    sheet = book.worksheets[0]
    column = [cell.value for cell in sheet[1]].index("課金開始日") + 1
    assert sheet.cell(2, column).is_date


def test_no_name_becomes_a_formula(client: Client) -> None:
    unit = ManagementUnit.objects.order_by("pk")[0]
    ManagementUnit.objects.filter(pk=unit.pk).update(name='=HYPERLINK("x")')
    rows = csv_of(client, UNITS, "?as=csv")
    cells = [cell for row in rows for cell in row if "HYPERLINK" in cell]
    assert cells == ['\'=HYPERLINK("x")']


def test_only_who_may_takes_a_list_out(viewer: User) -> None:
    client = signed_in(viewer)
    assert "書き出す" not in client.get(list_of(CONTRACTS)).text
    assert client.get(list_of(CONTRACTS) + "out/?as=csv").status_code == 403
    viewer.user_permissions.add(Permission.objects.get(codename="export_report"))
    assert signed_in(viewer).get(list_of(CONTRACTS) + "out/?as=csv").status_code == 200


def test_too_many_rows_for_a_workbook_are_asked_for_as_csv(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contracts.admin.kit.lists.MOST_ROWS_OF_A_WORKBOOK", 3)
    answer = client.get(list_of(CONTRACTS) + "out/?as=xlsx&running=running")
    assert answer.status_code == 302
    assert answer["Location"] == f"{list_of(CONTRACTS)}?running=running"
    assert not Entry.objects.filter(operation="book_export").exists()


def test_the_title_says_what_and_whose(client: Client) -> None:
    contract = Contract.objects.select_related("target__unit__customer").order_by("pk")[0]
    text = client.get(page_of(CONTRACTS, contract.pk)).text
    title = text.partition("<title>")[2].partition("</title>")[0].strip()
    assert title == f"{contract.target.number} {contract.target.unit.customer.name} | 契約"
    title = client.get(list_of(CONTRACTS)).text.partition("<title>")[2].partition("</title>")[0].strip()
    assert title.startswith("契約 | ")


def test_the_menu_marks_where_one_is(client: Client) -> None:
    text = client.get(list_of("contracts.notice")).text
    sidebar = text.partition('id="nav-sidebar"')[2].partition("</nav>")[0]
    assert sidebar.count("work current") == 1
    assert sidebar.count('aria-current="page"') == 1
    current = sidebar.partition("work current")[2]
    assert "解約" in current.partition("</a>")[0]
