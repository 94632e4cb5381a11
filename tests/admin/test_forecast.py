"""見通し on screen: asked for by who may, shown with what it rests on; a bar opens its rows, and the rows come to the bar."""

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.admin.forecast.chart import months_chart
from billing.models import Forecast, ForecastEvent, ForecastMovement, ForecastRow
from billing.operations.forecast import forecast
from billing.reports import AHEAD, COMING_DAYS, FORECAST, MRR
from contracts import clock
from contracts.models import FactsRevision, ManagementUnit
from tests.admin.conftest import _chief as the_chief
from tests.admin.conftest import book, signed_in
from tests.worlds import world

pytestmark = pytest.mark.usefixtures("book")
AT_MOST_QUERIES = 15


def person(role: str) -> User:
    user = User.objects.create_user(f"who is {role}", is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    return user


foreseen = world("a forecast of the sample", lambda: forecast(12, on=clock.today(), by=the_chief()), within=book)


@pytest.fixture
def computed(foreseen: None) -> Forecast:
    return Forecast.objects.get()


def of(report: Any, **asked: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"{reverse(f'admin:billing_report_{report.name}')}?{query}"


def page(client: Client, row: Forecast) -> str:
    return client.get(reverse("admin:billing_forecast_change", args=[row.pk])).text


def summed(client: Client, address: str) -> int:
    """What the rows of a report come to, as its page says."""
    text = client.get(unescape(address)).text
    found = re.search(r"合計 (−?[\d,]+)円", text)
    assert found, address
    return int(found[1].replace(",", "").replace("−", "-"))


def test_it_is_asked_for_and_shown(chief: User) -> None:
    client = signed_in(chief)
    asked = client.post(reverse("admin:billing_forecast_ask"), {"months": "18"}, follow=True)
    assert asked.status_code == 200
    row = Forecast.objects.get()
    assert (row.months, row.asked_by, row.state) == (18, chief, "waiting")
    waiting = client.get(reverse("admin:billing_forecast_change", args=[row.pk]))
    assert "待機中" in waiting.text
    assert waiting.headers["Refresh"] == "3"
    assert "続きを実行" in waiting.text
    assert "もう一度計算" not in waiting.text


@pytest.mark.parametrize(("role", "may"), [("経理", True), ("営業責任者", True), ("営業担当", False), ("監査", False)])
def test_finance_and_leads_ask_for_it(computed: Forecast, role: str, may: bool) -> None:
    client = signed_in(person(role))
    assert ("もう一度計算" in page(client, computed)) is may
    assert client.get(reverse("admin:billing_forecast_ask")).status_code == (200 if may else 403)


def test_a_bar_opens_its_rows_and_they_come_to_it(chief: User, computed: Forecast) -> None:
    client = signed_in(chief)
    text = page(client, computed)
    bars = re.findall(r'<a href="([^"]+)" aria-label="(\d{4}-\d\d) (\S+) (−?[\d,]+)">', text)
    assert len(bars) >= 24
    assert {what for _address, _month, what, _yen in bars} >= {"契約済み", "継続見込み", "単発の費用・減額", "増額"}
    for address, _month, _what, yen in bars[::5]:
        assert summed(client, address) == int(yen.replace(",", "").replace("−", "-"))


def test_a_figure_of_the_table_opens_what_it_is_made_of(chief: User, computed: Forecast) -> None:
    """Every series of the first month, every kind, every risk, every movement."""
    client, result, first = signed_in(chief), computed.result, computed.result["months"][0]
    assert summed(client, of(FORECAST, month=first)) == sum(yen[0] for yen in result["series"].values())
    for series, yen in result["series"].items():
        assert summed(client, of(FORECAST, month=first, series=series)) == yen[0]
    for kind, yen in result["kinds"].items():
        assert summed(client, of(FORECAST, month=first, kind=kind)) == yen[0]
    for risk, (_count, yen) in result["risk"].items():
        assert summed(client, of(FORECAST, month=f"{computed.on:%Y-%m}", series=risk)) == yen
    for what, yen in result["movements"].items():
        for month, moved in zip(result["closings"], yen, strict=True):
            if moved:
                assert summed(client, of(MRR, month=month, movement=what)) == moved


def test_what_people_look_after_is_theirs(chief: User, computed: Forecast) -> None:
    billed = ForecastRow.objects.filter(series="committed", first_month=computed.first_month)
    unit = billed.order_by("pk")[0].unit
    ManagementUnit.objects.filter(pk=unit.pk).update(account_manager=chief)
    row = forecast(12, on=clock.today(), by=chief)
    client, first = signed_in(chief), row.result["months"][0]
    own = summed(client, of(FORECAST, month=first, manager=chief.username))
    assert own == row.result["managers"][f"{chief.pk}"][0] > 0
    assert summed(client, of(FORECAST, month=first, manager="-")) == row.result["managers"][""][0]
    assert own + row.result["managers"][""][0] == sum(yen[0] for yen in row.result["series"].values())


def test_an_older_one_leads_nowhere_and_a_stale_one_says_so(chief: User, computed: Forecast) -> None:
    client = signed_in(chief)
    assert "もう一度計算してください" not in page(client, computed)
    newer = forecast(12, on=clock.today(), by=chief)
    older = page(client, computed)
    assert "前の見通しです" in older
    assert "/reports/forecast/?" not in older
    FactsRevision.advance()
    assert "もう一度計算してください" in page(client, newer)
    assert "その後に事実又は締めた月が変わっています" in client.get(of(FORECAST)).text


def test_its_reports_begin_with_its_first_month(chief: User) -> None:
    client = signed_in(chief)
    for report in AHEAD:
        assert "見通しはまだ計算されていません" in client.get(of(report, month="2026-11")).text
    row = forecast(12, on=clock.today(), by=chief)
    for report in AHEAD:
        text = client.get(of(report)).text
        assert f'value="{row}"' in text
        assert "の見通しです" in text


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_its_rows_are_taken_out(chief: User, computed: Forecast, kind: str) -> None:
    client = signed_in(chief)
    for report in AHEAD:
        answer = client.post(reverse(f"admin:billing_report_{report.name}_export"), {"as": kind})
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_the_page_and_its_reports_take_few_queries(chief: User, computed: Forecast) -> None:
    client = signed_in(chief)
    for address in (reverse("admin:billing_forecast_change", args=[computed.pk]), *map(of, AHEAD)):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        assert len(queries) <= AT_MOST_QUERIES, (address, len(queries))


def test_what_is_coming_stands_on_its_day(chief: User, computed: Forecast) -> None:
    """The filter of a month has the days of that month, first and last."""
    client = signed_in(chief)
    one = ForecastRow.objects.order_by("pk")[0]
    whose = {"forecast": computed, "customer": one.customer, "unit": one.unit, "target": one.target, "kind": one.kind}
    first, second = computed.result["months"][1:3]
    ForecastEvent.objects.all().delete()
    for day, yen in ((f"{first}-01", 111_111), (f"{first}-28", 222_222), (f"{second}-01", 555_555)):
        ForecastEvent.objects.create(**whose, what="price", on=day, before_yen=0, after_yen=yen)
    text = client.get(of(COMING_DAYS, month=first, what="price")).text
    assert [yen in text for yen in ("111,111", "222,222", "555,555")] == [True, True, False]
    assert "この条件に当たる行はありません" in client.get(of(COMING_DAYS, month=first, what="end")).text


def test_a_movement_is_of_its_month_and_customer(chief: User, computed: Forecast) -> None:
    client, month = signed_in(chief), computed.result["months"][3]
    customers = list(dict.fromkeys(ForecastRow.objects.values_list("customer", flat=True)))[:2]
    ForecastMovement.objects.all().delete()
    for customer, yen in zip(customers, (111_111, 222_222), strict=True):
        values = {"movement": "more", "yen": yen, "before_yen": 1, "after_yen": yen + 1}
        ForecastMovement.objects.create(forecast=computed, customer_id=customer, month=f"{month}-01", **values)
    code = ForecastMovement.objects.order_by("pk")[0].customer.code
    assert summed(client, of(MRR, month=month)) == 333_333
    assert summed(client, of(MRR, month=month, customer=code)) == 111_111


def test_bars_below_zero_hang_below_the_line() -> None:
    found = months_chart(
        ["2026-01", "2026-02"],
        {"new": [30, 0], "lost": [0, -10], "back": [0, 0]},
        {"new": "新規", "back": "復活", "lost": "解約"},
        lambda month, what: f"{month} {what}",
        now="2026-02",
    )
    assert found is not None
    up, down = found.parts
    assert (up.address, down.address) == ("2026-01 new", "2026-02 lost")
    assert float(up.y) + float(up.height) == pytest.approx(float(found.zero))
    assert down.y == found.zero
    assert [code for code, _name in found.legend] == ["new", "lost"]
    assert found.now
    assert months_chart(["2026-01"], {}, {}, lambda month, what: "") is None
