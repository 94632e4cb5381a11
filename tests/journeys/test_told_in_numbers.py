"""What was once told in numbers: each life that came out wrong, with its right value, through the doors that people use."""

from datetime import date
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import reverse

from billing.models import ChargeLine, HeldSettlement, Invoice, Month
from billing.operations.check_ledger import check_ledger
from billing.operations.groups import make_group, put_in_group
from billing.operations.if_granted import if_granted
from billing.operations.invoices import issue_invoices
from billing.reports import INVOICES
from contracts import clock
from contracts.models import Consent, LinkedServiceState, ManagementUnit, Notice, Outage, Price, Target
from contracts.operations import abolition
from contracts.operations.prices import change_price, quote, withdraw_price
from contracts.operations.register import register_state
from tests.admin.conftest import plain_static_files, signed_in  # noqa: F401
from tests.admin.test_notice_page import Page, at
from tests.billing.ledger import close
from tests.billing.test_reports import rows_of
from tests.contracts.applications.form import Desk, quoted
from tests.contracts.book.build import (
    book,
    change,
    customer,
    edr,
    ips,
    ips_service,
    licence,
    module,
    must_take,
    notice,
    outage,
    premium,
    price,
    priced,
    sound,
    take,
    take_path,
    tier,
    unit,
)
from tests.contracts.book.test_round_trip import empty, export
from tests.contracts.ends.desk import day
from tests.contracts.history.past_the_guards import past_the_guards

pytestmark = pytest.mark.django_db

PRICED = [*priced("T-1", 100_000), *priced("M-1", 100_000)]


@pytest.fixture
def chief(db: None) -> User:
    return User.objects.create_superuser("chief")


def reductions() -> list[tuple[str, int]]:
    rows = ChargeLine.objects.filter(fee="outage").order_by("pk").values_list("month__month", "amount_yen")
    return [(f"{month:%Y-%m}", yen) for month, yen in rows]


def test_a_granted_reduction_corrected_downwards_is_invoiced(tmp_path) -> None:
    """The fee is halved late: −50,000 of the fee, +5,000 of the reduction; the month is invoiced like any other."""
    must_take(
        sound(*PRICED, outage("T-1", "2025-05-06 00:00", "2025-05-09 00:00", "2025-05-10")),
        tmp_path / "first",
    )
    close("2025-04", until="2025-05")
    assert reductions() == [("2025-05", -10_000)]
    issue_invoices(Month.objects.get(month="2025-05-01"), on=date(2025, 6, 2), by="経理")
    must_take({"prices": [price("T-1", "monthly", 50_000, "2025-05-01")[1]]}, tmp_path / "late")
    close("2025-06")
    late = dict(ChargeLine.objects.filter(fee="correction").values_list("corrects_fee", "amount_yen"))
    assert late == {"monthly": -50_000, "outage": 5_000}
    assert issue_invoices(Month.objects.get(month="2025-06-01"), on=date(2025, 7, 2), by="経理") == 1
    assert Invoice.objects.get(month__month="2025-06-01").total_yen == (150_000 - 45_000) * 11 // 10
    [row] = rows_of(INVOICES, "2025-06")
    assert (row["monthly_yen"], row["reduction_yen"], row["total_yen"]) == (100_000, 5_000, 105_000)
    assert list(check_ledger(recompute=True)) == []


def test_a_month_that_only_gives_back_is_invoiced(tmp_path) -> None:
    """More is given back than is charged: the invoice lies below zero, and the others are issued beside it."""
    must_take(sound(*PRICED), tmp_path / "first")
    close("2025-04", until="2025-05")
    late = [price("T-1", "monthly", 0, "2025-04-02"), price("M-1", "monthly", 0, "2025-04-02")]
    must_take(book(*late, customer(), unit()), tmp_path / "late")
    close("2025-06")
    assert issue_invoices(Month.objects.get(month="2025-06-01"), on=date(2025, 7, 2), by="経理") == 1
    assert Invoice.objects.get().total_yen < 0
    assert list(check_ledger(recompute=True)) == []


def test_a_claim_before_restoration_is_granted_in_full_after_it(tmp_path) -> None:
    """I-37: three units at 100,000, two at 400,000: 10,000 + 26,666, all in June."""
    facts = [price("T-1", "monthly", 400_000, "2025-06-01")]
    facts.append(outage("T-1", "2025-05-29 09:00", "2025-06-03 09:00", "2025-05-31"))
    must_take(sound(*PRICED, *facts), tmp_path)
    close("2025-04", until="2025-06")
    assert reductions() == [("2025-06", -10_000), ("2025-06", -26_666)]


def test_the_fee_of_an_upgrade_is_of_the_month_of_its_acceptance(tmp_path) -> None:
    """I-39: in effect on 05-20, accepted on 06-03, its fee dated 05-20: June's, and nothing is parked."""
    facts = [ips_service(premium_consent_on="2020-01-01"), tier("ベーシック"), ips(), *priced("T-1", 100_000)]
    facts += [*priced("M-IPS", 50_000), change("T-1", "category", "アドバンスト", "2025-05-20", accepted="2025-06-03")]
    facts += [price("T-1", "monthly", 200_000, "2025-05-20"), price("T-1", "one_time", 80_000, "2025-05-20")]
    must_take(book(*facts), tmp_path)
    close("2025-04", until="2025-06")
    lines = ChargeLine.objects.filter(fee="one_time").values_list("month__month", "amount_yen")
    assert [(f"{month:%Y-%m}", yen) for month, yen in lines] == [("2025-06", 80_000)]


EDR = [premium(), module(), edr(), licence("期間ライセンス"), *priced("O-EDR", 50_000), *priced("O-LIC", 100), *PRICED]
SECOND = licence("MSSPライセンス", number="O-LIC2", application="A-2", accepted="2025-06-10", starts="2025-07-01")


def test_a_second_licence_keeps_the_operation_and_takes_its_end_away(tmp_path, chief: User) -> None:
    """I-24: the stored end goes with the end; screens, the bill and the abolition go by it."""
    must_take(book(*EDR), tmp_path / "first")
    must_take({"notices": [notice("O-LIC", "2025-05-01")[1]]}, tmp_path / "notice")
    ends = dict(Target.objects.values_list("number", "ends_on"))
    assert ends["O-EDR"] == ends["O-LIC"] == date(2025, 7, 30)
    must_take(book(SECOND, *priced("O-LIC2", 100, from_on="2025-07-01")), tmp_path / "second")
    operation = Target.objects.get(number="O-EDR")
    assert operation.ends_on is None
    assert Target.objects.get(number="O-LIC").ends_on == date(2025, 7, 30)
    page = reverse("admin:contracts_option_change", args=[operation.option.pk])
    assert "2025-07-30" not in signed_in(chief).get(page).text
    assert abolition.extent(date(2025, 9, 30)).options == 2
    close("2025-04", until="2025-08")
    assert ChargeLine.objects.filter(target=operation, month__month="2025-08-01", amount_yen=50_000).exists()


@pytest.mark.parametrize(
    "state",
    [
        pytest.param({"ends_on": day("2025-06-30")}, id="ended"),
        pytest.param({"item": "IPS/タイプB"}, id="another item"),
        pytest.param({"holder": "株式会社別名義"}, id="another holder"),
    ],
)
def test_a_linked_service_changed_on_the_screens_goes_out_and_in_again(state, tmp_path, chief: User) -> None:
    """What a person records after the acceptance is not held against it by an empty database (I-28)."""
    facts = [ips_service(module_consent_on="2020-01-01"), tier(), ips(), *priced("T-1", 1), *priced("M-IPS", 1)]
    must_take(book(*facts), tmp_path / "first")
    said = {"service": "managed_ips_ids", "kind": "McAfee Network Security Platform", "item": "IPS/タイプA"}
    before = LinkedServiceState.objects.get()
    said |= {"service": before.service, "kind": before.kind, "holder": "C-1", "ends_on": None}
    register_state(code="S-1", from_on=date(2025, 6, 1), **(said | state), on=date(2025, 6, 1), by=chief)
    written = export(tmp_path / "out.xlsx")
    with past_the_guards([Consent]):
        Consent.objects.all().delete()
    empty()
    answer = take_path(written)
    assert (answer.status, answer.faults) == ("taken", [])
    assert LinkedServiceState.objects.count() == 2


def test_a_withdrawn_price_counts_nowhere(tmp_path, chief: User) -> None:
    """Four units at 100,000 are 13,333; the 300,000 quoted for that month and withdrawn say nothing, before or after."""
    must_take(sound(*PRICED, outage("T-1", "2026-12-10 00:00", "2026-12-14 00:00")), tmp_path)
    target = Target.objects.get(number="T-1")
    said = {"fee": "monthly", "reference": "Q", "note": "", "on": date(2026, 11, 1), "by": chief}
    coming = quote(target, amount_yen=300_000, from_on=date(2026, 12, 1), **said)
    [row] = Outage.objects.all()
    assert if_granted(row, on=date(2026, 12, 20)).yen == 40_000
    withdraw_price(coming, on=date(2026, 11, 2), by=chief, reason="見積の取消し")
    assert if_granted(row, on=date(2026, 12, 20)).yen == 13_333


def test_a_replaced_price_counts_nowhere(tmp_path, chief: User) -> None:
    """A coming price that was put off leaves its first day free, in a claim's preview too."""
    must_take(sound(*PRICED, outage("T-1", "2026-12-10 00:00", "2026-12-14 00:00")), tmp_path)
    said = {"fee": "monthly", "reference": "Q", "note": "", "on": date(2026, 11, 1), "by": chief}
    coming = quote(Target.objects.get(number="T-1"), amount_yen=300_000, from_on=date(2026, 12, 1), **said)
    put_off = {"amount_yen": 300_000, "from_on": date(2027, 2, 1), "reference": "Q-2", "reason": "延期"}
    change_price(coming, **put_off, on=date(2026, 11, 2), by=chief)
    assert if_granted(Outage.objects.get(), on=date(2026, 12, 20)).yen == 13_333


def test_a_withdrawn_price_blocks_no_application_of_its_day(tmp_path, chief: User) -> None:
    desk = Desk(tmp_path)
    desk.has(tier(), module(), *PRICED)
    target = Target.objects.get(number="T-1")
    said = {"fee": "monthly", "reference": "Q", "note": "", "on": date(2025, 4, 1), "by": chief}
    coming = quote(target, amount_yen=300_000, from_on=date(2025, 8, 1), **said)
    line = quoted("T-1", "monthly", "250000", "2025-08-01")
    assert desk.judged(line).refused
    withdraw_price(coming, on=date(2025, 4, 2), by=chief, reason="見積の取消し")
    assert not desk.judged(line).refused
    assert Price.objects.standing().filter(target=target, fee="monthly").count() == 1


def test_a_notice_confirmed_twice_is_told_and_not_written_twice(tmp_path, chief: User) -> None:
    """The second press of the button, and somebody else's notice of the same day, are answers and no error."""
    must_take(book(*EDR), tmp_path)
    page = Page(signed_in(chief), reverse("admin:contracts_notice_receive", args=[ManagementUnit.objects.get().pk]))
    with at("2025-06-01"):
        shown = page.ask(targets=["O-EDR"], arrived_on="2025-06-01")
        assert page.confirm(shown).status_code == 302
        again = page.confirm(shown)
        asked_again = page.ask(targets=["O-EDR"], arrived_on="2025-06-01")
    assert again.status_code == asked_again.status_code == 200
    for answer in (again, asked_again):
        assert "既に" in answer.text
    assert Notice.objects.count() == 1


def test_a_billing_group_is_told_by_the_history_and_its_csv(tmp_path, chief: User) -> None:
    must_take(sound(*PRICED), tmp_path)
    group = make_group(customer=ManagementUnit.objects.get().customer, code="G-1", addressee="甲", by=chief)
    put_in_group(group, units=[ManagementUnit.objects.get()], on=clock.today(), by=chief)
    put_in_group(group, units=[], on=clock.today(), by=chief)
    client = signed_in(chief)
    page = client.get(reverse("admin:contracts_entry_changelist"), {"to": "9999-12-31"})
    assert page.status_code == 200
    assert "U-1" in page.text
    written = client.get(reverse("admin:contracts_entry_csv")).getvalue().decode("utf-8-sig")
    assert written.count("G-1") >= 3


def test_held_settlements_of_an_abolition_are_those_of_the_preview(tmp_path, chief: User) -> None:
    """10-11, I-18: with the second licence the operation is among those that end, and its settlement is held."""
    must_take(book(*EDR, SECOND, *priced("O-LIC2", 100, from_on="2025-07-01")), tmp_path / "first")
    must_take({"notices": [notice("O-LIC", "2025-05-01")[1]]}, tmp_path / "notice")
    said = {"announced_on": date(2025, 7, 1), "ends_on": date(2025, 9, 30), "reference": "告知", "reason": "終了"}
    abolition.abolish(**said, counted=2, on=date(2025, 7, 2), by=chief)
    call_command("run_due_jobs", "--on", "2025-07-03", stdout=StringIO())
    ends = dict(Target.objects.filter(number__startswith="O-").values_list("number", "ends_on"))
    assert ends == {"O-EDR": date(2025, 9, 30), "O-LIC": date(2025, 7, 30), "O-LIC2": date(2025, 9, 30)}
    close("2025-04", until="2025-09")
    held = dict(HeldSettlement.objects.values_list("target__number", "amount_yen"))
    assert held == {"O-EDR": 6 * 50_000, "O-LIC2": 9 * 10_000}
    assert take({"notices": [notice("O-LIC2", "2025-08-01")[1]]}, tmp_path / "late").faults == []
