"""The sample's April, invoiced by an issuer of its own."""

from datetime import date
from pathlib import Path

import pytest
from pytest_django import Settings

from billing.models import Month
from billing.operations.invoices import issue_invoices
from tests.admin.invoices import april
from tests.billing.issuer_file import finance_file


@pytest.fixture(autouse=True)
def own_issuer(settings: Settings, tmp_path: Path) -> None:
    settings.FINANCE_FILE = finance_file(tmp_path)


@pytest.fixture
def issued(book: None) -> Month:
    issue_invoices(april(), on=date(2025, 5, 2), by="経理")
    return april()
