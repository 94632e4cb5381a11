"""PostgreSQL: while somebody is at a unit, whoever would bring up its worklist or do something to one of its rows waits (unit_lock.py)."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from contracts.facts import history
from contracts.facts.unit_lock import hold_units
from contracts.models import Entry, ManagementUnit, UnitLook, WorkItem
from contracts.operations import hand_over, looks, second, work_by_hand, worklist
from contracts.operations.register import assign
from tests.contracts.book.build import book, module, must_take, priced, tier

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("transactional_db")]

ON = date(2026, 11, 27)
Does = Callable[[ManagementUnit, User], Any]


def _asks(unit: ManagementUnit, person: User) -> None:
    said = {"screen": "contracts.contract", "verb": "quote", "row": "1", "subject": "T-1", "form": "", "shown": []}
    second.ask(unit_id=unit.pk, on=ON, by=person, **said)  # type: ignore[arg-type]


VERBS: dict[str, Does] = {
    "its worklist is brought up": lambda unit, _person: worklist.refresh_worklist([unit.pk]),
    "by the job": lambda _unit, _person: worklist.refresh_some(ON, 0),
    "its next effects are noted": lambda unit, _person: looks.note_effects({unit.pk: ON}),
    "a row of its work is taken": lambda unit, person: work_by_hand.take(
        WorkItem.objects.filter(unit=unit)[0], by=person, taken=True
    ),
    "a row of its work is done": lambda unit, person: work_by_hand.settle(
        WorkItem.objects.filter(unit=unit)[0], on=ON, by=person, note="済み"
    ),
    "it is given to somebody": lambda unit, person: assign(unit, to=person, by=person),
    "it goes to a colleague": lambda _unit, person: hand_over.hand_over(
        person, to=User.objects.create_user("another"), from_on=ON, on=ON, by=person
    ),
    "another is asked to confirm": _asks,
}
"""What is done to a unit or to what is its own."""


@pytest.fixture
def person() -> User:
    return User.objects.create_user("sato")


@pytest.fixture
def unit(tmp_path: Any, person: User) -> Iterator[ManagementUnit]:
    """A unit of that person with work, which somebody else is at."""
    must_take(book(tier(), module(ready_on=None), priced("T-1", 100_000), priced("M-1", 50_000)), tmp_path / "book")
    ManagementUnit.objects.update(account_manager=person)
    UnitLook.objects.update(judged_by="")
    assert WorkItem.objects.exists()
    found, other = ManagementUnit.objects.get(), connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM contracts_managementunit WHERE id = %s FOR NO KEY UPDATE", [found.pk])
        yield found
    finally:
        other.close()


@pytest.mark.parametrize("verb", VERBS)
def test_whoever_does_something_to_a_unit_waits_for_who_is_at_it(unit: ManagementUnit, person: User, verb: str) -> None:
    """And for the unit itself, before anything of it is read: not at a row of it that the other has changed."""
    with pytest.raises(OperationalError, match="lock timeout"), CaptureQueriesContext(connection) as queries:
        done_soon(lambda: VERBS[verb](unit, person))
    asked = [query["sql"] for query in queries]
    last = [sql for sql in asked if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))][-1]
    assert HELD.search(last), last
    assert not [sql for sql in asked if "contracts_asked" in sql], (
        "of two who ask for the same the second would not see the first"
    )


def test_whoever_only_names_a_unit_does_not_wait(unit: ManagementUnit) -> None:
    done_soon(lambda: history.record("note", "unit", unit.code, by="試験", unit_id=unit.pk))
    assert Entry.objects.latest("pk").unit == unit


def test_units_are_held_in_one_order(unit: ManagementUnit) -> None:
    """Whichever order they are named in: nobody waits in a ring."""
    others = [ManagementUnit.objects.create(code=f"U-9{n}", name="他", customer=unit.customer) for n in range(3)]
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        hold_units([one.pk for one in reversed(others)])
    (query,) = queries
    assert HELD.search(query["sql"]), query


HELD = re.compile(
    r'FROM "contracts_managementunit" .* ORDER BY ("contracts_managementunit"."id"|1) ASC FOR NO KEY UPDATE$'
)
"""How a unit is taken: its row, in the order of the ids."""


def done_soon(does: Callable[[], Any]) -> None:
    """In a transaction in which nobody is waited for longer than a moment."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '100ms'")
        does()
