"""What the tests of faults begin with: tables without rows for killed processes; and an end in time, whatever hangs."""

import os
import signal
from collections.abc import Iterator
from types import FrameType

import pytest
from django.db import connection, connections

from csoc_admin.patience import with_patience
from tests.faults.test_killed import Product

ON_DEMAND = {"CSOC_KILLS", "CSOC_RACES"} & {*os.environ}
TEST_SECONDS, STATEMENT_SECONDS = 0 if ON_DEMAND else 420, 180
"""After so long a test (0: never, where hours are meant), and a statement of one of its threads, has failed."""


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """A product whose database has its tables and nothing else: the others begin as its copy."""
    return Product(tmp_path_factory.mktemp("migrated"))


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    pytest.fail(f"still at work after {TEST_SECONDS} seconds")


@pytest.fixture(autouse=True)
def ends_in_time() -> Iterator[None]:
    """Nothing hangs: not the test, and not a thread of it that waits for what another holds."""
    known = connections.settings["default"]
    options = known.get("OPTIONS", {})
    if connection.vendor == "postgresql":
        known["OPTIONS"] = with_patience(options, statement_seconds=STATEMENT_SECONDS, lock_seconds=0)
    before = signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(TEST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
        known["OPTIONS"] = options
