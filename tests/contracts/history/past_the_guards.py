"""Any SQL past the guards of the database, as its owner could send it."""

from django.db import connection


def unguarded(models, *statements):
    """Send the statements with the triggers of those tables switched off, and put on again as they were."""
    tables = [model if isinstance(model, str) else model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for statement in statements:
                cursor.execute(statement)
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
        for _name, sql in triggers:
            cursor.execute(sql)
