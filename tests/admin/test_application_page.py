"""An application's page: what it asks for, what is said to it, what can be done with it by whom, and what came of it."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import ChargeLine
from billing.operations.close_month import close_month
from contracts.models import Application, Change, Consent, Contract, Price
from contracts.operations import applications as operations
from contracts.operations.readiness import record_readiness
from tests.admin.applications import decides, enters, page, remarks
from tests.admin.conftest import list_of, signed_in
from tests.contracts.applications.form import ACCEPTED, APPLIED, Desk, day, module, premium, tier, upgrade
from tests.contracts.book import build as had
from tests.contracts.prices.right import correct_price


@pytest.fixture(autouse=True)
def the_day_of_acceptance() -> Iterator[None]:
    with time_machine.travel(f"{ACCEPTED}T03:00:00+00:00"):
        yield


@pytest.fixture
def desk(db: None, tmp_path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def received(desk: Desk) -> Application:
    desk.has()
    return desk.received(tier(initial_yen="100000", monthly_yen="50000"), module())


def verb(application: Application, name: str) -> str:
    return reverse(f"admin:contracts_application_{name}", args=[application.pk])


def buttons(client: Client, application: Application) -> list[str]:
    return [str(button["label"]) for button in client.get(page(application)).context["buttons"]]


def shown(client: Client, application: Application) -> dict[str, str]:
    """What the page of acceptance hands back when its form is sent."""
    return {name: str(value) for name, value in client.get(verb(application, "accept")).context["hidden"].items()}


def state(application: Application) -> str:
    return Application.objects.values_list("state", flat=True).get(pk=application.pk)


def test_a_draft_shows_its_lines_and_what_stands_against_it(desk: Desk) -> None:
    desk.has()
    application = desk.drafted(tier("basic", monthly_yen="50000"), module("device_log", item="タイプ1"))
    text = enters(desk).get(page(application)).text
    for part in ("下書き", "個別ログ収集モジュール タイプ1", "50,000円", "2025-04-01", "enters"):
        assert part in text, part
    assert remarks(text) == {("第7条第2項", "#2", "module_type")}
    assert 'id="line-2"' in text, "the panel leads to the line"


def test_each_state_offers_its_verbs_to_whoever_may(desk: Desk, received: Application, viewer: User) -> None:
    draft = desk.drafted(tier())
    assert buttons(enters(desk), draft) == ["編集", "受付", "取下げ", "複写"]
    assert buttons(enters(desk), received) == ["訂正", "取下げ", "複写"]
    assert buttons(decides(desk), received) == ["承諾", "差戻し", "拒絶"]
    assert buttons(decides(desk), draft) == []
    assert buttons(signed_in(viewer), received) == []


@pytest.mark.parametrize(
    ("name", "may"),
    [("receive", enters), ("withdraw", enters), ("reject", decides), ("accept", decides)],
    ids=["whoever enters receives", "whoever enters withdraws", "whoever decides rejects", "whoever decides accepts"],
)
def test_verbs_ask_for_their_permission(desk: Desk, received: Application, name: str, may) -> None:
    other = decides if may is enters else enters
    assert other(desk).get(verb(received, name)).status_code == 403
    assert other(desk).post(verb(received, name), {"on": ACCEPTED, "reason": "試験"}).status_code == 403
    assert state(received) == "received"
    assert may(desk).get(verb(received, name)).status_code in (200, 302)


def test_received_on_a_day(desk: Desk) -> None:
    desk.has()
    application = desk.drafted(tier(), module())
    client = enters(desk)
    assert "受付日が申込日より前です。" in client.post(verb(application, "receive"), {"on": "2025-02-28"}).text
    assert client.post(verb(application, "receive"), {"on": APPLIED}).status_code == 302
    assert state(application) == "received"


@pytest.mark.parametrize(
    ("name", "may", "closed"), [("reject", decides, "rejected"), ("withdraw", enters, "withdrawn")]
)
def test_closed_with_its_reason(desk: Desk, received: Application, name: str, may, closed: str) -> None:
    client = may(desk)
    client.post(verb(received, name), {"on": ACCEPTED, "reason": "  "})
    assert state(received) == "received"
    client.post(verb(received, name), {"on": ACCEPTED, "reason": "重複した申込"})
    assert state(received) == closed
    text = client.get(page(received)).text
    for part in ("重複した申込", ACCEPTED, "クラウドログ収集モジュール"):
        assert part in text
    assert 'class="judgement"' not in text, "what is decided is not judged any more"
    assert buttons(client, received) == (["複写"] if name == "withdraw" else [])


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


def test_a_consent_comes_in_with_its_evidence(desk: Desk) -> None:
    desk.has()
    application = desk.received(premium(), module())
    text = decides(desk).get(page(application)).text
    assert "見本 花子" in text
    assert "同意書 1" in text
    desk.accept(application)
    assert Consent.objects.get().document == "同意書 1"


def test_what_a_book_brought_in_looks_fine_too(desk: Desk) -> None:
    desk.has(had.tier(), had.module())
    application = Application.objects.get()
    text = enters(desk).get(page(application)).text
    assert "T-1" in text
    assert "申込の内容がまだありません" not in text
    assert buttons(enters(desk), application) == []
    assert enters(desk).get(verb(application, "withdraw")).status_code == 302


def test_the_list_has_drafts_and_states(desk: Desk, received: Application) -> None:
    draft = desk.drafted(tier())
    client = enters(desk)
    text = client.get(list_of("contracts.application")).text
    assert draft.number in text
    assert received.number in text
    only = client.get(f"{list_of('contracts.application')}?state__exact=draft").text
    assert draft.number in only
    assert received.number not in only


def test_a_decided_page_takes_few_queries(desk: Desk, received: Application) -> None:
    desk.accept(received)
    client = decides(desk)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page(received)).status_code == 200
    assert len(queries) <= 15


def test_it_all_speaks_english(desk: Desk) -> None:
    desk.has()
    application = desk.received(tier("basic", monthly_yen="50000"), module("device_log", item="タイプ1"))
    client = decides(desk, "en")
    for address in (page(application), verb(application, "accept"), verb(application, "reject")):
        text = client.get(address).text
        text = text.replace("契約者の依頼", "")
        for japanese in ("申込", "承諾", "理由", "直すには", "最低利用", "してください"):
            assert japanese not in text, (address, japanese)
    assert operations.judge(application, on=day(ACCEPTED)).refused


def loud(client: Client, application: Application) -> list[str]:
    return [str(one["label"]) for one in client.get(page(application)).context["buttons"] if one["weight"] == "main"]


def test_the_loudest_button_leads_on(desk: Desk, received: Application) -> None:
    """Of what is not acceptable it is what puts that right, never what would be refused."""
    wrong = (tier("basic", monthly_yen="50000"), module("device_log", item="タイプ1"))
    sound = (tier(initial_yen="100000", monthly_yen="50000"), module())
    assert loud(enters(desk), desk.drafted(*sound)) == ["受付"]
    assert loud(enters(desk), desk.drafted(*wrong)) == ["編集"]
    assert loud(decides(desk), received) == ["承諾"]
    assert 'class="default">承諾する' in decides(desk).get(verb(received, "accept")).text
    other = operations.receive(desk.drafted(*wrong), on=day(APPLIED), by=desk.enters, reason="顧客の希望")
    assert loud(decides(desk), other) == ["差戻し"]
    text = decides(desk).get(verb(other, "accept")).text
    assert 'class="default">承諾する' not in text
    assert re.findall(r'class="button main" href="[^"]*/([a-z-]+)/"', text) == ["send-back"]
