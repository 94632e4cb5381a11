"""The page of a customer: its totals, its bills and why they differ, what lies ahead, as of any day and as it was known on one."""

import re
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import ChargeLine, Month
from billing.operations.close_month import close_month
from contracts import clock
from contracts.admin.customer.page import UNITS_A_PAGE
from contracts.models import Application, Contract, Customer, ManagementUnit, Price, Target
from contracts.operations.import_book import import_book
from tests.admin.conftest import signed_in
from tests.conftest import SAMPLE
from tests.contracts.book.build import book as rows
from tests.contracts.book.build import edr, licence, module, must_take, notice, option, premium, price, priced
from tests.contracts.prices.right import correct_price
from tests.worlds import world

LATE = date(2027, 1, 5)
NOON = "2025-08-10 12:00+09:00"
AT_MOST_QUERIES = 29
JAPANESE = re.compile(r"[\u3040-\u30ff]")


def _sample_with_months() -> None:
    """The sample, its first seven months closed."""
    import_book(SAMPLE, by="試験", on=clock.today())
    for month in range(1, 8):
        close_month(date(2025, month, 1), on=LATE, by="試験")


sample = world("the sample with seven months", _sample_with_months)


WHOLE = {"part": "whole"}
"""With what the page computes once it is there."""


def page_of(code: str) -> str:
    return reverse("admin:contracts_customer_change", args=[Customer.objects.get(code=code).pk])


def yen(text: str) -> int:
    return int(text.replace(",", "").replace("−", "-").replace("+", "") or 0)


def person(name: str, *codes: str) -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    return user


ALL_OF_A_CLERK = ["view_customer", "view_managementunit", "view_chargeline", "view_invoice", "view_application"]
ALL_OF_A_CLERK += ["view_notice", "view_entry", "view_workitem", "enter_application", "add_notice", "add_outage"]


@time_machine.travel(NOON)
def test_the_sample_adds_up_for_every_customer_and_is_what_is_then_billed(sample: None, chief: User) -> None:
    """Units to the customer, targets to the unit, fees and differences to the bills, the closed month to its ledger.

    The next bill comes to what the close of its month then bills.
    """
    client = signed_in(chief)
    last = Month.objects.get(month=date(2025, 7, 1))
    shown = {}
    for customer in Customer.objects.all():
        context = client.get(page_of(customer.code), WHOLE).context
        bills, units = context["bills"], context["units"]
        lines = ChargeLine.objects.filter(month=last, customer=customer)
        shown[customer.pk] = yen(bills["now"]["yen"])
        assert (bills["before"]["month"], bills["now"]["month"]) == ("2025-07", "2025-08")
        assert yen(bills["before"]["yen"]) == (lines.aggregate(yen=Sum("amount_yen"))["yen"] or 0)
        for column in ("before", "now"):
            assert sum(yen(fee[column]) for fee in bills["fees"]) == yen(bills[column]["yen"])
        of_units = context["unit_bills"]
        assert sum(yen(one["now"]) for one in of_units) == yen(bills["now"]["yen"])
        assert sum(yen(one["difference"]) for one in of_units) == yen(bills["difference"])
        assert sum(yen(one["yen"]) for one in bills["why"]) == yen(bills["difference"])
        for one in bills["why"]:
            assert sum(yen(part["yen"]) for part in one["parts"]) == yen(one["yen"])
        assert sum(yen(unit.monthly) for unit in units) == yen(context["figures"]["monthly"])
        for unit in units:
            assert sum(yen(target.monthly or "") for target in unit.targets) == yen(unit.monthly)
    assert close_month(date(2025, 8, 1), on=LATE, by="試験").closed
    sums = ChargeLine.objects.filter(month__month=date(2025, 8, 1)).order_by().values_list("customer")
    billed = dict(sums.annotate(Sum("amount_yen")))
    assert {pk: yen for pk, yen in shown.items() if yen} == {pk: yen for pk, yen in billed.items() if yen}
    assert len(billed) > 10


def _a_unit() -> None:
    """A unit with an EDR pair, its months from 2025-04 to 2025-07 closed."""
    prices = [*priced("T-1", 300_000), *priced("M-1", 100_000), *priced("O-EDR", 50_000), *priced("O-LIC", 100)]
    prices += priced("O-KEEP", 20_000)
    kept = option("ログ保管オプション", "M-1", "O-KEEP", retention_years=1)
    facts = [premium(), module(), edr(), licence("期間ライセンス", 1000), kept, *prices]
    with time_machine.travel("2025-08-01 10:00+09:00"), TemporaryDirectory() as folder:
        must_take(rows(*facts), Path(folder))
        for month in (4, 5, 6, 7):
            close_month(date(2025, month, 1), on=LATE, by="試験")


a_unit = world("a unit with an EDR pair, four months closed", _a_unit)


@pytest.fixture
def unit(a_unit: None) -> ManagementUnit:
    return ManagementUnit.objects.get()


@time_machine.travel(NOON)
def test_a_month_is_price_times_number(unit: ManagementUnit, chief: User) -> None:
    context = signed_in(chief).get(page_of("C-1"), WHOLE).context
    (held,) = context["units"]
    shown = {target.number: (target.monthly, target.times) for target in held.targets}
    assert shown == {
        "T-1": ("300,000", ""),
        "O-EDR": ("50,000", ""),
        "O-LIC": ("100,000", "100円 × 1,000"),
        "M-1": ("100,000", ""),
        "O-KEEP": ("20,000", ""),
    }
    assert (held.monthly, context["figures"]["monthly"]) == ("570,000", "570,000")
    assert [target.number for target in held.targets] == ["T-1", "O-EDR", "O-LIC", "M-1", "O-KEEP"]


@time_machine.travel(NOON)
@pytest.mark.parametrize(
    ("facts", "sentence", "difference"),
    [
        pytest.param([price("T-1", "monthly", 330_000, "2025-08-01")], "単価が300,000円から330,000円に変わります", 30_000, id="price"),
        pytest.param([notice("O-KEEP", "2025-07-10")], "解除調定金がかかります", 20_000, id="settlement"),
        pytest.param([price("M-1", "one_time", 7_000, "2025-08-05")], "一時費用がかかります", 7_000, id="one-time"),
        pytest.param([price("T-1", "monthly", 310_000, "2025-07-01")], "締め済みの月の訂正があります", 20_000, id="late"),
        pytest.param([price("T-1", "monthly", 331_000, "2025-08-16")], "月の途中の変更で日割りの額が変わります", 15_999, id="within"),
    ],
)  # fmt: skip
def test_why_the_next_bill_differs_is_said(
    unit: ManagementUnit, chief: User, tmp_path, facts: list, sentence: str, difference: int
) -> None:
    must_take(rows(*facts), tmp_path / "more")
    bills = signed_in(chief).get(page_of("C-1"), WHOLE).context["bills"]
    said = [part["said"] for one in bills["why"] for part in one["parts"]]
    assert sentence in said
    assert yen(bills["difference"]) == difference


@time_machine.travel(NOON)
def test_the_causes_of_one_target_stand_in_its_row(unit: ManagementUnit, chief: User, tmp_path) -> None:
    """O-KEEP is bound to 2025-09-30 and ends on 08-09: 22 days of August less, and the rest of its minimum term (14-2)."""
    must_take(rows(notice("O-KEEP", "2025-07-10")), tmp_path / "more")
    (one,) = signed_in(chief).get(page_of("C-1"), WHOLE).context["bills"]["why"]
    assert (one["number"], one["yen"], one["falls"]) == ("O-KEEP", "+20,000", False)
    assert [(part["said"], part["yen"]) for part in one["parts"]] == [
        ("課金する日数が31日から9日に変わります", "−14,194"),
        ("解除調定金がかかります", "+34,194"),
    ]


@time_machine.travel(NOON)
def test_what_lies_ahead_is_told_by_day(unit: ManagementUnit, chief: User, tmp_path) -> None:
    more = [price("T-1", "monthly", 310_000, "2025-12-01"), notice("M-1", "2025-08-01", "2025-11-30")]
    must_take(rows(*more), tmp_path / "more")
    ahead = signed_in(chief).get(page_of("C-1"), WHOLE).context["ahead"]
    told = [(str(one.on), one.kind, one.number) for row in ahead["rows"] for one in (row.first, *row.others)]
    told += [(str(one.on), one.kind, one.number) for row in ahead["more"] for one in (row.first, *row.others)]
    assert told == sorted(told, key=lambda one: one[0])
    assert set(told) == {
        ("2025-09-30", "minimum_term", "T-1"),
        ("2025-09-30", "minimum_term", "M-1"),
        ("2025-09-30", "minimum_term", "O-KEEP"),
        ("2025-11-30", "end", "M-1"),
        ("2025-11-30", "end", "O-KEEP"),
        ("2025-12-01", "price", "T-1"),
        ("2025-12-31", "deadline", "O-LIC"),
        ("2026-03-31", "minimum_term", "O-EDR"),
        ("2026-04-01", "renewal", "O-LIC"),
    }
    assert ahead["count"] == len(told)
    # Three minimum terms end on one day: one sign, with their number.
    lane = next(lane for lane in ahead["lanes"] if lane.kind == "minimum_term")
    assert [sign.count for sign in lane.signs] == [3, 1]


@time_machine.travel(NOON)
def test_a_back_dated_correction_is_told_on_its_day_and_not_as_known_before(unit: ManagementUnit, chief: User) -> None:
    """A price put right today from 04-01 on: the day in May has the new one, and by what was known yesterday the old."""
    client, address = signed_in(chief), page_of("C-1")
    with time_machine.travel("2025-08-12 10:00+09:00"):
        row = Price.objects.standing().get(target__number="T-1", fee="monthly")
        correct_price(row, amount_yen=200_000, reference="見積 2", reason="誤り", on=date(2025, 8, 12), by=chief)
    with time_machine.travel("2025-08-13 10:00+09:00"):
        client = signed_in(chief)
        now = client.get(address, WHOLE | {"on": "2025-05-15"}).context
        then = client.get(address, WHOLE | {"on": "2025-05-15", "known": "2025-08-11"}).context
        today, before = client.get(address, WHOLE).context, client.get(address, WHOLE | {"known": "2025-08-11"}).context
        assert (
            "2025-08-11の終わりまでに記録されていた事実だけ"
            in client.get(address, WHOLE | {"known": "2025-08-11"}).text
        )
        assert "事実だけで表示しています" not in client.get(address, WHOLE | {"known": "2025-08-13"}).text
    assert (now["figures"]["monthly"], then["figures"]["monthly"]) == ("470,000", "570,000")
    # The month of that day was closed: it is told as it was billed, whatever is known since.
    assert now["bills"]["now"]["yen"] == then["bills"]["now"]["yen"] == "570,000"
    assert (today["bills"]["now"]["yen"], before["bills"]["now"]["yen"]) == ("70,000", "570,000")
    assert [part["said"] for one in today["bills"]["why"] for part in one["parts"]] == [
        "単価が300,000円から200,000円に変わります",
        "締め済みの月の訂正があります",
    ]
    assert before["bills"]["why"] == []
    assert ("verbs" in today, "verbs" in before) == (True, False)


@time_machine.travel(NOON)
def test_a_unit_is_told_as_of_the_same(unit: ManagementUnit, chief: User) -> None:
    with time_machine.travel("2025-08-12 10:00+09:00"):
        row = Price.objects.standing().get(target__number="T-1", fee="monthly")
        correct_price(row, amount_yen=200_000, reference="見積 2", reason="誤り", on=date(2025, 8, 12), by=chief)
    with time_machine.travel("2025-08-13 10:00+09:00"):
        client = signed_in(chief)
        address = reverse("admin:contracts_managementunit_change", args=[unit.pk])
        now, then = client.get(address, WHOLE).context, client.get(address, WHOLE | {"known": "2025-08-11"}).context
    assert (now["monthly"], then["monthly"]) == ("470,000", "570,000")
    assert (now["bills"]["now"]["yen"], then["bills"]["now"]["yen"]) == ("70,000", "570,000")
    assert all(not row.verbs and not row.may_ask and not row.todo for row in then["rows"])
    assert "verbs" not in then


@time_machine.travel(NOON)
def test_who_may_not_see_yen_sees_none(unit: ManagementUnit, db: None) -> None:
    seen = person("seen", "view_customer", "view_managementunit")
    answer = signed_in(seen).get(page_of("C-1"), WHOLE)
    assert answer.context["bills"] is None
    assert "570,000" not in answer.text
    assert "300,000" not in answer.text
    assert [unit.row.code for unit in answer.context["units"]] == ["U-1"]
    assert answer.context["papers"] == []
    assert answer.context["history"] is None
    assert answer.context["verbs"] == {"main": [], "groups": []}
    assert "名称を変更" not in answer.text
    of_unit = signed_in(seen).get(reverse("admin:contracts_managementunit_change", args=[unit.pk]), WHOLE)
    assert "300,000" not in of_unit.text


def test_who_may_not_see_units_sees_the_name_alone(unit: ManagementUnit) -> None:
    answer = signed_in(person("name", "view_customer")).get(page_of("C-1"), WHOLE)
    assert "株式会社見本" in answer.text
    assert "U-1" not in answer.text


@time_machine.travel(NOON)
def test_verbs_stand_by_work_and_what_would_be_refused_says_why(unit: ManagementUnit, chief: User, tmp_path) -> None:
    answer = signed_in(chief).get(page_of("C-1"), WHOLE)
    rename = reverse("admin:contracts_customer_rename", args=[unit.customer_id])
    assert answer.text.count(f'<a href="{rename}">名称を変更</a>') == 2, "beside the name, and among the verbs"
    verbs = answer.context["verbs"]
    assert [(str(one.label), one.weight, bool(one.address)) for one in verbs["main"]] == [
        ("申込を入力", "main", True),
        ("解約通知を受け付ける", "grave", True),
    ]
    assert [str(group.label) for group in verbs["groups"]] == ["契約者と管理単位", "障害", "台帳"]
    ManagementUnit.objects.create(code="U-2", name="支社", customer=unit.customer)
    asks = signed_in(chief).get(page_of("C-1"), WHOLE).context["verbs"]["main"][0]
    assert [choice.label for choice in asks.choices] == ["U-1 本社", "U-2 支社"]
    every = [notice(number, "2025-05-01") for number in ("T-1", "M-1", "O-EDR", "O-KEEP", "O-LIC")]
    must_take(rows(*every), tmp_path / "notices")
    with time_machine.travel("2026-12-01 12:00+09:00"):
        client = signed_in(chief)
        of_unit_page = reverse("admin:contracts_managementunit_change", args=[unit.pk])
        gives, of_unit = (
            next(one for one in client.get(address, WHOLE).context["verbs"]["main"] if one.weight == "grave")
            for address in (page_of("C-1"), of_unit_page)
        )
    assert str(gives.why_not) == str(of_unit.why_not) == "終了していない契約・オプションがありません"
    assert not gives.choices


def many(units: int) -> None:
    customer = Customer.objects.create(code="C1", name="見本商事")
    day = date(2026, 4, 1)
    for number in range(units):
        unit = ManagementUnit.objects.create(code=f"U{number:04}", customer=customer, name="拠点")
        application = Application.objects.create(number=f"A{number}", unit=unit, applied_on=day, accepted_on=day)
        target = Target.objects.create(
            number=f"M{number}", kind="module", unit=unit, application=application, billing_starts_on=day
        )
        Contract.objects.create(target=target, category="module", module_type="cloud_log")
        Price.objects.create(target=target, fee="monthly", amount_yen=1000, from_on=day)


@time_machine.travel("2026-08-10 12:00+09:00")
@pytest.mark.parametrize("units", [1, 60])
def test_the_page_takes_few_queries_however_many_units(db: None, units: int) -> None:
    many(units)
    client = signed_in(person("clerk", *ALL_OF_A_CLERK))
    address = page_of("C1")
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address, WHOLE)
    assert len(queries) <= AT_MOST_QUERIES, [query["sql"][:100] for query in queries]
    assert answer.context["figures"]["monthly"] == f"{units * 1000:,}"


@time_machine.travel("2026-08-10 12:00+09:00")
def test_units_are_paged_and_the_totals_are_of_all(db: None, chief: User) -> None:
    many(45)
    client, address = signed_in(chief), page_of("C1")
    seen = []
    for nth in ("1", "2", "3"):
        context = client.get(address, WHOLE | {"page": nth}).context
        assert context["figures"]["monthly"] == "45,000"
        seen += [unit.row.code for unit in context["units"]]
    assert seen == [f"U{number:04}" for number in range(45)]
    assert len(seen) > 2 * UNITS_A_PAGE
    for wrong in ("0", "99", "x", "-1", "９"):
        assert client.get(address, WHOLE | {"page": wrong}).status_code == 200


@time_machine.travel("2026-08-10 12:00+09:00")
def test_of_a_customer_with_very_many_units_the_page_is_told(db: None, chief: User, monkeypatch) -> None:
    monkeypatch.setattr("contracts.admin.customer.page.MOST_UNITS", 30)
    many(45)
    answer = signed_in(chief).get(page_of("C1"), {"page": "2"})
    assert "管理単位が多いため" in answer.text
    assert answer.context["figures"]["monthly"] == f"{len(answer.context['units']) * 1000:,}"


@time_machine.travel(NOON)
def test_the_english_page_is_english(unit: ManagementUnit, chief: User, tmp_path) -> None:
    more = [price("T-1", "monthly", 310_000, "2025-12-01"), notice("M-1", "2025-08-01", "2025-11-30")]
    more += [price("T-1", "monthly", 310_000, "2025-07-01"), price("M-1", "one_time", 7_000, "2025-08-05")]
    must_take(rows(*more), tmp_path / "more")
    for address in (page_of("C-1"), reverse("admin:contracts_managementunit_change", args=[unit.pk])):
        for query in ({}, {"on": "2025-06-01", "known": str(date(2025, 8, 10) - timedelta(days=1))}):
            text = signed_in(chief, "en").get(address, WHOLE | query).text
            text = re.sub(
                r'<t[dh][^>]* lang="ja">.*?</t[dh]>|<form[^>]*language.*?</form>|<script.*?</script>',
                "",
                text,
                flags=re.S,
            )
            for name in (
                "株式会社見本",
                "ログ保管オプション",
                "クラウドログ収集モジュール",
                "EDR運用オプション",
                "EDRライセンス",
            ):
                text = text.replace(name, "")
            for name in ("期間ライセンス", "プレミアム", "受付", "試験", "コマンド"):
                text = text.replace(name, "")
            found = [line.strip() for line in re.sub(r"<[^>]*>", "\n", text).splitlines() if JAPANESE.search(line)]
            assert found == []


@time_machine.travel(NOON)
def test_papers_are_those_that_there_were(unit: ManagementUnit, chief: User, tmp_path) -> None:
    """A notice, an entry and an application of later days are not among what was known before."""
    with time_machine.travel("2025-08-12 10:00+09:00"):
        must_take(rows(notice("O-KEEP", "2025-08-11")), tmp_path / "later")
        Application.objects.create(number="A-LATE", unit=unit, state="draft", applied_on=date(2025, 8, 12))
    with time_machine.travel("2025-08-13 10:00+09:00"):
        client, address = signed_in(chief), page_of("C-1")
        now, then = client.get(address, WHOLE).context, client.get(address, WHOLE | {"known": "2025-08-11"}).context

    def told(context, title: str) -> int:
        return len(next(table for table in context["papers"] if table["title"] == title)["rows"])

    assert (told(now, "申込"), told(then, "申込")) == (2, 1)
    assert (told(now, "解約通知"), told(then, "解約通知")) == (1, 0)
    moments = [dict(row)["at"] for row in then["history"]["rows"]]
    assert moments
    assert max(moments) < "2025-08-12"
    assert max(dict(row)["at"] for row in now["history"]["rows"]) > "2025-08-12"
