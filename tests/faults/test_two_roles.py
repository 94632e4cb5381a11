"""The application with rights on data alone: it does all of its work, and can take no guard off. A real second role of PostgreSQL."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from tests.conftest import SAMPLE
from tests.faults.dropping import drop_database
from tests.faults.scripts import Scripts
from tests.worlds import leave

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.postgres
# Of this process: what a killed run left behind is in nobody's way.
APPLICATION, PASSWORD = f"csoc_app_of_tests_{os.getpid()}", "kept-for-tests"


class Installation:
    """A database with its owner and the application's role."""

    def __init__(self, name: str) -> None:
        known = connection.settings_dict
        self.name, self.host, self.port = name, known["HOST"], str(known["PORT"] or 5432)
        self.owner, self.password = known["USER"], known["PASSWORD"]

    def url(self, *, owner: bool = False) -> str:
        user, word = (self.owner, self.password) if owner else (APPLICATION, PASSWORD)
        return f"postgres://{user}:{quote(word)}@{self.host}:{self.port}/{self.name}"

    def environment(self, *, owner: bool = False, **env: str) -> dict[str, str]:
        # What a browser beside these tests needs, no installation has.
        here = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
        given = {**here, "DATABASE_URL": self.url(owner=owner), "MONTH_PROCESSES": "2", **env}
        return given | {"STATICFILES_BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

    def manage(self, *words: str, owner: bool = False, **env: str) -> subprocess.CompletedProcess[str]:
        given = self.environment(owner=owner, **env)
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=300, check=False)

    def opened(self, *, owner: bool = False) -> "psycopg.Connection[tuple[object, ...]]":
        user, word = (self.owner, self.password) if owner else (APPLICATION, PASSWORD)
        address = {"host": self.host, "port": self.port, "user": user, "password": word}
        return psycopg.connect(dbname=self.name, autocommit=True, **address)


@pytest.fixture(scope="module")
def installed(django_db_setup: None, django_db_blocker: Any) -> Iterator[Installation]:
    """Tables of their owner; the roles as deploy/database-roles.sql has them."""
    here = Installation(f"two_roles_{os.getpid()}")
    server = Installation("postgres").opened(owner=True)
    drop_database(server, here.name)
    # The tables and the guards are those of the tests' own database, in which nothing stands now; the same owner migrated it.
    with django_db_blocker.unblock():
        leave([])
        connection.close()
    copied = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    server.execute(copied.format(*map(sql.Identifier, (here.name, str(connection.settings_dict["NAME"])))))
    server.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(APPLICATION)))
    made = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(APPLICATION), sql.Literal(PASSWORD))
    server.execute(made)
    script = ["psql", "--no-psqlrc", "--quiet", "--dbname", here.url(owner=True), "--set", f"owner={here.owner}"]
    script += ["--set", f"application={APPLICATION}", "--file", str(ROOT / "deploy" / "database-roles.sql")]
    for _twice in range(2):
        done = subprocess.run(script, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
    yield here
    drop_database(server, here.name)
    server.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(APPLICATION)))
    server.close()


@pytest.fixture(scope="module")
def scripts(installed: Installation) -> Iterator[Scripts]:
    """What the processes of these tests are copies of: the product loaded, as the application's role."""
    found = Scripts(installed.environment())
    yield found
    found.end()


COMMANDS = "from django.core.management import call_command\nfor said in {words}: call_command(*said)"


@pytest.fixture(scope="module")
def worked(installed: Installation, scripts: Scripts) -> Installation:
    """The application has taken the sample in, closed months, each with a table of its own, issued invoices and done a morning's jobs."""
    closing = ("close_month", "2025-01", "--until", "2025-03", "--on", "2026-01-01", "--by", "試験")
    words = (
        ("import_book", str(SAMPLE), "--by", "試験"),
        *(closing, ("issue_invoices", "2025-03"), ("run_due_jobs",)),
    )
    done = scripts.run(COMMANDS.format(words=words))
    assert done.code == 0, done.errors + done.out
    return installed


def test_the_application_does_its_work(worked: Installation, scripts: Scripts) -> None:
    checked = scripts.run(COMMANDS.format(words=(("check_ledger", "--recompute"),)))
    assert checked.code == 0, checked.errors + checked.out
    with worked.opened() as application:
        row = application.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'billing_chargeline'::regclass")
        assert row.fetchone() == (3,)
        owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        assert application.execute(owners).fetchall() == [(worked.owner,)]


REFUSED = (
    "ALTER TABLE contracts_entry DISABLE TRIGGER ALL",
    "ALTER TABLE billing_invoice DISABLE TRIGGER USER",
    "DROP TRIGGER guard_contracts_entry_entry_only_added_update ON contracts_entry",
    "CREATE OR REPLACE FUNCTION guard_contracts_entry_entry_only_added_update() RETURNS trigger LANGUAGE plpgsql "
    "AS $$ BEGIN RETURN NEW; END $$",
    "DROP FUNCTION guard_contracts_entry_entry_only_added_update() CASCADE",
    "ALTER TABLE contracts_application DROP CONSTRAINT application_four_eyes",
    "SET session_replication_role = replica",
    "TRUNCATE contracts_entry",
    "TRUNCATE django_session",
    "DROP TABLE contracts_rowmarks",
    "CREATE TABLE mine (id int)",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER TABLE contracts_customer ADD COLUMN mine int",
    "ALTER TABLE contracts_entry OWNER TO CURRENT_USER",
    "SELECT billing_lines_table_of(999, '2030-01-01')",
    "SET ROLE {owner}",
)


@pytest.mark.parametrize("statement", REFUSED)
def test_it_can_take_no_guard_off(installed: Installation, statement: str) -> None:
    with installed.opened() as application, pytest.raises(psycopg.Error) as refused:
        application.execute(statement.format(owner=installed.owner) if "{owner}" in statement else statement)
    assert isinstance(refused.value, psycopg.errors.InsufficientPrivilege), refused.value


def test_what_it_does_with_the_owners_rights_spares_closed_months(worked: Installation) -> None:
    with worked.opened() as application:
        (month,) = application.execute("SELECT min(id) FROM billing_month").fetchone() or (0,)
        for statement in (
            f"SELECT billing_lines_thrown_away({month})",
            f"DELETE FROM billing_month WHERE id = {month}",
            f"UPDATE billing_chargeline_{month} SET amount_yen = 0",
            f"DELETE FROM billing_chargeline_{month}",
        ):
            with pytest.raises(psycopg.IntegrityError, match="month is closed"):
                application.execute(statement)


@pytest.mark.parametrize(("owner", "told"), [(True, True), (False, False)])
def test_a_start_with_the_owners_rights_says_so(
    installed: Installation, scripts: Scripts, owner: bool, told: bool
) -> None:
    user, word = (installed.owner, installed.password) if owner else (APPLICATION, PASSWORD)
    script = "from django.core.management import call_command\nfrom django.db import connection\n"
    script += f"connection.settings_dict.update(USER={user!r}, PASSWORD={word!r})\n"
    script += "call_command('check', deploy=True)\nfrom csoc_admin import wsgi"
    started = scripts.run(script)
    assert started.code == 0, started.errors
    assert ("csoc_admin.W001" in started.errors) is told, started.errors
    assert ("owns the tables" in started.errors) is told, started.errors


def test_who_migrates_is_expected_to_own_them(installed: Installation) -> None:
    assert "W001" not in installed.manage("check", "--deploy", owner=True, MIGRATES="1").stderr
