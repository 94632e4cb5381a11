"""What every test stands on."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "docs" / "book" / "sample.xlsx"
EXPECTED = ROOT / "docs" / "book" / "expected.csv"


def pytest_configure() -> None:
    # Static files by their plain names: the manifest exists only after collectstatic.
    # pytest-django has read the settings before this file: the environment would come too late.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What only PostgreSQL can show is left out of a run on SQLite, not skipped."""
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return
    left_out = [item for item in items if item.get_closest_marker("postgres")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if os.environ.get("CSOC_NO_SKIPS") and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("CSOC_NO_SKIPS is set, and tests were skipped: that counts as a failure.")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CSOC_NO_SKIPS") and reporter and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def months_can_be_emptied(request: pytest.FixtureRequest, transactional_db: None):
    """For tests that commit: the database is emptied after them, which closed months refuse on PostgreSQL."""
    yield
    if connection.vendor != "postgresql":
        return
    guards = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE 'billing%' AND NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(guards)
        triggers = cursor.fetchall()
        for table, trigger in triggers:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        cursor.execute("TRUNCATE billing_month, billing_chargeline, billing_heldsettlement, billing_monthchunk CASCADE")
        for table, trigger in triggers:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
