"""Which ranges of units are still to be done, and that each part of a work is done, whoever does it."""

import pytest
from django.db import connection
from pytest_django import Settings

from billing.facts.span import UnitRange, ranges_beside
from billing.operations import close_month as closing
from billing.operations.processes import how_many, in_processes
from contracts.models import Customer, ManagementUnit
from tests.worlds import world

UNITS = 23


def _units() -> None:
    customer = Customer.objects.create(code="C", name="契約者")
    for number in range(UNITS):
        unit = ManagementUnit.objects.create(code=f"U{number}", customer=customer, name="本社")
        if number % 5 == 1:
            unit.delete()  # ids have gaps


some_units = world("units with gaps", _units)


def units_of(some: UnitRange) -> list[int]:
    return list(ManagementUnit.objects.filter(some.of("pk")).order_by("pk").values_list("pk", flat=True))


@pytest.mark.usefixtures("some_units")
@pytest.mark.parametrize("first", [1, 4, 7, 100])
@pytest.mark.parametrize("then", [1, 3, 7])
@pytest.mark.parametrize("kept", [(), (0,), (1,), (0, 2), (2, 1), (1, 3, 4)])
def test_what_is_done_and_what_is_not_are_all_units_once(first: int, then: int, kept: tuple[int, ...]) -> None:
    """Whatever ranges were done, in whatever order, and were they cut otherwise."""
    ranges = list(ranges_beside([], first))
    done = [ranges[number] for number in kept if number < len(ranges)]
    rest = list(ranges_beside(done, then))
    found = [unit for some in (*done, *rest) for unit in units_of(some)]
    assert sorted(found) == list(ManagementUnit.objects.order_by("pk").values_list("pk", flat=True))
    assert all(1 <= len(units_of(some)) <= then for some in rest)
    assert len({some.after for some in (*done, *rest)}) == len(done) + len(rest)


@pytest.mark.usefixtures("some_units")
def test_who_asks_later_cuts_what_is_left_at_the_same_places() -> None:
    ranges = list(ranges_beside([], 3))
    assert list(ranges_beside([ranges[0], ranges[3]], 3)) == [*ranges[1:3], *ranges[4:]]
    assert list(ranges_beside(ranges, 3)) == []


@pytest.mark.django_db
def test_no_units_are_no_range() -> None:
    assert list(ranges_beside([], 3)) == []


@pytest.mark.parametrize(
    ("units", "chunk"), [(0, 500), (3_999, 500), (4_000, 501), (40_000, 5_001), (79_992, 10_000), (10**6, 10_000)]
)
def test_small_books_are_shared_out_too(units: int, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ManagementUnit, "objects", type("Rows", (), {"count": staticmethod(lambda: units)}))
    assert closing._units_a_chunk() == chunk


@pytest.mark.django_db
@pytest.mark.parametrize("parts", [0, 1, 7, 1000, 2001])
def test_every_part_once_and_in_its_order_where_one_process_works(parts: int) -> None:
    done, told = list[int](), list[int]()
    in_processes(done.append, range(parts), told.append)
    assert done == list(range(parts))
    assert told == [*range(1, parts + 1), parts]


@pytest.mark.django_db
def test_within_a_transaction_one_process_works(settings: Settings) -> None:
    """Others would not see what it has written; and SQLite has one writer."""
    settings.MONTH_PROCESSES = 4
    assert connection.in_atomic_block
    assert how_many() == 1
