"""The tables that tests begin with: those that the migrations make, guards and roles with them; of other code, other ones."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Q

from billing.operations.check_ledger import check_ledger
from tests import tables


def test_what_is_copied_needs_no_migration(db: None) -> None:
    call_command("migrate", check_unapplied=True, verbosity=0)
    assert Group.objects.exists()
    assert list(check_ledger()) == []


UP_TO = {"contracts": "0014_the_history_is_chained", "billing": "0013_proposals_beside_last_month"}
"""The last migrations of the installations that are upgraded, by the names that their databases know them by."""


def test_an_installation_that_had_each_migration_goes_on_with_those_that_are_one(db: None) -> None:
    """Its database knows the migrations up to there one by one; one that had not had all of them goes no further."""
    recorded = MigrationRecorder(connection).migration_qs
    recorded.filter(Q(name__endswith="_initial") | Q(name="0013_lines_by_month"), app__in=UP_TO).exclude(
        name="0001_initial"
    ).delete()
    call_command("migrate", check_unapplied=True, verbosity=0)
    assert all(recorded.filter(app=app, name=name).exists() for app, name in UP_TO.items())
    recorded.filter(app="billing", name=UP_TO["billing"]).delete()
    with pytest.raises(InconsistentMigrationHistory, match="0013_lines_by_month"):
        call_command("migrate", check_unapplied=True, verbosity=0)


def test_any_change_of_the_code_is_another_state(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tables, "ROOT", tmp_path)
    (tmp_path / "requirements-test.txt").write_text("Django==5.2")
    for folder in tables.MADE_FROM:
        (tmp_path / folder).mkdir()
    states = [tables.state_of_the_code()]
    for path, text in (
        ("contracts/models.py", "a"),
        ("contracts/models.py", "b"),
        ("billing/guards.toml", "a"),
        ("requirements-test.txt", "Django==5.3"),
    ):
        (tmp_path / path).write_text(text)
        states.append(tables.state_of_the_code())
    assert len({*states}) == len(states)
    assert tables.state_of_the_code() == states[-1]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_a_thread_left_open_keeps_no_database() -> None:
    """A thread that is over, and its connection not: the tests' database is let go all the same."""
    left = connections["default"].copy()
    left.ensure_connection()
    before = sessions()
    tables.OnPostgreSQL(connection).let_go()
    assert (before, sessions()) == (2, 1)
    left.close()


def sessions() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
        )
        [(found,)] = cursor.fetchall()
    return int(found)
