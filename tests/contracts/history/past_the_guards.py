"""Any SQL past the guards of the database, as its owner could send it."""

from contextlib import contextmanager

from django.db import connection


def unguarded(models, *statements):
    """Send the statements with the triggers of those tables switched off, and put on again as they were."""
    with past_the_guards(models), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def past_the_guards(models):
    """What is done here is seen by no trigger of those tables; afterwards they stand as they were."""
    tables = [model if isinstance(model, str) else model._meta.db_table for model in models]
    off, on = _of_postgresql(tables) if connection.vendor == "postgresql" else _of_sqlite(tables)
    with connection.cursor() as cursor:
        for statement in off:
            cursor.execute(statement)
    yield
    with connection.cursor() as cursor:
        for statement in on:
            cursor.execute(statement)


def _of_postgresql(tables):
    """No table with checks still to come may be altered: they are made first, on the way in and out."""
    now = "SET CONSTRAINTS ALL IMMEDIATE"
    return (
        [now, *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables)],
        [now, *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables)],
    )


def _of_sqlite(tables):
    """A trigger is only dropped and made again there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = [(name, sql) for table, name, sql in cursor.fetchall() if table in tables]
    return (
        [*(f"DROP TRIGGER {name}" for name, _sql in triggers), "PRAGMA ignore_check_constraints = ON"],
        ["PRAGMA ignore_check_constraints = OFF", *(sql for _name, sql in triggers)],
    )
