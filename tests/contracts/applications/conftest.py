"""A desk for each test."""

import pytest

from tests.contracts.applications.form import Desk


@pytest.fixture
def desk(db, tmp_path):
    return Desk(tmp_path)
