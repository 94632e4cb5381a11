"""A unit of which five months are closed, in August, and a lead who puts right what was accepted."""

from datetime import date, datetime

import pytest
import time_machine
from django.test import Client

from billing.operations.close_month import close_month
from tests.admin.corrections import TOKYO, UNIT, left_out, of_role
from tests.contracts.book.build import book, must_take


@pytest.fixture(autouse=True)
def in_august():
    with time_machine.travel(datetime(2025, 8, 10, 12, tzinfo=TOKYO), tick=False):
        yield


@pytest.fixture
def unit(db, tmp_path):
    must_take(book(*UNIT), tmp_path / "book")
    for month in (3, 4, 5, 6, 7):
        close_month(date(2025, month, 1), on=date(2025, 12, 1), by="試験", leave_out=left_out(month))


@pytest.fixture
def lead(unit) -> Client:
    return of_role("営業責任者")
