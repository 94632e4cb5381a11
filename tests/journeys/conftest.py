"""A story for each test."""

import pytest

from tests.journeys.story import Story


@pytest.fixture
def story(db, tmp_path):
    return Story(tmp_path)
