"""A busy book, and people who look after its units."""

import pytest
from django.contrib.auth.models import User

from contracts.models import ManagementUnit
from tests.contracts.book.build import book, must_take
from tests.contracts.jobs.busy import busy


@pytest.fixture
def person(db):
    return User.objects.create_user("eigyo", email="eigyo@example.jp", last_name="営業")


@pytest.fixture
def ten(person, tmp_path):
    """Ten units, two of each sort, looked after by one person."""
    must_take(book(*busy(10)), tmp_path / "book")
    ManagementUnit.objects.update(account_manager=person)


@pytest.fixture(autouse=True)
def everything_is_priced(monkeypatch):
    """Prices that are missing have tests of their own."""
    monkeypatch.setattr("contracts.operations.worklist.unpriced", lambda *facts: [])
