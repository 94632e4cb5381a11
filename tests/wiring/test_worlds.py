"""What tests begin with stands beneath them: whole, alone, and as it was before the test that wrote."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace

import pytest

from contracts.models import Customer
from tests.worlds import stand, with_another_connection, world


def _first() -> None:
    Customer.objects.create(code="C-1", name="見本")


first = world("a customer", _first)
second = world("another in it", lambda: Customer.objects.create(code="C-2", name="別"), within=first)
other = world("a customer alone", lambda: Customer.objects.create(code="C-3", name="他"))


def codes() -> list[str]:
    return list(Customer.objects.order_by("code").values_list("code", flat=True))


@pytest.mark.parametrize("time", [1, 2])
def test_what_a_test_writes_the_next_does_not_see(first: None, time: int) -> None:
    assert codes() == ["C-1"]
    Customer.objects.create(code=f"C-1{time}", name="試験")
    Customer.objects.filter(code="C-1").update(name="変更")
    assert len(codes()) == 2


@pytest.mark.parametrize("time", [1, 2])
def test_one_stands_in_another(second: None, time: int) -> None:
    assert codes() == ["C-1", "C-2"]
    assert set(Customer.objects.values_list("name", flat=True)) == {"見本", "別"}
    Customer.objects.filter(code="C-2").delete()


def test_the_outer_one_is_there_again_without_the_inner(first: None) -> None:
    assert codes() == ["C-1"]


@pytest.mark.django_db
def test_nothing_stands_beneath_a_test_that_asks_for_nothing() -> None:
    assert codes() == []


def test_the_same_again_from_its_rows(first: None) -> None:
    assert list(Customer.objects.values_list("code", "name")) == [("C-1", "見本")]


def test_another_stands_alone(other: None) -> None:
    assert codes() == ["C-3"]


def test_nothing_stands_beneath_a_test_that_commits(transactional_db: None) -> None:
    assert codes() == []


def test_asked_for_too_late_it_is_made_within_the_test(db: None, request: pytest.FixtureRequest) -> None:
    assert codes() == []
    request.getfixturevalue("second")
    assert codes() == ["C-1", "C-2"]


def test_nothing_is_left_standing_on_a_connection_that_is_out_of_reach(db: None) -> None:
    """A browser brings the thread a connection of its own, and takes it away with itself."""
    found = []

    @contextmanager
    def browser() -> Iterator[str]:
        found.append(codes())
        yield "a browser"
        found.append(codes())

    stand(first.world.layers)
    with with_another_connection(browser(), SimpleNamespace(unblock=nullcontext)) as given:
        assert given == "a browser"
        stand(second.world.layers)
        assert codes() == ["C-1", "C-2"]
    assert found == [[], []]
