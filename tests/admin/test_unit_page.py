"""The page of a management unit: as it stood on any day, and as quick with many rows as with few."""

from datetime import date

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts import clock
from contracts.models import Application, Contract, Customer, ManagementUnit, Option, Price, Target, WorkItem
from contracts.operations.import_book import import_book
from contracts.operations.notices import NoticeAsked, receive_notice
from contracts.operations.worklist import refresh_worklist
from tests.admin.conftest import signed_in
from tests.conftest import SAMPLE
from tests.worlds import world

AT_MOST_QUERIES = 20  # the next bill among them, computed as the close does
TODAY = date(2026, 11, 23)


sample = world("the sample", lambda: import_book(SAMPLE, by="試験", on=clock.today()))


@pytest.fixture
def clerk(db: None) -> User:
    """Whoever enters applications, and is no superuser: permissions cost queries too."""
    user = User.objects.create_user("clerk", is_staff=True)
    codes = Permission.objects.filter(content_type__app_label__in=["contracts", "billing"])
    user.user_permissions.set(codes.filter(codename__startswith="view_") | codes.filter(codename="enter_application"))
    return user


def page_of(code: str) -> str:
    return reverse("admin:contracts_managementunit_change", args=[ManagementUnit.objects.get(code=code).pk])


@time_machine.travel(TODAY)
def test_a_unit_that_lost_its_last_module_says_so_with_the_day_and_what_mends_it(sample: None, chief: User) -> None:
    text = signed_in(chief).get(page_of("U51900026")).text
    assert "2026-11-23は、次の条件を満たしていません" in text
    assert "2026-09-30" in text
    assert "第7条第1項" in text
    assert "承諾の後に分かったことによる（I-09、I-28）" in text
    assert "モジュールの契約又はEDR運用オプションを、同じ申込で、同じ日までに始めてください" in text


@time_machine.travel(TODAY)
@pytest.mark.parametrize(
    ("on", "serving", "not_serving"),
    [
        pytest.param("2025-07-30", [], ["SOC51900088", "OP51900046"], id="the day before the start"),
        pytest.param("2025-07-31", ["SOC51900088", "SOC51900089", "OP51900046"], [], id="the first day"),
        pytest.param("2025-12-21", ["SOC51900089"], [], id="the module's last day is still served (I-03)"),
        pytest.param("2025-12-22", ["SOC51900088"], ["SOC51900089"], id="the day after it"),
        pytest.param("2026-09-29", ["OP51900046", "OP51900047"], [], id="the pair's last day (12-4)"),
        pytest.param("2026-09-30", ["SOC51900088"], ["OP51900046", "OP51900047"], id="the day after the pair"),
    ],
)
def test_contracts_as_they_stood(
    sample: None, chief: User, on: str, serving: list[str], not_serving: list[str]
) -> None:
    answer = signed_in(chief).get(page_of("U51900026"), {"on": on})
    served = [row.number for row in answer.context["rows"]]
    assert set(serving) <= set(served)
    assert not set(not_serving) & set(served)
    assert set(not_serving) <= {row.number for row in answer.context["others"]}


@time_machine.travel(TODAY)
@pytest.mark.parametrize("on", ["", "yesterday", "1026-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_today(sample: None, chief: User, on: str) -> None:
    assert signed_in(chief).get(page_of("U51900010"), {"on": on}).context["on"] == TODAY


@time_machine.travel(TODAY)
def test_an_ended_term_licence_shows_the_term_it_ended_in(sample: None, chief: User) -> None:
    rows = signed_in(chief).get(page_of("U51900026")).context["others"]
    licence = next(row for row in rows if row.number == "OP51900047")
    # Its second term ran when it ended on 2026-09-29.
    assert licence.committed_until == date(2027, 7, 30)
    assert licence.end_clause == "第12条第4項、I-14"
    assert licence.may_ask == []
    assert not any(part.address for part in licence.details)


@time_machine.travel(TODAY)
def test_what_may_be_applied_for_leads_to_the_form_with_its_line_begun(sample: None, clerk: User) -> None:
    client = signed_in(clerk)
    rows = client.get(page_of("U51900001")).context["rows"]
    asked = {row.number: dict(row.may_ask) for row in rows}
    # プレミアム has nothing above it; ten years are the most; a licence's number changes, its kind does not.
    assert set(asked["SOC51900001"]) == {"オプションの追加"}
    assert set(asked["OP51900002"]) == set()
    assert set(asked["OP51900004"]) == {"ライセンス数の変更"}
    assert set(asked["SOC51900002"]) == {"品目の変更", "オプションの追加"}
    form = client.get(asked["OP51900001"]["保管年数の変更"])
    # What may be changed is itself the way to its change, here and in the table of the customer.
    changes = {row.number: [(part.said, part.label) for part in row.details if part.address] for row in rows}
    assert [label for _said, label in changes["OP51900004"]] == ["ライセンス数の変更"]
    assert changes["OP51900004"][0][0].endswith("ライセンス")
    assert changes["SOC51900001"] == changes["OP51900002"] == []
    assert [label for _said, label in changes["SOC51900002"]] == ["品目の変更"]
    assert dict(changes["OP51900001"]).popitem()[1] == "保管年数の変更"
    customer = ManagementUnit.objects.get(code="U51900001").customer
    held = client.get(reverse("admin:contracts_customer_change", args=[customer.pk])).context["units"]
    [here] = [unit for unit in held if unit.row.code == "U51900001"]
    for target in here.targets:
        [row] = [row for row in rows if row.number == target.number]
        assert target.details == row.details
        forms = {form for _label, form in row.may_ask}
        assert {part.address for part in target.details if part.address} <= forms
    assert next(line["verb"] for line in form.context["lines"]) == "retention_years"
    assert "OP51900001" in form.text


@time_machine.travel(TODAY)
def test_only_what_is_to_be_done_is_called_so(sample: None, clerk: User) -> None:
    """What comes by itself stands beside it, and on a customer's page on the time line alone."""
    chief = User.objects.create_superuser("lead")
    unit = ManagementUnit.objects.get(code="U51900001")
    asked = NoticeAsked(targets=("SOC51900002", "OP51900001"), arrived_on=TODAY)
    receive_notice(unit, asked, on=TODAY, by=chief)
    page = signed_in(chief).get(page_of(unit.code))
    assert {row["code"] for row in page.context["work"]} == {"price"}
    ending = {("ending", "SOC51900002"), ("ending", "OP51900001")}
    assert {(row["code"], row["subject"]) for row in page.context["notes"]} == ending
    assert page.text.count("2026-12-23に終了します") == 2
    of_customer = signed_in(chief).get(reverse("admin:contracts_customer_change", args=[unit.customer_id]))
    assert {row["code"] for row in of_customer.context["work"]} == {"price"}
    # A record of an outage begins with the unit's contracts; its options are none.
    assert "/outage/record/?numbers=SOC51900001+SOC51900002+SOC51900003" in page.text
    assert "担当者とメモ" in page.text
    assert '<th scope="col">すること</th>' in page.text


@time_machine.travel(TODAY)
def test_a_column_of_what_one_may_not_do_is_left_out(sample: None) -> None:
    auditor = User.objects.create_user("kansa", is_staff=True)
    auditor.groups.set(Group.objects.filter(name="監査"))
    client = signed_in(auditor)
    told = client.get(page_of("U51900001")).text
    assert "対応が必要なこと" in told
    for heading in ("担当者とメモ", "すること"):
        assert f'<th scope="col">{heading}</th>' not in told, heading
    item = WorkItem.objects.get(unit__code="U51900001")
    item.note = "電話した"
    item.save()
    assert "電話した" in client.get(page_of("U51900001")).text


def test_a_new_unit_asks_for_its_first_application(chief: User) -> None:
    customer = Customer.objects.create(code="C1", name="見本商事")
    unit = ManagementUnit.objects.create(code="U1", customer=customer, name="本社")
    assert "申込を入力してください" in signed_in(chief).get(page_of(unit.code)).text


@pytest.mark.parametrize("contracts", [1, 40])
def test_the_page_takes_few_queries_however_much_there_is(clerk: User, contracts: int) -> None:
    customer = Customer.objects.create(code="C1", name="見本商事")
    unit = ManagementUnit.objects.create(code="U1", customer=customer, name="本社")
    day = date(2026, 4, 1)
    for number in range(contracts):
        application = Application.objects.create(number=f"A{number}", unit=unit, applied_on=day, accepted_on=day)
        target = Target.objects.create(number=f"M{number}", kind="module", unit=unit, application=application)
        contract = Contract.objects.create(target=target, category="module", module_type="cloud_log")
        kept = Target.objects.create(number=f"O{number}", kind="option", unit=unit, application=application)
        Option.objects.create(target=kept, contract=contract, option="log_retention", retention_years=1)
        Price.objects.create(target=target, fee="monthly", amount_yen=1000, from_on=day)
    refresh_worklist([unit.pk])
    client = signed_in(clerk)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page_of("U1")).status_code == 200
    # One of them asks for the unit's address above.
    assert len(queries) - 1 <= AT_MOST_QUERIES, [query["sql"][:100] for query in queries]
