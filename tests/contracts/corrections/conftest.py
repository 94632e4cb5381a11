"""A unit of every kind of fact that can be put right, and somebody who does it."""

import pytest

from tests.contracts.corrections.desk import Corrector


@pytest.fixture
def lead(db, django_user_model):
    return Corrector(django_user_model.objects.create_superuser("責任者"))


@pytest.fixture
def clerk(db, django_user_model):
    return django_user_model.objects.create_user("担当")
