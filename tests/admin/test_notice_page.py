"""The page of a notice: all that follows is shown before anything is saved, and saved just so (第10条, 第12条)."""

import re
from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import ChargeLine
from billing.operations.close_month import close_month
from contracts.models import ManagementUnit, Notice, Price, Target
from tests.admin.conftest import signed_in
from tests.contracts.book.build import book, edr, licence, module, notice, premium, priced, take, tier
from tests.contracts.ends.desk import day
from tests.rewrite import rewrite

NOON = {"tzinfo": ZoneInfo("Asia/Tokyo"), "hour": 12}
EDR = [premium(), module(), edr(), licence("期間ライセンス"), *priced("O-EDR", 50_000), *priced("O-LIC", 100)]
EDR += [*priced("T-1", 300_000), *priced("M-1", 100_000)]


def at(text: str) -> time_machine.travel:
    on = day(text)
    return time_machine.travel(datetime(on.year, on.month, on.day, **NOON), tick=False)


class Page:
    """The page of a notice as somebody fills it in."""

    def __init__(self, client, address: str) -> None:
        self.client, self.address = client, address

    def ask(self, **values: object) -> HttpResponse:
        """Show what follows."""
        self.values = {"when": "none", "ground": "notice", "reference": "", "reason": "", **values}
        return self.client.post(self.address, self.values)

    def confirm(self, answer: HttpResponse, **other: object) -> HttpResponse:
        """Confirm what was shown."""
        seen = answer.context["plan"]["seen"]
        return self.client.post(self.address, {**self.values, **other, "confirmed": "1", "seen": seen})


@pytest.fixture
def unit(db: None, tmp_path) -> ManagementUnit:
    assert take(book(*EDR), tmp_path).faults == []
    return ManagementUnit.objects.get()


@pytest.fixture
def page(unit: ManagementUnit, chief: User) -> Page:
    return Page(signed_in(chief), reverse("admin:contracts_notice_receive", args=[unit.pk]))


def plain(answer: HttpResponse) -> str:
    """The text of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_all_that_follows_is_shown_and_nothing_is_saved(page: Page) -> None:
    """12-4, I-14, I-17: thirty days end the operation, and the licence with it; both settle to their last day."""
    with at("2025-06-01"):
        answer = page.ask(targets=["O-EDR"], arrived_on="2025-06-01")
    shown = plain(answer)
    assert "2025-07-01 +30日" in shown
    assert "O-EDRの終了に伴う 第12条第4項、I-14" in shown
    moved = {row["number"]: (f"{row['after'].on}", row["yen"]) for row in answer.context["plan"]["moved"]}
    one_day, one_day_licence = 50_000 // 31, 100_000 // 31
    assert moved == {
        "O-EDR": ("2025-07-01", 9 * 50_000 - one_day),
        "O-LIC": ("2025-07-01", 9 * 100_000 - one_day_licence),
    }
    assert "2025-07の請求から変わります" in shown
    assert Notice.objects.count() == 0


def test_each_way_to_give_notice_is_shown_with_its_cost(page: Page) -> None:
    """I-14: notice for the one or the other, for the first day or for the end of the licence's term."""
    with at("2025-06-01"):
        ways = page.ask(targets=["O-EDR"], arrived_on="2025-06-01").context["plan"]["ways"]
    found = [(way["number"], f"{way['named'] or ''}", f"{way['rows'][0]['on']}", way["total"]) for way in ways]
    assert found == [
        ("O-EDR", "", "2025-07-01", "1,345,163"),
        ("O-EDR", "2026-03-31", "2026-03-31", "0"),
        ("O-LIC", "", "2025-08-30", "1,054,839"),
        ("O-LIC", "2026-03-31", "2026-03-31", "0"),
    ]


@pytest.mark.parametrize(
    ("arrived", "said"),
    [
        pytest.param(
            "2025-12-31", "期限までなので、この期間の満了で終わり、更新されません", id="10-9: on the deadline"
        ),
        pytest.param("2025-12-31", "期限は2025-12-31", id="the deadline"),
        pytest.param("2025-12-31", "安全な日は2025-12-28", id="the safe day"),
        pytest.param("2026-01-01", "新しい契約期間の満了日まで解除調定金が生じます", id="I-12: a day late, renewed"),
    ],
)
def test_where_the_arrival_lies_against_the_term_is_said(page: Page, arrived: str, said: str) -> None:
    with at(arrived):
        answer = page.ask(targets=["O-LIC"], arrived_on=arrived, when="term")
    assert said in plain(answer)


def test_what_is_confirmed_is_what_was_shown(page: Page, unit: ManagementUnit) -> None:
    with at("2025-06-01"):
        shown = page.ask(targets=["O-EDR"], arrived_on="2025-06-01", reference="K-77")
        answer = page.confirm(shown)
    assert answer.headers["Location"] == reverse("admin:contracts_managementunit_change", args=[unit.pk])
    assert Notice.objects.get().reference == "K-77"
    ends = dict(Target.objects.exclude(ends_on=None).values_list("number", "ends_on"))
    assert ends == {row["number"]: row["after"].on for row in shown.context["plan"]["moved"]}


@pytest.mark.parametrize(
    "meanwhile",
    [
        pytest.param("form", id="another day in the form than the one shown"),
        pytest.param("facts", id="another price than was shown"),
    ],
)
def test_what_was_not_shown_is_not_saved(page: Page, meanwhile: str) -> None:
    with at("2025-06-01"):
        shown = page.ask(targets=["O-EDR"], arrived_on="2025-06-01")
        if meanwhile == "facts":
            rewrite(Price.objects.filter(target__number="O-LIC"), amount_yen=200)
        other = {"arrived_on": "2025-05-30"} if meanwhile == "form" else {}
        answer = page.confirm(shown, **other)
        assert "表示した後に事実が変わりました" in answer.text
        assert Notice.objects.count() == 0
        assert page.confirm(answer, **other).status_code == 302


def test_what_the_unit_loses_is_shown(page: Page) -> None:
    """I-09: a notice for the tier leaves its module."""
    with at("2025-06-01"):
        answer = page.ask(targets=["T-1"], arrived_on="2025-06-01")
    assert {row["clause"] for row in answer.context["plan"]["lost"]} == {"第7条第1項"}
    assert "承諾の後に分かったことによる（I-09、I-28）" in answer.text


def test_a_late_notice_names_the_closed_months_it_touches(page: Page) -> None:
    for month in ("2025-04-01", "2025-05-01", "2025-06-01", "2025-07-01"):
        close_month(day(month), on=day("2025-12-01"), by="試験")
    with at("2025-12-01"):
        answer = page.ask(targets=["O-EDR"], arrived_on="2025-05-10")
        page.confirm(answer)
    close_month(day("2025-08-01"), on=day("2025-12-01"), by="試験")
    found = Counter(ChargeLine.objects.filter(fee="correction").values_list("corrects_month", "amount_yen"))
    by_month = {month: sum(yen * n for (of, yen), n in found.items() if of == month) for month, _yen in found}
    assert {f"{month:%Y-%m}" for month in by_month} == {"2025-06", "2025-07"}
    total = f"{sum(by_month.values()):+,}".replace("-", "−")
    assert (
        f"締め済みの2025-06、2025-07に触れます。次に締める月（2025-08）に{total}円の訂正明細が出ます。" in answer.text
    )
    for month, yen in by_month.items():
        assert f"{month:%Y-%m}分 {yen:+,}円".replace("-", "−", 2).replace("−", "-", 1) in answer.text


def test_an_owed_settlement_without_a_price_is_said(chief: User, tmp_path, db: None) -> None:
    """第13条: no price is an error to mend, never zero."""
    assert take(book(tier(), module()), tmp_path).faults == []
    page = Page(signed_in(chief), reverse("admin:contracts_notice_receive", args=[ManagementUnit.objects.get().pk]))
    with at("2025-06-01"):
        answer = page.ask(targets=["M-1"], arrived_on="2025-06-01")
    assert "料金が登録されていません" in answer.text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param({"targets": []}, "必須", id="no target"),
        pytest.param({"when": "named"}, "指定日を入力してください", id="a day to be named, and none"),
        pytest.param({"arrived_on": "2025-06-02"}, "到達日が未来の日です。（第12条第1項）", id="tomorrow"),
        pytest.param(
            {"ground": "gp28_2"}, "根拠が解約通知でない終了には指定日が必要です", id="a ground without its day"
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(page: Page, values: dict[str, object], said: str) -> None:
    with at("2025-06-01"):
        answer = page.ask(**{"targets": ["M-1"], "arrived_on": "2025-06-01", **values})
    assert said in answer.text
    assert answer.context["plan"] is None


def test_a_notice_is_withdrawn_on_its_page(unit: ManagementUnit, chief: User, tmp_path) -> None:
    assert take(book(*EDR, notice("O-EDR", "2025-06-01")), tmp_path / "more").faults == []
    row = Notice.objects.get()
    client = signed_in(chief)
    with at("2025-06-10"):
        assert "撤回を記録" in client.get(reverse("admin:contracts_notice_change", args=[row.pk])).text
        page = Page(client, reverse("admin:contracts_notice_withdraw", args=[row.pk]))
        shown = page.ask(document="D-9")
        assert "終了しない" in plain(shown)
        page.confirm(shown)
        after = client.get(reverse("admin:contracts_notice_change", args=[row.pk])).text
    assert "2025-06-10に撤回され、効力を持ちません（I-34）" in after
    assert "撤回を記録" not in after
    assert not Target.objects.exclude(ends_on=None).exists()


def test_a_notice_is_corrected_on_its_page(unit: ManagementUnit, chief: User, tmp_path) -> None:
    assert take(book(*EDR, notice("O-EDR", "2025-06-01")), tmp_path / "more").faults == []
    row = Notice.objects.get()
    page = Page(signed_in(chief), reverse("admin:contracts_notice_correct", args=[row.pk]))
    with at("2025-06-10"):
        shown = page.ask(document="D-9", arrived_on="2025-06-05", when="named", requested_for="2025-12-31")
        answer = page.confirm(shown)
    standing = Notice.objects.get(withdrawn_on=None)
    assert answer.headers["Location"] == reverse("admin:contracts_notice_change", args=[standing.pk])
    assert {f"{on}" for on in Target.objects.exclude(ends_on=None).values_list("ends_on", flat=True)} == {"2025-12-31"}


def test_the_notices_of_a_letter_lead_to_each_other(page: Page, unit: ManagementUnit) -> None:
    with at("2025-06-01"):
        page.confirm(page.ask(targets=["M-1", "O-EDR"], arrived_on="2025-06-01"))
        page.confirm(page.ask(targets=["T-1"], arrived_on="2025-06-01"))
        pair, other = (
            Notice.objects.filter(target__number__in=["M-1", "O-EDR"]),
            Notice.objects.get(target__number="T-1"),
        )
        first, second = pair.order_by("target__number")
        addresses = {row: reverse("admin:contracts_notice_change", args=[row.pk]) for row in (first, second, other)}
        told = page.client.get(reverse("admin:contracts_managementunit_change", args=[unit.pk])).text
        for said in (addresses[other], "記録した通知を開く（1件）", f"/notice/?q={unit.code}"):
            assert said in told, said
        shown = page.client.get(addresses[first]).text
        clerk = User.objects.create_user("clerk", is_staff=True)
        clerk.groups.set(Group.objects.filter(name="営業担当"))
        of_clerk = signed_in(clerk).get(addresses[first]).text
    for said in ("同じ通知書の解約通知", addresses[second], "C-1", "株式会社見本", "M-1 クラウドログ収集モジュール"):
        assert said in shown, said
    assert addresses[other] not in shown
    assert "営業責任者が記録します（I-34）" in of_clerk
    assert "撤回を記録" not in of_clerk
    assert "営業責任者が記録します" not in shown


def test_the_preview_takes_few_queries(page: Page) -> None:
    with at("2025-06-01"), CaptureQueriesContext(connection) as queries:
        page.ask(targets=["T-1", "M-1", "O-EDR", "O-LIC"], arrived_on="2025-06-01")
    # The session, the person and their rights among them; the notice is received, looked at and taken back.
    assert len(queries) <= 86, [query["sql"][:90] for query in queries]


@pytest.mark.parametrize("when", ["none", "term"])
def test_a_day_typed_beside_another_choice_is_never_ignored(page: Page, when: str) -> None:
    with at("2025-06-05"):
        answer = page.ask(targets=["M-1"], arrived_on="2025-06-05", when=when, requested_for="2025-12-31")
        assert "指定日が入力されています。「日を指定」を選ぶか、指定日を消してください。" in answer.text
        assert answer.context["plan"] is None
        assert 'value="2025-12-31"' in answer.text
        assert page.ask(targets=["M-1"], arrived_on="2025-06-05", when=when, requested_for="").context["plan"]
