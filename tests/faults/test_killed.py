"""A process that is killed (SIGKILL) while it closes a month or takes a book in: calling it again ends the same."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.billing.ledger import units
from tests.contracts.book.build import as_folder

ROOT = Path(__file__).resolve().parents[2]

SETUP = """
import os, signal, sys
sys.path.insert(0, os.getcwd())
import django
django.setup()
from django.core.management import call_command
from billing.operations import close_month as operation
operation.UNITS_A_CHUNK = 5
"""
CLOSE = "call_command('close_month', '2025-03', '--until', '2025-05', '--on', '2026-01-01', '--by', '試験')\n"
DIE_IN_THIRD_CHUNK = """
insert, chunks = operation.insert_lines, []
def insert_then_die(month_id, *rest):
    insert(month_id, *rest)
    chunks.append(month_id)
    if len(chunks) == {fatal}:
        os.kill(os.getpid(), signal.SIGKILL)
operation.insert_lines = insert_then_die
"""
DIE_BEFORE_CLOSED = """
def die(*args, **said):
    os.kill(os.getpid(), signal.SIGKILL)
operation._close = die
"""
DIE_WHILE_IMPORTING = """
from contracts.facts import save as taking, writing
from contracts import models
create = taking.create_all
def create_then_die(model, rows):
    create(model, rows)
    if model is models.{model}:
        os.kill(os.getpid(), signal.SIGKILL)
taking.create_all = writing.create_all = create_then_die
"""


class Product:
    """The product on a database file of its own, each call a process."""

    def __init__(self, folder, migrated=None):
        self.folder = folder
        self.file = folder / "ledger.sqlite3"
        self.env = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{self.file}",
            "DJANGO_SETTINGS_MODULE": "csoc_admin.settings",
        }
        if migrated is None:
            self.run("call_command('migrate', verbosity=0)")
        else:
            shutil.copy(migrated.file, self.file)

    def run(self, *parts):
        """Run parts of a script; the exit code, negative where a signal ended it."""
        done = subprocess.run(
            [sys.executable, "-c", SETUP + "\n".join(parts)],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
        return done.returncode

    def take(self, rows, name="book"):
        return self.taking(as_folder(rows, self.folder / name))

    @staticmethod
    def taking(path):
        return f"call_command('import_book', {str(path)!r}, '--by', '試験')"

    def rows(self, statement):
        with sqlite3.connect(self.file) as database:
            found = database.execute(statement).fetchall()
        database.close()
        return found

    def ledger(self):
        """Everything of the ledger but the times of writing and the ids of what was thrown away."""
        lines = "month_id, target_id, fee, from_on, to_on, quantity, amount_yen, clause, basis, cause"
        return (
            self.rows(f"SELECT {lines} FROM billing_chargeline ORDER BY id"),
            self.rows(
                "SELECT month_id, after_unit, last_unit, line_count, total_yen FROM billing_monthchunk ORDER BY id"
            ),
            self.rows("SELECT month, line_count, total_yen, closed_at IS NULL FROM billing_month ORDER BY month"),
        )

    def facts(self):
        """How many rows each table of facts holds."""
        tables = self.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'contracts%'")
        return {name: self.rows(f"SELECT count(*) FROM {name}")[0][0] for (name,) in tables}


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    """A product whose database has its tables and nothing else: the others begin as its copy."""
    return Product(tmp_path_factory.mktemp("migrated"))


@pytest.fixture
def product(tmp_path, migrated):
    return Product(tmp_path, migrated)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory, migrated):
    """The ledger after one quiet run of the same book."""
    product = Product(tmp_path_factory.mktemp("quiet"), migrated)
    product.run(product.take(units(23)), CLOSE)
    return product.ledger()


@pytest.mark.parametrize("fatal", [1, 3, 8])
def test_killed_while_closing(fatal, product, quiet):
    product.run(product.take(units(23)))
    assert product.run(DIE_IN_THIRD_CHUNK.format(fatal=fatal), CLOSE) == -signal.SIGKILL
    assert len(product.ledger()[1]) == fatal - 1
    assert product.run(CLOSE) == 0
    assert product.ledger() == quiet


def test_killed_between_the_last_chunk_and_the_close(product, quiet):
    product.run(product.take(units(23)))
    assert product.run(DIE_BEFORE_CLOSED, CLOSE) == -signal.SIGKILL
    assert product.rows("SELECT count(*) FROM billing_month WHERE closed_at IS NOT NULL") == [(0,)]
    assert product.run(CLOSE) == 0
    assert product.ledger() == quiet


def test_killed_again_and_again(product, quiet):
    product.run(product.take(units(23)))
    for _ in range(4):
        assert product.run(DIE_IN_THIRD_CHUNK.format(fatal=2), CLOSE) == -signal.SIGKILL
    assert product.run(CLOSE) == 0
    assert product.ledger() == quiet


@pytest.mark.parametrize("model", ["Customer", "Target", "Price"])
def test_killed_while_a_book_is_taken_in(model, product):
    take = product.take(units(23))
    assert product.run(DIE_WHILE_IMPORTING.format(model=model), take) == -signal.SIGKILL
    assert set(product.facts().values()) == {0}
    assert product.run(take) == 0
    assert product.facts()["contracts_target"] == 46


def test_two_processes_close_the_same_month(product, quiet):
    """Side by side they take turns: every line once, and both end well."""
    product.run(product.take(units(23)))
    script = [sys.executable, "-c", SETUP + CLOSE]
    both = [
        subprocess.Popen(script, cwd=ROOT, env=product.env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for process in both:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()
    assert product.ledger() == quiet


def test_two_processes_take_the_same_book(product):
    path = as_folder(units(23), product.folder / "book")
    script = [sys.executable, "-c", SETUP + Product.taking(path)]
    both = [
        subprocess.Popen(script, cwd=ROOT, env=product.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    said = []
    for process in both:
        out, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()
        said.append(out.decode())
    assert product.facts()["contracts_target"] == 46
    assert product.facts()["contracts_bookimport"] == 1
    assert sum("0行を登録しました" in text.split("、")[0] and text.startswith("0行") for text in said) == 1
