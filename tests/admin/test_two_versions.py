"""Two versions side by side: what the code before says to the tables after. Its models are those of its migrations, whatever the code is now.

A row of every kind is read by the code before, written by it into empty tables with every guard on, saved by it once more, and read
by the code now. Which state is meant, and what a migration may do since: ``tests/architecture/test_migrations.py``.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import chain
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Model

from billing.guards import OF_A_MONTH, of_all
from billing.models import BillingGroup, KeptSeal
from billing.operations.groups import put_in_group
from billing.operations.parties import set_order_number
from contracts import clock
from contracts.guards.of_contracts import guards
from contracts.operations.passwords import set_by_another
from tests.architecture.test_migrations import released, state_before
from tests.emptying import emptied
from tests.snapshot import CLOSED_LAST, OPEN

Kept = dict[str, list[Model]]
PEOPLE = [model._meta.db_table for model in apps.get_app_config("auth").get_models(include_auto_created=True)]
"""Tables of people and roles, which stay."""


@cache
def of_before() -> list[type[Model]]:
    """The models of the code before, those first to which others refer."""
    known = state_before().apps
    return [model for app in released() for model in known.get_app_config(app).get_models()]


def own(model: type[Model]) -> list[str]:
    """The columns of a table that nobody but its writer fills: not those that the code itself stamps."""
    fields = model._meta.concrete_fields
    return [
        one.attname for one in fields if not getattr(one, "auto_now", False) and not getattr(one, "auto_now_add", False)
    ]


def said(model: type[Model], table: str) -> list[tuple[Any, ...]]:
    """The rows as that code reads them; ``model`` is one of the code before or of the code now."""
    names = own(next(one for one in of_before() if one._meta.db_table == table))
    return [*model._base_manager.order_by("pk").values_list(*names)]


def read_by_before() -> Kept:
    """A row of every kind, as the code before reads them."""
    return {model._meta.db_table: [*model._base_manager.order_by("pk")] for model in of_before()}


@pytest.fixture
def kept(one_of_each: None) -> Kept:
    """A row of every kind, as the code before reads them; the tables are empty then, and have their guards."""
    chief, other = (User.objects.get(username=name) for name in ("chief", "another"))
    group = BillingGroup.objects.get()
    unit = group.customer.units.order_by("pk")[0]
    put_in_group(group, units=[unit], on=clock.today(), by=chief)
    set_order_number(unit, number="PO-1", from_on=date(2027, 1, 1), on=clock.today(), by=chief)
    KeptSeal.objects.create(sha256="0" * 64, media_type="image/png", content=b"x")
    set_by_another(other, "rain on the roof 7", by=chief)
    rows = read_by_before()
    with connection.cursor() as cursor:
        emptied(cursor, kept=PEOPLE)
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for model in [*reversed(of_before())]:
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
    connection.check_constraints()
    return rows


def written(kept: Kept) -> None:
    """The rows, written by the code before: a month is closed after its lines, as it was."""
    months = kept["billing_month"]
    tables = [table for table in kept if table not in (*CLOSED_LAST, "billing_month")]
    closed = [row.pk for row in months if row.closed_at]  # type: ignore[attr-defined]
    values = {row.pk: {name: getattr(row, name) for name in OPEN} for row in months}
    for row in months:
        for name, value in OPEN.items():
            setattr(row, name, value)
    _made(months)
    for row in months:
        for name, value in values[row.pk].items():
            setattr(row, name, value)
    for table in tables:
        _made(kept[table])
    for row in months:
        if row.pk in closed:
            type(row)._base_manager.filter(pk=row.pk).update(**values[row.pk])
    for table in CLOSED_LAST:
        _made(kept[table])
    connection.check_constraints()


def _made(rows: list[Model]) -> None:
    if rows:
        type(rows[0])._base_manager.bulk_create(rows)


def test_there_is_something_to_try(kept: Kept) -> None:
    """A row of every kind of the code before, but for what the office has none of; and none is left behind."""
    empty = {table for table, rows in kept.items() if not rows}
    assert empty <= NONE_HERE, empty - NONE_HERE
    assert not any(read_by_before().values())


NONE_HERE = {
    # Of processes beside each other, of lists as somebody set them, of forms that were sent: no row of the office.
    *("billing_forecastpart", "billing_proposalpart", "billing_keptsums"),
    *("contracts_listchoice", "contracts_listreading", "contracts_submission"),
    "billing_helddecision",
}


def test_what_the_code_before_writes_both_read(kept: Kept) -> None:
    written(kept)
    now = {model._meta.db_table: model for model in apps.get_models()}
    for model in of_before():
        table = model._meta.db_table
        by_before = said(model, table)
        assert len(by_before) == len(kept[table]), table
        assert by_before == [tuple(getattr(row, name) for name in own(model)) for row in kept[table]], table
        assert said(now[table], table) == by_before, table
        # What the code now has beside it was given by the database.
        assert len([*now[table]._base_manager.all()]) == len(by_before), table


DECIDED = {"billing_month", "billing_proposal", "billing_monthclosing", "contracts_asked", "contracts_rightschange"}
"""Tables of which a row may not be written again once it is decided, closed or done."""


def never_again() -> set[str]:
    """Tables of which no row is saved twice: rows are only added, or their month is closed."""
    always = {one.table for one in [*guards(), *of_all()] if one.event == "UPDATE" and not one.when}
    return always | {*OF_A_MONTH} | DECIDED


def test_what_the_code_before_saves_is_taken(kept: Kept) -> None:
    written(kept)
    refused: dict[str, str] = {}
    for row in chain.from_iterable([*rows[:9], *rows[9:][-9:]] for rows in kept.values()):
        try:
            with transaction.atomic():
                row.save(force_update=True)
        except IntegrityError as error:
            refused[row._meta.db_table] = f"{error}"
    assert {*refused} <= never_again(), {*refused} - never_again()
    said_by = {one.table: {one.refusal, one.says} for one in [*guards(), *of_all()] if one.event == "UPDATE"}
    assert {table: text for table, text in refused.items() if not any(by in text for by in said_by[table])} == {}


def upsets() -> Iterator[tuple[str, str]]:
    """What a release may not do, and does here: a column goes, one is demanded, a rule, a key or a trigger is new."""
    yield "a column goes", "ALTER TABLE contracts_workitem RENAME COLUMN clause TO clauses"
    yield "a column is demanded", "ALTER TABLE contracts_customer ADD COLUMN x integer CHECK (x IS NOT NULL)"
    yield "a key is new", "CREATE UNIQUE INDEX x ON contracts_entry (operation)"


@pytest.mark.parametrize("upset", [statement for _what, statement in upsets()], ids=[what for what, _ in upsets()])
def test_a_release_that_takes_something_away_is_noticed(upset: str, kept: Kept) -> None:
    with connection.cursor() as cursor:
        cursor.execute(upset)
    with pytest.raises(DatabaseError), transaction.atomic():
        written(kept)
