"""No row is put in another's place, from any program: INSERT OR REPLACE, UPDATE OR REPLACE and ON CONFLICT DO UPDATE, whatever key they
collide by, without the recursive triggers that this application asks for and other programs do not.
"""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from billing.guards import REPLACEABLE as OF_BILLING
from contracts.guards.of_contracts import REPLACEABLE as OF_CONTRACTS
from contracts.guards.step import kept_tables
from tests.admin.test_tampered import checked

pytestmark = pytest.mark.usefixtures("checked")
__all__ = ["checked"]

KEPT = [*kept_tables("contracts", OF_CONTRACTS), *kept_tables("billing", OF_BILLING)]
MAY_BE_UPDATED = {
    *("contracts_customer", "contracts_managementunit", "contracts_linkedservice", "contracts_setting_change"),
    *("contracts_bookupload", "contracts_digest", "contracts_effect", "contracts_handover", "contracts_job"),
    *("contracts_settingchange", "billing_billinggroup", "contracts_factsrevision", "contracts_numberseries"),
}
"""Tables of which rows change in the ordinary course: there ON CONFLICT DO UPDATE is an update like any other."""


def model_of(table):
    return next(model for model in apps.get_models() if model._meta.db_table == table)


def as_they_are(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
        return cursor.fetchall()


def refused(statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def as_another_program():
    """A connection as the sqlite3 shell opens one."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA recursive_triggers = OFF")
    yield
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA recursive_triggers = ON")


@pytest.mark.parametrize("table", KEPT)
def test_a_row_is_not_replaced(table, as_another_program):
    before = as_they_are(table)
    if not before:
        return
    key = model_of(table)._meta.pk.column
    names = [field.column for field in model_of(table)._meta.concrete_fields]
    listed, others = (", ".join(f'"{name}"' for name in some) for some in (names, [n for n in names if n != key]))
    for verb in ("INSERT OR REPLACE", "REPLACE"):
        refused(f"{verb} INTO {table} ({listed}) SELECT {listed} FROM {table} LIMIT 1")
    if len(before) > 1:
        refused(f"UPDATE OR REPLACE {table} SET {key} = (SELECT MIN({key}) FROM {table})")
    if others and unique_beside(table):
        # By another key than the number of the row.
        refused(f"INSERT OR REPLACE INTO {table} ({others}) SELECT {others} FROM {table} ORDER BY {key} DESC LIMIT 1")
    assert as_they_are(table) == before


def unique_beside(table):
    """Whether the newest row has a key beside its number that holds for all rows."""
    model = model_of(table)
    fields = [
        field for field in model._meta.concrete_fields if field.unique and not field.primary_key and not field.null
    ]
    whole = [one for one in model._meta.total_unique_constraints if one.fields]
    return bool(fields or whole) and model._meta.pk.column == "id" and table not in WITH_NULLS


WITH_NULLS = {"billing_chargeline", "billing_ledgercheck"}
"""Tables of which the newest row may have no value in the key: rows without one do not collide."""


@pytest.mark.parametrize("table", [table for table in KEPT if table not in MAY_BE_UPDATED])
def test_a_row_is_not_updated_by_an_insert(table, as_another_program):
    before = as_they_are(table)
    if not before:
        return
    key = model_of(table)._meta.pk.column
    names = [field.column for field in model_of(table)._meta.concrete_fields]
    listed = ", ".join(f'"{name}"' for name in names)
    kept = next((name for name in names if name != key), key)
    # One that is at work may be moved on: what is asked about is the first, which is decided, closed or kept.
    refused(
        f"INSERT INTO {table} ({listed}) SELECT {listed} FROM {table} WHERE {key} = (SELECT MIN({key}) FROM {table}) "
        f"ON CONFLICT ({key}) DO UPDATE SET {kept} = NULL"
    )
    assert as_they_are(table) == before
