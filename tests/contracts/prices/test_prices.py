"""料金: quoted, changed while it lies ahead, corrected once its day has come; what has none is on the worklist (第13条)."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from billing.models import ChargeLine
from billing.operations.close_month import close_month
from contracts import clock
from contracts.judge.lookout import Lookout
from contracts.judge.unpriced import Prices, unpriced
from contracts.models import Entry, Price, Target, WorkItem
from contracts.operations.prices import change_price, quote, withdraw_price
from contracts.operations.refusal import Refused
from contracts.operations.worklist import refresh_worklist
from contracts.terms.art13_change_fees import QuotedFee
from contracts.terms.catalog import Category
from tests.contracts.book.build import book, change, module, premium, price, priced, take, tier
from tests.contracts.prices.right import correct_price
from tests.terms import build as terms
from tests.terms.build import day

TODAY = date(2025, 6, 10)


@pytest.fixture
def by(db: None) -> User:
    return User.objects.create_user("eigyo")


@pytest.fixture
def target(db: None, tmp_path) -> Target:
    assert take(book(tier(), module(), priced("T-1", 300_000)), tmp_path).faults == []
    return Target.objects.get(number="T-1")


def quoted(target: Target, by: User, **said) -> Price:
    given = {"fee": "monthly", "amount_yen": 330_000, "from_on": day("2025-07-01"), "reference": "Q-1", "note": ""}
    return quote(target, by=by, **{**given, **said}, on=clock.today())


def standing(number: str = "T-1", fee: str = "monthly") -> list[tuple[str, int]]:
    rows = Price.objects.standing().filter(target__number=number, fee=fee).order_by("from_on")
    return [(f"{on}", yen) for on, yen in rows.values_list("from_on", "amount_yen")]


def test_a_price_is_quoted_with_its_reference(target: Target, by: User) -> None:
    assert quoted(target, by).reference == "Q-1"
    assert standing() == [("2025-04-01", 300_000), ("2025-07-01", 330_000)]
    assert Entry.objects.filter(operation="quote", subject="T-1", unit=target.unit).exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        pytest.param({"from_on": day("2025-04-01")}, "from_on", id="that day has its price"),
        pytest.param({"from_on": None}, "from_on", id="a monthly fee without its day"),
        pytest.param({"fee": "initial"}, "from_on", id="a second initial fee"),
    ],
)
def test_what_cannot_be_quoted(target: Target, by: User, said, field: str) -> None:
    with pytest.raises(Refused) as refused:
        quoted(target, by, **said)
    assert (refused.value.reason.field, refused.value.reason.clause) == (field, "13")


def test_a_price_that_lies_ahead_is_changed(target: Target, by: User) -> None:
    ahead = quoted(target, by)
    change_price(
        ahead, amount_yen=320_000, from_on=day("2025-08-01"), reference="Q-2", on=TODAY, by=by, reason="値引き"
    )
    assert standing() == [("2025-04-01", 300_000), ("2025-08-01", 320_000)]


def test_on_its_day_it_is_changed_no_more(target: Target, by: User) -> None:
    ahead = quoted(target, by)
    with pytest.raises(Refused, match="適用日の来た料金は変えられません"):
        change_price(
            ahead, amount_yen=1, from_on=day("2025-08-01"), reference="", on=day("2025-07-01"), by=by, reason="x"
        )


def test_a_price_that_lies_ahead_is_withdrawn(target: Target, by: User) -> None:
    ahead = quoted(target, by)
    withdraw_price(ahead, on=TODAY, by=by, reason="見積の取消し")
    assert standing() == [("2025-04-01", 300_000)]
    assert Price.objects.get(pk=ahead.pk).withdrawn_because == "見積の取消し"
    assert quoted(target, by).stands


def test_a_past_price_is_corrected_by_another_row(target: Target, by: User) -> None:
    wrong = Price.objects.get(fee="monthly")
    correct_price(wrong, amount_yen=310_000, reference="Q-3", on=TODAY, by=by, reason="誤記")
    assert standing() == [("2025-04-01", 310_000)]
    assert Price.objects.get(pk=wrong.pk).amount_yen == 300_000
    with pytest.raises(Refused, match="2025-06-10に取り消され、又は置き換えられています"):
        correct_price(wrong, amount_yen=1, reference="", on=TODAY, by=by, reason="x")


def test_an_initial_fee_is_corrected_too(target: Target, by: User) -> None:
    wrong = Price.objects.get(fee="initial")
    correct_price(wrong, amount_yen=50_000, reference="Q-3", on=TODAY, by=by, reason="誤記")
    assert standing(fee="initial") == [("None", 50_000)]


def test_after_a_close_it_becomes_a_correction(target: Target, by: User, tmp_path) -> None:
    """300,000 billed for April where 310,000 was right: 10,000 in the next month, and the name of what it corrects."""
    quoted(Target.objects.get(number="M-1"), by, amount_yen=100_000, from_on=day("2025-04-01"))
    close_month(day("2025-04-01"), on=TODAY, by="試験")
    correct_price(
        Price.objects.get(target=target, fee="monthly"),
        amount_yen=310_000,
        reference="",
        on=TODAY,
        by=by,
        reason="誤記",
    )
    close_month(day("2025-05-01"), on=TODAY, by="試験")
    (line,) = ChargeLine.objects.filter(fee="correction")
    assert (line.amount_yen, line.corrects_fee, line.corrects_month) == (10_000, "monthly", day("2025-04-01"))
    assert "訂正：料金" in line.basis


def test_two_prices_of_a_day_never_stand_together(target: Target) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Price.objects.create(target=target, fee="monthly", amount_yen=1, from_on=day("2025-04-01"))


def test_what_has_no_price_is_on_the_worklist_until_it_has(target: Target, by: User, monkeypatch) -> None:
    refresh_worklist([target.unit_id], on=TODAY)
    found = WorkItem.objects.filter(kind="price").values_list("subject", "clause", "from_on")
    assert list(found) == [("M-1", "13", day("2025-04-01"))]
    quoted(Target.objects.get(number="M-1"), by, from_on=day("2025-04-01"))
    refresh_worklist([target.unit_id], on=TODAY)
    assert not WorkItem.objects.filter(kind="price").exists()


def test_a_change_of_category_without_its_fee_is_asked_for(db: None, tmp_path) -> None:
    rows = book(premium("T-1", application="A-1") if False else tier(), module(), priced("T-1", 1), priced("M-1", 1))
    assert take(rows, tmp_path / "1").faults == []
    more = book(change("T-1", "カテゴリ", "プレミアム", "2025-06-01"), price("T-1", "monthly", 2, "2025-06-01"))
    assert take(more, tmp_path / "2").faults == []
    unit = Target.objects.get(number="T-1").unit_id
    refresh_worklist([unit], on=TODAY)
    assert list(WorkItem.objects.filter(kind="price").values_list("subject", flat=True)) == ["T-1"]
    assert take(book(price("T-1", "one_time", 10_000, "2025-05-20")), tmp_path / "3").faults == []
    refresh_worklist([unit], on=TODAY)
    assert not WorkItem.objects.filter(kind="price").exists()


@pytest.mark.parametrize(
    ("prices", "on", "asked"),
    [
        pytest.param(Prices(), "2025-03-01", 0, id="the start is more than thirty days ahead"),
        pytest.param(Prices(), "2025-03-02", 1, id="thirty days before the start"),
        pytest.param(Prices(monthly=[day("2025-04-02")]), "2025-06-01", 1, id="from the day after the start"),
        pytest.param(Prices(monthly=[day("2025-04-01")]), "2025-06-01", 0, id="from the start"),
        pytest.param(Prices(monthly=[day("2025-01-01")]), "2025-06-01", 0, id="from before it"),
    ],
)
def test_the_days_on_which_a_monthly_price_is_asked_for(prices: Prices, on: str, asked: int) -> None:
    unit = terms.unit(terms.tier())
    assert len(unpriced(unit, {"T-1": prices}, Lookout(day(on)))) == asked


def test_a_second_change_asks_for_a_fee_of_its_own() -> None:
    """I-39: one fee lies in both, and is the first one's."""
    changes = [
        terms.change("T-1", "category", "advanced", "2025-06-01", accepted="2025-05-02", application="A-2"),
        terms.change("T-1", "category", "premium", "2025-06-20", accepted="2025-05-12", application="A-3"),
    ]
    unit = terms.unit(terms.tier(Category.BASIC), *changes)

    def asked(*fees: str) -> list[str]:
        prices = Prices(initial=True, monthly=[day("2025-04-01")], one_time=[QuotedFee(day(fee)) for fee in fees])
        found = unpriced(unit, {"T-1": prices}, Lookout(TODAY))
        return [work.values[0][1] for work in found if work.code == "one_time_price_missing"]

    assert asked("2025-05-12") == ["2025-05-12"]
    assert asked("2025-05-12", "2025-05-12") == []
    assert asked("2025-06-20") == ["2025-05-02"]
    assert asked() == ["2025-05-02", "2025-05-12"]
