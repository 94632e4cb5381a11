"""What the tests of killed processes begin with."""

import pytest

from tests.faults.test_killed import Product


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """A product whose database has its tables and nothing else: the others begin as its copy."""
    return Product(tmp_path_factory.mktemp("migrated"))
