"""The first page of whoever closes the month: its steps, what nobody has decided, what is to be paid back."""

from datetime import date
from pathlib import Path

from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.admin.month.now import month_now
from billing.models import HeldSettlement, Month, Proposal
from billing.operations.close_month import close_month
from billing.operations.documents.mail import ask_to_mail, came_back, send_waiting
from billing.operations.documents.making import document_of
from billing.operations.invoices import issue_invoices
from billing.operations.ledger_checks import ask_to_check, carry_out
from billing.operations.marks import mark_paid, mark_sent
from billing.operations.propose import propose_month
from contracts import clock
from contracts.admin.kit.columns import minute
from contracts.models import Entry, ManagementUnit, Price, Target, WorkItem
from contracts.operations.register import register_customer
from tests.admin.conftest import signed_in
from tests.admin.test_first_page import clerk, in_august, of_role, page
from tests.contracts.book.build import must_take, price
from tests.rewrite import rewrite

__all__ = ["clerk", "in_august"]


def steps(user: User) -> list[tuple[str, str]]:
    return [(step.said, step.verb) for step in month_now(user, today=clock.today())]


def test_finance_has_the_month_to_close_step_by_step(clerk: User) -> None:
    first, second = of_role("経理", "一人目"), of_role("経理", "二人目")
    assert steps(clerk) == []
    assert steps(first) == [("まだ一つの月も締めていません。", "次の月を提案")]
    close_month(date(2025, 6, 1), on=clock.today(), by="試験")
    unissued = ("2025-06の請求書をまだ発行していません。", "請求書を発行する")
    unchecked = ("台帳をまだ検査していません。", "検査する")
    assert steps(first) == [("次に締める月は2025-07です。まだ提案がありません。", "次の月を提案"), unissued, unchecked]
    checked = ask_to_check(by=first)
    carry_out(checked.pk)
    checked.refresh_from_db()
    sound = (f"台帳の最後の検査：{minute(checked.finished_at)}、誤りなし。", "もう一度検査する")
    issue_invoices(Month.objects.get(), on=clock.today(), by="試験")
    proposal = propose_month(date(2025, 7, 1), on=clock.today(), by=first)
    said = f"2025-07の提案（一人目、{proposal.total_yen:,}円）が締めを待っています。"
    assert steps(first) == [(f"{said}別の人が締めます。", "提案を見る"), sound]
    assert steps(second) == [(said, "提案を確かめて締める"), sound]
    register_customer(code="C-8", name="新", by=clerk)  # a fact after the proposal
    assert steps(second) == [("2025-07の提案の後に、事実が変わりました。", "もう一度提案する"), sound]
    Proposal.objects.create(month=date(2025, 7, 1), facts_revision=0, proposed_by=first, state="running")
    assert steps(second) == [("2025-07の提案を計算しています。", "提案を見る"), sound]
    close_month(date(2025, 7, 1), on=clock.today(), by="試験")
    issue_invoices(Month.objects.get(month=date(2025, 7, 1)), on=clock.today(), by="試験")
    assert steps(first) == [("2025-07まで締めました。", ""), sound]
    assert "2025-07まで締めました。" in page(first).text
    assert "2025-07まで締めました。" not in page(clerk).text


def test_finance_sees_what_nobody_has_decided_until_somebody_does(clerk: User) -> None:
    """Of whatever month it is: a held settlement, and a claim."""
    first, unit = of_role("経理", "一人目"), ManagementUnit.objects.get()
    june = Month.objects.create(month=date(2025, 6, 1), facts_revision=1)
    target = Target.objects.get(number="M-1")
    amounts = {"quantity": 1, "unit_price_yen": 47_742, "amount_yen": 47_742, "tax_category": "out_of_scope"}
    said = {"fee": "settlement", "clause": "14-1", "basis": "試験", "cause": "end"}
    days = {"from_on": date(2025, 6, 15), "to_on": date(2025, 6, 30)}
    HeldSettlement.objects.create(
        month=june, customer=unit.customer, unit=unit, target=target, **amounts, **days, **said
    )
    seen = Entry.objects.latest("pk").pk
    Month.objects.filter(pk=june.pk).update(closed_at=clock.now(), closed_by="試験", entries_seen=seen)
    WorkItem.objects.create(
        key="claim", kind="claim", unit=unit, subject="M-1", clause="15-1", text="請求", stake_yen=9_000
    )
    close_month(date(2025, 7, 1), on=clock.today(), by="試験")
    close_month(date(2025, 8, 1), on=date(2025, 9, 2), by="試験")
    told = [step for step, _verb in steps(first)]
    assert "保留した解除調定金1件（47,742円）が、請求か免除の決定を待っています。" in told, "two months later"
    assert "減額の請求1件（関わる額9,000円）が、決定を待っています。" in told
    with CaptureQueriesContext(connection) as queries:
        steps(first)
    assert len(queries) <= 10


def test_finance_sees_what_is_to_be_paid_back_and_what_was_left_out(clerk: User, tmp_path: Path) -> None:
    first = of_role("経理", "一人目")
    close_month(date(2025, 6, 1), on=clock.today(), by="試験")
    must_take({"prices": [price("T-1", "monthly", 1_000, "2025-06-01")[1]]}, tmp_path / "late")
    rewrite(Price.objects.filter(target__number="M-1", fee="monthly"), from_on=date(2030, 1, 1))
    close_month(date(2025, 7, 1), on=clock.today(), by="試験", leave_out=["M-1"])
    told = [step for step, _verb in steps(first)]
    assert "2025-07は、計算できない対象1件を除いて締めました。直すと、次の月に請求されます。" in told
    assert "請求書を発行していない締めた月が2か月あります（2025-06から2025-07まで）。" in told
    july = Month.objects.get(month=date(2025, 7, 1))
    issue_invoices(july, on=clock.today(), by="試験")
    owed = -july.invoices.get().total_yen
    assert owed > 0
    refund = f"返金する額の請求書1件（{owed:,}円）が、返金又は次の請求との相殺を待っています。"
    assert refund in [step for step, _verb in steps(first)]
    mail = ask_to_mail(document_of(july.invoices.get(), by="試験"), to="a@example.jp", by=first)
    send_waiting()
    vain = f"メールが届かなかった請求書1件（−{owed:,}円）を、まだ送り直していません。"
    assert vain not in [step for step, _verb in steps(first)]
    came_back(mail, why="宛先不明", by=first)
    assert vain in [step for step, _verb in steps(first)]
    found = signed_in(first).get(reverse("admin:billing_invoice_changelist"), {"state": "undelivered"})
    assert [row.pk for row in found.context["cl"].result_list] == [july.invoices.get().pk]
    mark_sent(july.invoices.get(), sent_on=clock.today(), way="post", on=clock.today(), by="試験")
    assert vain not in [step for step, _verb in steps(first)]
    close_month(date(2025, 8, 1), on=date(2025, 9, 2), by="試験", leave_out=["M-1"])
    issue_invoices(Month.objects.get(month=date(2025, 8, 1)), on=date(2025, 9, 2), by="試験")
    assert refund in [step for step, _verb in steps(first)], "until somebody pays it back, whatever is issued meanwhile"
    mark_paid(july.invoices.get(), paid_on=clock.today(), on=clock.today(), by="試験")
    assert refund not in [step for step, _verb in steps(first)]
