"""What every test stands on."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation

from csoc_admin import celery_app

# Its profiles have to be known before --hypothesis-profile is read.
from tests import effort as effort
from tests import turns
from tests.emptying import Roles, as_at_the_beginning, nothing_is_left
from tests.garbage import keep_what_is_loaded
from tests.tables import begin_with_them, end_with_them
from tests.worlds import Worlds
from tests.worlds import worlds_end as worlds_end

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "docs" / "book" / "sample.xlsx"
EXPECTED = ROOT / "docs" / "book" / "expected.csv"
AS_MIGRATED = Roles()


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Worlds())
    # Static files by their plain names: the manifest exists only after collectstatic.
    # pytest-django has read the settings before this file: the environment would come too late.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    # Nor are those that were collected here looked through with the first page of every client.
    settings.STATIC_ROOT = None
    # What a test looks at happens in its own process; of several, those that have a database of their own tell.
    settings.MONTH_PROCESSES = 1
    # What a password is kept as is Django's; a hundred people are made, and each slow hash is a quarter of a second.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    return None if turns.is_read(collection_path, connection.vendor, turns.turn()) else True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What only PostgreSQL can show is left out of a run on SQLite, not skipped; what is not its turn, out of one of CI's two."""
    its_turn = turns.turn()
    tried: dict[bool, list[pytest.Item]] = {True: [], False: []}
    for item in items:
        tried[turns.runs(item, connection.vendor, its_turn)].append(item)
    config.hook.pytest_deselected(items=tried[False])
    # What waits for processes for a minute begins first: another has work beside it until the end.
    items[:] = sorted(tried[True], key=lambda item: item.path.name != "test_bare_machine.py")


def pytest_collection_finish(session: pytest.Session) -> None:
    keep_what_is_loaded()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if os.environ.get("CSOC_NO_SKIPS") and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("CSOC_NO_SKIPS is set, and tests were skipped: that counts as a failure.")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CSOC_NO_SKIPS") and reporter and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """The database of all tests, with its tables and without rows; pytest-django would migrate for every process and run."""
    with django_db_blocker.unblock():
        begun = begin_with_them()
        with connection.cursor() as cursor:
            AS_MIGRATED.keep(cursor)
    yield
    with django_db_blocker.unblock():
        end_with_them(begun)


@pytest.fixture(autouse=True)
def in_japanese() -> None:
    """Every test begins in Japanese: a page asked for in English leaves its language behind in the thread."""
    translation.deactivate()


@pytest.fixture
def in_place() -> Iterator[None]:
    """No worker stands beside the test: what is asked for is done in place, as it is without a broker."""
    before = celery_app.conf.task_always_eager
    celery_app.conf.task_always_eager = True
    yield
    celery_app.conf.task_always_eager = before


@pytest.fixture(autouse=True)
def can_be_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests that commit are emptied after them, which the guards refuse: all of them are taken off for that moment, and put on again."""
    marker = request.node.get_closest_marker("django_db")
    commits = "transactional_db" in request.fixturenames or bool(marker and marker.kwargs.get("transaction"))
    if not commits:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    with connection.cursor() as cursor:
        as_at_the_beginning(cursor, AS_MIGRATED)
    nothing_is_left()
