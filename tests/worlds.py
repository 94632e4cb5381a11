"""What many tests begin with stands in the database beneath them, in a transaction around theirs: test after test rolls back to it.

A fixture that is made by ``world`` says what stands. Where the next test begins with something else, or commits, it is rolled back too.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from django.db import connection, transaction
from pytest_django.plugin import blocking_manager_key

from tests.snapshot import once

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class World:
    """Rows that tests begin with: made in what stands ``within``, or in an empty database."""

    name: str
    make: Callable[[], None] = field(compare=False)
    within: "World | None" = None

    @property
    def layers(self) -> "list[World]":
        """From the empty database up to itself."""
        return [*(self.within.layers if self.within else []), self]


_STANDING: list[tuple[World, transaction.Atomic]] = []


def world(name: str, make: Callable[[], None], within: Any = None) -> Any:
    """A fixture: the test begins with what ``make`` makes, after what stands by the fixture ``within``."""
    made = World(name, make, within.world if within is not None else None)

    def stands(db: None) -> None:
        for layer in made.layers:
            # Where the fixture was asked for too late to stand beneath the test.
            if layer not in [standing for standing, _around in _STANDING]:
                layer.make()

    fixture = pytest.fixture(stands)
    fixture.world = made
    stands.world = made  # type: ignore[attr-defined]
    return fixture


def wanted(item: pytest.Item) -> list[World]:
    """What a test begins with, from the empty database up."""
    known = item._fixtureinfo.name2fixturedefs if isinstance(item, pytest.Function) else {}
    found = [made for defined in known.values() if (made := getattr(defined[-1].func, "world", None))]
    return max((made.layers for made in found), key=len, default=[])


def looks_at_the_database(item: pytest.Item) -> bool:
    """Whether a test uses the database of all tests, by a fixture or by its mark."""
    return "_django_db_helper" in getattr(item, "fixturenames", ()) or item.get_closest_marker("django_db") is not None


def leave(kept: list[World]) -> None:
    """Roll back what stands beside ``kept``."""
    while [standing for standing, _around in _STANDING] != kept[: len(_STANDING)]:
        _world, around = _STANDING.pop()
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


def stand(layers: list[World]) -> None:
    """Make what does not stand yet, each layer in a transaction of its own."""
    for layer in layers[len(_STANDING) :]:
        around = transaction.atomic()
        around.__enter__()
        _STANDING.append((layer, around))
        if layer.within is None:
            once(layer.name, layer.make)
        else:
            layer.make()
        # What the database looks at when a transaction ends is looked at now, and not at the end of every test.
        connection.check_constraints()


@contextmanager
def with_another_connection(around: AbstractContextManager[Thing], blocker: Any) -> Iterator[Thing]:
    """Within ``around`` this thread has another connection: what stands on either is rolled back before it is out of reach."""

    def nothing_stands() -> None:
        with blocker.unblock():
            leave([])

    nothing_stands()
    with around as thing:
        try:
            yield thing
        finally:
            nothing_stands()


@pytest.fixture(scope="session")
def worlds_end(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Before the database goes, nothing stands any more."""
    yield
    with django_db_blocker.unblock():
        leave([])


class Worlds:
    """Has stand what the next test begins with, before it begins its own transaction."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if _STANDING and looks_at_the_database(item):
            with item.config.stash[blocking_manager_key].unblock():
                leave(wanted(item))

    @pytest.hookimpl(tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> None:
        if fixturedef.argname == "_django_db_helper" and (layers := wanted(request.node)):
            request.getfixturevalue("worlds_end")
            with request.getfixturevalue("django_db_blocker").unblock():
                stand(layers)
