"""What has not moved is carried over from the month before: to the byte the lines that the rules give, whatever has happened.

Each book is closed month by month twice: once as it is closed, and once with every unit computed by the rules.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import pytest
from django.core.management import CommandError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.facts.load import accounts
from billing.models import ChargeLine, HeldSettlement, Month, MovedUnit, ParkedTarget
from billing.models.carry import carry_lines
from billing.operations import close_month as closing
from billing.operations import month_chunk
from billing.operations.check_ledger import check_ledger
from billing.operations.close_month import close_month
from billing.operations.moved import Plan, arrived_since, may_end, plan_of
from contracts.facts import name_keys
from contracts.models import ManagementUnit, Notice, Target
from contracts.terms.days import Period, months_between
from contracts.terms.over import ended_by, ends_from
from contracts.terms.unit import Ground
from tests.bench.book import fill
from tests.billing.ledger import close
from tests.conftest import SAMPLE
from tests.contracts.book import build as had
from tests.contracts.book.build import book, must_take, priced, take_path
from tests.effort import examples

pytestmark = pytest.mark.django_db

ON = date(2028, 1, 5)
SAID = [
    "month__month",
    "customer__code",
    "unit__code",
    "target__number",
    "fee",
    "from_on",
    "to_on",
    "quantity",
    "unit_price_yen",
]
SAID += ["amount_yen", "tax_category", "clause", "basis", "cause", "policy", "corrects_month", "corrects_fee"]
PARKED = ["month__month", "target__number", "reason"]


def ledger() -> tuple[list[object], ...]:
    """Everything that was billed, held and parked: a unit's lines in the order in which they were written."""
    return (
        list(ChargeLine.objects.order_by("month__month", "unit__code", "pk").values_list(*SAID)),
        list(HeldSettlement.objects.order_by("month__month", "target__number", "pk").values_list(*SAID[:-2])),
        list(ParkedTarget.objects.order_by(*PARKED).values_list(*PARKED)),
        list(Month.objects.order_by("month").values_list("month", "line_count", "total_yen")),
    )


@contextmanager
def by_the_rules() -> Iterator[None]:
    """Nothing is carried over, and no target is spared its account."""

    def all_computed(*asked: object) -> Plan:
        units = asked[-1]
        return Plan(None, [], [units], plan_of(*asked).written)  # type: ignore[arg-type, list-item]

    with mock.patch.object(closing, "plan_of", all_computed), mock.patch.object(closing, "of_month", accounts):
        yield


def closed_both_ways(do: Callable[[], None]) -> None:
    """The work is done twice, each time from the beginning, and comes to the same ledger; some of it was carried over."""
    with transaction.atomic():
        with by_the_rules():
            do()
        wanted = ledger()
        transaction.set_rollback(True)
    carried: list[int] = []

    def counted(*asked: object) -> tuple[int, int]:
        count, yen = carry_lines(*asked)  # type: ignore[arg-type]
        carried.append(count)
        return count, yen

    with mock.patch.object(month_chunk, "carry_lines", counted):
        do()
    for found, expected in zip(ledger(), wanted, strict=True):
        assert found == expected
    assert list(check_ledger(recompute=True)) == []
    assert sum(carried)


def test_the_sample_over_two_years(monkeypatch: pytest.MonkeyPatch) -> None:
    """In ranges of seven units."""
    monkeypatch.setattr(closing, "UNITS_A_CHUNK", 7)
    assert take_path(SAMPLE).faults == []
    closed_both_ways(lambda: close("2025-01", until="2026-12") and None)


@pytest.mark.postgres
def test_a_harsh_book_over_two_years(monkeypatch: pytest.MonkeyPatch) -> None:
    """Notices, changes, prices, licences and incidents of 80 units, drawn at random, in ranges of twenty."""
    monkeypatch.setattr(closing, "UNITS_A_CHUNK", 20)
    fill(320, mixed=True)
    name_keys.remake()

    def months() -> None:
        for month in months_between(date(2024, 6, 1), date(2026, 5, 31)):
            assert close_month(month, on=ON, by="試験").closed

    closed_both_ways(months)


LIVES = {
    "a price within the month": lambda day: had.price("T-1", "monthly", 270_000, day),
    "a price of the module": lambda day: had.price("M-1", "monthly", 130_000, day),
    "a one-time fee": lambda day: had.price("M-1", "one_time", 7_000, day),
    "an outage claimed": lambda day: had.outage("T-1", f"{day} 00:00", f"{day} 23:30", day),
    "an outage claimed later": lambda day: had.outage("T-1", "2025-04-03 00:00", "2025-04-06 12:00", day),
    "a breach claimed": lambda day: had.breach("M-1", f"{day} 00:00", day),
    "a notice for the module": lambda day: had.notice("M-1", day, ""),
    "a notice for a day": lambda day: had.notice("O-EDR", day, str(date.fromisoformat(day) + timedelta(days=70))),
    "a ground on its day": lambda day: had.notice("M-1", day, day, "gp28_2"),
    "more licences": lambda day: had.change("O-LIC", "quantity", 1300, day, accepted=day),
    "an option that starts": lambda day: [
        had.option("現地報告オプション", number="O-9", application="A-9", accepted=day, starts=day),
        *priced("O-9", 44_000, 9_000, day),
    ],
}
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(sorted(LIVES)),
        st.dates(date(2025, 4, 12), date(2025, 9, 30)),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda event: event[0],
)
FEW = settings(
    deadline=None, max_examples=examples(4, at_night=160), suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def another(code: str, tail: str, yen: int) -> list[object]:
    """A unit of which nothing is told."""
    said = {"of": code, "application": f"A-U{tail}"}
    targets = [had.tier(number=f"T-{tail}", **said), had.module(number=f"M-{tail}", **said)]
    return [had.unit(code), *targets, *priced(f"T-{tail}", yen), *priced(f"M-{tail}", 100 if yen else 0)]


LEDGER = ["2025-04", "2025-05", "2025-06", "2025-07", "2025-08", "2025-09"]
UNITS = [
    *(had.customer(), had.unit(), had.premium(), had.module(), had.edr(), had.licence("MSSPライセンス", 1000)),
    *(row for number, yen in (("T-1", 300_000), ("M-1", 100_000), ("O-EDR", 50_000), ("O-LIC", 300))
      for row in priced(number, yen)),
    *another("U-2", "2", 90_000),
    *another("U-3", "3", 91_000),
    # Nothing is charged of it: no line says so.
    *another("U-4", "4", 0),
]  # fmt: skip


@FEW
@given(EVENTS)
def test_whatever_is_told_and_whenever(events: list[tuple[str, date, int]]) -> None:
    """Facts of any day, taken in after any number of closed months."""

    def lives() -> None:
        with TemporaryDirectory() as folder:
            must_take(book(*UNITS), Path(folder) / "first")
            for at, month in enumerate(LEDGER):
                for name, day, after in events:
                    if after == at:
                        had.take(book(LIVES[name](f"{day}")), Path(folder) / f"{at} {sorted(LIVES).index(name)}")
                close(month, leave_out=())

    with transaction.atomic():
        closed_both_ways(lives)
        transaction.set_rollback(True)


AHEAD = {
    **{name: life("2025-06-12") for name, life in LIVES.items() if name != "more licences"},
    "an outage claimed while it lasted": had.outage("T-1", "2025-05-20 00:00", "2025-06-05 00:00", "2025-05-28"),
    "an option with a price from before its start": [
        had.option("現地報告オプション", number="O-8", application="A-8", accepted="2025-05-10", starts="2025-06-12"),
        *priced("O-8", 44_000, 9_000, "2025-05-01"),
    ],
    "an option accepted on the first of a month": [
        had.option("現地報告オプション", number="O-7", application="A-7", accepted="2025-06-01", starts="2025-07-20"),
        *priced("O-7", 44_000, 9_000, "2025-07-20"),
    ],
    "a licence that has no price yet": [
        had.licence(
            "MSSPライセンス", 1000, number="O-NEW", application="A-9", accepted="2025-05-10", starts="2025-06-01"
        )
    ],
}


@pytest.mark.parametrize("facts", [pytest.param(rows, id=name) for name, rows in AHEAD.items()])
def test_what_was_known_before_and_falls_due_later(facts: list[had.Fact], tmp_path: Path) -> None:
    """Nothing is written after the first close: the day alone makes it due, or the price that is missing keeps it waiting."""

    # What falls due in June is over by August; the notice that names a day of August, by September.
    last = "2025-09" if "2025-08" in str(facts) else "2025-08"

    def months() -> None:
        for month in [one for one in LEDGER if one <= last]:
            waiting = ["O-NEW"] if "O-NEW" in str(facts) and month >= "2025-05" else []
            with suppress(CommandError):
                close(month)
            if not Month.objects.filter(month=f"{month}-01").exclude(closed_at=None).exists():
                close(month, leave_out=waiting)

    must_take(book(*UNITS, facts), tmp_path / "all")
    closed_both_ways(months)


def test_what_has_not_moved_is_not_computed(tmp_path: Path) -> None:
    must_take(book(*UNITS), tmp_path / "first")
    close("2025-04", until="2025-05")
    must_take(book(had.price("T-2", "monthly", 80_000, "2025-06-16")), tmp_path / "then")
    with mock.patch.object(closing, "of_month", wraps=closing.of_month) as computed:
        close("2025-06")
    (asked,) = computed.call_args_list
    moved = ManagementUnit.objects.get(code="U-2").pk
    assert list(asked.args[0].ids) == [moved]
    assert list(MovedUnit.objects.values_list("month", "unit", "written")) == [(date(2025, 6, 1), moved, True)]
    lines = ChargeLine.objects.filter(month__month="2025-06-01")
    assert lines.count() == 9
    assert set(lines.filter(fee="monthly").values_list("from_on", "to_on")) == {
        *((date(2025, 6, first), date(2025, 6, last)) for first, last in ((1, 30), (1, 15), (16, 30))),
    }


def test_lines_are_carried_over_also_where_statements_are_written_down(tmp_path: Path) -> None:
    """With DEBUG Django writes each statement out with its values, of which SQLite's quoting takes no lists."""
    must_take(book(*UNITS), tmp_path / "first")
    with CaptureQueriesContext(connection):
        close("2025-04", until="2025-05")
    assert ChargeLine.objects.filter(month__month="2025-05-01", fee="monthly").exists()


def test_where_most_have_moved_all_are_computed(tmp_path: Path) -> None:
    must_take(book(*UNITS), tmp_path / "first")
    close("2025-04")
    rows = [had.price(number, "monthly", 80_000, "2025-05-16") for number in ("T-2", "T-3", "M-1")]
    must_take(book(*rows), tmp_path / "then")
    with mock.patch.object(month_chunk, "carry_lines", wraps=carry_lines) as carried:
        close("2025-05")
    assert carried.call_count == 0


GROUNDS = st.sampled_from(list(Ground))
APART = st.integers(-130, 70)
"""Days between the first day that is asked about and the day on which a notice arrives, or which it names."""


@settings(deadline=None, max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(GROUNDS, APART, st.none() | APART, st.dates(date(2025, 1, 1), date(2025, 12, 1)))
def test_every_notice_that_may_bring_an_end_about_is_found(
    target_of_its_own: int, ground: Ground, arrives: int, names: int | None, first: date
) -> None:
    """By the same bounds as contracts.terms.over has them."""
    arrived = first + timedelta(days=arrives)
    named = None if names is None else first + timedelta(days=names)
    if ground is not Ground.NOTICE and named is None:
        named = arrived
    days = Period(first, first + timedelta(days=59))
    may = ends_from(arrived, named, ground) < days.stop and ended_by(arrived, named, ground) >= days.first
    with transaction.atomic():
        row = Notice.objects.create(
            target_id=target_of_its_own, arrived_on=arrived, requested_for=named, ground=ground, recorded_in=1
        )
        found = Notice.objects.standing().filter(may_end(*days, arrived_since(days.first)), pk=row.pk).exists()
        transaction.set_rollback(True)
    assert found >= may


@pytest.fixture
def target_of_its_own(tmp_path: Path) -> int:
    must_take(book(*UNITS), tmp_path / "first")
    return Target.objects.get(number="T-3").pk


@pytest.mark.postgres
def test_the_lines_of_a_range_are_found_by_their_key(tmp_path: Path) -> None:
    must_take(book(*UNITS), tmp_path / "first")
    close("2025-04")
    month = Month.objects.get().pk
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN SELECT * FROM billing_chargeline_{month} WHERE unit_id > 1 AND unit_id <= 2")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert f"billing_chargeline_{month}_unit" in plan
