"""The tables that tests begin with: those that the migrations make, guards and roles with them; of other code, other ones."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, connections

from billing.operations.check_ledger import check_ledger
from tests import tables


def test_what_is_copied_needs_no_migration(db: None) -> None:
    call_command("migrate", check_unapplied=True, verbosity=0)
    assert Group.objects.exists()
    assert list(check_ledger()) == []


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
