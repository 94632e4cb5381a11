"""A desk at which notices are received, and a clock that moves."""

import pytest

from tests.contracts.ends.desk import Desk


@pytest.fixture
def desk(db, tmp_path, django_user_model):
    return Desk(tmp_path, django_user_model)
