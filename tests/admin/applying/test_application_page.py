"""An application's page: what it asks for, what is said to it, what can be done with it by whom, and what came of it."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.models import Application, Consent
from contracts.operations import applications as operations
from tests.admin.applications import buttons, decides, enters, page, remarks, verb
from tests.admin.conftest import list_of, signed_in
from tests.contracts.applications.form import ACCEPTED, APPLIED, Desk, day, module, premium, tier
from tests.contracts.book import build as had


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
