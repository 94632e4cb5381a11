"""The form of an application: what its check refuses and accepts, clause by clause; drafts; who may; how many queries."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from contracts.models import Application, Entry
from contracts.operations import applications as operations
from tests.admin.applications import SOUND, check, edit, new, posted, remarks
from tests.admin.conftest import signed_in
from tests.admin.test_pages import Page
from tests.contracts.applications.form import (
    ACCEPTED,
    Desk,
    edr,
    licence,
    module,
    option,
    premium,
    quoted,
    tier,
    upgrade,
)
from tests.contracts.book import build as had

DEVICE = module("device_log", item="タイプ1")


def test_a_refusal_tells_since_when_and_what_mends_it(desk: Desk, client: Client) -> None:
    desk.has()
    text = check(client, new(desk), tier("basic"), DEVICE)
    assert "2025-04-01から" in text
    assert "同じ申込で、カテゴリをアドバンスト又はプレミアムにしてください。" in text
    assert 'href="#line-2-module_type"' in text


def test_a_refusal_that_passes_tells_until_when(desk: Desk, client: Client) -> None:
    desk.has()
    text = check(client, new(desk), tier(starts="2025-04-11"), module(starts="2025-04-01"))
    assert "2025-04-01から2025-04-10まで" in text


def test_nothing_hides_behind_anything(desk: Desk, client: Client) -> None:
    """A line that cannot even be read keeps no violation of another line from being said."""
    desk.has()
    unread = option("log_retention", "#2", retention_years="1", starts="いつか")
    said = remarks(check(client, new(desk), tier("basic"), DEVICE, unread, edr(), licence("mssp", "1")))
    assert {clause for clause, _key, _field in said} == {"", "第7条第2項", "第7条第11項", "第10条第2項第8号"}
    assert ("", "#3", "billing_starts_on") in said


def test_what_a_notice_breaks_warns_and_does_not_refuse(desk: Desk, client: Client) -> None:
    """I-09: the module ends by its notice, and leaves a tier alone."""
    desk.has(*SOUND, had.notice("M-1", "2025-03-20", "2025-12-31"))
    text = check(client, new(desk), quoted("T-1", "monthly", "300000", "2025-06-01"))
    assert remarks(text) == set()
    assert {clause for clause, _key, _field in remarks(text, "warnings")} == {"第7条第1項"}
    assert "承諾できます" in text


def test_the_panel_says_what_will_happen(desk: Desk, client: Client) -> None:
    desk.has(*SOUND)
    text = check(
        client,
        new(desk),
        upgrade(one_time_yen="120000", monthly_yen="900000"),
        edr("T-1", starts="2025-05-01"),
        licence("term", "1000", "T-1", starts="2025-05-01", initial_yen="50000", monthly_yen="800"),
    )
    said = " ".join(Page(text).text)
    for part in (
        *("アドバンスト →", "プレミアム", "120,000円", "2025-03-10に発生", "900,000円", "2025-05-01から"),
        *(
            "最低利用期間は2026-04-30まで",
            "契約期間は2026-04-30まで（更新あり）",
            "800円 × 1,000ライセンス = 月額800,000円",
        ),
        *("承諾の後に残ること", "初期費用の料金がありません。"),
    ):
        assert part in said, part


def test_an_empty_form_asks_for_nothing(desk: Desk, client: Client) -> None:
    desk.has()
    text = check(client, new(desk))
    assert "申込の内容がまだありません" in text
    assert "承諾できます" not in text


def test_a_check_writes_nothing(desk: Desk, client: Client) -> None:
    desk.has(*SOUND)
    before = Application.objects.count(), Entry.objects.count()
    check(client, new(desk), upgrade())
    assert (Application.objects.count(), Entry.objects.count()) == before


def test_a_check_without_a_script_shows_the_whole_form_as_typed(desk: Desk, client: Client) -> None:
    desk.has()
    answer = client.post(new(desk), posted(tier("basic"), module("device_log", quotation="見積-7"), check="1"))
    assert "承諾できません" in answer.text
    assert 'value="見積-7"' in answer.text
    assert 'id="line-3-verb"' in answer.text, "one empty line follows those that were filled in"
    assert (
        'id="line-2-module_type" name="line-2-module_type" data-field="module_type" aria-invalid="true"' in answer.text
    )


def test_a_draft_keeps_what_is_wrong_with_it(desk: Desk, client: Client) -> None:
    desk.has()
    lines = [tier("basic"), DEVICE | {"monthly_yen": "十万"}]
    client.post(new(desk), posted(*lines, save="1"))
    application = Application.objects.get(state="draft")
    assert [{k: v for k, v in line.items() if v} for line in lines] == application.lines
    answer = client.get(edit(application))
    assert 'value="十万"' in answer.text
    assert "第7条第2項" in answer.text


def test_lines_that_are_kept_are_numbered_without_a_gap_when_another_goes(desk: Desk, client: Client) -> None:
    """People read #1, #2: what names a line goes with it."""
    desk.has()
    client.post(new(desk), posted(tier(key="#1"), module(key="#4"), option("on_site_report", "#1", "#7"), save="1"))
    application = Application.objects.get(state="draft")
    client.post(edit(application), posted(tier(key="#1"), option("on_site_report", "#1", "#7"), version="1", save="1"))
    application.refresh_from_db()
    assert [line["key"] for line in application.lines] == ["#1", "#2"]
    assert application.lines[1]["contract"] == "#1"


def test_somebody_elses_save_is_told_and_nothing_typed_is_lost(desk: Desk, client: Client) -> None:
    desk.has()
    application = desk.drafted(tier(), by=desk.enters)
    colleague = signed_in(User.objects.create_superuser("colleague"))
    colleague.post(edit(application), posted(tier("basic"), version="1", save="1"))
    answer = client.post(edit(application), posted(premium(quotation="見積-8"), version="1", save="1"))
    assert answer.status_code == 200
    assert "他の人が先にこの申込を変更しました（colleague：下書きの保存）" in answer.text
    assert 'value="見積-8"' in answer.text
    assert 'name="overwrite" value="2"' in answer.text
    application.refresh_from_db()
    assert application.lines[0]["category"] == "basic"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({"save": "1", "version": "9" * 5000}, id="a version of more digits than a number can be read of"),
        pytest.param({"save": "1", "version": "1", "overwrite": "9" * 5000}, id="the same to overwrite"),
        pytest.param({"check": "1", "version": "1", "mend": "[" * 100_000}, id="a line to add, nested without end"),
    ],
)
def test_what_no_form_of_ours_sends_breaks_nothing(desk: Desk, client: Client, sent: dict[str, str]) -> None:
    desk.has()
    application = desk.drafted(tier(), by=desk.enters)
    assert client.post(edit(application), posted(tier("basic"), **sent)).status_code == 200
    application.refresh_from_db()
    assert application.lines[0]["category"] == tier()["category"]


def test_a_draft_is_overwritten_only_on_purpose(desk: Desk, client: Client) -> None:
    desk.has()
    application = desk.drafted(tier(), by=desk.enters)
    operations.save_draft(
        application,
        unit=application.unit,
        lines=[tier("basic")],
        applied_on=application.applied_on,
        version=1,
        by=desk.decides,
    )
    client.post(edit(application), posted(premium(), version="1", overwrite="2"))
    application.refresh_from_db()
    assert (application.lines[0]["category"], application.version) == ("premium", 3)


def test_a_draft_that_was_received_meanwhile_is_not_changed(desk: Desk, client: Client) -> None:
    desk.has()
    application = desk.drafted(tier())
    operations.receive(application, on=application.applied_on, by=desk.enters, reason="試験")
    answer = client.post(edit(application), posted(premium(), version="1", save="1"))
    assert "他の人が先にこの申込を変更しました" in answer.text
    assert 'name="overwrite"' not in answer.text
    colleague = signed_in(User.objects.create_superuser("colleague"))
    assert colleague.get(edit(application)).status_code == 302, "only whoever entered it corrects it now"


def test_received_from_the_form_at_once(desk: Desk, client: Client) -> None:
    desk.has()
    client.post(new(desk), posted(tier(), module(), receive="1"))
    application = Application.objects.get(state="received")
    assert (str(application.received_on), application.entered_by) == (ACCEPTED, desk.enters)


def test_what_cannot_be_received_is_not_kept_either(desk: Desk, client: Client) -> None:
    """Saving and receiving are one transaction: whoever is told "no" finds no draft that nobody asked for."""
    desk.has()
    answer = client.post(new(desk), posted(receive="1"))
    assert "申込の内容がありません。" in answer.text
    assert not Application.objects.exists()


@pytest.mark.parametrize("day", ["", "2025-02-30", "近日"], ids=["none", "no such day", "no day at all"])
def test_a_form_without_its_day_is_not_kept(desk: Desk, client: Client, day: str) -> None:
    desk.has()
    answer = client.post(new(desk), posted(tier(quotation="見積-9"), applied=day, save="1"))
    assert "申込日が必要です。" in answer.text
    assert 'value="見積-9"' in answer.text
