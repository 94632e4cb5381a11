"""Whatever was done, in whatever order: the book goes out and back to the byte, and both databases close the next months alike."""

import random
import shutil
from datetime import date
from functools import partial

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.models import ChargeLine, HeldDecision, HeldSettlement, Month
from contracts.models import Entry
from contracts.terms.days import next_month
from tests.contracts.book.restored import bytes_of, export, numbers, on_record, restore
from tests.effort import examples
from tests.properties.months import close_until
from tests.properties.office import Office
from tests.properties.verbs import IN_TURN, VERBS

FEW = settings(
    deadline=None,
    max_examples=examples(3, at_night=160),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
STEPS = st.lists(st.sampled_from(sorted(VERBS)), min_size=3, max_size=25)
SEPTEMBER = date(2025, 9, 1)
SEEDS = (9, 12, *range(13))
"""Chances under which every verb is done sooner or later; the first two leave little to the others."""


def ledger():
    """What the ledger has come to, yen by target, month and fee, corrections counted to what they correct; and what is held."""
    sums = {}
    columns = ("target__number", "month__month", "fee", "corrects_month", "corrects_fee", "amount_yen")
    for target, month, fee, of_month, of_fee, yen in ChargeLine.objects.values_list(*columns):
        key = (target, of_month, of_fee) if fee == "correction" else (target, month, fee)
        sums[key] = sums.get(key, 0) + yen
    held = dict(HeldSettlement.objects.order_by("pk").values_list("target__number", "amount_yen"))
    return {key: yen for key, yen in sums.items() if yen}, {number: yen for number, yen in held.items() if yen}


def lines():
    """Every line as it is stored, the ids of what it is of among its columns."""
    names = ("fee", "from_on", "to_on", "quantity", "unit_price_yen", "amount_yen", "tax_category", "basis", "cause")
    return list(ChargeLine.objects.order_by("pk").values_list("unit_id", "target_id", "month__month", *names))


def undone(do):
    """What there is to see, and then the database as it was."""
    with transaction.atomic():
        seen = do()
        transaction.set_rollback(True)
    return seen


@pytest.mark.django_db
@FEW
@given(STEPS, st.integers(0, 2**32), st.sampled_from(["book.xlsx", "book"]))
def test_whatever_was_done_goes_round(tmp_path, steps, seed, kind):
    """Where no month was closed, both ledgers have the same lines; else the same yen (docs/decisions, 0023)."""
    shutil.rmtree(tmp_path)
    out, again = tmp_path / "out" / kind, tmp_path / "again" / kind

    def at_work():
        office, chance = Office(tmp_path), random.Random(seed)
        for verb in steps:
            office.does(verb, VERBS[verb], chance)
        export(out)
        return on_record(), numbers(), undone(go_on)

    def go_on():
        before = Month.objects.order_by("-month").first()
        last = max(SEPTEMBER, next_month(before.month) if before else SEPTEMBER)
        decided = HeldDecision.objects.exists()
        close_until(last)
        return last, None if decided else ledger(), None if before else lines()

    record, numbered, (last, came_to, same_lines) = undone(at_work)

    def anew():
        restore(out)
        export(again)
        assert bytes_of(again) == bytes_of(out)
        assert (on_record(), numbers()) == (record, numbered)
        close_until(last)
        return ledger(), lines()

    anew_ledger, anew_lines = undone(anew)
    assert came_to in (None, anew_ledger)
    assert same_lines in (None, anew_lines)


@pytest.mark.django_db
def test_every_verb_is_really_done_and_told(tmp_path):
    """Else the property would say nothing of it. After all of them, one after the other, the book goes round too."""

    def at_work(nth, seed):
        office, chance = Office(tmp_path / f"{seed}"), random.Random(seed)
        for at, verb in enumerate(IN_TURN):
            # What was done neither the first time nor the second waits for something to be done it to: it is tried again and again.
            for one in [verb, *(sorted(left) if nth > 1 and not at % 3 else [])]:
                office.does(one, VERBS[one], chance)
        if not nth:
            export(tmp_path / "out")
        return office.done, set(Entry.objects.values_list("operation", flat=True)), on_record(), numbers()

    left, untold = set(VERBS), OF_FACTS
    for nth, seed in enumerate(SEEDS):
        done, told, *record = undone(partial(at_work, nth, seed))
        left, untold = left - set(done), untold - told
        if not nth:
            undone(partial(same_again, tmp_path / "out", tmp_path / "again", record))
        if not left | untold:
            break
    assert (left, untold) == (set(), set())


def same_again(out, again, record):
    """Restored, it is on record as it was; exported again, it is the same files."""
    restore(out)
    assert [on_record(), numbers()] == record
    export(again)
    assert bytes_of(again) == bytes_of(out)


OF_THE_LEDGER = {"close", "propose", "ask_close", "issue", "bill_held", "waive_held", "export", "run_again", "resend"}
OF_THE_LEDGER |= {"mark", "mark_sent", "read_receipts", "mark_paid", "reissue", "check"}
"""Told of months, invoices and checks of them, which stay with the ledger."""
NO_MORE = {"correct_price"}
"""Written by no verb any more: in the history of earlier corrections."""
OF_FACTS = {code for code, _name in Entry._meta.get_field("operation").choices} - OF_THE_LEDGER - NO_MORE
"""Every operation that the history tells of facts: each is done by one of the verbs."""
