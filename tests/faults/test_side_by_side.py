"""PostgreSQL: closes, imports and commands beside each other, on connections of their own."""

import threading
from datetime import date

import pytest
from django.db import connection, connections

from billing.models import ChargeLine, Month, MonthChunk
from billing.operations import close_month as operation
from billing.operations.check_ledger import check_ledger
from contracts import clock
from contracts.intake.faults import BookError
from contracts.models import Target
from contracts.operations.import_book import import_book
from contracts.terms.days import month_period
from tests.billing.ledger import state, units
from tests.contracts.book.build import as_folder, must_take, price, sound, tier

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("transactional_db")]


def together(*works):
    """Run the works at once, each in a thread with a connection of its own; what they gave or raised."""
    start, given = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        start.wait()
        try:
            given[place] = work()
        except Exception as error:
            given[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each, daemon=True) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return given


def close(month=4):
    return operation.close_month(date(2025, month, 1), on=date(2026, 1, 1), by="試験")


def test_two_closes_of_one_month(tmp_path, monkeypatch):
    monkeypatch.setattr(operation, "UNITS_A_CHUNK", 3)
    must_take(units(23), tmp_path)
    given = together(close, close)
    assert [type(each).__name__ for each in given] == ["ClosedMonth", "ClosedMonth"]
    assert ChargeLine.objects.count() == 46
    assert Month.objects.get().line_count == 46
    # In whichever order the two have written them.
    assert sorted(line[3] for line in state().lines) == sorted(f"{k}-{n:02}" for n in range(23) for k in ("T", "M"))


def test_two_ledgers_cannot_begin_side_by_side(tmp_path):
    """The first month closed begins the ledger: of two that would, one is refused, and no gap is left."""
    must_take(units(5), tmp_path)
    given = together(lambda: close(4), lambda: close(6))
    assert sorted(type(each).__name__ for each in given) == ["ClosedMonth", "MonthRefusedError"]
    assert Month.objects.count() == 1


def test_an_import_beside_a_close_is_in_the_month_or_after_it(tmp_path, monkeypatch):
    monkeypatch.setattr(operation, "UNITS_A_CHUNK", 3)
    must_take(units(23), tmp_path / "first")
    path = as_folder({"prices": [price("T-00", "one_time", 7, "2025-04-01")[1]]}, tmp_path / "second")
    given = together(close, lambda: import_book(path, by="試験", on=clock.today()))
    assert not [each for each in given if isinstance(each, Exception)]
    month = Month.objects.get()
    assert month.closed_at is not None
    assert month.line_count == ChargeLine.objects.count()
    assert month.total_yen == sum(ChargeLine.objects.values_list("amount_yen", flat=True))


def test_two_books_that_each_bring_a_tier(tmp_path):
    """7-1 holds across imports that run at once: the second is judged on what the first wrote."""
    must_take(sound(), tmp_path / "base")
    units_of_two = [
        as_folder({"contracts": [tier(number=n, application=n, starts="2024-01-01")[1]]}, tmp_path / n)
        for n in ("T-8", "T-9")
    ]
    given = together(*(lambda path=path: import_book(path, by="試験", on=clock.today()) for path in units_of_two))
    assert {type(each) for each in given} == {BookError}
    assert Target.objects.filter(kind="tier").count() == 1


def test_the_same_book_twice_at_once(tmp_path):
    path = as_folder(units(23), tmp_path)
    given = together(*[lambda: import_book(path, by="試験", on=clock.today())] * 2)
    assert sorted(sum(each.added.values()) for each in given) == [0, 1 + 23 * 7]
    assert Target.objects.count() == 46
    assert connection.vendor == "postgresql"


def test_a_close_shared_by_ranges_ends_as_a_quiet_one(tmp_path, monkeypatch):
    """Another process computes ranges from the front, this one from the end: every range once, and the ledger is sound."""
    monkeypatch.setattr(operation, "UNITS_A_CHUNK", 3)
    must_take(units(23), tmp_path)
    others = []

    def share(month, ranges):
        def work():
            for some in ranges:
                operation.compute_range(month.pk, some, month_period(month.month))
            connections.close_all()

        others.append(threading.Thread(target=work, daemon=True))
        others[0].start()
        return True

    outcome = operation.close_month(date(2025, 4, 1), on=date(2026, 1, 1), by="試験", share=share)
    others[0].join(timeout=120)
    assert outcome.closed
    assert MonthChunk.objects.count() == 8
    assert ChargeLine.objects.count() == Month.objects.get().line_count == 46
    assert list(check_ledger(recompute=True)) == []
