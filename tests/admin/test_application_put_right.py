"""Put right before the decision: corrected, sent back, copied, moved to another day — each with little typing, and nothing lost."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from contracts.models import Application, Entry
from tests.admin.applications import decides, edit, enters, new, page, posted
from tests.contracts.applications.form import ACCEPTED, Desk, edr, licence, module, option, tier, upgrade
from tests.contracts.book import build as had

MAY, JUNE = "2025-05-01", "2025-06-01"


@pytest.fixture(autouse=True)
def the_day_of_acceptance() -> Iterator[None]:
    with time_machine.travel(f"{ACCEPTED}T03:00:00+00:00"):
        yield


@pytest.fixture
def desk(db: None, tmp_path: Any) -> Desk:
    found = Desk(tmp_path)
    found.has()
    return found


@pytest.fixture
def client(desk: Desk) -> Client:
    return enters(desk)


def verb(application: Application, name: str) -> str:
    return reverse(f"admin:contracts_application_{name}", args=[application.pk])


def stored(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def undated(*lines: dict[str, str]) -> list[dict[str, str]]:
    return [{k: v for k, v in line.items() if k != "billing_starts_on"} for line in lines]


def test_one_starting_day_for_all_lines(desk: Desk, client: Client) -> None:
    own = module("device_log", item="タイプ1", key="#3", starts=JUNE)
    client.post(new(desk), posted(*undated(tier(), module()), own, starts_on=MAY, save="1"))
    application = Application.objects.get()
    assert [line["billing_starts_on"] for line in application.lines] == [MAY, MAY, JUNE]


def test_a_received_application_starts_a_month_later_with_one_field(desk: Desk, client: Client) -> None:
    application = desk.received(tier(), module(), option("on_site_report"))
    form = client.get(edit(application))
    assert 'name="starts_on" value="2025-04-01"' in form.text
    assert 'data-field="billing_starts_on"\n        type="text" value=""' in form.text
    version = str(application.version)
    lines = undated(*application.lines)
    answer = client.post(edit(application), posted(*lines, starts_on=MAY, version=version, receive="1"))
    assert answer.status_code == 302
    found = stored(application)
    assert (found.state, found.returned, found.number) == ("received", "reopened", application.number)
    assert {line["billing_starts_on"] for line in found.lines} == {MAY}
    told = Entry.objects.filter(record="application").order_by("pk").values_list("operation", flat=True)
    assert list(told) == ["draft", "receive", "reopen", "draft", "receive"]


def test_a_colleague_cannot_correct_what_another_entered(desk: Desk) -> None:
    application = desk.received(tier(), module(), by=desk.decides)
    client = enters(desk)
    assert client.get(edit(application)).status_code == 302
    answer = client.post(edit(application), posted(tier("basic"), version=str(application.version), save="1"))
    assert "入力した人です" in answer.text
    assert stored(application).state == "received"
    assert stored(application).lines == application.lines


def test_a_correction_from_an_old_page_changes_nothing(desk: Desk, client: Client) -> None:
    application = desk.received(tier(), module())
    old = str(application.version)
    client.post(edit(application), posted(tier(), module(), option("on_site_report"), version=old, receive="1"))
    answer = client.post(edit(application), posted(tier("basic"), version=old, receive="1"))
    assert "他の人が先にこの申込を変更しました" in answer.text
    assert len(stored(application).lines) == 3


def test_what_cannot_be_corrected_stays_received(desk: Desk, client: Client) -> None:
    """Reopened, saved and received are one: whoever is told "no" still has a received application."""
    application = desk.received(tier(), module())
    answer = client.post(edit(application), posted(version=str(application.version), receive="1"))
    assert "申込の内容がありません。" in answer.text
    assert stored(application).state == "received"
    assert Entry.objects.filter(operation="reopen").count() == 0


def test_sent_back_with_a_word_and_shown_to_both(desk: Desk) -> None:
    application = desk.received(tier(), module())
    lead = decides(desk)
    assert "このフィールドは必須です" in lead.post(verb(application, "send-back"), {"reason": ""}).text
    assert lead.post(verb(application, "send-back"), {"reason": "開始日は5月では"}).status_code == 302
    client = enters(desk)
    assert "開始日は5月では" in client.get(edit(application)).text
    text = client.get(page(application)).text
    assert "差戻し" in text
    assert "第1版" in text
    now = stored(application)
    client.post(edit(now), posted(*undated(*now.lines), starts_on=MAY, version=str(now.version), receive="1"))
    shown = decides(desk).get(verb(application, "accept"))
    assert "開始日は5月では" in shown.text
    text = decides(desk).get(page(application)).text
    assert text.count('class="version"') == 1
    assert "2025-04-01" in text[text.index('class="version"') :], "the earlier version keeps its day"


def test_only_whoever_decides_sends_back(desk: Desk) -> None:
    application = desk.received(tier(), module(), by=desk.decides)
    assert enters(desk).post(verb(application, "send-back"), {"reason": "理由"}).status_code == 403
    assert stored(application).state == "received"


def test_what_the_judgement_refuses_asks_for_a_word_at_the_form(desk: Desk, client: Client) -> None:
    answer = client.post(new(desk), posted(tier(), receive="1"))
    assert "理由を記入してください" in answer.text
    assert '<div class="field although">' in answer.text
    assert not Application.objects.exists()
    client.post(new(desk), posted(tier(), receive="1", reason="契約者が急ぐため"))
    application = Application.objects.get(state="received")
    assert "契約者が急ぐため" in decides(desk).get(verb(application, "accept")).text
    sound = client.post(new(desk), posted(tier(), module(), check="1"))
    assert '<div class="field although" hidden>' in sound.text


def test_a_copy_has_everything_but_the_numbers(desk: Desk, client: Client) -> None:
    application = desk.accepted(tier(number="T-7"), module(), option("on_site_report", "#1"))
    address = f"{new(desk)}?from={application.number}"
    form = client.get(address)
    given = form.context["given"]
    assert given.starts_on == "2025-04-01"
    assert [line.get("number") for line in given.lines] == [None, None, None]
    assert given.lines[2]["contract"] == "#1", "what referred to a line by its number does so by its key again"
    assert Application.objects.count() == 1, "nothing is written before it is saved"
    copy = next(button for button in client.get(page(application)).context["buttons"] if str(button["label"]) == "複写")
    assert copy["address"] == address
    client.post(address, posted(*given.lines, starts_on=MAY, save="1"))
    assert Application.objects.filter(state="draft").get().lines[0]["billing_starts_on"] == MAY


def test_only_an_application_of_the_unit_is_copied(desk: Desk, client: Client) -> None:
    desk.has(had.unit("U-2"))
    of_another = desk.drafted(tier(), module(), unit="U-2")
    for number in (of_another.number, "AP99999999"):
        assert client.get(f"{new(desk)}?from={number}").context["given"].lines == []


def test_a_rejection_is_acknowledged_by_whoever_entered_it(desk: Desk) -> None:
    application = desk.received(tier(), module())
    decides(desk).post(verb(application, "reject"), {"on": ACCEPTED, "reason": "与信"})
    client = enters(desk)
    labels = [str(button["label"]) for button in client.get(page(application)).context["buttons"]]
    assert labels == ["拒絶を確認した", "複写"]
    client.post(verb(application, "acknowledge"), {})
    assert str(stored(application).acknowledged_on) == ACCEPTED


def buttons_of(client: Client, address: str, *lines: dict[str, str]) -> list[dict[str, str]]:
    """The lines that the panel's buttons would add or change."""
    panel = client.post(address, posted(*lines, check="1")).context["panel"]
    return [json.loads(remark["mend"]["line"]) for remark in panel["refused"] if remark["mend"]]


def test_what_would_mend_it_is_a_button(desk: Desk, client: Client) -> None:
    """Each press adds the line it promises, until nothing of the kind stands against it any more."""
    lines = [tier("basic"), module("m365_log"), option("edr_operation", "#1")]
    for _press in range(6):
        found = buttons_of(client, new(desk), *lines)
        if not found:
            break
        form = client.post(new(desk), posted(*lines, mend=json.dumps(found[0])))
        lines = form.context["given"].lines
    assert [(line["verb"], line.get("category") or line.get("option")) for line in lines] == [
        *(("contract", "premium"), ("contract", "module"), ("option", "edr_operation")),
        *(("option", "m365_log_monitoring"), ("option", "edr_licence")),
    ]
    assert [line.get("contract") for line in lines[2:]] == ["#1", "#2", "#1"]
    assert {line["billing_starts_on"] for line in lines} == {"2025-04-01"}
    assert not Application.objects.exists(), "a button of a remark writes nothing"


@pytest.mark.parametrize(
    "asked", ["", "{", "[]", '"x"', '{"verb": 3}', '{"verb": "ruin"}', '{"key": "#9", "verb": ""}']
)
def test_a_button_that_is_none_of_ours_adds_nothing(desk: Desk, client: Client, asked: str) -> None:
    form = client.post(new(desk), posted(tier(), mend=asked))
    assert len(form.context["given"].lines) == 1


ODD = {"monthly_yen": "480"}


def test_what_is_pointed_out_stops_a_receipt_once(desk: Desk, client: Client) -> None:
    lines = [tier(**ODD), module()]
    answer = client.post(new(desk), posted(*lines, receive="1"))
    assert "確かめてほしいことが1件あります" in answer.text
    assert "千円単位で記入していないか" in answer.text
    (point,) = answer.context["panel"]["points"]
    assert not Application.objects.exists()
    known = client.post(new(desk), posted(*lines, check="1", known=point["key"]))
    assert (known.context["panel"]["points"], len(known.context["panel"]["known"])) == ([], 1)
    client.post(new(desk), posted(*lines, receive="1", known=point["key"]))
    application = Application.objects.get(state="received")
    assert application.known == [point["key"]]
    assert "入力した人が「知っている」としています" in decides(desk).get(verb(application, "accept")).text


def test_a_draft_is_not_in_the_way_and_remembers_what_is_known(desk: Desk, client: Client) -> None:
    lines = [tier(**ODD), module()]
    key = client.post(new(desk), posted(*lines, check="1")).context["panel"]["points"][0]["key"]
    client.post(new(desk), posted(*lines, save="1", known=key))
    application = Application.objects.get()
    assert client.get(edit(application)).context["panel"]["points"] == []
    other = [tier(monthly_yen="490"), module()]
    assert len(client.post(edit(application), posted(*other, check="1", known=key)).context["panel"]["points"]) == 1


def test_the_button_of_the_page_asks_once_too(desk: Desk, client: Client) -> None:
    application = desk.drafted(tier(**ODD), module())
    answer = client.post(verb(application, "receive"), {"on": ACCEPTED})
    assert answer.context["following"] == ["480円です。千円単位で記入していないか、確かめてください"]
    assert stored(application).state == "draft"
    given = {"on": ACCEPTED, "confirmed": "1", "seen": answer.context["seen"]}
    assert client.post(verb(application, "receive"), given).status_code == 302
    assert stored(application).state == "received"
    assert len(stored(application).known) == 1


def test_a_button_does_not_add_what_the_form_has(desk: Desk, client: Client) -> None:
    """Where only the day is wrong, another line of the same would make it worse."""
    desk.has(had.tier(starts="2025-04-01"), had.module(starts="2025-04-01"))
    early = "2025-03-20"
    asked = [
        upgrade(on="2025-05-01"),
        edr("T-1", "#2", starts=early),
        licence("mssp", "100", "T-1", "#3", starts="2025-05-01"),
    ]
    assert buttons_of(client, new(desk), *asked) == []
    assert {line["verb"] for line in buttons_of(client, new(desk), *asked[1:2])} == {"category", "option"}
