"""What previews say, one after the other, is what is then stored and billed: ends, settlements, reductions, corrections and the next month."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.models import ChargeLine, HeldSettlement
from billing.operations.close_month import close_month
from billing.operations.if_granted import if_granted, reduced
from billing.operations.rehearse import rehearse
from contracts.models import ManagementUnit, Notice, Outage, Price, Target
from contracts.operations import applications
from contracts.operations.claims import grant_claim, receive_claim
from contracts.operations.incidents import record_outage
from contracts.operations.notices import NoticeAsked, receive_notice, withdraw_notice
from contracts.operations.prices import quote
from contracts.operations.refusal import Refused
from contracts.terms.days import month_of
from contracts.terms.unit import Ground
from tests.contracts.applications import form
from tests.contracts.book.build import book, edr, licence, module, must_take, option, premium, priced
from tests.contracts.prices.right import correct_price
from tests.effort import examples

ON, NOW = date(2025, 8, 10), timezone.make_aware(datetime(2025, 8, 10, 12))
NEXT, LATE = date(2025, 8, 1), date(2025, 12, 1)
NUMBERS = ("T-1", "M-1", "O-KEEP", "O-EDR", "O-LIC")
UNIT = [
    *(premium(), module(), edr(), licence("期間ライセンス", 1000)),
    option("ログ保管オプション", "M-1", "O-KEEP", retention_years=1),
    *(row for number in NUMBERS for row in priced(number, 100_000 if number != "O-LIC" else 100)),
]
DAYS = st.dates(date(2025, 3, 20), ON)
GROUNDS = st.sampled_from([Ground.NOTICE, Ground.NOTICE, Ground.GENERAL_28_2, Ground.COMPANY])

NOTICES = st.tuples(st.just("notice"), st.sampled_from(NUMBERS), DAYS, st.none() | DAYS, GROUNDS)
WITHDRAWALS = st.tuples(st.just("withdraw"), st.integers(0, 5))
CORRECTIONS = st.tuples(st.just("correct"), st.sampled_from(NUMBERS), st.integers(0, 300_000))
QUOTES = st.tuples(st.just("quote"), st.sampled_from(NUMBERS), DAYS, st.integers(0, 300_000))
CLAIMS = st.tuples(st.just("claim"), st.sampled_from(NUMBERS[:2]), DAYS, st.integers(1, 40), st.integers(0, 40))
APPLICATIONS = st.tuples(
    st.just("apply"), st.sampled_from(["licences", "years", "price", "report"]), DAYS, st.integers(0, 300_000)
)
VERBS = st.lists(NOTICES | WITHDRAWALS | CORRECTIONS | QUOTES | CLAIMS | APPLICATIONS, min_size=1, max_size=4)
FEW = settings(deadline=None, max_examples=examples(8), suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def unit(db: None, tmp_path) -> ManagementUnit:
    """A unit of every kind of pair, its months from 2025-04 to 2025-07 closed."""
    must_take(book(*UNIT), tmp_path)
    for month in (4, 5, 6, 7):
        close_month(date(2025, month, 1), on=LATE, by="試験")
    return ManagementUnit.objects.get()


def verb_of(unit, by, name, *said):
    """The operation of a drawn verb; None where there is nothing to do it to. Raises Refused."""
    if name == "notice":
        number, arrived, named, ground = said
        return partial(receive_notice, unit, NoticeAsked((number,), arrived, named, ground=ground), on=ON, by=by)
    if name == "withdraw":
        rows = list(Notice.objects.standing().order_by("pk"))
        row = rows[said[0] % len(rows)] if rows else None
        return row and partial(withdraw_notice, row, on=ON, document="同意", reason="試験", by=by)
    if name == "correct":
        row = Price.objects.standing().filter(target__number=said[0], fee="monthly").order_by("from_on").first()
        return partial(correct_price, row, amount_yen=said[1], reference="見積", reason="誤り", on=ON, by=by)
    if name == "quote":
        number, from_on, yen = said
        target = Target.objects.get(number=number)
        return partial(
            *(quote, target), fee="monthly", amount_yen=yen, from_on=from_on, reference="見積", note="", on=ON, by=by
        )
    if name == "apply":
        return accepting(unit, by, *said)
    row = claimed(by, *said)
    return partial(grant_claim, row, on=ON, by=by)


def accepting(unit, by, kind, effective, yen):
    """An application for one thing from a day on, received; accepted by somebody else."""
    day, money = effective.isoformat(), {"monthly_yen": str(yen), "initial_yen": "7000"}
    line = {
        "licences": form.licences("1200", day),
        "years": form.years("3", day, monthly_yen=str(yen)),
        "price": form.quoted("M-1", "monthly", str(yen), day),
        "report": form.option("on_site_report", "T-1", "#1", starts=day, **money),
    }[kind]
    enters, _new = User.objects.get_or_create(username="enters")
    draft = applications.save_draft(None, unit=unit, lines=[line], applied_on=effective, version=0, by=enters)
    row = applications.receive(draft, on=effective, by=enters)
    seen = applications.judge(row, on=ON).seen
    return partial(applications.accept, row, on=ON, by=by, seen=seen)


def claimed(by, number, known_on, days, later):
    """An outage of so many days, recorded and claimed so many days after it began, not before and not after today."""
    known = timezone.make_aware(datetime.combine(known_on, time()))
    restored = min(known + timedelta(days=days), NOW)
    record_outage(
        known_at=known, restored_at=restored, numbers=[number], fault="company", fault_reason="障害", by=by, now=NOW
    )
    row = Outage.objects.standing().get(contract__target__number=number, known_at=known)
    on = min(known_on + timedelta(days=later), ON)
    return receive_claim(row, claimed_on=on, document="", on=ON, by=by)


class Told:
    """What the previews have said so far, added up."""

    def __init__(self, unit):
        before = rehearse(lambda: None, [unit.pk]).after.close
        self.due, self.held = sum(before.due.values()), sum(before.held.values())
        self.corrections: Counter[date] = Counter()

    def add(self, rehearsal):
        self.due += rehearsal.due
        self.held += rehearsal.held
        self.corrections.update(rehearsal.corrections)

    def is_billed(self):
        """The next close says the same, to the yen."""
        close_month(NEXT, on=LATE, by="試験")
        lines = ChargeLine.objects.filter(month__month=NEXT)
        found: Counter[date] = Counter()
        for month, yen in lines.filter(fee="correction").values_list("corrects_month", "amount_yen"):
            found[month] += yen
        assert {m: yen for m, yen in found.items() if yen} == {m: yen for m, yen in self.corrections.items() if yen}
        assert sum(lines.exclude(fee="correction").values_list("amount_yen", flat=True)) == self.due
        assert sum(HeldSettlement.objects.values_list("amount_yen", flat=True)) == self.held


@FEW
@given(VERBS)
def test_what_previews_say_is_stored_and_billed(unit, verbs):
    with transaction.atomic():
        by, told = User.objects.create_user("anybody"), Told(unit)
        for name, *said in verbs:
            try:
                with transaction.atomic():
                    do = verb_of(unit, by, name, *said)
                    if do is None:
                        continue
                    rehearsal = rehearse(do, [unit.pk])
            except Refused:
                continue
            stored = dict(Target.objects.values_list("number", "ends_on"))
            if name == "claim":
                of_claim(do.args[0], rehearsal)
            do()
            moved = {one.number: one.after and one.after.on for one in rehearsal.moved}
            now = dict(Target.objects.values_list("number", "ends_on"))
            assert now == dict.fromkeys(now) | stored | moved
            told.add(rehearsal)
        told.is_billed()
        transaction.set_rollback(True)


def of_claim(row, rehearsal):
    """The page of the claim says the same as the preview of its grant, and what falls into closed months is corrected.

    By month the account's reductions beside those it had: one granted before may come to another yen of its state (I-38).
    """
    number = row.contract.target.number
    before, after = rehearsal.before.granted(number), rehearsal.after.granted(number)
    found = reduced(row, before, after)
    assert if_granted(row, on=ON) == found
    by_month: Counter[date] = Counter()
    for granted, sign in ((before, 1), (after, -1)):
        for reduction in granted.reductions:
            by_month[month_of(reduction.granted_on)] += sign * reduction.amount_yen
    assert found.yen == -sum(by_month.values())
    closed = {month: yen for month, yen in by_month.items() if yen and month < NEXT}
    assert {month: yen for month, yen in rehearsal.corrections.items() if yen} == closed
    assert rehearsal.due == by_month[NEXT]
