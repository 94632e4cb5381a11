"""The first page by role: what each has before them and beside it, in few queries; and the calendar of what is coming."""

import html
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from billing.operations.close_month import close_month
from contracts import clock
from contracts.admin.kit.columns import who_said
from contracts.admin.work.calendar import months
from contracts.admin.work.news import news
from contracts.models import Application, BookUpload, Customer, Entry, ManagementUnit, WorkItem
from contracts.operations.applications import receive, save_draft, withdraw
from contracts.operations.notices import NoticeAsked, receive_notice
from contracts.operations.register import assign, register_unit
from contracts.operations.worklist import refresh_whole_worklist
from tests.admin.conftest import signed_in
from tests.contracts.book.build import book, module, must_take, priced, tier

INDEX = "admin:index"
NOW = datetime(2025, 8, 10, 12, tzinfo=ZoneInfo("Asia/Tokyo"))


@pytest.fixture(autouse=True)
def in_august():
    with time_machine.travel(NOW, tick=False):
        yield


def of_role(role: str, name: str) -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def clerk(db, tmp_path) -> User:
    must_take(book(tier(), module(), *priced("T-1", 300_000), *priced("M-1", 100_000)), tmp_path / "book")
    user = of_role("営業担当", "担当")
    ManagementUnit.objects.update(account_manager=user)
    return user


def page(user: User, **query: str):
    return signed_in(user).get(reverse(INDEX), query)


@pytest.mark.parametrize("role", ["営業担当", "営業責任者", "経理", "監査", "管理者"])
def test_the_page_of_each_role_takes_at_most_twelve_queries(clerk: User, role: str) -> None:
    close_month(date(2025, 4, 1), on=date(2025, 5, 2), by="試験")
    user = of_role(role, "人")
    ManagementUnit.objects.update(account_manager=user)
    client = signed_in(user)
    client.get(reverse(INDEX))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse(INDEX)).status_code == 200
    assert len(queries) <= 12, [query["sql"][:100] for query in queries]


def test_ones_own_customers_come_with_the_most_to_do_first(clerk: User) -> None:
    other = Customer.objects.create(code="C-2", name="別の会社")
    ManagementUnit.objects.create(code="U-2", customer=other, name="支社", account_manager=clerk)
    Customer.objects.create(code="C-0", name="担当でない会社")
    lead = of_role("営業責任者", "責任者")
    assert [(own.customer.code, own.lines, own.late) for own in page(clerk).context["customers"]] == [
        ("C-1", 1, 1),  # no network was ready by the start
        ("C-2", 0, 0),
    ]
    assert page(lead).context["customers"] == []


def test_what_others_did_since_yesterday_in_words(clerk: User) -> None:
    lead = of_role("営業責任者", "責任者")
    unit = ManagementUnit.objects.get()
    foreign = ManagementUnit.objects.create(code="U-9", customer=unit.customer, name="別")
    with time_machine.travel(NOW - timedelta(days=2), tick=False):
        assign(unit, to=None, by=lead)
        assign(unit, to=clerk, by=lead)
    with time_machine.travel(datetime(2025, 8, 9, 0, 0, tzinfo=ZoneInfo("Asia/Tokyo")), tick=False):
        save_draft(None, unit=unit, lines=[], applied_on=clock.today(), version=0, by=lead)  # of no interest
        register_unit(customer=unit.customer, code="U-3", name="新", by=lead)
    save_draft(None, unit=unit, lines=[], applied_on=clock.today(), version=0, by=clerk)
    Entry.objects.create(actor="責任者", operation="quote", record="price", subject="T-1", unit=unit)
    Entry.objects.create(actor="責任者", operation="quote", record="price", subject="M-1", unit=unit)
    Entry.objects.create(actor="責任者", operation="quote", record="price", subject="X-1", unit=foreign)
    Entry.objects.create(actor="担当", operation="quote", record="price", subject="T-1", unit=unit)
    Entry.objects.create(actor="責任者", operation="log_in", record="login", subject="責任者")
    Entry.objects.create(actor="システム", operation="begin", record="settings", subject="web")
    told = news(clerk, today=clock.today(), units=[unit.pk])
    own = [line for line in told if line.operation != "台帳の取込"]
    assert [(line.actor, line.operation, line.subjects, line.unit) for line in own] == [
        ("責任者", "料金の登録", ["M-1", "T-1"], unit)
    ]
    everybody = news(clerk, today=clock.today(), units=[])
    assert ["X-1"] in [line.subjects for line in everybody]
    assert "登録" in [line.operation for line in everybody]
    assert not {"ログイン", "起動時の設定"} & {line.operation for line in everybody}
    assert "料金の登録 M-1" in page(clerk).text
    assert "ほか1件" in page(clerk).text


def test_whoever_only_looks_is_told_that_nothing_waits_for_them(clerk: User) -> None:
    text = page(of_role("監査", "監査人")).text
    assert "決めること・することは、あなたにはありません" in text
    assert "今、決めること" not in text


@pytest.mark.parametrize(
    ("stored", "said"),
    [("システム", "The system"), ("root（コマンド）", "root (a command)"), ("山田", "山田"), ("", None), (None, None)],
)
def test_who_did_what_no_log_in_did_is_said_in_the_language_of_the_screen(stored: str | None, said: str | None) -> None:
    with override("en"):
        assert who_said(stored) == said
    assert who_said(stored) == (stored or None)


def test_a_draft_is_there_for_who_began_it(clerk: User) -> None:
    draft = save_draft(None, unit=ManagementUnit.objects.get(), lines=[], applied_on=clock.today(), version=0, by=clerk)
    assert page(clerk).context["drafts"] == [draft]
    assert page(of_role("営業責任者", "責任者")).context["drafts"] == []
    assert page(of_role("経理", "経理")).context["drafts"] == []


def received(clerk: User, unit: ManagementUnit) -> Application:
    line = {
        "key": "#1",
        "verb": "option",
        "contract": "T-1",
        "option": "on_site_report",
        "starts_on": f"{clock.today()}",
    }
    line |= {"initial_yen": "0", "monthly_yen": "70000"}
    draft = save_draft(None, unit=unit, lines=[line], applied_on=clock.today(), version=0, by=clerk)
    return receive(draft, on=clock.today(), by=clerk, reason="依頼")


def test_what_one_entered_can_be_put_right_from_the_page_until_it_is_decided(clerk: User) -> None:
    application = received(clerk, ManagementUnit.objects.get())
    edit = reverse("admin:contracts_application_edit", args=[application.pk])
    assert f'class="put-right" href="{edit}"' in page(clerk).text
    assert edit not in page(of_role("営業責任者", "責任者")).text
    withdraw(application, on=clock.today(), by=clerk, reason="誤り")
    assert "put-right" not in page(clerk).text


def test_the_next_application_is_open_for_who_may_decide_it(clerk: User) -> None:
    """For nobody else, and for nobody who had a hand in it; accepted, it leads back to where the next one is open."""
    unit, lead = ManagementUnit.objects.get(), of_role("営業責任者", "責任者")
    first, second = received(clerk, unit), received(clerk, unit)
    refresh_whole_worklist()
    assert 'class="module decision' not in page(clerk).text
    assert 'class="module decision' not in page(of_role("監査", "監査")).text
    accept = reverse("admin:contracts_application_accept", args=[first.pk])
    assert f'data-late="decision" data-late-part="{accept}?part=late"' in page(lead).text
    client = signed_in(lead)
    late = client.get(accept, {"part": "late"})
    assert "<html" not in late.text
    assert 'data-late="decision"' in late.text
    assert "承諾できます" in late.text
    assert "これからの請求" in late.text
    [action] = re.findall(r'<form method="post" action="([^"]+)"', late.text)
    given = {"on": f"{clock.today()}", **{name: str(value) for name, value in late.context["hidden"].items()}}
    answer = client.post(html.unescape(action), given, follow=True)
    assert answer.redirect_chain == [(reverse(INDEX), 302)]
    assert f"申込{first.number}を承諾しました" in answer.text
    assert reverse("admin:contracts_application_change", args=[first.pk]) in answer.text
    following = reverse("admin:contracts_application_accept", args=[second.pk])
    assert f'data-late-part="{following}?part=late"' in answer.text
    own = received(lead, unit)
    withdraw(second, on=clock.today(), by=clerk, reason="誤り")
    refresh_whole_worklist()
    assert own.number not in page(lead).text.partition('class="module decision')[2].partition("</section>")[0]


def test_what_is_shown_is_what_is_accepted_from_the_first_page_too(clerk: User) -> None:
    """What has changed since is shown on the page of acceptance, and nothing is accepted."""
    unit, lead = ManagementUnit.objects.get(), of_role("営業責任者", "責任者")
    application = received(clerk, unit)
    accept = reverse("admin:contracts_application_accept", args=[application.pk])
    client = signed_in(lead)
    hidden = client.get(accept, {"part": "late"}).context["hidden"]
    receive_notice(unit, NoticeAsked(("M-1",), clock.today(), None), on=clock.today(), by=clerk)
    given = {"on": f"{clock.today()}", **{name: str(value) for name, value in hidden.items()}}
    answer = client.post(f"{accept}?to={reverse(INDEX)}", given)
    assert answer.status_code == 200
    assert "判定した後に変わったこと" in answer.text
    assert Application.objects.get(pk=application.pk).state == "received"


def test_a_book_waits_for_who_takes_it_in_and_for_who_brought_it(clerk: User) -> None:
    lead, other = of_role("営業責任者", "責任者"), of_role("営業責任者", "別の責任者")
    tried = BookUpload.objects.create(name="a.xlsx", size=1, sha256="a", brought_by=clerk, state="tried")
    sent = BookUpload.objects.create(
        name="b.xlsx", size=1, sha256="b", brought_by=lead, sent_by=lead, state="sent", four_eyes=True
    )
    assert page(clerk).context["books"] == [tried]
    assert page(lead).context["books"] == [], "who sent it does not take it in"
    assert page(other).context["books"] == [sent]


def calendar(client: Client, **query: str):
    return client.get(reverse("admin:contracts_workitem_calendar"), query)


def days_of(answer) -> dict[str, list[tuple[str, str]]]:
    return {
        str(day.on): [(line.first["code"], line.first["subject"]) for line in day.lines]
        for week in answer.context["weeks"]
        for day in week
        if day.lines
    }


def test_the_calendar_has_each_on_its_day(clerk: User) -> None:
    """The minimum term of both is over on 2025-09-30: it is known now, though it is on no list yet."""
    client = signed_in(clerk)
    over = [("minimum_term", "T-1"), ("minimum_term", "M-1")]
    assert days_of(calendar(client, month="2025-09")) == {"2025-09-30": over[:1]}, "one line a unit and day"
    line = next(
        line for week in calendar(client, month="2025-09").context["weeks"] for day in week for line in day.lines
    )
    assert [(row["code"], row["subject"]) for row in line.rows] == over
    assert line.yen == 400_000
    assert days_of(calendar(client)) == {}, "what is late since a day before the month has its place on the first page"
    assert months(clock.today()) == [date(2025, month, 1) for month in (8, 9, 10, 11)]
    for asked, shown in (("2025-07", "2025-08"), ("2026-12", "2025-11"), ("x", "2025-08"), ("", "2025-08")):
        assert f"{calendar(client, month=asked).context['month']:%Y-%m}" == shown


def test_the_calendar_is_of_ones_own_or_of_all(clerk: User) -> None:
    lead = signed_in(of_role("営業責任者", "責任者"))
    assert days_of(calendar(lead, month="2025-09")) == {}
    assert list(days_of(calendar(lead, month="2025-09", whose="all"))) == ["2025-09-30"]
    WorkItem.objects.update(settled_on=clock.today())
    assert days_of(calendar(lead, month="2025-09", whose="all")) == {}


def test_the_calendar_takes_few_queries(clerk: User) -> None:
    client = signed_in(clerk)
    with CaptureQueriesContext(connection) as queries:
        assert calendar(client, month="2025-09").status_code == 200
    assert len(queries) <= 8


def test_all_screens_of_an_application_are_listed_where_they_are_asked_for(clerk: User) -> None:
    page = signed_in(clerk).get(reverse("admin:app_list", args=["contracts"]))
    assert page.status_code == 200
    assert reverse("admin:contracts_customer_changelist") in page.text.partition('id="content-main"')[2]
    assert signed_in(User.objects.create_user("nobody", is_staff=True)).get(page.wsgi_request.path).status_code == 404
