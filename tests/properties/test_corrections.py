"""Whenever facts arrive, and in whatever order: billed + corrections = owed, and nothing is corrected twice."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.facts.policy import policies
from billing.models import ChargeLine
from billing.operations.check_ledger import check_ledger
from billing.terms.account import TaxCategory
from billing.terms.corrections import add, late, owed
from billing.terms.policy import Corrections, policy_on
from contracts.terms.days import months_between
from tests.billing.ledger import close
from tests.contracts.book.build import breach, must_take, notice, outage, price, priced, sound, take
from tests.effort import examples
from tests.properties.facts import MODERATE, PRICES
from tests.terms.build import account, charged, end, one_time
from tests.terms.build import breach as claimed_breach
from tests.terms.build import outage as claimed_outage

MONTHS = {month: policy_on(policies(), month) for month in months_between(date(2025, 4, 1), date(2025, 9, 1))}
CLOSING = date(2025, 10, 1)
DAYS = st.dates(date(2025, 4, 2), date(2025, 9, 30))


@st.composite
def known(draw):
    """One contract as it may be known at some time: prices, claims, changes with their fees, and perhaps an end."""
    prices = [(date(2025, 4, 1), draw(PRICES)), *sorted(draw(st.dictionaries(DAYS, PRICES, max_size=3)).items())]
    of = account(prices, starts=date(2025, 4, 1) + timedelta(days=draw(st.integers(0, 60))))
    spans = draw(st.lists(st.tuples(DAYS, st.integers(0, 35), st.integers(0, 40)), max_size=3))
    outages = tuple(
        claimed_outage(str(first), str(first + timedelta(days=days)), first + timedelta(days=later))
        for first, days, later in spans
    )
    breaches = tuple(
        claimed_breach(str(on), on + timedelta(days=later))
        for on, later in draw(st.lists(st.tuples(DAYS, st.integers(0, 40)), max_size=2))
    )
    changed = draw(st.lists(st.tuples(DAYS, DAYS, PRICES), max_size=2))
    of = replace(
        of,
        outages=outages,
        breaches=breaches,
        charged_changes=tuple(charged(accepted, effective) for accepted, effective, _yen in changed),
        one_time=tuple(one_time(effective, yen) for _accepted, effective, yen in changed),
    )
    return replace(of, end=end(draw(DAYS))) if draw(st.booleans()) else of


@MODERATE
@given(st.lists(known(), min_size=2, max_size=4), st.sampled_from(Corrections))
def test_what_is_billed_and_corrected_is_what_is_owed_in_the_end(stages, taxed_as):
    billed, *rest = (owed(of, MONTHS) for of in stages)
    sums = dict(billed.sums)
    for now in rest:
        for month, fee, payer, line in late(now, sums, None, closing=CLOSING, cause="", taxed_as=taxed_as).corrections:
            assert line.amount_yen
            # I-44: what is given back lowers; what raises is never among what is given back.
            assert line.amount_yen < 0 or line.tax_category is not TaxCategory.RETURN
            assert line.amount_yen > 0 or taxed_as is Corrections.NET or line.tax_category is not TaxCategory.TAXABLE
            add(sums, (month, fee, payer), line.amount_yen, line.tax_category, line.clause)
        assert late(now, sums, None, closing=CLOSING, cause="").corrections == []
        # A month that cannot be computed is parked: nothing is said of it.
        known_months = {month for month in MONTHS if month not in now.unbillable}
        assert {
            key: found.amount_yen for key, found in sums.items() if found.amount_yen and key[0] in known_months
        } == {key: found.amount_yen for key, found in now.sums.items() if found.amount_yen}


FACTS = {
    "a price of the tier": lambda day: price("T-1", "monthly", 270_000, day),
    "a price of the module": lambda day: price("M-1", "monthly", 130_000, day),
    "a one-time fee": lambda day: price("M-1", "one_time", 7_000, day),
    "a claimed outage": lambda day: outage("T-1", "2025-04-03 00:00", "2025-04-06 12:00", day),
    "a claimed breach": lambda day: breach("M-1", "2025-04-10 00:00", day),
    "an outage that overlaps": lambda day: outage("T-1", "2025-04-05 00:00", "2025-04-09 12:00", day),
    "an earlier breach of the month": lambda day: breach("M-1", "2025-04-08 00:00", day),
    "a notice for the module": lambda day: notice("M-1", day, ""),
}
EACH = st.tuples(st.sampled_from(sorted(FACTS)), st.dates(date(2025, 4, 11), date(2025, 7, 5)), st.integers(0, 4))
ARRIVALS = st.lists(EACH, min_size=1, max_size=5, unique_by=lambda fact: fact[0])
"""Which fact, the day it is of, and after how many closed months it is taken in."""
FEW = settings(
    deadline=None, max_examples=examples(4, at_night=120), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
LEDGER = ["2025-04", "2025-05", "2025-06", "2025-07", "2025-08"]


def totals():
    """Yen by target, month and fee, corrections counted to what they correct."""
    found = Counter()
    names = ("target__number", "month__month", "fee", "corrects_month", "corrects_fee", "amount_yen")
    for number, month, fee, corrects_month, corrects_fee, amount in ChargeLine.objects.values_list(*names):
        found[number, corrects_month or month, corrects_fee or fee] += amount
    return {key: amount for key, amount in found.items() if amount}


def ledger_of(arrivals):
    """The totals of a ledger whose facts come in so; sound, and the same when it is computed anew. Then it is taken back."""
    with TemporaryDirectory() as folder, transaction.atomic():
        must_take(sound(*priced("T-1", 300_000, 50_000), *priced("M-1", 100_000, 20_000)), Path(folder) / "first")
        for closed, month in enumerate(LEDGER):
            for at, (fact, day, after) in enumerate(arrivals):
                if after == closed:
                    sheet, row = FACTS[fact](day.isoformat())
                    assert not take({sheet: [row]}, Path(folder) / str(at)).refused
            close(month)
        assert list(check_ledger(recompute=True)) == []
        found = totals()
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
@FEW
@given(ARRIVALS, st.randoms(use_true_random=False))
def test_when_and_in_what_order_facts_arrive_changes_no_total(arrivals, chance):
    at_once = [(fact, day, 0) for fact, day, _after in arrivals]
    mixed = chance.sample(arrivals, len(arrivals))
    assert ledger_of(mixed) == ledger_of(at_once)


@pytest.mark.django_db
@FEW
@given(ARRIVALS)
def test_the_days_of_a_month_are_billed_once(arrivals):
    with TemporaryDirectory() as folder, transaction.atomic():
        must_take(sound(*priced("T-1", 300_000), *priced("M-1", 100_000)), Path(folder) / "first")
        for at, (fact, day, _after) in enumerate(arrivals):
            sheet, row = FACTS[fact](day.isoformat())
            assert not take({sheet: [row]}, Path(folder) / str(at)).refused
        for month in LEDGER:
            close(month)
        days = Counter()
        for target, first, last in ChargeLine.objects.filter(fee="monthly").values_list("target", "from_on", "to_on"):
            days.update((target, first + timedelta(days=n)) for n in range((last - first).days + 1))
        transaction.set_rollback(True)
    assert days
    assert set(days.values()) == {1}
