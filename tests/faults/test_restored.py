"""A dump as the nightly timer makes it, restored into a new database: every row, every guard, nothing to migrate."""

import os
import re
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from billing.operations.close_month import close_month
from contracts import clock
from contracts.operations.import_book import import_book
from tests.conftest import SAMPLE
from tests.faults.dropping import drop_database

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("transactional_db")]

Database = psycopg.Connection[Any]


def libpq(name: str) -> dict[str, str]:
    """The environment of pg_dump and its like, for the database of that name on the server of the tests."""
    given = connection.settings_dict
    named = {"PGHOST": given["HOST"], "PGPORT": str(given["PORT"] or 5432), "PGUSER": given["USER"]}
    return {**os.environ, **named, "PGPASSWORD": given["PASSWORD"], "PGDATABASE": name}


def opened(name: str) -> Database:
    env = libpq(name)
    return psycopg.connect(
        host=env["PGHOST"],
        port=env["PGPORT"],
        user=env["PGUSER"],
        password=env["PGPASSWORD"],
        dbname=name,
        autocommit=True,
    )


@pytest.fixture
def new_database() -> Iterator[str]:
    name = f"restored_{connection.settings_dict['NAME']}"
    with opened("postgres") as server:
        drop_database(server, name)
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield name
        drop_database(server, name)


def run(*command: str | Path, env: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows_of(database: Database, statement: str) -> list[Any]:
    return database.execute(statement).fetchall()


def contents(database: Database) -> dict[str, tuple[int, str]]:
    """Each table: how many rows, and a hash of all of them."""
    tables = rows_of(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    hashed = "SELECT count(*), coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') FROM {} t"
    return {
        name: database.execute(sql.SQL(hashed).format(sql.Identifier(name))).fetchone()  # type: ignore[misc]
        for (name,) in tables
    }


def guards(database: Database) -> dict[str, list[Any]]:
    """What the database itself holds: triggers switched on, constraints, indexes; and where its numbers go on."""
    statements = {
        "triggers": "SELECT pg_get_triggerdef(oid), tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
        "constraints": "SELECT conrelid::regclass::text, pg_get_constraintdef(oid), convalidated FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
        "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
        "sequences": "SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1",
    }
    return {name: sorted(map(spelt, rows_of(database, statement))) for name, statement in statements.items()}


def spelt(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A definition without its casts to text and its brackets.

    `x IN ('a', 'b')` reads `(ARRAY['a', 'b'])::text[]` where it was made and `ARRAY['a'::text, 'b'::text]` where it was
    restored: the same condition, in other words.
    """
    return tuple(
        re.sub(r"::(character varying|text)(\[\])?|[()]", "", part) if isinstance(part, str) else part for part in row
    )


def refusal(database: Database, statement: str) -> str:
    with pytest.raises(psycopg.errors.IntegrityError) as refused:
        database.execute(statement)
    return refused.value.diag.constraint_name or ""


def test_dumped_and_restored(tmp_path: Path, new_database: str):
    import_book(SAMPLE, by="試験", on=clock.today())
    for month in (1, 2):
        close_month(date(2025, month, 1), on=date(2025, 7, 5), by="試験")
    name = connection.settings_dict["NAME"]

    said = run(ROOT / "deploy" / "backup", tmp_path, "14", env=libpq(name))
    (dump,) = tmp_path.glob("*")
    assert said.startswith(f"{dump}: ")
    run("pg_restore", "--no-owner", "--exit-on-error", "--dbname", new_database, dump, env=libpq(new_database))

    with opened(name) as before, opened(new_database) as after:
        kept = contents(before)
        assert kept["billing_chargeline"][0] > 0
        assert contents(after) == kept
        assert guards(after) == guards(before)
        assert refusal(after, "UPDATE billing_chargeline SET amount_yen = amount_yen + 1") == "month_closed"
        assert refusal(after, "DELETE FROM contracts_price") == "line_rests_on_it"
        assert contents(after) == kept

    nothing_to_migrate(new_database)


def nothing_to_migrate(name: str) -> None:
    """SystemExit where a migration of this code was not applied to the database of that name."""
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", check_unapplied=True, verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


def test_old_dumps_go_only_for_a_new_one(tmp_path: Path):
    old, half, other = (tmp_path / name for name in ("csoc-2020.dump", "csoc-2021.dump.part", "other.dump"))
    for file in (old, half, other):
        file.touch()
        os.utime(file, (0, 0))
    name = connection.settings_dict["NAME"]
    nobody = libpq(name) | {"PGDATABASE": "no_such_database"}
    failed = subprocess.run([ROOT / "deploy" / "backup", tmp_path, "14"], env=nobody, capture_output=True, check=False)
    assert failed.returncode != 0
    assert old.exists()

    run(ROOT / "deploy" / "backup", tmp_path, "14", env=libpq(name))
    (new,) = set(tmp_path.glob("*")) - {other}
    assert new != old
    assert other.exists()
    assert new.stat().st_mode & 0o077 == 0
