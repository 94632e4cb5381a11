"""The desk of an account manager on the day of acceptance."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from contracts.models import Application
from tests.admin.applications import enters
from tests.contracts.applications.form import ACCEPTED, Desk, module, tier


@pytest.fixture(autouse=True)
def the_day_of_acceptance() -> Iterator[None]:
    with time_machine.travel(f"{ACCEPTED}T03:00:00+00:00"):
        yield


@pytest.fixture
def desk(db: None, tmp_path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def client(desk: Desk) -> Client:
    return enters(desk)


@pytest.fixture
def received(desk: Desk) -> Application:
    desk.has()
    return desk.received(tier(initial_yen="100000", monthly_yen="50000"), module())
