"""Papers of a month made by processes that are killed (SIGKILL) half way and gone on with: none twice, none missing, no number left out."""

import signal
from hashlib import sha256

import pytest

from tests.contracts.book.build import book, customer, module, priced, tier, unit
from tests.faults.test_killed import Product

COUNT, AT_ONCE = 30, 4
CLOSE = "call_command('close_month', '2025-04', '--on', '2025-06-02', '--by', '経理')\n"
ISSUE = "call_command('issue_invoices', '2025-04', '--on', '2025-06-02')\n"
MAKE = f"""
from billing.operations.documents import making
from billing.models import Month
making.DOCUMENTS_AT_ONCE = {AT_ONCE}
def make(**some):
    making.make_missing(Month.objects.get(month="2025-04-01"), by='定時処理', **some)
"""
DIE_AT_PAPER = """
printed, seen = making.printed, []
def print_or_die(*said):
    seen.append(said)
    if len(seen) == {fatal}:
        os.kill(os.getpid(), signal.SIGKILL)
    return printed(*said)
making.printed = print_or_die
"""
DIE_WHILE_ISSUING = """
from billing.operations import invoices
def die(*args):
    list(args[-1])
    os.kill(os.getpid(), signal.SIGKILL)
invoices.copy_all = die
"""


@pytest.fixture(scope="module")
def closed(tmp_path_factory, migrated):
    """April of thirty customers, closed."""
    product = Product(tmp_path_factory.mktemp("closed"), migrated)
    facts = []
    for number in range(COUNT):
        code, ours = f"U-{number:02}", {"of": f"U-{number:02}", "application": f"A-{number:02}"}
        facts += [customer(f"C-{number:02}", f"第{number}株式会社"), unit(code, of=f"C-{number:02}")]
        facts += [tier(number=f"T-{number:02}", **ours), module(number=f"M-{number:02}", **ours)]
        facts += [*priced(f"T-{number:02}", 1000 + number), *priced(f"M-{number:02}", 500)]
    product.run(product.take(book(*facts)), CLOSE.replace("2025-04", "2025-03"), CLOSE)
    return product


@pytest.fixture
def product(tmp_path, closed):
    return Product(tmp_path, closed)


def documents(product):
    """Each paper's number and hash, in the order in which they were made, and that its bytes are those."""
    rows = product.rows("SELECT number, sha256, data FROM billing_document ORDER BY id")
    assert all(sha256(data).hexdigest() == digest for _number, digest, data in rows)
    return [(number, digest) for number, digest, _data in rows]


def every_number(product):
    """The numbers of the month's invoices, from 1 on."""
    numbers = [number for (number,) in product.rows("SELECT number FROM billing_invoice ORDER BY number")]
    assert numbers == [f"2025-04-{at:05}" for at in range(1, COUNT + 1)]
    return numbers


def test_killed_while_issuing_there_is_none_and_then_all_without_a_gap(product):
    assert product.run(DIE_WHILE_ISSUING, ISSUE) == -signal.SIGKILL
    assert product.rows("SELECT count(*) FROM billing_invoice") == [(0,)]
    assert product.run(ISSUE) == 0
    every_number(product)


def test_killed_half_way_what_was_made_stays_and_the_rest_is_made(product):
    product.run(ISSUE)
    done = 0
    for fatal in (14, 6):
        assert product.run(MAKE, DIE_AT_PAPER.format(fatal=fatal), "make()") == -signal.SIGKILL
        kept = documents(product)
        # Of the papers at hand when it was killed none is there; those before stay as they were.
        assert len(kept) == done + (fatal - 1) // AT_ONCE * AT_ONCE
        done = len(kept)
    assert product.run(MAKE, "make()") == 0
    made = documents(product)
    assert made[:done] == kept
    assert sorted(number for number, _digest in made) == every_number(product)
    assert product.run(MAKE, "make()") == 0
    assert documents(product) == made, "and nothing more"


def test_one_of_two_workers_is_killed_and_the_other_makes_what_it_left(product):
    """Both are handed the whole month: whatever one has made the other passes over."""
    product.run(ISSUE)
    fatal = product.begin(MAKE, DIE_AT_PAPER.format(fatal=9), "make()")
    other = product.begin(MAKE, "make()")
    assert (fatal.ended(), other.ended()) == (-signal.SIGKILL, 0), other.errors
    made = [number for number, _digest in documents(product)]
    assert sorted(made) == every_number(product)
