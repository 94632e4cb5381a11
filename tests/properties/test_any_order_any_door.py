"""Facts in any order, through any door, come to the same state: one book, books one after the other, or people at their screens."""

from datetime import date, datetime, time, timedelta
from functools import partial
from tempfile import TemporaryDirectory

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from billing.models import ChargeLine, HeldSettlement
from billing.operations.close_month import close_month
from contracts.facts.load import load_units
from contracts.models import ManagementUnit, Outage, Target
from contracts.operations.claims import grant_claim, receive_claim
from contracts.operations.incidents import record_outage
from contracts.operations.notices import NoticeAsked, receive_notice
from contracts.operations.prices import quote
from contracts.operations.refusal import Refused
from tests.contracts.book import build as had
from tests.contracts.book.build import book, must_take
from tests.effort import examples

ON, NOW, LATE = date(2025, 8, 10), timezone.make_aware(datetime(2025, 8, 10, 12)), date(2025, 12, 1)
NUMBERS = ("T-1", "M-1", "O-KEEP", "O-EDR", "O-LIC")
UNIT = [
    *(had.premium(), had.module(), had.edr(), had.licence("期間ライセンス", 1000)),
    had.option("ログ保管オプション", "M-1", "O-KEEP", retention_years=1),
    *(row for number in NUMBERS for row in had.priced(number, 100_000 if number != "O-LIC" else 100)),
]
DAYS = st.dates(date(2025, 4, 2), date(2025, 7, 31))
PRICES = st.tuples(st.just("price"), st.sampled_from(NUMBERS), DAYS, st.integers(0, 300_000))
NOTICES = st.tuples(st.just("notice"), st.sampled_from(NUMBERS), DAYS, st.none() | DAYS)
OUTAGES = st.tuples(st.just("outage"), st.sampled_from(NUMBERS[:2]), DAYS, st.integers(1, 9))
FACTS = st.lists(PRICES | NOTICES | OUTAGES, min_size=1, max_size=4, unique_by=lambda fact: fact[:3])
FEW = settings(
    deadline=None,
    max_examples=examples(4, at_night=120),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)


def row_of(name, number, day, said):
    """A fact as a row of the book."""
    if name == "price":
        return had.price(number, "monthly", said, f"{day}")
    if name == "notice":
        return had.notice(number, f"{day}", said and f"{said}")
    known, over = moments(day, said)
    return had.outage(number, f"{known:%Y-%m-%d %H:%M}", f"{over:%Y-%m-%d %H:%M}", f"{over:%Y-%m-%d}")


def moments(day, days):
    known = datetime.combine(day, time(9))
    return known, known + timedelta(days=days)


def told(by, name, number, day, said):
    """The same fact, told at a screen. Raises Refused."""
    target = Target.objects.get(number=number)
    if name == "price":
        words = {"reference": "", "note": ""}
        quote(target, fee="monthly", amount_yen=said, from_on=day, **words, on=ON, by=by)
    elif name == "notice":
        receive_notice(target.unit, NoticeAsked((number,), day, said), on=ON, by=by)
    else:
        known, over = (timezone.make_aware(moment) for moment in moments(day, said))
        fault = {"fault": "company", "fault_reason": "障害"}
        record_outage(known_at=known, restored_at=over, numbers=[number], **fault, by=by, now=NOW)
        row = Outage.objects.standing().get(contract__target__number=number, known_at=known)
        claimed = receive_claim(row, claimed_on=moments(day, said)[1].date(), document="", on=ON, by=by)
        grant_claim(claimed, on=ON, by=by)


def state():
    """The units as the terms see them, what is derived of them, and the lines of the months."""
    units = load_units(ManagementUnit.objects.values_list("pk", flat=True)).values()
    facts = [(unit.code, unit.contracts, unit.options, sorted(map(repr, unit.notices))) for unit in units]
    ends = list(Target.objects.order_by("number").values_list("number", "ends_on"))
    for month in range(4, 9):
        close_month(date(2025, month, 1), on=LATE, by="試験")
    columns = ("month__month", "target__number", "fee", "from_on", "to_on", "quantity", "amount_yen", "basis")
    lines = sorted(ChargeLine.objects.values_list(*columns))
    return facts, ends, lines, sorted(HeldSettlement.objects.values_list("target__number", "to_on", "amount_yen"))


def undone(do):
    """What the facts come to, and then the database as it was."""
    with transaction.atomic(), TemporaryDirectory() as folder:
        do(folder)
        found = state()
        transaction.set_rollback(True)
    return found


def one_book(facts, path, folder):
    must_take(book(*UNIT, *(row_of(*fact) for fact in facts)), path / folder)


def one_after_the_other(facts, path, folder):
    for at, rows in enumerate([UNIT, *([row_of(*fact)] for fact in facts)]):
        must_take(book(*rows), path / folder / str(at))


def by_people(facts, by, path, folder):
    must_take(book(*UNIT), path / folder)
    for fact in facts:
        told(by, *fact)


@pytest.fixture
def by(db: None) -> User:
    return User.objects.create_user("anybody")


@FEW
@given(FACTS, st.randoms(use_true_random=False))
def test_facts_come_to_the_same_whichever_way_they_came(by, tmp_path, facts, chance):
    shuffled, otherwise = chance.sample(facts, len(facts)), chance.sample(facts, len(facts))
    try:
        at_screens = undone(partial(by_people, shuffled, by, tmp_path))
    except Refused:  # such as a notice for what has ended: a person is told, a book says it only on record
        assume(False)
    assert undone(partial(one_book, facts, tmp_path)) == at_screens
    assert undone(partial(one_after_the_other, otherwise, tmp_path)) == at_screens
