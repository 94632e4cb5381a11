"""Verbs that move money or ends show what they bring before they do it; a refusal comes before any promise; where nothing follows, once is enough."""

from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from billing.admin.month.proposal import CLOSE, CloseForm
from billing.models import ChargeLine, Month, MonthClosing, Proposal
from billing.operations.close_month import close_month
from billing.operations.propose import propose_month
from contracts import clock
from contracts.models import Abolition, Contract, Outage, Price, Target
from tests.admin.conftest import signed_in
from tests.contracts.book.build import book, edr, licence, module, must_take, outage, premium, priced, tier
from tests.contracts.prices.right import correct_price
from tests.worlds import world

LATE = date(2025, 12, 1)
EDR = [premium(), module(), edr(), licence("期間ライセンス", 1000)]
EDR += [*priced("T-1", 300_000), *priced("M-1", 100_000), *priced("O-EDR", 50_000), *priced("O-LIC", 100)]
NOT_STARTED = [tier(), module(number="M-2"), module("個別ログ収集モジュール", item="タイプ1", starts="")]


NOON = time_machine.travel(datetime(2025, 8, 10, 12, tzinfo=ZoneInfo("Asia/Tokyo")), tick=False)


@pytest.fixture(autouse=True)
def in_august():
    with NOON:
        yield


def _four_months() -> None:
    """A unit with an EDR pair, its months from 2025-04 to 2025-07 closed."""
    with NOON, TemporaryDirectory() as folder:
        must_take(book(*EDR), Path(folder))
        for month in (4, 5, 6, 7):
            close_month(date(2025, month, 1), on=LATE, by="試験")


four_months = world("an EDR pair, four months closed", _four_months)


@pytest.fixture
def desk(four_months: None, chief: User) -> Client:
    return signed_in(chief)


def address(name: str, *of: int) -> str:
    return reverse(f"admin:{name}", args=of)


def monthly(number: str) -> Price:
    return Price.objects.standing().get(target__number=number, fee="monthly")


def confirmed(client: Client, page: str, given: dict[str, object], shown) -> int:
    answer = client.post(page, {**given, "confirmed": "1", "seen": shown.context["seen"]})
    return answer.status_code


CORRECTED = {"amount_yen": 200_000, "from_on": "2025-04-01", "reference": "", "ground": "slip", "reason": "誤り"}


def test_back_from_what_follows_the_form_has_what_was_given(desk: Client) -> None:
    page = address("contracts_price_correct", monthly("T-1").pk)
    shown = desk.post(page, CORRECTED)
    assert shown.context["following"]
    back = desk.post(page, {**CORRECTED, "seen": shown.context["seen"], "again": "1"})
    assert back.context["following"] is None
    assert [back.context["form"][name].value() for name in CORRECTED] == ["200000", "2025-04-01", "", "slip", "誤り"]
    assert monthly("T-1").amount_yen == 300_000


def test_a_price_put_right_names_the_closed_months_and_the_yen(desk: Client) -> None:
    page = address("contracts_price_correct", monthly("T-1").pk)
    shown = desk.post(page, CORRECTED)
    for said in (
        "料金（T-1）：金額 300,000 → 200,000",
        "締め済みの2025-04、2025-05、2025-06、2025-07に触れます。次に締める月（2025-08）に−400,000円の訂正明細が出ます。",
        "2025-05分 −100,000円",
        "このほか、次に締める月（2025-08）の月分の請求は−100,000円変わります。",
    ):
        assert said in shown.text, said
    assert monthly("T-1").amount_yen == 300_000
    assert confirmed(desk, page, CORRECTED, shown) == 302
    close_month(date(2025, 8, 1), on=LATE, by="試験")
    assert sum(ChargeLine.objects.filter(fee="correction").values_list("amount_yen", flat=True)) == -400_000


def test_what_is_refused_is_said_before_anything_is_promised(desk: Client) -> None:
    answer = desk.post(address("contracts_price_correct", monthly("T-1").pk), {**CORRECTED, "amount_yen": 300_000})
    assert "記録済みの内容と同じです" in answer.text
    assert answer.context["following"] is None


def test_what_changed_meanwhile_is_shown_again(desk: Client, chief: User) -> None:
    """The closed months that were named are no longer those: another was closed."""
    page = address("contracts_price_correct", monthly("T-1").pk)
    shown = desk.post(page, CORRECTED)
    close_month(date(2025, 8, 1), on=LATE, by="試験")
    again = desk.post(page, {**CORRECTED, "confirmed": "1", "seen": shown.context["seen"]})
    assert "表示した後に事実が変わりました" in again.text
    assert "2025-08に触れます" in again.text
    assert monthly("T-1").amount_yen == 300_000
    assert confirmed(desk, page, CORRECTED, again) == 302


def test_a_price_of_a_coming_day_is_quoted_at_once_and_a_late_one_is_shown_first(desk: Client) -> None:
    page = address("contracts_contract_quote", Contract.objects.get(target__number="M-1").pk)
    given = {"fee": "monthly", "amount_yen": 120_000, "from_on": "2025-10-01", "reference": "見積 3"}
    assert desk.post(page, given).status_code == 302
    late = {**given, "from_on": "2025-07-16", "amount_yen": 131_000}
    shown = desk.post(page, late)
    assert "締め済みの2025-07に触れます" in shown.text
    assert not Price.objects.filter(from_on=date(2025, 7, 16)).exists()
    assert confirmed(desk, page, late, shown) == 302
    assert not Price.objects.filter(from_on=date(2025, 7, 16)).exists()  # another person confirms it


def test_a_verb_asked_of_a_price_that_was_replaced_leads_to_the_one_that_stands(desk: Client, chief: User) -> None:
    old = monthly("T-1")
    now = correct_price(old, amount_yen=1, reference="見積", reason="書き間違い", on=clock.today(), by=chief)
    answer = desk.get(address("contracts_price_correct", old.pk))
    assert answer.headers["Location"] == address("contracts_price_correct", now.pk)
    told = desk.get(address("contracts_price_change", old.pk)).text
    for said in ("置き換えられています", "書き間違い", "chief", address("contracts_price_change", now.pk)):
        assert said in told, said
    assert "これまでの記録" in desk.get(address("contracts_price_change", now.pk)).text


def test_a_start_in_a_closed_month_is_billed_late(chief: User, tmp_path) -> None:
    must_take(
        book(*NOT_STARTED, *priced("T-1", 300_000), *priced("M-2", 1), *priced("M-1", 100_000)), tmp_path / "book"
    )
    close_month(date(2025, 4, 1), on=LATE, by="試験")
    client, row = signed_in(chief), Contract.objects.get(target__number="M-1")
    shown = client.post(address("contracts_contract_start", row.pk), {"starts_on": "2025-04-16"})
    assert "最低利用期間は2025-10-15まで" in shown.text
    assert "締め済みの2025-04に触れます。次に締める月（2025-05）に+50,000円の訂正明細が出ます。" in shown.text
    assert Target.objects.get(number="M-1").billing_starts_on is None


def test_a_start_that_is_refused_says_every_reason_at_the_form(chief: User, tmp_path) -> None:
    must_take(book(*NOT_STARTED), tmp_path / "book")
    row = Contract.objects.get(target__number="M-1")
    answer = signed_in(chief).post(address("contracts_contract_start", row.pk), {"starts_on": "2025-03-20"})
    assert "この課金開始日では利用資格を満たしません" in answer.text
    assert "2025-03-20から：" in answer.text
    assert answer.context["following"] is None


def test_an_outage_that_overlaps_another_says_so_and_leads_to_it(desk: Client, tmp_path) -> None:
    """I-38."""
    must_take(book(*EDR, outage("T-1", "2025-07-01T00:00", "2025-07-11T00:00")), tmp_path / "more")
    first = Outage.objects.get()
    given = {"known_at": "2025-07-11T00:00", "restored_at": "2025-07-15T00:00", "numbers": "T-1"}
    shown = desk.post(address("contracts_outage_record"), given)
    assert "1件の契約に記録します" in shown.text
    assert "（I-38）" in shown.text
    assert address("contracts_outage_change", first.pk) in shown.text
    apart = desk.post(address("contracts_outage_record"), {**given, "known_at": "2025-07-11T00:01"})
    assert "I-38" not in apart.text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"known_at": "2025-08-10T13:00"}, "覚知日時が現在より後です"),
        ({"known_at": "2025-07-01T00:00", "restored_at": "2025-06-01T00:00"}, "復旧日時は、覚知日時から現在までの間"),
        ({"known_at": "2025-07-01T00:00", "fault": "company"}, "帰責を決めるには理由が必要です"),
        ({"known_at": "2024-07-01T00:00"}, "記録する契約がありません"),
    ],
)
def test_what_cannot_be_recorded_is_refused_before_a_count_is_shown(desk: Client, given, said: str) -> None:
    answer = desk.post(address("contracts_outage_record"), given)
    assert said in answer.text
    assert answer.context["following"] is None


def test_an_outage_can_be_claimed_while_it_lasts(desk: Client) -> None:
    """I-37."""
    desk.post(address("contracts_outage_record"), {"known_at": "2025-08-01T00:00", "numbers": "T-1", "confirmed": "1"})
    row = Outage.objects.get()
    claim = address("contracts_outage_receive-claim", row.pk)
    assert claim in desk.get(address("contracts_outage_change", row.pk)).text
    assert desk.post(claim, {"claimed_on": "2025-08-05"}).status_code == 302
    assert Outage.objects.standing().get().claimed_on == date(2025, 8, 5)


def test_an_abolition_shows_what_it_will_hold(desk: Client) -> None:
    given = {"announced_on": "2025-08-01", "ends_on": "2025-08-31", "reference": "告知 1", "reason": "提供終了"}
    shown = desk.post(address("contracts_abolition_declare"), given)
    assert "EDRオプション2件が2025-08-31に終了します" in shown.text
    # 50,000 and 100 × 1,000 licences a month from September to March.
    assert "解除調定金2件、合計1,050,000円を計算して保留します（I-18）" in shown.text
    assert not Abolition.objects.exists()
    late = desk.post(address("contracts_abolition_declare"), {**given, "announced_on": "2025-08-11"})
    assert "告知日が未来の日です" in late.text
    assert late.context["following"] is None


def test_a_close_that_is_refused_promises_nothing(desk: Client, chief: User, settings) -> None:
    settings.FOUR_EYES = True
    with time_machine.travel(datetime(2025, 9, 5, 12, tzinfo=ZoneInfo("Asia/Tokyo")), tick=False):
        proposal = propose_month(date(2025, 8, 1), on=clock.today(), by=chief)
        own = signed_in(chief).post(address("billing_proposal_close", proposal.pk), {"leave_out": "", "reason": ""})
        assert "提案した人は締められません" in own.text
        assert own.context["following"] is None
        other = signed_in(User.objects.create_superuser("もう一人"))
        wrong = other.post(address("billing_proposal_close", proposal.pk), {"leave_out": "T-1", "reason": ""})
        assert "除外できません：T-1" in wrong.text
        shown = other.post(address("billing_proposal_close", proposal.pk), {"leave_out": "", "reason": ""})
        assert f"明細{proposal.line_count}行、合計{proposal.total_yen:,}円" in shown.text
    assert not Month.objects.filter(month=date(2025, 8, 1)).exists()


def test_a_close_without_anything_parked_asks_nothing(desk: Client, chief: User, settings) -> None:
    """What follows is shown at once, and confirmed."""
    settings.FOUR_EYES = True
    with time_machine.travel(datetime(2025, 9, 5, 12, tzinfo=ZoneInfo("Asia/Tokyo")), tick=False):
        proposal = propose_month(date(2025, 8, 1), on=clock.today(), by=chief)
        assert not proposal.result["parked"]
        other, page = (
            signed_in(User.objects.create_superuser("もう一人")),
            address("billing_proposal_close", proposal.pk),
        )
        shown = other.get(page)
        assert f"明細{proposal.line_count}行、合計{proposal.total_yen:,}円" in shown.text
        assert "除外" not in shown.context["following"][0]
        assert "leave_out" not in shown.text
        other.post(page, {"confirmed": "1", "seen": shown.context["seen"]})
    closing = MonthClosing.objects.get(proposal=proposal)
    assert (closing.asked_by.username, closing.leave_out, closing.reason) == ("もう一人", [], "")


def test_a_close_with_what_is_parked_asks_what_to_leave_out() -> None:
    form, fit = CloseForm(), CLOSE.fit
    assert fit is not None
    fit(form, Proposal(result={"parked": [{"number": "M-1"}]}))
    assert list(form.fields) == ["leave_out", "reason"]
    fit(form, Proposal(result={"parked": []}))
    assert list(form.fields) == []
