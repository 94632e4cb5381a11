"""The one list of floors: a module imports from its own room and from floors below, and an import upwards anywhere fails."""

from pathlib import Path

import pytest

from tests.architecture.test_imports import SOURCES, imports

FLOORS: tuple[tuple[str, ...], ...] = (
    ("contracts.terms",),
    ("billing.terms",),
    ("contracts.models", "contracts.clock"),
    ("billing.models",),
    ("contracts.guards",),
    ("billing.guards", "billing.roles"),
    ("contracts.facts",),
    ("billing.facts",),
    ("contracts.intake",),
    ("contracts.judge",),
    ("contracts.operations",),
    ("billing.reports",),
    ("billing.formats",),
    ("billing.operations",),
    ("contracts.tasks", "billing.tasks", "contracts.checks", "billing.checks"),
    ("contracts.management", "billing.management"),
    ("contracts.admin",),
    ("contracts.templatetags",),
    ("billing.admin",),
    ("billing.templatetags",),
    ("contracts.apps", "billing.apps"),
    ("csoc_admin",),
)
"""From the ground up. ``contracts`` knows nothing of ``billing``, on whatever floor."""

FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def room_of(name: str) -> str | None:
    """The room that a module lies in; None for what is none of ours, and for a package that only holds rooms."""
    return next((room for room in FLOOR if name == room or name.startswith(f"{room}.")), None)


def module_of(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def upwards() -> list[str]:
    """Every import that does not lead down: upwards, sideways into another room of the floor, or from contracts to billing."""
    found = []
    for path in SOURCES:
        own = room_of(module_of(path))
        for line, name in imports(path):
            other = room_of(name)
            if own is None or other is None or other == own:
                continue
            back = own.startswith("contracts.") and other.startswith("billing.")
            if back or FLOOR[other] >= FLOOR[own]:
                found.append(f"{path}:{line} {own} imports {name}")
    return found


def test_every_module_has_its_floor() -> None:
    packages = {"contracts", "billing"}
    assert [str(path) for path in SOURCES if room_of(module_of(path)) is None and module_of(path) not in packages] == []


def test_imports_lead_down() -> None:
    assert upwards() == []


@pytest.mark.parametrize(
    ("one", "other", "leads_down"),
    [
        pytest.param("contracts.operations.notices", "contracts.terms.unit", True, id="a verb knows the terms"),
        pytest.param("contracts.intake.book.read", "contracts.admin.kit.base", False, id="the book knows no screen"),
        pytest.param("contracts.facts.save", "contracts.intake.book.merge", False, id="the writer knows no book"),
        pytest.param("billing.operations.correct", "contracts.facts.load", True, id="billing knows contracts"),
        pytest.param("contracts.operations.notices", "billing.facts.load", False, id="contracts do not know billing"),
    ],
)
def test_the_floors_tell_up_from_down(one: str, other: str, leads_down: bool) -> None:
    own, theirs = room_of(one), room_of(other)
    assert own is not None
    assert theirs is not None
    back = own.startswith("contracts.") and theirs.startswith("billing.")
    assert (FLOOR[theirs] < FLOOR[own] and not back) is leads_down
