"""PostgreSQL: whoever waits for the facts holds no unit yet, in every verb of every screen; so nobody waits in a ring (unit_lock.py)."""

import random
import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from billing.operations.rehearse import OutdatedError, confirm, rehearse
from contracts.models import FactsRevision
from tests.faults.test_races_over_http import browsers, office, presses  # noqa: F401 - a fixture

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("transactional_db")]

FACTS = re.compile(r'UPDATE "contracts_factsrevision"|FROM "contracts_factsrevision".* FOR NO KEY UPDATE')
UNIT = re.compile(r'UPDATE "contracts_managementunit"|FROM "contracts_managementunit".* FOR NO KEY UPDATE')


class Locks:
    """Which of the two the transaction that is open holds, as its statements come.

    The facts are let go with the savepoint in which they were taken. So is a unit, but whoever waits for it already is not told.
    """

    def __init__(self) -> None:
        self.held: list[str] = []
        self.begun: dict[str, int] = {}
        self.out_of_order: list[str] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.comes(sql)
        return execute(sql, params, many, context)

    def comes(self, sql: str) -> None:
        """A statement."""
        if sql.startswith("SAVEPOINT"):
            self.begun[sql.split()[-1]] = len(self.held)
        elif sql.startswith("ROLLBACK TO SAVEPOINT"):
            first = self.begun[sql.split()[-1]]
            self.held[first:] = [lock for lock in self.held[first:] if lock == "unit"]
        elif FACTS.search(sql):
            if "facts" not in self.held and "unit" in self.held:
                self.out_of_order.append(sql)
            self.held.append("facts")
        elif UNIT.search(sql):
            self.held.append("unit")


def test_facts_before_units(office: Any) -> None:  # noqa: F811 - the fixture
    """Every verb that is offered, done on a row that offers it."""
    (client, *_others), found, done = browsers(), {}, 0
    asked = presses(random.Random(3))
    assert len(asked) > 45
    for what, address, given in asked:
        locks = Locks()
        with ExitStack() as watched:
            watched.enter_context(connection.execute_wrapper(locks))
            answer = client.post(address, {**given, "once": str(uuid.uuid4())})
        done += answer.status_code == 302
        if locks.out_of_order:
            found[what] = locks.out_of_order
    assert done > 15, "most of them are really done"
    assert found == {}


def rehearsed() -> None:
    rehearse(FactsRevision.advance, [])


def outdated() -> None:
    with pytest.raises(OutdatedError):
        confirm(FactsRevision.advance, [], holds=lambda rehearsal: False)


def outdated_by_result() -> None:
    with pytest.raises(OutdatedError):
        confirm(FactsRevision.advance, [], holds=lambda rehearsal: False, by_result=True)


def others_wait() -> bool:
    """Whether somebody else would have to wait for the facts at this moment."""

    def tried() -> bool:
        try:
            with transaction.atomic():
                FactsRevision.hold(wait=False)
        except OperationalError:
            return True
        finally:
            connection.close()
        return False

    with ThreadPoolExecutor(1) as another:
        return another.submit(tried).result()


@pytest.mark.parametrize("ask", [rehearsed, outdated, outdated_by_result])
def test_whoever_goes_on_keeps_the_facts(ask: Callable[[], None]) -> None:
    """What was shown is taken back, and the facts stay as they were looked at until the transaction is over."""
    before = FactsRevision.advance()
    with transaction.atomic():
        ask()
        assert others_wait()
    assert not others_wait()
    ask()
    assert not others_wait()
    assert FactsRevision.current() == before
