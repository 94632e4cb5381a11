"""PostgreSQL: a month's lines are a table of their own, with keys before it closes; nothing gets past it by any SQL."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from unittest import mock

import pytest
from django.db import DatabaseError, connection, transaction

from billing.models import ChargeLine, Month
from billing.operations import close_month as closing
from contracts.models import FactsRevision
from tests.billing.ledger import close, close_refused, units
from tests.contracts.book.build import must_take

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

COLUMNS = "customer_id, unit_id, target_id, fee, from_on, to_on, quantity, unit_price_yen, amount_yen, tax_category, clause, basis, policy"


def run(statement: str, *values: object) -> list[tuple[object, ...]]:
    """Any SQL; its rows."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def refused(statement: str, *values: object) -> str:
    """SQL that the database refuses; the name of what refuses it."""
    with pytest.raises(DatabaseError) as error:
        run(statement, *values)
    return str(error.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]


def keys(month: Month) -> set[str]:
    """The keys of a month's table, without its name."""
    rows = run("SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = %s::regclass", table(month))
    return {str(name).removeprefix(f"{table(month)}_") for (name,) in rows}


def table(month: Month) -> str:
    return f"billing_chargeline_{month.pk}"


@pytest.fixture
def closed(tmp_path: Path) -> Month:
    """April 2025, closed: four lines of two units."""
    must_take(units(2), tmp_path)
    close("2025-04")
    return Month.objects.get()


def test_a_months_table_comes_with_its_row_and_goes_with_it() -> None:
    month = Month.objects.create(month=date(2025, 4, 1), facts_revision=1)
    assert run("SELECT obj_description(%s::regclass)", table(month)) == [("2025-04",)]
    assert keys(month) == set()
    month.delete()
    assert run("SELECT to_regclass(%s)", f"billing_chargeline_{month.pk}") == [(None,)]


def test_a_closed_month_has_its_keys(closed: Month) -> None:
    assert keys(closed) == {"pkey", "once", "corrects", "unit", "fee", "tax"}


def test_whoever_closes_a_month_its_keys_come_with_it() -> None:
    month = Month.objects.create(month=date(2025, 4, 1), facts_revision=1)
    run("UPDATE billing_month SET closed_at = now() WHERE id = %s", month.pk)
    assert keys(month) == {"pkey", "once", "corrects", "unit", "fee", "tax"}


STATEMENTS = {
    "a line added to the table itself": "INSERT INTO {table} ({names}, cause) SELECT {names}, 'more' FROM {table} LIMIT 1",
    "a line added to the table of all months": "INSERT INTO billing_chargeline ({names}, cause) SELECT {names}, 'more' FROM {table}",
    "a line changed in the table itself": "UPDATE {table} SET amount_yen = 1",
    "a line deleted from the table itself": "DELETE FROM {table}",
    "the table itself emptied": "TRUNCATE {table}",
    "all tables emptied": "TRUNCATE billing_chargeline",
}


@pytest.mark.parametrize("statement", [pytest.param(sql, id=name) for name, sql in STATEMENTS.items()])
def test_the_lines_of_a_closed_month_stay_as_they_are(statement: str, closed: Month) -> None:
    before = list(ChargeLine.objects.order_by("pk").values_list())
    assert refused(statement.format(table=table(closed), names=f"month_id, {COLUMNS}")) == "month_closed"
    assert list(ChargeLine.objects.order_by("pk").values_list()) == before


def opened(closed: Month) -> Month:
    """May 2025, its lines computed, but open."""
    close_refused("2025-05", leave_out=["X-9"])
    return Month.objects.get(closed_at=None)


def test_a_line_that_is_there_twice_stops_the_close(closed: Month) -> None:
    made = mock.patch.object(closing, "make_keys", twice(closing.make_keys))
    with made, pytest.raises(DatabaseError, match="_once"), transaction.atomic():
        close("2025-05")
    assert list(Month.objects.all()) == [closed]


def twice(then: Callable[[int], None]) -> Callable[[int], None]:
    def made(month_id: int) -> None:
        own = f"billing_chargeline_{month_id}"
        names = f"month_id, {COLUMNS}, cause"
        run(f"INSERT INTO {own} ({names}) SELECT {names} FROM {own} ORDER BY id LIMIT 1")
        then(month_id)

    return made


OUTSIDE = {
    "a monthly fee of another month": ("'monthly', '2025-04-30', '2025-04-30'", "'service'", "line_of_its_month"),
    "an initial fee of another month": ("'initial', '2025-06-01', '2025-06-01'", "'accepted'", "line_of_its_month"),
    "a settlement of an end in another month": ("'settlement', '2025-05-01', '2025-06-30'", "'settlement'", "line_of_its_month"),
    "a reduction granted in another month": ("'sla', '2025-04-03', '2025-04-03'", "'breach uptime 2025-04'", "line_of_its_month"),
}  # fmt: skip


@pytest.mark.parametrize(("said", "cause", "by"), [pytest.param(*values, id=name) for name, values in OUTSIDE.items()])
def test_a_line_lies_in_its_month(said: str, cause: str, by: str, closed: Month) -> None:
    """What keys of one month cannot tell of the others."""
    month = opened(closed)
    columns = COLUMNS.replace("fee, from_on, to_on", said)
    statement = f"INSERT INTO billing_chargeline (month_id, {COLUMNS}, cause) SELECT %s, {columns}, {cause} FROM {table(closed)}"
    assert refused(statement, month.pk) == by


def test_a_held_settlement_is_billed_in_one_month(closed: Month) -> None:
    month = opened(closed)
    columns = COLUMNS.replace("fee,", "'settlement',")
    billed = f"INSERT INTO billing_chargeline (month_id, {COLUMNS}, cause) SELECT %s, {columns}, 'held 7' FROM {table(closed)} LIMIT 1"
    run(billed, month.pk)
    run("UPDATE billing_month SET closed_at = now() WHERE id = %s", month.pk)
    june = Month.objects.create(month=date(2025, 6, 1), facts_revision=1)
    assert refused(billed, june.pk) == "line_once"


def test_what_is_computed_anew_begins_without_lines_and_keys(closed: Month, tmp_path: Path) -> None:
    month = opened(closed)
    assert ChargeLine.objects.filter(month=month).count() == 4
    assert keys(month)
    FactsRevision.advance()
    seen = []

    def computed(month_id: int, *rest: object) -> None:
        seen.append((ChargeLine.objects.filter(month=month_id).count(), keys(month)))
        compute(month_id, *rest)  # type: ignore[arg-type]

    compute = closing.compute_range
    with mock.patch.object(closing, "compute_range", computed):
        close("2025-05")
    assert seen == [(0, set())]
    assert ChargeLine.objects.filter(month=month).count() == 4


def test_a_table_that_holds_lines_is_not_thrown_away(closed: Month) -> None:
    """A month's row that comes with the number of lines that are there already."""
    with pytest.raises(DatabaseError, match="holds lines of a month that is gone"):
        run("SELECT billing_lines_table_of(%s, '2025-04-01')", closed.pk)
