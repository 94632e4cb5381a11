"""Leaving as it was previewed is what then happens: the notice given, the months closed, the settlement and the bills come to its yen."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.models import ChargeLine
from billing.operations.close_month import close_month
from billing.operations.leaving import prospect
from billing.operations.rehearse import rehearse
from billing.terms.account import Account
from billing.terms.leaving import Leaving, steps
from contracts.models import ManagementUnit, Target
from contracts.operations.notices import NoticeAsked, receive_notice
from contracts.operations.refusal import Refused
from contracts.terms.catalog import OptionType
from contracts.terms.days import month_of, next_month
from contracts.terms.unit import Option, Unit
from tests.contracts.book.build import book, edr, licence, module, must_take, option, premium, price, priced
from tests.effort import examples
from tests.properties.facts import TARGETS, units

LATE = date(2028, 1, 1)
NUMBERS = ("T-1", "M-1", "M-CLOUD", "O-CLOUD", "O-KEEP", "O-EDR", "O-LIC")
CHOICES = st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=4, unique=True) | st.just(list(NUMBERS))
ARRIVALS = st.dates(date(2025, 8, 10), date(2025, 12, 20))
FEW = settings(
    deadline=None,
    max_examples=examples(6, at_night=200),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
MANY = settings(deadline=None, max_examples=examples(30, at_night=1200))


def unit_of(kind: str, quantity: int) -> list[object]:
    """Every kind of pair, with prices that no day divides evenly."""
    yen = {"T-1": 300_001, "M-1": 100_003, "M-CLOUD": 77_777, "O-CLOUD": 33_331, "O-KEEP": 12_347, "O-EDR": 50_021}
    return [
        *(premium(), module("Microsoft 365ログ収集モジュール"), module(number="M-CLOUD")),
        option("Microsoft 365ログ監視オプション", "M-1", "O-M365"),
        option("クラウドログ監視オプション", "M-CLOUD", "O-CLOUD"),
        option("ログ保管オプション", "M-CLOUD", "O-KEEP", retention_years=1, starts="2025-07-15"),
        edr(starts="2025-06-10"),
        licence(kind, quantity, starts="2025-06-10"),
        *(row for number, price in yen.items() for row in priced(number, price)),
        price("M-1", "monthly", 120_007, "2025-09-15"),
        *priced("O-LIC", 101),
        *priced("O-M365", 8_009),
    ]


@pytest.mark.django_db
@FEW
@given(
    kind=st.sampled_from([("期間ライセンス", 1001), ("MSSPライセンス", 107), ("顧客ライセンス", 13)]),
    numbers=CHOICES,
    arrived_on=ARRIVALS,
    ahead=st.integers(0, 400),
)
def test_the_notice_and_the_closes_come_to_what_was_previewed(tmp_path_factory, kind, numbers, arrived_on, ahead):
    today = date(2025, 8, 10)
    with transaction.atomic():
        must_take(book(*unit_of(*kind)), tmp_path_factory.mktemp("book"))
        unit, by = ManagementUnit.objects.get(), User.objects.create_user("anybody")
        for month in (4, 5, 6, 7):
            close_month(date(2025, month, 1), on=LATE, by="試験")
        asked = prospect(unit)
        leaving = asked.leaving(numbers, arrived_on, today=today)
        assert leaving.earliest is not None
        named = leaving.earliest + timedelta(days=ahead)
        shown = leaving.day(named)
        assert shown is not None
        imagined = asked.imagined(leaving.notices(named))
        letter = NoticeAsked(tuple(numbers), arrived_on, named)

        rehearsed = rehearse(lambda: receive_notice(unit, letter, on=arrived_on, by=by), [unit.pk], ledger=False)
        assert imagined.moved == rehearsed.moved
        assert imagined.lost == rehearsed.lost
        assert [one.number for one in imagined.moved if one.after] == sorted(shown.ending)

        receive_notice(unit, letter, on=arrived_on, by=by)
        stored = dict(Target.objects.exclude(ends_on=None).values_list("number", "ends_on"))
        assert (min(stored.values()), max(stored.values())) == (shown.first_end, shown.last_end)
        assert sorted(stored) == sorted(shown.ending)
        closed(date(2025, 8, 1), shown.last_end)
        lines = ChargeLine.objects.filter(target__number__in=shown.ending)
        assert total(lines.filter(fee="settlement")) == shown.settlement_yen
        assert total(lines.filter(fee="monthly", month__month__gte=month_of(arrived_on))) == shown.fees_yen
        assert not lines.filter(month__month=next_month(month_of(shown.last_end))).exists()
        transaction.set_rollback(True)


def closed(first: date, last: date) -> None:
    """Close the months up to the one after a day."""
    month = first
    while month <= next_month(month_of(last)):
        close_month(month, on=LATE, by="試験")
        month = next_month(month)


def total(lines) -> int:
    return sum(lines.values_list("amount_yen", flat=True))


def accounts_of(unit: Unit, yen: int) -> dict[str, Account]:
    """An account a target, at a price each."""
    found = {}
    for at, target in enumerate(unit.targets):
        account = Account(target.number, target.accepted_on, target.starts_on)
        account.monthly = ((date.min, yen + at),)
        if isinstance(target, Option):
            account.option, account.licence_type = target.option, target.licence_type
            if target.option is OptionType.EDR_LICENCE:
                account.quantities = ((date.min, target.quantity or 1),)
        found[target.number] = account
    return found


def leaving_of(unit: Unit, numbers: list[str], arrived_on: date) -> Leaving:
    until, far = arrived_on + timedelta(days=365), arrived_on + timedelta(days=1095)
    return Leaving(unit, accounts_of(unit, 30_000), numbers, arrived_on, until=until, far=far)


LETTERS = st.lists(st.sampled_from(TARGETS[:9]), min_size=1, max_size=3, unique=True)


@MANY
@given(units(), LETTERS, st.dates(date(2025, 1, 1), date(2027, 6, 30)), st.integers(0, 365))
def test_a_letter_may_arrive_until_the_last_day_and_no_later(unit, numbers, arrived_on, ahead):
    leaving = leaving_of(unit, numbers, arrived_on)
    if leaving.earliest is None:
        return
    named = leaving.earliest + timedelta(days=ahead)
    shown = leaving.day(named)
    if shown is None:
        return
    days = {n: end.on for n, end in leaving.ending(named).items()}

    def by(arrival):
        return {n: end.on for n, end in leaving.ending(named, arrived_on=arrival).items()}

    assert shown.arrive_by >= arrived_on
    assert by(shown.arrive_by) == days
    assert by(shown.arrive_by + timedelta(days=1)) != days
    between = arrived_on + (shown.arrive_by - arrived_on) // 2
    assert by(between) == days


@MANY
@given(units(), LETTERS, st.dates(date(2025, 1, 1), date(2026, 12, 31)))
def test_the_first_free_day_is_the_first_and_the_table_tells_every_day(unit, numbers, arrived_on):
    leaving = leaving_of(unit, numbers, arrived_on)
    folded = steps(leaving.days)
    assert sum((step.last.named - step.first.named).days + 1 for step in folded) == len(leaving.days)
    for step in folded:
        within = [day for day in leaving.days if step.first.named <= day.named <= step.last.named]
        costs = [day.settlement_yen for day in within]
        assert costs == sorted(costs, reverse=True)
        assert len({day.ending for day in within}) == 1
        assert len({day.free for day in within}) == 1
    free = leaving.free
    if free is None:
        assert not any(day.free for day in leaving.days)
        return
    assert free.settlement_yen == 0
    far = [leaving.day(arrived_on + timedelta(days=at)) for at in range((free.named - arrived_on).days)]
    first = leaving.earliest
    assert first is not None
    assert not any(day is not None and day.free for day in far if day is None or day.named >= first)


@pytest.mark.django_db
def test_a_letter_that_could_not_be_entered_is_refused(tmp_path):
    must_take(book(*unit_of("MSSPライセンス", 100)), tmp_path)
    asked = prospect(ManagementUnit.objects.get())
    with pytest.raises(Refused):
        asked.leaving([], date(2025, 9, 1), today=date(2025, 8, 10))
    with pytest.raises(Refused):
        asked.leaving(["T-1"], date(2025, 3, 1), today=date(2025, 8, 10))
