"""A preview is the operation: what it says is what is then stored and billed, it refuses what the operation refuses, and leaves nothing."""

from datetime import date, datetime

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import ChargeLine, HeldSettlement
from billing.operations.abolishing import rehearse_abolition
from billing.operations.close_month import close_month
from billing.operations.decide_held import bill_held
from billing.operations.rehearse import confirm, rehearse
from contracts.models import Abolition, Entry, FactsRevision, ManagementUnit, Notice, Option, Outage, Price, Target
from contracts.operations.abolition import abolish, end_abolished, extent
from contracts.operations.claims import grant_claim, receive_claim
from contracts.operations.corrections.ground import Ground as CorrectionGround
from contracts.operations.corrections.kind import Put, put_right
from contracts.operations.corrections.of_targets import PRICES
from contracts.operations.incidents import record_outage
from contracts.operations.notices import NoticeAsked, receive_notice
from contracts.operations.refusal import OutdatedError, Refused
from contracts.terms.putting_right import Basis
from contracts.terms.unit import Ground
from tests.contracts.book.build import book, edr, licence, module, must_take, notice, option, premium, priced
from tests.contracts.prices.right import correct_price

ON = date(2025, 8, 10)
LATE = date(2025, 12, 1)
EDR = [premium(), module(), edr(), licence("期間ライセンス", 1000)]
EDR += [*priced("T-1", 300_000), *priced("M-1", 100_000), *priced("O-EDR", 50_000), *priced("O-LIC", 100)]


@pytest.fixture
def by(db: None) -> User:
    return User.objects.create_user("受付")


@pytest.fixture
def unit(db: None, tmp_path) -> ManagementUnit:
    """A unit with an EDR pair, its months from 2025-04 to 2025-07 closed."""
    must_take(book(*EDR), tmp_path / "book")
    for month in (4, 5, 6, 7):
        close_month(date(2025, month, 1), on=LATE, by="試験")
    return ManagementUnit.objects.get()


def closed(month: date) -> tuple[dict[date, int], int]:
    """Close a month; its corrections by the month they correct, and what its other lines come to."""
    close_month(month, on=LATE, by="試験")
    corrections: dict[date, int] = {}
    lines = ChargeLine.objects.filter(month__month=month)
    for of, yen in lines.filter(fee="correction").values_list("corrects_month", "amount_yen"):
        corrections[of] = corrections.get(of, 0) + yen
    others = sum(lines.exclude(fee="correction").values_list("amount_yen", flat=True))
    return dict(sorted(corrections.items())), others


def everything() -> tuple[object, ...]:
    models = (Target, Price, Notice, Outage, Entry, FactsRevision)
    return tuple(list(model.objects.order_by("pk").values()) for model in models)


def corrected(by: User, yen: int = 200_000, reference: str = "見積 2") -> Price:
    price = Price.objects.standing().get(target__number="T-1", fee="monthly")
    return correct_price(price, amount_yen=yen, reference=reference, reason="誤り", on=ON, by=by)


def test_a_rehearsal_leaves_nothing_and_asks_for_nothing(unit, by, django_capture_on_commit_callbacks):
    before, asked = everything(), []

    def do() -> Price:
        transaction.on_commit(lambda: asked.append("job"))
        return corrected(by)

    with django_capture_on_commit_callbacks(execute=True):
        assert rehearse(do, [unit.pk]).result.amount_yen == 200_000
    assert (everything(), asked) == (before, [])


def test_a_refusal_is_the_operations_own(unit, by):
    with pytest.raises(Refused, match="記録済みの内容と同じです"):
        rehearse(lambda: corrected(by, 300_000, ""), [unit.pk])


def test_the_corrections_of_a_late_price_are_those_of_the_next_close(unit, by):
    """T-1 was billed 300,000 for each of four closed months; 200,000 was right."""
    rehearsal = rehearse(lambda: corrected(by), [unit.pk])
    assert rehearsal.corrections == {date(2025, month, 1): -100_000 for month in (4, 5, 6, 7)}
    assert (rehearsal.due, rehearsal.next_month, rehearsal.moved) == (-100_000, date(2025, 8, 1), [])
    corrected(by)
    assert closed(date(2025, 8, 1))[0] == rehearsal.corrections


def test_a_closed_month_that_cannot_be_computed_anew_is_told_as_the_next_close_says_it(unit, by):
    """The month to come has its price; what parks the target is a month that was billed and has none any more."""
    price = Price.objects.standing().get(target__number="T-1", fee="monthly")

    ground = CorrectionGround(basis=Basis.SLIP, reason="誤り", leads=True)

    def do() -> list[Put]:
        return put_right(PRICES, [price], {"from_on": date(2025, 6, 1)}, ground=ground, on=ON, by=by)

    told = rehearse(do, [unit.pk]).unbillable
    do()
    parked = close_month(date(2025, 8, 1), on=LATE, by="試験").parked
    assert [(error.number, error.clause) for error in told] == [("T-1", "13")]
    assert "締め済みの2025-04を計算し直せません" in told[0].reason
    assert [(error.number, error.reason) for error in told] == [(one.number, one.reason) for one in parked]


def test_a_late_notice_says_its_ends_its_settlements_and_its_corrections(unit, by):
    asked = NoticeAsked(("O-EDR",), date(2025, 5, 10))

    def do() -> list[Notice]:
        return receive_notice(unit, asked, on=ON, by=by)

    rehearsal = rehearse(do, [unit.pk])
    assert {one.number: one.after.on for one in rehearsal.moved} == {
        "O-EDR": date(2025, 6, 9),
        "O-LIC": date(2025, 6, 9),
    }
    do()
    assert dict(Target.objects.exclude(ends_on=None).values_list("number", "ends_on")) == {
        one.number: one.after.on for one in rehearsal.moved
    }
    corrections, _others = closed(date(2025, 8, 1))
    assert corrections == rehearsal.corrections
    settled = ChargeLine.objects.filter(fee="correction", corrects_fee="settlement")
    assert dict(settled.values_list("target__number", "amount_yen")) == {
        one.number: one.cost.yen for one in rehearsal.moved
    }


def test_a_grant_in_a_closed_month_is_corrected_in_the_next(unit, by):
    known = timezone.make_aware(datetime(2025, 5, 1))
    now = timezone.make_aware(datetime(2025, 8, 10, 12))
    said = {"fault": "company", "fault_reason": "障害", "numbers": ["T-1"]}
    record_outage(known_at=known, restored_at=timezone.make_aware(datetime(2025, 5, 4)), by=by, now=now, **said)
    row = receive_claim(Outage.objects.get(), claimed_on=date(2025, 6, 2), document="", on=ON, by=by)
    rehearsal = rehearse(lambda: grant_claim(row, on=ON, by=by), [unit.pk])
    assert rehearsal.corrections == {date(2025, 6, 1): -30_000}
    grant_claim(row, on=ON, by=by)
    assert closed(date(2025, 8, 1))[0] == {date(2025, 6, 1): -30_000}


def test_a_held_settlement_that_is_billed_is_a_line_of_the_next_close(unit, by):
    asked = NoticeAsked(("O-LIC",), date(2025, 8, 1), date(2025, 8, 5), ground=Ground.GENERAL_28_2)
    held = rehearse(lambda: receive_notice(unit, asked, on=ON, by=by), [unit.pk]).held
    receive_notice(unit, asked, on=ON, by=by)
    closed(date(2025, 8, 1))
    rows = HeldSettlement.objects.order_by("pk")
    assert sum(row.amount_yen for row in rows) == held > 0
    rehearsal = rehearse(lambda: bill_held(rows[0], reason="合意", by=by, on=ON), [unit.pk])
    assert (rehearsal.decided, rehearsal.corrections) == (rows[0].amount_yen, {})
    bill_held(rows[0], reason="合意", by=by, on=ON)
    closed(date(2025, 9, 1))
    assert ChargeLine.objects.get(cause=f"held {rows[0].pk}").amount_yen == rehearsal.decided


def test_what_an_abolition_holds_is_what_is_then_held(unit, by):
    ends_on = date(2025, 8, 31)
    said = {"announced_on": date(2025, 8, 1), "ends_on": ends_on, "reference": "告知", "reason": "終了"}

    def declare() -> Abolition:
        return abolish(**said, counted=extent(ends_on).options, on=ON, by=by)

    before = everything()
    found = rehearse_abolition(declare, ends_on)
    assert everything() == before
    declare()
    end_abolished(ends_on, 0)
    closed(date(2025, 8, 1))
    rows = HeldSettlement.objects.values_list("amount_yen", flat=True)
    assert (found.held, found.yen, found.missing) == (len(rows), sum(rows), 0) == (2, found.yen, 0)
    with pytest.raises(Refused, match="この日の廃止は既に登録されています"):
        rehearse_abolition(declare, ends_on)


def test_what_was_shown_must_still_hold(unit, by):
    """A price that another corrects meanwhile moves the settlement that was shown."""
    asked = NoticeAsked(("O-EDR",), date(2025, 8, 1))

    def do() -> list[Notice]:
        return receive_notice(unit, asked, on=ON, by=by)

    seen = rehearse(do, [unit.pk]).mark(asked)
    price = Price.objects.standing().get(target__number="O-EDR", fee="monthly")
    correct_price(price, amount_yen=60_000, reference="見積 2", reason="誤り", on=ON, by=by)
    before = everything()
    with pytest.raises(OutdatedError):
        confirm(do, [unit.pk], holds=lambda now: now.mark(asked) == seen)
    assert everything() == before
    again = rehearse(do, [unit.pk]).mark(asked)
    assert confirm(do, [unit.pk], holds=lambda now: now.mark(asked) == again)


def test_what_concerns_another_day_of_the_form_does_not_hold(unit, by):
    shown, other = (NoticeAsked(("O-EDR",), date(2025, 8, day)) for day in (1, 2))
    seen = rehearse(lambda: receive_notice(unit, shown, on=ON, by=by), [unit.pk]).mark(shown)
    with pytest.raises(OutdatedError):
        confirm(
            lambda: receive_notice(unit, other, on=ON, by=by),
            [unit.pk],
            holds=lambda now: now.mark(other) == seen,
        )


def test_before_the_first_close_nothing_is_corrected(by, tmp_path):
    must_take(book(*EDR, notice("M-1", "2025-06-01")), tmp_path / "book")
    rehearsal = rehearse(lambda: corrected(by), [ManagementUnit.objects.get().pk])
    assert (rehearsal.corrections, rehearsal.due, rehearsal.next_month) == ({}, 0, None)


def test_a_large_unit_takes_no_more_queries_than_a_small_one(by, tmp_path):
    options = [option("ログ保管オプション", "M-1", f"O-{n}", retention_years=1) for n in range(50)]
    prices = [row for n in range(50) for row in priced(f"O-{n}", 1_000)]
    must_take(book(*EDR, *options, *prices), tmp_path / "book")
    for month in (4, 5, 6, 7):
        close_month(date(2025, month, 1), on=LATE, by="試験")
    unit = ManagementUnit.objects.get()
    assert Option.objects.count() == 52
    asked = NoticeAsked(("M-1", "O-EDR"), date(2025, 6, 1))
    with CaptureQueriesContext(connection) as queries:
        rehearsal = rehearse(lambda: receive_notice(unit, asked, on=ON, by=by), [unit.pk])
    assert len(rehearsal.moved) == 53
    assert len(queries) <= 88, [query["sql"][:90] for query in queries]


def test_a_rehearsal_waits_for_nobody_where_it_may_not(unit, by, monkeypatch):
    """A page that only looks does not stand in the queue of those who write."""
    monkeypatch.setattr(FactsRevision, "hold", _taken)
    with pytest.raises(Refused, match="ほかの書込みが進んでいます"):
        rehearse(lambda: corrected(by), [unit.pk], wait=False)


def _taken(*, wait: bool = True) -> None:
    assert not wait
    raise OperationalError("could not obtain lock")
