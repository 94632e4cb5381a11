"""The form of an application: what its check refuses and accepts, clause by clause; drafts; who may; how many queries."""

from collections.abc import Iterator

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.models import Application, Entry
from contracts.operations import applications as operations
from tests.admin.applications import Line, check, edit, enters, new, page, posted, remarks
from tests.admin.conftest import signed_in
from tests.admin.test_pages import Page
from tests.contracts.applications.form import (
    ACCEPTED,
    CONSENT,
    Desk,
    edr,
    ips,
    licence,
    licences,
    module,
    option,
    other_item,
    premium,
    quoted,
    tier,
    upgrade,
    years,
)
from tests.contracts.book import build as had
from tests.contracts.book.build import LONG_AGO, OTHER


@pytest.fixture(autouse=True)
def the_day_of_acceptance() -> Iterator[None]:
    with time_machine.travel(f"{ACCEPTED}T03:00:00+00:00"):
        yield


@pytest.fixture
def desk(db: None, tmp_path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def client(desk: Desk) -> Client:
    return enters(desk)


def swg(links: str) -> Line:
    return module("swg", item="タイプF", links=links)


def waf(links: str) -> Line:
    return module("waf", item="タイプAS", links=links)


SWG, WAF = "IIJセキュアWebゲートウェイサービス", "IIJマネージドWAFサービス"
SOUND = [had.tier(), had.module()]
LINKED = [had.tier(), had.ips(), had.ips_service()]
KEEPING = [*SOUND, had.option("ログ保管オプション", "M-1", "O-KEEP", retention_years=3)]
LICENSED = [had.premium(), had.module(), had.edr(), had.licence()]
DEVICE = module("device_log", item="タイプ1")

CASES = {
    "7-1 a unit has a tier: a module alone is refused, with a tier it is accepted": (
        [],
        [module()],
        {("第7条第1項", "#2", "category")},
        [tier(), module()],
    ),
    "7-1 a unit has one tier: a second beside the first is refused, a change of the first accepted": (
        SOUND,
        [tier("premium")],
        {("第7条第1項", "#1", "category"), ("第6条第1項", "#1", "category")},
        [upgrade()],
    ),
    "7-1 a tier has a module or EDR operation: alone it is refused, with EDR it is accepted": (
        [],
        [premium()],
        {("第7条第1項", "#1", "category")},
        [premium(), edr(), licence()],
    ),
    "7-2 device logs are collected under Advanced or Premium: refused under Basic, accepted under Advanced": (
        [],
        [tier("basic"), DEVICE],
        {("第7条第2項", "#2", "module_type")},
        [tier("advanced"), DEVICE],
    ),
    "7-3 another's service is linked with its holder's consent: refused without, accepted with": (
        [had.ips_service(holder=OTHER), had.ips_service(code="S-2", holder=OTHER, module_consent_on="2025-04-01")],
        [tier(), ips()],
        {("第7条第3項", "#2", "linked_service")},
        [tier(), ips(links="S-2")],
    ),
    "7-4 Premium needs the holder's consent to changed settings: refused without, accepted under Advanced": (
        [had.ips_service(holder=OTHER, module_consent_on=LONG_AGO)],
        [premium(), ips()],
        {("第7条第4項", "#2", "linked_service")},
        [tier(), ips()],
    ),
    "7-5 the module's item is the linked service's: another item is refused, the same accepted": (
        [had.ips_service("IPS/タイプB")],
        [tier(), ips("IPS/タイプA")],
        {("第7条第5項", "#2", "item")},
        [tier(), ips("IPS/タイプB")],
    ),
    "7-6 the web gateway has its bypass option: refused without, accepted with": (
        [had.service(SWG, item="タイプF"), had.service(SWG, "S-2", item="タイプF", bypass_option_on=LONG_AGO)],
        [tier(), swg("S-1")],
        {("第7条第6項", "#2", "linked_service")},
        [tier(), swg("S-2")],
    ),
    "7-7 the WAF has advanced support: refused without, accepted from its first day": (
        [had.service(WAF, item="タイプAS"), had.service(WAF, "S-2", item="タイプAS", advanced_support_on="2025-04-01")],
        [tier(), waf("S-1")],
        {("第7条第7項", "#2", "linked_service")},
        [tier(), waf("S-2")],
    ),
    "7-8 device log monitoring watches device logs: refused on cloud logs, accepted on device logs": (
        [],
        [tier(), module(), option("device_log_monitoring", "#2")],
        {("第7条第8項", "#3", "contract")},
        [tier(), DEVICE, option("device_log_monitoring", "#2")],
    ),
    "7-9 cloud log monitoring watches cloud logs: refused on the tier, accepted on the module": (
        [],
        [tier(), module(), option("cloud_log_monitoring", "#1")],
        {("第7条第9項", "#3", "contract")},
        [tier(), module(), option("cloud_log_monitoring", "#2")],
    ),
    "7-10 Microsoft 365 logs come with their monitoring: refused without, accepted together": (
        [],
        [tier(), module("m365_log")],
        {("第7条第10項", "#2", "module_type")},
        [tier(), module("m365_log"), option("m365_log_monitoring", "#2")],
    ),
    "7-11 EDR is for Premium: refused under Advanced, accepted under Premium": (
        [],
        [tier(), edr(), licence()],
        {("第7条第11項", "#8", "contract"), ("第7条第11項", "#9", "contract")},
        [premium(), edr(), licence()],
    ),
    "7-12 EDR operation has licences: refused without, accepted with": (
        [],
        [premium(), edr()],
        {("第7条第12項", "#8", "option")},
        [premium(), edr(), licence()],
    ),
    "7-13 EDR licences have EDR operation: refused a day before it starts, accepted on its first day": (
        [],
        [premium(), module(), edr(starts="2025-05-01"), licence(starts="2025-04-30")],
        {("第7条第13項", "#9", "option")},
        [premium(), module(), edr(starts="2025-05-01"), licence(starts="2025-05-01")],
    ),
    "9-1(1) a category changes upwards: down is refused, up accepted": (
        SOUND,
        [upgrade("basic")],
        {("第9条第1項第1号", "#1", "to_category")},
        [upgrade("premium")],
    ),
    "9-1(2) an item changes within its kind: one of another kind is refused, its neighbour accepted": (
        LINKED,
        [other_item("タイプA")],
        {("第9条第1項第2号", "#1", "to_item")},
        [other_item("IDS/タイプA")],
    ),
    "10-2(5) logs are kept 1 to 10 years: eleven are refused, ten accepted": (
        [],
        [tier(), module(), option("log_retention", "#2", retention_years="11")],
        {("第10条第2項第5号", "#3", "retention_years")},
        [tier(), module(), option("log_retention", "#2", retention_years="10")],
    ),
    "10-2(8) there are 100 MSSP licences at least: 99 are refused, 100 accepted": (
        [],
        [premium(), edr(), licence("mssp", "99")],
        {("第10条第2項第8号", "#9", "quantity")},
        [premium(), edr(), licence("mssp", "100")],
    ),
    "10-2(8) nor fewer after a change: to 99 is refused, to 100 accepted": (
        LICENSED,
        [licences("99")],
        {("第10条第2項第8号", "#1", "to_quantity")},
        [licences("100")],
    ),
    "10-5 logs are never kept for fewer years than agreed: 2 for 3 is refused, 4 accepted": (
        KEEPING,
        [years("2")],
        {("第10条第5項", "#1", "to_years")},
        [years("4")],
    ),
    "17-1 Premium with linked modules has the customer's consent beforehand: a day late is refused, that day accepted": (
        LINKED,
        [upgrade(**CONSENT | {"premium_consent_on": "2025-05-02"})],
        {("第17条第1項", "#1", "premium_consent_on"), ("第7条第4項", "#1", "to_category")},
        [upgrade(**CONSENT | {"premium_consent_on": "2025-05-01"})],
    ),
}


@pytest.mark.parametrize(("stock", "broken", "said", "lawful"), CASES.values(), ids=CASES)
def test_each_clause(desk: Desk, client: Client, stock, broken, said, lawful) -> None:
    desk.has(*stock)
    refused = check(client, new(desk), *broken)
    assert remarks(refused) == said
    assert f"承諾できません（{len(said)}件）" in refused
    accepted = check(client, new(desk), *lawful)
    assert remarks(accepted) == set()
    assert "承諾できます" in accepted
    assert not Application.objects.exclude(state="accepted").exists()


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


def test_only_who_may_enter_applications_sees_the_form(desk: Desk, viewer: User) -> None:
    desk.has()
    application = desk.drafted(tier())
    for address in (new(desk), edit(application)):
        assert signed_in(viewer).get(address).status_code == 403
        assert signed_in(viewer).post(address, posted(tier(), check="1")).status_code == 403


def test_selects_offer_what_the_unit_has(desk: Desk, client: Client) -> None:
    long_since = {"accepted": "2024-01-10", "starts": "2024-02-01", "application": "A-0"}
    ended = had.module(number="M-OLD", **long_since), had.notice("M-OLD", "2025-01-01", "2025-02-28")
    desk.has(had.tier(**long_since), *KEEPING[1:], *ended, had.ips_service())
    data = client.get(new(desk)).context["data"]
    assert sorted(data["targets"]) == ["M-1", "O-KEEP", "T-1"], "what has ended is not offered"
    assert data["targets"]["O-KEEP"] | {"name": ""} == {
        **{"number": "O-KEEP", "name": "", "option": "log_retention"},
        **{"years": 3, "licences": None, "on": "M-1"},
    }
    assert [service["code"] for service in data["services"]] == ["S-1"]
    assert "log_retention" not in data["catalogue"]["options"]["mx"]
    assert data["catalogue"]["options"]["cloud_log"] == ["cloud_log_monitoring", "log_retention"]


def test_a_service_held_by_another_is_offered_only_where_the_unit_links_it(desk: Desk, client: Client) -> None:
    desk.has(
        *(had.tier(), had.ips(), had.ips_service(holder=OTHER, module_consent_on=LONG_AGO)),
        *(had.ips_service(code="S-2", holder=OTHER), had.ips_service(code="S-3")),
    )
    services = client.get(new(desk)).context["data"]["services"]
    assert [(service["code"], service["own"]) for service in services] == [("S-3", True), ("S-1", False)]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_form_keeps_the_pages_rules(desk: Desk, language: str) -> None:
    """No script or style of its own, and one language at a time."""
    desk.has(*LINKED)
    answer = enters(desk, language).post(new(desk), posted(upgrade(), check="1"))
    found = Page(answer.text)
    assert found.inline == []
    assert "None" not in found.text
    if language == "en":
        assert "Cannot be accepted" in answer.text
        assert "Art. 17" in answer.text or "17" in answer.text
        assert "直すには" not in answer.text


def crowd(contracts: int) -> list:
    """A unit with so many contracts, each with an option and a price, one after another."""
    rows = [had.premium(), had.ips(), had.ips_service(premium_consent_on=LONG_AGO)]
    for at in range(contracts):
        number, starts = f"M-{at}", f"{2026 + at}-04-01"
        rows += [
            had.module(number=number, starts=starts),
            had.option("ログ保管オプション", number, f"O-{at}", starts=starts, retention_years=1),
            had.notice(number, "2025-06-01", f"{2027 + at}-03-31"),
            had.price(number, "monthly", 1000, starts),
        ]
    return rows


@pytest.mark.parametrize("asked", ["form", "check", "draft", "page"])
def test_queries_do_not_grow_with_the_unit(desk: Desk, client: Client, asked: str) -> None:
    taken = []
    for contracts in (1, 30):
        code = f"U-{contracts}"
        desk.has(had.customer(), had.unit(code), *((sheet, _renamed(row, code)) for sheet, row in crowd(contracts)))
        lines = [other_item(target=f"{code}-M-IPS"), quoted(f"{code}-T-1", "monthly", "1000", "2026-01-01", "#2")]
        lines += [
            module(links=f"{code}-S-1", key="#3"),
            option("log_retention", f"{code}-M-0", "#4", retention_years="2"),
        ]
        application = desk.drafted(*lines, unit=code)
        form = new(desk, code)
        address = {"form": form, "check": form, "draft": edit(application), "page": page(application)}[asked]
        for _time in ("what a process keeps is kept by now", "and this counts"):
            with CaptureQueriesContext(connection) as queries:
                assert check(client, form, *lines) if asked == "check" else client.get(address).status_code == 200
        taken.append(len(queries))
    assert taken[0] == taken[1]
    # Fifteen to judge it; its amounts, the prices of others, the applications beside it, the closed months: one query each.
    assert taken[1] <= 20, [query["sql"][:120] for query in queries]


def _renamed(row: dict, code: str) -> dict:
    names = {"number", "target", "contract", "linked_service", "application"}
    renamed = {name: f"{code}-{value}" if name in names and value else value for name, value in row.items()}
    if "unit" in row:
        renamed["unit"] = code
    if "code" in row and "holder" in row:
        renamed["code"] = f"{code}-{row['code']}"
    return renamed
