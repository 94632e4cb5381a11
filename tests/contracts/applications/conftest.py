"""A desk for each test."""

import pytest

from tests.contracts.applications.form import Desk


@pytest.fixture
def desk(db, tmp_path):
    return Desk(tmp_path)


@pytest.fixture(autouse=True)
def nothing_is_coming(monkeypatch):
    """What is coming, and prices that are missing, have tests of their own: here the list holds what applications bring about."""
    for name in ("coming", "unpriced"):
        monkeypatch.setattr(f"contracts.operations.worklist.{name}", lambda *facts: [])
