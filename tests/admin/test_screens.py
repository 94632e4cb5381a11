"""What the screens say."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from billing.models import ChargeLine, JournalFile, LedgerCheck, Month
from contracts.models import BookImport, Contract, Notice, Option, Target
from contracts.terms.art05_minimum_term import minimum_term_last_day
from contracts.terms.art10_options import renewal_deadline, term_of
from contracts.terms.catalog import MODULES, OPTION_NAMES
from tests.admin.conftest import CATALOGUE, list_of, page_of, signed_in

pytestmark = pytest.mark.usefixtures("book")


@pytest.fixture
def client(chief: User) -> Client:
    return signed_in(chief)


def rows_of(client: Client, address: str) -> int:
    return client.get(address).context["cl"].result_count


def test_contracts_are_found_by_the_beginning_of_a_number(client: Client) -> None:
    number = Contract.objects.order_by("pk")[0].target.number
    contracts = list_of("contracts.contract")
    assert rows_of(client, f"{contracts}?q={number}") == 1
    assert (
        rows_of(client, f"{contracts}?q={number[:-2]}")
        == Contract.objects.filter(target__number__startswith=number[:-2]).count()
    )
    assert rows_of(client, f"{contracts}?q={number[1:]}") == 0


def test_full_width_letters_are_found_too(client: Client) -> None:
    number = Contract.objects.order_by("pk")[0].target.number
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in number)
    assert rows_of(client, f"{list_of('contracts.contract')}?q={wide}") == 1


@pytest.mark.parametrize("path", ["unit__code", "unit__customer__code", "application__number"])
def test_contracts_are_found_by_what_they_belong_to(client: Client, path: str) -> None:
    contract = Contract.objects.order_by("pk")[0]
    code = Contract.objects.filter(pk=contract.pk).values_list(f"target__{path}", flat=True)[0]
    expected = Contract.objects.filter(**{f"target__{path}__startswith": code}).count()
    assert rows_of(client, f"{list_of('contracts.contract')}?q={code}") == expected > 0


def test_a_contract_shows_the_end_of_its_minimum_term(client: Client) -> None:
    contract = Contract.objects.filter(target__billing_starts_on__isnull=False).order_by("-pk")[0]
    last = minimum_term_last_day(
        contract.target.billing_starts_on, concluded_on=contract.target.application.accepted_on
    )
    text = client.get(list_of("contracts.contract")).text
    assert last.isoformat() in text
    assert last.isoformat() in client.get(page_of("contracts.contract", contract.pk)).text


def test_a_term_licence_shows_its_term_and_the_last_day_to_stop_it(client: Client) -> None:
    option = Option.objects.filter(licence_type="term").select_related("target").order_by("pk")[0]
    Target.objects.filter(pk=option.pk).update(ends_on=None)
    starts_on = option.target.billing_starts_on
    for years_later in (0, 1):
        today = date(starts_on.year + years_later, starts_on.month, 20)
        term = term_of(starts_on, today)
        with time_machine.travel(f"{today}T03:00:00+00:00"):
            text = client.get(page_of("contracts.option", option.pk)).text
        assert f"{term.first} – {term.last}" in text
        assert renewal_deadline(term).isoformat() in text


def test_an_upgraded_contract_is_listed_as_what_it_is_today(client: Client) -> None:
    contract = Contract.objects.filter(target__changes__what="category").select_related("target")[0]
    change = contract.target.changes.get(what="category")
    name = {"premium": "プレミアム", "advanced": "アドバンスト"}[change.to_name]
    day = f'<td class="field-name">{name}</td>'
    address = f"{list_of('contracts.contract')}?q={contract.target.number}"
    with time_machine.travel(f"{change.effective_on}T03:00:00+00:00"):
        assert day in client.get(address).text
    with time_machine.travel(f"{change.target.billing_starts_on}T03:00:00+00:00"):
        assert day not in client.get(address).text


def test_a_notice_says_when_it_takes_effect_and_why(client: Client) -> None:
    notice = Notice.objects.filter(target__kind="tier", ground="notice").select_related("target").order_by("pk").first()
    notice = notice or Notice.objects.filter(target__kind="module", ground="notice").select_related("target")[0]
    text = client.get(page_of("contracts.notice", notice.pk)).text
    assert "この通知は" in text
    assert "第12条第1項" in text
    assert f"{notice.target.ends_on}に終了します" in text


def test_every_notice_page_ends_on_the_day_stored(client: Client) -> None:
    for notice in Notice.objects.select_related("target"):
        assert f"{notice.target.ends_on}に終了します" in client.get(page_of("contracts.notice", notice.pk)).text


def test_lines_are_shown_a_month_at_a_time(client: Client) -> None:
    lines = list_of("billing.chargeline")
    assert rows_of(client, lines) == 0, "the newest month, 2025-05, has no line yet"
    month = Month.objects.get(month=date(2025, 4, 1))
    assert rows_of(client, f"{lines}?month=2025-04") == month.line_count
    of_fee = ChargeLine.objects.filter(month=month, fee="initial").count()
    assert rows_of(client, f"{lines}?month=2025-04&fee=initial") == of_fee
    assert rows_of(client, f"{lines}?month=nonsense") == 0


def test_a_contracts_lines_are_shown_over_all_months(client: Client) -> None:
    line = ChargeLine.objects.filter(fee="monthly").select_related("target").order_by("pk")[0]
    expected = ChargeLine.objects.filter(target=line.target).count()
    assert expected > 1
    address = f"{list_of('billing.chargeline')}?target={line.target.number}"
    assert address in client.get(page_of("contracts.contract", line.target_id)).text
    assert rows_of(client, address) == expected
    assert rows_of(client, f"{list_of('billing.chargeline')}?q={line.target.number}") == expected
    assert rows_of(client, f"{address}&month=2025-04") == 1


def test_a_line_shows_its_amount_clause_and_basis(client: Client) -> None:
    line = ChargeLine.objects.filter(month__month=date(2025, 4, 1), amount_yen__gte=1000).order_by("-pk")[0]
    text = client.get(f"{list_of('billing.chargeline')}?month=2025-04").text
    assert f'<td class="field-amount_yen_number">{line.amount_yen:,}</td>' in text
    assert "第13条" in text
    assert line.basis in text


def test_a_month_shows_its_totals_by_fee(client: Client) -> None:
    month = Month.objects.get(month=date(2025, 4, 1))
    text = client.get(page_of("billing.month", month.pk)).text
    assert f"{month.total_yen:,}" in text
    assert "月額費用" in text
    assert f"{list_of('billing.chargeline')}?month=2025-04" in text


def test_months_are_found_by_year_and_month(client: Client) -> None:
    months = list_of("billing.month")
    assert [rows_of(client, f"{months}?q={term}") for term in ("2025", "2025-04", "2025/4", "2024", "x")] == [
        5,
        1,
        1,
        0,
        0,
    ]


def test_an_open_month_shows_what_is_parked_and_held(client: Client) -> None:
    text = client.get(page_of("billing.month")).text
    assert "料金がありません" in text
    assert "1,100,000" in text


def test_a_books_warnings_are_a_list(client: Client) -> None:
    taken = BookImport.objects.get()
    assert taken.warnings
    text = client.get(page_of("contracts.bookimport")).text
    assert text.count("<li>" + taken.warnings[0][:12]) == 1


def test_the_catalogue_shows_all_the_terms_offer(client: Client) -> None:
    answer = client.get(reverse(CATALOGUE))
    assert answer.context["module_count"] == len(MODULES) == 66
    assert sum(len(row["items_named"]) or 1 for row in answer.context["modules"]) == 66
    assert len(answer.context["editions"]) == 18
    assert len({row["name"] for row in answer.context["options"]}) == len(OPTION_NAMES) == 8
    assert "契約期間12か月（更新あり）" in answer.text


def test_long_tables_are_cut_and_lead_to_the_list(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contracts.admin.kit.base.SHOWN_RELATED", 1)
    contract = (
        Contract.objects.filter(target__prices__fee="monthly").filter(target__prices__fee="initial").order_by("pk")[0]
    )
    text = client.get(page_of("contracts.contract", contract.pk)).text
    assert "先頭の1件を表示しています" in text
    assert f"{list_of('contracts.price')}?target={contract.target.number}" in text


def test_what_has_nothing_but_a_number_is_called_by_what_people_know_of_it() -> None:
    check = LedgerCheck(pk=7, asked_at=datetime(2026, 11, 26, 16, 26, tzinfo=UTC))
    file = JournalFile(pk=3, package="yayoi", month=Month(month=date(2026, 9, 1)))
    headings = [admin.site.get_model_admin(type(row)).heading(row) for row in (check, file)]
    assert headings == ["2026-11-27 01:26（7番）", "弥生会計 2026-09（3番）"]
