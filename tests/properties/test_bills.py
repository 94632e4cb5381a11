"""The next bill as it is shown is what is then billed, to the yen; why it differs adds up; and what was known stays to be told."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.facts.load import WHOLE, accounts
from billing.facts.span import UnitSet
from billing.models import ChargeLine, HeldSettlement
from billing.operations.bills_of_units import bills, monthly
from billing.operations.close_month import close_month
from billing.operations.decide_held import bill_held
from contracts.facts.known import NOW, known_on
from contracts.facts.load import read_units
from contracts.models import ManagementUnit
from contracts.operations.refusal import Refused
from contracts.terms.days import month_of, next_month
from tests.effort import examples
from tests.properties.test_preview_is_what_follows import LATE, NEXT, ON, VERBS, unit, verb_of  # noqa: F401

FEW = settings(
    deadline=None,
    max_examples=examples(5, at_night=160),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def shown(known=NOW, on=ON, today=ON):
    units = read_units(ManagementUnit.objects.values_list("pk", flat=True), as_of=known.revision)
    return bills(units, on=on, today=today, known=known)


def charged(known=NOW, on=ON):
    units = read_units(ManagementUnit.objects.values_list("pk", flat=True), as_of=known.revision)
    return monthly(units, on=on).monthly


def told(bill):
    """The lines of a bill, to be compared."""
    return sorted(
        (one.unit_id, one.number, *map(str, one.line), str(one.corrects), str(one.corrects_fee)) for one in bill.lines
    )


def stored(month):
    """The lines of a closed month in the same shape."""
    names = ("unit_id", "target__number", "fee", "from_on", "to_on", "quantity", "unit_price_yen", "amount_yen")
    names += ("tax_category", "clause", "basis", "cause", "corrects_month", "corrects_fee")
    rows = ChargeLine.objects.filter(month__month=month).values_list(*names)
    return sorted((of, number, *map(str, rest)) for of, number, *rest in rows)


def does(of, by, verbs):
    """Do the verbs that are not refused."""
    for name, *said in verbs:
        try:
            with transaction.atomic():
                do = verb_of(of, by, name, *said)
                if do is not None:
                    do()
        except Refused:
            continue


def decides(by):
    """Finance bills what is held."""
    for held in HeldSettlement.objects.filter(decided=None).exclude(month__closed_at=None).order_by("target", "-pk"):
        try:
            with transaction.atomic():
                bill_held(held, reason="試験", on=ON, by=by)
        except Refused:
            continue


@FEW
@given(VERBS, VERBS, st.booleans())
def test_the_next_bill_as_shown_is_what_is_billed(unit, first, second, decide):  # noqa: F811
    """Of the next month, and of the one after it: what had come late the first time is not told again."""
    with transaction.atomic():
        by, month = User.objects.create_user("anybody"), NEXT
        for verbs in (first, second):
            does(unit, by, verbs)
            if decide:
                decides(by)
            found = shown()
            closed = close_month(month, on=LATE, by="試験")
            if closed.closed:
                assert not found.now.unbillable
            else:
                assert {one.number for one in closed.parked} == {*found.now.unbillable}
                transaction.set_rollback(True)
                return
            assert found.now.month == month
            assert told(found.now) == stored(month)
            held = HeldSettlement.objects.filter(month__month=month).values_list("target__number", "amount_yen")
            assert sorted((one.number, one.line.amount_yen) for one in found.now.held) == sorted(held)
            assert found.before is not None
            assert told(found.before) == stored(found.before.month)
            assert sum(one.yen for one in found.why) == found.now.yen - found.before.yen
            # Closed meanwhile, it is the bill before, as the ledger has it.
            again = shown()
            assert told(again.before) == told(found.now)
            month = next_month(month)
        transaction.set_rollback(True)


@FEW
@given(VERBS, st.dates(date(2025, 3, 1), date(2026, 8, 31)))
def test_a_month_to_come_is_billed_as_shown_while_nothing_new_is_known(unit, verbs, on):  # noqa: F811
    """And a month that was closed is told as it was billed, whatever has become known since."""
    with transaction.atomic():
        does(unit, User.objects.create_user("anybody"), verbs)
        # What comes late is said once, by the next close; then nothing new is known.
        if not close_month(NEXT, on=LATE, by="試験").closed:
            transaction.set_rollback(True)
            return
        found = shown(on=on)
        assert found.now.month == (next_month(NEXT) if on == ON else month_of(on))
        assert sum(one.yen for one in found.why) == (found.now.yen - found.before.yen if found.before else 0)
        month = next_month(NEXT)
        while month <= found.now.month and close_month(month, on=date(2027, 1, 1), by="試験").closed:
            month = next_month(month)
        if month > found.now.month >= date(2025, 4, 1):
            assert told(found.now) == stored(found.now.month)
        transaction.set_rollback(True)


@FEW
@given(VERBS)
def test_accounts_of_units_that_were_read_are_those_that_the_close_reads(unit, verbs):  # noqa: F811
    with transaction.atomic():
        does(unit, User.objects.create_user("anybody"), verbs)
        ids = UnitSet([unit.pk])
        assert list(accounts(read_units([unit.pk]), WHOLE)) == list(accounts(ids, WHOLE))
        transaction.set_rollback(True)


@FEW
@given(st.lists(st.tuples(VERBS, st.booleans()), min_size=2, max_size=3))
def test_what_was_known_on_a_day_is_told_as_it_was_shown_on_it(unit, days):  # noqa: F811
    """Day after day facts arrive, and some days a month is closed; looked back at, every evening shows what it showed."""
    with transaction.atomic():
        by, evenings, evening, month = User.objects.create_user("anybody"), [], {}, NEXT
        # The book came in today: one evening after the other from tomorrow on, whatever day the verbs are told.
        for after, (verbs, closes) in enumerate([*days, ([], True)]):
            day = timezone.localdate() + timedelta(days=after + 1)
            with time_machine.travel(timezone.make_aware(datetime(day.year, day.month, day.day, 12)), tick=True):
                does(unit, by, verbs)
                if closes and close_month(month, on=LATE, by="試験").closed:
                    month = next_month(month)
                evenings.append((day, shown()))
                evening[day] = charged()
        for day, found in evenings:
            again = shown(known_on(day))
            assert again.now.month == found.now.month
            assert told(again.now) == told(found.now)
            assert (again.before and told(again.before)) == (found.before and told(found.before))
            assert charged(known_on(day)) == evening[day]
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_before_anything_was_known_there_is_nothing(unit):  # noqa: F811
    long_ago = known_on(date(2001, 1, 1))
    found = shown(long_ago)
    assert (found.before, found.now.lines, charged(long_ago)) == (None, [], {})
