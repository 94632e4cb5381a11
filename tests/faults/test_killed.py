"""A process that is killed (SIGKILL) while it closes a month or takes a book in: calling it again ends the same."""

import shutil
import signal
import sqlite3

import pytest

from tests.billing.ledger import units
from tests.contracts.book.build import as_folder
from tests.faults.apart import Apart
from tests.tables import file_of_tables

SETUP = """
import os, signal
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

    def __init__(self, folder, begun=None):
        """An empty database, or a copy of another's."""
        self.folder, self.file = folder, folder / "ledger.sqlite3"
        tables = begun.file if begun else file_of_tables()
        if tables.exists():
            shutil.copy(tables, self.file)
        else:
            self.run("call_command('migrate', verbosity=0)")

    def begin(self, *parts):
        """Begin parts of a script in a process of their own."""
        return Apart(SETUP + "\n".join(parts), self.file)

    def run(self, *parts):
        """Run parts of a script; the exit code, negative where a signal ended it."""
        process = self.begin(*parts)
        code = process.ended()
        assert code in (0, -signal.SIGKILL), process.errors
        return code

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


@pytest.fixture
def product(tmp_path, migrated):
    return Product(tmp_path, migrated)


@pytest.fixture(scope="module")
def book_taken(tmp_path_factory, migrated):
    """The book taken in: what closes it begins with a copy."""
    product = Product(tmp_path_factory.mktemp("taken"), migrated)
    product.run(product.take(units(23)))
    return product


@pytest.fixture
def taken(tmp_path, book_taken):
    return Product(tmp_path, book_taken)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory, book_taken):
    """The ledger after one quiet run of the same book."""
    product = Product(tmp_path_factory.mktemp("quiet"), book_taken)
    product.run(CLOSE)
    return product.ledger()


@pytest.mark.parametrize("fatal", [1, 3, 8])
def test_killed_while_closing(fatal, taken, quiet):
    assert taken.run(DIE_IN_THIRD_CHUNK.format(fatal=fatal), CLOSE) == -signal.SIGKILL
    assert len(taken.ledger()[1]) == fatal - 1
    assert taken.run(CLOSE) == 0
    assert taken.ledger() == quiet


def test_killed_between_the_last_chunk_and_the_close(taken, quiet):
    assert taken.run(DIE_BEFORE_CLOSED, CLOSE) == -signal.SIGKILL
    assert taken.rows("SELECT count(*) FROM billing_month WHERE closed_at IS NOT NULL") == [(0,)]
    assert taken.run(CLOSE) == 0
    assert taken.ledger() == quiet


def test_killed_again_and_again(taken, quiet):
    for _ in range(4):
        assert taken.run(DIE_IN_THIRD_CHUNK.format(fatal=2), CLOSE) == -signal.SIGKILL
    assert taken.run(CLOSE) == 0
    assert taken.ledger() == quiet


@pytest.mark.parametrize("model", ["Customer", "Target", "Price"])
def test_killed_while_a_book_is_taken_in(model, product):
    take = product.take(units(23))
    assert product.run(DIE_WHILE_IMPORTING.format(model=model), take) == -signal.SIGKILL
    assert set(product.facts().values()) == {0}
    assert product.run(take) == 0
    assert product.facts()["contracts_target"] == 46


def test_two_processes_close_the_same_month(taken, quiet):
    """Side by side they take turns: every line once, and both end well."""
    both = [taken.begin(CLOSE) for _ in range(2)]
    for process in both:
        assert process.ended() == 0, process.errors
    assert taken.ledger() == quiet


def test_two_processes_take_the_same_book(product):
    path = as_folder(units(23), product.folder / "book")
    both = [product.begin(Product.taking(path)) for _ in range(2)]
    for process in both:
        assert process.ended() == 0, process.errors
    said = [process.out for process in both]
    assert product.facts()["contracts_target"] == 46
    assert product.facts()["contracts_bookimport"] == 1
    assert sum("0行を登録しました" in text.split("、")[0] and text.startswith("0行") for text in said) == 1
