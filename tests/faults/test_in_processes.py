"""PostgreSQL: a month and its proposal computed by processes beside each other, some of which are killed or fail."""

import os
from collections import Counter

import pytest
from django.db import connection

from billing.models import ChargeLine, Month, MonthChunk, Proposal
from billing.operations.check_ledger import check_ledger
from tests.billing.ledger import units
from tests.contracts.book.build import must_take
from tests.faults.scripts import Scripts

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("transactional_db")]

BEGIN = """
import os, signal, sys, time
from datetime import date
from billing.operations import close_month as operation, propose as proposing
from django.contrib.auth.models import User
operation.UNITS_A_CHUNK = proposing.UNITS_AT_ONCE = 3
own, compute = os.getpid(), operation.compute_range

def told(kind, *said):
    os.write(1, (" ".join(map(str, (kind, os.getpid(), *said))) + "\\n").encode())

def computed(month, some, period):
    time.sleep(0.05)  # so that each gets a range
    compute(month, some, period)
    told("range", month)

operation.compute_range = computed

def close(month):
    return operation.close_month(date(2025, month, 1), on=date(2026, 1, 1), by="試験").closed
"""
QUIET = """
assert close(4)
proposal = proposing.propose_month(date(2025, 5, 1), on=date(2026, 1, 1), by=User.objects.create_user("経理"))
assert (proposal.state, proposal.done, proposal.total) == ("done", 23, 23), proposal.state
"""
KILLED = """
insert = operation.insert_lines
def dies(*given):
    insert(*given)
    if os.getpid() != own:
        told("dies")
        os.kill(os.getpid(), signal.SIGKILL)
operation.insert_lines = dies
assert close(4)
"""
FAILS_ONCE = """
insert = operation.insert_lines
def fails(*given):
    insert(*given)
    if os.getpid() != own:
        told("fails")
        raise OSError("ディスクがいっぱい")
operation.insert_lines = fails
assert close(4)
"""
FAILS = """
def fails(month, some, period):
    if some.after:  # all but the first
        raise OSError("ディスクがいっぱい")
    computed(month, some, period)
operation.compute_range = fails
try:
    close(4)
except OSError as error:
    told("raised", error)
"""
PARENT_DIES = """
def dies(month, some, period):
    if os.getpid() == own:
        time.sleep(0.2)
        os.kill(own, signal.SIGKILL)
    time.sleep(0.4)
    computed(month, some, period)
operation.compute_range = dies
close(4)
"""


@pytest.fixture(scope="module")
def scripts(django_db_setup):
    """What the processes of these tests are copies of, on the database of the tests."""
    given = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")}
    url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**given)
    found = Scripts({**os.environ, "DATABASE_URL": url, "MONTH_PROCESSES": "3"})
    yield found
    found.end()


@pytest.fixture
def run(scripts):
    """Run a script in a process of its own; what it and those that it began told, once all of them have ended."""

    def ran(script, code=0):
        ended = scripts.run(BEGIN + script)
        assert ended.code == code, ended.errors
        return [line.split(" ") for line in ended.out.splitlines()]

    return ran


@pytest.fixture
def book(tmp_path):
    must_take(units(23), tmp_path / "book")


def sound():
    """Every unit is in the ledger once, and what its months say is what the rules say."""
    assert not Month.objects.filter(closed_at=None).exists()
    months = Month.objects.count()
    assert ChargeLine.objects.count() == sum(Month.objects.values_list("line_count", flat=True))
    assert MonthChunk.objects.count() == months * 8
    assert (
        Counter(ChargeLine.objects.filter(fee="monthly").values_list("target", flat=True)).most_common(1)[0][1]
        == months
    )
    assert list(check_ledger(recompute=True)) == []


def test_three_processes_share_the_ranges_of_a_close_and_of_a_proposal(book, run):
    told = run(QUIET)
    assert len({process for kind, process, _month in told if kind == "range"}) == 3
    assert len(told) == 8
    sound()
    assert Proposal.objects.get().line_count == 46


@pytest.mark.parametrize("script", [KILLED, FAILS_ONCE], ids=["killed", "failing"])
def test_what_another_process_does_not_manage_is_done_all_the_same(script, book, run):
    told = Counter(kind for kind, *_rest in run(script))
    assert told["dies"] + told["fails"] == 2
    sound()


def test_an_error_of_a_range_tells_itself_and_the_month_stays_open(book, run):
    told = run(FAILS)
    assert [said[2:] for said in told if said[0] == "raised"] == [["ディスクがいっぱい"]]
    assert MonthChunk.objects.count() <= 1
    assert Month.objects.get().closed_at is None
    run("assert close(4)")
    sound()


def test_where_the_closing_process_is_killed_the_others_end_with_their_range(book, run):
    told = run(PARENT_DIES, code=-9)
    assert len(told) == MonthChunk.objects.count() == 2
    run("assert close(4)")
    sound()
