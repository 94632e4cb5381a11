"""A desk at which incidents are recorded and claims decided."""

import pytest

from tests.contracts.incidents.desk import Desk


@pytest.fixture
def desk(db, tmp_path, django_user_model):
    return Desk(tmp_path, django_user_model)
