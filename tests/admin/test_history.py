"""The history as a page and as CSV: everything that was done, whatever it was done to, for whoever may read it."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.admin.records.entry import plain_text
from contracts.models import Customer, Entry, ManagementUnit
from contracts.operations.applications import receive, reject, save_draft
from tests.admin.conftest import signed_in

LIST, CSV = "admin:contracts_entry_changelist", "admin:contracts_entry_csv"


@pytest.fixture
def told(db: None, chief: User) -> ManagementUnit:
    """An application drafted, received and rejected, with a reason that looks like a formula."""
    customer = Customer.objects.create(code="C1", name="見本商事")
    unit = ManagementUnit.objects.create(code="U1", customer=customer, name="本社")
    line = {"key": "#1", "verb": "contract", "category": "basic"}
    day = date(2026, 11, 1)
    draft = save_draft(None, unit=unit, lines=[line], applied_on=day, version=0, by=chief)
    reject(receive(draft, on=day, by=chief, reason="試験"), on=day, by=chief, reason="=1+1")
    return unit


def read(client: Client, **query: str) -> list[list[str]]:
    answer = client.get(reverse(CSV), query)
    assert isinstance(answer, StreamingHttpResponse)
    return list(csv.reader(StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_the_page_says_who_did_what_when_and_why(told: ManagementUnit, chief: User) -> None:
    text = signed_in(chief).get(reverse(LIST)).text
    for words in ("chief", "下書きの保存", "受付", "拒絶", "AP00000001", "U1", "=1+1", "状態 受付済み → 拒絶"):
        assert words in text, words


def test_an_entrys_page_shows_before_and_after(told: ManagementUnit, chief: User) -> None:
    entry = Entry.objects.get(operation="receive")
    answer = signed_in(chief).get(reverse("admin:contracts_entry_change", args=[entry.pk]))
    assert [(str(label), before, str(after)) for label, before, after in answer.context["differences"]] == [
        ("状態", "下書き", "受付済み"),
        ("受付日", None, "2026-11-01"),
        ("承諾できないまま受け付けた理由", "", "試験"),
    ]


@pytest.mark.parametrize(
    ("query", "operations"),
    [
        pytest.param({}, ["draft", "receive", "reject"], id="everything"),
        pytest.param({"operation": "receive"}, ["receive"], id="of one operation"),
        pytest.param({"subject": "AP00000001"}, ["draft", "receive", "reject"], id="of one record"),
        pytest.param({"subject": "AP0000000"}, [], id="a beginning of a number is no number"),
        pytest.param({"unit": "U1"}, ["draft", "receive", "reject"], id="of one unit"),
        pytest.param({"unit": "U2"}, [], id="of another unit"),
        pytest.param({"actor": "chief"}, ["draft", "receive", "reject"], id="of one person"),
        pytest.param({"from": "2199-01-01"}, [], id="from a day on"),
        pytest.param({"to": "2000-01-01"}, [], id="up to a day"),
        pytest.param({"q": "AP000"}, ["draft", "receive", "reject"], id="found by the beginning of a number"),
        pytest.param({"q": "chief"}, ["draft", "receive", "reject"], id="found by a person's name"),
        pytest.param({"q": "chie"}, [], id="a beginning of a name is no name"),
        pytest.param({"to": "2000-13-99"}, [], id="a day that is none finds nothing"),
        pytest.param({"from": "2199年1月1日"}, [], id="from a day on, as people write it"),
        pytest.param({"to": "2199/1/1"}, ["draft", "receive", "reject"], id="up to a day, as people write it"),
    ],
)
def test_the_list_and_the_csv_are_narrowed_alike(
    told: ManagementUnit, chief: User, query: dict[str, str], operations: list[str]
) -> None:
    client = signed_in(chief)
    shown = client.get(reverse(LIST), query).context["cl"].result_list
    assert sorted(entry.operation for entry in shown) == operations
    names = {"draft": "下書きの保存", "receive": "受付", "reject": "拒絶"}
    assert [row[2] for row in read(client, **query)[1:]] == [names[operation] for operation in operations]


def test_the_csv_has_japanese_headings_and_no_formula(told: ManagementUnit, chief: User) -> None:
    answer = signed_in(chief).get(reverse(CSV))
    assert b"".join(answer).startswith("\ufeff日時,".encode())  # type: ignore[arg-type]
    rows = read(signed_in(chief))
    assert rows[0] == ["日時", "行為者", "操作", "記録の種別", "番号", "管理単位", "理由", "変更前と変更後"]
    assert rows[-1][6] == "'=1+1"
    assert read(signed_in(chief, "en"))[0][0] == "Moment"


@pytest.mark.parametrize("value", ["=1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x"])
def test_what_a_spreadsheet_takes_for_a_formula_is_text(value: str) -> None:
    assert plain_text(value) == f"'{value}"
    assert plain_text(f"x{value}") == f"x{value}"


def test_the_csv_streams_with_a_query_for_many_rows(
    told: ManagementUnit, chief: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contracts.facts.finding.AT_MOST", 100)
    client = signed_in(chief)
    counted = []
    for more in (0, 300):
        Entry.objects.bulk_create(
            Entry(actor="chief", operation="take", record="work_item", subject=f"S{n}", unit=told) for n in range(more)
        )
        with CaptureQueriesContext(connection) as queries:
            rows = read(client)
        counted.append(len(queries))
    assert len(rows) == 304
    assert len(read(client, q="S")) == 301, "what is found is never cut"
    assert counted[0] == counted[1] <= 6


def test_who_may_not_read_it_does_not(told: ManagementUnit, stranger: User) -> None:
    client = signed_in(stranger)
    assert client.get(reverse(LIST)).status_code == client.get(reverse(CSV)).status_code == 403
    stranger.user_permissions.add(Permission.objects.get(codename="view_entry"))
    assert signed_in(stranger).get(reverse(CSV)).status_code == 200


def test_a_records_page_leads_to_its_history(told: ManagementUnit, chief: User, viewer: User) -> None:
    page = reverse("admin:contracts_managementunit_change", args=[told.pk])
    assert f"{reverse(LIST)}?subject=U1" in signed_in(chief).get(page).text
    history = page.replace("change/", "history/")
    assert signed_in(chief).get(history).headers["Location"] == f"{reverse(LIST)}?subject=U1"
    viewer.user_permissions.remove(Permission.objects.get(codename="view_entry"))
    assert reverse(LIST) not in signed_in(viewer).get(page).text
