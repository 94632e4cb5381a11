"""The page of acceptance: judged on its day, what it brings shown before, accepted as shown and by another."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.models import ChargeLine
from billing.operations.close_month import close_month
from contracts.models import Application, Change, Contract, Price
from contracts.operations import applications as operations
from contracts.operations.readiness import record_readiness
from tests.admin.applications import decides, enters, remarks, verb
from tests.admin.conftest import signed_in
from tests.contracts.applications.form import ACCEPTED, APPLIED, Desk, day, module, premium, tier, upgrade
from tests.contracts.book import build as had
from tests.contracts.prices.right import correct_price


def shown(client: Client, application: Application) -> dict[str, str]:
    """What the page of acceptance hands back when its form is sent."""
    return {name: str(value) for name, value in client.get(verb(application, "accept")).context["hidden"].items()}


def state(application: Application) -> str:
    return Application.objects.values_list("state", flat=True).get(pk=application.pk)


def test_accepted_as_shown(desk: Desk, received: Application) -> None:
    client = decides(desk)
    answer = client.get(verb(received, "accept"))
    for part in ("承諾できます", "100,000円", "2025-03-10に発生", "最低利用期間は2025-09-30まで"):
        assert part in answer.text, part
    answer = client.post(verb(received, "accept"), {"on": ACCEPTED, **shown(client, received)}, follow=True)
    assert "を承諾しました" in answer.text
    assert sorted(Contract.objects.values_list("category", flat=True)) == ["advanced", "module"]
    assert sorted(Price.objects.values_list("fee", "amount_yen")) == [("initial", 100_000), ("monthly", 50_000)]
    for number in Contract.objects.values_list("target__number", flat=True):
        assert number in answer.text
    assert "decides" in answer.text


def test_whoever_entered_it_does_not_accept_it(desk: Desk, received: Application) -> None:
    decides(desk)
    client = signed_in(User.objects.get(username="enters"))
    enters(desk)
    desk.enters.user_permissions.add(*desk.decides.user_permissions.all())
    assert "あなたが入力した申込です" in client.get(verb(received, "accept")).text
    answer = client.post(verb(received, "accept"), {"on": ACCEPTED, **shown(client, received)})
    assert "下書き、入力、受付又は訂正をした人は承諾できません。別の人が承諾してください。" in answer.text
    assert state(received) == "received"


def test_an_application_that_breaks_the_terms_is_not_accepted(desk: Desk) -> None:
    desk.has()
    application = desk.received(tier("basic"), module("device_log", item="タイプ1"), premium("#3"))
    client = decides(desk)
    answer = client.post(verb(application, "accept"), {"on": ACCEPTED, **shown(client, application)})
    assert "この申込は承諾できません。指摘を解消してください。" in answer.text
    assert {clause for clause, _key, _field in remarks(answer.text)} == {"第6条第1項", "第7条第1項"}
    assert state(application) == "received"
    assert not Contract.objects.exists()


def test_accepted_on_another_day_than_shown_is_judged_again_first(desk: Desk, received: Application) -> None:
    client = decides(desk)
    given = {**shown(client, received), "on": "2025-03-20"}
    answer = client.post(verb(received, "accept"), given)
    assert "判定し直しました" in answer.text
    assert "2025-03-20に発生" in answer.text
    assert state(received) == "received"
    answer = client.post(verb(received, "accept"), given | {k: str(v) for k, v in answer.context["hidden"].items()})
    assert answer.status_code == 302
    assert str(Application.objects.get(pk=received.pk).accepted_on) == "2025-03-20"


def test_facts_that_changed_meanwhile_are_shown_and_it_can_be_confirmed_again(desk: Desk) -> None:
    desk.has(had.tier(), had.module("個別ログ収集モジュール", item="タイプ1"))
    application = desk.received(upgrade(premium_consent_on="", monthly_yen="900000"))
    client = decides(desk)
    given = {"on": ACCEPTED, **shown(client, application)}
    contract = Contract.objects.get(target__number="M-1")
    record_readiness(contract, ready_on=day("2025-03-09"), reason="", by=desk.enters)
    answer = client.post(verb(application, "accept"), given)
    assert "判定した後に事実が変わりました" in answer.text
    for part in ("通信環境の準備の記録", "M-1", "enters", "通信環境準備完了日", "2025-03-09"):
        assert part in answer.text, part
    assert "承諾できます" in answer.text
    again = given | {k: str(v) for k, v in answer.context["hidden"].items()}
    assert client.post(verb(application, "accept"), again).status_code == 302
    assert Change.objects.filter(to_name="premium").exists()


def checked(client: Client, application: Application, on: str):
    """The page of acceptance, judged for a day."""
    return client.post(verb(application, "accept"), {"on": on, "check": "1"})


def handed_back(answer) -> dict[str, str]:
    return {name: str(value) for name, value in answer.context["hidden"].items()}


@pytest.fixture
def upgrading(desk: Desk) -> Application:
    """An upgrade from 2025-05-01 with its price and its fee; 2025-04 to 2025-06 are closed."""
    desk.has(had.tier(), had.module(), *had.priced("T-1", 300_000), *had.priced("M-1", 100_000))
    for month in (4, 5, 6):
        close_month(date(2025, month, 1), on=date(2026, 1, 5), by="試験")
    return desk.received(upgrade(premium_consent_on="", monthly_yen="900000", one_time_yen="80000"))


def test_the_closed_months_and_their_yen_are_shown_before_and_billed_after(desk: Desk, upgrading: Application) -> None:
    client = decides(desk)
    answer = checked(client, upgrading, "2025-05-10")
    assert answer.context["following"] == [
        "締め済みの2025-05、2025-06に触れます。次に締める月（2025-07）に+1,280,000円の訂正明細が出ます。",
        "訂正の内訳：2025-05分 +680,000円、2025-06分 +600,000円",
        "このほか、次に締める月（2025-07）の月分の請求は+600,000円変わります。",
    ]
    assert state(upgrading) == "received"
    given = {"on": "2025-05-10", "corrections": "on", **handed_back(answer)}
    assert client.post(verb(upgrading, "accept"), given).status_code == 302
    close_month(date(2025, 7, 1), on=date(2026, 1, 5), by="試験")
    lines = ChargeLine.objects.filter(month__month="2025-07-01")
    corrections = lines.filter(fee="correction").values_list("corrects_month", "amount_yen")
    by_month = {f"{month:%Y-%m}": 0 for month, _yen in corrections}
    for month, yen in corrections:
        by_month[f"{month:%Y-%m}"] += yen
    assert by_month == {"2025-05": 680_000, "2025-06": 600_000}
    assert lines.get(target__number="T-1", fee="monthly").amount_yen == 900_000


def test_what_becomes_unbillable_is_shown(desk: Desk, upgrading: Application) -> None:
    application = desk.received(module("device_log", item="タイプ1", key="#1"))
    shown_then = checked(decides(desk), application, "2025-05-10").context["following"]
    assert any("計算できなくなります：2025-07-01の月額費用の料金が登録されていません" in said for said in shown_then)


def test_what_is_confirmed_is_what_was_shown(desk: Desk, upgrading: Application) -> None:
    """A price of the same unit does not bear on the terms, but on the yen: they are shown anew."""
    client = decides(desk)
    given = {"on": "2025-05-10", "corrections": "on", **handed_back(checked(client, upgrading, "2025-05-10"))}
    tier_price = Price.objects.get(target__number="T-1", fee="monthly")
    correct_price(tier_price, amount_yen=200_000, reference="", on=date(2025, 5, 1), by=desk.enters, reason="誤り")
    answer = client.post(verb(upgrading, "accept"), given)
    assert "表示した後に事実が変わりました" in answer.text
    assert state(upgrading) == "received"
    assert client.post(verb(upgrading, "accept"), given | handed_back(answer)).status_code == 302
    assert state(upgrading) == "accepted"


def test_nothing_is_promised_where_acceptance_is_refused(desk: Desk, upgrading: Application) -> None:
    desk.decides.user_permissions.clear()
    entered = desk.drafted(tier("basic", "#1"), by=desk.decides)
    client = decides(desk)
    for application, on in ((upgrading, "2025-02-01"), (entered, "2025-05-10")):
        if application.state == "draft":
            application = operations.receive(application, on=day(APPLIED), by=desk.decides, reason="試験")
        answer = checked(client, application, on)
        assert answer.context["following"] is None
        assert "この操作で起こること" not in answer.text
        given = {"on": on, **handed_back(answer)}
        assert client.post(verb(application, "accept"), given).status_code == 200
        assert state(application) == "received"
    assert "承諾日が受付日より前です。" in checked(client, upgrading, "2025-02-01").text


def test_the_page_of_acceptance_takes_few_queries(desk: Desk, upgrading: Application) -> None:
    client = decides(desk)
    with CaptureQueriesContext(connection) as queries:
        assert checked(client, upgrading, "2025-05-10").status_code == 200
    assert len(queries) <= 140
