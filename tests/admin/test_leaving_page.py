"""The page of leaving: what it costs, when it is free and by when a letter has to arrive, asked before anything comes (第10条, 第12条, 第14条)."""

from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.operations import roles
from billing.operations.close_month import close_month
from contracts.models import FactsRevision, ManagementUnit
from tests.admin.conftest import signed_in
from tests.contracts.book.build import (
    book,
    edr,
    ips,
    ips_service,
    licence,
    module,
    must_take,
    notice,
    option,
    premium,
    priced,
    tier,
)
from tests.worlds import world

NOON = {"tzinfo": ZoneInfo("Asia/Tokyo"), "hour": 12}
EDR = [premium(), module(), edr(), licence("期間ライセンス"), *priced("O-EDR", 50_000), *priced("O-LIC", 100)]
EDR += [*priced("T-1", 300_000), *priced("M-1", 100_000)]


def at(text: str) -> time_machine.travel:
    on = date.fromisoformat(text)
    return time_machine.travel(datetime(on.year, on.month, on.day, **NOON), tick=False)


def _a_unit() -> None:
    with TemporaryDirectory() as folder:
        must_take(book(*EDR), Path(folder))
    close_month(date(2025, 4, 1), on=date(2025, 5, 1), by="試験")


a_unit = world("a unit with an EDR pair, a month closed", _a_unit)


@pytest.fixture
def unit(a_unit: None) -> ManagementUnit:
    return ManagementUnit.objects.get()


@pytest.fixture
def client(chief: User) -> Client:
    return signed_in(chief)


def leaving(client: Client, unit: ManagementUnit, **asked: object) -> HttpResponse:
    return client.get(reverse("admin:contracts_managementunit_leaving", args=[unit.pk]), asked)


def changing(client: Client, unit: ManagementUnit, **asked: object) -> HttpResponse:
    return client.get(reverse("admin:contracts_managementunit_changing", args=[unit.pk]), asked)


def everything() -> dict[str, list[object]]:
    """Every row of every table of ours."""
    models = [model for label in ("contracts", "billing") for model in apps.get_app_config(label).get_models()]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


@at("2025-05-10")
def test_the_whole_unit_today_is_answered_at_once(client, unit):
    """Minimum terms to 09-30 (contracts), 2026-03-31 (EDR運用) and the licence's term to 2026-03-31."""
    answer = leaving(client, unit)
    said = answer.context
    assert said["earliest"]["first_end"] == date(2025, 6, 9)
    # (300,000 + 100,000) × 3 whole months and 21 of 30 days of June, and (50,000 + 100,000) × 9 and 21 of 30 days.
    assert said["earliest"]["settlement"] == f"{400_000 * 3 + 280_000 + 150_000 * 9 + 105_000:,}"
    assert said["free"]["named"] == date(2026, 3, 31)
    assert said["free"]["arrive_by"] == date(2026, 3, 1)
    assert said["again"].named == date(2026, 4, 1)
    assert said["plan"]["owed"] == said["earliest"]["settlement"]
    assert "第12条第4項、I-14" in said["earliest"]["because"]
    text = answer.content.decode()
    assert "I-63" in text
    assert "I-64" in text


@at("2025-05-10")
def test_of_one_target_and_of_a_letter_that_comes_next_week(client, unit):
    said = leaving(client, unit, target="M-1", arrived_on="2025-05-17", on="2025-08-15").context
    assert (said["earliest"]["first_end"], said["earliest"]["arrive_by"]) == (date(2025, 6, 16), date(2025, 5, 17))
    assert (said["shown"]["named"], said["shown"]["arrive_by"]) == (date(2025, 8, 15), date(2025, 7, 16))
    assert said["shown"]["settlement"] == f"{100_000 - 48_387 + 100_000:,}"
    assert [row["number"] for row in said["plan"]["moved"]] == ["M-1"]
    assert [row["clause"] for row in said["plan"]["lost"]] == []
    assert said["receive"] == ""
    assert said["form"].counted == (1, 4)


@at("2025-05-10")
def test_what_ends_with_what_and_what_the_unit_loses_is_told(client, unit):
    said = leaving(client, unit, target="T-1").context
    assert [(row["number"], row["with"]) for row in said["plan"]["moved"]] == [
        ("O-EDR", "T-1"),
        ("O-LIC", "T-1"),
        ("T-1", ""),
    ]
    assert "第7条第1項" in {row["clause"] for row in said["plan"]["lost"]}


@at("2025-05-10")
def test_one_of_a_pair_is_told_with_each_way_to_give_notice(client, unit):
    said = leaving(client, unit, target="O-LIC").context
    assert said["earliest"]["first_end"] == date(2025, 8, 8)
    assert {(way["number"], way["named"]) for way in said["plan"]["ways"]} == {
        ("O-LIC", None),
        ("O-LIC", date(2026, 3, 31)),
        ("O-EDR", None),
        ("O-EDR", date(2026, 3, 31)),
    }


@at("2025-05-10")
def test_each_on_the_last_day_of_its_own_term(client, unit):
    said = leaving(client, unit, target=["M-1", "O-EDR"]).context
    assert said["each"] == {"first": date(2025, 9, 30), "last": date(2026, 3, 31), "yen": "0", "count": 3}


@at("2025-05-10")
def test_the_table_leads_to_a_day_and_the_answer_to_the_notice(client, unit):
    said = leaving(client, unit, target="M-1", on="2025-08-15").context
    assert [(row["first"], row["last"], row["free"]) for row in said["rows"]][-2:] == [
        (date(2025, 9, 1), date(2025, 9, 29), False),
        (date(2025, 9, 30), date(2026, 5, 10), True),
    ]
    address = said["rows"][-1]["address"]
    assert "on=2025-09-30" in address
    assert "target=M-1" in address
    opened = client.get(said["receive"]).context["form"]
    assert opened["targets"].value() == ["M-1"]
    assert (opened["when"].value(), opened["requested_for"].value()) == ("named", date(2025, 8, 15))
    shown = client.post(said["receive"], {"targets": ["M-1"], "arrived_on": "2025-05-10", "when": "named", "requested_for": "2025-08-15", "ground": "notice"})  # fmt: skip
    assert shown.context["plan"]["owed"] == said["shown"]["settlement"]


@at("2025-05-10")
def test_what_already_ends_is_not_ended_again(client, unit, tmp_path):
    must_take(book(notice("M-1", "2025-05-01")), tmp_path / "notice")
    said = leaving(client, unit, target="M-1").context
    assert said["nothing"]
    assert "earliest" not in said
    said = leaving(client, unit).context
    assert said["earliest"]["count"] == 3
    assert {row["number"] for row in said["plan"]["moved"]} == {"T-1", "O-EDR", "O-LIC"}


@at("2025-05-10")
@pytest.mark.parametrize(
    "asked",
    [
        {"arrived_on": "2025-02-30"},
        {"arrived_on": "2025-01-01"},
        {"arrived_on": "2199-12-31", "on": "1999-01-01"},
        {"on": "9999-12-31"},
        {"target": "X-1"},
        {"arrived_on": "2025-05-10\x00"},
    ],
)
def test_what_cannot_be_asked_is_said_at_the_form(client, unit, asked):
    answer = leaving(client, unit, **asked)
    assert answer.status_code == 200
    assert ("earliest" in answer.context) == (asked == {"target": "X-1"})
    assert answer.context["form"].errors or asked == {"target": "X-1"}


@at("2025-05-10")
def test_without_a_price_it_says_so_and_names_no_yen(client, tmp_path, db):
    must_take(book(premium(), module(), *priced("T-1", 300_000)), tmp_path)
    said = leaving(client, ManagementUnit.objects.get()).context
    assert said["earliest"]["missing"] == "M-1"
    assert said["free"] is None


@at("2025-05-10")
def test_a_fixed_number_of_queries_however_large(client, unit, tmp_path):
    with CaptureQueriesContext(connection) as few:
        leaving(client, unit)
    more = [option("ログ保管オプション", "M-1", "O-KEEP", retention_years=1), *priced("O-KEEP", 1_000)]
    more += [module(number="M-2", kind="", item="", of="U-1", module_type="Microsoft 365ログ収集モジュール")]
    more += [option("Microsoft 365ログ監視オプション", "M-2", "O-2"), *priced("M-2", 1_000), *priced("O-2", 1_000)]
    must_take(book(*more), tmp_path / "more")
    with CaptureQueriesContext(connection) as many:
        leaving(client, unit)
    assert len(many) == len(few)
    page = [query["sql"] for query in many if "auth_" not in query["sql"] and "session" not in query["sql"]]
    assert len(page) <= 12, [sql[:150] for sql in page]


@at("2025-05-10")
def test_looking_writes_nothing(client, unit):
    before = everything()
    assert before["FactsRevision"][0]["revision"] == FactsRevision.current()
    assert leaving(client, unit, target=["T-1", "O-LIC"], on="2025-12-31").context["earliest"]
    asked = changing(client, unit, what="quantity|O-LIC|", count="1200", on="2025-06-01", monthly_yen="90")
    assert asked.context["panel"]["bills"]["rows"]
    form = reverse("admin:contracts_application_new", args=[unit.pk])
    line = {"line": "1", "line-1-verb": "quantity", "line-1-target": "O-LIC", "line-1-to_quantity": "1200"}
    line |= {"line-1-effective_on": "2025-06-01", "applied_on": "2025-05-10", "check": "bills", "version": "0"}
    assert client.post(form, line).context["panel"]["bills"]["rows"]
    assert everything() == before


@at("2025-05-10")
def test_a_change_is_judged_totalled_and_billed(client, unit):
    said = changing(client, unit, what="quantity|O-LIC|", count="1200", on="2025-06-01", monthly_yen="90").context
    assert said["panel"]["state"] == "acceptable"
    assert said["panel"]["totals"]["rows"][1]["yen"] == f"{1200 * 90 - 100_000:,}"
    rows = said["panel"]["bills"]["rows"]
    assert [row["month"] for row in rows] == ["2025-05", "2025-06", "2025-07"]
    assert [row["more"] for row in rows] == ["0", "+8,000", "+8,000"]
    assert [row["without"] for row in rows] == ["550,000"] * 3
    opened = client.get(said["apply"]).context["given"].lines
    assert opened == [
        {
            "key": "#1",
            "verb": "quantity",
            "target": "O-LIC",
            "to_quantity": "1200",
            "effective_on": "2025-06-01",
            "monthly_yen": "90",
        }
    ]


@at("2025-05-10")
def test_fewer_licences_than_the_least_are_refused_with_the_clause_and_not_billed(client, unit):
    said = changing(client, unit, what="quantity|O-LIC|", count="999", on="2025-06-01").context
    assert [remark["clause"] for remark in said["panel"]["refused"]] == ["第10条第2項第8号"]
    assert "rows" not in said["panel"]["bills"]


@at("2025-05-10")
def test_an_upgrade_takes_the_customers_consent_as_given(client, db, tmp_path):
    prices = [*priced("T-1", 100_000), *priced("M-IPS", 10_000)]
    must_take(book(tier("ベーシック"), ips_service(), ips(), *prices), tmp_path)
    unit = ManagementUnit.objects.get()
    asked = {"what": "category|T-1|premium", "on": "2025-06-01", "monthly_yen": "300000", "once_yen": "50000"}
    said = changing(client, unit, **asked).context
    assert said["assumed"]
    assert said["panel"]["state"] == "acceptable", said["panel"]["refused"]
    assert said["panel"]["totals"]["rows"][0]["yen"] == "50,000"
    assert [row["more"] for row in said["panel"]["bills"]["rows"]][-1] == "+200,000"
    assert "consent" not in said["apply"]


@at("2025-05-10")
def test_another_licence_and_another_option_are_offered_where_they_may_stand(client, unit):
    choices = dict(changing(client, unit).context["form"].fields["what"].choices)
    of_tier = {value for value, _said in choices["T-1 プレミアム"]}
    assert {"option|T-1|edr_licence/mssp", "option|T-1|on_site_report", "price|T-1|"} <= of_tier
    assert not {value for value in of_tier if value.startswith("category")}
    said = changing(client, unit, what="option|T-1|edr_licence/customer", count="10", on="2025-06-01", monthly_yen="50", once_yen="9000").context  # fmt: skip
    assert said["panel"]["state"] == "acceptable"
    rows = {row["name"]: row for row in said["panel"]["totals"]["rows"]}
    assert rows["最低利用期間の合計"]["yen"] == f"{6 * 500 + 9000:,}"
    assert changing(client, unit, what="option|T-1|edr_licence/mssp", on="2025-06-01").context["form"].errors["count"]
    assert changing(client, unit, what="price|T-1|", on="2025-06-01").context["form"].errors["monthly_yen"]
    assert "panel" not in changing(client, unit, what="option|T-1|bogus", on="2025-06-01").context


def test_each_role_sees_what_it_may(unit):
    roles.make_roles(using="default")
    may = {
        "営業担当": (200, 200),
        "営業責任者": (200, 200),
        "経理": (200, 403),
        "監査": (200, 403),
        "管理者": (200, 200),
    }
    for role, found in may.items():
        user = User.objects.create_user(role, is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        client = signed_in(user)
        assert (leaving(client, unit).status_code, changing(client, unit).status_code) == found, role
        page = client.get(reverse("admin:contracts_managementunit_change", args=[unit.pk])).content.decode()
        assert "解約・変更の見通し" in page
    nobody = signed_in(User.objects.create_user("nobody", is_staff=True))
    assert leaving(nobody, unit).status_code == 403
    assert changing(nobody, unit).status_code == 403
    gone = signed_in(User.objects.create_superuser("root"))
    assert gone.get(reverse("admin:contracts_managementunit_leaving", args=[unit.pk + 1])).status_code == 404


@at("2025-05-10")
def test_it_all_speaks_english(chief, unit):
    client = signed_in(chief, "en")
    text = leaving(client, unit, target="O-LIC").content.decode()
    assert "First day free of settlement" in text
    assert "Art. 12, para. 4, I-14" in text
    text = changing(client, unit, what="quantity|O-LIC|", count="1200", on="2025-06-01").content.decode()
    assert "Bills to come" in text
